"""Print how well the pace of the rest of a race is known at a moment, and whether the spread played is the right one.

    python -m scripts.validate.pace STORE.duckdb

For every class of four and more cars and every cutoff: the pace of each car against its class, by what the forecast
believes (from before the race, and brought up to date by the laps so far), by the laps so far alone, and by nothing;
against the pace of the rest of the race, fitted to its clean green laps (`ratings.pace.session`) and weighted by who
drove them. Root mean square errors in hundredths of a per cent of a lap; `z`: spread of the errors over the standard
deviation believed (1 is honest), without what `LiveFits` adds for the forecast, and with it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from langstrecke.forecast.live import belief_before
from langstrecke.forecast.live.fits import live_fits
from langstrecke.forecast.live.pace import pace_so_far
from langstrecke.racestate.fold import laps_until
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.ratings.pace.posterior import PacePosterior, update_pace
from langstrecke.ratings.pace.session import SessionPace, fit_session
from langstrecke.store import Store, open_store
from langstrecke.timing.people import person

Floats = NDArray[np.float64]
CUTOFFS = (0.0, 0.25, 0.5, 0.75)
LEAST_CARS, LEAST_LAPS = 4, 10


class Errors(NamedTuple):
    """One class at one cutoff: a row a car."""

    nothing: Floats
    before: Floats
    laps: Floats
    belief: Floats
    z: Floats
    z_played: Floats


def errors_of(
    belief: PacePosterior, seen: SessionPace | None, rest: SessionPace, played: tuple[float, float]
) -> Errors | None:
    """Errors of one class against what the rest of the race showed; None where too few cars drove on."""
    row = {(r.car, r.driver): i for i, r in enumerate(belief.rows)}
    cells = [(c.car, row[c.car, person(c.driver)], c) for c in rest.cells if (c.car, person(c.driver)) in row]
    driven: dict[str, int] = defaultdict(int)
    for car, _, cell in cells:
        driven[car] += cell.laps
    cars = [car for car, laps in driven.items() if laps >= LEAST_LAPS]
    n = len(cars)
    if n < LEAST_CARS:
        return None
    share, level, noise = np.zeros((n, len(belief.rows))), np.zeros(n), np.zeros(n)
    for car, i, cell in cells:
        if car in cars:
            w, k = cell.laps / driven[car], cars.index(car)
            share[k, i] += w
            level[k] += w * cell.level
            noise[k] += w * w * cell.var
    centre = np.eye(n) - 1.0 / n
    now = belief if seen is None else update_pace(belief, (seen,))
    wide = share @ now.cov @ share.T + np.diag(noise)
    further = played[0] ** 2 * np.eye(n) + played[1] ** 2 * share @ share.T
    sds = [np.sqrt(np.diag(centre @ v @ centre.T)) for v in (wide, wide + further)]
    error = centre @ (level - share @ now.mean)
    return Errors(
        centre @ level,
        centre @ (level - share @ belief.mean),
        centre @ (level - _shown(seen, cars, share, row)),
        error,
        error / sds[0],
        error / sds[1],
    )


def _shown(seen: SessionPace | None, cars: list[str], share: Floats, row: dict[tuple[str, str], int]) -> Floats:
    """Level of every car by the laps so far: of its drivers who drove, else of the car, else of the class."""
    if seen is None:
        return np.zeros(len(cars))
    levels = {row[c.car, person(c.driver)]: c.level for c in seen.cells if (c.car, person(c.driver)) in row}
    usual = float(np.mean([c.level for c in seen.cells]))
    found = np.zeros(len(cars))
    for k, car in enumerate(cars):
        mine = [c for c in seen.cells if c.car == car]
        other = float(np.average([c.level for c in mine], weights=[c.laps for c in mine])) if mine else usual
        found[k] = sum(share[k, i] * levels.get(int(i), other) for i in np.flatnonzero(share[k]))
    return found


def race_errors(store: Store, archive: Archive, race_id: str) -> dict[float, list[Errors]]:
    """Cutoff -> the errors of every class of a race."""
    found: dict[float, list[Errors]] = {}
    laps = store.laps(race_id)
    if laps.is_empty():
        return found
    race = archive.races[race_id]
    belief, whole = belief_before(race_id, store, archive), annotate(laps)
    fits = live_fits(race.series, race.season)
    for cutoff in CUTOFFS:
        t = cutoff * race.duration_s
        seen = {f.car_class: f for f in (pace_so_far(laps_until(laps, t)) if cutoff else ())}
        for name in whole.classes:
            rest = fit_session(whole, name, rows=whole.start_s >= t)
            if rest is not None:
                mine = errors_of(belief, seen.get(name), rest, (fits.pace_sd, fits.driver_sd))
                found.setdefault(cutoff, []).extend([mine] if mine is not None else [])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    args = parser.parse_args()
    groups: dict[tuple[str, float], list[Errors]] = defaultdict(list)
    with open_store(args.store, read_only=True) as store:
        archive = open_archive(store)
        for race_id in archive.races:
            race = archive.races[race_id]
            name = f"{race.series} {'since' if race.season >= 2023 else 'before'} 2023"
            for cutoff, errors in race_errors(store, archive, race_id).items():
                groups[name, cutoff] += errors
            print(race_id, flush=True)
    print(
        "| races | cutoff | cars | nothing | before | laps so far | belief | z | z as played |\n" + "|---" * 9 + "|"
    )
    for (name, cutoff), errors in sorted(groups.items()):
        columns = [np.concatenate([e[k] for e in errors]) for k in range(6)]
        rms = [f"{1e4 * float(np.sqrt(np.mean(c**2))):.0f}" for c in columns[:4]]
        print(
            "|",
            " | ".join([name, f"{cutoff:g}", f"{len(columns[0])}", *rms, *(f"{np.std(c):.2f}" for c in columns[4:])]),
            "|",
        )


if __name__ == "__main__":
    main()
