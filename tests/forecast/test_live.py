"""A race under way: what is read off its laps is what was driven, and the odds follow from it."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from factories import card_of_made_race
from langstrecke.errors import LangstreckeError
from langstrecke.forecast.live import compiled, fits_for, forecast_live
from langstrecke.forecast.live.fits import LiveFits, live_fits
from langstrecke.forecast.live.rules import with_eased_minimum
from langstrecke.forecast.live.snapshot import to_snapshot
from langstrecke.racestate.state import live_state
from langstrecke.report.words import race_line
from langstrecke.simulation.compile import compile_race
from race_maker import make_race

LENGTH = 10_800.0


@pytest.fixture(scope="module")
def laps() -> pl.DataFrame:
    return make_race(cars=12)


def test_the_state_is_what_was_driven(laps: pl.DataFrame) -> None:
    state = live_state(laps, card_of_made_race(laps, LENGTH), 5400.0)
    for car in state.cars:
        mine = laps.filter((pl.col("car") == car.car) & (pl.col("elapsed_s") <= 5400.0)).sort("lap")
        assert car.laps == mine["lap"][-1]
        assert car.crossed_s == mine["elapsed_s"][-1]
        assert car.stops == (car.laps - 1) // 25
        assert car.stint_laps == (car.laps - 1) % 25 + 1
        assert car.driver == mine["driver"][-1]
        assert car.status in ("running", "in the pits")
        assert sum(s for _, s in car.driven_s) == pytest.approx(car.crossed_s, rel=0.03)
    for name in ("DPi", "GTD"):
        places = sorted((c.position, -c.laps, c.crossed_s) for c in state.cars if c.car_class == name)
        assert [p for p, _, _ in places] == list(range(1, len(places) + 1))
        assert [p[1:] for p in places] == sorted(p[1:] for p in places)


def test_later_rows_change_nothing(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    cut = laps.filter(pl.col("elapsed_s") <= 5400.0)
    garbled = laps.with_columns(
        in_pit=pl.when(pl.col("elapsed_s") > 5400.0).then(~pl.col("in_pit")).otherwise("in_pit"),
        driver=pl.when(pl.col("elapsed_s") > 5400.0).then(pl.lit("Nobody")).otherwise("driver"),
    )
    whole = live_state(laps, card, 5400.0)
    assert live_state(cut, card, 5400.0) == whole == live_state(garbled, card, 5400.0)
    one, other = (
        to_snapshot(state, card, compiled(card, state), fits_for(card))
        for state in (whole, live_state(cut, card, 5400.0))
    )
    assert one.car.tobytes() == other.car.tobytes()


def test_rows_in_any_order_give_one_state(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    assert live_state(laps.sample(fraction=1.0, shuffle=True, seed=3), card, 4000.0) == live_state(laps, card, 4000.0)


@pytest.mark.parametrize("flags", [True, False])
def test_a_neutralisation_under_way_is_seen(flags: bool) -> None:
    laps = make_race(cars=16, periods=[(4000.0, 5600.0, "fcy")], flags=flags)
    card = card_of_made_race(laps, LENGTH)
    now = live_state(laps, card, 5000.0)
    assert now.neutral == "safety_car"
    assert now.neutral_since_s == pytest.approx(4000.0, abs=150.0)
    assert live_state(laps, card, 3500.0).neutral == ""
    assert live_state(laps, card, 7000.0).neutral == ""
    burnt = [c for c in now.cars if c.stint_laps > 4]
    assert all(c.fuel_laps < c.stint_laps for c in burnt)


def test_a_red_flag_makes_nobody_late() -> None:
    laps = make_race(cars=12)
    stopped = laps.with_columns(
        elapsed_s=pl.when(pl.col("elapsed_s") > 5000.0).then(pl.col("elapsed_s") + 1800.0).otherwise("elapsed_s")
    )
    state = live_state(stopped, card_of_made_race(laps, LENGTH), 6500.0)
    assert not [c.car for c in state.cars if c.overdue_s > 0.0]


def test_a_car_that_stays_away_is_overdue_and_its_chances_go(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    car = "02"
    gone = laps.filter((pl.col("car") != car) | (pl.col("elapsed_s") < 3000.0))
    late = [live_state(gone, card, t).car(car).overdue_s for t in (3600.0, 5400.0, 7200.0)]
    assert 0.0 < late[0] < late[1] < late[2]
    win = [forecast_live(card, gone, t, races=200, threads=1).car(car).played.win for t in (2900.0, 7200.0)]
    assert win[0] > 0.02
    assert win[1] == 0.0


def test_cars_unknown_to_card_or_timing_are_no_obstacle(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    fewer = card.model_copy(update={"entries": card.entries[1:]})
    state = live_state(laps.filter(pl.col("car") != "04"), fewer, 5400.0)
    assert state.strangers == (card.entries[0].car,)
    assert state.car("04").status == "retired?"
    assert state.car("04").laps == 0
    result = forecast_live(fewer, laps.filter(pl.col("car") != "04"), 5400.0, races=50, threads=1)
    assert result.car("04").win < 0.05


def test_the_nearer_the_end_the_surer_the_leader(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    last = laps.group_by("car").agg(pl.col("car_class").first(), pl.col("lap").max(), pl.col("elapsed_s").max())
    order = last.filter(pl.col("car_class") == "DPi").sort(["lap", "elapsed_s"], descending=[True, False])
    winner = order["car"][0]
    early, late = (forecast_live(card, laps, f * LENGTH, races=300, threads=1).car(winner).win for f in (0.3, 0.97))
    assert late > 0.6
    assert late > early


def test_a_moment_outside_the_race_is_an_error(laps: pl.DataFrame) -> None:
    for t in (0.0, LENGTH + 1.0):
        with pytest.raises(LangstreckeError, match="does not lie within"):
            forecast_live(card_of_made_race(laps, LENGTH), laps, t, races=10)


def test_the_moment_is_told_and_a_long_silence_before_it(laps: pl.DataFrame) -> None:
    card = card_of_made_race(laps, LENGTH)
    result = forecast_live(card, laps, 3600.0, races=10, threads=1)
    assert result.to_json()["at_s"] == 3600.0
    assert "after 1:00:00" in race_line(result)
    assert not any("crossed the line" in note for note in result.notes)
    cut = laps.filter(pl.col("elapsed_s") < 3000.0)
    notes = forecast_live(card, cut, 3900.0, races=10, threads=1).notes
    assert any("nobody crossed the line since 0:4" in note for note in notes)


def test_fitted_curves_fall_with_time_and_leave_the_season_out() -> None:
    late = np.array([60.0, 600.0, 3600.0, 20_000.0])
    for series, season in [("imsa", 2021), ("imsa", 2024), ("imsa", 2031), ("wec", 2015), ("le-mans", 2024)]:
        fits = live_fits(series, season)
        assert f"{series}-{season}" not in fits.seasons
        for in_pit in (True, False):
            assert np.all(np.diff([fits.back_chance(s, in_pit=in_pit) for s in late]) < 0.0)


def test_stretching_fuel_is_likelier_the_less_it_lacks() -> None:
    fits = LiveFits()
    chances = [fits.goes_through(lack, 1800.0) for lack in (-0.2, 0.0, 0.1, 0.3, 0.8)]
    assert chances[0] == chances[1] == pytest.approx(1.0)
    assert np.all(np.diff(chances[1:]) < 0.0)
    assert fits.goes_through(0.2, 900.0) > fits.goes_through(0.2, 3600.0)


def test_cars_of_the_wec_stop_rather_than_save() -> None:
    """Since 2023; the set a season was left out of, and that of seasons to come."""
    elsewhere = live_fits("imsa", 2031).goes_through(0.1, 1800.0)
    for season in (2024, 2025, 2031):
        assert live_fits("wec", season).goes_through(0.1, 1800.0) < 0.3 < elsewhere
        assert live_fits("wec", season).pace_sd < live_fits("imsa", season).pace_sd
    for series, season in [("imsa", 2024), ("imsa", 2031), ("wec", 2016), ("le-mans", 2024), ("wec", 2031)]:
        ahead = [live_fits(series, season).goes_through(0.5, left_s) for left_s in (3600.0, 6 * 3600.0, 18 * 3600.0)]
        assert ahead == sorted(ahead, reverse=True)
        assert ahead[-1] < 0.01  # the curves are asked for hours that they were not fitted on


def test_boxes_before_the_line_take_their_time_on_the_in_lap(laps: pl.DataFrame) -> None:
    """The same stops with the boxes on the other side of the line: the one under way is over at the crossing."""
    out = pl.col("in_pit").shift(1).over("car").fill_null(False)
    before = laps.with_columns(
        lap_time_s=pl.col("lap_time_s") + 60.0 * pl.col("in_pit").cast(float) - 60.0 * out.cast(float),
        elapsed_s=pl.col("elapsed_s") + 60.0 * pl.col("in_pit").cast(float),
    )
    crossed, car = before.filter("in_pit").sort("elapsed_s").select("elapsed_s", "car").row(-6)
    card, t = card_of_made_race(laps, LENGTH), float(crossed) + 1.0
    here, there = (live_state(table, card, t).car(car) for table in (before, laps))
    assert here.in_pit
    assert there.in_pit
    assert here.paid_s > 60.0 > 15.0 > there.paid_s  # all of the stop, and the way in
    # either way the car is about to be back on the road: the race ahead of it is the same
    played = [forecast_live(card, table, t, races=200, threads=1).car(car) for table in (before, laps)]
    assert played[0].expected_laps == pytest.approx(played[1].expected_laps, abs=0.3)


def test_a_minimum_that_most_crews_went_by_short_of_no_longer_binds() -> None:
    laps = make_race(cars=12, stint_laps=20)  # everybody hands over after 20 laps, for good
    laps = laps.with_columns(driver=pl.when(pl.col("lap") > 20).then(pl.lit("Bo Kurz")).otherwise("driver"))
    card = card_of_made_race(laps, LENGTH)
    params = compile_race(card)
    state = live_state(laps, card, 5400.0)
    gtd = [i for i, e in enumerate(card.entries) if e.car_class == "GTD"]
    asked = float(params.car["min_drive"][gtd].max())
    driven = [dict(state.cars[i].driven_s)["Ada Lang"] for i in gtd]
    assert max(driven) < 0.97 * asked  # or the race proves nothing
    eased = with_eased_minimum(params, card, state)
    assert float(eased.car["min_drive"][gtd].max()) == pytest.approx(min(driven))
    assert float(params.car["min_drive"][gtd].max()) == asked  # the card itself is left alone
    one = laps.filter((pl.col("car") == "1") | (pl.col("lap") <= 20))  # only one crew has handed over
    alone = with_eased_minimum(params, card, live_state(one, card, 5400.0))
    assert float(alone.car["min_drive"][gtd].max()) == asked
