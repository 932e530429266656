"""The way to the Griiip service: which session runs, all of it once, then its stream or polling."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.griiip import GriiipReader, race_of
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.service_feed import NothingRunsError
from langstrecke.live.sources.services import LiveSeries, Service
from langstrecke.live.sources.signalr import hub_messages
from langstrecke.live.sources.web_json import WebJson, changed

ONCE = ("session-info", "session-clock", "participants", "race-flags", "laps", "pit-in", "pit-out")
"""What the table rests on, in the order it is asked for."""
BESIDE = ("sectors", "racelog", "weather", "ranks")
"""What may be missing."""
GROUPS = (
    "session-info", "session-clock", "participants", "race-flags", "laps", "pit-in", "pit-out", "sectors", "ranks",
    "racelog-items", "Weather",
)  # fmt: skip
AGAIN_S = 60.0
"""While the stream runs, laps and stops are asked for this often: what the stream lost comes that way (default)."""
STREAM_AGAIN_S = 300.0
"""A stream that could not be had is tried again after this time of polling (default)."""
LISTED = 12
"""Sessions named where the one asked for does not run (default)."""


class GriiipLink:
    """One session of a series. `sid` names it; without it, it is the series' race that runs now."""

    def __init__(
        self,
        name: str,
        series: LiveSeries,
        service: Service,
        *,
        sid: int | None = None,
        ledger: Ledger | None = None,
        card: str | None = None,
        stream: bool = True,
    ) -> None:
        self.name = name
        self.ledger = ledger or Ledger(f"{name}-live", card=card)
        self.note = ""
        self._series = series
        self._service = service
        self._sid = sid
        self._card = card
        self._stream = stream
        self._reader = GriiipReader(self.ledger)
        self._asked_at = 0.0

    @property
    def told(self) -> GriiipLink:
        """Itself: it holds the race."""
        return self

    async def updates(self) -> AsyncIterator[float]:
        """Race time after every answer or message, for ever; the service's errors."""
        web = WebJson(self._service)
        try:
            sid = await self._session(web)
            await self._round(web, sid, (*ONCE, *BESIDE))
            yield self._told()
            while True:
                if self._stream:
                    try:
                        async for clock_s in self._streamed(web, sid):
                            yield clock_s
                    except LangstreckeError as error:
                        self.note = f"{error.message()}; the service is polled instead"
                until = time.monotonic() + STREAM_AGAIN_S
                while time.monotonic() < until or not self._stream:
                    await asyncio.sleep(self._service.poll_s)
                    await self._round(web, sid, (*ONCE[1:], *BESIDE))
                    yield self._told()
        finally:
            web.close()

    async def _streamed(self, web: WebJson, sid: int) -> AsyncIterator[float]:
        groups = [self._service.path("group", sid=sid, channel=channel) for channel in GROUPS]
        async for channel, view in hub_messages(web, groups):
            self._reader.take(channel, view)
            if time.monotonic() - self._asked_at > AGAIN_S:
                await self._round(web, sid, ("laps", "pit-in", "pit-out"))
            yield self._told()

    async def _round(self, web: WebJson, sid: int, channels: tuple[str, ...]) -> None:
        for channel in channels:
            path = self._service.path(channel, sid=sid)
            try:
                answer = await web.get(path, missing_is_none=channel in BESIDE)
            except LangstreckeError as error:
                if channel not in BESIDE:
                    raise
                self.note = f"{error.message()}; the table does not rest on it"
                continue
            if answer is None:
                continue
            if not isinstance(answer, list | dict):
                raise changed(self._service, "griiip", f"{path} is no table", json.dumps(answer))
            if channel == "session-info":
                self._begin(answer)
            left = self._reader.unreadable
            self._reader.take(channel, answer)
            rows = len(answer) if isinstance(answer, list) else 1
            if rows and channel in ("laps", "participants") and self._reader.unreadable - left >= rows:
                what = f"the rows of {path} are not as they were: none could be read"
                raise changed(self._service, "griiip", what, json.dumps(answer))
        self._asked_at = time.monotonic()

    def _begin(self, info: Any) -> None:
        """Go on with the race of the session, or begin another."""
        if not isinstance(info, dict) or not (info.get("eventName") or info.get("sessionName")):
            raise changed(self._service, "griiip", "the session does not say what it is", json.dumps(info))
        race_id = race_of(info, self.name)
        if race_id != self.ledger.race_id:
            self.ledger = Ledger(race_id, card=self._card)
            self._reader = GriiipReader(self.ledger)

    def _told(self) -> float:
        clock_s = self._reader.clock_s()
        self._reader.settle(clock_s)
        if self._reader.note:
            self.note = self._reader.note
        return clock_s

    async def _session(self, web: WebJson) -> int:
        """The session to follow. NothingRunsError names those that run."""
        if self._sid is not None:
            return self._sid
        path = self._service.path("schedule")
        listed = await web.get(path)
        sessions = (
            [one for one in listed if isinstance(one, dict) and isinstance(one.get("sid"), int)]
            if (isinstance(listed, list))
            else None
        )
        if sessions is None or (listed and not sessions):
            raise changed(self._service, "griiip", f"{path} is no list of sessions", json.dumps(listed))
        found: list[tuple[bool, bool, int]] = []
        others: list[str] = []
        for one in sessions:
            info = (
                one
                if "seriesId" in one
                else await web.get(self._service.path("session-info", sid=one["sid"]), missing_is_none=True)
            )
            if not isinstance(info, dict):
                continue
            if info.get("seriesId") != self._series.id:
                others.append(f"{info.get('seriesName')}: {info.get('sessionName')}")
                continue
            running = bool(one.get("isStarted") or one.get("isRunning") or info.get("isStarted"))
            race = bool(info.get("isRaceSession") or str(info.get("sessionType")).lower() == "race")
            found.append((running, race, one["sid"]))
        if not found:
            what = ", ".join(others[:LISTED]) if others else "nothing"
            raise NothingRunsError(f"no session of {self.name} runs now at {self._service.owner}; what runs: {what}")
        return max(found)[2]
