"""Recordings of Timing71: read, written, broken; and the board that makes laps of tables."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from following import live_samples
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.live import FeedState, timing_table
from langstrecke.live.messages import read_message, write_message
from langstrecke.live.sources.board import Board, BoardRow
from langstrecke.live.sources.ledger import Ledger, restored
from langstrecke.live.sources.replay import Recording
from langstrecke.live.sources.timing71 import read_timing71
from langstrecke.live.sources.timing71_write import write_timing71
from race_maker import make_race

START = 1_780_000_000.0


def state_of(recording: Recording) -> FeedState:
    state = FeedState()
    state.apply(recording.hello)
    for seq in range(1, len(recording) + 1):
        state.apply(read_message(write_message(recording.message(seq))))
    return state


def ledger_state(ledger: Ledger) -> FeedState:
    state = FeedState()
    for message in (ledger.hello, *ledger.messages):
        state.apply(message)
    return state


def made(**how: Any) -> FeedState:
    how = {"cars": 6, "length_s": 1500.0, "stint_laps": 5, "periods": [(400.0, 600.0, "fcy")]} | how
    return state_of(Recording(make_race(**how), race_id="made", duration_s=how["length_s"]))


def rewritten(source: Path, target: Path, change: Any) -> Path:
    """The archive with each file as `change(name, text)` gives it; None leaves it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            text = change(name, old.read(name).decode())
            if text is not None:
                new.writestr(name, text)
    return target


KEPT = ["car", "car_class", "lap", "driver", "lap_time_s", "elapsed_s", "in_pit", "team", "manufacturer"]


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), cars=st.integers(1, 9), stint=st.integers(2, 9))
def test_a_race_comes_out_of_its_recording_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, seed: int, cars: int, stint: int
) -> None:
    state = made(seed=seed, cars=cars, stint_laps=stint)
    place = tmp_path_factory.mktemp("kept") / "race.zip"
    assert write_timing71(state, place, start=START) == state.laps().height
    again = state_of(read_timing71(place))
    assert again.laps().select(KEPT).equals(state.laps().select(KEPT))
    assert [change.flag for change in again.flags] == [change.flag for change in state.flags]
    assert again.finished
    stops = state.laps().filter(pl.col("pit_time_s").is_not_null())
    told = again.laps().join(stops, on=["car", "lap"], how="semi")
    assert (told["pit_time_s"] - stops["pit_time_s"]).abs().max() in (None, pytest.approx(0.0, abs=2.0))
    before, after = timing_table(state), timing_table(again)
    assert [(row.car, row.laps, row.stops) for row in after.rows] == [(r.car, r.laps, r.stops) for r in before.rows]
    assert not any(row.uncertain for row in after.rows)


def test_torn_frames_leave_marked_holes_not_guesses(tmp_path: Path) -> None:
    state = made()
    write_timing71(state, tmp_path / "whole.zip", start=START)

    def tear(name: str, text: str) -> str:
        lost = name[0].isdigit() and START + 300 < int(name[:11]) < START + 540
        return text[: len(text) // 2] if lost else text

    torn = state_of(read_timing71(rewritten(tmp_path / "whole.zip", tmp_path / "torn.zip", tear)))
    told = torn.laps().select("car", "lap", "lap_time_s", "elapsed_s")
    assert told.join(state.laps(), on=["car", "lap", "lap_time_s", "elapsed_s"], how="anti").is_empty()
    lost = {(r["car"], r["lap"]) for r in state.laps().iter_rows(named=True)} - set(told.select("car", "lap").rows())
    assert lost == {(car, lap) for car, laps in torn.holes().items() for lap in laps}
    marked = {row.car for row in timing_table(torn).rows if row.uncertain}
    assert marked == {car for car, _ in lost}
    assert lost


def test_repeated_frames_change_nothing(tmp_path: Path) -> None:
    state = made()
    write_timing71(state, tmp_path / "whole.zip", start=START)
    with zipfile.ZipFile(tmp_path / "whole.zip") as old, zipfile.ZipFile(tmp_path / "twice.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
            if name[0].isdigit() and not name.endswith("i.json"):
                new.writestr(f"{int(name[:11]) + 1:011d}.json", old.read(name)) if (
                    f"{int(name[:11]) + 1:011d}.json" not in old.namelist()
                    and f"{int(name[:11]) + 1:011d}i.json" not in old.namelist()
                ) else None
    assert state_of(read_timing71(tmp_path / "twice.zip")).laps().select(KEPT).equals(state.laps().select(KEPT))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("cut.zip", b"PK\x03\x04 cut off", "no whole .zip archive"),
        ("empty.zip", None, "manifest.json is missing"),
        ("missing.zip", b"", "no such file"),
    ],
)
def test_what_is_no_recording_is_said_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    place = tmp_path / name
    if content is None:
        zipfile.ZipFile(place, "w").close()
    elif content:
        place.write_bytes(content)
    with pytest.raises(LangstreckeError, match=says):
        read_timing71(place)
    told = CliRunner().invoke(app, ["follow", str(place)])
    assert isinstance(told.exception, LangstreckeError)


def test_a_recording_without_laps_or_number_says_which_columns_it_has(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"colSpec": [["Pos", "text"], ["Laps", "numeric"]]}))
    with pytest.raises(LangstreckeError, match=r"no column 'Num'; its columns: Pos, Laps"):
        read_timing71(tmp_path / "odd.zip")


def test_a_recording_that_breaks_off_is_not_told_to_be_over(tmp_path: Path) -> None:
    state = made()
    write_timing71(state, tmp_path / "whole.zip", start=START)
    half = rewritten(
        tmp_path / "whole.zip",
        tmp_path / "half.zip",
        lambda name, text: text if name == "manifest.json" or int(name[:11]) < START + 700 else None,
    )
    told = CliRunner().invoke(app, ["follow", str(half), "--until-end", "--json"])
    answer = json.loads(told.stdout)
    assert not answer["finished"]
    assert answer["laps"] == state.laps().filter(pl.col("elapsed_s") <= 699.0).height


def test_follow_tells_the_table_and_the_count_and_keeps_the_race(tmp_path: Path) -> None:
    state = made()
    write_timing71(state, tmp_path / "whole.zip", start=START)
    args = ["follow", str(tmp_path / "whole.zip"), "--until-end", "--json"]
    answer = json.loads(CliRunner().invoke(app, [*args, "--record", str(tmp_path / "kept.zip")]).stdout)
    assert answer["laps"] == state.laps().height
    assert [row["car"] for row in answer["table"]] == [row.car for row in timing_table(state).rows]
    assert answer["recording"] == str(tmp_path / "kept.zip")
    kept = state_of(read_timing71(tmp_path / "kept.zip"))
    assert kept.laps().select(KEPT).equals(state.laps().select(KEPT))
    (tmp_path / "other.zip").write_bytes(b"somebody's")
    refused = CliRunner().invoke(app, [*args, "--record", str(tmp_path / "other.zip")])
    assert isinstance(refused.exception, LangstreckeError)
    assert (tmp_path / "other.zip").read_bytes() == b"somebody's"


@pytest.mark.data
def test_detroit_equals_a_count_that_shares_nothing_with_the_reader(data: Path) -> None:
    path = data / "samples" / "timing71" / "detroit-2026-race.zip"
    counting = live_samples()
    own, state = counting.count_timing71(path), state_of(read_timing71(path))
    table = timing_table(state)
    assert [(row.car, row.laps) for row in table.rows] == own["order"]
    assert state.laps().height == own["laps"] == 1688
    assert not state.holes()
    assert len(state.flags) == len(own["flags"]) == 8
    assert not any(row.uncertain for row in table.rows)


# --- the board -----------------------------------------------------------------------------------------------


def row(car: str, laps: int, last: float | None = None, **more: Any) -> BoardRow:
    return BoardRow(car=car, laps=laps, car_class="GT3", last_lap_s=last, **more)


def board(slack_s: float = 4.0) -> tuple[Board, Ledger]:
    ledger = Ledger("made")
    return Board(ledger, slack_s=slack_s), ledger


def test_lap_times_are_summed_where_they_fit_and_the_clock_counts_where_they_do_not() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(101.5, [row("7", 1, 100.0)])
    looks.look(202.0, [row("7", 2, 100.5)])
    looks.look(400.0, [row("7", 3, 100.0)])
    state = ledger_state(ledger)
    assert state.laps()["elapsed_s"].to_list() == [100.0, 200.5, 400.0]
    assert [state.estimated("7", lap) for lap in (1, 2, 3)] == [False, False, True]
    assert "estimated" in timing_table(state).row("7").why


def test_an_old_page_among_newer_ones_takes_nothing_back_but_a_lasting_one_does() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    for lap in (1, 2, 3):
        looks.look(100.0 * lap, [row("7", lap, 100.0 + lap / 10)])
    looks.look(301.0, [row("7", 2, 100.2)])
    looks.look(302.0, [row("7", 3, 100.3)])
    assert ledger_state(ledger).laps().height == 3
    looks.look(303.0, [row("7", 2, 100.2)])
    looks.look(304.0, [row("7", 2, 100.2)])
    state = ledger_state(ledger)
    assert state.laps()["lap"].to_list() == [1, 2]
    assert not state.holes()


def test_a_lap_put_right_is_a_revision() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(100.0, [row("7", 1, 100.0)])
    looks.look(103.0, [row("7", 1, 99.8)])
    laps = ledger_state(ledger).laps()
    assert laps.select("lap_time_s", "elapsed_s").rows() == [(99.8, 99.8)]


def test_a_lap_time_still_the_old_one_is_waited_for() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(100.0, [row("7", 1, 100.0)])
    looks.look(199.0, [row("7", 2, 100.0)])
    assert ledger_state(ledger).laps().height == 1
    looks.look(200.0, [row("7", 2, 98.5)])
    looks.look(299.0, [row("7", 3, 98.5)])
    looks.look(310.0, [row("7", 3, 98.5)])
    assert ledger_state(ledger).laps()["elapsed_s"].to_list() == [100.0, 198.5, 297.0]


def test_a_lap_nobody_saw_stays_a_hole() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(100.0, [row("7", 1, 100.0)])
    looks.look(300.0, [row("7", 3, 100.4)])
    state = ledger_state(ledger)
    assert state.holes() == {"7": (2,)}
    assert timing_table(state).row("7").uncertain


def test_a_stop_marks_the_in_lap_and_stands_on_the_out_lap() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(100.0, [row("7", 1, 100.0)])
    looks.look(195.0, [row("7", 1, 100.0, in_pit=True)])
    assert timing_table(ledger_state(ledger)).row("7").in_pit
    looks.look(202.0, [row("7", 2, 102.0, in_pit=True)])
    looks.look(255.0, [row("7", 2, 102.0)])
    looks.look(360.0, [row("7", 3, 158.0)])
    state = ledger_state(ledger)
    assert state.laps()["in_pit"].to_list() == [False, True, False]
    assert state.laps()["pit_time_s"].to_list() == [None, None, 60.0]
    assert not timing_table(state).row("7").in_pit


def test_a_number_written_otherwise_is_the_same_car_only_where_that_is_gone() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("07", 0, team="A"), row("8", 0, team="B"), row("008", 0, team="C")])
    looks.look(100.0, [row("#7 ", 1, 100.0, team="A"), row("8", 1, 100.2, team="B"), row("008", 1, 100.4, team="C")])
    assert sorted(ledger_state(ledger).cars) == ["008", "07", "8"]
    assert len(ledger.hello.entries) == 3


def test_a_ledger_goes_on_from_its_log_and_tells_nothing_twice() -> None:
    looks, ledger = board()
    looks.look(0.0, [row("7", 0)])
    looks.look(100.0, [row("7", 1, 100.0)])
    ledger.flag(0.0, "green")
    ledger.control(50.0, "CAR 7 UNDER INVESTIGATION")
    ledger.weather(60.0, air_c=20.0)
    log = [read_message(write_message(message)) for message in (ledger.hello, *ledger.messages)]
    again = restored(log)
    assert again is not None
    assert again.hello.feed == ledger.hello.feed
    before = len(again.messages)
    again.flag(0.0, "green")
    again.control(50.0, "CAR 7 UNDER INVESTIGATION")
    again.weather(61.0, air_c=20.0)
    second = Board(again, slack_s=4.0)
    second.look(150.0, [row("7", 1, 100.0)])
    assert len(again.messages) == before
    second.look(201.0, [row("7", 2, 100.0)])
    second.look(210.0, [row("7", 2, 100.0)])
    assert ledger_state(again).laps()["elapsed_s"].to_list() == [100.0, 200.0]
