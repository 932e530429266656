"""The summaries of every session in a store, in order of time, made once and kept in a cache.

The cache holds one small JSON file per file of laps, named by the file's checksum and this module's version; it can
be deleted at any time. A summary depends on its own session only, so nothing in the cache can tell about the future.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import platformdirs
from pydantic import TypeAdapter, ValidationError

from langstrecke.ratings.sessions import (
    FACT_COLUMNS,
    CarFact,
    Kind,
    LapSummary,
    Session,
    SessionInfo,
    SessionSummary,
    car_fact,
    facts_from_laps,
    summarise_laps,
)
from langstrecke.store import Store

VERSION = 9
"""Raise when a summary's content or meaning changes."""

_LAPS = TypeAdapter(LapSummary)


@dataclass(frozen=True)
class RaceMeta:
    """What a race is, beside its sessions."""

    race_id: str
    series: str
    season: int
    circuit: str
    name: str
    date: dt.date
    start: dt.datetime
    duration_s: float


@dataclass(frozen=True)
class Archive:
    """Summaries in order of time, and the races among them."""

    summaries: tuple[SessionSummary, ...]
    races: dict[str, RaceMeta]
    licences: dict[str, str] = field(default_factory=dict)
    """Driver -> licence from outside the results (FIA list), used where a result names none."""

    def before(self, race_id: str) -> tuple[SessionSummary, ...]:
        """Every session that had ended when this race began: earlier start, and not the race itself."""
        start = self.race_start(race_id)
        return tuple(s for s in self.summaries if s.info.start < start and s.info.id != f"{race_id}/race")

    def race_start(self, race_id: str) -> dt.datetime:
        """Start of the race's session, or the race's own entry where there is no session yet."""
        for s in self.summaries:
            if s.info.id == f"{race_id}/race":
                return s.info.start
        return self.races[race_id].start


def default_cache() -> Path:
    """The user's cache folder."""
    return platformdirs.user_cache_path("langstrecke") / f"ratings-{VERSION}"


def open_archive(
    store: Store,
    *,
    until: dt.datetime | None = None,
    cache: Path | None = None,
    licences: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Archive:
    """Summaries of the store's sessions that began before `until` (all without it).

    `progress` is called with (sessions done, sessions in all).
    """
    metas = race_metas(store)
    rows = []
    for row in store.sessions().iter_rows(named=True):
        meta = metas.get(row["race_id"] or "")
        start = row["start"] or (meta.start if meta is not None else None)
        if start is not None and (until is None or start < until):
            rows.append({**row, "start": start})
    rows.sort(key=lambda r: (r["start"], r["session_id"]))
    place = cache or default_cache()
    facts = _entry_facts(store)
    summaries = []
    for i, row in enumerate(rows):
        summaries.append(_summary(store, row, facts.get(row["session_id"], ()), place))
        if progress is not None:
            progress(i + 1, len(rows))
    return Archive(tuple(summaries), metas, licences or {})


def race_metas(store: Store) -> dict[str, RaceMeta]:
    """All races of the store by id."""
    metas = {}
    for row in store.races().iter_rows(named=True):
        noon = dt.datetime.combine(row["date"] or dt.date(row["season"], 1, 1), dt.time(12))
        metas[row["race_id"]] = RaceMeta(
            race_id=row["race_id"],
            series=row["series"],
            season=int(row["season"]),
            circuit=row["circuit"],
            name=row["event"],
            date=noon.date(),
            start=row["start_time"] or noon,
            duration_s=float(row["duration_s"] or 0.0),
        )
    return metas


def _summary(store: Store, row: dict[str, Any], cars: tuple[CarFact, ...], cache: Path) -> SessionSummary:
    info = SessionInfo(
        id=row["session_id"],
        race_id=row["race_id"] or row["session_id"].split("/")[0],
        series=row["series"],
        season=int(row["season"]),
        circuit=row["circuit"],
        kind=cast(Kind, row["kind"]),
        start=row["start"],
    )
    sha = row["sha256"]
    kept = _kept(cache, info, sha) if sha else None
    if kept is not None and cars:
        return SessionSummary(info, cars, kept)
    laps = store.laps(info.id)
    if kept is None:
        kept = summarise_laps(Session(info, laps, None, store.weather(info.id)))
        if sha:
            _keep(cache, info, sha, kept)
    return SessionSummary(info, cars or facts_from_laps(laps), kept)


def _entry_facts(store: Store) -> dict[str, tuple[CarFact, ...]]:
    """Session -> entry facts from its result table, all sessions in one query."""
    names = ", ".join(f'"{name}"' for name in ("race_id", *FACT_COLUMNS))
    rows = store.connection.execute(f"SELECT {names} FROM results").fetchall()
    found: dict[str, dict[str, CarFact]] = {}
    for session, *values in sorted(rows, key=lambda r: (r[0], r[1])):
        fact = car_fact(dict(zip(FACT_COLUMNS, values, strict=True)))
        found.setdefault(session, {})[fact.car] = fact
    return {session: tuple(cars.values()) for session, cars in found.items()}


def _file(cache: Path, info: SessionInfo, sha: str) -> Path:
    name = hashlib.sha256(f"{VERSION}|{info.kind}|{sha}".encode()).hexdigest()[:40]
    return cache / f"{name}.json"


def _kept(cache: Path, info: SessionInfo, sha: str) -> LapSummary | None:
    try:
        return _LAPS.validate_json(_file(cache, info, sha).read_bytes())
    except (OSError, ValidationError):
        return None


def _keep(cache: Path, info: SessionInfo, sha: str, summary: LapSummary) -> None:
    """Write beside and rename, so that a reader never sees half a file; no cache folder is no error."""
    target = _file(cache, info, sha)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(_LAPS.dump_json(summary))
        part.replace(target)
    except OSError:
        return
