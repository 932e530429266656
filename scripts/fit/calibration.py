"""Fit the last layer of the odds and write src/langstrecke/forecast/data/calibration.toml.

    python -m scripts.fit.calibration STORE.duckdb PLAYED [--races 2000]

Every race of the store with a result is forecast at five cutoffs from what was known by then, and what was played is
kept in the folder PLAYED, a file a race: a run that was interrupted goes on, a second one only fits. One set a season
left out, and one on all, for IMSA, for WEC and Le Mans before 2023, and since.
"""

from __future__ import annotations

import argparse
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from langstrecke.forecast.record import records
from langstrecke.racecard.build import build_card
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.simulation import simulate
from langstrecke.store import Store, open_store

Floats = NDArray[np.float64]
TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "forecast" / "data" / "calibration.toml"
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

    race: str
    car_class: str
    series: str
    season: int
    cutoff: float
    cars: tuple[str, ...]
    played: Floats
    standing: Floats | None
    record: Floats
    still: bool
    order: Order

    @property
    def key(self) -> str:
        """What is left out together."""
        return f"{self.series}-{self.season}"

    def scores(self, calibration: Calibration) -> tuple[float, float]:
        """Log loss and ranked probability score of the final odds."""
        table = final_table(self.played, calibration, self.cutoff, self.standing, self.record, still=self.still)
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
                kept.write_bytes(pickle.dumps(race_cases(open_, archive, race_id, races)))
                print(race_id, flush=True)
            cases += pickle.loads(kept.read_bytes())  # files of this script's own
    return cases


def race_cases(store: Store, archive: Archive, race_id: str, races: int) -> list[Case]:
    """The cases of one race, played from the start and from every cutoff."""
    cases: list[Case] = []
    orders = class_orders(store, race_id)
    card = build_card(race_id, store, archive=archive)
    try:
        laps = store.laps(race_id)
    except LangstreckeError:
        laps = None
    belief = belief_before(race_id, store, archive)
    record = records(card)
    for cutoff in CUTOFFS:
        state = None
        if cutoff == 0.0:
            counts = simulate(card, races=races, seed=1, threads=1).class_positions
        elif laps is None or laps.is_empty():
            continue
        else:
            state = live_state(laps, card, cutoff * card.race.duration_s)
            now = live_card(card, laps, state, belief)
            counts = play_on(now, state, races=races, threads=1).class_positions
        for name, order in orders.items():
            index = [i for i, e in enumerate(card.entries) if e.car_class == name]
            if len(index) < HEADLINE_CARS:
                continue
            cases.append(
                Case(
                    race_id, name, card.race.series, card.race.season, cutoff,
                    tuple(card.entries[i].car for i in index),
                    counts[index, : len(index)] / races,
                    None if state is None else standing_of([state.cars[i] for i in index]),
                    record[index],
                    state is not None and state.still_since_s is not None,
                    order,
                )
            )  # fmt: skip
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
    still is fitted on those of every part: there are four.
    """
    others = [k for k in cases if k.key != out]
    mine = [k for k in others if part_of(k.series, k.season) == part]
    early = [k for k in mine if k.cutoff == 0.0]
    late = [k for k in mine if k.cutoff > 0.0 and not k.still]
    if not early or not late:
        return None
    before, measures, under_way = FREE[part]
    a, b = fit(early, before, measures), fit(late, under_way, BOTH)
    still = fit([k for k in others if k.still], ("still",), SURE).still
    return replace(b, before=a.before, record=(a.record[0], b.record[1]), still=still)


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
            one["record"] = [round(w, 3) for w in found.record]
            one["still"] = round(found.still, 3)
            table[f"without-{out}" if out else "all"] = one
            print(part, out, one, flush=True)
        document[part] = table
    TARGET.write_text(tomlkit.dumps(document))


if __name__ == "__main__":
    main()
