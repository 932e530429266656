"""The race as put together from a feed that loses, doubles, disorders and corrects its messages."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from langstrecke.errors import LangstreckeError
from langstrecke.live import (
    FeedState,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    LapMessage,
    TimingTable,
    read_message,
    timing_table,
    write_message,
)
from langstrecke.live.fault_injection import Faults, disturbed
from langstrecke.live.message_log import MessageLog
from langstrecke.live.messages import DataMessage
from langstrecke.live.sources.replay import Recording
from race_maker import make_race

SEEDS = st.integers(0, 2**32 - 1)
WALL = dt.datetime(2021, 3, 20, 14, tzinfo=dt.UTC)


@lru_cache(maxsize=1)
def recording() -> Recording:
    """Eight cars, two classes, forty minutes with a yellow: some 180 messages."""
    laps = make_race(cars=8, length_s=2400.0, stint_laps=6, periods=[(600.0, 1000.0, "fcy")])
    return Recording(laps, race_id="made", duration_s=2400.0)


@lru_cache(maxsize=1)
def clean_messages() -> tuple[DataMessage, ...]:
    return tuple(recording().message(seq) for seq in range(1, len(recording()) + 1))


def state_of(messages: object, hello: HelloMessage | None = None) -> FeedState:
    state = FeedState()
    state.apply(hello or recording().hello)
    for message in messages:  # type: ignore[attr-defined]
        state.apply(message)
    return state


@lru_cache(maxsize=1)
def clean_state() -> FeedState:
    return state_of(clean_messages())


def same(one: FeedState, other: FeedState) -> None:
    """Frame, table, clock and flags are equal."""
    assert one.laps().equals(other.laps())
    assert one.race_s == other.race_s
    assert one.flags == other.flags
    for at_s in (None, 1300.0):
        assert timing_table(one, at_s=at_s).rows == timing_table(other, at_s=at_s).rows
    assert one.gaps == other.gaps == ()


def corrected(messages: tuple[DataMessage, ...], rng: Random) -> list[DataMessage]:
    """The same race told with errors that are put right later: wrong times, phantom laps, numbered anew."""
    told: list[DataMessage] = []
    later: list[DataMessage] = []
    for message in messages[:-1]:
        if isinstance(message, LapMessage) and rng.random() < 0.1:
            if rng.random() < 0.5:
                told.append(message.model_copy(update={"elapsed_s": message.elapsed_s + 7.0, "driver": "Nobody"}))
                later.append(message.model_copy(update={"revision": 2}))
            else:
                phantom = message.model_copy(update={"lap": message.lap + 500})
                told += [message, phantom]
                later.append(phantom.model_copy(update={"revision": 2, "withdrawn": True}))
        else:
            told.append(message)
        while later and rng.random() < 0.2:
            told.append(later.pop(rng.randrange(len(later))))
    told += [*later, messages[-1]]
    return [message.model_copy(update={"seq": seq}) for seq, message in enumerate(told, start=1)]


def test_clean_feed_gives_the_recorded_laps() -> None:
    state = clean_state()
    wanted = make_race(cars=8, length_s=2400.0, stint_laps=6, periods=[(600.0, 1000.0, "fcy")])
    assert state.laps().equals(wanted)
    assert [change.flag for change in state.flags] == ["green", "fcy", "green", "finish"]
    assert state.finished
    assert timing_table(state).lost == 0


@given(SEEDS)
def test_drops_with_redelivery_doubles_and_disorder_change_nothing(seed: int) -> None:
    rng = Random(seed)
    state = state_of(disturbed(clean_messages(), rng, Faults(drop=0.2, double=0.2, delay=0.4)))
    for first, last in state.gaps:  # what was lost is asked for again, and comes over the same bad line
        for seq in disturbed(range(first, last + 1), rng, Faults(drop=0.0, double=0.3, delay=0.5)):
            state.apply(clean_messages()[seq - 1])
    for seq in range(state.complete_to + 1, len(clean_messages()) + 1):
        state.apply(clean_messages()[seq - 1])
    same(state, clean_state())


@given(SEEDS, st.integers(0, 200))
def test_corrections_in_any_order_end_in_the_clean_state(seed: int, looks: int) -> None:
    rng = Random(seed)
    messages = corrected(clean_messages(), rng)
    shuffled = messages * 2 if rng.random() < 0.3 else list(messages)
    rng.shuffle(shuffled)
    state = FeedState()
    state.apply(recording().hello)
    for number, message in enumerate(shuffled):
        state.apply(message)
        if looks and number % looks == 0:  # looking in between must not leave anything behind
            state.laps()
            timing_table(state)
    same(state, clean_state())


@given(
    st.lists(st.tuples(st.integers(0, 170), st.floats(0.0, 90_000.0), st.integers(-(10**6), 10**6)), max_size=8),
    st.integers(1, 160),
)
def test_a_clock_that_jumps_does_no_harm(jumps: list[tuple[int, float, int]], upto: int) -> None:
    plain = state_of(clean_messages()[:upto])
    state = FeedState()
    state.apply(recording().hello)
    for number, message in enumerate(clean_messages()[:upto]):
        for at, race_s, wall_s in jumps:
            if at == number:
                wall = WALL + dt.timedelta(seconds=wall_s)
                state.apply(HeartbeatMessage(race_s=race_s, last_seq=number, wall=wall))
                assert state.race_s <= plain.race_s + 900.0
                order = [(row.car, row.laps) for row in timing_table(state).rows if row.position]
                assert order == [(row.car, row.laps) for row in timing_table(state_of(clean_messages()[:number])).rows
                                 if row.position]  # fmt: skip
        state.apply(message)
    for each in (plain, state):
        each.apply(HeartbeatMessage(race_s=plain.race_s, last_seq=upto, wall=WALL))
    assert timing_table(state).rows == timing_table(plain).rows


def certain_rows_are_right(table: TimingTable, truth: TimingTable) -> None:
    for row in table.rows:
        if not row.uncertain:
            right = truth.row(row.car)
            assert (row.laps, row.crossed_s, row.position) == (right.laps, right.crossed_s, right.position)
            assert row.position_in_class == right.position_in_class
            assert (row.stint_laps, row.stops) == (right.stint_laps, right.stops)


OUTAGES = st.tuples(st.integers(1, 181), st.integers(1, 60)).map(lambda cut: set(range(cut[0], cut[0] + cut[1])))


@given(st.integers(1, 181), st.one_of(st.sets(st.integers(1, 181), max_size=25), OUTAGES))
def test_what_is_lost_for_good_is_marked(upto: int, lost: set[int]) -> None:
    """Whatever is missing: a row that is not marked uncertain is right, and every missing message is counted."""
    upto = min(upto, len(clean_messages()))
    sent = clean_messages()[:upto]
    beat = HeartbeatMessage(race_s=state_of(sent).race_s, last_seq=upto, wall=WALL)
    state = state_of([*(m for m in sent if m.seq not in lost), beat])
    table = timing_table(state)
    gone = {seq for seq in lost if seq <= upto}
    assert table.lost == len(gone)
    assert {seq for first, last in state.gaps for seq in range(first, last + 1)} == gone
    certain_rows_are_right(table, timing_table(state_of([*sent, beat])))


@given(st.integers(1, 170), st.integers(1, 30))
def test_a_cut_line_without_a_clock_is_marked(upto: int, more: int) -> None:
    """A new hello says how far the feed is; what the race clock says there is not known yet."""
    upto = min(upto, len(clean_messages()) - more)
    state = state_of(clean_messages()[:upto])
    state.apply(recording().hello.model_copy(update={"last_seq": upto + more}))
    certain_rows_are_right(timing_table(state), timing_table(state_of(clean_messages()[: upto + more])))


def test_a_lost_lap_puts_its_car_in_doubt_and_nobody_else() -> None:
    lap = next(m for m in clean_messages() if isinstance(m, LapMessage) and m.lap == 5)
    state = state_of(m for m in clean_messages() if m.seq != lap.seq)
    table = timing_table(state)
    assert [row.car for row in table.rows if row.uncertain] == [lap.car]
    assert table.row(lap.car).why == "lap 5 missing"
    assert state.holes() == {lap.car: (5,)}


def test_a_car_whose_newest_lap_may_be_lost_puts_those_in_doubt_whom_it_may_have_passed() -> None:
    crossings = [m for m in clean_messages() if isinstance(m, LapMessage) and 1500.0 < m.elapsed_s < 1700.0]
    lost = crossings[5]
    later = [m for m in clean_messages() if m.seq < lost.seq + 3]
    table = timing_table(state_of(m for m in later if m.seq != lost.seq))
    assert table.row(lost.car).uncertain
    assert not all(row.uncertain for row in table.rows)


def test_a_hole_explains_no_more_messages_than_it_has_laps() -> None:
    """Two lost crossings, one of a car that has crossed again since and shows its hole: the other is still open."""
    laps = [m for m in clean_messages() if isinstance(m, LapMessage) and m.elapsed_s > 1300.0]
    first, second = next((a, b) for a, b in pairwise(laps) if a.seq + 1 == b.seq)
    again = next(m for m in laps if m.car == first.car and m.lap == first.lap + 1)
    sent = clean_messages()[: again.seq]
    assert not any(isinstance(m, LapMessage) and (m.car, m.lap) == (second.car, second.lap + 1) for m in sent)
    table = timing_table(state_of(m for m in sent if m.seq not in (first.seq, second.seq)))
    assert table.row(first.car).why == f"lap {first.lap} missing"
    assert table.row(second.car).uncertain


@given(SEEDS, st.integers(0, 200), st.integers(1, 60))
def test_a_restart_from_the_log_continues_as_if_nothing_had_happened(seed: int, at: int, torn: int) -> None:
    rng = Random(seed)
    line = list(disturbed(clean_messages(), rng))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "feed.jsonl"
        with MessageLog(path) as log:
            log.append(recording().hello)
            for message in line[:at]:
                log.append(message)
        with path.open("ab") as file:  # the crash came in the middle of a line
            file.write(write_message(clean_messages()[-1]).encode()[:torn])
        with MessageLog(path) as log:
            state = FeedState()
            for message in log.read():
                state.apply(message)
            before = state_of(line[:at])
            assert state.laps().equals(before.laps())
            assert state.gaps == before.gaps
            assert timing_table(state) == timing_table(before)
            for message in line[at:]:
                state.apply(message)
                log.append(message)
            for seq in range(state.complete_to + 1, len(clean_messages()) + 1):
                log.append(clean_messages()[seq - 1])
        with MessageLog(path) as log:
            same(state_of(log.read()), clean_state())
            assert log.unreadable == 0


def test_a_garbled_line_in_the_log_is_a_gap_and_no_end(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    with MessageLog(path) as log:
        for message in clean_messages()[:40]:
            log.append(message)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[9] = b'{"kind":"lap","seq":\n'
    path.write_bytes(b"".join(lines))
    with MessageLog(path) as log:
        state = state_of(log.read())
        assert log.unreadable == 1
    assert state.gaps == ((10, 10),)


def test_a_hello_of_another_feed_starts_afresh() -> None:
    state = state_of(clean_messages()[:50])
    state.apply(recording().hello.model_copy(update={"feed": "made#again"}))
    assert state.laps().is_empty()
    assert timing_table(state).rows[0].laps == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind":"lap"}',
        '{"kind":"lap","seq":1,"car":"1","lap":1,"lap_time_s":-3,"elapsed_s":3}',
        '{"kind":"lap","seq":99999999999,"car":"1","lap":1,"lap_time_s":3,"elapsed_s":3}',
        '{"kind":"lap","seq":1,"car":"../x","lap":1,"lap_time_s":3,"elapsed_s":3}',
        '{"kind":"lap","seq":1,"car":"1","lap":1,"lap_time_s":NaN,"elapsed_s":3}',
        '{"kind":"weather","seq":1}',
    ],
)
def test_what_is_no_message_is_refused_in_words(text: str) -> None:
    with pytest.raises(LangstreckeError, match="no message of a timing feed"):
        read_message(text)


def test_messages_survive_their_text() -> None:
    for message in (recording().hello, *clean_messages(), HeartbeatMessage(race_s=1.0, last_seq=3, wall=WALL)):
        assert read_message(write_message(message)) == message


def test_flags_are_told_before_the_crossings_they_were_read_off() -> None:
    first = next(m for m in clean_messages() if isinstance(m, FlagMessage) and m.flag == "fcy")
    lap = clean_messages()[first.seq]
    assert isinstance(lap, LapMessage)
    assert (lap.flag, lap.elapsed_s) == ("fcy", first.race_s)


def test_the_frame_is_the_same_object_until_there_is_news() -> None:
    state = state_of(clean_messages()[:100])
    frame = state.laps()
    assert state.laps() is frame
    state.apply(clean_messages()[100])
    assert isinstance(state.laps(), pl.DataFrame)
    assert state.laps().height == frame.height + 1
