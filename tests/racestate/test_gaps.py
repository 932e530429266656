"""Order and gaps: laps first, then time; nobody shows fewer laps down than a car ahead; what is not known is None."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langstrecke.live import FeedState, TimingRow, timing_table
from langstrecke.live.sources.recordings import record_file
from langstrecke.live.sources.replay import Recording
from langstrecke.racecard import load_card
from langstrecke.racestate.fold import fold_of
from langstrecke.racestate.gaps import Gap, gap_to
from langstrecke.timing.schema import LAPS


def laps_of(times: dict[str, list[float]], car_class: str = "GT") -> pl.DataFrame:
    """Cars by their times of crossing."""
    rows = [
        {"race_id": "made", "car": car, "car_class": car_class, "lap": n + 1, "driver": "Ada Lang",
         "lap_time_s": at - ([0.0, *ends][n]), "elapsed_s": at, "in_pit": False, "flag": "green"}
        for car, ends in times.items()
        for n, at in enumerate(ends)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=LAPS)


def table_at(laps: pl.DataFrame, at_s: float) -> list[TimingRow]:
    recording = Recording(laps, race_id="made", duration_s=100_000.0)
    state = FeedState()
    for seq in range(1, recording.count_until(at_s) + 1):
        state.apply(recording.message(seq))
    return [row for row in timing_table(state, None, at_s).rows if row.laps]


LEADER = [100.0 * n for n in range(1, 11)]


def test_seconds_on_the_same_lap_laps_from_one_on() -> None:
    rows = table_at(
        laps_of({"1": LEADER, "2": [at + 5.0 for at in LEADER], "3": [at + 120.0 for at in LEADER[:9]]}), 1100.0
    )
    assert [row.car for row in rows] == ["1", "2", "3"]
    assert [(row.gap_laps, row.gap_s) for row in rows] == [(0, 0.0), (0, 5.0), (1, None)]
    assert [(row.interval_laps, row.interval_s) for row in rows] == [(0, 0.0), (0, 5.0), (1, None)]


def test_a_car_late_for_its_next_crossing_is_down_what_it_cannot_make_good() -> None:
    """5 s behind on lap 6 and not seen since, while the leader has done 10: at its next crossing it will have done 7
    at most, so it is 3 laps down by now and stands behind nobody who shows more."""
    late = [at + 5.0 for at in LEADER[:6]]
    slow = [140.0 * n for n in range(1, 8)]
    rows = table_at(laps_of({"1": LEADER, "2": late, "3": slow}), 1001.0)
    assert [row.car for row in rows] == ["1", "3", "2"]
    assert [row.gap_laps for row in rows] == [0, 2, 3]


def test_a_car_passed_since_its_last_crossing_has_no_nought_for_a_gap() -> None:
    """Car 2 led on lap 9 and stands in the pits; car 1 has passed it. How far it is behind nobody knows yet."""
    first = [at + 10.0 for at in LEADER]
    rows = table_at(laps_of({"1": first, "2": LEADER[:9]}), 1020.0)
    assert [(row.car, row.gap_laps, row.gap_s, row.interval_s) for row in rows] == [
        ("1", 0, 0.0, 0.0),
        ("2", 0, None, None),
    ]


def test_a_lap_of_the_leader_that_has_not_come_leaves_the_gap_unknown() -> None:
    laps = laps_of({"1": LEADER[:6], "2": [at + 5.0 for at in LEADER[:6]]})
    holed = laps.filter(~((pl.col("car") == "1") & (pl.col("lap") == 5)))
    recording = Recording(holed.filter(pl.col("elapsed_s") < 602.0), race_id="made", duration_s=1000.0)
    state = FeedState()
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
    row = timing_table(state, None, 602.0).row("2")
    assert (row.laps, row.gap_laps, row.gap_s, row.interval_s) == (5, 0, None, None)


RACES = st.lists(
    st.lists(st.integers(60, 400), min_size=1, max_size=25).map(
        lambda times: [float(sum(times[: n + 1])) for n in range(len(times))]
    ),
    min_size=2,
    max_size=8,
)


@given(RACES, st.integers(60, 6000))
def test_order_and_gaps_never_contradict_each_other(ends: list[list[float]], now: int) -> None:
    rows = table_at(laps_of({str(n): times for n, times in enumerate(ends)}), float(now))
    assert [(-row.laps, row.crossed_s) for row in rows] == sorted((-row.laps, row.crossed_s) for row in rows)
    for ahead, row in pairwise(rows):
        assert row.gap_laps >= ahead.gap_laps
        assert row.interval_laps <= row.gap_laps
    for row in rows[1:]:
        assert row.overall_gap_laps == row.gap_laps  # one class
        assert row.gap_laps <= rows[0].laps - row.laps
        for laps, seconds in ((row.gap_laps, row.gap_s), (row.interval_laps, row.interval_s)):
            assert seconds is None or (laps == 0 and seconds >= 0.0)
        same = [other for other in rows if other.laps == row.laps and other.crossed_s < row.crossed_s]
        if row.laps == rows[0].laps and same:  # on the leader's lap there is nothing unknown
            assert row.gap_s == row.crossed_s - rows[0].crossed_s


@given(RACES, st.integers(60, 6000), st.booleans())
def test_a_gap_is_no_more_than_the_laps_that_lack(ends: list[list[float]], now: int, stopped: bool) -> None:
    fold = fold_of(laps_of({str(n): times for n, times in enumerate(ends)}))
    states = sorted(
        (-s.laps, s.crossed_s, s.car) for car in fold.cars.values() if (s := car.state(float(now), ())) is not None
    )
    for place, (laps, crossed, _) in enumerate(states):
        for more, _, other in states[:place]:
            gap = gap_to(-laps, crossed, fold.cars[other], float(now), stopped=stopped)
            assert isinstance(gap, Gap)
            assert max(0, laps - more - 1) <= gap.laps <= laps - more


@pytest.mark.data
def test_a_real_race_is_in_order_at_every_moment(data: Path) -> None:
    card = load_card("imsa-2021-sebring")
    file = data / "imsa/2021/05-sebring-international-raceway/202103201010-race-laps.csv"
    recording = record_file(file, race_id="imsa-2021-sebring")
    state = FeedState()
    state.apply(recording.hello)
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
        if seq % 500:
            continue
        table = timing_table(state, card)
        for name in card.classes:
            rows = [row for row in table.of_class(name) if row.laps]
            assert [row.gap_laps for row in rows] == sorted(row.gap_laps for row in rows)
            assert not any(row.gap_s == 0.0 for row in rows[1:])
            assert not any(row.interval_s == 0.0 for row in rows[1:])
        everybody = [row.overall_gap_laps for row in table.rows if row.laps]
        assert everybody == sorted(everybody)
