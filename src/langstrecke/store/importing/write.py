"""Write what was read: one transaction, whole tables at a time."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from langstrecke.errors import StoreError
from langstrecke.store import ENTRIES, Store
from langstrecke.store.importing.entries import entries_of
from langstrecke.store.importing.events import circuit_name, inferred_s, known_date, scheduled_s
from langstrecke.store.importing.read import Reading, green_flag
from langstrecke.timing.schema import LAPS, RESULTS, WEATHER

if TYPE_CHECKING:
    from langstrecke.store.importing.job import Job

_LISTED = [name for name in ENTRIES.names() if name not in ("race_id", "origin")]


def write(store: Store, readings: list[tuple[Job, Reading]]) -> None:
    """Put all readings into the store, replacing what it held of the same sessions; all or nothing."""
    connection = store.connection
    try:
        connection.execute("BEGIN")
        try:
            _write_tables(connection, readings)
            for job, reading in readings:
                _write_session(connection, job, reading)
            race_ids = sorted({job.race_id for job, _ in readings if job.race_id})
            for race_id in race_ids:
                _write_race(connection, race_id, [pair for pair in readings if pair[0].race_id == race_id])
            _write_entries(connection, race_ids)
            connection.execute("COMMIT")
        except BaseException:  # an interrupt too must leave the store as it was
            connection.execute("ROLLBACK")
            raise
    except duckdb.Error as error:
        raise StoreError(f"cannot be written: {error}", file=store.path) from None


def _write_tables(connection: duckdb.DuckDBPyConnection, readings: list[tuple[Job, Reading]]) -> None:
    laps, results, weather, lists = [], [], [], []
    for job, reading in readings:
        session = pl.lit(job.session_id)
        if reading.laps is not None:
            laps.append(reading.laps.with_columns(race_id=session))
        if reading.results is not None:
            results.append(reading.results.with_columns(race_id=session).with_row_index("row"))
        if reading.weather is not None:
            # Stored without a zone: reading zoned times row by row would need one more library.
            utc = pl.col("utc").dt.replace_time_zone(None)
            weather.append(reading.weather.with_columns(utc, race_id=session))
        if reading.entries is not None:
            lists.append(_listed(reading.entries).with_columns(session_id=session))
        table = {"entries": "entry_lists"}.get(job.source.kind, job.source.kind)
        key = "session_id" if table == "entry_lists" else "race_id"
        connection.execute(f"DELETE FROM {table} WHERE {key} = ?", [job.session_id])
        if job.source.dossier:
            connection.execute("DELETE FROM entry_lists WHERE session_id = ?", [job.session_id])
    _append(connection, "laps", laps, LAPS.names())
    _append(connection, "results", results, ["row", *RESULTS.names()])
    _append(connection, "weather", weather, WEATHER.names())
    _append(connection, "entry_lists", lists, ["session_id", *_LISTED])


def _listed(entries: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in _LISTED if name not in entries.columns]
    return entries.with_columns(pl.lit(None, dtype=ENTRIES[name]).alias(name) for name in missing)


def _append(connection: duckdb.DuckDBPyConnection, table: str, frames: list[pl.DataFrame], names: list[str]) -> None:
    if not frames:
        return
    columns = ", ".join(f'"{name}"' for name in names)
    with tempfile.TemporaryDirectory(prefix="langstrecke-") as folder:
        rows = Path(folder) / "rows.parquet"
        pl.concat([frame.select(names) for frame in frames]).write_parquet(rows, compression="uncompressed")
        text = str(rows).replace("'", "''")
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM read_parquet('{text}')")


def _write_session(connection: duckdb.DuckDBPyConnection, job: Job, reading: Reading) -> None:
    source = job.source
    connection.execute(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)",
        [job.session_id, source.kind, source.source, job.sha256],
    )
    held = connection.execute(
        "SELECT start, source, sha256 FROM sessions WHERE session_id = ?", [job.session_id]
    ).fetchone()
    start, path, sha = held if held is not None else (None, None, None)
    if source.kind == "laps" or path is None:
        path = source.source
    if source.kind == "laps":
        sha = job.sha256
    start = source.stamp or start
    connection.execute(
        "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [job.session_id, job.race_id, source.series, source.season, source.event, job.naming.circuit,
         source.session_kind, job.name, start, path, sha],
    )  # fmt: skip


def _write_race(connection: duckdb.DuckDBPyConnection, race_id: str, readings: list[tuple[Job, Reading]]) -> None:
    """The race's row, from what this import read of it and what an earlier one left there."""
    cursor = connection.execute("SELECT * FROM races WHERE race_id = ?", [race_id])
    row = cursor.fetchone()
    held: dict[str, Any] = {}
    if row is not None and cursor.description is not None:
        held = dict(zip([column[0] for column in cursor.description], row, strict=True))
    job = readings[0][0]
    race_jobs = [pair for pair in readings if pair[0].session_id == f"{race_id}/race"]
    day = _day(race_id, readings) or held.get("date")
    event, limit, start = held.get("event"), None, held.get("start_time")
    duration, known, source = held.get("duration_s"), bool(held.get("duration_known")), held.get("source")
    for race_job, reading in race_jobs:
        event = reading.name or event
        limit = reading.limit_s or limit
        source = race_job.source.source
        if start is None and race_job.source.stamp is not None:
            start = race_job.source.stamp
    scheduled = scheduled_s(race_id, (race_jobs or readings)[0][0].source, job.naming.circuit, limit)
    if limit or (scheduled is not None and not known):
        duration, known = limit or scheduled, True
    for _, reading in race_jobs:
        if reading.laps is None:
            continue
        if day is not None:
            start = green_flag(reading.laps, day) or start
        if not known:
            leader = reading.laps.group_by("car").agg(pl.col("lap").max(), pl.col("elapsed_s").max())
            best = leader.sort("lap", "elapsed_s", descending=[True, False])["elapsed_s"][0]
            duration = inferred_s(float(best))
    event = event or _title(job, race_id)
    connection.execute(
        "INSERT OR REPLACE INTO races VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [race_id, job.source.series, job.source.season, event, job.naming.circuit, day, start, duration,
         known, source],
    )  # fmt: skip


def _day(race_id: str, readings: list[tuple[Job, Reading]]) -> date | None:
    for job, reading in readings:
        if reading.day is not None:
            return reading.day
        if job.session_id == f"{race_id}/race" and job.source.stamp is not None:
            return job.source.stamp.date()
    stamps = [job.source.stamp for job, _ in readings if job.source.stamp is not None]
    return known_date(race_id) or (max(stamps).date() if stamps else None)


def _title(job: Job, race_id: str) -> str:
    name = circuit_name(job.naming.circuit)
    return f"{name}, qualifying race" if race_id.endswith("-qualifying-race") else name


def _write_entries(connection: duckdb.DuckDBPyConnection, race_ids: list[str]) -> None:
    frames = []
    for race_id in race_ids:
        connection.execute("DELETE FROM entries WHERE race_id = ?", [race_id])
        frames.append(entries_of(connection, race_id))
    _append(connection, "entries", frames, ENTRIES.names())
