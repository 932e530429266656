"""The tables of the store, in SQL.

Rows of laps, results and so on belong to a file (`source`, the hash of its content); which file is which session is
said by `session_sources`, worked out anew at every import. The views `laps`, `results`, `weather`, `entry_lists` and
`pits` show the rows of the chosen files under their session's id, as `race_id`.
"""

from __future__ import annotations

VERSION = 2
"""Raised when a table changes; an older store is brought up to date, one of a newer version is refused."""

_LAPS = """car VARCHAR, car_class VARCHAR, lap INTEGER, driver VARCHAR, lap_time_s DOUBLE,
    elapsed_s DOUBLE, s1_s DOUBLE, s2_s DOUBLE, s3_s DOUBLE, in_pit BOOLEAN, pit_time_s DOUBLE, flag VARCHAR,
    kph DOUBLE, team VARCHAR, manufacturer VARCHAR, clock_time TIME"""
_RESULTS = """"row" INTEGER, position INTEGER, car VARCHAR, car_class VARCHAR, position_in_class
    INTEGER, status VARCHAR, laps INTEGER, total_time_s DOUBLE, gap_s DOUBLE, gap_laps INTEGER, fastest_lap
    INTEGER, fastest_lap_s DOUBLE, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR, tyres VARCHAR, drivers
    VARCHAR[], licences VARCHAR[], countries VARCHAR[]"""
_WEATHER = """utc TIMESTAMP, air_c DOUBLE, track_c DOUBLE, humidity DOUBLE,
    pressure_hpa DOUBLE, wind_mps DOUBLE, wind_deg DOUBLE, rain BOOLEAN"""
_ENTRIES = """car VARCHAR, car_class VARCHAR, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR,
    drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[]"""
_PITS = """car VARCHAR, stop INTEGER, in_clock TIME, in_driver VARCHAR, out_clock TIME, out_driver VARCHAR,
    pit_time_s DOUBLE"""

ROWS = {"laps": "laps", "results": "results", "weather": "weather", "entries": "entry_lists", "pits": "pits"}
"""Kind of a file -> the view that shows its rows by session; the rows themselves stand in `file_<view>`."""

TABLES = f"""
CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE IF NOT EXISTS races (
    race_id VARCHAR, series VARCHAR, season INTEGER, event VARCHAR, circuit VARCHAR, date DATE,
    start_time TIMESTAMP, duration_s DOUBLE, duration_known BOOLEAN, source VARCHAR
);
CREATE TABLE IF NOT EXISTS sessions (
    session_id VARCHAR, race_id VARCHAR, series VARCHAR, season INTEGER, event VARCHAR, circuit
    VARCHAR, kind VARCHAR, name VARCHAR, start TIMESTAMP, source VARCHAR, sha256 VARCHAR,
    laps INTEGER, cars INTEGER, winner VARCHAR, stops INTEGER
);
CREATE TABLE IF NOT EXISTS entries (race_id VARCHAR, {_ENTRIES}, origin VARCHAR);
CREATE TABLE IF NOT EXISTS files (
    path VARCHAR, sha256 VARCHAR, kind VARCHAR, facts VARCHAR, session_id VARCHAR, role VARCHAR,
    reason VARCHAR, notes VARCHAR[]
);
CREATE TABLE IF NOT EXISTS session_sources (session_id VARCHAR, kind VARCHAR, sha256 VARCHAR);
CREATE TABLE IF NOT EXISTS file_laps (source VARCHAR, {_LAPS});
CREATE TABLE IF NOT EXISTS file_results (source VARCHAR, {_RESULTS});
CREATE TABLE IF NOT EXISTS file_weather (source VARCHAR, {_WEATHER});
CREATE TABLE IF NOT EXISTS file_entry_lists (source VARCHAR, {_ENTRIES});
CREATE TABLE IF NOT EXISTS file_pits (source VARCHAR, {_PITS});
""" + "".join(
    f"CREATE OR REPLACE VIEW {view} AS SELECT s.session_id AS {key}, f.* EXCLUDE (source) FROM file_{view} f "
    f"JOIN session_sources s ON s.sha256 = f.source AND s.kind = '{kind}';\n"
    for kind, view, key in (
        ("laps", "laps", "race_id"), ("results", "results", "race_id"), ("weather", "weather", "race_id"),
        ("entries", "entry_lists", "session_id"), ("pits", "pits", "race_id"),
    )
)  # fmt: skip
