"""How wet the track is, read off the pace of the field."""

from __future__ import annotations

import numpy as np
import polars as pl

from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.neutral import Spans

WET_FIELD = 1.05
"""Field pace over dry from which the track counts as wet (the ratings' figure is 1.045)."""
NOT_RAIN = 1.3
"""A field slower than this is neutralised, not rained on: rain costs up to a fifth."""
WET_WINDOW_S = 420.0
"""How far back the last green laps may lie."""


def wetness(known: pl.DataFrame, card: RaceCard, spans: Spans, t: float) -> float:
    """How wet the track is by the pace of the field on its last green laps (0.5: the card's `wet_ratio`)."""
    if known.is_empty():
        return 0.0
    rows = known.with_columns(out=pl.col("in_pit").shift(1).over("car").fill_null(False)).filter(
        ~pl.col("in_pit") & ~pl.col("out") & (pl.col("lap") > 1)
    )
    for a, b in spans:
        rows = rows.filter((pl.col("elapsed_s") <= a) | (pl.col("elapsed_s") - pl.col("lap_time_s") >= b))
    dry = rows.group_by("car").agg(dry=pl.col("lap_time_s").quantile(0.2, "lower"))
    recent = rows.filter(pl.col("elapsed_s") > t - WET_WINDOW_S).join(dry, on="car")
    if recent["car"].n_unique() < 5:
        return 0.0
    ratio = float(np.median((recent["lap_time_s"] / recent["dry"]).to_numpy()))
    if not WET_FIELD < ratio < NOT_RAIN:
        return 0.0
    return float(np.clip(0.5 * (ratio - 1.0) / max(card.weather.wet_ratio - 1.0, 0.02), 0.05, 1.0))
