"""The participants' pages of the Nürburgring series: a page per date, links to downloads."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from langstrecke.archives import markup
from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Series, Site
from langstrecke.archives.model import Event, Offer, Remote, Season
from langstrecke.archives.names import decoded, is_plain
from langstrecke.errors import ArchiveError

_DATE = re.compile(r"(?:^|[?&])d=((?:19|20)\d{2}-\d{2}-\d{2})(?:&|$)")


def seasons(client: Client, site: Site) -> list[Season]:
    """Years of dates the first page links, and those before: a page is keyed by its date and can be asked for."""
    years = {event.start.year for event in _dates(client) if event.start}
    this = dt.date.today().year
    return [Season(str(year), (year,)) for year in sorted(years | set(range(2019, this + 1)))]


def events(client: Client, site: Site, series: Series, season: Season) -> list[Event]:
    """The dates of a year the first page links."""
    return [event for event in _dates(client) if event.start and event.start.year in season.years]


def dated(text: str) -> Event | None:
    """An event named by its date, `2026-06-20`: the series keys its pages by it."""
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        return None
    return Event(day.isoformat(), day.isoformat(), start=day, end=day, places=("Nürburgring",))


def offer(client: Client, hosts: Hosts, series: Series, season: Season, event: Event) -> Offer:
    """The sector-time files the date's page links. Where it links no file, the usual names are tried."""
    keys = hosts.sites[series.site].keys
    address = urljoin(client.url, keys["event"].format(date=event.key))
    page = client.page(address)
    if page.asks_for_login:
        raise ArchiveError(f"{address} asks for a login now", hint="it was open before: the site has changed")
    pattern = re.compile(keys["pattern"], re.IGNORECASE)
    files: dict[str, Remote] = {}
    notes: list[str] = []
    for link in markup.read(page.text).links:
        name = _file_name(link.href)
        if name is None or not pattern.search(name):
            continue
        if not is_plain(name):
            notes.append(f"a listed name leads elsewhere and is not followed: {link.href!r}")
            continue
        url = urljoin(client.url, _quoted(link.href))
        files.setdefault(name, _remote(url, event, name))
    if not files:
        notes.append(f"{address} links no sector-time file; the usual names are tried")
        for name in keys["laps"]:
            url = urljoin(client.url, keys["file"].format(date=event.key, name=quote(name, safe="")))
            files[name] = _remote(url, event, name)
    return Offer(tuple(files.values()), tuple(notes))


def _remote(url: str, event: Event, name: str) -> Remote:
    return Remote(url, (event.key, name), "laps", f"{event.key}_{name}")


def _file_name(href: str) -> str | None:
    """The last part of what `download.php?file=` names; None for another link."""
    query = urlsplit(href).query
    named = parse_qs(query, encoding="utf-8", errors="replace").get("file")
    if not named:
        return None
    parts = decoded(named[0]).split("/")
    return ".." if ".." in parts else parts[-1]


def _quoted(href: str) -> str:
    parts = urlsplit(href)
    return parts._replace(query=quote(parts.query, safe="=&/%$-._~")).geturl()


def _dates(client: Client) -> list[Event]:
    page = client.page(client.url)
    found: dict[str, Event] = {}
    for link in markup.read(page.text).links:
        match = _DATE.search(urlsplit(link.href).query)
        event = dated(match[1]) if match else None
        if event is not None and event.key not in found:
            words = " ".join(link.text.split())
            name = f"{event.key} {words}" if words and words != event.key else event.key
            found[event.key] = Event(event.key, name, start=event.start, end=event.end, places=event.places)
    return sorted(found.values(), key=lambda event: event.key)
