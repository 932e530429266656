"""What-ifs of every kind: line-up, stop, penalty, repair, grid, weather, rule; before the race and in it."""

from __future__ import annotations

import polars as pl
import pytest

from factories import small_card
from langstrecke.errors import CardError, LangstreckeError
from langstrecke.racecard import assignments
from langstrecke.simulation import simulate_laps
from langstrecke.strategy import what_if, what_if_then
from langstrecke.timing.derive import pit_stops

CARD = small_card()
LAPS = simulate_laps(CARD, race=3)
AT = 2400.0

SLOWER = """
title = "a slow newcomer"
[[replace]]
car = "01"
out = "Scott Dixon"
in = { name = "A Newcomer", licence = "silver", pace_s = 4.0, pace_s_sd = 0.5 }
"""


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("line-up", SLOWER),
        ("stop", "[set]\nentries.01.stop_s = 25.0\n"),
        ("penalty", "[set]\nentries.01.penalty_s = 60.0\n"),
        ("repair before the start", "[set]\nentries.01.start_s = 240.0\n"),
        ("grid", "[set]\nentries.01.grid = 40\n"),
    ],
)
def test_what_costs_time_costs_places(kind: str, patch: str) -> None:
    result = what_if(CARD, patch, car="01", races=300)
    assert result.of("01").place.low > 0, kind
    assert result.of("01").win.change <= 0


def test_weather_tells_on_the_race() -> None:
    rain = "[set]\nweather.scenario = [[600, 0.8], [3000, 0.0]]\n"
    result = what_if(CARD, rain, car="3", races=200)
    assert all(c.place.gain is not None for c in result.cars), "no car's race is touched by rain"
    with pytest.raises(CardError, match="scenari"):
        what_if(CARD, "[set]\nweather.scenaro = []\n", races=10)


def test_a_rule_is_changed() -> None:
    no_fuel = what_if(CARD, "[set]\nrules.pit.refuelling = false\n", car="01", races=200)
    assert no_fuel.changes == ("rules.pit.refuelling = False",) or "refuelling" in no_fuel.changes[0]
    assert any(abs(c.place.change) > 0.05 for c in no_fuel.cars)
    longer = what_if(CARD, assignments(["rules.pit.min_pit_time_s=150"]), car="01", races=50)
    assert longer.of("01").place.races == 50
    with pytest.raises(LangstreckeError, match="nothing is changed"):
        what_if(CARD, "[set]\nrules.pit.refuelling = true\n", races=10)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("rules.pit.refueling=false", "did you mean refuelling"),
        ("rules.pitt.refuelling=false", r"rules\.pitt\.refuelling"),
        ("rules.pit=false", "no such rule"),
        ("rules.pit.min_pit_time_s=-4", r"rules\.pit\.min_pit_time_s"),
        ("rules.pit.fuel_and_tyres=whenever", "fuel_and_tyres"),
    ],
)
def test_rules_that_are_none(text: str, match: str) -> None:
    with pytest.raises(CardError, match=match):
        what_if(CARD, assignments([text]), races=10)


def then(**words: str) -> float:
    """Places in class won by the 01 with this decision."""
    return -what_if_then(CARD, LAPS, AT, "01", words, races=200).place.change


def test_a_decision_is_changed() -> None:
    now = what_if_then(CARD, LAPS, AT, "01", {"stop": "now"}, races=200)
    assert now.changed.startswith("stops at once")
    assert now.place.races == 200
    assert len(now.before.hours) == len(now.after.hours)
    assert now.past.hours[-1] <= AT / 3600 < now.before.hours[0]
    stops = pit_stops(LAPS).filter(car="01")
    after = min(s for s in stops["in_lap"].to_list() if f"lap {s}" in now.happened)
    assert f"lap {after}" in now.actual


def test_time_lost_is_places_lost() -> None:
    little, much = then(penalty="30"), then(repair="0:20:00")
    assert much < little <= 0.0
    assert much < -0.3


def test_what_is_done_at_the_stop() -> None:
    crew = [d.name for d in CARD.entry("01").drivers]
    words = {"stop": "now", "fuel": "5 laps", "tyres": "keep", "driver": crew[2]}
    short = what_if_then(CARD, LAPS, AT, "01", words, races=100)
    for part in ("leaves with 5 laps of fuel", "keeps the tyres", f"{crew[2]} drives"):
        assert part in short.changed
    full = what_if_then(CARD, LAPS, AT, "01", words | {"fuel": "full"}, races=100)
    assert short.place.after != full.place.after


def test_what_comes_later_is_not_used_but_for_the_stop_itself() -> None:
    one = what_if_then(CARD, LAPS, AT, "01", {"stop": "now"}, races=64)
    lap = int(one.actual.split("lap ")[1].split(",")[0])
    ends = LAPS.filter((pl.col("car") == "01") & (pl.col("lap") == lap + 1))["elapsed_s"][0]
    known = LAPS.filter((pl.col("elapsed_s") <= AT) | ((pl.col("car") == "01") & (pl.col("elapsed_s") <= ends)))
    longer = pl.concat([known, LAPS.filter(pl.col("elapsed_s") > 7000).with_columns(lap_time_s=pl.lit(999.0))])
    other = what_if_then(CARD, longer.sort("car", "lap"), AT, "01", {"stop": "now"}, races=64)
    assert one == other


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"stop": "lap 3"}, "has driven lap 3"),
        ({"stop": "lap 900"}, "has fuel for .* at the latest"),
        ({"stop": "soon"}, "is not understood"),
        ({"fuel": "900"}, "does not fit the tank"),
        ({"tyres": "old"}, "tyres=new or tyres=keep"),
        ({"penalty": "-5"}, "is no time lost"),
        ({"repair": "nan"}, "is no time lost"),
        ({"driver": "Nobody"}, "no driver is called"),
        ({}, "nothing is changed"),
    ],
)
def test_decisions_that_cannot_be(words: dict[str, str], match: str) -> None:
    with pytest.raises(LangstreckeError, match=match):
        what_if_then(CARD, LAPS, AT, "01", words, races=10)


def test_who_may_not_drive_is_not_put_in() -> None:
    """Four hours in six is all IMSA gives a driver; this one has had 3 h 50 min without a break."""
    card = small_card(duration_s=8 * 3600.0)
    crew = [d.name for d in card.entry("01").drivers]
    alone = pl.when(pl.col("car") == "01").then(pl.lit(crew[0])).otherwise(pl.col("driver"))
    laps = simulate_laps(card, race=1).with_columns(driver=alone)
    at = 230 * 60.0
    with pytest.raises(LangstreckeError, match=rf"{crew[0]} drove .* at most 4:00:00"):
        what_if_then(card, laps, at, "01", {"stop": "now", "driver": crew[0]}, races=10)
    other = what_if_then(card, laps, at, "01", {"stop": "now", "driver": crew[1]}, races=10)
    assert f"{crew[1]} drives" in other.changed
    unasked = what_if_then(card, laps, at, "01", {"stop": "now"}, races=10)
    assert "drives" not in unasked.changed


def test_who_leaves_the_others_no_time_for_their_minimums_is_not_put_in() -> None:
    """The races played would seat another one, under his name."""
    card = small_card(duration_s=9600.0)
    crew = [d.name for d in card.entry("01").drivers]
    alone = pl.when(pl.col("car") == "01").then(pl.lit(crew[0])).otherwise(pl.col("driver"))
    laps = simulate_laps(card, race=1).with_columns(driver=alone)
    at = 5400.0
    with pytest.raises(LangstreckeError, match=r"may not take over then: .* they still have to drive"):
        what_if_then(card, laps, at, "01", {"stop": "now", "driver": crew[0]}, races=10)
    splash = {"stop": "now", "driver": crew[0], "fuel": "3 laps"}  # a stint so short leaves them time
    assert f"{crew[0]} drives" in what_if_then(card, laps, at, "01", splash, races=10).changed
