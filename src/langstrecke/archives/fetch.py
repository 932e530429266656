"""An event's files: found, planned, fetched. What `langstrecke fetch` does, without a terminal.

with open_archive("imsa") as archive:
    plan = plan_event(archive, "2026", "sebring")
    outcome = carry_out(archive, plan)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from langstrecke.archives import manifest
from langstrecke.archives.archive import Archive
from langstrecke.archives.choose import choose, unsure
from langstrecke.archives.download import MEBIBYTE, differs, download
from langstrecke.archives.model import Chosen, Event, Fetched, Offer, Outcome, Plan, Remote
from langstrecke.archives.names import below, on_disk
from langstrecke.archives.pick import pick
from langstrecke.errors import ArchiveError

_ENOUGH_FAULTS = 3
"""After so many files in a row that did not come the rest is not asked for."""

Progress = Callable[[int, int, str], None]
"""Called with bytes that came, files done, and the name of the file under way."""


def plan_event(
    archive: Archive, season: str, event: str = "", *, sessions: Sequence[str] = (), sizes: bool = False
) -> Plan:
    """What fetching an event would bring. Nothing but listings is asked for, and with `sizes` the size of each file.

    `event` may be empty for a series of one event (the 24 h of Le Mans). `sessions` keeps only those whose name has
    one of the words. NotFoundError lists the events where none or several fit; ArchiveError where there is nothing.
    """
    meeting = pick(archive, season, event)
    picked, offer = meeting.event, meeting.offer
    files = [file for file in offer.files if not sessions or _among(file.session, sessions)]
    if not files:
        raise _nothing(archive, picked, offer, sessions)
    chosen = choose(files, archive.hosts.kinds)
    if sizes:
        chosen = tuple(_with_size(archive, c) for c in chosen)
    folder = archive.root / on_disk(archive.series.site) / on_disk(meeting.season.key) / on_disk(files[0].path[0])
    plan = Plan(
        archive.key, meeting.season, picked, archive.series.site, archive.site.owner, archive.site.url, chosen,
        str(folder), tuple(dict.fromkeys([*offer.notes, *_unsure(archive, chosen)])),
    )  # fmt: skip
    _check_sum(archive, plan)
    return plan


def carry_out(
    archive: Archive,
    plan: Plan,
    *,
    refresh: bool = False,
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    progress: Progress | None = None,
) -> Outcome:
    """Fetch what a plan names and is not here yet. `refresh` asks the site about files that are here, too.

    Files that could not be fetched are named in the outcome; ArchiveError where not one is here afterwards.
    Interrupted at any moment, the next run goes on where this one ended.
    """
    folder = Path(plan.folder)
    lines = manifest.read(folder)
    outcome = Outcome()
    in_a_row, came = 0, 0
    left = archive.hosts.manners.event_mib * MEBIBYTE
    for number, chosen in enumerate(plan.chosen):
        remote = chosen.remote
        if in_a_row == _ENOUGH_FAULTS:
            outcome.faults.append(f"{len(plan.chosen) - number} more were not asked for after that")
            break
        if progress is not None:
            progress(came, number, remote.name)

        def arrived(size: int, number: int = number, name: str = remote.name) -> None:
            nonlocal came
            came += size
            if progress is not None:
                progress(came, number, name)

        try:
            fetched = _one(archive, plan, remote, folder, lines, refresh, now(), left, arrived)
        except ArchiveError as error:
            outcome.faults.append(error.message())
            in_a_row += 1
            continue
        except OSError as error:
            raise ArchiveError(f"cannot be written: {error.strerror or error}", file=folder) from None
        in_a_row = 0
        left -= fetched.size
        outcome.files.append(fetched)
    if progress is not None:
        progress(came, len(plan.chosen), "")
    outcome.requests = len(archive.client.sent)
    if not outcome.files:
        raise ArchiveError(outcome.faults[0])
    return outcome


def _one(
    archive: Archive, plan: Plan, remote: Remote, folder: Path, lines: dict[str, manifest.Line], refresh: bool,
    now: dt.datetime, left: float, arrived: Callable[[int], None],
) -> Fetched:  # fmt: skip
    place = below(folder, remote.path[1:])
    path = place.relative_to(folder).as_posix()
    line = lines.get(path)
    if line is not None and not manifest.is_intact(folder, line):
        line = None
    if line is not None and (
        archive.client.offline or not (refresh or _may_have_changed(archive, plan, remote, line, now))
    ):
        return Fetched(remote.url, str(place), line.size, line.sha256, "kept")
    limit = round(min(archive.hosts.manners.file_mib * MEBIBYTE, left))
    if line is None:
        got = download(archive.client, remote, place, limit, arrived=arrived)
    else:
        got = download(
            archive.client, remote, place, limit, etag=line.etag, last_modified=line.last_modified, arrived=arrived
        )
    stamp = now.isoformat(timespec="seconds")
    listed = remote.modified.isoformat(sep=" ") if remote.modified else ""
    if got.changed:
        line = manifest.Line(
            path, remote.url, got.size, got.sha256, stamp, stamp, got.etag, got.last_modified, listed
        )
    elif line is not None:
        line = replace(line, asked=stamp, listed=listed)
    else:
        raise ArchiveError(f"{remote.url} is said to be unchanged, and there was nothing here")
    lines[path] = line
    manifest.write(folder, lines)
    return Fetched(remote.url, str(place), line.size, line.sha256, "fetched" if got.changed else "unchanged")


def _may_have_changed(archive: Archive, plan: Plan, remote: Remote, line: manifest.Line, now: dt.datetime) -> bool:
    """Whether to ask the site: its listing prints another file, or the file came before it was final."""
    if remote.modified is not None:
        return line.listed != remote.modified.isoformat(sep=" ") or differs(remote, line.size)
    manners = archive.hosts.manners
    try:
        asked = dt.datetime.fromisoformat(line.asked)
    except ValueError:
        return True
    began = remote.stamp or (dt.datetime.combine(plan.event.end, dt.time()) if plan.event.end else None)
    if began is not None and asked.replace(tzinfo=None) >= began + dt.timedelta(hours=manners.settled_hours):
        return False
    return now - asked >= dt.timedelta(minutes=manners.listing_minutes)


def _among(session: str, words: Sequence[str]) -> bool:
    name = session.partition("_")[2].lower() or session.lower()
    return any(word.lower() in name for word in words)


def _nothing(archive: Archive, event: Event, offer: Offer, sessions: Sequence[str]) -> ArchiveError:
    if offer.files:
        names = ", ".join(dict.fromkeys(file.session.partition("_")[2] or file.session for file in offer.files))
        return ArchiveError(
            f"no session of {event.name} is called {' or '.join(sessions)}", hint=f"there are: {names}"
        )
    why = "; ".join(offer.notes) or "its page lists no lap, result or weather file as CSV or JSON"
    return ArchiveError(f"{archive.site.url} has nothing of {archive.key} at {event.name} to fetch: {why}")


def _unsure(archive: Archive, chosen: Sequence[Chosen]) -> list[str]:
    return unsure(chosen) if archive.site.kind in ("listing", "page") else []


def _with_size(archive: Archive, chosen: Chosen) -> Chosen:
    if chosen.remote.size is not None:
        return chosen
    return replace(chosen, remote=replace(chosen.remote, size=archive.client.head(chosen.remote.url)))


def _check_sum(archive: Archive, plan: Plan) -> None:
    total = sum(chosen.remote.size or 0 for chosen in plan.chosen)
    limit = archive.hosts.manners.event_mib * MEBIBYTE
    if total > limit:
        what = f"{plan.event.name} has {total / MEBIBYTE:,.0f} MiB, and an event may have {limit / MEBIBYTE:,.0f}"
        raise ArchiveError(what, hint="event_mib in a hosts file allows more, --sessions takes less")
