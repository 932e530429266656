"""Circuits by the names people and files use, and the races of the calendars: without the whole registry."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from langstrecke.paddock.matching import fold

_SHORT = 4
"""Names up to this length are looked for as whole words only, never run together with others."""


@dataclass(frozen=True)
class Meeting:
    """A race of a calendar: its id, when and how long."""

    id: str
    series: str
    season: str  # "2021", "2018-19"
    circuit: str
    start: dt.date
    day: dt.date
    duration_s: int  # 0: not known


@cache
def circuit_names() -> dict[str, str]:
    """Id of every circuit -> its full name."""
    return {row["id"]: row["name"] for row in _rows("circuits.csv")}


@cache
def _aliases() -> tuple[tuple[str, str], ...]:
    """Every folded name of a circuit with its id, the longest first."""
    found: dict[str, str] = {}
    for row in _rows("circuits.csv"):
        for name in (row["id"], row["name"], *row["aliases"].split("|")):
            if name:
                found.setdefault(fold(name), row["id"])
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def circuit_in(text: str) -> str | None:
    """The circuit whose name stands in a text, by the longest name that does: "Lone Star Le Mans" is at COTA.

    Names are found as whole words, or run together as in "LeMans".
    """
    plain = f" {fold(text)} "
    for name, circuit in _aliases():
        if f" {name} " in plain:
            return circuit
        joined = name.replace(" ", "")
        if len(joined) > _SHORT and f" {joined} " in plain:
            return circuit
    return None


@cache
def meetings() -> dict[tuple[str, str], tuple[Meeting, ...]]:
    """Series and circuit -> the races there, in order of time."""
    found: dict[tuple[str, str], list[Meeting]] = {}
    for row in _rows("events.csv"):
        start, day = (dt.date.fromisoformat(row[key]) for key in ("start", "race_day"))
        seconds = int(row["duration_s"] or 0)
        meeting = Meeting(row["id"], row["series"], row["season"], row["circuit"], start, day, seconds)
        found.setdefault((meeting.series, meeting.circuit), []).append(meeting)
    return {key: tuple(sorted(group, key=lambda m: (m.day, m.id))) for key, group in found.items()}


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("langstrecke.paddock") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
