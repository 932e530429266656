"""What a file's content says of its race, and figures of it: kept in the store, so that no file is read twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any

import polars as pl

from langstrecke.timing import derive
from langstrecke.timing.files import TimingFile
from langstrecke.timing.readers.said import Said

READERS = 2
"""Raised when a reader delivers other tables from the same file: such files are read again."""

_MARKS = 400
"""Cars of a session by which two files are known as one session's."""


@dataclass(frozen=True)
class Content:
    """Facts of one file's content."""

    kind: str  # laps, results, weather, pits, entries
    provider: str
    rows: int
    cars: int
    classes: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    said: Said = field(default=Said())
    of_race: bool | None = None
    winner: str | None = None
    winner_laps: int | None = None
    laps: int = 0  # of all cars together
    stops: int | None = None
    leader_s: float | None = None  # elapsed time of the winner, or of the car that leads by the laps
    green_ms: int | None = None  # hour of day at which the race clock began
    first: str | None = None  # of a weather file: its first reading
    last: str | None = None
    whole: bool = True  # not cut off
    marks: dict[str, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain data, and back by `content_of`."""
        data = asdict(self)
        data["said"]["day"] = self.said.day.isoformat() if self.said.day else None
        return data


def content_of(data: dict[str, Any]) -> Content:
    """The facts that `to_json` wrote."""
    said = dict(data["said"])
    said["day"] = dt.date.fromisoformat(said["day"]) if said["day"] else None
    lists = {name: tuple(data[name]) for name in ("classes", "makes", "notices")}
    return Content(**{**data, **lists, "said": Said(**said)})


def describe(file: TimingFile) -> Content:
    """The facts of a file that has been read."""
    notices = tuple(str(notice) for notice in file.notices)
    common: dict[str, Any] = {
        "kind": file.kind,
        "provider": file.provider,
        "rows": file.table.height,
        "said": file.said,
        "of_race": file.of_race,
        "whole": not any("cut off" in notice for notice in notices),
        "notices": notices,
        "left_out": sum(notice.count for notice in file.notices),
    }
    if file.kind == "laps":
        return Content(**common, **_of_laps(file.table))
    if file.kind == "results":
        return Content(**common, **_of_results(file.table))
    if file.kind == "weather":
        utc = file.table["utc"]
        return Content(**common, cars=0, first=utc.min().isoformat(), last=utc.max().isoformat())  # type: ignore[union-attr]
    if file.kind == "pits":
        return Content(**common, cars=file.table["car"].n_unique())
    entries = file.table
    return Content(
        **common,
        cars=entries.height,
        classes=_texts(entries["car_class"]),
        makes=_texts(entries["manufacturer"]),
        marks=dict.fromkeys(entries["car"].to_list()[:_MARKS], 0),
    )


def _of_laps(laps: pl.DataFrame) -> dict[str, Any]:
    order = derive.classification(laps)
    first = laps.group_by("car").agg(pl.col("lap_time_s").sort_by("lap").first()).sort("car")[:_MARKS]
    return {
        "cars": order.height,
        "classes": _texts(laps["car_class"]),
        "makes": _texts(laps["manufacturer"]),
        "winner": order["car"][0],
        "winner_laps": order["laps"][0],
        "laps": laps.height,
        "stops": derive.pit_stops(laps).height,
        "leader_s": order["total_time_s"][0],
        "green_ms": green_ms(laps),
        "marks": {car: round(seconds * 1000) for car, seconds in first.iter_rows()},
    }


def _of_results(results: pl.DataFrame) -> dict[str, Any]:
    first = results.filter(pl.col("position") == 1)
    times = results.select("car", ms=(pl.col("fastest_lap_s") * 1000).round().cast(pl.Int64).fill_null(0))
    return {
        "cars": results.height,
        "classes": _texts(results["car_class"]),
        "makes": _texts(results["manufacturer"]),
        "winner": first["car"][0] if first.height else None,
        "winner_laps": first["laps"][0] if first.height else None,
        "laps": int(results["laps"].sum() or 0),
        "leader_s": first["total_time_s"][0] if first.height else None,
        "marks": dict(times.sort("car")[:_MARKS].iter_rows()),
    }


def _texts(column: pl.Series) -> tuple[str, ...]:
    return tuple(sorted(text for text in column.drop_nulls().unique().to_list() if text))


def green_ms(laps: pl.DataFrame) -> int | None:
    """Milliseconds of the day at which a race's clock began: the hour of a crossing less its elapsed time.

    Where hours are printed to the minute only, every crossing bounds the start from below; the best bound is
    taken. None where the file prints no hours.
    """
    clock = pl.col("clock_time").cast(pl.Int64) // 1_000_000
    # The first hours suffice, and keep clear of midnight and of stopped clocks.
    early = laps.filter(pl.col("clock_time").is_not_null() & (pl.col("elapsed_s") < 7200.0))
    frame = early.select(ms=clock, began=clock - (pl.col("elapsed_s") * 1000).round().cast(pl.Int64))
    began = frame["began"].median()
    if not isinstance(began, float):
        return None
    if (frame["ms"] % 60_000 == 0).all():
        bounds = frame["began"].filter((frame["began"] - began).abs() <= 61_000)
        began = float(bounds.max())  # type: ignore[arg-type]
    return round(began) % 86_400_000
