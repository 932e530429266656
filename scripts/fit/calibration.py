"""Fit the last layer of the odds and write src/langstrecke/forecast/data/calibration.toml.

    python -m scripts.fit.calibration ../shared/data FOLDER [--races 2000]

Every race held is forecast at five cutoffs from what was known by then: the backtest of docs/validation.md, kept in
FOLDER (store.duckdb, forecasts.jsonl, played.jsonl). A run that was interrupted goes on, a second one only fits. One
set a season left out, and one on all, for IMSA, for WEC and Le Mans before 2023, and since. In the end
forecasts.jsonl holds the odds of the new layer, each season by the set it had no part in, and
`scripts.validate.validation` scores it.
"""

from __future__ import annotations

import argparse
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tomlkit
from numpy.typing import NDArray
from scipy.optimize import minimize

from langstrecke.forecast.calibration import (
    FLOOR,
    Calibration,
    calibration_for,
    final_table,
    part_of,
    read_sets,
    standing_of,
)
from langstrecke.forecast.evaluation.backtest import backtest
from langstrecke.forecast.evaluation.forecast_file import Line, append, read_lines
from langstrecke.forecast.evaluation.scoring_rules import matched, outcome_matrix
from langstrecke.forecast.evaluation.truth import Order, class_orders
from langstrecke.forecast.live import live_state
from langstrecke.forecast.record import records
from langstrecke.racecard.build import build_card
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.store import Store, open_store

Floats = NDArray[np.float64]
TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "forecast" / "data" / "calibration.toml"
SERIES = ("imsa", "wec", "le-mans")
FIRST, LAST = (2015, 1, 1), (2025, 12, 31)
HEADLINE_CARS = 4
RIDGES = {
    "before": 0.2, "under_way": 2.0, "late": 2.0, "place": 10.0, "laps": 2.0, "gap": 10.0,
    "record_before": 0.3, "record_under_way": 0.3, "still": 0.5,
}  # fmt: skip
"""Weight of the square of every figure (of its logarithm, for exponents), in class-races (default: under way a
sharpness off by a half costs as much as one class-race forecast badly)."""
RECORD = 5.0
"""Unit of the weights of the record: cars differ by about a fifth, and the search wants figures of one size."""
BOTH, SURE = np.array([0.5, 0.5]), np.array([1.0, 0.0])
"""What log loss and ranked probability score count."""
FREE: dict[str, tuple[tuple[str, ...], Floats, tuple[str, ...]]] = {
    "imsa": (("before", "record_before"), BOTH, ("record_under_way",)),
    "aco": (("before",), SURE, ("under_way", "late", "place", "laps", "gap", "record_under_way")),
    "aco-since-2023": (("before",), SURE, ("late",)),
}
"""What is fitted of a part of the world: before the start and by which measure, and under way. What did no good on
seasons left out is not (docs/validation_notes.md)."""


@dataclass(frozen=True)
class Case:
    """One class of one race at one cutoff: what was played, how the class stood, and how it ended."""

    line: Line
    series: str
    season: int
    played: Floats
    standing: Floats | None
    record: Floats
    still: bool
    goes_on: bool
    """Somebody crosses the line later: a race that was called off while it stood still tells nothing of restarts."""
    order: Order

    @property
    def key(self) -> str:
        """What is left out together."""
        return f"{self.series}-{self.season}"

    @property
    def cutoff(self) -> float:
        """The share of the race that had been run."""
        return self.line.cutoff

    def final(self, calibration: Calibration) -> Line:
        """The forecast with the odds of this set."""
        table = final_table(self.played, calibration, self.cutoff, self.standing, self.record, still=self.still)
        return replace(self.line, probabilities=table)


def told(done: int, total: int, race: str) -> None:
    """A line of progress."""
    print(f"{done}/{total} {race}", flush=True)


def cases_of(store: Store, played: Path) -> Iterator[Case]:
    """Every forecast of a file of played odds, with what the last layer knows beside them."""
    archive = open_archive(store)
    lines: dict[str, list[Line]] = {}
    for line in read_lines(played):
        lines.setdefault(line.race, []).append(line)
    for number, (race_id, mine) in enumerate(lines.items()):
        told(number, len(lines), race_id)
        yield from race_cases(store, archive, race_id, mine)


def race_cases(store: Store, archive: Archive, race_id: str, lines: Sequence[Line]) -> Iterator[Case]:
    """The cases of one race."""
    orders = class_orders(store, race_id)
    card = build_card(race_id, store, archive=archive)
    record = dict(zip((e.car for e in card.entries), records(card), strict=True))
    laps = store.laps(race_id) if any(line.cutoff > 0.0 for line in lines) else None
    last = 0.0 if laps is None else float(laps["elapsed_s"].max() or 0.0)  # type: ignore[arg-type]
    states = {
        cutoff: live_state(laps, card, cutoff * card.race.duration_s)
        for cutoff in {line.cutoff for line in lines}
        if laps is not None and cutoff > 0.0
    }
    for line in lines:
        state, n = states.get(line.cutoff), len(line.cars)
        yield Case(
            line=line,
            series=card.race.series,
            season=card.race.season,
            played=np.maximum((line.probabilities - FLOOR / n) / (1.0 - FLOOR), 0.0),  # the file's are floored
            standing=None if state is None else standing_of([state.car(car) for car in line.cars]),
            record=np.array([record[car] for car in line.cars]),
            still=state is not None and state.still_since_s is not None,
            goes_on=last > line.cutoff * card.race.duration_s,
            order=orders.get(line.car_class, ()),
        )


class Scored:
    """A case made ready to be scored often: on the cars of the official order."""

    def __init__(self, case: Case) -> None:
        self.cutoff, self.still = case.cutoff, case.still
        names = case.line.cars
        cars, self.played = matched(list(names), case.played, case.order)
        at = {car: i for i, car in enumerate(names)}
        self.standing = None
        if case.standing is not None:
            self.standing = np.array([case.standing[at[c]] if c in at else np.zeros(3) for c in cars])
        self.record = np.array([case.record[at[c]] if c in at else 0.0 for c in cars])
        self.truth = outcome_matrix(cars, case.order)
        self.places = np.cumsum(self.truth, axis=1)[:, :-1]

    def losses(self, calibration: Calibration) -> Floats:
        """Log loss and ranked probability score of the final odds."""
        table = final_table(
            self.played, calibration, self.cutoff, self.standing, self.record, still=self.still, rounds=15
        )
        win = np.maximum(table[:, 0], 1e-4)
        gap = np.cumsum(table, axis=1)[:, :-1] - self.places
        return np.array([-self.truth[:, 0] @ np.log(win), np.mean(np.sum(gap**2, axis=1)) / max(len(table) - 1, 1)])


def made(names: Sequence[str], x: Floats) -> Calibration:
    """The set with these figures and all others as played; 0 is as played for every one of them."""
    v = {name: float(value) for name, value in zip(names, x, strict=True)}
    return Calibration(
        before=float(np.exp(v.get("before", 0.0))),
        under_way=float(np.exp(v.get("under_way", 0.0))),
        late=float(np.exp(v.get("late", 0.0))),
        standing=(v.get("place", 0.0), v.get("laps", 0.0), v.get("gap", 0.0)),
        record=(RECORD * v.get("record_before", 0.0), RECORD * v.get("record_under_way", 0.0)),
        still=float(np.exp(v.get("still", 0.0))),
    )


def fit(cases: Sequence[Case], names: Sequence[str], measures: Floats) -> Calibration:
    """The figures of these names with the least loss on these cases. `measures`: what log loss and ranked
    probability score count, each against that of the played odds at its cutoff.
    """
    ready = [Scored(k) for k in cases]
    usual = {
        c: np.mean([k.losses(Calibration(still=1.0)) for k in ready if k.cutoff == c], axis=0)
        for c in {k.cutoff for k in cases}
    }
    ridge = np.array([RIDGES[name] for name in names])

    def loss(x: Floats) -> float:
        set_ = made(names, x)
        total = sum(float(measures @ (k.losses(set_) / usual[k.cutoff])) for k in ready)
        return (total + float(ridge @ x**2)) / len(ready)

    found = minimize(loss, np.zeros(len(ridge)), method="BFGS", options={"maxiter": 12, "gtol": 5e-4, "eps": 1e-3})
    return made(names, np.asarray(found.x))


def fitted(cases: Sequence[Case], part: str, out: str | None) -> Calibration | None:
    """The set of a part without a season; None where nothing is left to fit on. The exponent of races that stand
    still is fitted on those of every part that went on: there are four.
    """
    others = [k for k in cases if k.key != out]
    mine = [k for k in others if part_of(k.series, k.season) == part]
    early = [k for k in mine if k.cutoff == 0.0]
    late = [k for k in mine if k.cutoff > 0.0 and not k.still]
    if not early or not late:
        return None
    before, measures, under_way = FREE[part]
    a, b = fit(early, before, measures), fit(late, under_way, BOTH)
    still = fit([k for k in others if k.still and k.goes_on], ("still",), SURE).still
    return replace(b, before=a.before, record=(a.record[0], b.record[1]), still=still)


def sets_of(cases: Sequence[Case]) -> dict[str, dict[str | None, tuple[Calibration, list[str]]]]:
    """Part of the world -> season left out (None: none) -> the set and the seasons it was fitted on."""
    found: dict[str, dict[str | None, tuple[Calibration, list[str]]]] = {}
    for part in sorted({part_of(k.series, k.season) for k in cases}):
        seasons = sorted({k.key for k in cases if part_of(k.series, k.season) == part})
        sets = found.setdefault(part, {})
        for out in (None, *seasons):
            chosen = fitted(cases, part, out)
            if chosen is not None:
                sets[out] = (chosen, [s for s in seasons if s != out])
                print(part, out or "all", chosen, flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--races", type=int, default=2000)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    forecasts, played = args.folder / "forecasts.jsonl", args.folder / "played.jsonl"
    store, first, last = args.folder / "store.duckdb", dt.date(*FIRST), dt.date(*LAST)
    backtest(
        args.data, forecasts, first=first, last=last, races=args.races, store=store, played=played, progress=told
    )
    lacking = {line.key for line in read_lines(forecasts)} - {line.key for line in read_lines(played)}
    if lacking:
        raise SystemExit(f"{played} lacks {len(lacking)} forecasts of {forecasts}: start in an empty folder")
    with open_store(store, read_only=True) as open_:
        cases = list(cases_of(open_, played))
    sets = sets_of([k for k in cases if k.series in SERIES and len(k.line.cars) >= HEADLINE_CARS and k.order])
    document = tomlkit.document()
    document.add(tomlkit.comment("Written by scripts/fit/calibration.py; do not edit."))
    for part, chosen in sets.items():
        table = tomlkit.table()
        for out, (figures, seasons) in chosen.items():
            table[f"without-{out}" if out else "all"] = row_of(figures, seasons)
        document[part] = table
    TARGET.write_text(tomlkit.dumps(document))
    new = forecasts.with_suffix(".new")
    new.unlink(missing_ok=True)
    read_sets.cache_clear()
    calibration_for.cache_clear()
    append(new, (k.final(calibration_for(k.series, k.season)) for k in cases))
    new.replace(forecasts)
    print(f"{TARGET.name} and {forecasts} written: {len(cases)} forecasts", flush=True)


def row_of(figures: Calibration, seasons: Sequence[str]) -> dict[str, object]:
    """A set as it stands in the file."""
    return {
        "seasons": list(seasons),
        "before": round(figures.before, 3),
        "under_way": round(figures.under_way, 3),
        "late": round(figures.late, 3),
        "standing": [round(w, 3) for w in figures.standing],
        "record": [round(w, 3) for w in figures.record],
        "still": round(figures.still, 3),
    }


if __name__ == "__main__":
    main()
