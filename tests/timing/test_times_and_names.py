"""Printed times and names."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langstrecke.timing.names import (
    class_name,
    driver_name,
    driver_names,
    maker_of,
    same_driver,
    team_key,
)
from langstrecke.timing.readers.times import clock_times, durations, format_durations, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("35.987", 35.987),
        ("9.931", 9.931),
        ("1:50.132", 110.132),
        ("12:01:01.418", 43261.418),
        ("3'18.596", 198.596),
        ("24:00'42.784", 86442.784),
        ("57'54.087", 3474.087),
        ("0:00:08.288", 8.288),
        ("131.0", 131.0),
        ("1:10", 70.0),
        ("", None),
        ("1:72.000", None),
        ("1:60:00.000", None),
        ("-5.000", None),
        ("1:2:3:4.000", None),
        ("nan", None),
        ("١٢.000", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds
    assert durations(pl.Series([text])).to_list() == [seconds]
    assert durations(pl.Series([text] * 300)).to_list() == [seconds] * 300


@given(st.lists(st.from_regex(r"[0-9:'.]{0,12}", fullmatch=True), min_size=1, max_size=30))
def test_a_column_is_read_as_its_texts_one_by_one(texts: list[str]) -> None:
    column = pl.Series(texts * (1 + 300 // len(texts)))
    assert durations(column).to_list() == [parse_duration(text) for text in column]


@given(st.lists(st.integers(0, 400_000_000), min_size=1, max_size=20), st.booleans())
def test_durations_print_and_read_back(millis: list[int], hours: bool) -> None:
    seconds = [value / 1000 for value in millis]
    column = pl.Series(seconds * 20)
    assert durations(format_durations(column, hours=hours)).to_list() == column.to_list()


def test_durations_print_as_the_provider_does() -> None:
    column = pl.Series([35.987, 110.132, 43261.418, 3.004, None])
    assert format_durations(column).to_list() == ["35.987", "1:50.132", "12:01:01.418", "3.004", None]
    assert format_durations(pl.Series([66.127]), hours=True).to_list() == ["0:01:06.127"]


def test_clock_times() -> None:
    texts = ["15:03", "15:04:19.994", "00:00:00.000", "24:00:00.000", "9:05:01", "15:61", "x", ""]
    assert clock_times(pl.Series(texts)).to_list() == [
        dt.time(15, 3), dt.time(15, 4, 19, 994000), dt.time(0, 0), None, dt.time(9, 5, 1), None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Jan MAGNUSSEN", "Jan Magnussen"),
        ("Jan Magnussen", "Jan Magnussen"),
        ("J. MAGNUSSEN", "J. Magnussen"),
        ("Renger VAN DER ZANDE", "Renger van der Zande"),
        ("R. VAN DER ZANDE", "R. van der Zande"),
        ("Job Van Uitert", "Job van Uitert"),
        ("Nyck DE VRIES", "Nyck de Vries"),
        ("Connor DE PHILLIPPI", "Connor De Phillippi"),
        ("Connor De Phillippi", "Connor De Phillippi"),
        ("Lucas DI GRASSI", "Lucas di Grassi"),
        ("Alex MCCONNELL", "Alex McConnell"),
        ("Stevan McAleer", "Stevan McAleer"),
        ("Cooper MACNEIL", "Cooper MacNeil"),
        ("Sébastien BUEMI", "Sébastien Buemi"),
        ("André NEGRÃO", "André Negrão"),
        ("Marco SØRENSEN", "Marco Sørensen"),
        ("Jörg MÜLLER", "Jörg Müller"),
        ("Luis PEREZ-COMPANC", "Luis Perez-Companc"),
        ("Ho-Pin TUNG", "Ho-Pin Tung"),
        ("Patricio O'WARD", "Patricio O'Ward"),
        ("AJ Allmendinger", "AJ Allmendinger"),
        ("PJ HYETT", "PJ Hyett"),
        ("Giorgio RODA JR", "Giorgio Roda Jr"),
        ("Shane lewis", "Shane Lewis"),
        ("Wei LU", "Wei Lu"),
        ("Ahmad AL HARTHY", "Ahmad Al Harthy"),
        ("  Paul\u00a0 DALLA  LANA ", "Paul Dalla Lana"),
    ],
)
def test_driver_names(printed: str, name: str) -> None:
    assert driver_name(printed) == name
    assert driver_name(name) == name


NAMES = st.text(alphabet="ABCDEIMORabcdeimnorÄÉØäéøß' .-", max_size=24)


@given(NAMES)
def test_naming_twice_changes_nothing(text: str) -> None:
    once = driver_name(text)
    assert driver_name(once) == once


def test_empty_names_are_null() -> None:
    assert driver_names(pl.Series(["", "A B", "  "])).to_list() == [None, "A B", None]


def test_same_driver() -> None:
    assert same_driver("J. MAGNUSSEN", "Jan Magnussen")
    assert same_driver("André LOTTERER", "Andre Lotterer")
    assert same_driver("M. SØRENSEN", "Marco Sorensen")
    assert not same_driver("K. MAGNUSSEN", "Jan Magnussen")
    assert not same_driver("Jan Magnussen", "Kevin Magnussen")


def test_team_names_that_change_spelling_share_a_key() -> None:
    assert team_key("JDC-Miller MotorSports") == team_key("JDC Miller Motorsports")
    assert team_key("Konica Minolta Acura ARX-05") != team_key("Whelen Engineering Racing")


def test_classes_and_makers() -> None:
    assert class_name("GTDPro") == class_name("GTD PRO") == "GTDPRO"
    assert class_name("LMGTE Pro") == "LMGTE Pro"
    assert class_name("G#D") is None
    assert maker_of("ORECA LMP2 07") == "Oreca"
    assert maker_of("Aston Martin Vantage GT3") == "Aston Martin"
    assert maker_of("- Gibson") is None
