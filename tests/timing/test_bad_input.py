"""Bad files: one clear error naming file and line, or a row dropped and counted; never a traceback."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import langstrecke
import timing_files as tf
from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, dossier

GOOD = tf.plain_race({"01": ("DPi", 110.0), "1": ("GTD", 120.0)}, 6)


def read(path: Path) -> tuple[pl.DataFrame, list[Notice]]:
    notices: list[Notice] = []
    return alkamel.read_laps(path, notices=notices), notices


def refused(path: Path) -> str:
    with pytest.raises(TimingFileError) as caught:
        langstrecke.load(path)
    assert path.name in caught.value.message()
    return caught.value.message()


def test_missing_folder_empty_binary_and_foreign_files(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "nothing.csv")
    assert "is a folder" in refused(tmp_path)
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"\xef\xbb\xbf\n")
    assert "is empty" in refused(empty)
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"NUMBER,LAP\n\x00\x01\x02")
    assert "line 2: is binary" in refused(binary)
    latin = tmp_path / "latin.csv"
    latin.write_bytes(tf.IMSA_HEADER.encode() + b"\n" + tf.lap_row(driver="S\u00e9b").encode("latin-1"))
    loaded = langstrecke.load(latin)
    assert loaded.table["driver"].to_list() == ["S\u00e9b"]
    assert "Windows-1252" in str(loaded.notices[0])
    wide = tmp_path / "wide.csv"
    wide.write_bytes("NUMBER, LAP".encode("utf-16")[:-1])
    assert "UTF-16" in refused(wide)
    page = tmp_path / "page.csv"
    page.write_text("<!DOCTYPE html><html><body>404</body></html>")
    assert "is a web page" in refused(page)
    printed = tmp_path / "printed.csv"
    printed.write_bytes(b"%PDF-1.7\n%\xe2\xe3")
    assert "is a PDF" in refused(printed)
    prose = tmp_path / "prose.csv"
    prose.write_text("Dear Sir or Madam\nthe race was long\n")
    assert "no timing file we know" in refused(prose)
    other = tmp_path / "other.csv"
    other.write_text("a,b,c\n1,2,3\n")
    assert "line 1" in refused(other)


def test_a_header_without_rows_and_without_needed_columns(tmp_path: Path) -> None:
    assert "has a header but no rows" in refused(tf.imsa_laps(tmp_path / "a.csv", []))
    header = tf.IMSA_HEADER.replace(" LAP_TIME,", "")
    path = tf.write_file(tmp_path / "b.csv", header, ["1,2,3"])
    with pytest.raises(TimingFileError, match=r"b\.csv, line 1: not a lap file: the header lacks LAP_TIME"):
        alkamel.read_laps(path)
    results = tf.write_file(tmp_path / "r.csv", tf.RESULT_HEADER, tf.RESULT_ROWS)
    with pytest.raises(TimingFileError, match="not a lap file"):
        alkamel.read_laps(results)


@pytest.mark.parametrize("keep", [5, 60, -2])
def test_a_cut_file_loses_its_last_line_and_says_so(tmp_path: Path, keep: int) -> None:
    path = tf.imsa_laps(tmp_path / "a.csv", GOOD)
    lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    path.write_bytes(b"\n".join([*lines[:-1], lines[-1][:keep]]))
    laps, notices = read(path)
    assert laps.height == len(GOOD) - 1
    assert notices == [Notice("line cut off at the end of the file dropped", 1, len(GOOD) + 1)]


def test_a_whole_last_line_without_line_break_is_kept(tmp_path: Path) -> None:
    path = tf.imsa_laps(tmp_path / "a.csv", GOOD)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    laps, notices = read(path)
    assert laps.height == len(GOOD)
    assert notices == []


@pytest.mark.parametrize("time", ["1:72.000", "", "0.000", "-1:50.000", "abc", "1.50.000", "99:99:99.999"])
def test_an_impossible_lap_time_is_dropped_and_counted(tmp_path: Path, time: str) -> None:
    row = tf.lap_row(lap=3)
    bad = row.replace(tf.clock(110.0), time, 1)
    laps, notices = read(
        tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(lap=1), tf.lap_row(lap=2), bad, tf.lap_row(lap=4)])
    )
    assert laps["lap"].to_list() == [1, 2, 4]
    assert Notice("row dropped with an impossible lap time", 1, 4) in notices


def test_a_lap_time_that_stands_alone_is_dropped(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap) for lap in range(1, 6)]
    rows[2] = rows[2].replace("1:50.000", "9:50.000", 1)
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["lap"].to_list() == [1, 2, 4, 5]
    assert notices[0] == Notice("lap dropped whose time fits neither elapsed time nor sectors", 1, 4)


def test_an_elapsed_time_that_stands_alone_is_dropped(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, elapsed=399.0 if lap == 3 else lap * 110.0) for lap in range(1, 6)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["lap"].to_list() == [1, 2, 4, 5]
    assert "elapsed time fits neither" in notices[0].what


def test_elapsed_running_backwards_costs_the_fewest_rows(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, elapsed=9000.0 if lap == 2 else lap * 110.0) for lap in range(1, 8)]
    laps, _ = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["lap"].to_list() == [1, 3, 4, 5, 6, 7]
    assert laps["elapsed_s"].is_sorted()


def test_of_two_rows_for_one_lap_the_fitting_one_stays(tmp_path: Path) -> None:
    stray = tf.lap_row(lap=3, seconds=95.0, elapsed=1234.0, driver="Some One")
    rows = [*(tf.lap_row(lap=lap) for lap in (1, 2)), stray, *(tf.lap_row(lap=lap) for lap in (3, 4, 5))]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["driver"].unique().to_list() == ["Jan Magnussen"]
    assert notices == [Notice("duplicate lap dropped", 1, 4)]


def test_sectors_that_do_not_add_up_are_left_out(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, sectors=("36.7", "36.7", "46.7") if lap == 2 else None) for lap in (1, 2, 3)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["s1_s"].to_list()[1] is None
    assert laps["lap_time_s"].to_list() == [110.0] * 3
    assert notices[0].line == 3


def test_impossible_car_lap_class_speed_and_mark(tmp_path: Path) -> None:
    rows = [
        tf.lap_row(lap=1),
        tf.lap_row(lap=2, pit="?"),
        tf.lap_row(lap=3).replace("196.7", "1967.0"),
        tf.lap_row(car="", lap=4),
        tf.lap_row(lap=4, car_class=""),
        tf.lap_row(lap=5).replace(",5,", ",-5,", 1),
        tf.lap_row(car="x?", lap=1),
        tf.lap_row(car="77", lap=1, car_class=""),
    ]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps.select("car", "lap").rows() == [("01", 1), ("01", 2), ("01", 3), ("01", 4)]
    assert laps["kph"].to_list() == [196.7, 196.7, None, 196.7]
    assert laps["in_pit"].to_list() == [False] * 4
    assert sum(notice.count for notice in notices) >= 6


def test_a_file_of_which_nothing_is_left_is_an_error(tmp_path: Path) -> None:
    path = tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(lap=1).replace("1:50.000", "x", 1)])
    assert "a.csv, line 2: holds no lap that can be read" in refused(path)


def test_missing_laps_are_told(tmp_path: Path) -> None:
    _, notices = read(tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(lap=lap) for lap in (1, 2, 5)]))
    assert notices == [Notice("place where laps of a car are missing", 1, 4)]


def test_broken_entry_lists(tmp_path: Path) -> None:
    path = tmp_path / "fuji_6h.json"
    for text in ("{", "[]", "{}", '{"startingGrid": {"entries": []}, "name": "x", "season": 1}', "[" * 100_000):
        path.write_text(text)
        refused(path)
    path.write_text(json.dumps({"name": "x", "season": 2024, "startingGrid": {"entries": [{"position": 1}]}}))
    assert "is not an entry list" in refused(path)


GOOD_FILES = {
    "laps": (tf.IMSA_HEADER, GOOD[:8]),
    "results": (tf.RESULT_HEADER, tf.RESULT_ROWS),
    "weather": (tf.WEATHER_HEADER, tf.WEATHER_ROWS),
    "wec": (tf.WEC_HEADER, tf.plain_race({"7": ("LMP1", 99.5)}, 5, sep=";")),
    "dossier": (
        tf.DOSSIER_HEADER,
        ["1;1;1;3:30.000;B;30.000;1:30.000;1:30.000;300.1;3:30.000;15:03:30.000;A B;LMP1;T;Toyota"],
    ),
    "pits": (tf.PITS_HEADER, ["1;1;15:04:20.024;A. B;15:05:26.151;A. B;1:06.127;1:06.127"]),
}


def _bytes(kind: str) -> bytes:
    header, rows = GOOD_FILES[kind]
    return (tf.BOM + "\n".join([header, *rows]) + "\n").encode()


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good file with some bytes replaced, removed or put in."""
    kind = draw(st.sampled_from(sorted(GOOD_FILES)))
    content = bytearray(_bytes(kind))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, max(len(content) - 1, 0)))
        how = draw(st.sampled_from(["replace", "remove", "insert", "cut", "double"]))
        if how == "replace" and content:
            content[place] = draw(st.integers(0, 255))
        elif how == "remove":
            del content[place : place + draw(st.integers(1, 40))]
        elif how == "insert":
            content[place:place] = draw(st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b",", b"\n", b":"])))
        elif how == "cut":
            del content[place:]
        else:
            content[place:place] = content[place : place + 120]
    return kind, bytes(content)


@settings(max_examples=250)
@given(case=mutated())
def test_mutated_files_give_a_table_or_a_timing_file_error(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[str, bytes]
) -> None:
    path = tmp_path_factory.mktemp("fuzz", numbered=True) / "lemans_2018_laps.csv"
    path.write_bytes(case[1])
    loaded = attempt(path)
    if isinstance(loaded, TimingFileError):
        assert path.name in loaded.message()
    elif loaded.kind == "laps":
        laps = loaded.table
        assert laps.height > 0
        assert laps.select("car", "lap").is_unique().all()
        assert laps.select((pl.col("elapsed_s").diff().over("car") > 0).fill_null(True).all()).item()
        assert laps["lap_time_s"].min() > 0  # type: ignore[operator]


def attempt(path: Path) -> langstrecke.TimingFile | TimingFileError:
    try:
        return langstrecke.load(path)
    except TimingFileError as error:
        return error


@settings(max_examples=60)
@given(content=st.one_of(st.binary(max_size=400), st.text(max_size=400).map(str.encode)))
def test_rubbish_is_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("rubbish", numbered=True) / "x.csv"
    path.write_bytes(content)
    for reader in (
        langstrecke.load,
        alkamel.read_laps,
        alkamel.read_results,
        alkamel.read_weather,
        dossier.read_pits,
    ):
        with pytest.raises(TimingFileError):
            reader(path)
