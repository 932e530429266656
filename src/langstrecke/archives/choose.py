"""Which of a session's files to take: the last hour, official before provisional, CSV before JSON, PDF never."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from langstrecke.archives.hosts import Kind
from langstrecke.archives.model import Chosen, Remote

SUFFIXES = ("csv", "json")
_HOUR = re.compile(r"(?:^|[\W_])hour[\s_]*(\d{1,3})(?=\W|_|$)", re.IGNORECASE)
_STATUS = re.compile(r"(?:^|[\W_])(official|provisional|unofficial|preliminary)(?=\W|_|$)", re.IGNORECASE)
_RANK = {"official": 0, "": 1, "provisional": 2, "preliminary": 2, "unofficial": 3}
_REVISED = re.compile(r"(?:^|[\W_])(?:revised|revision|rev|v)[\s_.]*(\d*)(?=\W|_|$)", re.IGNORECASE)
_AMENDED = re.compile(r"(?:^|[\W_])amended(?=\W|_|$)", re.IGNORECASE)


def suffix(name: str) -> str:
    """The end of a name in lower case: "csv"."""
    return name.rpartition(".")[2].lower()


def kind_of(name: str, kinds: dict[str, Kind]) -> str | None:
    """Which kind of file a name is; None for one that is not fetched."""
    if suffix(name) not in SUFFIXES:
        return None
    for kind, entry in kinds.items():
        if any(re.search(pattern, name, re.IGNORECASE) for pattern in entry.files):
            return kind
    return None


def hour_of(path: Sequence[str]) -> int | None:
    """The hour of the race a file was printed after: of its folder ("06_Hour 6"), else of its name."""
    for part in reversed(path):
        if found := _HOUR.search(part):
            return int(found[1])
    return None


def status_of(name: str) -> str:
    """What a name says of its standing: "official", "provisional", "unofficial" or nothing."""
    found = _STATUS.search(name)
    return found[1].lower() if found else ""


def revision_of(name: str) -> int:
    """How often a name says it was mended: "Revised 2" is 2, "Amended" 1."""
    found = _REVISED.search(name)
    if found:
        return int(found[1] or 1)
    return int(bool(_AMENDED.search(name)))


def choose(files: Sequence[Remote], kinds: dict[str, Kind]) -> tuple[Chosen, ...]:
    """The best file of each kind of each session, in the order of sessions and kinds."""
    groups: dict[tuple[str, str], list[Remote]] = defaultdict(list)
    latest: dict[str, int] = defaultdict(int)
    for file in files:
        groups[file.session, file.kind].append(file)
        latest[file.session] = max(latest[file.session], hour_of(file.path) or 0)
    chosen = []
    order = list(kinds)
    for (session, kind), group in sorted(groups.items(), key=lambda g: (g[0][0], _place(g[0][1], order))):
        patterns = kinds[kind].files if kind in kinds else []
        ranked = sorted(group, key=lambda file: _key(file, latest[session], patterns))
        chosen.append(Chosen(ranked[0], tuple("/".join(file.path[3:]) for file in ranked[1:])))
    return tuple(chosen)


def unsure(chosen: Sequence[Chosen]) -> list[str]:
    """What is not final of the races among chosen files, a sentence each: no result, or one that may still change."""
    notes = []
    sessions = dict.fromkeys(c.remote.session for c in chosen if c.remote.kind in ("laps", "results"))
    for session in sessions:
        name = session.partition("_")[2] or session
        if not is_race(session):
            continue
        results = [c.remote.name for c in chosen if c.remote.session == session and c.remote.kind == "results"]
        standing = status_of(results[0]) if results else None
        if standing is None:
            notes.append(
                f"{name} has no result yet as CSV or JSON: it may be under way, and its last hour not the last"
            )
        elif standing not in ("", "official"):
            notes.append(f"the result of {name} is {standing} and may still change; fetch again later")
    return notes


def is_race(session: str) -> bool:
    """Whether a session's folder ("202603211010_Race") is a race's."""
    name = session.partition("_")[2].lower() or session.lower()
    return "race" in name and "practice" not in name and "qualif" not in name


def _place(kind: str, order: list[str]) -> int:
    return order.index(kind) if kind in order else len(order)


def _key(file: Remote, latest: int, patterns: list[str]) -> tuple[object, ...]:
    hour = hour_of(file.path)
    # A file beside the hour folders and one of the last hour both tell the whole race; an earlier hour does not.
    whole = hour is None or hour == latest
    name = file.name
    pattern = next((n for n, p in enumerate(patterns) if re.search(p, name, re.IGNORECASE)), len(patterns))
    return (
        not whole,
        0 if whole else -(hour or 0),
        _RANK[status_of(name)],
        SUFFIXES.index(suffix(name)) if suffix(name) in SUFFIXES else len(SUFFIXES),
        pattern,
        -revision_of(name),
        hour is not None,
        name,
    )
