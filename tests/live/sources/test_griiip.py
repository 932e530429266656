"""The Griiip service: rows as they really come, a local service with faults, a stream, and the real samples."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from following import follow_until, live_samples
from griiip_server import GriiipRace, griiip_service
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.griiip import GriiipReader, crossings
from langstrecke.live.sources.griiip_link import GriiipLink
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.service_feed import NothingRunsError, ServiceFeed
from langstrecke.live.sources.services import load_services
from langstrecke.services.follow import follow_race, open_race
from langstrecke.services.requests.common import FROM_SHELL
from langstrecke.services.requests.follow import FollowRaceAsk
from race_maker import make_race

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

KEPT = ["car", "car_class", "lap", "lap_time_s", "elapsed_s", "in_pit", "pit_time_s"]


def made() -> pl.DataFrame:
    return make_race(cars=6, length_s=1500.0, stint_laps=5, periods=[(400.0, 600.0, "fcy")])


def ask(table: Path, **more: Any) -> FollowRaceAsk:
    return FollowRaceAsk.model_validate({"source": "wec", "services": table} | more, context=FROM_SHELL)


@pytest.fixture(autouse=True)
def no_raw_frames_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("langstrecke.live.sources.web_json.frames_folder", lambda: tmp_path / "frames")


@pytest.mark.parametrize("stream", [True, False])
def test_a_race_is_followed_to_its_end_and_comes_out_as_it_was(tmp_path: Path, stream: bool) -> None:
    race = GriiipRace(made(), restamped=True, stream=stream)
    with griiip_service(race, tmp_path) as table:
        answer = follow_race(ask(table, record=tmp_path / "kept.zip", stream=stream))
    assert answer.finished
    assert answer.laps == race.laps.height
    assert not answer.laps_missing
    assert answer.uncertain == 0
    assert answer.weather is not None
    assert [message["text"] for message in answer.control] == ["CAR 1 UNDER INVESTIGATION"]
    order = race.laps.group_by("car").agg(pl.col("lap").max(), pl.col("elapsed_s").max())
    order = order.sort(["lap", "elapsed_s"], descending=[True, False])
    assert [(row["car"], row["laps"]) for row in answer.table] == order.select("car", "lap").rows()
    assert (tmp_path / "kept.zip").exists()


def test_laps_come_out_as_they_were_whatever_the_rows_look_like(tmp_path: Path) -> None:
    race = GriiipRace(made(), restamped=True, stream=False)
    ledger = Ledger("made")
    reader = GriiipReader(ledger)
    for channel in ("session-info", "participants", "race-flags", "laps", "pit-in", "pit-out", "laps"):
        reader.take(channel, race.rows(channel))
    state = FeedState()
    for message in (ledger.hello, *ledger.messages):
        state.apply(message)
    told, own = (frame.sort("car", "lap").select(KEPT) for frame in (state.laps(), race.laps))
    assert told.drop("elapsed_s").equals(own.drop("elapsed_s"))
    assert (told["elapsed_s"] - own["elapsed_s"]).abs().max() < 0.02
    assert reader.unreadable == 0


def test_failures_torn_answers_and_a_broken_stream_leave_the_table_right(tmp_path: Path) -> None:
    race = GriiipRace(made(), upto_s=500.0, fail=3, torn=2, drop_stream_after=3)
    with griiip_service(race, tmp_path) as table:
        following = open_race(ask(table))
        seen: list[str] = []

        def done(state: FeedState) -> bool:
            seen.append(following.trouble)
            if state.cars and race.upto_s == 500.0:
                race.upto_s = float("inf")
            return state.finished

        asyncio.run(follow_until(following, done))
    assert following.state.laps().height == race.laps.height
    assert not any(row.uncertain for row in following.table().rows)
    assert any("in trouble (500)" in text for text in seen)
    assert any("no JSON" in text and "kept in" in text for text in seen)
    assert list((tmp_path / "frames").glob("*.txt"))


def test_a_race_joined_late_marks_what_it_does_not_know(tmp_path: Path) -> None:
    race = GriiipRace(made(), history=3, stream=False, upto_s=1000.0)
    with griiip_service(race, tmp_path) as table:
        following = open_race(ask(table))
        asyncio.run(follow_until(following, lambda state: len(state.cars) == 6 and state.weather is not None))
    rows = following.table().rows
    laps = race.laps.filter(pl.col("elapsed_s") <= 1000.0).group_by("car").agg(pl.col("lap").max())
    assert {row.car: row.laps for row in rows} == dict(laps.rows())
    assert all(row.uncertain and "missing" in row.why for row in rows)


def test_a_killed_follower_goes_on_where_it_was(tmp_path: Path) -> None:
    race = GriiipRace(made(), upto_s=700.0, stream=False)
    wanted = ask(tmp_path / "services.toml", record=tmp_path / "kept.zip")
    with griiip_service(race, tmp_path):
        first = open_race(wanted)
        so_far = race.laps.filter(pl.col("elapsed_s") <= 700.0).height
        asyncio.run(follow_until(first, lambda state: state.laps().height >= so_far))
        feed = first.state.hello.feed if first.state.hello is not None else ""
        assert first.log is not None  # not closed: it was killed
        with (tmp_path / "kept.zip.messages.jsonl").open("ab") as log:
            log.write(b'{"kind":"lap","seq":99')
        race.upto_s, race.history = float("inf"), 12
        answer = follow_race(wanted)
        again = open_race(wanted)
    assert again.state.hello is not None
    assert again.state.hello.feed == feed
    assert (answer.laps, answer.laps_missing, answer.uncertain) == (race.laps.height, 0, 0)


@pytest.mark.parametrize("history", [15, 2])
def test_a_source_silent_for_ten_minutes_is_caught_up_with_or_marked(tmp_path: Path, history: int) -> None:
    race = GriiipRace(made(), upto_s=400.0, stream=False)
    so_far = race.laps.filter(pl.col("elapsed_s") <= 400.0).height
    with griiip_service(race, tmp_path) as table:
        following = open_race(ask(table, stream=False))

        def done(state: FeedState) -> bool:
            if race.upto_s == 400.0 and state.laps().height >= so_far:
                race.upto_s, race.history = 1000.0, history
            elif race.upto_s == 1000.0 and state.race_s >= 1000.0:
                race.upto_s = float("inf")
            return state.finished

        asyncio.run(follow_until(following, done))
    rows, holes = following.table().rows, following.state.holes()
    assert {row.car: row.laps for row in rows} == dict(race.laps.group_by("car").agg(pl.col("lap").max()).rows())
    assert bool(holes) == (history == 2)
    assert {row.car for row in rows if row.uncertain} >= set(holes)
    assert following.state.laps().height == race.laps.height or holes
    if not holes:
        assert not any(row.uncertain for row in rows)


def test_silence_is_told(tmp_path: Path) -> None:
    now = [0.0]

    async def listen(feed: ServiceFeed) -> str:
        async for _ in feed.messages():
            if feed.published >= len(feed.ledger.messages) > 0:
                assert feed.trouble == ""
                now[0] = 600.0
                return feed.trouble
        return ""

    with griiip_service(GriiipRace(made(), upto_s=400.0, stream=False), tmp_path) as table:
        name, series, service = load_services(table).series_named("wec")
        feed = ServiceFeed(GriiipLink(name, series, service, stream=False), first_pause_s=0.02, clock=lambda: now[0])
        assert "told nothing new for 10 min: the table is as it was then" in asyncio.run(listen(feed))


def test_a_car_whose_number_is_written_otherwise_stays_one_car(tmp_path: Path) -> None:
    race = GriiipRace(made(), upto_s=700.0, stream=False)
    cars = set(race.pids)
    with griiip_service(race, tmp_path) as table:
        following = open_race(ask(table))

        def done(state: FeedState) -> bool:
            if len(state.cars) == 6 and not race.number_of:
                race.number_of = {"02": "2", "04": "#4"}
                race.upto_s = float("inf")
            return state.finished

        asyncio.run(follow_until(following, done))
    assert set(following.state.cars) == cars
    assert following.state.laps().height == race.laps.height


def test_what_the_service_says_otherwise_is_told_in_a_sentence(tmp_path: Path) -> None:
    race = GriiipRace(made(), stream=False)
    race.odd["laps"] = [{"round": 1, "time": 99}]
    with griiip_service(race, tmp_path) as table:
        following = open_race(ask(table))
        asyncio.run(follow_until(following, lambda state: bool(following.trouble)))
        assert "not as they were" in following.trouble
        assert list((tmp_path / "frames").glob("*.txt"))
        race.odd = {"schedule": {"sessions": []}}
        other = open_race(ask(table))
        asyncio.run(follow_until(other, lambda state: bool(other.trouble)))
        assert "is no list of sessions" in other.trouble
        race.odd, race.series = {}, 159
        with pytest.raises(NothingRunsError, match=r"no session of wec runs now .* what runs: FIA World"):
            follow_race(ask(table))


def test_an_unknown_flag_is_told_and_not_guessed() -> None:
    ledger = Ledger("made")
    reader = GriiipReader(ledger)
    reader.take(
        "race-flags", [{"flag": "Green", "elapsedTimeMillis": 0}, {"flag": "Plaid", "elapsedTimeMillis": 9000}]
    )
    assert "Plaid" in reader.note
    assert [message.kind for message in ledger.messages] == ["flag"]


@settings(max_examples=40)
@given(
    times=st.lists(st.integers(60_000, 400_000), min_size=2, max_size=30),
    late=st.data(),
)
def test_rows_stamped_anew_do_not_move_a_crossing(times: list[int], late: st.DataObject) -> None:
    ends, total = {}, 5000
    for lap, millis in enumerate(times, 1):
        total += millis
        ends[lap] = total / 1000.0
    right = late.draw(st.integers(1, len(times)))
    stamps = {
        lap: (
            times[lap - 1] / 1000.0,
            end + (0.0 if lap == right else late.draw(st.sampled_from([0.0, 90.0, 2000.0]))),
        )
        for lap, end in ends.items()
    }
    found = crossings(stamps)
    assert {lap: pytest.approx(end, abs=0.002) for lap, end in ends.items()} == {k: v for k, (v, _) in found.items()}


def test_a_name_that_is_no_series_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="series: wec, elms"):
        load_services().series_named("wek")
    table = tmp_path / "own.toml"
    table.write_text('[series.wec]\nservice = "nobody"\n')
    with pytest.raises(LangstreckeError, match="there is no service 'nobody'"):
        load_services(table)


@pytest.mark.data
def test_le_mans_2026_equals_a_count_that_shares_nothing_with_the_reader(data: Path) -> None:
    folder = data / "samples" / "griiip"
    counting = live_samples()
    own = counting.count_griiip(folder)
    ledger = Ledger("le-mans")
    reader = GriiipReader(ledger)
    for channel in ("session-info", "session-clock", "participants", "race-flags", "laps", "pit-in", "pit-out"):
        reader.take(channel, json.loads((folder / f"live_{channel}.json").read_text()))
    state = FeedState()
    for message in (ledger.hello, *ledger.messages):
        state.apply(message)
    assert [(row.car, row.laps) for row in timing_table(state).rows] == own["order"]
    assert len(own["order"]) == 62
    assert state.laps().height == own["laps"] == 930
    assert reader.unreadable == 0
    assert not reader.note


@pytest.mark.data
def test_a_capture_with_a_torn_last_line_is_read_to_the_end(data: Path) -> None:
    ledger = Ledger("capture")
    reader = GriiipReader(ledger)
    torn = 0
    with gzip.open(data / "samples" / "griiip" / "wec_capture_sample.jsonl.gz", "rt") as lines:
        for line in lines:
            try:
                frame = json.loads(line)
            except ValueError:
                torn += 1
                continue
            reader.take(frame["channel"], frame["data"])
    assert torn == 1
    assert len(ledger.cars) == 23
    assert ledger.row("18", 38) is not None
    kinds = {message.kind for message in ledger.messages}
    assert {"lap", "flag", "weather"} <= kinds
