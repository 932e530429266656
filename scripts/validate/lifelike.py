"""Are simulated races like real ones? Every race with laps, simulated from its `before` card, against what happened.

Usage: python -m scripts.validate.lifelike STORE [--series imsa] [--races 1000] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from langstrecke.racecard.build import build_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.ratings.archive import open_archive
from langstrecke.simulation import FIGURES, simulate
from langstrecke.store import Store, open_store
from langstrecke.timing.derive import classification, neutralisations

LEVEL = (0.05, 0.95)
NEAR = (0.05, 0.12)
"""Shares of the winner's real distance within which a card is asked to say it."""
CUT_SHORT = 0.97
"""A race whose clock stood at less than this share of its scheduled length at the flag was stopped for good."""


def real_figures(laps: pl.DataFrame, card: RaceCard) -> dict[str, dict[str, float]]:
    """The figures of `simulation.FIGURES` as they really were, per class."""
    order = classification(laps)
    periods = neutralisations(laps).filter(pl.col("kind") != "slow_zone")
    neutral = float((periods["end_s"] - periods["start_s"]).sum()) if periods.height else 0.0
    flag = float(laps["elapsed_s"].to_numpy().max())
    stops = dict(laps.group_by("car").agg(pl.col("in_pit").sum()).iter_rows())
    last = dict(laps.group_by("car").agg(pl.col("elapsed_s").max()).iter_rows())
    found: dict[str, dict[str, float]] = {}
    for name in card.classes:
        mine = order.filter(pl.col("car_class") == name)
        if mine.is_empty():
            continue
        winner = mine.row(0, named=True)
        second = mine.row(1, named=True) if mine.height > 1 else None
        same_lap = mine.filter(pl.col("laps") == winner["laps"]).height
        close = second is not None and second["laps"] == winner["laps"]
        found[name] = {
            "winner_laps": winner["laps"],
            "winner_stops": stops[winner["car"]],
            "margin_s": second["total_time_s"] - winner["total_time_s"] if second and close else float("nan"),
            "lead_lap_cars": same_lap,
            "retired": sum(last[c] < flag - 3 * card.classes[name].lap_s - 60 for c in mine["car"]),
            "neutralisations": periods.height,
            "neutral_s": neutral,
            "red_flags": periods.filter(pl.col("kind") == "red").height if periods.height else 0,
        }
    return found


def distance(figures: np.ndarray[Any, Any], value: float, real: dict[str, float]) -> dict[str, Any]:
    """What keeps the winner's distance from being known.

    `own`: how often the median is within each of `NEAR` of the card's own simulated races: what a card that is right
    in everything would reach. `best`: the same for the number that would be within the first of `NEAR` most often.
    `given`: the median moved to the real time under neutralisation, along the line laid through the simulated races.
    """
    laps, neutral = figures[:, FIGURES.index("winner_laps")], figures[:, FIGURES.index("neutral_s")]
    middle = float(np.median(laps))
    slope = float(np.polyfit(neutral, laps, 1)[0]) if neutral.std() > 0 else 0.0
    given = middle + slope * (real["neutral_s"] - float(np.median(neutral)))
    own = [_within(middle, laps, near) for near in NEAR]
    best = max(_within(told, laps, NEAR[0]) for told in np.arange(laps.min(), laps.max() + 0.5, 0.5))
    return {
        "own": own,
        "best": best,
        "given": given,
        "neutral_real": real["neutral_s"],
        "neutral": float(np.median(neutral)),
    }


def _within(told: float, laps: np.ndarray[Any, Any], near: float) -> float:
    return float(np.mean(np.abs(told / laps - 1.0) <= near))


def judge(store: Store, races: int, series: str | None) -> list[dict[str, Any]]:
    """One row per race, class and figure: real value, simulated interval, inside or not."""
    archive = open_archive(store)
    rows: list[dict[str, Any]] = []
    for race_id in store.races(series)["race_id"]:
        laps = store.laps(race_id)
        if laps.is_empty():
            continue
        card = build_card(race_id, store, "before", archive=archive)
        outcome = simulate(card, races=races, figures=True)
        real = real_figures(laps, card)
        event = f"{card.race.series} {card.circuit.id} {card.race.duration_s / 3600:.1f} h"
        stopped = float(laps["elapsed_s"].to_numpy().max()) < CUT_SHORT * card.race.duration_s
        for c, name in enumerate(card.classes):
            for k, figure in enumerate(FIGURES):
                if name not in real or (figure in ("neutralisations", "neutral_s", "red_flags") and c > 0):
                    continue
                value = real[name][figure]
                drawn = outcome.figures[:, c, k]
                drawn = drawn[~np.isnan(drawn)]
                if np.isnan(value) or drawn.size < 20:
                    continue
                low, middle, high = np.quantile(drawn, [LEVEL[0], 0.5, LEVEL[1]])
                rows.append(
                    {
                        "race": race_id,
                        "class": name,
                        "figure": figure,
                        "real": float(value),
                        "low": float(low),
                        "median": float(middle),
                        "high": float(high),
                        "inside": bool(low <= value <= high),
                        "below": bool(value < low),
                        **(distance(outcome.figures[:, c], value, real[name]) if figure == "winner_laps" else {}),
                        **(
                            {"stopped": stopped or real[name]["red_flags"] > 0, "event": event}
                            if figure == "winner_laps"
                            else {}
                        ),
                    }
                )
        print(race_id, {f: f"{r:.0f}|{m:.0f}" for f, r, m in _brief(rows, race_id)}, flush=True)
    return rows


def _brief(rows: list[dict[str, Any]], race_id: str) -> list[tuple[str, float, float]]:
    mine = [r for r in rows if r["race"] == race_id]
    return [
        (
            f,
            float(np.mean([r["real"] for r in mine if r["figure"] == f])),
            float(np.mean([r["median"] for r in mine if r["figure"] == f])),
        )
        for f in dict.fromkeys(r["figure"] for r in mine)
    ]


def main() -> None:
    """Run and print a table of coverage per figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--series")
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with open_store(options.store, read_only=True) as store:
        rows = judge(store, options.races, options.series)
    table = pl.DataFrame(rows)
    print(
        table.group_by("figure", maintain_order=True).agg(
            cases=pl.len(),
            inside=pl.col("inside").mean().round(3),
            below=pl.col("below").mean().round(3),
            real=pl.col("real").mean().round(1),
            simulated=pl.col("median").mean().round(1),
        )
    )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
