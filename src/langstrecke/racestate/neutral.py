"""What neutralises a race at a moment, since when, and in which stretches it was neutralised before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from langstrecke.racecard.schema import RaceCard
from langstrecke.timing.derive import neutralisations

Spans = tuple[tuple[float, float], ...]
"""Stretches of race time as (start_s, end_s)."""

RECENT_LAPS = 1.2
"""Without flags, a slow stretch that lasted until this many laps ago is still under way: laps tell with delay."""


@dataclass(frozen=True)
class Neutral:
    """The neutralised stretches until a moment, and what is out at it."""

    spans: Spans
    kind: Literal["", "safety_car", "fcy"]
    """IMSA's full-course yellow bunches the field and is a safety car here."""
    since_s: float


def neutral_spans(known: pl.DataFrame) -> Spans:
    """The neutralised stretches in a lap table."""
    return tuple(neutralisations(known).select("start_s", "end_s").iter_rows())


def neutral_at(known: pl.DataFrame, card: RaceCard, t: float) -> Neutral:
    """What the laps known at race time t tell of neutralisations, those of before and the one under way."""
    periods = neutralisations(known)
    spans = tuple(periods.select("start_s", "end_s").iter_rows())
    if known.is_empty() or periods.is_empty():
        return Neutral(spans, "", 0.0)
    last = periods.row(-1, named=True)
    until = float(known["elapsed_s"].to_numpy().max())
    if last["source"] == "pace":
        lap = max(f.lap_s for f in card.classes.values())
        under_way = last["end_s"] >= until - RECENT_LAPS * lap
    else:
        under_way = last["end_s"] >= until
    if not under_way or last["kind"] == "slow_zone":
        return Neutral(spans, "", 0.0)
    apart = card.neutralisation.fcy_per_h > 0.0 and last["kind"] == "fcy" and last["source"] == "flags"
    start = float(last["start_s"])
    for row in reversed(periods.rows(named=True)[:-1]):  # a change of flag is a new period, not a new start
        if row["end_s"] < start - 1.0 or row["kind"] == "slow_zone":
            break
        start = float(row["start_s"])
    return Neutral(spans, "fcy" if apart else "safety_car", min(start, t))
