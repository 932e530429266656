"""What common random numbers are worth: two ways to race, on the same luck and on luck of their own.

Usage: python -m scripts.validate.crn [--races 4000] [--json FILE]
For every pair it prints how many times fewer races the shared luck needs for the same standard error of the
difference, per quantity, with the difference itself. A win or a podium is a yes or a no: where the change turns
d of all races in one direction no luck can make the ratio larger than `best`, which is printed beside it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.racecard.shipped import load_card
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.watch import CLASS_PLACE, UNCLASSIFIED, Watched, simulate_watched
from langstrecke.strategy.candidates import Candidate

F64 = NDArray[np.float64]

PAIRS = (
    ("imsa-2021-sebring", "10", Candidate(early_laps=2.0, title="stints two laps shorter")),
    ("imsa-2021-sebring", "16", Candidate(yellow=1.1, title="no stops under yellow")),
    ("le-mans-2019", "7", Candidate(tyres_every=1, title="new tyres at every stop")),
    ("le-mans-2019", "91", Candidate(turn=1, title="a driver change at every stop")),
    ("spa-24h-2018", "34", Candidate(early_laps=2.0, title="stints two laps shorter")),
    ("spa-24h-2018", "82", Candidate(starter=1, title="another driver starts")),
)
"""Pairs of ways to race: a card, a car, and what it does otherwise."""


def quantities(watched: Watched, size: int, points: F64) -> dict[str, F64]:
    """What is compared, race by race, of the first watched car."""
    place = watched.cars[:, 0, CLASS_PLACE].astype(np.float64)
    scored = np.where(watched.cars[:, 0, UNCLASSIFIED] > 0, 0.0, points[np.minimum(place.astype(int), size) - 1])
    return {
        "class place": place,
        "class win": (place == 1).astype(np.float64),
        "podium": (place <= 3).astype(np.float64),
        "points": scored,
    }


def measure(name: str, car: str, change: Candidate, races: int, seed: int) -> dict[str, Any]:
    """One pair: the ratio of variances for each quantity."""
    card = load_card(name)
    book = load_rulebook(card.race.rulebook)
    params = compile_race(card, book)
    index = next(i for i, e in enumerate(card.entries) if e.car == car)
    size = sum(e.car_class == card.entries[index].car_class for e in card.entries)
    scale = book.points_scale(card.race.duration_s)
    points = np.array([scale.points(k + 1) if scale else 0.0 for k in range(size)])
    before = quantities(simulate_watched(params, [index], races=races, seed=seed), size, points)
    changed = change.applied(params, index)
    after = quantities(simulate_watched(changed, [index], races=races, seed=seed), size, points)
    row: dict[str, Any] = {"card": name, "car": car, "change": change.describe(card, car), "races": races}
    for what in before:
        apart = after[what] - before[what]
        alone = float(before[what].var(ddof=1) + after[what].var(ddof=1))
        shared = float(apart.var(ddof=1))
        row[what] = {
            "before": float(before[what].mean()),
            "change": float(apart.mean()),
            "se": float(np.sqrt(shared / races)),
            "fewer_races": alone / shared if shared > 0 else None,
        }
        if what in ("class win", "podium"):
            d = abs(float(apart.mean()))
            row[what]["best"] = alone / (d - d * d) if d > 0 else None
    return row


def main() -> None:
    """Print a line per pair and quantity."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    for name, car, change in PAIRS:
        row = measure(name, car, change, options.races, options.seed)
        rows.append(row)
        print(f"{name} #{car}: {row['change']}")
        for what, found in row.items():
            if isinstance(found, dict):
                ratio = "all the same" if found["fewer_races"] is None else f"{found['fewer_races']:.1f} times fewer"
                best = f" (at most {found['best']:.0f})" if found.get("best") else ""
                print(f"   {what:12} {found['before']:7.3f} {found['change']:+7.3f}  {ratio}{best}", flush=True)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
