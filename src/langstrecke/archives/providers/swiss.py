"""The Swiss Timing cache (SRO: GT World Challenge): JSON documents by key, season -> meeting -> units."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from urllib.parse import quote, urljoin

from langstrecke.archives.client import Client
from langstrecke.archives.hosts import Hosts, Series, Site
from langstrecke.archives.model import Event, Offer, Remote, Season
from langstrecke.errors import ArchiveError


def seasons(client: Client, site: Site) -> list[Season]:
    """The seasons the cache still holds."""
    full = _full(client, site.keys["seasons"])
    years = [str(year) for year in _of(full, "AllSeasons", list)]
    return [Season(year, (int(year),)) for year in sorted(years) if year.isdigit()]


def events(client: Client, site: Site, series: Series, season: Season) -> list[Event]:
    """The meetings of the series: those that list it, and those to come, which list none yet."""
    full = _full(client, site.keys["season"].format(season=season.key))
    found = []
    for key, meeting in _of(full, "Meetings", dict).items():
        competitions = list((meeting.get("Series") or {}).values())
        if competitions and not any(_fits(name, series) for name in competitions):
            continue
        places = [meeting.get("TrackName"), meeting.get("Location"), meeting.get("CountryName")]
        found.append(
            Event(
                key=str(meeting.get("Id") or key),
                name=str(meeting.get("Name") or key),
                order=int(meeting.get("ListIndex") or 0),
                start=_day(meeting.get("BeginDate")),
                end=_day(meeting.get("EndDate")),
                places=tuple(str(place) for place in places if place),
            )
        )
    return sorted(found, key=lambda event: (event.start or dt.date.max, event.order))


def offer(client: Client, hosts: Hosts, series: Series, season: Season, event: Event) -> Offer:
    """Timing and competitors of each unit of the series that has begun. The cache holds standings, no lap tables."""
    keys = hosts.sites[series.site].keys
    full = _full(client, keys["schedule"].format(season=season.key, meeting=event.key.upper()))
    competitions = {key: str(table.get("Name") or "") for key, table in _of(full, "Competitions", dict).items()}
    files: list[Remote] = []
    waiting: list[str] = []
    for key, unit in _of(full, "Units", dict).items():
        competition = competitions.get(str(unit.get("CompetitionId")), "")
        if not _fits(competition, series):
            continue
        name = str(unit.get("Name") or key)
        if not unit.get("State"):  # 0: to come; 1 is running, 2 over
            waiting.append(name)
            continue
        stamp = _time(unit.get("BeginTime"))
        session = f"{stamp:%Y%m%d%H%M}_{name}" if stamp else name
        for kind, pattern in keys["files"].items():
            document = pattern.format(season=season.key, unit=str(unit.get("Id") or key).upper())
            path = (f"{event.order + 1:02d}_{event.name}", competition, session, f"{document}.json")
            files.append(Remote(_address(client, document), path, kind, session))
    notes = ["this archive holds standings and crews, not laps: no card can be fitted on them"] if files else []
    if not files:
        names = ", ".join(sorted(set(competitions.values()))) or "none"
        notes.append(f"no session of the series has begun at {event.name}; competitions there: {names}")
    if waiting:
        notes.append(f"not begun yet: {', '.join(waiting)}")
    return Offer(tuple(files), tuple(notes))


def _fits(name: str, series: Series) -> bool:
    return bool(re.search(series.folder, name, re.IGNORECASE))


def _address(client: Client, key: str) -> str:
    return urljoin(client.url, quote(key, safe="") + ".json")


def _full(client: Client, key: str) -> dict[str, Any]:
    page = client.page(_address(client, key))
    try:
        document = json.loads(page.text)
        full = document["content"]["full"]
    except (ValueError, KeyError, TypeError):
        kind = "a page for people" if page.is_html else "something else"
        raise ArchiveError(
            f"{page.url} answers with {kind} than the timing document it used to have",
            hint="the service has changed; docs/fetch.md says how to name another address",
        ) from None
    if not isinstance(full, dict):
        raise ArchiveError(f"{page.url} has no content", hint="the service has changed")
    return full


def _of(full: dict[str, Any], name: str, kind: type[Any]) -> Any:
    value = full.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise ArchiveError(
            f"the timing service's {name} are not of the form they had", hint="the service has changed"
        )
    return value


def _day(text: Any) -> dt.date | None:
    stamp = _time(text)
    return stamp.date() if stamp else None


def _time(text: Any) -> dt.datetime | None:
    for form in ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y"):
        try:
            return dt.datetime.strptime(str(text), form)
        except ValueError:
            continue
    return None
