"""What runs now at the live services, for whoever chooses what to follow."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.services import LiveSeries, Service, Services
from langstrecke.live.sources.swiss_timing import running_units
from langstrecke.live.sources.web_json import WebJson, changed

LISTED = 12
"""Sessions a service is asked about (default)."""
NO_LIST = "has no list of sessions: follow it to see"


@dataclass(frozen=True)
class Running:
    """A series and what of it runs."""

    series: str
    name: str
    owner: str
    sessions: tuple[str, ...]
    """In words; empty where nothing runs, or that is not known."""
    note: str = ""
    """Why it is not known."""


async def running(services: Services) -> list[Running]:
    """Every series of the table with what runs of it now. All services are asked at once; one that fails says so."""
    told = [
        _at(service, {name: one for name, one in services.series.items() if one.service == key})
        for key, service in services.services.items()
    ]
    return [one for rows in await asyncio.gather(*told) for one in rows]


async def _at(service: Service, series: dict[str, LiveSeries]) -> list[Running]:
    note = ""
    runs: dict[str, list[str]] = {}
    try:
        match service.kind:
            case "griiip" if series:
                runs = await _griiip(service, series)
            case "swiss" if series:
                runs = await _swiss(service, series)
            case _:
                note = NO_LIST
    except LangstreckeError as error:
        note = error.message()
    return [
        Running(name, (one.names or [name])[0], service.owner, tuple(runs.get(name, ())), note)
        for name, one in series.items()
    ]


async def _griiip(service: Service, series: dict[str, LiveSeries]) -> dict[str, list[str]]:
    web = WebJson(service)
    try:
        listed = await web.get(service.path("schedule"))
        if not isinstance(listed, list):
            raise changed(service, "griiip", "the schedule is no list of sessions", json.dumps(listed))
        runs: dict[str, list[str]] = {}
        for one in listed[:LISTED]:
            if not isinstance(one, dict) or "sid" not in one:
                continue
            info: Any = one
            if "seriesId" not in one:
                info = await web.get(service.path("session-info", sid=one["sid"]), missing_is_none=True)
            name = next(
                (k for k, s in series.items() if isinstance(info, dict) and info.get("seriesId") == s.id), None
            )
            if name is not None:
                words = " ".join(str(info.get(key) or "") for key in ("eventName", "sessionName")).strip()
                runs.setdefault(name, []).append(words or f"session {one['sid']}")
        return runs
    finally:
        web.close()


async def _swiss(service: Service, series: dict[str, LiveSeries]) -> dict[str, list[str]]:
    web = WebJson(service)
    try:
        units = await running_units(service, web)
    finally:
        web.close()
    return {name: [title for of, title in units if str(one.id).lower() in of.lower()] for name, one in series.items()}
