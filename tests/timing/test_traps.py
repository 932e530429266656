"""Every trap the data README names, each with a small file that holds it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import langstrecke
import timing_files as tf
from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice, TimingWarning
from langstrecke.timing.readers import alkamel
from langstrecke.timing.schema import LAPS


def read(path: Path) -> tuple[pl.DataFrame, list[Notice]]:
    notices: list[Notice] = []
    return alkamel.read_laps(path, notices=notices), notices


def test_a_plain_file_gives_exactly_the_canonical_table(tmp_path: Path) -> None:
    path = tf.imsa_laps(tmp_path / "race-laps.csv", tf.plain_race({"01": ("DPi", 110.132)}, 3))
    laps, notices = read(path)
    assert laps.schema == LAPS
    assert notices == []
    assert laps["lap_time_s"].to_list() == [110.132] * 3
    assert laps["elapsed_s"].to_list() == [110.132, 220.264, 330.396]
    assert laps["race_id"].unique().to_list() == ["race-laps"]
    assert laps["clock_time"][0] == dt.time(10, 1, 50, 132000)


def test_car_numbers_are_text(tmp_path: Path) -> None:
    cars = {"01": ("DPi", 110.0), "1": ("GTD", 120.0), "007": ("GTD", 121.0), "7": ("DPi", 111.0)}
    laps, _ = read(tf.imsa_laps(tmp_path / "a.csv", tf.plain_race(cars, 2)))
    assert laps["car"].unique().sort().to_list() == ["007", "01", "1", "7"]
    assert laps.filter(pl.col("car") == "01")["car_class"].unique().to_list() == ["DPi"]
    assert laps.filter(pl.col("car") == "1")["car_class"].unique().to_list() == ["GTD"]


@pytest.mark.parametrize("bom", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("sep", [",", ";"])
def test_header_blanks_marks_separators_and_line_ends(tmp_path: Path, bom: bool, end: str, sep: str) -> None:
    header = tf.IMSA_HEADER if sep == "," else tf.WEC_HEADER
    rows = tf.plain_race({"01": ("DPi", 110.0)}, 3, sep=sep)
    laps, notices = read(tf.write_file(tmp_path / "a.csv", header, rows, end=end, bom=bom))
    assert laps.height == 3
    assert notices == []
    assert laps["flag"].to_list() == ["green"] * 3


def test_b_marks_the_in_lap_and_pit_time_stands_on_the_out_lap(tmp_path: Path) -> None:
    rows = [
        tf.lap_row(lap=1),
        tf.lap_row(lap=2, pit="B"),
        tf.lap_row(lap=3, pit_time="0:01:06.127"),
        tf.lap_row(lap=4),
    ]
    laps, _ = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["in_pit"].to_list() == [False, True, False, False]
    assert laps["pit_time_s"].to_list() == [None, None, 66.127, None]


def test_flags_of_all_kinds(tmp_path: Path) -> None:
    codes = {
        "GF": "green",
        "FCY": "fcy",
        "SF": "safety_car",
        "RF": "red",
        "FF": "finish",
        "SZ": "slow_zone",
        "": None,
    }
    rows = [tf.lap_row(lap=lap, flag=code) for lap, code in enumerate(codes, 1)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["flag"].to_list() == list(codes.values())
    assert notices == []


def test_elapsed_stops_under_red_while_the_hour_runs_on(tmp_path: Path) -> None:
    # The race clock stands for 40 minutes; the lap time is that of the hour of day.
    rows = [
        tf.lap_row(lap=1, seconds=110.0, elapsed=110.0),
        tf.lap_row(lap=2, seconds=2520.0, elapsed=230.0, time_of_day=tf.hour(36_000 + 2630.0), flag="RF"),
        tf.lap_row(lap=3, seconds=110.0, elapsed=340.0, time_of_day=tf.hour(36_000 + 2740.0)),
        tf.lap_row(lap=4, seconds=110.0, elapsed=450.0, time_of_day=tf.hour(36_000 + 2850.0)),
    ]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["elapsed_s"].to_list() == [110.0, 230.0, 340.0, 450.0]
    assert laps["clock_time"].null_count() == 0
    assert [notice.count for notice in notices] == [1]
    assert "stopped race clock" in notices[0].what


@pytest.mark.parametrize("printed", ["Jan MAGNUSSEN", "Jan Magnussen", "JAN MAGNUSSEN", " Jan  MAGNUSSEN "])
def test_one_spelling_for_a_driver(tmp_path: Path, printed: str) -> None:
    laps, _ = read(tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(driver=printed)]))
    assert laps["driver"].to_list() == ["Jan Magnussen"]


def test_driver_number_zero_is_no_obstacle(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=1), tf.lap_row(lap=2, driver="Anthony DAVIDSON", driver_number=0)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["driver"].to_list() == ["Jan Magnussen", "Anthony Davidson"]
    assert notices == []


def test_wec_2015_without_flags_and_without_seconds_in_the_hour(tmp_path: Path) -> None:
    rows = [
        tf.lap_row("1", lap, 238.0, car_class="LMP1", flag=None, sep=";", time_of_day=f"15:{4 * lap - 1:02d}")
        for lap in range(1, 4)
    ]
    laps, notices = read(tf.write_file(tmp_path / "Analysis.csv", tf.WEC_2015_HEADER, rows))
    assert laps["clock_time"].to_list() == [dt.time(15, 3), dt.time(15, 7), dt.time(15, 11)]
    assert laps["flag"].null_count() == 3
    assert notices == []


def test_wec_2024_with_sector_seconds_and_crlf(tmp_path: Path) -> None:
    rows = [tf.lap_row("007", lap, car_class="HYPERCAR", flag="SF", sep=";") + "36.7;36.7;36.7;" for lap in (1, 2)]
    laps, notices = read(tf.write_file(tmp_path / "fuji_6h.csv", tf.WEC_2024_HEADER, rows, end="\r\n"))
    assert laps["car"].to_list() == ["007", "007"]
    assert laps["flag"].to_list() == ["safety_car"] * 2
    assert notices == []


def test_hour_passes_midnight(tmp_path: Path) -> None:
    rows = tf.plain_race({"01": ("DPi", 110.0)}, 4, began=86_400.0 - 250.0)
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert [t.hour for t in laps["clock_time"].to_list()] == [23, 23, 0, 0]
    assert notices == []


def test_a_misprinted_hour_is_left_out(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, time_of_day="21:02:00.000" if lap == 3 else None) for lap in range(1, 6)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["clock_time"].null_count() == 1
    assert notices == [Notice("hour of day that fits no other lap left out", 1, 4)]


def test_class_spellings_and_a_stray_class(tmp_path: Path) -> None:
    rows = [tf.lap_row("1", lap, car_class="GTDPro") for lap in (1, 2)] + [tf.lap_row("1", 3, car_class="G#D")]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["car_class"].to_list() == ["GTDPRO"] * 3
    assert [notice.line for notice in notices] == [4]


def test_an_unknown_class_is_kept_and_told(tmp_path: Path) -> None:
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", tf.plain_race({"9": ("LMX9", 100.0)}, 2)))
    assert laps["car_class"].to_list() == ["LMX9", "LMX9"]
    assert notices == [Notice("lap in the unknown class 'LMX9', kept as written", 2, 2)]


def test_an_unknown_flag_is_left_out_and_told(tmp_path: Path) -> None:
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(lap=1), tf.lap_row(lap=2, flag="XX")]))
    assert laps["flag"].to_list() == ["green", None]
    assert notices == [Notice("unknown flag left out", 1, 3)]


def test_quoted_fields_with_the_separator_inside(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, team='"DragonSpeed USA, LLC"') for lap in (1, 2)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["team"].to_list() == ["DragonSpeed USA, LLC"] * 2
    assert notices == []


def test_one_stray_quote_costs_one_row_only(tmp_path: Path) -> None:
    rows = [tf.lap_row(lap=lap, team='"Broken' if lap == 2 else "A Team") for lap in range(1, 6)]
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows))
    assert laps["lap"].to_list() == [1, 3, 4, 5]
    assert notices[0].count == 1
    assert notices[0].line == 3


def test_rows_in_any_order_come_out_by_car_and_lap(tmp_path: Path) -> None:
    rows = tf.plain_race({"01": ("DPi", 110.0), "1": ("GTD", 120.0)}, 3)
    laps, notices = read(tf.imsa_laps(tmp_path / "a.csv", rows[::-1]))
    assert laps.select("car", "lap").rows() == [(car, lap) for car in ("01", "1") for lap in (1, 2, 3)]
    assert notices == []


def test_a_grid_laid_out_for_the_page_is_refused_as_such(tmp_path: Path) -> None:
    path = tmp_path / "Grid.csv"
    path.write_text('"96 33 ",- 17 -,,,\n"72 31 ","- 16 - ",,"32 ",77\n')
    with pytest.raises(TimingFileError, match=r"Grid\.csv, line 1: is a starting grid laid out for the page"):
        langstrecke.load(path)
    wide = tmp_path / "Grid2.csv"
    wide.write_text('"",,"- 28 - ","55 ",68\n"71 ","54 ","- 27 - ","53 ",67\n')
    with pytest.raises(TimingFileError, match="starting grid"):
        alkamel.read_laps(wide)


def test_qualifying_files_cover_one_class_each(tmp_path: Path) -> None:
    gtd = tf.imsa_laps(tmp_path / "a-qualifying---gtd-laps.csv", tf.plain_race({"1": ("GTD", 120.0)}, 3))
    dpi = tf.imsa_laps(tmp_path / "a-qualifying---dpi-laps.csv", tf.plain_race({"01": ("DPi", 110.0)}, 3))
    both = pl.concat([langstrecke.load(gtd).table, langstrecke.load(dpi).table])
    assert both["car_class"].unique().sort().to_list() == ["DPi", "GTD"]


def test_without_a_list_notices_are_python_warnings(tmp_path: Path) -> None:
    path = tf.imsa_laps(tmp_path / "a.csv", [tf.lap_row(lap=1), tf.lap_row(lap=1)])
    with pytest.warns(TimingWarning, match="1 x duplicate lap dropped"):
        alkamel.read_laps(path)
