"""What is written in the provider's format is read back to the millisecond."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import timing_files as tf
from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel
from langstrecke.timing.schema import FLAGS, LAPS
from langstrecke.timing.write import Dialect, write_alkamel
from race_maker import make_race

DIALECTS: tuple[Dialect, ...] = ("imsa", "wec")
WORDS = st.text(alphabet="ABCabcäöé .,;\"'&-/0123", min_size=1, max_size=20).map(lambda text: " ".join(text.split()))
MILLIS = st.integers(60_000, 115_000)
"""Lap times that are laps: none below half of another."""


@st.composite
def tables(draw: st.DrawFn) -> pl.DataFrame:
    """Any canonical lap table a reader could have delivered."""
    rows = []
    for car in draw(st.lists(st.sampled_from(["01", "1", "007", "7", "99"]), min_size=1, max_size=4, unique=True)):
        elapsed = 0
        team, maker = draw(WORDS), draw(st.sampled_from(["Porsche", "Aston Martin", None]))
        category = draw(st.sampled_from(["DPi", "GTDPRO", "LMGTE Pro", "HYPERCAR"]))
        inside = False
        for lap in range(1, draw(st.integers(1, 6)) + 1):
            millis = draw(MILLIS)
            left, inside = inside, not inside and draw(st.booleans())
            elapsed += millis
            first, second = millis // 3, millis // 4
            sectors = draw(st.booleans())
            clock = dt.datetime(2021, 1, 1, 23) + dt.timedelta(milliseconds=elapsed + 1)
            rows.append(
                {
                    "car": car, "car_class": category, "lap": lap,
                    "driver": draw(st.sampled_from(["Jan Magnussen", "Renger van der Zande", "AJ Roe", None])),
                    "lap_time_s": millis / 1000, "elapsed_s": elapsed / 1000,
                    "s1_s": first / 1000 if sectors else None, "s2_s": second / 1000 if sectors else None,
                    "s3_s": (millis - first - second) / 1000 if sectors else None,
                    "in_pit": inside, "pit_time_s": draw(MILLIS) / 1000 if left and draw(st.booleans()) else None,
                    "flag": draw(st.none() | st.sampled_from(FLAGS)),
                    "kph": draw(st.none() | st.integers(0, 4000).map(lambda v: v / 10)),
                    "team": team or None, "manufacturer": maker, "clock_time": clock.time(),
                }
            )  # fmt: skip
    frame = pl.DataFrame(rows, schema={k: v for k, v in LAPS.items() if k != "race_id"}, infer_schema_length=None)
    return frame.with_columns(race_id=pl.lit("round")).select(LAPS.names()).sort("car", "lap")


@settings(max_examples=80)
@given(laps=tables(), dialect=st.sampled_from(DIALECTS))
def test_round_trip_is_exact(tmp_path_factory: pytest.TempPathFactory, laps: pl.DataFrame, dialect: Dialect) -> None:
    path = tmp_path_factory.mktemp("write", numbered=True) / "round.csv"
    write_alkamel(laps, path, dialect=dialect)
    notices: list[Notice] = []
    again = alkamel.read_laps(path, notices=notices)
    assert_frame_equal(again, laps, check_exact=True)
    assert [notice for notice in notices if "without a driver" not in notice.what] == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_simulated_race_comes_back_without_notices(tmp_path: Path, dialect: Dialect) -> None:
    race = make_race(periods=[(2000.0, 2900.0, "fcy")])
    path = tmp_path / "made.csv"
    write_alkamel(race, path, dialect=dialect)
    notices: list[Notice] = []
    assert_frame_equal(alkamel.read_laps(path, notices=notices), race, check_exact=True)
    assert notices == []


def test_the_file_looks_as_published(tmp_path: Path) -> None:
    race = make_race(cars=2, length_s=400.0)
    imsa, wec = tmp_path / "imsa.csv", tmp_path / "wec.csv"
    write_alkamel(race, imsa)
    write_alkamel(race, wec, dialect="wec")
    text = imsa.read_bytes()
    assert text.startswith((tf.BOM + tf.IMSA_HEADER + "\n").encode())
    assert wec.read_bytes().startswith((tf.BOM + tf.WEC_HEADER + "\r\n").encode())
    assert text.decode("utf-8-sig").splitlines()[1].startswith("02,1,1,1:4")
    assert text.endswith((b",GF,\n", b",FF,\n"))


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    race = make_race(cars=2, length_s=400.0)
    with pytest.raises(TimingFileError, match="without team"):
        write_alkamel(race.drop("team"), tmp_path / "a.csv")
    with pytest.raises(TimingFileError, match="no laps to write"):
        write_alkamel(race.clear(), tmp_path / "a.csv")
    with pytest.raises(TimingFileError, match="empty lap_time_s"):
        write_alkamel(race.with_columns(lap_time_s=pl.lit(None, dtype=pl.Float64)), tmp_path / "a.csv")
    with pytest.raises(TimingFileError, match="car number"):
        write_alkamel(race.with_columns(car=pl.lit("a,b")), tmp_path / "a.csv")
    with pytest.raises(TimingFileError, match="cannot be written"):
        write_alkamel(race, tmp_path / "nowhere" / "a.csv")
