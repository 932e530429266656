"""The archive of one series, opened: its table, its site, the way there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import platformdirs

from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Series, Site, load_hosts
from langstrecke.archives.matching import pick_season
from langstrecke.archives.model import Event, Season
from langstrecke.archives.providers import PROVIDERS, Provider
from langstrecke.archives.transport import Sleep


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
