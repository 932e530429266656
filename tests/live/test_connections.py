"""The feed over WebSocket and from growing files: replay, server, client, watcher, and the verb."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from conftest import PATIENCE_S
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.live import FeedState, HeartbeatMessage, HelloMessage, LapMessage, timing_table
from langstrecke.live.server import listening_socket, serve_feed
from langstrecke.live.sources.feed_client import FeedClient
from langstrecke.live.sources.growing_file import FolderFeed
from langstrecke.live.sources.recordings import record_file
from langstrecke.live.sources.replay import Recording, Replay
from langstrecke.timing.readers.alkamel import read_laps
from langstrecke.timing.write import write_alkamel
from race_maker import make_race

pytest.importorskip("uvicorn")
pytest.importorskip("websockets")


@lru_cache(maxsize=1)
def laps() -> pl.DataFrame:
    return make_race(cars=8, length_s=2400.0, stint_laps=6, periods=[(600.0, 1000.0, "fcy")])


def recording() -> Recording:
    return Recording(laps(), race_id="made", duration_s=2400.0)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def follow(client: FeedClient, state: FeedState, upto: int | None = None) -> None:
    """Take messages in until the race is over, or `upto` is complete."""
    async with contextlib.aclosing(client.messages()) as messages:
        async for message in messages:
            state.apply(message)
            if upto is not None and state.complete_to >= upto:
                return


@contextlib.asynccontextmanager
async def served(replay: Replay, bound: socket.socket, faults: int | None = None) -> AsyncIterator[str]:
    ready = asyncio.Event()
    task = asyncio.create_task(serve_feed(replay, bound=bound, linger=True, faults_seed=faults, started=ready.set))
    await asyncio.wait_for(ready.wait(), PATIENCE_S)
    try:
        yield f"ws://127.0.0.1:{bound.getsockname()[1]}/feed"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def test_replay_keeps_time() -> None:
    clock = Clock()
    replay = Replay(recording(), speed=60.0, start_s=600.0, clock=clock)

    async def play() -> list[object]:
        seen: list[object] = []
        async with contextlib.aclosing(replay.messages()) as messages:
            async for message in messages:
                seen.append(message)
                if len(seen) > 1 and replay.published == replay.recording.count_until(replay.race_s):
                    if len(seen) > 60 or replay.race_s >= 630.0:
                        return seen
                    clock.now += 0.5
        return seen

    seen = asyncio.run(asyncio.wait_for(play(), PATIENCE_S))
    assert isinstance(seen[0], HelloMessage)
    assert replay.race_s == pytest.approx(630.0)
    told = [m for m in seen if isinstance(m, LapMessage)]
    assert max(m.elapsed_s for m in told) <= 630.0
    assert len(told) == laps().filter(pl.col("elapsed_s") <= 630.0).height


def test_replay_may_pause_and_seek_forwards_only() -> None:
    clock = Clock()
    replay = Replay(recording(), speed=10.0, clock=clock)
    clock.now += 10.0
    assert replay.race_s == 100.0
    replay.paused = True
    clock.now += 50.0
    assert replay.race_s == 100.0
    replay.paused = False
    replay.seek(500.0)
    replay.speed = 1.0
    clock.now += 5.0
    assert replay.race_s == 505.0
    with pytest.raises(LangstreckeError, match="does not run backwards"):
        replay.seek(100.0)


def test_a_recording_promises_the_same_messages_again() -> None:
    one, other = recording(), recording()
    assert one.hello == other.hello
    assert [one.message(k) for k in (1, 50, len(one))] == [other.message(k) for k in (1, 50, len(one))]
    assert Recording(laps().head(50), race_id="made").hello.feed != one.hello.feed


def test_client_that_is_killed_and_a_server_that_falls_over_lose_nothing() -> None:
    async def race() -> FeedState:
        bound = listening_socket("127.0.0.1", 0)
        port = bound.getsockname()[1]
        state = FeedState()
        async with served(Replay(recording(), speed=0.0), bound) as url:
            await asyncio.wait_for(follow(FeedClient(url), state, upto=60), PATIENCE_S)  # killed here
        assert 60 <= state.complete_to < len(recording())
        client = FeedClient(url, state, first_pause_s=0.05)
        following = asyncio.create_task(follow(client, state))
        while not client.trouble:  # nobody there
            await asyncio.sleep(0.01)
        async with served(Replay(recording(), speed=0.0), listening_socket("127.0.0.1", port)):
            await asyncio.wait_for(following, PATIENCE_S)
        return state

    state = asyncio.run(race())
    assert state.laps().equals(laps())
    assert state.gaps == ()


def test_a_bad_line_is_mended_by_asking_again() -> None:
    async def race() -> tuple[FeedState, list[FeedState]]:
        async with served(Replay(recording(), speed=0.0), listening_socket("127.0.0.1", 0), faults=7) as url:
            states = [FeedState() for _ in range(3)]
            clients = [FeedClient(url, patience_s=0.05) for _ in states]
            await asyncio.wait_for(asyncio.gather(*map(follow, clients, states)), PATIENCE_S)
        return states[0], states[1:]

    state, others = asyncio.run(race())
    assert state.laps().equals(laps())
    assert all(timing_table(other).rows == timing_table(state).rows for other in others)


@pytest.mark.parametrize("request_text", ["nonsense", '{"kind":"finish","seq":1,"race_s":3}', "x" * 10_000])
def test_a_client_that_talks_nonsense_is_sent_away(request_text: str) -> None:
    import websockets

    async def talk() -> int | None:
        replay = Replay(recording(), speed=1.0)
        async with (
            served(replay, listening_socket("127.0.0.1", 0)) as url,
            websockets.connect(url) as line,
        ):
            await line.send(request_text)
            await asyncio.wait_for(line.wait_closed(), PATIENCE_S)
            return line.close_code

    assert asyncio.run(talk()) == 1008


def test_no_address_is_said_in_words() -> None:
    with pytest.raises(LangstreckeError, match="is no address of a feed"):
        asyncio.run(follow(FeedClient("nonsense"), FeedState()))


def look(feed: FolderFeed, state: FeedState) -> int:
    """One look; the hello and the heartbeat go the way of `messages()`."""
    fresh = feed.look()
    state.apply(feed.hello)
    for message in fresh:
        state.apply(message)
    state.apply(feed.beat())
    return len(fresh)


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    at = path.stat().st_mtime_ns + 1_000_000  # file systems tell time coarsely
    os.utime(path, ns=(at, at))


@pytest.fixture
def whole(tmp_path: Path) -> bytes:
    """An Al Kamel file with its rows in the order in which the cars crossed the line."""
    path = tmp_path / "source.csv"
    write_alkamel(laps(), path)
    head, *rows = path.read_bytes().splitlines(keepends=True)
    order = laps().with_row_index().sort("elapsed_s")["index"]
    return head + b"".join(rows[k] for k in order)


def test_a_growing_file_is_a_feed(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "made.csv"
    feed, state = FolderFeed(path, duration_s=2400.0), FeedState()
    assert look(feed, state) == 0
    assert "No such file" in feed.trouble
    for share in (0.0005, 0.2, 0.201, 0.55, 0.9, 1.0):  # cuts lie in the middle of lines
        write(path, whole[: int(share * len(whole))])
        look(feed, state)
    assert feed.trouble == ""
    assert look(feed, state) == 0  # no change, no news
    assert state.laps().equals(read_laps(path))
    assert state.laps().height == laps().height
    assert [change.flag for change in state.flags] == ["green", "fcy", "green", "finish"]
    assert max(m.revision for m in map(feed.message, range(1, feed.published + 1)) if isinstance(m, LapMessage)) == 1


def test_corrected_and_missing_rows_are_corrections(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "made.csv"
    feed, state = FolderFeed(path), FeedState()
    write(path, whole)
    look(feed, state)
    changed = whole.replace(b"Ada Lang", b"Eva Lang", 3).splitlines(keepends=True)
    del changed[40]
    write(path, b"".join(changed))
    assert look(feed, state) == 0  # shorter than before: it may be half written
    assert look(feed, state) == 4
    assert state.laps().equals(read_laps(path, notices=[]))
    write(path, whole)
    look(feed, state)
    look(feed, state)
    assert state.laps().equals(read_laps(path))


def test_another_session_in_the_same_place_is_another_feed(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "made.csv"
    feed, state = FolderFeed(tmp_path), FeedState()
    (tmp_path / "source.csv").unlink()
    write(path, whole)
    look(feed, state)
    first = feed.hello.feed
    other = make_race(cars=3, length_s=1200.0, stint_laps=4, seed=5)
    write_alkamel(other.with_columns(car="7" + pl.col("car")), path)
    look(feed, state)
    look(feed, state)
    assert feed.hello.feed != first
    assert state.laps()["car"].unique().sort().to_list() == ["702", "71", "73"]
    assert state.laps().height == other.height


def test_a_file_that_is_none_leaves_the_state_alone(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "made.csv"
    feed, state = FolderFeed(path), FeedState()
    write(path, whole)
    look(feed, state)
    before = state.laps()
    for rubbish in (b"\x00\x01\n\n\n", b"a;b;c\n1;2;3\n"):
        write(path, rubbish)
        assert look(feed, state) + look(feed, state) == 0
        assert feed.trouble
    assert state.laps() is before


def test_the_watcher_yields_hello_laps_and_heartbeats(tmp_path: Path, whole: bytes) -> None:
    path = tmp_path / "made.csv"
    write(path, whole)
    feed = FolderFeed(path, poll_s=0.01)

    async def some() -> list[object]:
        seen: list[object] = []
        async for message in feed.messages():
            seen.append(message)
            feed.over = isinstance(message, HeartbeatMessage)
        return seen

    seen = asyncio.run(asyncio.wait_for(some(), PATIENCE_S))
    assert isinstance(seen[0], HelloMessage)
    assert isinstance(seen[-1], HeartbeatMessage)
    assert len([m for m in seen if isinstance(m, LapMessage)]) == laps().height


def test_laps_of_a_file_are_replayed(tmp_path: Path) -> None:
    path = tmp_path / "laps.parquet"
    laps().write_parquet(path)
    made = record_file(path, race_id="made", duration_s=2400.0)
    assert made.hello == recording().hello
    pl.DataFrame({"car": ["1"]}).write_parquet(path)
    with pytest.raises(LangstreckeError, match="no column 'race_id'"):
        record_file(path)
    path.write_bytes(b"PAR1 nonsense")
    with pytest.raises(LangstreckeError, match="is no Parquet file"):
        record_file(path)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--speed", "fast"], "'fast' is no speed"),
        (["--speed", "nan"], "'nan' is no speed"),
        (["--from", "noon"], "'noon' is no time"),
        (["--from", "99:00:00"], "the race is over after"),
        (["--laps", "nowhere.parquet"], "no such file"),
        (["--store", "nowhere"], "there is no store"),
    ],
)
def test_the_verb_says_what_is_wrong(tmp_path: Path, options: list[str], words: str) -> None:
    path = tmp_path / "laps.parquet"
    laps().write_parquet(path)
    source = [] if {"--laps", "--store"} & set(options) else ["--laps", str(path)]
    result = CliRunner().invoke(app, ["replay", "made", *source, *options])
    assert isinstance(result.exception, LangstreckeError)
    assert words in str(result.exception)


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "laps.parquet"
    laps().write_parquet(path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(app, ["replay", "made", "--laps", str(path), "--port", port])
    assert "cannot listen on 127.0.0.1" in str(result.exception)


def test_a_feed_that_does_not_answer_is_told_of_before_its_first_message() -> None:
    from langstrecke.services.follow import follow_race
    from langstrecke.services.requests.follow import FollowRaceAsk

    heard: list[str] = []

    def told(text: str) -> None:
        heard.append(text)
        raise KeyboardInterrupt

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: it refuses
        ask = FollowRaceAsk(source=f"ws://127.0.0.1:{taken.getsockname()[1]}/feed")
        with pytest.raises(KeyboardInterrupt):
            follow_race(ask, told=told)
    assert heard[0].startswith("no connection to the feed")
