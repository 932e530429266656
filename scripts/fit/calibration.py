"""Fit the last layer of the odds and write src/langstrecke/forecast/data/calibration.toml.

    python -m scripts.fit.calibration STORE.duckdb PLAYED [--races 2000]

Every race of the store with a result is forecast at five cutoffs from what was known by then, and what was played is
kept in the folder PLAYED, a file a race: a run that was interrupted goes on, a second one only fits. One set a season
left out, and one on all, for IMSA, for WEC and Le Mans before 2023, and since. Log loss of the winner and ranked
probability score count alike under way, each against that of the played odds at its cutoff.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tomlkit
from numpy.typing import NDArray
from scipy.optimize import minimize

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.calibration import Calibration, final_table, part_of, standing_of
from langstrecke.forecast.evaluation.backtest import CUTOFFS
from langstrecke.forecast.evaluation.scoring_rules import matched, outcome_matrix, score
from langstrecke.forecast.evaluation.truth import Order, class_orders
from langstrecke.forecast.live import belief_before, live_card, live_state, play_on
from langstrecke.racecard.build import build_card
from langstrecke.ratings.archive import open_archive
from langstrecke.simulation import simulate
from langstrecke.store import open_store

Floats = NDArray[np.float64]
TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "forecast" / "data" / "calibration.toml"
HEADLINE_CARS = 4
RIDGE_BEFORE, RIDGE = np.array([0.2]), np.array([2.0, 2.0, 10.0, 2.0, 10.0])
"""Weight of the squares of log sharpness before the start; of log sharpness, its late factor and the three weights
under way, in class-races (default: under way a shift by a half costs as much as one class-race forecast badly)."""


ENOUGH = 30
"""From this many class-races on all figures under way are fitted; of fewer only the late factor (the five together
did worse than the played odds on WEC seasons left out since 2023)."""
BOTH, SURE = np.array([0.5, 0.5]), np.array([1.0, 0.0])
"""What log loss and ranked probability score count: alike under way; before the start the first alone, as being too
sure is what hurts there."""


@dataclass(frozen=True)
class Case:
    """One class of one race at one cutoff: what was played, how the class stood, and how it ended."""

    race: str
    car_class: str
    series: str
    season: int
    cutoff: float
    cars: tuple[str, ...]
    played: Floats
    standing: Floats | None
    still: bool
    order: Order

    @property
    def key(self) -> str:
        """What is left out together."""
        return f"{self.series}-{self.season}"

    def scores(self, calibration: Calibration) -> tuple[float, float]:
        """Log loss and ranked probability score of the final odds."""
        table = final_table(self.played, calibration, self.cutoff, self.standing, still=self.still)
        found = score(*matched(list(self.cars), table, self.order), self.order)
        return found.log_loss, found.rps


def play(store: Path, folder: Path, races: int) -> list[Case]:
    """Every case of a store; what stands in the folder is not played again."""
    folder.mkdir(parents=True, exist_ok=True)
    cases: list[Case] = []
    with open_store(store, read_only=True) as open_:
        archive = open_archive(open_)
        for race_id in open_.races()["race_id"]:
            kept = folder / f"{race_id}.pickle"
            if not kept.exists():
                mine: list[Case] = []
                orders = class_orders(open_, race_id)
                card = build_card(race_id, open_, archive=archive)
                try:
                    laps = open_.laps(race_id)
                except LangstreckeError:
                    laps = None
                belief = belief_before(race_id, open_, archive)
                for cutoff in CUTOFFS:
                    state = None
                    if cutoff == 0.0:
                        counts = simulate(card, races=races, seed=1).class_positions
                    elif laps is None or laps.is_empty():
                        continue
                    else:
                        state = live_state(laps, card, cutoff * card.race.duration_s)
                        counts = play_on(live_card(card, laps, state, belief), state, races=races).class_positions
                    for name, order in orders.items():
                        index = [i for i, e in enumerate(card.entries) if e.car_class == name]
                        if len(index) < HEADLINE_CARS:
                            continue
                        mine.append(
                            Case(
                                race_id, name, card.race.series, card.race.season, cutoff,
                                tuple(card.entries[i].car for i in index),
                                counts[index, : len(index)] / races,
                                None if state is None else standing_of([state.cars[i] for i in index]),
                                state is not None and state.still_since_s is not None,
                                order,
                            )
                        )  # fmt: skip
                kept.write_bytes(pickle.dumps(mine))
                print(race_id, flush=True)
            cases += pickle.loads(kept.read_bytes())  # files of this script's own
    return cases


class Scored:
    """A case made ready to be scored often: on the cars of the official order."""

    def __init__(self, case: Case) -> None:
        self.cutoff, self.still = case.cutoff, case.still
        cars, self.played = matched(list(case.cars), case.played, case.order)
        at = {car: i for i, car in enumerate(case.cars)}
        self.standing = None
        if case.standing is not None:
            self.standing = np.array([case.standing[at[c]] if c in at else np.zeros(3) for c in cars])
        self.truth = outcome_matrix(cars, case.order)
        self.places = np.cumsum(self.truth, axis=1)[:, :-1]

    def losses(self, calibration: Calibration) -> Floats:
        """Log loss and ranked probability score of the final odds."""
        table = final_table(self.played, calibration, self.cutoff, self.standing, still=self.still, rounds=15)
        win = np.maximum(table[:, 0], 1e-4)
        gap = np.cumsum(table, axis=1)[:, :-1] - self.places
        return np.array([-self.truth[:, 0] @ np.log(win), np.mean(np.sum(gap**2, axis=1)) / max(len(table) - 1, 1)])


def fit(cases: Sequence[Case], made: Callable[[Floats], Calibration], ridge: Floats, measures: Floats) -> Calibration:
    """The figures with the least loss on these cases; `made` is a set from free ones, as many as `ridge` has weights,
    all 0 as played. `measures`: what log loss and ranked probability score count.
    """
    ready = [Scored(k) for k in cases]
    usual = {
        c: np.mean([k.losses(Calibration()) for k in ready if k.cutoff == c], axis=0)
        for c in {k.cutoff for k in cases}
    }

    def loss(x: Floats) -> float:
        set_ = made(x)
        total = sum(float(measures @ (k.losses(set_) / usual[k.cutoff])) for k in ready)
        return (total + float(ridge @ x**2)) / len(ready)

    found = minimize(loss, np.zeros(len(ridge)), method="BFGS", options={"maxiter": 12, "gtol": 5e-4, "eps": 1e-3})
    return made(np.asarray(found.x))


def before(x: Floats) -> Calibration:
    return Calibration(before=float(np.exp(x[0])))


def under_way(x: Floats) -> Calibration:
    return Calibration(
        under_way=float(np.exp(x[0])), late=float(np.exp(x[1])), standing=(float(x[2]), float(x[3]), float(x[4]))
    )


def late_only(x: Floats) -> Calibration:
    return Calibration(late=float(np.exp(x[0])))


def fitted(cases: Sequence[Case], part: str, out: str | None) -> Calibration | None:
    """The set of a part without a season; None where nothing is left to fit on."""
    others = [k for k in cases if k.key != out and part_of(k.series, k.season) == part]
    early = [k for k in others if k.cutoff == 0.0]
    late = [k for k in others if k.cutoff > 0.0 and not k.still]
    if not early or not late:
        return None
    a = fit(early, before, RIDGE_BEFORE, SURE)
    enough = len({(k.race, k.car_class) for k in late}) >= ENOUGH
    b = fit(late, under_way, RIDGE, BOTH) if enough else fit(late, late_only, RIDGE[:1], BOTH)
    return Calibration(a.before, b.under_way, b.late, b.standing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("played", type=Path)
    parser.add_argument("--races", type=int, default=2000)
    args = parser.parse_args()
    cases = [k for k in play(args.store, args.played, args.races) if k.series in ("imsa", "wec", "le-mans")]
    document = tomlkit.document()
    document.add(tomlkit.comment("Written by scripts/fit/calibration.py; do not edit."))
    for part in sorted({part_of(k.series, k.season) for k in cases}):
        seasons = sorted({k.key for k in cases if part_of(k.series, k.season) == part})
        table = tomlkit.table()
        for out in [None, *seasons]:
            found = fitted(cases, part, out)
            if found is None:
                continue
            one = tomlkit.table()
            one["seasons"] = [s for s in seasons if s != out]
            one["before"] = round(found.before, 3)
            one["under_way"] = round(found.under_way, 3)
            one["late"] = round(found.late, 3)
            one["standing"] = [round(w, 3) for w in found.standing]
            table[f"without-{out}" if out else "all"] = one
            print(part, out, one, flush=True)
        document[part] = table
    TARGET.write_text(tomlkit.dumps(document))


if __name__ == "__main__":
    main()
