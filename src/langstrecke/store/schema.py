"""The tables of the store, in SQL."""

from __future__ import annotations

VERSION = 1
"""Raised when a table changes; a store of a newer version is refused."""

TABLES = """
CREATE TABLE IF NOT EXISTS meta (key VARCHAR PRIMARY KEY, value VARCHAR);
CREATE TABLE IF NOT EXISTS races (
    race_id VARCHAR PRIMARY KEY, series VARCHAR, season INTEGER, event VARCHAR, circuit VARCHAR, date DATE,
    start_time TIMESTAMP, duration_s DOUBLE, duration_known BOOLEAN, source VARCHAR
);
CREATE TABLE IF NOT EXISTS sessions (
    session_id VARCHAR PRIMARY KEY, race_id VARCHAR, series VARCHAR, season INTEGER, event VARCHAR, circuit
    VARCHAR, kind VARCHAR, name VARCHAR, start TIMESTAMP, source VARCHAR, sha256 VARCHAR
);
CREATE TABLE IF NOT EXISTS files (
    session_id VARCHAR, kind VARCHAR, source VARCHAR, sha256 VARCHAR, PRIMARY KEY (session_id, kind)
);
CREATE TABLE IF NOT EXISTS laps (
    race_id VARCHAR, car VARCHAR, car_class VARCHAR, lap INTEGER, driver VARCHAR, lap_time_s DOUBLE,
    elapsed_s DOUBLE, s1_s DOUBLE, s2_s DOUBLE, s3_s DOUBLE, in_pit BOOLEAN, pit_time_s DOUBLE, flag VARCHAR,
    kph DOUBLE, team VARCHAR, manufacturer VARCHAR, clock_time TIME
);
CREATE TABLE IF NOT EXISTS results (
    race_id VARCHAR, "row" INTEGER, position INTEGER, car VARCHAR, car_class VARCHAR, position_in_class
    INTEGER, status VARCHAR, laps INTEGER, total_time_s DOUBLE, gap_s DOUBLE, gap_laps INTEGER, fastest_lap
    INTEGER, fastest_lap_s DOUBLE, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR, tyres VARCHAR, drivers
    VARCHAR[], licences VARCHAR[], countries VARCHAR[]
);
CREATE TABLE IF NOT EXISTS weather (
    race_id VARCHAR, utc TIMESTAMP, air_c DOUBLE, track_c DOUBLE, humidity DOUBLE,
    pressure_hpa DOUBLE, wind_mps DOUBLE, wind_deg DOUBLE, rain BOOLEAN
);
CREATE TABLE IF NOT EXISTS entries (
    race_id VARCHAR, car VARCHAR, car_class VARCHAR, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR,
    drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[], origin VARCHAR
);
CREATE TABLE IF NOT EXISTS entry_lists (
    session_id VARCHAR, car VARCHAR, car_class VARCHAR, team VARCHAR, vehicle VARCHAR, manufacturer VARCHAR,
    drivers VARCHAR[], licences VARCHAR[], countries VARCHAR[]
);
"""
