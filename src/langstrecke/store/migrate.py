"""A store made by an earlier version, brought up to date with nothing lost.

Version 1 knew rows by session only, and could hold the rows of several files under one session. They are kept under
the session they had, each table of a session as a file of its own that is no longer at hand (`before/...`); importing
that very file again replaces it.
"""

from __future__ import annotations

import duckdb

from langstrecke.store.schema import ROWS, TABLES, VERSION

OLD = "before/"
"""Begins the source of rows that version 1 left behind; the session they stood under follows."""


def migrate(connection: duckdb.DuckDBPyConnection) -> None:
    """Bring a store of version 1 to the present one, in one transaction."""
    connection.execute("BEGIN")
    try:
        for view in ROWS.values():
            if view != "pits":
                connection.execute(f"ALTER TABLE {view} RENAME TO old_{view}")
        connection.execute("ALTER TABLE files RENAME TO old_files")
        connection.execute("ALTER TABLE sessions RENAME TO old_sessions")
        connection.execute(TABLES)
        for kind, view in ROWS.items():
            if view == "pits":
                continue
            key = "session_id" if view == "entry_lists" else "race_id"
            source = f"'{OLD}{kind}/' || {key}"
            connection.execute(
                f"INSERT INTO file_{view} BY NAME SELECT {source} AS source, * EXCLUDE ({key}) FROM old_{view}"
            )
            connection.execute(
                f"INSERT INTO session_sources SELECT DISTINCT {key}, ?, {source} FROM old_{view}", [kind]
            )
            connection.execute(f"DROP TABLE old_{view}")
        connection.execute(
            f"INSERT INTO files SELECT '{OLD}' || kind || '/' || session_id, sha256, kind, NULL, session_id, "
            "'source', 'imported by an earlier version, from ' || source, [] FROM old_files"
        )
        connection.execute(
            "INSERT INTO sessions SELECT session_id, race_id, series, season, event, circuit, "
            "replace(kind, '_', '-'), name, start, source, sha256, NULL, NULL, NULL, NULL FROM old_sessions"
        )
        connection.execute(_FIGURES)
        connection.execute("DROP TABLE old_files")
        connection.execute("DROP TABLE old_sessions")
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", [str(VERSION)])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


_FIGURES = """
UPDATE sessions SET laps = n.laps, cars = n.cars FROM (
    SELECT race_id, count(*) AS laps, count(DISTINCT car) AS cars FROM laps GROUP BY race_id
) n WHERE n.race_id = sessions.session_id;
UPDATE sessions SET winner = w.car FROM (
    SELECT race_id, any_value(car) AS car FROM results WHERE position = 1 GROUP BY race_id HAVING count(*) = 1
) w WHERE w.race_id = sessions.session_id AND sessions.kind = 'race';
"""
