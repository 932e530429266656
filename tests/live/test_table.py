"""The timing table, charts and alerts; against the real races and against the rule books' own judge."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import small_card
from langstrecke.errors import NotFoundError
from langstrecke.live import FeedState, TimingTable, timing_table
from langstrecke.live.alerts import Alert, alerts
from langstrecke.live.charts import flag_history, gap_chart, position_chart
from langstrecke.live.driver_time import driver_times
from langstrecke.live.sources.recordings import record_file
from langstrecke.live.sources.replay import Recording
from langstrecke.racecard import RaceCard, load_card
from langstrecke.racestate.state import live_state
from langstrecke.rulebooks.legality import Stint, drive_time, most_in_window, spells
from langstrecke.rulebooks.limits import DriverLimits
from langstrecke.simulation import simulate_laps
from langstrecke.timing.derive import classification

REAL = {
    "imsa-2021-sebring": "imsa/2021/05-sebring-international-raceway/202103201010-race-laps.csv",
    "le-mans-2019": "lemans/lemans_2019_laps.csv",
}


@lru_cache(maxsize=1)
def simulated() -> tuple[RaceCard, Recording, pl.DataFrame]:
    card = small_card(duration_s=4 * 3600.0)
    laps = simulate_laps(card, race=1, seed=3)
    return card, Recording(laps, race_id="small", duration_s=card.race.duration_s), laps


def state_at(recording: Recording, at_s: float) -> FeedState:
    state = FeedState()
    state.apply(recording.hello)
    for seq in range(1, recording.count_until(at_s) + 1):
        state.apply(recording.message(seq))
    return state


def agree(table: TimingTable, laps: pl.DataFrame, card: RaceCard, at_s: float) -> None:
    """The table says what `forecast.live.live_state` makes of the whole frame."""
    for car in live_state(laps, card, at_s).cars:
        row = table.row(car.car)
        assert (row.laps, row.stint_laps, row.stops) == (car.laps, car.stint_laps, car.stops)
        assert (row.driver, row.in_pit) == (car.driver, car.in_pit)
        assert row.position_in_class == (car.position if car.laps else None)
        assert row.crossed_s == car.crossed_s


def in_order(table: TimingTable, laps: pl.DataFrame) -> None:
    """The table ends in the order of the classification by laps and time, gaps included."""
    order = classification(laps)
    assert [row.car for row in table.rows] == order["car"].to_list()
    assert [row.position_in_class for row in table.rows] == order["position_in_class"].to_list()
    for row, place in zip(table.rows, order.iter_rows(named=True), strict=True):
        assert (row.overall_gap_laps or None) == place["gap_laps"]
        assert row.best_lap_s == place["fastest_lap_s"]
        if place["gap_s"] is not None:
            assert row.overall_gap_s == pytest.approx(place["gap_s"])


@pytest.mark.data
@pytest.mark.parametrize("race", list(REAL))
def test_real_races_end_in_the_order_of_the_laps(data: Path, race: str) -> None:
    card = load_card(race)
    recording = record_file(data / REAL[race], race_id=race)
    laps = state_at(recording, 1e9).laps()
    assert recording.hello.duration_s == card.race.duration_s
    state = state_at(recording, 6 * 3600.0)
    agree(timing_table(state, card, 6 * 3600.0), laps, card, 6 * 3600.0)
    for seq in range(state.complete_to + 1, len(recording) + 1):
        state.apply(recording.message(seq))
    in_order(timing_table(state, card), laps)
    late = timing_table(state, card, 6 * 3600.0)  # looking back gives the table of then
    assert late.rows == timing_table(state_at(recording, 6 * 3600.0), card, 6 * 3600.0).rows
    assert not any(row.uncertain for row in late.rows)
    assert all(row.status in ("finished", "retired?") for row in timing_table(state, card).rows)


def test_a_simulated_race_agrees_with_the_live_forecast_and_the_classification() -> None:
    card, recording, laps = simulated()
    for at_s in (60.0, 3000.0, 9000.0):
        agree(timing_table(state_at(recording, at_s), card, at_s), laps, card, at_s)
    in_order(timing_table(state_at(recording, 1e9), card), laps)


def test_without_a_card_what_can_be_known_is_there() -> None:
    card, recording, _ = simulated()
    with_card = timing_table(state_at(recording, 6000.0), card, 6000.0)
    without = timing_table(state_at(recording, 6000.0), None, 6000.0)
    for row in without.rows:
        full = with_card.row(row.car)
        assert (row.position, row.laps, row.gap_s, row.stint_laps, row.driver) == (
            full.position, full.laps, full.gap_s, full.stint_laps, full.driver
        )  # fmt: skip
        assert row.fuel_by in (None, "longest stint")
        assert all(driver.left_s is None for driver in row.drivers)
        assert {d.driver: d.driven_s for d in row.drivers} == {d.driver: d.driven_s for d in full.drivers}
    assert json.loads(json.dumps(without.to_json()))["rows"][0]["car"] == without.rows[0].car


def test_a_drive_through_fills_no_tank() -> None:
    """As the forecast has it with a card; without one nobody can tell what a visit so short brought."""
    card, _, laps = simulated()
    at_s = 9000.0
    known = laps.filter(pl.col("elapsed_s") <= at_s)
    car = "01"
    ran = known.filter(pl.col("car") == car).sort("lap")
    last = int(ran.filter(pl.col("in_pit"))["lap"].to_list()[-1])
    end = int(ran["lap"].to_list()[-1])
    assert end > last + 4  # a stint is under way
    lane_s = 0.4 * float(known["pit_time_s"].drop_nulls().median() or 0.0)  # type: ignore[arg-type]
    brief = laps.with_columns(
        in_pit=pl.when((pl.col("car") == car) & (pl.col("lap") == end - 2)).then(True).otherwise("in_pit"),
        pit_time_s=pl.when((pl.col("car") == car) & (pl.col("lap") == end - 1)).then(lane_s).otherwise("pit_time_s"),
    )
    before, after = (
        timing_table(state_at(Recording(table, race_id="small", duration_s=card.race.duration_s), at_s), card, at_s)
        for table in (laps, brief)
    )
    assert after.row(car).stops == before.row(car).stops + 1
    assert after.row(car).fuel_left_laps == pytest.approx(before.row(car).fuel_left_laps, abs=1.0)
    recording = Recording(brief, race_id="small", duration_s=card.race.duration_s)
    without = timing_table(state_at(recording, at_s), None, at_s).row(car)
    assert (without.fuel_left_laps, without.fuel_by) == (None, None)


def test_cars_that_have_not_crossed_yet_are_in_the_table() -> None:
    card, recording, _ = simulated()
    table = timing_table(state_at(recording, 10.0), card, 10.0)
    assert {row.car for row in table.rows} == {entry.car for entry in card.entries}
    assert {row.status for row in table.rows} == {"not started"}
    assert all(row.position is None for row in table.rows)


def test_a_car_that_stays_away_is_overdue_and_then_gone() -> None:
    card, recording, laps = simulated()
    gone = laps.filter(~((pl.col("car") == "01") & (pl.col("elapsed_s") > 3000.0)))
    recording = Recording(gone, race_id="small", duration_s=card.race.duration_s)
    assert timing_table(state_at(recording, 3010.0), card, 3010.0).row("01").status in ("running", "in the pits")
    assert timing_table(state_at(recording, 3600.0), card, 3600.0).row("01").status == "overdue"
    row = timing_table(state_at(recording, 9000.0), card, 9000.0).row("01")
    assert row.status == "retired?"
    assert row.gap_laps > 30


STINTS = st.lists(st.tuples(st.sampled_from("ABC"), st.integers(60, 9000)), min_size=1, max_size=12)
HARD = DriverLimits(max_drive_s=20_000.0, max_in_window_s=9_000.0, window_s=14_400.0, max_continuous_s=8_000.0,
                    min_rest_s=1_800.0, min_drive_s=4_000.0)  # fmt: skip


@given(STINTS)
def test_time_left_is_what_the_judge_would_still_allow(drives: Iterable[tuple[str, int]]) -> None:
    """Driving exactly as long as is left breaks no limit that was kept so far; a minute longer breaks one."""
    stints, at = [], 0.0
    for driver, length in drives:
        stints.append(Stint(driver, None, at, at + length))
        at += length
    times = driver_times([(d, None) for d in "ABC"], dict.fromkeys("ABC", HARD), stints, at, stints[-1].driver)
    for one in times:
        name = one.driver
        assert one.driven_s == drive_time(stints, name)
        assert one.owed_s == max(0.0, 4_000.0 - one.driven_s)
        assert one.left_s is not None
        assert one.continuous_left_s is not None

        def judge(extra: float, name: str = name) -> tuple[bool, bool]:
            longer = [*stints, Stint(name, None, at, at + extra)]
            fair = drive_time(longer, name) <= 20_000.001 and most_in_window(longer, name, 14_400.0)[0] <= 9_000.001
            return fair, spells(longer, name, 1_800.0)[-1][1] <= 8_000.001

        if judge(0.0)[0]:
            assert judge(one.left_s)[0]
        if judge(0.0)[1]:
            assert judge(one.continuous_left_s)[1]
        assert not judge(one.left_s + 60.0)[0]
        assert not judge(one.continuous_left_s + 60.0)[1]


def test_shared_minimum_is_owed_by_all_of_the_group() -> None:
    shared = DriverLimits(min_drive_s=5_000.0, min_shared=True)
    stints = [Stint("A", None, 0.0, 3_000.0), Stint("B", None, 3_000.0, 4_000.0)]
    times = driver_times([("A", None), ("B", None)], {"A": shared, "B": shared}, stints, 4_000.0, "B")
    assert [one.owed_s for one in times] == [1_000.0, 1_000.0]


def test_charts() -> None:
    _, recording, laps = simulated()
    state = state_at(recording, 1e9)
    order = classification(laps)
    gaps = {one["car"]: one["points"] for one in gap_chart(state)["series"]}
    places = {one["car"]: one["points"] for one in position_chart(state)["series"]}
    for row in order.iter_rows(named=True):
        assert len(gaps[row["car"]]) == row["laps"]
        assert min(gap for _, gap in gaps[row["car"]]) >= 0.0
        if row["gap_laps"] is None:
            assert places[row["car"]][-1] == [row["laps"], row["position"]]
    to = gap_chart(state, ["5"], to="01", by="time")["series"][0]["points"]
    own = dict(laps.filter(pl.col("car") == "5").select("lap", "elapsed_s").iter_rows())
    his = dict(laps.filter(pl.col("car") == "01").select("lap", "elapsed_s").iter_rows())
    assert to[9] == pytest.approx([own[10], own[10] - his[10]], abs=0.002)
    flags = flag_history(state)
    assert flags[0]["flag"] == "green"
    assert all(a["to_s"] == b["from_s"] for a, b in pairwise(flags))
    assert flags[-1]["to_s"] == state.race_s
    json.dumps([gap_chart(state), position_chart(state, car_class="DPi"), flags])
    with pytest.raises(NotFoundError, match="did you mean"):
        gap_chart(state, ["0l"])


def told_through(card: RaceCard, recording: Recording, watched: set[str], step: int) -> list[Alert]:
    state = FeedState()
    before, told, found = None, set[str](), []
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
        if seq % step == 0 or seq == len(recording):
            now = timing_table(state, card)
            fresh = alerts(before, now, watched=watched, told=told)
            assert {alert.car for alert in fresh} <= watched | {""}  # flags are for everybody
            told |= {alert.key for alert in fresh}
            found += fresh
            before = now
    return found


def test_every_stop_of_a_watched_car_is_told_once() -> None:
    card, recording, laps = simulated()
    found = told_through(card, recording, {"01"}, 3)
    came_in = laps.filter((pl.col("car") == "01") & pl.col("in_pit")).height
    kinds = [alert.kind for alert in found]
    assert came_in > 3
    assert kinds.count("pit in") == came_in
    assert kinds.count("pit out") == timing_table(state_at(recording, 1e9), card).row("01").stops
    assert len({alert.key for alert in found}) == len(found)
    oftener = told_through(card, recording, {"01"}, 1)
    assert [a.key for a in found if "pit" in a.kind] == [a.key for a in oftener if "pit" in a.kind]


def test_lead_changes_limits_trouble_and_odds_are_told() -> None:
    card, recording, _ = simulated()
    now = timing_table(state_at(recording, 6000.0), card, 6000.0)
    first, second = now.of_class("DPi")[:2]

    def swapped(**change: object) -> TimingTable:
        places = {first.car: {"position_in_class": 2, **change}, second.car: {"position_in_class": 1}}
        rows = (replace(row, **places.get(row.car, {})) for row in now.rows)  # type: ignore[arg-type]
        return replace(now, rows=tuple(rows))

    told = alerts(swapped(), now, watched={first.car})
    assert [alert.kind for alert in told] == ["lead"]
    assert alerts(swapped(uncertain=True), now, watched={first.car}) == ()
    near = replace(first, drivers=tuple(replace(d, left_s=600.0) for d in first.drivers))
    tired = replace(now, rows=tuple(near if row.car == first.car else row for row in now.rows))
    told = alerts(now, tired, watched={first.car})
    assert [(alert.kind, "10 min" in alert.text) for alert in told] == [("driver time", True)]
    assert alerts(tired, tired, watched={first.car}, told={alert.key for alert in told}) == ()
    late = replace(first, status="overdue", overdue_s=40.0)
    lost = replace(now, rows=tuple(late if row.car == first.car else row for row in now.rows))
    assert [alert.kind for alert in alerts(now, lost, watched={first.car})] == ["overdue"]
    odds = alerts(now, now, watched={first.car}, odds_before={first.car: 0.5}, odds_now={first.car: 0.35})
    assert [(alert.kind, alert.text) for alert in odds] == [("odds", f"#{first.car}: class win 50.0 % -> 35.0 %")]
    assert alerts(now, now, watched={first.car}, odds_before={first.car: 0.5}, odds_now={first.car: 0.45}) == ()
