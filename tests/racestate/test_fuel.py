"""What visits to the pits leave in the tank."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import card_of_made_race
from langstrecke.racecard.schema import ClassFigures
from langstrecke.racestate.burn import Stretch
from langstrecke.racestate.fuel import lane_s, on_board
from langstrecke.racestate.state import live_state
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.stops import stood_under_red
from race_maker import make_race, stopped_at

FIGURES = ClassFigures(lap_s=100.0, stint_laps=30.0, lane_s=30.0, refuel_s=40.0, tyres_s=15.0, driver_change_s=20.0)
LANE = 35.0


def drove(green: float, visit_s: float | None, *, neutral: float = 0.0, in_yellow: bool = False) -> Stretch:
    return Stretch(green, neutral, over=True, in_yellow=in_yellow, visit_s=visit_s)


def under_way(green: float, neutral: float = 0.0) -> Stretch:
    return Stretch(green, neutral, over=False, in_yellow=False, visit_s=None)


def test_a_drive_through_brings_no_fuel() -> None:
    found = on_board([drove(20.0, LANE), under_way(5.0)], FIGURES, LANE)
    assert found.used == 25.0
    assert [(s.green, s.bound) for s in found.stints] == [(25.0, True)]


def test_a_stop_that_lasts_long_enough_fills_the_tank() -> None:
    found = on_board([drove(27.0, LANE + 36.0), under_way(5.0)], FIGURES, LANE)
    assert found.used == 5.0
    assert found.used_sd == 0.0
    assert [(s.green, s.bound) for s in found.stints] == [(27.0, False), (5.0, True)]


def test_a_splash_leaves_the_tank_short_and_what_follows_tells_no_tank() -> None:
    found = on_board([drove(28.0, LANE + 10.0), drove(12.0, LANE + 38.0), under_way(3.0)], FIGURES, LANE)
    assert [(s.green, s.bound) for s in found.stints] == [(28.0, True), (3.0, True)]
    short = on_board([drove(28.0, LANE + 10.0), under_way(2.0)], FIGURES, LANE)
    assert 10.0 < short.used < 25.0
    assert short.used_sd > 1.0


def test_where_the_lane_is_not_known_every_visit_fills() -> None:
    assert on_board([drove(20.0, LANE), under_way(5.0)], FIGURES, None).used == 5.0
    assert on_board([drove(20.0, None), under_way(5.0)], FIGURES, LANE).used == 5.0


def test_a_stint_ended_under_a_yellow_is_a_bound() -> None:
    found = on_board([drove(20.0, LANE + 30.0, neutral=2.0, in_yellow=True)], FIGURES, LANE)
    assert [(s.green, s.neutral, s.bound) for s in found.stints] == [(20.0, 2.0, True)]
    assert found.used == 0.0


def test_the_way_through_the_lane_is_read_off_the_stops() -> None:
    stops = [[drove(20.0 + k, LANE + 40.0 * (20.0 + k) / 30.0)] for k in range(8)]
    assert lane_s(FIGURES, [*stops, [drove(15.0, LANE)]]) == pytest.approx(LANE, abs=2.0)
    assert lane_s(FIGURES, stops[:3]) is None


@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 6), st.floats(20.0, 200.0), st.booleans()), max_size=8),
    st.integers(0, 30),
)
def test_fuel_is_neither_made_nor_lost(visits: list[tuple[int, int, float, bool]], last: int) -> None:
    """What is missing is never more than what has been burnt in all, never less than since the last visit, and a
    longer visit never leaves more missing.
    """
    driven = [drove(float(g), v, neutral=float(n), in_yellow=y) for g, n, v, y in visits]
    found = on_board([*driven, under_way(float(last))], FIGURES, LANE)
    assert last <= found.used <= sum(s.burnt for s in driven) + last
    longer = [Stretch(s.green, s.neutral, s.over, s.in_yellow, (s.visit_s or 0.0) + 30.0) for s in driven]
    assert on_board([*longer, under_way(float(last))], FIGURES, LANE).used <= found.used + 0.09 * 30.0 * len(visits)


def test_standing_in_the_lane_under_a_red_flag_is_no_stop() -> None:
    laps = stopped_at(make_race(cars=12), 4000.0, 1500.0)
    lap = laps.filter((pl.col("car") == "02") & (pl.col("elapsed_s") > 4000.0))["lap"].min()
    here = (pl.col("car") == "02") & (pl.col("lap") == lap)
    stood = laps.with_columns(in_pit=pl.col("in_pit") | here)
    card = card_of_made_race(laps, 10_800.0)
    without, held = (live_state(table, card, 6200.0).car("02") for table in (laps, stood))
    assert held.fuel_laps == pytest.approx(without.fuel_laps)
    found = annotate(stood)
    rows = np.flatnonzero(stood_under_red(found))
    assert [(found.cars[found.car[row]], int(found.lap[row])) for row in rows] == [("02", lap)]
    assert not stood_under_red(annotate(laps)).any()
