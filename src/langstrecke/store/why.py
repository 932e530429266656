"""What decided where each file of a race was filed."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import duckdb


def why(connection: duckdb.DuckDBPyConnection, race_id: str) -> list[dict[str, Any]]:
    """Every file of a race's event: session, kind, file, role (source, superseded, copy), the reason, notes, and what
    its series, season, event, day and session are taken from; the source first within a session.
    """
    rows = connection.execute(
        "SELECT f.session_id, f.kind, f.path, f.role, f.reason, f.notes, f.facts FROM files f JOIN sessions s "
        "USING (session_id) WHERE s.race_id = ? ORDER BY s.start NULLS LAST, f.session_id, f.kind, "
        "f.role <> 'source', f.path",
        [race_id],
    ).fetchall()
    found = []
    for session, kind, path, role, reason, notes, facts in rows:
        evidence = json.loads(facts)["evidence"] if facts else {}
        told = {name: {"is": evidence.get(name), "from": source} for name, source in evidence.get("why", {}).items()}
        if "event" in told:
            told["event"]["is"] = evidence.get("circuit")
        found.append(
            {
                "session": session, "kind": kind, "file": path, "role": role, "reason": reason or None,
                "notes": list(notes or ()), "decided": told,
            }
        )  # fmt: skip
    return found


def sources(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Session -> its `sources` and the files they supersede (`superseded`), each with file, kind, status, hash."""
    rows = connection.execute(
        "SELECT session_id, kind, path, role, reason, sha256, facts FROM files WHERE session_id IS NOT NULL ORDER BY "
        "session_id, kind, path"
    ).fetchall()
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for session, kind, path, role, reason, sha, facts in rows:
        status = json.loads(facts)["evidence"]["status"] if facts else ""
        entry = {"file": path, "kind": kind, "status": status or "unmarked", "sha256": sha}
        lists = found.setdefault(str(session), {"sources": [], "superseded": []})
        if role == "source":
            lists["sources"].append(entry)
        else:
            lists["superseded"].append({**entry, "role": role, "reason": reason or None})
    return found


_KIND = re.compile(r"(?:[-_](?:laps|results|weather|pits))?\.\w+$", re.IGNORECASE)
_LIST = re.compile(r"^(?:.*[_ -])?(?:analysis|classification|grid)(?:[_ -].*)?$", re.IGNORECASE)


def place_below(connection: duckdb.DuckDBPyConnection, race_id: str, root: Path) -> str | None:
    """Where a race's files lie below a folder, without what tells the files of one session apart:
    "2021/05-sebring/202103201010-race", "2016/Fuji", "2024/fuji_6h". None where none of them does.
    """
    top = Path(os.path.normpath(root.absolute()))
    rows = connection.execute(
        "SELECT path FROM files WHERE session_id = ? AND role IN ('source', 'copy', 'superseded') ORDER BY "
        "role <> 'source', kind <> 'laps', path",
        [f"{race_id}/race"],
    ).fetchall()
    for (path,) in rows:
        if not Path(str(path)).is_relative_to(top):
            continue
        place = Path(str(path)).relative_to(top)
        if _LIST.match(place.stem) and len(place.parts) > 1:
            return place.parent.as_posix()
        return place.with_name(_KIND.sub("", place.name)).as_posix()
    return None
