"""The books of 2026 against the public table of driver times that they were made from, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from langstrecke.rulebooks import load_rulebook, rulebook_for
from langstrecke.rulebooks.limits import crew_limits, driver_limits

pytestmark = pytest.mark.data

LENGTHS = {
    "24h": (24.0,),
    "12h": (12.0,),
    "10h": (10.0,),
    "8h_1812km": (8.0, 10.0),
    "6h": (6.0,),
    "2h40m": (8 / 3,),
    "100m": (5 / 3,),
}
CREWS_OF_2025 = {("imsa", "6h", "drivers_min"): 3, ("imsa", "24h", "drivers_min"): 4}
"""Where the book keeps what was announced for 2025, and says so in its gaps."""


def rows(data: Path) -> list[tuple[str, str, float, dict[str, Any]]]:
    table = json.loads((data / "facts" / "driver_time_2026.json").read_text("utf-8"))
    return [
        (series, event, hours, row)
        for series in ("wec", "imsa")
        for event, row in table[series]["events"].items()
        for hours in LENGTHS[event]
    ]


def book_of(series: str, hours: float) -> str:
    return "le-mans-2026" if (series, hours) == ("wec", 24.0) else f"{series}-2026"


def test_every_time_stands_in_the_book(data: Path) -> None:
    seen = 0
    for series, event, hours, row in rows(data):
        book = load_rulebook(book_of(series, hours))
        for name, least_h in row["min_drive_h"].items():
            # of LMGT3 they bind Bronze and Silver drivers, elsewhere everybody
            for licence in ("bronze", "silver") if name == "LMGT3" else (None, "platinum"):
                limits = driver_limits(book, name, licence, hours * 3600)
                assert limits.min_drive_s == pytest.approx(least_h * 3600, abs=4), (series, event, name)
                assert limits.max_drive_s == (row["total_max_h"] * 3600 if "total_max_h" in row else None)
                assert (limits.max_in_window_s, limits.window_s) == (4 * 3600, 6 * 3600)
                seen += 1
    assert seen > 50


def test_every_crew_stands_in_the_book(data: Path) -> None:
    for series, event, hours, row in rows(data):
        book = load_rulebook(book_of(series, hours))
        for name in row["min_drive_h"]:
            crew = crew_limits(book, name, hours * 3600)
            least = CREWS_OF_2025.get((series, event, "drivers_min"), row["drivers_min"])
            if name == "LMGT3":
                least = max(least, row.get("lmgt3_drivers_required", 0))
            most = row["drivers_max"]
            if name == "GTP":
                most = row.get("gtp_max_drivers", most)
            assert (crew.min_drivers, crew.max_drivers) == (least, most), (series, event, name)


def test_the_bronze_driver_of_daytona(data: Path) -> None:
    table = json.loads((data / "facts" / "driver_time_2026.json").read_text("utf-8"))
    assert "Bronze in GTD PRO owes 3.5h" in table["imsa"]["note"]
    book = rulebook_for("imsa", 2026, "daytona")
    assert driver_limits(book, "GTD PRO", "bronze", 24 * 3600).min_drive_s == 3.5 * 3600
    assert driver_limits(book, "GTD PRO", "silver", 24 * 3600).min_drive_s == 2 * 3600
