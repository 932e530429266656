"""Whatever a feed claims, within what a message may say, the table and the state can be made, and agree."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from factories import small_card
from langstrecke.live import FeedState, LapMessage, timing_table
from langstrecke.live.messages import FlagMessage
from langstrecke.racestate.state import live_state

FLAG = st.sampled_from(["green", "fcy", "safety_car", "red", "slow_zone", "finish", None])
SECONDS = st.one_of(st.sampled_from([0.001, 60.0, 100.0, 3600.0, 108_000.0]), st.floats(0.001, 20_000.0))
LAPS = st.builds(
    LapMessage,
    seq=st.integers(1, 60),
    revision=st.integers(1, 3),
    withdrawn=st.booleans(),
    car=st.sampled_from(["01", "5", "7", "999"]),
    car_class=st.sampled_from(["DPi", "GTD", "", "LMP2"]),
    lap=st.integers(1, 6) | st.sampled_from([99_999]),
    driver=st.sampled_from([None, "", "Ada Lang", "Nobody"]),
    lap_time_s=SECONDS,
    elapsed_s=SECONDS,
    in_pit=st.booleans(),
    pit_time_s=st.none() | SECONDS,
    flag=FLAG,
    clock_time=st.none() | st.just(dt.time(23, 59, 59)),
)
FLAGS = st.builds(
    FlagMessage, seq=st.integers(1, 60), race_s=SECONDS, flag=FLAG.filter(lambda flag: flag is not None)
)


@given(st.lists(LAPS | FLAGS, min_size=1, max_size=40), st.floats(1.0, 14_400.0))
def test_any_messages_make_a_table_and_a_state(messages: list[LapMessage | FlagMessage], at_s: float) -> None:
    state = FeedState()
    for message in messages:
        state.apply(message)
    card = small_card(duration_s=4 * 3600.0)
    for known in (card, None):
        for moment in (None, at_s):
            rows = timing_table(state, known, moment).rows
            ran = [row for row in rows if row.laps]
            assert [(-row.laps, row.crossed_s) for row in ran] == sorted((-row.laps, row.crossed_s) for row in ran)
            for row in ran:
                assert row.gap_s is None or row.gap_s >= 0.0
                assert row.fuel_left_laps is None or row.fuel_left_laps >= 0.0
    assert live_state(state.fold, card, at_s) == live_state(state.laps(), card, at_s)
