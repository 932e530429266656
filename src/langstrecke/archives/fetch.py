"""An event's files: found, planned, fetched. What `langstrecke fetch` does, without a terminal.

with open_archive("imsa") as archive:
    plan = plan_event(archive, "2026", "sebring")
    outcome = carry_out(archive, plan)
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import platformdirs

from langstrecke.archives import manifest
from langstrecke.archives.choose import choose
from langstrecke.archives.client import Client
from langstrecke.archives.download import MEBIBYTE, differs, download
from langstrecke.archives.hosts import Hosts, Series, Site, load_hosts
from langstrecke.archives.matching import find, pick_season
from langstrecke.archives.model import Chosen, Event, Fetched, Offer, Outcome, Plan, Remote, Season
from langstrecke.archives.names import below, on_disk
from langstrecke.archives.providers import PROVIDERS, Provider, nls
from langstrecke.archives.transport import Sleep
from langstrecke.errors import ArchiveError, NotFoundError
from langstrecke.paddock.registry import load_registry

_LOOKED_INTO = 4
"""So many events of one name are looked into for the one with a race."""
_ENOUGH_FAULTS = 3
"""After so many files in a row that did not come the rest is not asked for."""

Progress = Callable[[int, int, str], None]
"""Called with bytes that came, files done, and the name of the file under way."""


def default_root() -> Path:
    """Where fetched files lie unless told otherwise: the user's cache folder."""
    return platformdirs.user_cache_path("langstrecke") / "archives"


@dataclass(frozen=True)
class Archive:
    """One series at its site, opened. A context manager."""

    key: str
    series: Series
    site: Site
    hosts: Hosts
    client: Client
    root: Path

    @property
    def provider(self) -> Provider:
        """How the site is read."""
        return PROVIDERS[self.site.kind]

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, trace)


def open_archive(
    series: str,
    *,
    hosts: Hosts | None = None,
    root: Path | None = None,
    offline: bool = False,
    sleep: Sleep = time.sleep,
) -> Archive:
    """The archive of a series, by its id or name. NotFoundError lists the series there are archives for.

    `root` is where files (and pages, under `.pages`) are kept, `hosts` another table than the user's.
    """
    table = hosts or load_hosts()
    key, entry = table.series_named(series)
    site = table.sites[entry.site]
    place = root or default_root()
    client = Client(site.url, table.manners, place / ".pages", offline=offline, sleep=sleep)
    return Archive(key, entry, site, table, client, place)


def season_events(archive: Archive, season: str) -> tuple[Season, tuple[Event, ...]]:
    """A season and its events in order. NotFoundError lists the seasons the archive has."""
    found = pick_season(archive.provider.seasons(archive.client, archive.site), season)
    events = archive.provider.events(archive.client, archive.site, archive.series, found)
    return found, tuple(events)


def plan_event(
    archive: Archive, season: str, event: str = "", *, sessions: Sequence[str] = (), sizes: bool = False
) -> Plan:
    """What fetching an event would bring. Nothing but listings is asked for, and with `sizes` the size of each file.

    `event` may be empty for a series of one event (the 24 h of Le Mans). `sessions` keeps only those whose name has
    one of the words. NotFoundError lists the events where none or several fit; ArchiveError where there is nothing.
    """
    wanted = event.strip() or (archive.series.event or "")
    chosen_season, events = season_events(archive, season)
    picked, offer = _the_event(archive, chosen_season, events, wanted)
    files = [file for file in offer.files if not sessions or _among(file.session, sessions)]
    if not files:
        raise _nothing(archive, picked, offer, sessions)
    chosen = choose(files, archive.hosts.kinds)
    if sizes:
        chosen = tuple(_with_size(archive, c) for c in chosen)
    folder = archive.root / on_disk(archive.series.site) / on_disk(chosen_season.key) / on_disk(files[0].path[0])
    plan = Plan(
        archive.key, chosen_season, picked, archive.series.site, archive.site.owner, archive.site.url, chosen,
        str(folder), tuple(dict.fromkeys(offer.notes)),
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
        return Fetched(str(place), line.size, line.sha256, "kept")
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
    return Fetched(str(place), line.size, line.sha256, "fetched" if got.changed else "unchanged")


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


def _the_event(archive: Archive, season: Season, events: Sequence[Event], wanted: str) -> tuple[Event, Offer]:
    if archive.site.kind == "nls" and (day := nls.dated(wanted)) is not None:
        return day, _offer(archive, season, day)
    title = f"{archive.key} {season.name}"
    if not events:
        raise NotFoundError(f"the archive lists no event of {title} yet", hint=archive.site.url)
    if not wanted:
        raise NotFoundError(f"which event of {title}? There are: {_listed(events)}")
    found = find(wanted, events, load_registry().circuits)
    if not found.events:
        near = f"; nearest: {_listed(found.close)}" if found.close else ""
        raise NotFoundError(f"no event of {title} is called {wanted!r}{near}", hint=f"there are: {_listed(events)}")
    if len(found.events) == 1:
        return found.events[0], _offer(archive, season, found.events[0])
    offers = [(event, _offer(archive, season, event)) for event in found.events[:_LOOKED_INTO]]
    races = [(event, offer) for event, offer in offers if any(_is_race(file.session) for file in offer.files)]
    if len(races) == 1 and len(found.events) <= _LOOKED_INTO:
        event, offer = races[0]
        others = _listed([other for other in found.events if other.key != event.key])
        note = f"{wanted!r} also fits {others}: {event.name} is taken, for it alone has a race"
        return event, replace(offer, notes=(note, *offer.notes))
    raise NotFoundError(
        f"{wanted!r} fits several events of {title}: {_listed(found.events)}", hint="name one by its number"
    )


def _offer(archive: Archive, season: Season, event: Event) -> Offer:
    return archive.provider.offer(archive.client, archive.hosts, archive.series, season, event)


def _is_race(session: str) -> bool:
    name = session.partition("_")[2].lower() or session.lower()
    return "race" in name and "practice" not in name and "qualif" not in name


def _listed(events: Sequence[Event]) -> str:
    return ", ".join(f"{event.order:02d} {event.name}" if event.order else event.name for event in events)


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
