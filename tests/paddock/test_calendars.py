"""Calendars: meetings, clashes, free races, iCalendar."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.paddock.calendars import (
    Meeting,
    chances,
    clash,
    clashes,
    commitments,
    meetings,
    not_held,
    write_ical,
    year_meetings,
)
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.paddock.sun import dark_hours

runner = CliRunner()
DAY = dt.date(2019, 6, 1)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def race(series: str, start: int, end: int, circuit: str = "monza", number: int = 1) -> Event:
    first, last = DAY + dt.timedelta(days=start), DAY + dt.timedelta(days=end)
    return Event(f"{series}-{circuit}-{start}-{number}", series, "2019", "", circuit, first, last, last)


def meeting(series: str, start: int, end: int) -> Meeting:
    return meetings([race(series, start, end)])[0] if end > start else _short(series, start)


def _short(series: str, day: int) -> Meeting:
    event = race(series, day, day)
    return Meeting((event,), event.start, event.end, False)


def test_magnussen_was_free_for_le_mans(registry: Registry) -> None:
    """The question of the first article, with a day of travel."""
    verdicts = {}
    for year in (2019, 2020, 2021, 2022):
        grand_prix = year_meetings(registry, ["f1"], year)
        verdicts[year] = chances(grand_prix, year_meetings(registry, ["le-mans"], year))[0]
    assert {year: chance.verdict for year, chance in verdicts.items()} == {
        2019: "free", 2020: "free", 2021: "free", 2022: "clash",
    }  # fmt: skip
    assert verdicts[2022].clashes[0].other.id == "f1-2022-baku"
    busy = commitments(registry, "Kevin Magnussen", 2019)
    assert len(busy) == 21
    assert {m.series for m in busy} == {"f1"}


def test_a_driver_of_several_series(registry: Registry) -> None:
    busy = commitments(registry, "Jens Klingmann", 2018)
    assert {m.series for m in busy} == {"adac-gt-masters", "blancpain-endurance", "spa-24h"}
    assert clashes(busy) == []
    ids = [m.id for m in commitments(registry, "Kevin Magnussen", 2021)]
    assert {"imsa-2021-belle-isle", "indycar-2021-road-america", "le-mans-2021"} <= set(ids)
    assert commitments(registry, "Louis Chiron", 2019) == []


def test_races_of_a_weekend_are_one_meeting(registry: Registry) -> None:
    found = year_meetings(registry, ["adac-gt-masters"], 2019)
    assert len(found) == 7
    assert all(len(m.events) == 2 for m in found)
    assert (found[0].start, found[0].end) == (dt.date(2019, 4, 26), dt.date(2019, 4, 28))


def test_a_race_day_alone_is_given_two_days_before() -> None:
    found = meetings([race("x", 5, 5)])[0]
    assert found.assumed_start
    assert found.start == DAY + dt.timedelta(days=3)


@pytest.mark.parametrize(
    ("one", "other", "travel", "expected"),
    [
        ((0, 2), (2, 4), 0, (1, 0)),
        ((0, 2), (3, 5), 0, None),
        ((0, 2), (3, 5), 1, (0, 0)),
        ((0, 2), (4, 6), 1, None),
        ((0, 2), (4, 6), 2, (0, 1)),
        ((0, 9), (3, 5), 1, (3, 0)),
        ((3, 5), (0, 2), 1, (0, 0)),
    ],
)
def test_travel_needs_free_days(
    one: tuple[int, int], other: tuple[int, int], travel: int, expected: tuple[int, int] | None
) -> None:
    hit = clash(meeting("a", *one), meeting("b", *other), travel)
    assert (None if hit is None else (hit.overlap_days, hit.days_between)) == expected


@given(
    a=st.tuples(st.integers(0, 30), st.integers(1, 5)),
    b=st.tuples(st.integers(0, 30), st.integers(1, 5)),
    travel=st.integers(0, 4),
)
def test_clashes_against_brute_force(a: tuple[int, int], b: tuple[int, int], travel: int) -> None:
    one, other = meeting("a", a[0], sum(a)), meeting("b", b[0], sum(b))
    days_a, days_b = set(range(a[0], sum(a) + 1)), set(range(b[0], sum(b) + 1))
    overlap = len(days_a & days_b)
    between = 0 if overlap else max(min(days_a) - max(days_b), min(days_b) - max(days_a)) - 1
    hit = clash(one, other, travel)
    assert (hit is not None) == (overlap > 0 or between < travel)
    if hit:
        assert (hit.overlap_days, hit.days_between) == (overlap, between)
    assert bool(clashes([one, other], travel)) == (hit is not None)


def test_free_is_said_only_where_the_calendars_are_held(registry: Registry) -> None:
    """2024: no calendar of Formula 1 is held, where Magnussen had raced for years; 2019 it is."""
    for year, verdict, why in (
        (2019, "free", ""),
        (2024, "not known", "no calendar of Formula 1 for 2024 is held"),
        (2027, "not known", ""),
    ):
        against = year_meetings(registry, ["le-mans"], year) if year < 2027 else [meeting("a", 0, 2)]
        unknown = not_held(registry, year, "kevin-magnussen")
        found = chances(commitments(registry, "kevin-magnussen", year), against, unknown=unknown)[0]
        assert found.verdict == verdict
        assert why in "; ".join(found.unknown)
    assert "nothing is held of what Kevin Magnussen raced in 2027" in not_held(registry, 2027, "kevin-magnussen")
    assert not_held(registry, 2020, series=["adac-gt-masters"]) == (
        "the calendar of ADAC GT Masters for 2020 is held in part",
    )
    assert not_held(registry, 2024, series=["gtwce-endurance"]) == ()
    assert not_held(registry, 2024, series=["imsa"]) == ()


def test_what_stands_in_the_way_is_said_whatever_is_not_known(registry: Registry) -> None:
    one = meeting("a", 0, 2)
    assert chances([meeting("b", 1, 3)], [one], unknown=["no calendar"])[0].verdict == "clash"


def test_the_verb_says_what_it_does_not_know() -> None:
    words = ["calendar", "--season", "2024", "--driver", "Kevin Magnussen", "--against", "le-mans"]
    shown = " ".join(runner.invoke(app, words).output.split())
    assert "not known 2024-06" in shown
    assert "no calendar of Formula 1 for 2024 is held" in shown
    told = json.loads(runner.invoke(app, [*words, "--json"]).output)
    assert [c["verdict"] for c in told["chances"]] == ["not known"]
    assert told["unknown"]
    assert "24 Hours of Le Mans" in told["covers"][0]


def test_calendar_file(registry: Registry, tmp_path: Path) -> None:
    icalendar = pytest.importorskip("icalendar")
    path = tmp_path / "f1.ics"
    assert write_ical(registry, year_meetings(registry, ["f1"], 2019), path) == 21
    events = list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))
    assert len(events) == 21
    assert str(events[0]["SUMMARY"]) == "Australian Grand Prix"
    assert events[0]["DTSTART"].dt == dt.date(2019, 3, 15)
    assert len({str(e["UID"]) for e in events}) == 21
    again = tmp_path / "again.ics"
    write_ical(registry, year_meetings(registry, ["f1"], 2019), again)
    assert again.read_bytes() == path.read_bytes()


def test_without_icalendar_the_error_says_what_to_install(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(LangstreckeError, match=r"langstrecke\[plan\]"):
        write_ical(registry, [], tmp_path / "x.ics")


def test_calendar_verb(tmp_path: Path) -> None:
    base = ["calendar", "--season", "2019"]
    told = json.loads(
        runner.invoke(app, [*base, "--driver", "Kevin Magnussen", "--against", "le-mans", "--json"]).output
    )
    assert told["driver"] == "Kevin Magnussen"
    assert len(told["meetings"]) == 21
    assert [c["verdict"] for c in told["chances"]] == ["free"]
    both = runner.invoke(app, ["calendar", "--season", "2021", "--series", "imsa", "--series", "indycar"])
    assert "clash" in both.output
    shown = runner.invoke(app, [*base, "--driver", "Kevin Magnussen", "--against", "imsa", "--travel-days", "2"])
    assert "free" in shown.output
    assert shown.exit_code == 0
    assert "knows of nothing" in runner.invoke(app, [*base, "--driver", "Louis Chiron"]).output
    assert isinstance(runner.invoke(app, base).exception, LangstreckeError)
    assert isinstance(runner.invoke(app, ["calendar", "--season", "1931", "--series", "f1"]).exception, NotFoundError)


def test_the_dark_comes_when_an_almanac_says() -> None:
    """End and beginning of civil twilight in published tables, to five minutes."""
    known = {
        ("le-mans", dt.date(2019, 6, 15)): ("22:40", "05:18"),
        ("sebring", dt.date(2021, 3, 20)): ("20:00", "07:08"),
        ("daytona", dt.date(2021, 1, 30)): ("18:26", "06:50"),
    }
    for (circuit, date), (dusk, dawn) in known.items():
        told = dark_hours(circuit, date)
        assert told is not None
        for got, wanted in zip(told, (dusk, dawn), strict=True):
            hour, minute = (int(part) for part in wanted.split(":"))
            assert abs(got.hour * 60 + got.minute - hour * 60 - minute) <= 5, (circuit, date, got)
    assert dark_hours("a-car-park", dt.date(2021, 6, 1)) is None


def test_a_year_holds_races_of_both_seasons_it_is_part_of() -> None:
    shown = runner.invoke(app, ["calendar", "--season", "2019", "--series", "f1", "--against", "wec", "--json"])
    races = [race for chance in json.loads(shown.output)["chances"] for race in chance["races"]]
    assert {"wec-2018-19-sebring", "le-mans-2019", "wec-2019-20-bahrain"} <= set(races)
    assert "wec-2018-19-silverstone" not in races  # in 2018
    nothing = runner.invoke(app, ["calendar", "--season", "2035", "--series", "wec"])
    assert "from 2012 to" in str(nothing.exception)
