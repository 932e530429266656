"""Archives that are an Apache directory listing: IMSA's."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from langstrecke.archives import markup
from langstrecke.archives.choose import kind_of
from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Kind, Series, Site
from langstrecke.archives.model import Event, Offer, Remote, Season
from langstrecke.archives.providers import alkamel
from langstrecke.errors import ArchiveError

_HOURS_ASKED = 3
"""So many hour folders are looked into, latest first, until every kind has a file: while a race runs, the last
may hold part of them only."""


def seasons(client: Client, site: Site) -> list[Season]:
    """The seasons: folders of the root."""
    return alkamel.seasons_of(entry.name for entry in _list(client, client.url).entries if entry.folder)


def events(client: Client, site: Site, series: Series, season: Season) -> list[Event]:
    """The events: folders of the season, whatever series raced there."""
    found = _list(client, _folder(client.url, season.key))
    return [alkamel.event_of(entry.name) for entry in found.entries if entry.folder and alkamel.is_event(entry.name)]


def offer(client: Client, hosts: Hosts, series: Series, season: Season, event: Event) -> Offer:
    """Walks event, series, sessions and the last hours. Nothing but listings is asked for."""
    top = _folder(_folder(client.url, season.key), event.key)
    notes: list[str] = []
    files: list[Remote] = []
    within = _list(client, top)
    own = [entry for entry in within.entries if entry.folder and alkamel.of_series(entry.name, series)]
    if not own:
        others = ", ".join(entry.name for entry in within.entries if entry.folder) or "nothing"
        notes.append(f"no folder of the series at {event.name}; there are: {others}")
    for folder in own:
        sessions = _list(client, folder.url)
        notes += _refused(sessions)
        for session in sessions.entries:
            if session.folder and alkamel.SESSION.match(session.name):
                path = (event.key, folder.name, session.name)
                files += _session(client, session.url, path, hosts.kinds, notes)
    return Offer(tuple(files), tuple(notes))


def _session(
    client: Client, url: str, path: tuple[str, str, str], kinds: dict[str, Kind], notes: list[str]
) -> list[Remote]:
    found = _list(client, url)
    notes += _refused(found)
    files = _files(found, path, path[2], kinds)
    hours = []
    for entry in found.entries:
        if entry.folder and (match := alkamel.HOUR_FOLDER.match(entry.name)):
            hours.append((int(match[1]), entry))
    for _, entry in sorted(hours, key=lambda hour: -hour[0])[:_HOURS_ASKED]:
        inner = _list(client, entry.url)
        notes += _refused(inner)
        files += _files(inner, (*path, entry.name), path[2], kinds)
        if {file.kind for file in files} >= set(kinds):
            break
    return files


def _files(found: markup.Listing, path: tuple[str, ...], session: str, kinds: dict[str, Kind]) -> list[Remote]:
    return [
        Remote(entry.url, (*path, entry.name), kind, session, entry.size, entry.rounded, entry.modified)
        for entry in found.entries
        if not entry.folder and (kind := kind_of(entry.name, kinds))
    ]


def _refused(found: markup.Listing) -> list[str]:
    return [f"a listed name leads elsewhere and is not followed: {name!r}" for name in found.refused]


def _folder(url: str, name: str) -> str:
    return urljoin(url, quote(name, safe="") + "/")


def _list(client: Client, url: str) -> markup.Listing:
    page = client.page(url)
    found = markup.listing(page.text, page.url)
    if found is None:
        if page.asks_for_login:
            raise ArchiveError(f"{url} asks for a login now", hint="it was an open listing: the site has changed")
        what = f"{url} answers with something else than a directory listing ({page.content_type or 'no type told'})"
        raise ArchiveError(what, hint="the site has changed; docs/fetch.md says how to name another address")
    return found
