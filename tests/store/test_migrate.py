"""A store made by version 1 is brought up to date and loses nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

import made_timing as made
from langstrecke.errors import StoreError
from langstrecke.store import open_store
from langstrecke.store.importing import import_paths
from langstrecke.timing.readers import alkamel
from made_timing import Race

RACE = Race(laps=8)

VERSION_1 = """
CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR);
INSERT INTO meta VALUES ('schema_version', '1');
CREATE TABLE races (race_id VARCHAR PRIMARY KEY, series VARCHAR, season INTEGER, event VARCHAR, circuit VARCHAR,
    date DATE, start_time TIMESTAMP, duration_s DOUBLE, duration_known BOOLEAN, source VARCHAR);
CREATE TABLE sessions (session_id VARCHAR PRIMARY KEY, race_id VARCHAR, series VARCHAR, season INTEGER, event VARCHAR,
    circuit VARCHAR, kind VARCHAR, name VARCHAR, start TIMESTAMP, source VARCHAR, sha256 VARCHAR);
CREATE TABLE files (session_id VARCHAR, kind VARCHAR, source VARCHAR, sha256 VARCHAR, PRIMARY KEY (session_id, kind));
CREATE TABLE laps (race_id VARCHAR, car VARCHAR, car_class VARCHAR, lap INTEGER, driver VARCHAR, lap_time_s DOUBLE,
    elapsed_s DOUBLE, s1_s DOUBLE, s2_s DOUBLE, s3_s DOUBLE, in_pit BOOLEAN, pit_time_s DOUBLE, flag VARCHAR,
    kph DOUBLE, team VARCHAR, manufacturer VARCHAR, clock_time TIME);
CREATE TABLE results (race_id VARCHAR, "row" INTEGER, position INTEGER, car VARCHAR, car_class VARCHAR,
    position_in_class INTEGER, status VARCHAR, laps INTEGER, total_time_s DOUBLE, gap_s DOUBLE, gap_laps INTEGER,
    fastest_lap INTEGER, fastest_lap_s DOUBLE, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR, tyres VARCHAR,
    drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[]);
CREATE TABLE weather (race_id VARCHAR, utc TIMESTAMP, air_c DOUBLE, track_c DOUBLE, humidity DOUBLE,
    pressure_hpa DOUBLE, wind_mps DOUBLE, wind_deg DOUBLE, rain BOOLEAN);
CREATE TABLE entries (race_id VARCHAR, car VARCHAR, car_class VARCHAR, team VARCHAR, vehicle VARCHAR,
    manufacturer VARCHAR, drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[], origin VARCHAR);
CREATE TABLE entry_lists (session_id VARCHAR, car VARCHAR, car_class VARCHAR, team VARCHAR, vehicle VARCHAR,
    manufacturer VARCHAR, drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[]);
CREATE TABLE news_articles (id VARCHAR, source VARCHAR);
INSERT INTO news_articles VALUES ('000', 'somebody''s own');
INSERT INTO races VALUES ('wec-2023-fuji', 'wec', 2023, 'Fuji Speedway', 'fuji', '2023-09-10', NULL, 21600, true,
    '2023/Fuji');
INSERT INTO sessions VALUES ('wec-2023-fuji/race', 'wec-2023-fuji', 'wec', 2023, 'fuji', 'fuji', 'race', 'race', NULL,
    '2023/Fuji', 'x'), ('wec-2023-fuji/warm-up', 'wec-2023-fuji', 'wec', 2023, 'fuji', 'fuji', 'warm_up', 'warm-up',
    NULL, '2023/Fuji', 'y');
INSERT INTO entries VALUES ('wec-2023-fuji', '8', 'HYPERCAR', 'Team 8', NULL, 'Toyota', ['Ann'], NULL, NULL, 'laps');
"""


def version_1(path: Path, *files: Path) -> None:
    """A store as version 1 left it, the rows of all files under one session."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(VERSION_1)
        for file in files:
            laps = alkamel.read_laps(file, notices=[])
            for row in laps.with_columns(
                race_id=pl.lit("wec-2023-fuji/race"), flag=pl.col("flag").cast(pl.String)
            ).rows():
                connection.execute(f"INSERT INTO laps VALUES ({', '.join('?' * len(row))})", row)
        sha = hashlib.sha256(files[-1].read_bytes()).hexdigest()
        connection.execute("INSERT INTO files VALUES ('wec-2023-fuji/race', 'laps', '2023/Fuji', ?)", [sha])
        connection.execute(
            "INSERT INTO results (race_id, \"row\", position, car) VALUES ('wec-2023-fuji/race', 0, 1, '8')"
        )
        connection.execute("INSERT INTO files VALUES ('wec-2023-fuji/race', 'results', '2023/Fuji', 'r')")


@pytest.fixture
def lap_file(tmp_path: Path) -> Path:
    return made.write_laps(tmp_path / "2023" / "Fuji" / "23_Analysis_Race.CSV", RACE)


@pytest.mark.parametrize("read_only", [True, False])
def test_nothing_is_lost(tmp_path: Path, lap_file: Path, read_only: bool) -> None:
    version_1(tmp_path / "s.duckdb", lap_file)
    with open_store(tmp_path / "s.duckdb", read_only=read_only) as store:
        assert store.races()["race_id"].to_list() == ["wec-2023-fuji"]
        assert store.laps("wec-2023-fuji").height == 24
        assert (
            store.laps("wec-2023-fuji")
            .drop("race_id")
            .equals(alkamel.read_laps(lap_file, notices=[]).drop("race_id"))
        )
        assert store.results("wec-2023-fuji")["car"].to_list() == ["8"]
        assert store.entries("wec-2023-fuji")["drivers"].to_list() == [["Ann"]]
        sessions = store.sessions("wec-2023-fuji").sort("session_id")
        assert sessions.select("kind", "laps", "cars", "winner").rows() == [
            ("race", 24, 3, "8"),
            ("warm-up", None, None, None),
        ]
        assert store.connection.execute("SELECT * FROM news_articles").fetchall() == [("000", "somebody's own")]
        assert {file["role"] for file in store.why("wec-2023-fuji")} == {"source"}


def test_the_same_file_takes_the_place_of_the_old_rows(tmp_path: Path, lap_file: Path) -> None:
    version_1(tmp_path / "s.duckdb", lap_file)
    with open_store(tmp_path / "s.duckdb") as store:
        import_paths(store, [lap_file])
        assert store.laps("wec-2023-fuji").height == 24
        assert store.results("wec-2023-fuji")["car"].to_list() == ["8"]  # no file has come for it
        left = store.connection.execute("SELECT kind FROM files WHERE facts IS NULL").fetchall()
        assert left == [("results",)]
        assert import_paths(store, [lap_file]).unchanged == 1


def test_rows_of_two_files_stay_until_one_of_them_is_imported(tmp_path: Path, lap_file: Path) -> None:
    other = made.write_laps(
        tmp_path / "2023" / "Fuji" / "23_Analysis_Free Practice 1.CSV", Race(laps=4, seconds=91.0)
    )
    version_1(tmp_path / "s.duckdb", lap_file, other)
    with open_store(tmp_path / "s.duckdb") as store:
        assert store.laps("wec-2023-fuji").height == 36  # as it was: nothing is thrown away unasked
        import_paths(store, [lap_file.parent])
        assert store.laps("wec-2023-fuji").height == 24
        assert store.laps("wec-2023-fuji/free-practice-1").height == 12


def test_a_provisional_list_does_not_push_aside_what_was_there(tmp_path: Path, lap_file: Path) -> None:
    version_1(tmp_path / "s.duckdb", lap_file)
    provisional = made.write_results(lap_file.with_name("03_Classification_Race_Provisional.CSV"), RACE, [1, 0, 2])
    official = made.write_results(lap_file.with_name("03_Classification_Race_Official.CSV"), RACE, [2, 0, 1])
    with open_store(tmp_path / "s.duckdb") as store:
        import_paths(store, [provisional])
        assert store.results("wec-2023-fuji")["car"].to_list() == ["8"]
        import_paths(store, [official])
        assert store.results("wec-2023-fuji")["car"].to_list() == ["92", "8", "51"]


@pytest.mark.parametrize("fail", ["file_laps", "files", "sessions"])
def test_a_migration_that_fails_leaves_the_old_store(
    tmp_path: Path, lap_file: Path, monkeypatch: pytest.MonkeyPatch, fail: str
) -> None:
    version_1(tmp_path / "s.duckdb", lap_file)
    whole: Callable[..., object] = duckdb.connect

    class Failing:
        def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
            self._connection = connection

        def execute(self, query: str, *values: object) -> object:
            if query.startswith(f"INSERT INTO {fail}"):
                raise duckdb.IOException("the disk is full")
            return self._connection.execute(query, *values)

        def __getattr__(self, name: str) -> object:
            return getattr(self._connection, name)

    monkeypatch.setattr("langstrecke.store.duckdb.connect", lambda *a, **k: Failing(whole(*a, **k)))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match="disk is full"):
        open_store(tmp_path / "s.duckdb")
    monkeypatch.undo()
    with open_store(tmp_path / "s.duckdb") as store:
        assert store.laps("wec-2023-fuji").height == 24
