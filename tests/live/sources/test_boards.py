"""Swiss Timing, NLS, IMSA's scoring files and RMonitor: made races over local services, with faults."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from board_services import MadeBoard, board_service, imsa_app, nls_app, rmonitor_service, swiss_app
from following import follow_until, live_samples
from langstrecke.errors import LangstreckeError
from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.board_race import BoardRace, hours_in
from langstrecke.live.sources.nls import NlsReader
from langstrecke.live.sources.rmonitor import RMonitorReader
from langstrecke.live.sources.rmonitor import rmonitor_service as service_at
from langstrecke.live.sources.service_feed import NothingRunsError
from langstrecke.live.sources.swiss_timing import SwissReader
from langstrecke.services.follow import follow_race, open_race
from langstrecke.services.requests.common import FROM_SHELL
from langstrecke.services.requests.follow import FollowRaceAsk
from race_maker import make_race

pytest.importorskip("uvicorn")
pytest.importorskip("httpx2")

KINDS = ("swiss", "nls", "imsa", "rmonitor")
SERIES = {"swiss": "sro", "nls": "nls", "imsa": "imsa-scoring"}
LENGTH_S = 1500.0


@pytest.fixture(autouse=True)
def no_raw_frames_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("langstrecke.live.sources.web_json.frames_folder", lambda: tmp_path / "frames")


def made(**more: Any) -> MadeBoard:
    more = {"step_s": 3.0} | more
    laps = make_race(cars=6, length_s=LENGTH_S, stint_laps=5, periods=[(400.0, 600.0, "fcy")])
    return MadeBoard(laps, LENGTH_S, **more)


@contextmanager
def asking(kind: str, board: MadeBoard, folder: Path, **more: Any) -> Iterator[FollowRaceAsk]:
    """The service running, and what follows it."""
    if kind == "rmonitor":
        with rmonitor_service(board) as address:
            yield FollowRaceAsk.model_validate({"source": address} | more, context=FROM_SHELL)
        return
    app = {"swiss": swiss_app, "nls": nls_app, "imsa": imsa_app}[kind](board)
    with board_service(app, kind, folder) as table:
        asked = {"source": SERIES[kind], "services": table} | more
        yield FollowRaceAsk.model_validate(asked, context=FROM_SHELL)


def same_race(kind: str, board: MadeBoard, answer: Any) -> None:
    """The table is that of the race, lap for lap."""
    assert answer.finished
    assert (answer.laps, answer.laps_missing) == (board.laps.height, 0)
    order = board.laps.group_by("car").agg(pl.col("lap").max(), pl.col("elapsed_s").max(), pl.col("in_pit").sum())
    order = order.sort(["lap", "elapsed_s"], descending=[True, False])
    assert [(row["car"], row["laps"]) for row in answer.table] == order.select("car", "lap").rows()
    best = dict(board.laps.group_by("car").agg(pl.col("lap_time_s").min()).rows())
    assert {row["car"]: row["best_lap_s"] for row in answer.table} == pytest.approx(best, abs=0.002)
    if kind == "rmonitor":
        assert "pit stops" in answer.untold
    else:
        assert {row["car"]: row["stops"] for row in answer.table} == dict(order.select("car", "in_pit").rows())


@pytest.mark.parametrize("kind", KINDS)
def test_a_race_is_followed_to_its_end_and_comes_out_as_it_was(tmp_path: Path, kind: str) -> None:
    board = made()
    with asking(kind, board, tmp_path, record=tmp_path / "kept.zip") as ask:
        answer = follow_race(ask)
    same_race(kind, board, answer)
    assert answer.uncertain == 0
    assert (tmp_path / "kept.zip").exists()
    assert {row["car_class"] for row in answer.table} == {"DPi", "GTD"}
    flags = answer.flag_changes
    assert flags == (2 if kind == "swiss" else 4)  # Swiss Timing's word for a yellow was never seen


@pytest.mark.parametrize("kind", KINDS)
def test_failures_torn_and_old_pages_leave_the_table_right(tmp_path: Path, kind: str) -> None:
    board = made(fail=2, torn=3, old=4 if kind != "rmonitor" else 0)
    with asking(kind, board, tmp_path) as ask:
        answer = follow_race(ask)
    if kind == "rmonitor":  # a torn record of who somebody is: that competitor is not in the table
        board = MadeBoard(board.laps.filter(pl.col("car").is_in([row["car"] for row in answer.table])), LENGTH_S)
    same_race(kind, board, answer)
    assert list((tmp_path / "frames").glob("*.txt"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_follower_goes_on_where_it_was(tmp_path: Path, kind: str) -> None:
    board = made(stop_at_s=700.0)
    with asking(kind, board, tmp_path, record=tmp_path / "kept.zip") as ask:
        first = open_race(ask)
        so_far = board.laps.filter(pl.col("elapsed_s") <= 700.0).height
        asyncio.run(follow_until(first, lambda state: state.laps().height >= so_far))
        feed = first.state.hello.feed if first.state.hello is not None else ""
        assert first.log is not None  # not closed: it was killed
        with (tmp_path / "kept.zip.messages.jsonl").open("ab") as log:
            log.write(b'{"kind":"lap","seq":99')
        board.stop_at_s = float("inf")
        answer = follow_race(ask)
        again = open_race(ask)
    assert again.state.hello is not None
    assert again.state.hello.feed == feed
    same_race(kind, board, answer)


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_silent_for_ten_minutes_leaves_marked_rows(tmp_path: Path, kind: str) -> None:
    board = made(stop_at_s=400.0)
    with asking(kind, board, tmp_path) as ask:
        following = open_race(ask)
        so_far = board.laps.filter(pl.col("elapsed_s") <= 400.0).height

        def done(state: FeedState) -> bool:
            if board.at_s >= 400.0 and state.laps().height >= so_far and board.stop_at_s == 400.0:
                board.stop_at_s, board.at_s = float("inf"), 1000.0
            return state.finished

        asyncio.run(follow_until(following, done))
    table = following.table()
    driven = dict(board.laps.group_by("car").agg(pl.col("lap").max()).rows())
    assert {row.car: row.laps for row in table.rows} == driven
    holes = following.state.holes()
    assert holes
    assert all(row.uncertain and "missing" in row.why for row in table.rows if row.car in holes)


@pytest.mark.parametrize(
    ("kind", "odd"), [("swiss", {"Results": {"a": {"B": 1}}}), ("imsa", {"C": []}), ("nls", {"X": 1})]
)
def test_what_a_service_says_otherwise_is_told_in_a_sentence(tmp_path: Path, kind: str, odd: Any) -> None:
    board = made(odd=odd)
    with asking(kind, board, tmp_path) as ask:
        following = open_race(ask)
        asyncio.run(
            follow_until(following, lambda state: "changed" in following.trouble or "kept in" in following.trouble)
        )
    assert list((tmp_path / "frames").glob("*.txt"))


def test_an_event_that_does_not_run_is_told(tmp_path: Path) -> None:
    with board_service(nls_app(made()), "nls", tmp_path) as table:
        ask = FollowRaceAsk.model_validate({"source": "n24", "services": table}, context=FROM_SHELL)
        with pytest.raises(NothingRunsError, match="no event of n24 runs now"):
            follow_race(ask)


def test_a_flag_or_track_state_that_is_not_known_is_told_and_not_guessed() -> None:
    race = BoardRace("made", slack_s=5.0)
    reader = NlsReader(race, "nls", 1500.0)
    reader.take({"PID": "4", "TRACKSTATE": "7", "TIMESTATE": "0", "ENDTIME": "100000"})
    assert "'7'" in race.note
    club = RMonitorReader(race, "club")
    club.take('$F,14,"00:12:45","13:34:23","00:09:47","Purple"')
    assert "Purple" in race.note
    assert not [message for message in race.ledger.messages if message.kind == "flag"]


def test_lines_that_are_no_records_are_counted() -> None:
    reader = RMonitorReader(BoardRace("made", slack_s=3.0), "club")
    for line in ('$G,3,"1234BE', "rubbish", '$G,x,"1",2,"00:01:00.000"', '$J,"1"'):
        assert not reader.take(line)
    assert reader.unreadable == 4
    assert reader.take("")


@pytest.mark.parametrize("address", ["rmonitor://", "rmonitor://a b:1", "rmonitor://host:99999", "rmonitor://host/x"])
def test_an_address_of_rmonitor_is_host_and_port(address: str) -> None:
    with pytest.raises(LangstreckeError, match="no address of RMonitor"):
        service_at(address)


def test_the_length_of_a_race_is_read_off_its_name() -> None:
    assert hours_in("ROWE 6 Stunden Ruhr-Pokal") == 6 * 3600.0
    assert hours_in(None, "NLS 12h-Rennen") == 12 * 3600.0
    assert hours_in("Mobil 1 Twelve Hours", "#24 car") is None


@pytest.mark.data
def test_spa_2026_equals_a_count_that_shares_nothing_with_the_reader(data: Path) -> None:
    folder = data / "samples" / "swiss_timing"
    counting = live_samples()
    own = counting.count_swiss(folder)
    race = BoardRace("spa", slack_s=12.0)
    race.ledger.duration_s = 86_400.0
    pages = [json.loads((folder / f"swiss_{name}.json").read_text()) for name in ("comp_detail", "timing")]
    assert SwissReader(race).take(*pages)
    state = FeedState()
    for message in (race.ledger.hello, *race.ledger.messages):
        state.apply(message)
    rows = timing_table(state).rows
    assert [(row.car, row.laps) for row in rows] == own["order"]
    assert [row.position_in_class for row in rows] == own["places in class"]
    assert len(rows) == 69
    assert all(
        row.uncertain for row in rows if row.laps > 1
    )  # joined after twenty hours: who stopped when is not known
