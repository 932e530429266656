"""A plan from a dozen numbers: closed answers, whatever is typed, and the race that goes otherwise."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import itertools
import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import CardError, LangstreckeError
from langstrecke.strategy.plan.team import Team, TeamPlan, read_team, team_from
from langstrecke.strategy.plan.team import plan_team as make_team_plan
from langstrecke.strategy.plan.team.ask import QUESTIONS, asked
from langstrecke.strategy.plan.team.driven import read_driven, sheet_of
from langstrecke.strategy.plan.team.export import team_csv, team_ical
from langstrecke.strategy.plan.team.odds import plan_odds
from langstrecke.strategy.plan.team.read import TABLES
from langstrecke.strategy.plan.team.replan import replan
from langstrecke.strategy.plan.team.rules import bind
from langstrecke.strategy.plan.team.stints import timeline
from langstrecke.strategy.plan.team.zones import away, outside
from langstrecke.timing.schema import LAPS

pytest.importorskip("ortools")

plan_team = functools.partial(make_team_plan, limit_s=1.0)


def team(*, drivers: list[dict[str, Any]] | None = None, race: dict[str, Any] | None = None,
         rules: dict[str, Any] | None = None, risk: dict[str, Any] | None = None, **car: Any) -> Team:  # fmt: skip
    """Six hours of 100 s laps, a tank of 30.5 laps, two equal drivers."""
    return team_from(
        {
            "race": {"name": "Test", "start": "2027-01-16 12:00", "length": "6h"} | (race or {}),
            "car": {"tank": 91.5, "use": 3.0, "lap": 100.0, "pit_loss": 30.0, "refuel": 3.0, "reserve_laps": 0.5}
            | car,
            "rules": rules or {},
            "risk": risk or {},
            "driver": drivers or [{"name": "Ada"}, {"name": "Ben"}],
        }
    )


def laps_by(plan: TeamPlan) -> dict[str, int]:
    return {d.name: sum(s.laps for s in plan.stints if s.driver == d.name) for d in plan.team.driver}


# Stops and fuel


def test_fuel_limited() -> None:
    """30 laps a tank and half a lap over; 6 h are 21600 s: the closed sum of stints of 3000 s and stops of 60 s."""
    plan = plan_team(team())
    assert [s.laps for s in plan.stints[:-1]] == [30] * 7
    # Seven full stints and six stops of 30 s and 90 l / 3 l a second take 21360 s; the seventh stop brings what three
    # laps need: 10.5 l with the reserve, 1.5 of which were left.
    assert plan.stints[-1].laps == 3
    assert plan.stints[-1].added == pytest.approx(9.0)
    assert plan.stints[-1].end_s == pytest.approx(7 * 3000 + 6 * 60 + 33 + 300)
    assert plan.stints[-1].end_s >= 21600 > plan.stints[-1].end_s - 100
    assert [s.added for s in plan.stints[1:-1]] == [90.0] * 6
    assert plan.stints[1].stop_s == 60.0
    assert plan.proven
    assert not plan.violations


@settings(max_examples=60, deadline=None)
@given(
    tank=st.floats(20, 120), use=st.floats(1, 6), lap=st.floats(60, 500), hours=st.floats(0.5, 24),
    refuel=st.floats(0.5, 10), reserve=st.floats(0, 2), fill=st.sampled_from(["full", "even"]),
)  # fmt: skip
def test_no_stint_runs_dry_and_the_fuel_adds_up(
    tank: float, use: float, lap: float, hours: float, refuel: float, reserve: float, fill: str
) -> None:
    crew = team(tank=tank, use=use, lap=lap, refuel=refuel, reserve_laps=reserve, fill=fill,
                race={"length": 3600 * hours}) if tank >= use * (1 + reserve) else None  # fmt: skip
    if crew is None:
        return
    legs = timeline(crew, bind(crew, 3600 * hours))
    left = tank
    for n, leg in enumerate(legs):
        assert leg.fuel == pytest.approx(left + leg.added)
        assert leg.fuel <= tank + 1e-6
        assert leg.left >= reserve * use - 1e-5 * use
        assert leg.laps >= 1
        if n:
            assert leg.stop_s == pytest.approx(30.0 + leg.added / refuel)
            assert leg.start_s == pytest.approx(legs[n - 1].end_s + leg.stop_s)
        left = leg.left
    assert legs[-1].end_s >= 3600 * hours - 1e-6
    before = legs[-1].end_s - lap if legs[-1].laps > 1 or len(legs) == 1 else legs[-2].end_s
    assert before < 3600 * hours + 1e-6
    # No plan has fewer stops: so many laps are not to be had from fewer tanks.
    total = sum(leg.laps for leg in legs)
    reach = math.floor(tank / use - reserve + 1e-6)
    assert len(legs) <= math.ceil(total / reach) + 1


def test_a_race_over_laps() -> None:
    plan = plan_team(team(race={"length": None, "laps": 100}))
    assert plan.laps == 100
    assert plan.flag_s is None


def test_even_stints_have_as_many_stops() -> None:
    full, even = plan_team(team()), plan_team(team(fill="even"))
    assert len(even.stints) == len(full.stints)
    assert max(s.laps for s in even.stints) - min(s.laps for s in even.stints) <= 1


def test_saving_says_the_least_that_spares_a_stop() -> None:
    crew = team()
    plan = plan_team(crew)
    saving = plan.saving
    assert saving is not None
    assert saving.stops == len(plan.stints) - 2
    for use, fewer in ((saving.use, True), (saving.use * 1.002, False)):
        other = plan_team(team(use=use, refuel=3.0, reserve_laps=0.5))
        assert (len(other.stints) < len(plan.stints)) is fewer
    assert saving.gain_s == pytest.approx(saving.break_even_s * plan.laps)


def test_no_new_tyres_for_a_short_last_stint_unless_they_pay() -> None:
    """Two laps at the end: a set costs 20 s; it wins fall-off times age times laps."""
    plain = {"tyres_s": 20.0, "tyres_after_fuel": True}
    assert plan_team(team(**plain)).stints[-1].tyres == "keep"
    assert any("no new tyres" in why for why in plan_team(team(**plain)).stints[-1].why)
    assert plan_team(team(**plain, tyre_lap=0.02)).stints[-1].tyres == "keep"
    assert plan_team(team(**plain, tyre_lap=1.0)).stints[-1].tyres == "new"
    # Fuel takes longer than tyres that are changed meanwhile: they cost nothing.
    assert plan_team(team(tyres_s=1.0)).stints[-1].tyres == "new"


def test_sets_run_out() -> None:
    plan = plan_team(team(tyre_sets=3, tyres_s=5.0))
    assert sum(s.tyres == "new" for s in plan.stints) == 3


def test_a_lap_more_where_the_flag_is_near() -> None:
    plan = plan_team(team(race={"length": 21600.0}))
    late = plan.stints[-1].end_s - 21600.0
    assert plan.flag_s == pytest.approx(late)
    near = plan_team(team(race={"length": plan.stints[-1].end_s - 5.0}))
    assert near.stints[-1].spare_laps == pytest.approx(1.5)
    assert any("lap more" in why for why in near.stints[-1].why)


# Rules


def test_window_limited() -> None:
    """An hour, a tank for all of it, one stop between 25 and 35 minutes: it falls in the window's middle."""
    crew = team(tank=200.0, race={"length": "1h"}, rules={"mandatory_stops": 1, "window": ["25min", "35min"]})
    plan = plan_team(crew)
    assert len(plan.stints) == 2
    assert abs(plan.stints[0].end_s - 1800) <= 50
    assert any("window" in why for why in plan.stints[0].why)
    assert not plan.violations


def test_two_stops_without_a_window_halve_the_race() -> None:
    plan = plan_team(team(tank=400.0, race={"length": "3h"}, rules={"mandatory_stops": 2}))
    assert [s.laps for s in plan.stints] == pytest.approx([36, 36, 35], abs=1)


def test_stint_limit() -> None:
    plan = plan_team(team(tank=400.0, rules={"max_stint": "65min"}))
    assert max(s.end_s - s.start_s for s in plan.stints) <= 65 * 60
    assert "stint limit" in plan.stints[0].why[0]


def test_fair_share_binding() -> None:
    """The quick one drives all he may: the slow one has the fewest stints that reach ceil(0.25 * laps / 2)."""
    crew = team(
        drivers=[{"name": "Quick"}, {"name": "Slow", "pace": 5.0, "share": 0.0}], rules={"book": "iracing"},
        race={"length": "8h"},
    )  # fmt: skip
    plan = plan_team(crew)
    share = {s.driver: s for s in plan.shares}["Slow"]
    assert share.least == math.ceil(0.25 * plan.laps / 2)
    assert laps_by(plan)["Slow"] >= share.least
    own = [s.laps for s in plan.stints if s.driver == "Slow"]
    others = [s.laps for s in plan.stints if s.driver == "Quick"]
    assert sum(own) - min(own) < share.least  # one stint fewer would not do
    best = min(
        sum(c) for k in range(1, 4) for c in itertools.combinations([*own, *others], k) if sum(c) >= share.least
    )
    assert sum(own) <= best + 1
    assert plan.proven


@pytest.mark.parametrize(("laps", "drivers", "least"), [(200, 2, 25), (200, 4, 13), (100, 3, 9)])
def test_the_fair_share_of_the_service(laps: int, drivers: int, least: int) -> None:
    """Worked figures of the service's FAQ: 200 laps, two drivers: 25; four: 12.5, so 13."""
    crew = team(drivers=[{"name": f"D{n}"} for n in range(drivers)], rules={"book": "iracing"})
    assert bind(crew, 3600.0).least_laps(laps) == (least,) * drivers


def test_one_driver_away_for_the_night() -> None:
    """Three drivers, one away from 23:00 to 07:00 in his zone: nobody but the others drives then."""
    drivers = [{"name": "Ada"}, {"name": "Ben"}, {"name": "Cleo", "zone": "Asia/Tokyo", "away": [["23:00", "07:00"]]}]
    plan = plan_team(team(drivers=drivers, race={"length": "24h", "grace": 0}), limit_s=6.0)
    # 12:00 UTC is 21:00 in Tokyo: away from 2 h to 10 h of the race.
    assert plan.away[2] == ((2 * 3600.0, 10 * 3600.0),)
    for s in plan.stints:
        assert s.driver != "Cleo" or s.end_s <= 7200 or s.start_s >= 36000
    assert "Cleo" in {s.driver for s in plan.stints}
    assert plan.proven
    assert not plan.violations


def test_a_stint_is_cut_where_nobody_could_drive_it_through() -> None:
    drivers = [{"name": "Ada", "here": [["0h", "2h"]]}, {"name": "Ben", "here": [["2h", "7h"]]}]
    plan = plan_team(team(drivers=drivers))
    cut = [s for s in plan.stints if any("nobody" in why for why in s.why)]
    assert [s.driver for s in cut] == ["Ada"]
    assert cut[0].end_s <= 7400 < cut[0].end_s + 200  # two laps of grace
    assert {s.driver for s in plan.stints if s.start_s > 7200} == {"Ben"}
    assert not plan.violations


def test_what_cannot_be_is_answered_with_what_clashes() -> None:
    drivers = [{"name": "Ada", "away": [["0h", "3h"]]}, {"name": "Ben", "away": [["1h", "6h"]]}]
    with pytest.raises(LangstreckeError) as error:
        plan_team(team(drivers=drivers))
    assert "Ada is not available" in error.value.what
    assert "Ben is not available" in error.value.what


def test_six_drivers_in_four_zones_are_proven_or_say_the_gap() -> None:
    zones = (
        "Europe/Berlin",
        "America/New_York",
        "Asia/Tokyo",
        "Australia/Sydney",
        "Europe/Berlin",
        "America/New_York",
    )
    drivers = [
        {"name": f"D{n}", "zone": zone, "pace": 0.2 * n, "away": [["00:30", "07:00"]], "stints": 3}
        for n, zone in enumerate(zones)
    ]
    plan = plan_team(team(drivers=drivers, race={"length": "24h"}, rules={"book": "iracing"}))
    assert plan.proven or plan.gap_s is not None
    assert not plan.violations


def test_sparing_a_driver_counts() -> None:
    """Back to back stints are given up where that is worth more than a change of driver costs."""
    plain = plan_team(team(driver_s=0.0))
    spared = plan_team(team(drivers=[{"name": "Ada", "back_to_back": 500.0}, {"name": "Ben", "back_to_back": 500.0}]))

    def in_a_row(plan: TeamPlan) -> int:
        return sum(a.driver == b.driver for a, b in itertools.pairwise(plan.stints))

    assert in_a_row(spared) == 0 < in_a_row(plain)


def test_a_rule_book_of_four_lines(tmp_path: Path) -> None:
    (tmp_path / "league.toml").write_text(
        'extends = "none"\nid = "league"\n[pit]\nmandatory_stops = 9\n', encoding="utf-8"
    )
    plan = plan_team(team(rules={"book": "league.toml"}), beside=tmp_path)
    assert len(plan.stints) == 10


@pytest.mark.parametrize("book", ["none", "iracing", "acc", "lmu"])
def test_the_books_of_the_services(book: str) -> None:
    plan = plan_team(team(rules={"book": book}))
    assert not plan.violations
    assert any(note.startswith(f"rule book {book}") for note in plan.notes)
    if book in ("iracing", "lmu"):
        with pytest.raises(CardError, match="at least 2"):
            plan_team(team(drivers=[{"name": "Ada"}], rules={"book": book}))


# Zones


@pytest.mark.parametrize(
    ("pair", "zone", "expected"),
    [
        (["20:00", "23:00"], "UTC", ((8.0, 11.0), (32.0, 35.0))),
        (["Sun 01:00", "Sun 03:00"], "Europe/Berlin", ((12.0, 14.0),)),
        (["2027-01-16 20:00", "2027-01-17 02:00"], "America/New_York", ((13.0, 19.0),)),
        (["2h", "3h"], "Asia/Tokyo", ((2.0, 3.0),)),
        (["23:00", "07:00"], "UTC", ((11.0, 19.0), (35.0, 36.0))),
        (["13:00", "11:00"], "UTC", ((1.0, 23.0), (25.0, 36.0))),
    ],
)
def test_hours_in_a_drivers_zone(pair: list[str], zone: str, expected: tuple[tuple[float, float], ...]) -> None:
    crew = team(drivers=[{"name": "Ada", "zone": zone, "away": [pair]}, {"name": "Ben"}])
    found = away(crew, 0, 36 * 3600.0)
    assert [(a / 3600, b / 3600) for a, b in found] == [pytest.approx(e) for e in expected]


def test_the_clocks_go_forward_in_the_race() -> None:
    """Germany, 28 March 2027, 02:00 becomes 03:00: from 23:00 to 07:00 are seven hours."""
    crew = team(
        race={"start": "2027-03-27 20:00", "zone": "Europe/Berlin", "length": "12h"},
        drivers=[{"name": "Ada", "away": [["23:00", "07:00"]]}, {"name": "Ben"}],
    )
    assert away(crew, 0, 12 * 3600.0) == ((3 * 3600.0, 10 * 3600.0),)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)).map(lambda p: (min(p), max(p))), max_size=5))
def test_outside_is_the_rest(pairs: list[tuple[float, float]]) -> None:
    rest = outside(tuple(pairs), 100.0)
    for t in (0.5 * (a + b) for a, b in rest):
        assert not any(a < t < b for a, b in pairs)
    covered = sum(b - a for a, b in rest) + sum(b - a for a, b in outside(rest, 100.0))
    assert covered == pytest.approx(100.0)


# The race under way


SHEET = "driver,laps,end\nAda,30,0:50:10\nBen,28,2:40:00\n"


def test_a_plan_made_again_keeps_what_is_driven() -> None:
    crew = team(drivers=[{"name": "Ada"}, {"name": "Ben"}, {"name": "Cleo"}], rules={"book": "iracing"})
    again = replan(crew, read_driven(SHEET, crew))
    driven = [s for s in again.after.stints if s.driven]
    assert [(s.driver, s.laps, s.end_s) for s in driven] == [("Ada", 30, 3010.0), ("Ben", 28, 9600.0)]
    first = again.after.stints[2]
    assert first.start_s == pytest.approx(9600 + first.stop_s)
    assert first.first_lap == 59
    assert again.after.laps < again.before.laps  # an hour was lost
    assert "fair share kept by" in again.change
    assert "fewer" in again.change
    assert not again.after.violations


def test_a_plan_made_again_without_a_change_stays() -> None:
    crew = team(drivers=[{"name": "Ada"}, {"name": "Ben"}, {"name": "Cleo"}])
    before = plan_team(crew)
    rows = team_csv(before).replace("planned", "driven", 3)
    again = replan(crew, read_driven(rows, crew), before=before)
    assert [s.driver for s in again.after.stints] == [s.driver for s in before.stints]
    assert [s.laps for s in again.after.stints] == [s.laps for s in before.stints]
    assert again.change.startswith("nothing of note")


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        ("driver;laps\nAda;30\n", ""),
        ("laps,end\n30,1:00:00\n", "no column driver"),
        ("driver,laps\nNobody,30\n", "no driver"),
        ("driver,laps\nAda,many\n", "no count of laps"),
        ("driver,laps,end\nAda,30,0:10:00\n", "quicker than this car"),
        ("driver,laps,end\nAda,30,soon\n", "no race time"),
        ("driver,laps,end\nAda,30,1:00:00\nBen,3,0:50:00\n", "ends before it begins"),
        ("driver,laps,left\nAda,30,900\n", "more than the tank"),
        ("driver,laps\n", "no driven stint"),
    ],
)
def test_sheets_kept_by_hand(sheet: str, what: str) -> None:
    crew = team()
    if not what:
        assert len(read_driven(sheet, crew).legs) == 1
        return
    with pytest.raises(LangstreckeError) as error:
        read_driven(sheet, crew)
    assert what in error.value.what


# Sharing


def test_calendar_events_keep_their_ids_and_zones() -> None:
    icalendar = pytest.importorskip("icalendar")
    crew = team(drivers=[{"name": "Ada", "zone": "America/New_York"}, {"name": "Ben", "zone": "Asia/Tokyo"}])
    again = replan(crew, read_driven(SHEET, crew))
    ids = []
    for plan in (again.before, again.after):
        calendar = icalendar.Calendar.from_ical(team_ical(plan))
        events = calendar.walk("VEVENT")
        assert len(events) == len(plan.stints)
        for event, stint in zip(events, plan.stints, strict=True):
            began = event["DTSTART"].dt.astimezone(dt.UTC)
            assert abs((began - plan.local(stint.start_s)).total_seconds()) <= 1
            zone = "America/New_York" if stint.driver == "Ada" else "Asia/Tokyo"
            assert event["DTSTART"].params["TZID"] == zone
        assert {str(z["TZID"]) for z in calendar.walk("VTIMEZONE")} == {"America/New_York", "Asia/Tokyo"}
        ids.append({str(event["UID"]) for event in events})
    assert len(ids[1] & ids[0]) >= min(map(len, ids)) - 2


# Odds


def test_odds_of_a_race_without_surprises() -> None:
    quiet = {"use_sd": 0.0, "lap_sd": 0.0, "scatter_s": 0.0, "offs_per_h": 0.0, "repairs_per_h": 0.0}
    plan = plan_team(team(risk=quiet, race={"length": "3h"}))
    odds = plan_odds(plan, races=60)
    assert odds.more_stops <= 0.1
    assert odds.holds >= 0.9
    assert any("no yellows" in premise for premise in odds.premises)
    rough = plan_team(team(risk=quiet | {"repairs_per_h": 2.0}, race={"length": "3h"}))
    assert plan_odds(rough, races=60).holds < odds.holds


def test_the_same_seed_the_same_odds() -> None:
    plan = plan_team(team(risk={"yellows_per_h": 0.5, "rain_per_h": 0.3}, race={"length": "3h"}))
    assert plan_odds(plan, races=40, seed=3) == plan_odds(plan, races=40, seed=3)
    assert plan_odds(plan, races=40, seed=3) != plan_odds(plan, races=40, seed=4)


# Files and the command line


TEXT = """
[race]
name = "Six"
start = "2027-01-16 12:00"
length = "6h"
[car]
tank = 91.5
use = 3.0
lap = "1:40.0"
pit_loss = 30
refuel = 3
[[driver]]
name = "Ada"
[[driver]]
name = "Ben"
"""


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ('lap = "1:40.0"', 'lap = "fast"', "car.lap", 9),
        ("tank = 91.5", "tank = -1", "car.tank", 7),
        ("use = 3.0", "usage = 3.0", "car.u", 8),
        ('length = "6h"', 'length = "6 parsecs"', "race.length", 5),
        ('length = "6h"', "", "race", 2),
        ('start = "2027-01-16 12:00"', 'start = "soon"', "race.start", 4),
        ('name = "Ben"', 'name = "Ada"', None, None),
        ('name = "Ben"', 'name = "Ben"\nzone = "Mars/Olympus"', "driver[1] (Ben).zone", 16),
        ('name = "Ben"', 'name = "Ben"\naway = [["late", "later"]]', "driver[1] (Ben).away", None),
        ("refuel = 3", 'refuel = 3\n[rules]\nbook = "nascar"', "rules.book", None),
    ],
)
def test_errors_name_file_line_and_key(tmp_path: Path, old: str, new: str, key: str | None, line: int | None) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEXT.replace(old, new))
    run = CliRunner().invoke(app, ["plan", str(path), "--races", "0"])
    assert run.exit_code == 2 or isinstance(run.exception, LangstreckeError)
    error = run.exception
    assert isinstance(error, LangstreckeError)
    assert error.file == str(path)
    if key:
        assert key in (error.key or "")
    if line:
        assert error.line == line


VALUES = ("0", "-1", "1e9", "inf", "nan", '""', '"x"', "[]", "{}", "true", '["1h"]', "9" * 30, "0.001", '"0:00"')


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_file_gives_a_traceback(data: st.DataObject) -> None:
    lines = TEXT.strip().split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    key = lines[at].split("=")[0]
    value = data.draw(
        st.sampled_from(["0", "-1", "1e9", "inf", "nan", '""', '"x"', "[]", "{}", "true", '["1h"]', "9" * 30])
    )
    lines[at] = f"{key}= {value}" if "=" in lines[at] else data.draw(st.sampled_from(["", "[race]", "[[race]]", "x"]))
    with contextlib.suppress(LangstreckeError):
        plan_team(read_team("\n".join(lines) + "\n"), limit_s=0.3)


def test_docs_name_every_key_and_their_example_can_be_planned(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "sim-racing.md").read_text(encoding="utf-8")
    for table, model in TABLES.items():
        for name, field in model.model_fields.items():
            assert f"`{field.alias or name}`" in text, f"{table}.{field.alias or name}"
    first, own = text.split("```toml\n")[1:3]
    (tmp_path / "league.toml").write_text(own.split("```")[0])
    made = read_team(first.split("```")[0])
    assert len(plan_team(made, beside=tmp_path).stints) == 5


def test_the_verb_prints_and_writes(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEXT)
    files = [tmp_path / f"plan.{ending}" for ending in ("csv", "json", "ics", "png")]
    outs = [word for file in files for word in ("--out", str(file))]
    run = CliRunner().invoke(app, ["plan", str(path), "--races", "0", *outs])
    assert run.exit_code == 0, run.output
    assert "213 laps, 7 stops" in run.output
    assert all(file.stat().st_size > 100 for file in files)
    run = CliRunner().invoke(app, ["plan", str(path), "--races", "0", "--json"])
    assert len(json.loads(run.stdout)["stints"]) == 8
    sheet = tmp_path / "driven.csv"
    sheet.write_text(SHEET)
    run = CliRunner().invoke(app, ["plan", str(path), "--driven", str(sheet)])
    assert run.exit_code == 0, run.output
    assert "Against the plan" in run.output


def test_a_race_card_is_no_team_file_and_the_other_way_round(tmp_path: Path) -> None:
    path = tmp_path / "team.toml"
    path.write_text(TEXT)
    run = CliRunner().invoke(app, ["plan", str(path), "--car", "1"])
    assert "for race cards" in str(run.exception)
    run = CliRunner().invoke(app, ["plan", "le-mans-2019"])
    assert "one car is planned" in str(run.exception)


def test_new_asks_again_and_writes_a_file_that_can_be_planned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {
        "Race": "Club 6h", "Green flag": "2027-01-16 12:00", "... on the clock": "Europe/Berlin", "How long": "6h",
        "Tank": "91,5", "Use": "3", "Average": "1:40.0", "Seconds lost": "30", "Refuelling": "3",
        "Rule book": "iracing",
    }  # fmt: skip
    typed: list[str] = []
    for question in QUESTIONS:
        answer = next((v for k, v in told.items() if question.text.startswith(k)), "")
        if question.path[1] == "lap":
            typed.append("quick")  # refused and asked again
        typed.append(answer)
    typed += ["Ada", "Asia/Tokyo", "", "23:00-07:00", "Ben", "", "1:40.4", "", ""]
    path = tmp_path / "team.toml"
    monkeypatch.chdir(tmp_path)  # nothing is named: it is team.toml
    run = CliRunner().invoke(app, ["plan", "--new"], input="\n".join(typed) + "\n")
    assert run.exit_code == 0, run.output
    made = read_team(path)
    assert made.driver[0].zone == "Asia/Tokyo"
    assert made.car.tank == 91.5
    assert plan_team(made).stints
    run = CliRunner().invoke(app, ["plan", str(path), "--new"])
    assert "is there already" in str(run.exception)


def test_asked_complains_once_for_each_wrong_answer() -> None:
    wrong = iter(["x", "1:40.0"])
    complaints: list[str] = []
    names = iter(["Ada", ""])

    def answer(question: str, default: str) -> str:
        if question.startswith("Average"):
            return next(wrong)
        if question.startswith("Driver"):
            return next(names)
        fixed = {"Green": "2027-01-16 12:00", "Tank": "90", "Use": "3", "Seconds lost": "30"}
        return next((v for k, v in fixed.items() if question.startswith(k)), default)

    asked(answer, complaints.append)
    assert len(complaints) == 1


QUIET = {"use_sd": 0.0, "lap_sd": 0.0, "scatter_s": 0.01, "offs_per_h": 0.0, "repairs_per_h": 0.0}
"""Nothing comes between."""


def test_odds_of_a_race_under_way_begin_where_the_car_comes_in() -> None:
    """Where nothing comes between, the races played are the plan made again: its stints, laps and drivers."""
    squad = [{"name": "Ada", "stints": 1}, {"name": "Ben", "stints": 1}]
    own = team(drivers=squad, risk=QUIET)
    driven = read_driven("driver,laps,end\nAda,30,0:50:00\nBen,30,1:41:00\nAda,25,2:40:00\n", own)
    plan = replan(own, driven, limit_s=1.0).after
    odds = plan_odds(plan, begin=driven.begin, races=20)
    assert odds.holds == 1.0
    assert odds.laps == (plan.laps, plan.laps, plan.laps)
    ahead = [s for s in plan.stints if not s.driven]
    assert len(odds.starts_s) == len(ahead)
    for (_, median, _), stint in zip(odds.starts_s, ahead, strict=True):
        assert median == pytest.approx(stint.start_s, abs=20.0)
    assert "comes in after its driven stints" in odds.premises[0]


@pytest.mark.parametrize(("laps", "broken"), [(200, 1.0), (300, 0.0)])
def test_what_is_driven_counts_for_the_rules_of_the_rest(laps: int, broken: float) -> None:
    """Ada has driven 9000 s; with the other 12,400 s of the race it is more than 20,000 s and less than 30,000."""
    own = team(drivers=[{"name": "Ada", "max_drive": f"{laps * 100}s"}, {"name": "Ben"}], risk=QUIET)
    driven = read_driven("driver,laps,end\nAda,30,0:50:00\nAda,30,1:41:00\nAda,30,2:32:00\n", own)
    plan = replan(own, driven, limit_s=1.0).after
    by_hand = dataclasses.replace(
        plan, stints=tuple(s if s.driven else dataclasses.replace(s, driver="Ada") for s in plan.stints)
    )
    odds = plan_odds(plan, begin=driven.begin, races=10)
    assert odds.holds == 1.0
    assert plan_odds(by_hand, begin=driven.begin, races=10).drivers[0].rule == broken


def timed_laps(stops: tuple[int, ...] = (30, 58), until: int = 70) -> pl.DataFrame:
    """Car 1 at 100 s a lap; a stop of 60 s after each of these laps; Ada, Ben, Ada. Car 2 stays out."""
    rows: list[dict[str, Any]] = []
    t, stint = 0.0, 0
    for lap in range(1, until + 1):
        out = lap - 1 in stops
        stint += out
        lap_s = 100.0 + (60.0 if out else 0.0)
        t += lap_s
        row = dict.fromkeys(LAPS.names()) | {"car": "1", "car_class": "GT3", "lap": lap, "flag": "green"}
        row |= {"driver": ("Ada Lund", "Ben Tor")[stint % 2], "lap_time_s": lap_s, "elapsed_s": t}
        rows.append(row | {"in_pit": lap in stops, "race_id": "x/race"})
    other = [row | {"car": "2", "driver": "Eve Oss", "in_pit": False} for row in rows]
    return pl.DataFrame(rows + other, schema=LAPS)


def test_driven_stints_out_of_timing() -> None:
    """Stops after laps 30 and 58, each 60 s; twelve laps of the stint under way do not count."""
    own = team()
    driven = read_driven(sheet_of(timed_laps(), own), own)
    assert [(leg.driver, leg.laps) for leg in driven.legs] == [(0, 30), (1, 28)]
    assert [leg.end_s for leg in driven.legs] == [3000.0, 5860.0]
    assert driven.legs[1].start_s == pytest.approx(3060.0, abs=0.1)
    assert (driven.begin.lap, driven.begin.driver, driven.begin.t) == (58, 1, 5860.0)


def test_timing_of_another_car_or_crew_is_refused() -> None:
    with pytest.raises(LangstreckeError, match="car"):
        sheet_of(timed_laps(), team(number="44"))
    with pytest.raises(LangstreckeError, match="Ada Lund"):
        sheet_of(timed_laps(), team(drivers=[{"name": "Carl"}, {"name": "Dan"}]))


def test_a_plan_again_from_the_laps_of_the_race(tmp_path: Path) -> None:
    (tmp_path / "team.toml").write_text(
        '[race]\nlength = "6h"\n[car]\nnumber = "1"\ntank = 91.5\nuse = 3.0\nlap = 100\npit_loss = 30\nrefuel = 3.0\n'
        '[[driver]]\nname = "Ada"\n[[driver]]\nname = "Ben"\n'
    )
    timed_laps().write_parquet(tmp_path / "laps.parquet")
    command = [
        "plan",
        str(tmp_path / "team.toml"),
        "--driven",
        str(tmp_path / "laps.parquet"),
        "--races",
        "0",
        "--json",
    ]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    stints = json.loads(told.stdout)["stints"]
    assert [(s["driver"], s["laps"]) for s in stints if s["status"] == "driven"] == [("Ada", 30), ("Ben", 28)]
