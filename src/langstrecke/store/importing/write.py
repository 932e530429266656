"""Write what was read and planned: one transaction, whole tables at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from langstrecke.errors import StoreError
from langstrecke.store import ENTRIES, Store
from langstrecke.store.importing.entries import entries_of
from langstrecke.store.importing.kept import Kept, keep_old
from langstrecke.store.importing.plan import Plan, Session
from langstrecke.store.importing.races import race_row
from langstrecke.store.importing.record import Record, record_of
from langstrecke.store.schema import ROWS
from langstrecke.timing.files import TimingFile
from langstrecke.timing.readers.dossier import PITS
from langstrecke.timing.schema import LAPS, RESULTS, WEATHER

_SIMULATORS = ("acc", "rfactor2", "iracing")
_LISTED = [name for name in ENTRIES.names() if name not in ("race_id", "origin")]
_COLUMNS = {
    "laps": [name for name in LAPS.names() if name != "race_id"],
    "results": ["row", *(name for name in RESULTS.names() if name != "race_id")],
    "weather": [name for name in WEATHER.names() if name != "race_id"],
    "entries": _LISTED,
    "pits": PITS.names(),
}


def records(store: Store) -> list[Record]:
    """Every file the store has read, save those of other readers' times."""
    rows = store.connection.execute("SELECT path, sha256, facts FROM files WHERE facts IS NOT NULL").fetchall()
    found = (record_of(str(path), str(sha), str(facts)) for path, sha, facts in rows)
    return sorted((record for record in found if record is not None), key=lambda r: r.path)


def write_plan(
    store: Store, known: Sequence[Record], tables: Mapping[str, TimingFile], plan: Plan, *, forget: Sequence[str] = ()
) -> None:
    """Put the rows of `tables` (by hash) into the store and file everything as `plan` says; all or nothing.

    Files whose path is in `forget` are dropped, also those that an earlier version left behind.
    """
    connection = store.connection
    try:
        connection.execute("BEGIN")
        try:
            before = _sources(connection)
            connection.execute("DELETE FROM files WHERE path IN (SELECT unnest(?))", [list(forget)])
            _write_rows(connection, tables)
            _write_files(connection, known, plan)
            kept = keep_old(connection, {record.sha256 for record in known}, plan)
            _write_sessions(connection, plan, kept)
            _drop_unowned(connection)
            after = _sources(connection)
            changed = {s for s in before.keys() | after.keys() if before.get(s) != after.get(s)}
            _write_races(connection, plan, kept)
            _write_entries(connection, _races_of(connection, changed, plan))
            connection.execute("COMMIT")
        except BaseException:  # an interrupt too must leave the store as it was
            connection.execute("ROLLBACK")
            raise
    except duckdb.Error as error:
        raise StoreError(f"cannot be written: {error}", file=store.path) from None


def _sources(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    rows = connection.execute("SELECT session_id, kind, sha256 FROM session_sources ORDER BY ALL").fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for session, kind, sha in rows:
        found.setdefault(str(session), []).append((str(kind), str(sha)))
    return found


def _write_rows(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, TimingFile]) -> None:
    frames: dict[str, list[pl.DataFrame]] = {kind: [] for kind in ROWS}
    for sha, file in tables.items():
        source = pl.lit(sha).alias("source")
        if file.laps is not None:
            frames["laps"].append(file.laps.with_columns(source))
        if file.results is not None:
            frames["results"].append(file.results.with_columns(source).with_row_index("row"))
        if file.weather is not None:
            # Stored without a zone: reading zoned times row by row would need one more library.
            frames["weather"].append(file.weather.with_columns(pl.col("utc").dt.replace_time_zone(None), source))
        if file.entries is not None:
            frames["entries"].append(_listed(file.entries).with_columns(source))
        if file.pits is not None:
            frames["pits"].append(file.pits.with_columns(source))
    shas = list(tables)
    for kind, view in ROWS.items():
        if frames[kind]:
            connection.execute(f"DELETE FROM file_{view} WHERE source IN (SELECT unnest(?))", [shas])
            _append(connection, f"file_{view}", frames[kind], ["source", *_COLUMNS[kind]])


def _listed(entries: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in _LISTED if name not in entries.columns]
    return entries.with_columns(pl.lit(None, dtype=ENTRIES[name]).alias(name) for name in missing)


def _append(
    connection: duckdb.DuckDBPyConnection, table: str, frames: Sequence[pl.DataFrame], names: list[str]
) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    with tempfile.TemporaryDirectory(prefix="langstrecke-") as folder:
        rows = Path(folder) / "rows.parquet"
        pl.concat([frame.select(names) for frame in frames]).write_parquet(rows, compression="uncompressed")
        text = str(rows).replace("'", "''")
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM read_parquet('{text}')")


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _write_files(connection: duckdb.DuckDBPyConnection, known: Sequence[Record], plan: Plan) -> None:
    connection.execute("DELETE FROM files WHERE facts IS NOT NULL")
    rows = []
    for record in known:
        state = plan.filed[record.path]
        notes = [*record.evidence.notes, *plan.notes.get(record.path, [])]
        rows.append(
            [record.path, record.sha256, record.content.kind, record.facts_json(), state.session_id, state.role,
             state.reason, notes]
        )  # fmt: skip
    frame = pl.DataFrame(
        rows, orient="row",
        schema={
            **dict.fromkeys(("path", "sha256", "kind", "facts", "session_id", "role", "reason"), pl.String),
            "notes": pl.List(pl.String),
        },
    )  # fmt: skip
    _append(connection, "files", [frame], frame.columns)


def _write_sessions(connection: duckdb.DuckDBPyConnection, plan: Plan, kept: Kept) -> None:
    connection.execute("DELETE FROM session_sources")
    stay = sorted(kept.sessions - plan.sessions.keys())
    connection.execute("DELETE FROM sessions WHERE session_id NOT IN (SELECT unnest(?))", [stay])
    sources = [(old.session_id, old.kind, old.source) for old in kept.sources]
    for session in plan.sessions.values():
        told = {kind: choice.best.sha256 for kind, choice in session.chosen.items()}
        sources += [(session.id, kind, sha) for kind, sha in told.items() if (session.id, kind) not in kept.instead]
        sources += [(session.id, "pits", record.sha256) for record in session.pits]
        if "entries" not in told and "laps" in told and session.chosen["laps"].best.content.provider == "dossier":
            sources.append((session.id, "entries", told["laps"]))
        if "results" not in told and "laps" in told and session.chosen["laps"].best.content.provider in _SIMULATORS:
            sources.append((session.id, "results", told["laps"]))  # a simulator's file has both
    _insert(connection, "session_sources", sorted(set(sources)))
    _insert(connection, "sessions", [_session_row(session) for session in plan.sessions.values()])
    connection.execute(_OLD_FIGURES)


_OLD_FIGURES = """
UPDATE sessions SET laps = n.laps, cars = n.cars FROM (
    SELECT race_id, count(*) AS laps, count(DISTINCT car) AS cars FROM laps GROUP BY race_id
) n WHERE n.race_id = sessions.session_id AND sessions.laps IS NULL
"""


def _session_row(session: Session) -> list[Any]:
    laps = session.chosen["laps"].best if "laps" in session.chosen else None
    results = session.chosen["results"].best if "results" in session.chosen else None
    first = laps or results or session.records[0]
    event = session.event
    winner = None
    if session.kind == "race":
        winner = results.content.winner if results is not None else None
        winner = winner or (laps.content.winner if laps is not None else None)
    cars = laps.content.cars if laps is not None else (results.content.cars if results is not None else None)
    return [
        session.id, session.race_id, event.series, int(event.season[:4]), first.evidence.event, event.circuit,
        session.kind, session.name, session.start, first.path, laps.sha256 if laps is not None else None,
        laps.content.laps if laps is not None else 0, cars, winner,
        laps.content.stops if laps is not None else None,
    ]  # fmt: skip


def _write_races(connection: duckdb.DuckDBPyConnection, plan: Plan, kept: Kept) -> None:
    stay = sorted(kept.races - plan.races.keys())
    connection.execute("DELETE FROM races WHERE race_id NOT IN (SELECT unnest(?))", [stay])
    _insert(connection, "races", [race_row(race_id, sessions) for race_id, sessions in plan.races.items()])


def _drop_unowned(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows of files that nothing in the store stands for any more: a file whose content changed."""
    owned = "SELECT sha256 FROM files UNION ALL SELECT path FROM files UNION ALL SELECT sha256 FROM session_sources"
    for view in ROWS.values():
        connection.execute(f"DELETE FROM file_{view} WHERE source NOT IN ({owned})")


def _races_of(connection: duckdb.DuckDBPyConnection, sessions: set[str], plan: Plan) -> list[str]:
    """The races whose entries may have changed, those that are gone included."""
    rows = connection.execute("SELECT DISTINCT race_id FROM entries").fetchall()
    gone = {str(row[0]) for row in rows} - {
        str(row[0]) for row in connection.execute("SELECT race_id FROM races").fetchall()
    }
    touched = {plan.sessions[s].race_id for s in sessions if s in plan.sessions}
    touched |= {race for race, found in plan.races.items() if any(s.id in sessions for s in found)}
    new = {race for race in plan.races if (race,) not in rows}
    return sorted({race for race in touched | gone | new if race})


def _write_entries(connection: duckdb.DuckDBPyConnection, race_ids: Sequence[str]) -> None:
    frames = []
    for race_id in race_ids:
        connection.execute("DELETE FROM entries WHERE race_id = ?", [race_id])
        if connection.execute("SELECT 1 FROM races WHERE race_id = ?", [race_id]).fetchone():
            frames.append(entries_of(connection, race_id))
    if frames:
        _append(connection, "entries", frames, ENTRIES.names())
