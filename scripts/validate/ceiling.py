"""The ceiling: how good is a forecaster who knows every figure of a race?

    python -m scripts.validate.ceiling ../shared/data/STORE.duckdb [--series imsa] [--first 2021-01-01] [--json FILE]

Of every race of the store its own card is taken, and what the card does not know for sure is drawn once: so a race
has one true pace of every car and driver, one true tank. A race is played with these figures, lap by lap; it is
forecast from the same figures, at each cutoff from the laps until then as a real race would be, and scored like one.
What is left is luck: yellows, trouble, mistakes, and what the timing does not tell (fuel on board). Nobody who
forecasts real races can be expected to do better, as far as the simulation is like them. `uniform` beside it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.calibration import Calibration, class_tables
from langstrecke.forecast.evaluation.backtest import CUTOFFS
from langstrecke.forecast.evaluation.baselines import uniform
from langstrecke.forecast.evaluation.score import HEADLINE_CARS
from langstrecke.forecast.evaluation.scoring_rules import Scores, matched, score
from langstrecke.forecast.evaluation.truth import Order
from langstrecke.forecast.live import live_card, live_state, play_on
from langstrecke.forecast.live.fits import LiveFits
from langstrecke.racecard.build import build_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.ratings.archive import open_archive
from langstrecke.simulation import simulate, simulate_laps
from langstrecke.store import open_store

SURE = LiveFits(pace_sd=0.0, driver_sd=0.0, mishaps=1.0, overtaking=1.0, tank=1.0)
"""No allowance for figures that are not known: here all are."""


LUCK = 9_000_001
"""The seed of the races that are forecast; the forecasts are played on another."""


def order_of(card: RaceCard, name: str, ended: NDArray[np.int64]) -> Order:
    """A class's order in the one race these counts are of."""
    index = {e.car: i for i, e in enumerate(card.entries)}
    return tuple((car,) for car in sorted(card.cars_of(name), key=lambda c: int(ended[index[c]].argmax())))


def drawn(card: RaceCard, seed: int) -> RaceCard:
    """The card with everything it is unsure of drawn once, and sure from then on."""
    rng = np.random.default_rng(seed)
    classes = {}
    for name, f in card.classes.items():
        classes[name] = f.model_copy(
            update={
                "lap_s": f.lap_s + f.lap_s_sd * rng.standard_normal(),
                "lap_s_sd": 0.0,
                "day_form_s": 0.0,
                "stint_laps_sd": 0.0,
                "retire_log_sd": 0.0,
                "repair_log_sd": 0.0,
            }
        )
    entries = []
    for e in card.entries:
        f = card.classes[e.car_class]
        drivers = tuple(
            d.model_copy(update={"pace_s": d.pace_s + d.pace_s_sd * rng.standard_normal(), "pace_s_sd": 0.0})
            for d in e.drivers
        )
        pace = e.pace_s + float(np.hypot(e.pace_s_sd, f.day_form_s)) * rng.standard_normal()
        tank = max((e.stint_laps or f.stint_laps) + f.stint_laps_sd * rng.standard_normal(), 3.0)
        stop = e.stop_s + e.stop_s_sd * rng.standard_normal()
        entries.append(
            e.model_copy(
                update={
                    "pace_s": pace, "pace_s_sd": 0.0, "stint_laps": tank, "stop_s": stop, "stop_s_sd": 0.0,
                    "drivers": drivers,
                }
            )
        )  # fmt: skip
    neutral = card.neutralisation.model_copy(update={"rate_log_sd": 0.0})
    return card.model_copy(update={"classes": classes, "entries": tuple(entries), "neutralisation": neutral})


def judged(card: RaceCard, number: int, races: int) -> Iterator[tuple[float, str, Scores, Scores]]:
    """(cutoff, class, the knower's scores, uniform's) of one played race of a drawn card."""
    true = drawn(card, number)
    laps = simulate_laps(true, race=number, seed=LUCK)
    ended = simulate(true, races=1, first_race=number, seed=LUCK, threads=1).class_positions
    for cutoff in CUTOFFS:
        if cutoff == 0.0:
            counts = simulate(true, races=races, seed=1, threads=1).class_positions
        else:
            state = live_state(laps, true, cutoff * true.race.duration_s)
            now = live_card(true, laps, state, None, SURE)
            # the tank is a figure, too: the drawn one, not what the stints so far make of it
            now = now.model_copy(update={"classes": true.classes, "entries": true.entries})
            counts = play_on(now, state, races=races, threads=1, fits=SURE).class_positions
        for name, table in class_tables(true, counts / races, None, Calibration()).items():
            order = order_of(true, name, ended)
            names, mine = matched(list(table.cars), table.final, order)
            yield cutoff, name, score(names, mine, order), score(names, uniform(len(names)), order)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--series", default="imsa")
    parser.add_argument("--first", type=dt.date.fromisoformat, default=dt.date(2021, 1, 1))
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--each", type=int, default=2, help="played races of every card")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    found: dict[float, list[tuple[Scores, Scores]]] = defaultdict(list)
    with open_store(args.store, read_only=True) as store:
        archive = open_archive(store)
        wanted = store.races(series=args.series).filter(pl.col("date") >= args.first)
        for race_id in wanted["race_id"]:
            try:
                card = build_card(race_id, store, archive=archive)
                for number in range(args.each):
                    for cutoff, name, mine, other in judged(card, number, args.races):
                        if len(card.cars_of(name)) >= HEADLINE_CARS:
                            found[cutoff].append((mine, other))
            except LangstreckeError as error:
                print(f"{race_id} left out: {error.message()}", flush=True)
                continue
            print(f"{race_id}: log loss so far", *(f"{_mean(r, 'log_loss'):.3f}" for r in found.values()), flush=True)
    table = {}
    print("| cutoff | classes | log loss | uniform | RPS | uniform |\n|---|---|---|---|---|---|")
    for cutoff, rows in sorted(found.items()):
        figures = [_mean(rows, m, k) for m in ("log_loss", "rps") for k in (0, 1)]
        table[f"{cutoff:g}"] = dict(zip(("log_loss", "uniform_log_loss", "rps", "uniform_rps"), figures, strict=True))
        loss, even, rps, even_rps = figures
        print(f"| {cutoff:g} | {len(rows)} | {loss:.3f} | {even:.3f} | {rps:.4f} | {even_rps:.4f} |")
    if args.json is not None:
        args.json.write_text(json.dumps({"series": args.series, "cutoffs": table}, indent=1) + "\n", "utf-8")


def _mean(rows: list[tuple[Scores, Scores]], measure: str, which: int = 0) -> float:
    return float(np.mean([getattr(r[which], measure) for r in rows]))


if __name__ == "__main__":
    main()
