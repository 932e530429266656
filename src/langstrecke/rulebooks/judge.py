"""A whole race, judged from its lap table (`timing.schema.LAPS`), real or simulated.

Laps become stints and stops, which `rulebooks.legality` judges. Nothing here is shared with the simulation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from langstrecke.rulebooks.legality import Stint, Stop, Violation, violations
from langstrecke.rulebooks.schema import Licence, RuleBook

Crew = Sequence[tuple[str, Licence | None]]


@dataclass(frozen=True)
class Verdict:
    """What one car did: its stints and stops, and the rules it broke."""

    car: str
    car_class: str
    stints: tuple[Stint, ...]
    stops: tuple[Stop, ...]
    violations: tuple[Violation, ...]


def judge_laps(
    book: RuleBook, duration_s: float, laps: pl.DataFrame, crews: Mapping[str, Crew], *, crew_rules: bool = True
) -> list[Verdict]:
    """A verdict for every car that was still running when the time was up.

    `crews` names the nominated drivers of a car with their licences; cars it leaves out are not judged. Cars that
    stopped before `duration_s` are not either: they cannot be held to minimums, and their last stint has no end.
    `crew_rules=False` leaves out who may share a car (an entry list's matter, not the race's).
    """
    neutralised = neutral_spans(laps) if book.pit.max_stint_s else []  # the one rule that asks for them
    by_car: dict[str, list[tuple[str, str, float, float | None, float, bool]]] = {}
    for car, *row in stint_table(laps).rows():
        by_car.setdefault(car, []).append(tuple(row))
    found = []
    for car, rows in by_car.items():
        if car not in crews or rows[-1][4] < duration_s:
            continue
        licence = dict(crews[car])
        stints, stops = [], []
        before = None
        for _, driver, begin, pit, end, yellow in rows:
            start = begin + (pit or 0.0)
            if pit is not None:
                change = before is not None and driver != before
                stops.append(Stop(begin, start, driver_change=change, neutralised=yellow))
            stints.append(Stint(driver, licence[driver], start, end))
            before = driver
        car_class = rows[0][0]
        judged = violations(book, car_class, duration_s, stints, stops, nominated=crews[car], neutralised=neutralised)
        kept = tuple(v for v in judged if crew_rules or not v.rule.startswith("crew"))
        found.append(Verdict(car, car_class, tuple(stints), tuple(stops), kept))
    return found


def stint_table(laps: pl.DataFrame) -> pl.DataFrame:
    """A row per car and stint: driver, begin of its first lap, the pit time that lap opens with, end of its last.

    A stint begins with a stop or with another driver. `yellow`: the lap before it ended under a neutralisation.
    """
    opens = pl.col("pit_time_s").is_not_null() | (pl.col("driver") != pl.col("driver").shift(1)).over("car")
    return (
        laps.lazy()
        .with_columns(
            opens.fill_null(value=False).cast(pl.Int32).cum_sum().over("car").alias("stint"),
            (pl.col("flag").shift(1).over("car") != "green").fill_null(value=False).alias("yellow"),
        )
        .group_by("car", "stint", maintain_order=True)
        .agg(
            pl.col("car_class", "driver").first(),
            (pl.col("elapsed_s") - pl.col("lap_time_s")).first().alias("begin_s"),
            pl.col("pit_time_s").first().alias("pit_s"),
            pl.col("elapsed_s").last().alias("end_s"),
            pl.col("yellow").first(),
        )
        .drop("stint")
        .collect()
    )


def neutral_spans(laps: pl.DataFrame) -> list[tuple[float, float]]:
    """When the race was neutralised: the laps that ended under yellow, overlapping ones joined."""
    slow = laps.filter(pl.col("flag") != "green").select(
        (pl.col("elapsed_s") - pl.col("lap_time_s")).alias("start"), pl.col("elapsed_s").alias("end")
    )
    joined = (
        slow.sort("start")
        .with_columns((pl.col("start") > pl.col("end").cum_max().shift(1)).fill_null(value=True).cum_sum().alias("k"))
        .group_by("k", maintain_order=True)
        .agg(pl.col("start").min(), pl.col("end").max())
    )
    return list(zip(joined["start"].to_list(), joined["end"].to_list(), strict=True))
