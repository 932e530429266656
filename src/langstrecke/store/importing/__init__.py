"""Timing files into the store: found, read, filed, and written in one transaction.

    with open_store() as store:
        report = import_folder(store, "../shared/data/imsa")

Four steps, a module each: what is in a file (`content`), what is known of its race and from where (`evidence`,
with `words` for names and `series` for classes), which session of which event each file is (`plan`, with `events`
and `choose`), and the rows (`write`). The plan is made anew from every file the store has ever read, so importing
twice, or in another order, gives the same store; a file that changed replaces itself; a run that fails or is
interrupted leaves the store as it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.store import Store
from langstrecke.store.importing.content import describe
from langstrecke.store.importing.evidence import Options, gather
from langstrecke.store.importing.find import ASIDE, find_files
from langstrecke.store.importing.plan import Filed, Plan, make_plan
from langstrecke.store.importing.record import Record
from langstrecke.store.importing.report import FileNotes, ImportReport
from langstrecke.store.importing.write import records, write_plan
from langstrecke.timing.files import TimingFile, load

__all__ = ["FileNotes", "ImportReport", "Options", "Progress", "content_hash", "import_folder", "import_paths"]

Progress = Callable[[int, int, str], None]
"""Called with files done, files in all, and the name of the file just read."""

NOTHING_TOLD = Options()
_FOREIGN = ("no timing file", "nothing in it is read", "is a starting grid")
"""What readers say of files that are whole but hold nothing for a store."""
_READERS = 3
_BATCH = 64
"""Files read ahead before their rows are kept; bounds the memory."""


@dataclass
class _Found:
    """A file to be looked at: where it lies, and the name under which it is known."""

    place: Path
    name: str
    sha256: str = ""


@dataclass
class _Work:
    """What an import has gathered before anything is written."""

    fresh: dict[str, Record] = field(default_factory=dict)
    tables: dict[str, TimingFile] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)


def import_folder(
    store: Store, folder: str | Path, *, options: Options = NOTHING_TOLD, progress: Progress | None = None
) -> ImportReport:
    """Import every timing file under `folder` (or the one file it is).

    A file that cannot be read or filed is left out and named in the report, with the reason. `options` are what is
    known of all the files at once. Raises `TimingFileError` where there is no such folder, no timing file in it, or
    none that can be imported; `StoreError` where the store cannot be written.
    """
    return import_paths(store, [folder], options=options, progress=progress)


def import_paths(
    store: Store,
    paths: Sequence[str | Path],
    *,
    options: Options = NOTHING_TOLD,
    names: Mapping[Path, str] | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Like `import_folder` for several folders or files, all in one transaction.

    `names` gives files that lie elsewhere the path by which they are known (uploads: the sender's).
    """
    report = ImportReport()
    found = _find(paths, names or {})
    report.files = len(found)
    held = {record.path: record for record in records(store)}
    by_sha = {record.sha256: record for record in held.values()}
    work = _Work()
    _read_all(found, held, by_sha, options, work, report, progress)
    if not work.fresh:
        _nothing_new(found, held, work, report)
        return report
    merged = {**held, **work.fresh}
    plan = make_plan(merged.values())
    write_plan(store, list(merged.values()), work.tables, plan)
    _tell(report, work, plan.filed, plan.notes, held)
    if report.replaced:
        _tell_gone(report, work, make_plan(held.values()), plan)
    filed = [state for path in work.fresh if (state := plan.filed[path]).role not in ("refused", "undecided")]
    report.sessions = sorted({f.session_id for f in filed if f.session_id and f.role == "source"})
    report.races = sorted(
        {s.race_id for s in (plan.sessions[i] for i in report.sessions) if s.race_id and s.race_id in plan.races}
    )
    if not filed and not report.unchanged:
        _refuse(work, plan.filed)
    return report


def content_hash(path: Path) -> str:
    """The hash of a file's content; a dossier's takes in the pit stops beside it, which belong to its laps."""
    digest = hashlib.sha256(path.read_bytes())
    pits = path.with_name(path.name.replace("laps", "pits"))
    if pits != path and path.suffix == ".csv" and pits.is_file():
        digest.update(pits.read_bytes())
    return digest.hexdigest()


def _find(paths: Sequence[str | Path], names: Mapping[Path, str]) -> list[_Found]:
    found: dict[str, _Found] = {}
    for text in paths:
        root = Path(text)
        if not root.exists():
            raise TimingFileError("no such file or folder", file=root)
        files = list(find_files(root))
        if not files:
            raise TimingFileError("holds no timing file (CSV, JSON, or a lap table as text)", file=root)
        for path in files:
            # The path as it was walked, links and all: the folders it was reached by are evidence.
            name = names.get(path.resolve()) or os.path.normpath(path.absolute())
            found.setdefault(name, _Found(path, name))
    return [found[name] for name in sorted(found)]


def _read_all(
    found: list[_Found],
    held: dict[str, Record],
    by_sha: dict[str, Record],
    options: Options,
    work: _Work,
    report: ImportReport,
    progress: Progress | None,
) -> None:
    if progress is not None:
        progress(0, len(found), "")

    def attempt(file: _Found) -> TimingFile | Record | LangstreckeError:
        try:
            file.sha256 = content_hash(file.place)
            known = by_sha.get(file.sha256)
            return known if known is not None else load(file.place)
        except LangstreckeError as error:
            return error
        except OSError as error:
            return TimingFileError(f"cannot be read: {error.strerror}", file=file.place)

    with ThreadPoolExecutor(_READERS) as pool:
        for begin in range(0, len(found), _BATCH):
            batch = found[begin : begin + _BATCH]
            for done, (file, got) in enumerate(zip(batch, pool.map(attempt, batch), strict=True), begin + 1):
                _take(file, got, held, options, work, report)
                if progress is not None:
                    progress(done, len(found), file.place.name)


def _take(
    file: _Found, got: TimingFile | Record | LangstreckeError, held: dict[str, Record], options: Options,
    work: _Work, report: ImportReport,
) -> None:  # fmt: skip
    if isinstance(got, LangstreckeError):
        why = got.message().removeprefix(str(file.place)).lstrip(":, ")
        if file.place.suffix.lower() in ASIDE and "no timing file" in why:
            report.files -= 1  # any text; only what is a lap table was meant
            return
        foreign = any(words in got.what for words in _FOREIGN)
        (work.foreign if foreign else work.failed)[file.name] = why
        return
    content = got.content if isinstance(got, Record) else describe(got)
    record = Record(file.name, file.sha256, content, gather(file.name, content, options))
    before = held.get(file.name)
    if (
        before is not None
        and before.sha256 == record.sha256
        and (options == NOTHING_TOLD or before.evidence == record.evidence)
    ):
        report.unchanged += 1
        return
    if isinstance(got, TimingFile) and file.sha256 not in work.tables:
        work.tables[file.sha256] = got
    report.replaced += before is not None and before.sha256 != record.sha256
    work.fresh[file.name] = record


def _tell(
    report: ImportReport, work: _Work, filed: Mapping[str, Filed], notes: Mapping[str, list[str]],
    held: Mapping[str, Record],
) -> None:  # fmt: skip
    """The counts and notes of an import."""
    for path, record in work.fresh.items():
        state = filed[path]
        told = [*record.content.notices, *record.evidence.notes, *notes.get(path, [])]
        if state.role in ("undecided", "refused"):
            report.failed += 1
            report.notes.append(FileNotes(path, (f"not filed: {state.reason}", *told), failed=True))
            continue
        report.imported += 1
        report.superseded += state.role == "superseded"
        report.copies += state.role == "copy"
        if state.role == "superseded":
            told.insert(0, f"superseded: {state.reason}")
        elif state.role == "source":
            report.laps += record.content.laps if record.content.kind == "laps" else 0
        if told:
            report.notes.append(FileNotes(path, tuple(told)))
        report.dropped += record.content.left_out
    for path in held.keys() - work.fresh.keys():
        # A file of an earlier import that this one pushed aside.
        if filed[path].role == "refused":
            report.notes.append(FileNotes(path, (f"not filed any more: {filed[path].reason}",), failed=True))
    _unread(report, work)


def _tell_gone(report: ImportReport, work: _Work, before: Plan, after: Plan) -> None:
    """Name races that files held before they changed and that no other file holds."""
    for path in sorted(work.fresh.keys() & before.filed.keys()):
        session = before.sessions.get(before.filed[path].session_id or "")
        if session is not None and session.race_id and session.race_id not in after.races:
            report.notes.append(
                FileNotes(path, (f"held {session.race_id} before it changed; that race has left the store",))
            )


def _unread(report: ImportReport, work: _Work) -> None:
    report.failed += len(work.failed)
    report.other += len(work.foreign)
    report.foreign += sorted(work.foreign)
    report.notes += [FileNotes(path, (why,), failed=True) for path, why in sorted(work.failed.items())]
    report.notes += [FileNotes(path, (why,)) for path, why in sorted(work.foreign.items())]


def _nothing_new(found: list[_Found], held: Mapping[str, Record], work: _Work, report: ImportReport) -> None:
    """No file that the store has not: fine where it has some already, else a clear error."""
    _unread(report, work)
    if report.unchanged:
        return
    path, why = min({**work.foreign, **work.failed}.items(), key=lambda item: (item[0] in work.foreign, item[0]))
    rest = len(work.failed) + len(work.foreign) - 1
    more = f"; nor any of {rest} more files" if rest else ""
    raise TimingFileError(f"cannot be imported: {why}{more}", file=path)


def _refuse(work: _Work, filed: Mapping[str, Filed]) -> None:
    """Raised where not one of the files could be filed; they are kept aside until something says what they are."""
    path = min(work.fresh)
    rest = len(work.fresh) + len(work.failed) - 1
    more = f"; nor can {rest} more files" if rest else ""
    raise TimingFileError(f"cannot be filed: {filed[path].reason}{more}", file=path)
