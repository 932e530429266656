"""What pages and API share: settings, jobs, followed races."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import polars as pl
from fastapi import FastAPI

from langstrecke import services
from langstrecke.racecard import load_card
from langstrecke.services.requests.strategy import CallAsk, PlanAsk, WindowAsk
from langstrecke.services.settings import Settings
from langstrecke.web.following.races import Hubs
from langstrecke.web.jobs import Jobs, JobState, Lane

R = TypeVar("R")

WRITERS = (services.import_files, services.news_read)
"""Services that may write to the store."""


@dataclass(frozen=True)
class Pitwall:
    """What pages and API share. Pages call the services through it, not over HTTP."""

    settings: Settings
    jobs: Jobs
    hubs: Hubs

    async def ask(self, service: Callable[..., R], *arguments: Any) -> R:
        """Call a quick service (`service(settings, *arguments)`) off the event loop."""
        return await asyncio.to_thread(service, self.settings, *arguments)

    def start(self, service: Callable[..., Any], *arguments: Any) -> str:
        """Start a long service as a job (`service(settings, *arguments, step=...)`); returns the job's id."""
        lane: Lane = "store" if service in WRITERS else "work"
        return self.jobs.start(service.__name__, service, self.settings, *arguments, lane=lane)

    def call_now(self, race: str, car: str, *, races: int | None = None, seed: int = 1) -> str:
        """Start a pit-or-stay call for a car of a followed race, as it stands; returns the job's id.

        NotFoundError for a race, car or card that is not known.
        """
        laps, now_s, card = self._now(race, car)
        ask = CallAsk(race=race, car=car, at="0:00:00", races=races, seed=seed, card=card)
        return self.jobs.start("call", services.call_now, self.settings, ask, laps, now_s)

    def window_now(
        self, race: str, car: str, *, rival: str | None = None, races: int | None = None, seed: int = 1
    ) -> str:
        """Start the pit window of a car of a followed race, as it stands; returns the job's id.

        NotFoundError as with `call_now`.
        """
        laps, now_s, card = self._now(race, car)
        ask = WindowAsk(race=race, car=car, at="0:00:00", rival=rival, races=races, seed=seed, card=card)
        return self.jobs.start("window", services.window_now, self.settings, ask, laps, now_s)

    def plan_now(self, race: str, car: str, *, limit_s: float = 4.0) -> str:
        """Start a plan of the rest of the race for a car of a followed race; returns the job's id.

        Before the car has crossed the line it is the plan of the whole race. NotFoundError as with `call_now`.
        """
        laps, now_s, card = self._now(race, car)
        ask = PlanAsk.model_validate({"card": card or race, "car": car, "limit_s": limit_s})
        if laps.filter((laps["car"] == car) & (laps["elapsed_s"] <= now_s)).is_empty():
            return self.start(services.plan, ask)
        return self.jobs.start("plan", services.plan_now, self.settings, ask, laps, now_s)

    def _now(self, race: str, car: str) -> tuple[pl.DataFrame, float, str | None]:
        """The laps of a followed race, a moment they reach beyond, and the card its feed names."""
        hub = self.hubs.get(race)
        hub.checked_car(car)
        state = hub.state
        laps = state.laps()
        newest = float(laps["elapsed_s"].max() or 0.0)  # type: ignore[arg-type]
        card = state.hello.card if state.hello is not None else None
        load_card(card or race)  # a race without a card hears so now
        return laps, min(state.race_s, newest - 0.001), card

    async def play(
        self, service: Callable[..., Any], *arguments: Any, watch: Callable[[JobState], None] | None = None
    ) -> Any:
        """`start` and wait for the result; who stops waiting cancels the job."""
        number = self.start(service, *arguments)
        end = self.jobs.listen(number, watch) if watch is not None else None
        try:
            return await self.jobs.wait(number)
        finally:
            if end is not None:
                end()
            self.jobs.cancel(number)


def make_pitwall(settings: Settings) -> Pitwall:
    """A pit wall that is not opened yet."""
    jobs = Jobs(settings)
    return Pitwall(settings, jobs, Hubs(settings, jobs))


def pitwall_of(app: FastAPI) -> Pitwall:
    """The pit wall of an application made by `create_app`."""
    pitwall: Pitwall = app.state.pitwall
    return pitwall
