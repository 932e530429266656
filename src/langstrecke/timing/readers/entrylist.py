"""Entry lists of WEC 2024 (JSON beside the lap file): who starts, the grid, and facts of the event."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import class_name, driver_name
from langstrecke.timing.readers.document import Document, open_document
from langstrecke.timing.readers.times import parse_duration

ENTRIES = pl.Schema(
    {
        "car": pl.String(),
        "car_class": pl.String(),
        "team": pl.String(),
        "manufacturer": pl.String(),
        "drivers": pl.List(pl.String()),
        "grid_position": pl.Int32(),
    }
)
"""One row per entry, ordered by class and car, so that the order tells nothing."""


@dataclass(frozen=True)
class EntryList:
    """The entries of one event and what the file says about the event.

    `grid_basis` says where `grid_position` comes from: "lap1_s1" is the order in the first sector of the
    race, not the official grid, so it must not be used for a forecast made before the start.
    """

    name: str
    season: int
    day: date | None
    started_at: str | None
    time_limit_s: float | None
    duration_s: float | None
    laps: int | None
    grid_basis: str | None
    entries: pl.DataFrame


def read_json(document: Document) -> Any:
    """The data of a JSON file. Raises `TimingFileError` where it is none."""
    try:
        return json.loads(document.text)
    except json.JSONDecodeError as error:
        raise TimingFileError(f"is not JSON: {error.msg}", file=document.path, line=error.lineno) from None
    except RecursionError:
        raise TimingFileError("is nested too deeply for a timing file", file=document.path) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise TimingFileError(f"is not JSON: {error}", file=document.path) from None


def read_entries(path: str | Path | Document) -> EntryList:
    """Read the JSON entry list of a WEC 2024 event. Raises `TimingFileError` where it is none."""
    document = path if isinstance(path, Document) else open_document(path)
    return build_entries(read_json(document), document.path)


def build_entries(data: Any, path: Path) -> EntryList:
    """The entry list in JSON data. Raises `TimingFileError` where it is none."""
    try:
        return _entry_list(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise TimingFileError(f"is not an entry list: {type(error).__name__} {error}", file=path) from None


def _entry_list(data: dict[str, Any]) -> EntryList:
    race = data.get("race", {})
    grid = data["startingGrid"]
    rows = [_entry(entry) for entry in grid["entries"]]
    if not rows:
        raise ValueError("no entries")
    cars = [row["car"] for row in rows]
    if len(set(cars)) < len(cars):
        raise ValueError("a car is entered twice")
    frame = pl.DataFrame(rows, schema=ENTRIES).sort("car_class", "car")
    day = data.get("date")
    return EntryList(
        name=str(data["name"]),
        season=int(data["season"]),
        day=date.fromisoformat(day) if day else None,
        started_at=_text(race.get("startedAt")),
        time_limit_s=_duration(race.get("timeLimit")),
        duration_s=_duration(race.get("duration")),
        laps=int(race["lapTotal"]) if race.get("lapTotal") is not None else None,
        grid_basis=_text(grid.get("basis")),
        entries=frame,
    )


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    car = entry["car"]
    number = str(car["carNumber"]).strip()
    category = str(car["class"]).strip()
    if not number or not category:
        raise ValueError("an entry without car number or class")
    return {
        "car": number,
        "car_class": class_name(category) or category,
        "team": " ".join(str(car.get("team") or "").split()) or None,
        "manufacturer": str(car.get("manufacturer") or "").strip() or None,
        "drivers": [driver_name(str(driver["name"])) for driver in car["drivers"]],
        "grid_position": int(entry["position"]),
    }


def _text(value: object) -> str | None:
    return str(value) if value is not None else None


def _duration(value: object) -> float | None:
    return parse_duration(str(value)) if value is not None else None
