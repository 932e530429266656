"""Careers, team mates, duels and their verbs."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.paddock.careers import Career, career, ordinal, seasons, team_mates, together, versus
from langstrecke.paddock.coverage import coverage
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.paddock.stored import Raced, RacedCar, with_races

runner = CliRunner()


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def test_jan_magnussen_at_le_mans(registry: Registry) -> None:
    """All editions 1999 to 2019, one of them without a start, four class wins."""
    found = career(registry, "Jan Magnussen", series="le-mans", until=2019)
    assert [row.event.year for row in found.rows] == list(range(1999, 2020))
    assert (found.entered, found.started) == (21, 20)
    assert found.class_wins == [2004, 2005, 2006, 2009]
    assert found.overall_wins == []
    missed = next(row for row in found.rows if not row.entry.started)
    assert missed.event.year == 2015
    assert missed.result == "did not start (Accident in qualifying)"
    assert {row.event.year: row.entry.class_position for row in found.rows if row.event.year >= 2016} == {
        2016: 7, 2017: 3, 2018: 4, 2019: 8,
    }  # fmt: skip


def test_reserves_are_not_entries(registry: Registry) -> None:
    found = career(registry, "Kevin Magnussen", series="le-mans")
    reserve = next(row for row in found.rows if row.event.year == 2022)
    assert reserve.result == "reserve"
    assert found.entered == len(found.rows) - 1


def test_kevin_magnussen_in_imsa_2021(registry: Registry) -> None:
    found = career(registry, "Kevin Magnussen", series="imsa", since=2021, until=2021)
    places = {row.event.id.removeprefix("imsa-2021-"): row.entry.class_position for row in found.rows}
    assert places["belle-isle"] == 1
    assert places["sebring"] == 5
    assert (places["road-america"], places["laguna-seca"], places["long-beach"]) == (3, 2, 2)
    assert found.class_wins == [2021]
    line = next(iter(seasons(found)))
    assert (line.team, line.car_class, line.class_wins) == ("Chip Ganassi Racing", "DPi", 1)


def test_klingmann(registry: Registry) -> None:
    found = career(registry, "Jens Klingmann", since=2018, until=2019)
    spa = next(row for row in found.rows if row.event.id == "spa-24h-2018")
    assert (spa.entry.car, spa.entry.position) == ("99", 2)
    counted = career(registry, "Jens Klingmann", series="blancpain-endurance", since=2018, until=2018)
    assert "spa-24h-2018" in [row.event.id for row in counted.rows]
    assert [r.event.id for r in found.rows if r.entry.class_win] == ["adac-gt-masters-2019-red-bull-ring-1"]


def test_team_mates_and_duels(registry: Registry) -> None:
    mates = {mate.id: len(shared) for mate, shared in team_mates(registry, "Jan Magnussen")}
    assert mates["antonio-garcia"] >= 10
    assert [row.event.year for row in together(registry, "Jan Magnussen", "Kevin Magnussen")] == [2021, 2022]
    duels = {d.event.id: d for d in versus(registry, "Jan Magnussen", "Oliver Gavin")}
    assert "le-mans-2005" not in duels  # they shared the car
    assert duels["le-mans-2007"].ahead == "jan-magnussen"
    assert duels["le-mans-2015"].ahead is None  # he did not start
    assert versus(registry, "Jan Magnussen", "Louis Chiron") == []


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th",
    ]  # fmt: skip


def test_career_verb(tmp_path: Path) -> None:
    told = json.loads(runner.invoke(app, ["career", "Jan Magnussen", "--series", "le-mans", "--json"]).output)
    assert set(told) == {"driver", "entered", "started", "class_wins", "rows", "covers"}
    assert told["driver"] == "Jan Magnussen"
    assert told["class_wins"] == [2004, 2005, 2006, 2009]
    early = [row for row in told["rows"] if row["year"] <= 2019]
    assert (sum(r["entered"] for r in early), sum(r["started"] for r in early)) == (21, 20)
    picture = tmp_path / "career.svg"
    shown = runner.invoke(app, ["career", "Jan Magnussen", "--series", "le-mans", "--figure", str(picture)])
    assert "class wins: 2004, 2005, 2006, 2009" in shown.output
    assert "<svg" in picture.read_text("utf-8")
    assert "places in" in runner.invoke(app, ["career", "Jens Klingmann"]).output
    assert isinstance(runner.invoke(app, ["career", "Nobody Atall"]).exception, NotFoundError)
    assert isinstance(runner.invoke(app, ["career", "Jan Magnussen", "--series", "nascar"]).exception, NotFoundError)
    empty = runner.invoke(app, ["career", "Jan Magnussen", "--series", "indycar"])
    assert "no races" in empty.output
    nothing = runner.invoke(app, ["career", "Jan Magnussen", "--series", "indycar", "--figure", str(picture)])
    assert isinstance(nothing.exception, LangstreckeError)


def test_the_other_verbs() -> None:
    mates = json.loads(runner.invoke(app, ["teammates", "Jan Magnussen", "--json"]).output)["mates"]
    assert mates[0]["id"] == "antonio-garcia"
    both = json.loads(runner.invoke(app, ["teammates", "Jan Magnussen", "Kevin Magnussen", "--json"]).output)
    assert [row["race"] for row in both["rows"]] == ["le-mans-2021", "le-mans-2022"]
    duel = json.loads(runner.invoke(app, ["versus", "Jens Klingmann", "Maro Engel", "--json"]).output)
    assert sum(duel["ahead"]) == len(duel["rows"]) >= 10
    assert "never raced" in runner.invoke(app, ["versus", "Jan Magnussen", "Louis Chiron"]).output
    assert "never shared" in runner.invoke(app, ["teammates", "Jan Magnussen", "Louis Chiron"]).output
    shown = [
        ["versus", "Jens Klingmann", "Maro Engel"],
        ["teammates", "Jan Magnussen"],
        ["paddock", "doubtful"],
        ["paddock", "merged"],
        ["paddock", "entries", "spa-24h-2018"],
        ["paddock", "who", "J. Magnussen"],
    ]
    for arguments in shown:
        assert runner.invoke(app, arguments).exit_code == 0, arguments
    pairs = json.loads(runner.invoke(app, ["paddock", "doubtful", "--json"]).output)
    assert {"one", "other", "score", "reasons", "driver"} == set(pairs[0])
    rows = json.loads(runner.invoke(app, ["paddock", "entries", "le-mans-2019", "--json"]).output)
    assert len(rows) >= 61
    found = json.loads(runner.invoke(app, ["paddock", "who", "J. MAGNUSSEN", "--json"]).output)
    assert found[0]["id"] == "jan-magnussen"
    assert isinstance(runner.invoke(app, ["paddock", "who", "Zzz Qqq"]).exception, NotFoundError)


def test_what_careers_rest_on_is_said(registry: Registry) -> None:
    told = coverage(registry)
    assert told.startswith("24 Hours of Le Mans 1923-35")
    assert "1949-2026" in told
    assert "IMSA WeatherTech 2021-24" in told
    assert "Formula 1" not in told  # calendars only
    for words in (
        ["career", "Jan Magnussen"],
        ["teammates", "Jan Magnussen"],
        ["versus", "Jan Magnussen", "Louis Chiron"],
    ):
        assert " ".join(f"the registry holds results of {told}".split()) in said(*words)
        answer = json.loads(runner.invoke(app, [*words, "--json"]).output)
        assert answer["covers"][0] == f"the registry holds results of {told}"


def test_a_season_with_a_race_missing_is_said_to_be_held_in_part(registry: Registry) -> None:
    less = replace(registry, all_entries=tuple(e for e in registry.all_entries if e.event != "imsa-2022-sebring"))
    assert "IMSA WeatherTech 2021 and 2022 (part) and 2023-24" in coverage(less)


LAGUNA = Raced(
    "imsa-2027-laguna-seca", "imsa", "2027", "", "laguna-seca", "Laguna Seca", dt.date(2027, 5, 2), 9600.0,
    (
        RacedCar("3", "GTD PRO", "Corvette Racing", "Corvette Z06 GT3.R", "Chevrolet",
                 ("Jan MAGNUSSEN", "Antonio García", "Ada Novák"), 7, 1, 90, "Classified"),
        RacedCar("4", "GTD PRO", "Some Team", "Some Car", "", ("Oliver Gavin", "Bo Unseen"), 9, 2, 89, "Classified"),
        RacedCar("5", "GTD PRO", "Some Team", "Some Car", "", ("Jordan Taylor",), None, None, 12, "Retired"),
    ),
)  # fmt: skip


def test_races_from_elsewhere_count(registry: Registry) -> None:
    both, added = with_races(registry, [LAGUNA])
    assert added == ("imsa-2027-laguna-seca",)
    before, after = career(registry, "Jan Magnussen"), career(both, "Jan Magnussen")
    assert after.rows[:-1] == before.rows
    assert after.rows[-1].result == "1st in class, 7th overall"
    assert after.rows[-1].mates == ("Antonio García", "Ada Novák")
    assert after.class_wins == [*before.class_wins, 2027]
    assert [m.id for m in together_rows(both)] == ["imsa-2027-laguna-seca"]
    assert versus(both, "Jan Magnussen", "Oliver Gavin")[-1].ahead == "jan-magnussen"
    assert career(both, "Ada Novák").started == 1
    assert career(both, "Jordan Taylor").rows[-1].result == "retired"
    assert both.teams["corvette-racing"] == registry.teams["corvette-racing"]


def together_rows(registry: Registry) -> list[Event]:
    return [r.event for r in together(registry, "Jan Magnussen", "Ada Novák")]


def test_what_the_registry_has_stays_as_it_is(registry: Registry) -> None:
    """A race by its id, and one whose id differs but whose series, circuit and day do not."""
    event = registry.events["imsa-2021-sebring"]
    same = replace(LAGUNA, id=event.id, circuit=event.circuit, day=event.race_day)
    other = replace(same, id="imsa-2021-sebring-12-hours")
    le_mans = registry.events["le-mans-2019"]
    round_of = replace(LAGUNA, id="wec-2019-le-mans", series="wec", circuit="le-mans", day=le_mans.race_day)
    for race in (same, other, round_of):
        assert with_races(registry, [race]) == (registry, ())


def test_a_calendar_without_results_gets_those_of_the_store(registry: Registry) -> None:
    event = next(e for e in registry.calendar("imsa", 2025) if not registry.entries(e.id))
    race = replace(LAGUNA, id="imsa-2025-x", season="2025", circuit=event.circuit, day=event.race_day)
    both, added = with_races(registry, [race])
    assert added == ("imsa-2025-x",)
    assert len(both.entries(event.id)) == 3
    assert len(both.events) == len(registry.events)


def test_an_empty_career_counts_nothing(registry: Registry) -> None:
    nobody = Career(registry.driver("Jan Magnussen"), ())
    assert (nobody.entered, nobody.started, nobody.class_wins) == (0, 0, [])


def test_names_and_files_that_cannot_be_are_answered_not_thrown(tmp_path: Path) -> None:
    for wrong in (["career", ""], ["career", "Jan Magnussen", "--figure", str(tmp_path / "x.xyz")]):
        result = CliRunner().invoke(app, wrong)
        assert result.exit_code != 0
        assert not isinstance(result.exception, (ValueError, OSError))


def said(*arguments: str) -> str:
    """Output of a verb, or the message of the error it was answered with."""
    result = runner.invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, LangstreckeError | SystemExit), result.exception
    return " ".join((result.output + str(result.exception or "")).split())


def test_answers_to_strangers() -> None:
    assert "is taken for Jan Magnussen" in said("career", "Jan Magnusen", "--series", "le-mans")
    assert "taken for" not in said("career", "jan-magnussen", "--series", "le-mans")
    assert "no races of this driver in 24 Hours of Le Mans from 2030" in said(
        "career", "Jan Magnussen", "--series", "le-mans", "--since", "2030"
    )
    assert "since must not be after until" in said("career", "Jan Magnussen", "--since", "2019", "--until", "2010")
    assert "are one driver" in said("teammates", "Jan Magnussen", "J. Magnussen")
    assert "are one driver" in said("versus", "Jan Magnussen", "jan-magnussen")
    assert "no driver is called ''" in said("paddock", "who", "")
    assert len(said("career", "a" * 5000)) < 500
    for spelling in ("Müller", "Mueller", "MULLER"):
        text = said("career", spelling)
        assert "Dirk Müller (dirk-muller)" in text, spelling
        assert "Sven Müller (sven-muller)" in text, spelling
    assert "taken for" in said("career", "Sven Mueller", "--since", "2019")


def test_a_reserve_is_nobody_s_rival(registry: Registry) -> None:
    assert "le-mans-2022" not in [d.event.id for d in versus(registry, "Kevin Magnussen", "Felipe Nasr")]


def test_a_career_of_one_race_can_be_drawn(tmp_path: Path) -> None:
    picture = tmp_path / "one.svg"
    assert "did not arrive" in said("career", "Tetsuya Tanaka", "--figure", str(picture))
    assert "1995" in picture.read_text("utf-8")
