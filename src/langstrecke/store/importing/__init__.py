"""Timing folders into the store: found, read, and written in one transaction.

    with open_store() as store:
        report = import_folder(store, "../shared/data/imsa")

Importing twice changes nothing; a file that changed replaces its session; a run that fails or is interrupted
leaves the store as it was.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.store import Store
from langstrecke.store.importing.events import name_event
from langstrecke.store.importing.job import Job
from langstrecke.store.importing.layouts import Source, find_sources
from langstrecke.store.importing.read import Reading, read_source
from langstrecke.store.importing.write import write

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the name of the file just read."""

_READERS = 3


@dataclass(frozen=True)
class FileNotes:
    """What was left out of one file (`notes`), or why it could not be read at all (`failed`)."""

    file: str
    notes: tuple[str, ...]
    failed: bool = False


@dataclass
class ImportReport:
    """What one import did, counted. `files` are the timing files found, `other` those of no known layout."""

    files: int = 0
    imported: int = 0
    unchanged: int = 0
    replaced: int = 0
    failed: int = 0
    other: int = 0
    laps: int = 0
    dropped: int = 0
    sessions: list[str] = field(default_factory=list)
    races: list[str] = field(default_factory=list)
    notes: list[FileNotes] = field(default_factory=list)


def import_folder(store: Store, folder: str | Path, *, progress: Progress | None = None) -> ImportReport:
    """Import every timing file under `folder` (or the one file it is) that fits a known layout.

    A file that cannot be read is left out and named in the report. Raises `TimingFileError` where there is no
    such folder, no timing file in it, or none that can be read; `StoreError` where the store cannot be
    written.
    """
    return import_paths(store, [folder], progress=progress)


def import_paths(store: Store, paths: Sequence[str | Path], *, progress: Progress | None = None) -> ImportReport:
    """Like `import_folder` for several folders or files, all in one transaction."""
    report = ImportReport()
    sources = _find(paths, report)
    jobs = _jobs(store, sources, report)
    known = {
        (str(session), str(kind)): str(sha)
        for session, kind, sha in store.connection.execute("SELECT session_id, kind, sha256 FROM files").fetchall()
    }
    fresh = []
    for job in jobs:
        before = known.get((job.session_id, job.source.kind))
        if before == job.sha256:
            report.unchanged += 1
        else:
            report.replaced += before is not None
            fresh.append(job)
    readings = _read(fresh, report, progress, offset=report.unchanged)
    if report.files and report.failed == report.files:
        first = report.notes[0]
        more = f"; nor any of {report.failed - 1} more files" if report.failed > 1 else ""
        raise TimingFileError(f"cannot be imported: {first.notes[0]}{more}", file=first.file)
    if readings:
        write(store, readings)
    report.imported = len(readings)
    report.laps = sum(reading.laps.height for _, reading in readings if reading.laps is not None)
    report.sessions = sorted({job.session_id for job, _ in readings})
    report.races = sorted({job.race_id for job, _ in readings if job.race_id})
    return report


def _find(paths: Sequence[str | Path], report: ImportReport) -> list[Source]:
    sources: dict[Path, Source] = {}
    for text in paths:
        root = Path(text)
        if not root.exists():
            raise TimingFileError("no such file or folder", file=root)
        found, others = find_sources(root)
        if not found:
            hint = "langstrecke import --help names the layouts" if root.is_dir() else None
            raise TimingFileError("holds no timing file of a known layout", file=root, hint=hint)
        report.other += len(others)
        for source in found:
            sources.setdefault(source.path.resolve(), source)
    report.files = len(sources)
    return list(sources.values())


def _jobs(store: Store, sources: list[Source], report: ImportReport) -> list[Job]:
    events: dict[tuple[str, int, str], list[Source]] = defaultdict(list)
    for source in sources:
        events[source.series, source.season, source.event].append(source)
    order = sorted(events, key=lambda key: (key[1], key[0], min(s.source for s in events[key])))
    # An identifier belongs to the event that had it first.
    owner = {
        str(session).rsplit("/", 1)[0]: str(event)
        for session, event in store.connection.execute("SELECT session_id, event FROM sessions").fetchall()
    }
    jobs = []
    for key in order:
        group = events[key]
        naming = plain = name_event(group)
        number = 2
        while owner.setdefault(naming.prefix, key[2]) != key[2]:
            naming, number = plain.numbered(number), number + 1
        names = _session_names(group)
        for source in group:
            name = names[source.session, source.stamp.isoformat() if source.stamp else ""]
            session_id, race_id = naming.session(source, name)
            try:
                sha = hashlib.sha256(_content(source)).hexdigest()
            except OSError as error:
                _fail(report, source, f"cannot be read: {error.strerror}")
                continue
            jobs.append(Job(source, naming, session_id, race_id, name, sha))
    return jobs


def _content(source: Source) -> bytes:
    """What the hash is taken of: the file, and for a dossier the pit stops beside it."""
    content = source.path.read_bytes()
    if source.dossier:
        pits = source.path.with_name(source.path.name.replace("laps", "pits"))
        if pits.is_file():
            content += pits.read_bytes()
    return content


def _session_names(group: list[Source]) -> dict[tuple[str, str], str]:
    """Names within an event; a second session of one name, later in the event, is numbered."""
    seen: dict[str, list[str]] = defaultdict(list)
    for source in sorted(group, key=lambda s: s.stamp.isoformat() if s.stamp else ""):
        stamp = source.stamp.isoformat() if source.stamp else ""
        if stamp not in seen[source.session]:
            seen[source.session].append(stamp)
    return {
        (session, stamp): session if place == 0 else f"{session}-{place + 1}"
        for session, stamps in seen.items()
        for place, stamp in enumerate(stamps)
    }


def _read(
    jobs: list[Job], report: ImportReport, progress: Progress | None, *, offset: int
) -> list[tuple[Job, Reading]]:
    total = offset + len(jobs)
    readings: list[tuple[Job, Reading]] = []
    if progress is not None:
        progress(offset, total, "")

    def attempt(job: Job) -> Reading | LangstreckeError:
        try:
            return read_source(job.source)
        except LangstreckeError as error:
            return error

    with ThreadPoolExecutor(_READERS) as pool:
        for done, (job, reading) in enumerate(zip(jobs, pool.map(attempt, jobs), strict=True), offset + 1):
            if isinstance(reading, LangstreckeError):
                _fail(report, job.source, reading.message().removeprefix(str(job.source.path)).lstrip(":, "))
            else:
                readings.append((job, reading))
                if reading.notices:
                    notes = tuple(str(notice) for notice in reading.notices)
                    report.notes.append(FileNotes(str(job.source.path), notes))
                    report.dropped += sum(notice.count for notice in reading.notices)
            if progress is not None:
                progress(done, total, job.source.path.name)
    return readings


def _fail(report: ImportReport, source: Source, why: str) -> None:
    report.failed += 1
    report.notes.append(FileNotes(str(source.path), (why,), failed=True))
