"""All races that are followed, and how they come back after a restart."""

from __future__ import annotations

import asyncio
import logging

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.services.settings import Settings
from langstrecke.web.following.known import checked_source
from langstrecke.web.following.models import FollowAsk, SteerAsk
from langstrecke.web.following.race import RaceHub
from langstrecke.web.jobs import Jobs
from langstrecke.web.problem import problem_of

MOST = 8
"""Races followed at once (default)."""

log = logging.getLogger("langstrecke.web")


class FollowedError(LangstreckeError):
    """The race is followed already."""


class Hubs:
    """The followed races of one pit wall, by the name they are followed under."""

    def __init__(self, settings: Settings, jobs: Jobs) -> None:
        self.settings = settings
        self._jobs = jobs
        self._hubs: dict[str, RaceHub] = {}
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        """Go on with the races that were followed when the program ended."""
        if not self.settings.races.is_dir():
            return
        for folder in sorted(self.settings.races.iterdir()):
            try:
                hub = await RaceHub.restored(self.settings, self._jobs, folder) if folder.is_dir() else None
            except Exception as error:  # one race's files must not keep the pit wall closed
                log.warning("%s is not followed any more: %s", folder.name, problem_of(error).text())
                continue
            if hub is not None:
                self._hubs[hub.ask.race] = hub

    async def close(self) -> None:
        """Stop, and keep how all of them stand."""
        hubs = list(self._hubs.values())
        self._hubs.clear()
        await asyncio.gather(*(hub.close() for hub in hubs))

    async def follow(self, ask: FollowAsk) -> RaceHub:
        """Follow a race. FollowedError where it is followed already (unless `restart`), NotFoundError for no race,
        UnknownSourceError for a source the settings do not name.
        """
        checked_source(self.settings, ask)
        async with self._lock:
            known = self._hubs.get(ask.race)
            if known is not None:
                if not ask.restart:
                    raise FollowedError(f"{ask.race} is followed already", hint="steer it, or stop it first")
                await self._hubs.pop(ask.race).forget()
            if len(self._hubs) >= MOST:
                raise LangstreckeError(f"{MOST} races are followed already", hint="stop one first")
            hub = RaceHub(self.settings, self._jobs, ask, self.settings.races / ask.race)
            try:
                await hub.open()
            except BaseException:
                await hub.forget()
                raise
            self._hubs[ask.race] = hub
            return hub

    async def follow_or_go_on(self, ask: FollowAsk) -> RaceHub:
        """Follow a race, or go on with it where it is followed from the same source already and is not over."""
        known = self._hubs.get(ask.race)
        if known is not None and _source(known.ask) == _source(ask) and known.status != "over":
            return known
        return await self.follow(ask.model_copy(update={"restart": True}))

    async def steer(self, race: str, ask: SteerAsk) -> RaceHub:
        """Pause a replay, let it go on, change its speed, go to another moment."""
        hub = self.get(race)
        if ask.speed is not None:
            await hub.set_speed(ask.speed)
        if ask.race_s is not None:
            await hub.seek(ask.race_s)
        if ask.paused is not None:
            await (hub.pause() if ask.paused else hub.go())
        return hub

    async def stop(self, race: str) -> None:
        """Stop following a race, and forget it."""
        hub = self.get(race)
        async with self._lock:
            self._hubs.pop(race, None)
            await hub.forget()

    def get(self, race: str) -> RaceHub:
        """A followed race. NotFoundError names the nearest."""
        hub = self._hubs.get(race)
        if hub is None:
            raise NotFoundError.nearest("followed race", race, list(self._hubs), hint="follow it first")
        return hub

    def all(self) -> list[RaceHub]:
        """All followed races."""
        return list(self._hubs.values())


def _source(ask: FollowAsk) -> tuple[str | None, ...]:
    return ask.feed, ask.file, ask.folder, ask.series, ask.session
