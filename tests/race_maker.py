"""A tiny race of known stops and neutralisations, as a canonical lap table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from langstrecke.timing.schema import LAPS

SLOW = 0.5
"""The field's speed under neutralisation, as a share of its green pace."""


def make_race(
    *,
    cars: int = 20,
    length_s: float = 10_800.0,
    periods: Sequence[tuple[float, float, str]] = (),
    stint_laps: int = 25,
    pit_s: float = 60.0,
    flags: bool = True,
    seed: int = 1,
    wet: tuple[float, float, float] | None = None,
) -> pl.DataFrame:
    """Cars of two classes around 100 and 112 s a lap; under a period all run at half speed.

    `wet` is (from, until, share of green pace).
    """
    rng = np.random.default_rng(seed)
    rows = []
    for index in range(cars):
        name, base = (f"{index + 1:02d}", 100.0) if index % 2 else (f"{index + 1}", 112.0)
        pace = base * (1.0 + 0.01 * rng.standard_normal())
        at, lap, due = 2.0 * index, 0, 0.0
        while at < length_s:
            lap += 1
            need = pace * (1.0 + 0.004 * rng.standard_normal()) + due
            end = _run(at, need, periods, wet)
            stops = lap % stint_laps == 0 and end < length_s
            shown = next((kind for a, b, kind in periods if a <= end < b), "green")
            rows.append(
                {
                    "race_id": "made", "car": name, "car_class": "DPi" if index % 2 else "GTD", "lap": lap,
                    "driver": ("Ada Lang", "Bo Kurz")[(lap - 1) // stint_laps % 2],
                    "lap_time_s": round(end - (0.0 if lap == 1 else at), 3), "elapsed_s": end, "s1_s": None,
                    "s2_s": None, "s3_s": None, "in_pit": stops, "pit_time_s": pit_s if due else None,
                    "flag": ("finish" if end >= length_s else shown) if flags else None, "kph": 180.0,
                    "team": "Team " + name, "manufacturer": "Cadillac",
                    "clock_time": (dt.datetime(2021, 3, 20, 10) + dt.timedelta(seconds=round(end, 3))).time(),
                }
            )  # fmt: skip
            at, due = end, pit_s if stops else 0.0
    frame = pl.DataFrame(rows, schema=LAPS, infer_schema_length=None)
    return frame.with_columns(pl.col("elapsed_s").round(3)).sort("car", "lap")


def _run(
    at: float, need: float, periods: Sequence[tuple[float, float, str]], wet: tuple[float, float, float] | None
) -> float:
    """When a car that needs `need` seconds at green pace from `at` on has done its lap."""
    spans = [(a, b, SLOW) for a, b, _ in periods] + ([wet] if wet else [])
    edges = sorted({edge for a, b, _ in spans for edge in (a, b) if edge > at})
    for edge in [*edges, float("inf")]:
        speed = min([share for a, b, share in spans if a <= at < b], default=1.0)
        if at + need / speed <= edge:
            return at + need / speed
        need -= (edge - at) * speed
        at = edge
    raise AssertionError


def stopped_at(laps: pl.DataFrame, at_s: float, for_s: float) -> pl.DataFrame:
    """The race with everybody standing still for so long from a moment on, the clock running."""
    after = pl.col("elapsed_s") > at_s
    spans = after & (pl.col("elapsed_s") - pl.col("lap_time_s") <= at_s)
    return laps.with_columns(
        lap_time_s=pl.when(spans).then(pl.col("lap_time_s") + for_s).otherwise(pl.col("lap_time_s")),
        elapsed_s=pl.when(after).then(pl.col("elapsed_s") + for_s).otherwise(pl.col("elapsed_s")),
    )
