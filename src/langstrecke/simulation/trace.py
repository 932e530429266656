"""One simulated race, lap by lap, as a canonical lap table: the same rows a timing provider would write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import compile_race, expected_laps
from langstrecke.simulation.kernel.entries import TRACED
from langstrecke.simulation.kernel.state import (
    MODE_FCY,
    MODE_SAFETY_CAR,
    ROW_CAR,
    ROW_DRIVER,
    ROW_END,
    ROW_IN_PIT,
    ROW_LAP,
    ROW_MODE,
    ROW_PIT_S,
    ROW_RED_S,
    ROW_SIZE,
)
from langstrecke.simulation.rows import play_rows
from langstrecke.timing.schema import LAPS

SECTORS = (0.30, 0.37, 0.33)
"""Shares of a lap given to the three sectors of a simulated lap (the simulation knows whole laps only)."""


def simulate_laps(card: RaceCard, *, race: int = 0, seed: int = 1, book: RuleBook | None = None) -> pl.DataFrame:
    """The lap table (`timing.schema.LAPS`) of simulated race number `race` of this seed.

    The race is the very one that `simulate` counts under this number. Times are rounded to milliseconds, as in timing
    files. Raises CardError for a card that cannot be played.
    """
    return next(simulate_lap_tables(card, [race], seed=seed, book=book))


def simulate_lap_tables(
    card: RaceCard, races: Iterable[int], *, seed: int = 1, book: RuleBook | None = None
) -> Iterator[pl.DataFrame]:
    """`simulate_laps` of many races, one after the other; the card is compiled once."""
    book = book or load_rulebook(card.race.rulebook)
    params = compile_race(card, book)
    rows = np.zeros((expected_laps(card), ROW_SIZE), np.float64)
    for race in races:
        written = play_rows(params, seed, race, 1, trace=rows).race[0, TRACED]
        yield _table(card, book, rows[: int(written)])


def _table(card: RaceCard, book: RuleBook, rows: NDArray[np.float64]) -> pl.DataFrame:
    entries = card.entries
    car = rows[:, ROW_CAR].astype(int)
    order = np.lexsort((rows[:, ROW_LAP], car))
    rows, car = rows[order], car[order]
    lap = rows[:, ROW_LAP].astype(int)
    # As in timing files the race clock stands under a red flag, and the hour of day runs on.
    elapsed = np.round(rows[:, ROW_END] - rows[:, ROW_RED_S], 3)
    before = np.where(lap > 1, np.roll(elapsed, 1), 0.0)
    lap_time = np.round(elapsed - before, 3)
    s1, s2 = np.round(lap_time * SECTORS[0], 3), np.round(lap_time * SECTORS[1], 3)
    mode = rows[:, ROW_MODE].astype(int)
    neutral = "fcy" if book.neutralisation.regime == "imsa_fcy" else "safety_car"
    shown = np.select([mode == MODE_SAFETY_CAR, mode == MODE_FCY], [1, 2], 0)
    pit = np.round(rows[:, ROW_PIT_S], 3)
    length = card.circuit.length_km
    start = np.datetime64(dt.datetime.combine(card.race.date, card.race.start_time), "us")
    clock = start + np.round(rows[:, ROW_END] * 1e6).astype("timedelta64[us]")
    driver = rows[:, ROW_DRIVER].astype(int)
    first = np.cumsum([0, *(len(e.drivers) for e in entries[:-1])])
    return pl.DataFrame(
        {
            "race_id": pl.repeat(f"{card.race.id}/race", len(car), eager=True),
            "car": pl.Series([e.car for e in entries])[car],
            "car_class": pl.Series([e.car_class for e in entries])[car],
            "lap": lap,
            "driver": pl.Series([d.name for e in entries for d in e.drivers])[first[car] + driver],
            "lap_time_s": lap_time,
            "elapsed_s": elapsed,
            "s1_s": s1,
            "s2_s": s2,
            "s3_s": np.round(lap_time - s1 - s2, 3),
            "in_pit": rows[:, ROW_IN_PIT] > 0.0,
            "pit_time_s": pl.Series(pit).replace(0.0, None),
            "flag": pl.Series(["green", neutral, "fcy"])[shown],
            "kph": np.round(length * 3600.0 / lap_time, 1) if length else [None] * len(car),
            "team": pl.Series([e.team for e in entries], dtype=pl.String)[car],
            "manufacturer": pl.Series([e.make for e in entries], dtype=pl.String)[car],
            "clock_time": pl.Series(clock).dt.time(),
        },
        schema=LAPS,
    )
