"""The pit window: what is played agrees with what is reckoned, and nothing is told that is not known."""

from __future__ import annotations

import itertools
import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import card_of_made_race
from langstrecke.errors import LangstreckeError
from langstrecke.plots import fall_off_chart, window_chart
from langstrecke.services.answers.strategy import WindowAnswer
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.falloff import fall_off
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.pit_window import pit_window
from langstrecke.strategy.rejoin import rejoin
from langstrecke.strategy.yellows import green_chance, yellow_chance
from race_maker import make_race

LENGTH = 10_800.0
YELLOW = (3600.0, 5000.0, "safety_car")


def _green(t: float = 5400.0) -> tuple[Moment, pl.DataFrame]:
    laps = make_race(cars=12)
    return moment(card_of_made_race(laps, LENGTH), laps, t), laps


def _yellow(t: float = 4000.0) -> tuple[Moment, pl.DataFrame]:
    laps = make_race(cars=12, periods=[YELLOW])
    return moment(card_of_made_race(laps, LENGTH), laps, t), laps


def test_a_window_is_as_long_as_the_fuel_and_tells_each_lap() -> None:
    now, laps = _green()
    found = pit_window(now, laps, "02", races=48, threads=1)
    frame = found.to_frame()
    assert frame.height == len(found.rejoins) == len(found.yellow) <= now.fuel_left(car_index(now.card, "02"))
    assert frame["in_laps"].to_list() == list(range(1, frame.height + 1))
    assert frame["yellow"].is_sorted()
    assert frame["cost_s"].is_sorted()  # later stops take more fuel
    assert frame["green"].null_count() == frame.height
    assert found.worth[0].in_laps == 1
    assert found.worth[-1].in_laps == frame.height
    assert found.rival is not None
    assert json.loads(json.dumps(WindowAnswer.of(found, notes=found.notes()).model_dump()))["car"] == "02"
    assert "02" in repr(found)
    assert found.headline in repr(found)
    assert found.headline.endswith(".")
    assert found == pit_window(now, laps, "02", races=48, threads=2)


def test_under_yellow_no_place_is_reckoned_and_no_yellow_foretold() -> None:
    now, laps = _yellow()
    assert now.state.neutral
    found = pit_window(now, laps, "02", races=48, threads=1)
    assert found.rejoins == found.yellow == ()
    assert list(found.green) == sorted(found.green)
    assert found.stop_s[1] < found.stop_s[0]
    assert any("queue" in note for note in found.notes())
    frame = found.to_frame()
    assert frame["place"].null_count() == frame["yellow"].null_count() == frame.height


def test_saving_gives_laps_for_time() -> None:
    now, laps = _green()
    found = pit_window(now, laps, "02", races=32, threads=1).savings
    assert found[0].lap_s == found[0].laps == 0.0
    for a, b in itertools.pairwise(found):
        assert b.lap_s > a.lap_s
        assert b.laps > a.laps
        assert b.lasts >= a.lasts


def test_who_can_have_no_window_is_told_why() -> None:
    now, laps = _green()
    with pytest.raises(LangstreckeError, match="no rival"):
        pit_window(now, laps, "02", rival="02", races=32)
    with pytest.raises(LangstreckeError, match="no car is called"):
        pit_window(now, laps, "nobody", races=32)


def test_a_stop_costs_places_of_those_within_it() -> None:
    """Who rejoins is behind exactly the rivals that come by meanwhile."""
    now, _ = _green()
    for i, car in enumerate(now.state.cars):
        if car.status != "running" or car.in_pit:
            continue
        met = rejoin(now, i, 1)
        assert met.place >= 1
        assert met.ahead is None or met.ahead[1] >= 0.0
        assert met.behind is None or met.behind[1] >= 0.0
        assert (met.ahead is None) == (met.place == 1)
        assert 0 <= met.traffic < len(now.state.cars)


@given(st.floats(0.0, 20_000.0), st.floats(0.0, 20_000.0))
@settings(max_examples=40, deadline=None)
def test_chances_are_chances_and_rise(a: float, b: float) -> None:
    low, high = sorted((a, b))
    green, _ = _CACHE[0]
    yellow, _ = _CACHE[1]
    for chance, now in ((yellow_chance, green), (green_chance, yellow)):
        assert 0.0 <= chance(now, low) <= chance(now, high) + 1e-12 <= 1.0 + 1e-9
    assert green_chance(green, low) == 1.0


_CACHE = (_green(), _yellow())


def test_a_known_fall_off_is_found_again() -> None:
    """Recovery: laps made with a slope give that slope, and the tyres' part is it plus the fuel's."""
    now, laps = _green()
    card, car, slope = now.card, "02", 0.08
    rng = np.random.default_rng(3)
    own = laps.filter(pl.col("car") == car).sort("lap")
    stint = own["in_pit"].fill_null(False).cast(pl.Int32).cum_sum().shift(1).fill_null(0)
    age = own.with_columns(stint=stint).with_columns(age=pl.int_range(pl.len()).over("stint"))["age"].to_numpy()
    slow = own["lap_time_s"].to_numpy() + slope * age + rng.normal(0.0, 0.05, len(age))
    base = float(np.median(own["lap_time_s"].to_numpy()))
    flat = np.where(np.abs(own["lap_time_s"].to_numpy() - base) < 0.05 * base, base + slope * age, slow)
    flat = flat + rng.normal(0.0, 0.05, len(flat))
    made = own.with_columns(lap_time_s=pl.Series(flat), elapsed_s=pl.Series(np.cumsum(flat)))
    table = pl.concat([laps.filter(pl.col("car") != car), made.select(laps.columns)])
    found = fall_off(card, table, car, 1e9)
    assert found
    fuel = card.classes[card.entry(car).car_class].fuel_lap_s
    for one in found:
        assert one.laps == len(one.points) >= 6
        assert one.slope_s == pytest.approx(slope, abs=0.02)
        assert one.low_s <= one.slope_s <= one.high_s
        assert one.tyres_s == pytest.approx(one.slope_s + fuel)
        assert one.tyres_low_s <= one.tyres_s <= one.tyres_high_s
    assert fall_off(card, table, car, 200.0) == ()


def test_figures_are_drawn_green_and_yellow() -> None:
    for now, laps in _CACHE:
        found = pit_window(now, laps, "02", races=32, threads=1)
        assert window_chart(found).axes
        assert fall_off_chart(found).axes


def test_under_yellow_the_window_ends_before_the_flag() -> None:
    """Slow laps to the flag are fewer than the time left holds at green pace."""
    laps = make_race(cars=12, periods=[(9500.0, 10_800.0, "safety_car")])
    now = moment(card_of_made_race(laps, LENGTH), laps, 9900.0)
    index = max(range(12), key=now.fuel_left)
    found = pit_window(now, laps, now.card.entries[index].car, races=48, threads=1)
    reach = min(now.fuel_left(index), now.to_go_s() / now.lap_s(index))
    assert len(found.green) == found.worth[-1].in_laps < reach - 2


def test_a_rival_laps_away_is_told_in_minutes_and_no_slope_is_minus_nothing() -> None:
    from langstrecke.cli.strategy.window import _ahead, _slope

    assert _ahead(("60", 59.6)) == "60 s to 60"
    assert _ahead(("60", 2891.0)) == "48 min to 60"
    assert _ahead(None) == ""
    assert [_slope(s) for s in (-0.0004, 0.0004, -0.151)] == ["0.000", "0.000", "−0.151"]
