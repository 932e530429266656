"""Rows that an earlier version of the store left behind, beside the files that were read since.

They stay as they are until the same file is imported again, or another one says it is the same part of the same
session.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from langstrecke.store.importing.plan import Plan
from langstrecke.store.migrate import OLD
from langstrecke.store.schema import ROWS


@dataclass(frozen=True)
class OldSource:
    """One table of one session of an earlier version."""

    source: str
    sha256: str
    kind: str
    session_id: str
    stacked: bool  # holds the rows of more than one file


@dataclass(frozen=True)
class Kept:
    """What stays of it: tables, their sessions and races; `instead` are tables of the plan that give way to it."""

    sources: tuple[OldSource, ...] = ()
    sessions: frozenset[str] = frozenset()
    races: frozenset[str] = frozenset()
    instead: frozenset[tuple[str, str]] = frozenset()


def keep_old(connection: duckdb.DuckDBPyConnection, shas: set[str], plan: Plan) -> Kept:
    """Drop what was read again, and say what stays. `shas` are the hashes of all files read since."""
    rows = connection.execute("SELECT path, sha256, kind, session_id FROM files WHERE facts IS NULL").fetchall()
    kept, instead = [], set()
    for path, sha, kind, session_id in sorted(rows):
        source = f"{OLD}{kind}/{session_id}"
        old = OldSource(source, str(sha), str(kind), str(session_id), _stacked(connection, str(kind), source))
        if old.sha256 in shas or (old.stacked and _covered(plan, old)):
            connection.execute("DELETE FROM files WHERE path = ?", [path])
            connection.execute(f"DELETE FROM file_{ROWS[old.kind]} WHERE source = ?", [source])
            continue
        session = plan.sessions.get(old.session_id)
        choice = session.chosen.get(old.kind) if session is not None else None
        if choice is not None and choice.best.evidence.status in ("official", ""):
            connection.execute(
                "UPDATE files SET role = 'superseded', reason = 'imported by an earlier version' WHERE path = ?",
                [path],
            )
            continue
        if choice is not None:
            instead.add((old.session_id, old.kind))
        kept.append(old)
    sessions = frozenset(old.session_id for old in kept)
    found = connection.execute(
        "SELECT race_id FROM sessions WHERE session_id IN (SELECT unnest(?))", [sorted(sessions)]
    )
    races = frozenset(str(row[0]) for row in found.fetchall() if row[0])
    return Kept(tuple(kept), sessions, races, frozenset(instead))


def _covered(plan: Plan, old: OldSource) -> bool:
    session = plan.sessions.get(old.session_id)
    return session is not None and old.kind in session.chosen


def _stacked(connection: duckdb.DuckDBPyConnection, kind: str, source: str) -> bool:
    """Whether two files' rows stand in one table: a car with one lap twice, or with two results."""
    key = {"laps": "car, lap", "results": "car", "weather": "utc", "entries": "car"}[kind]
    query = f"SELECT 1 FROM file_{ROWS[kind]} WHERE source = ? GROUP BY {key} HAVING count(*) > 1 LIMIT 1"
    return connection.execute(query, [source]).fetchone() is not None
