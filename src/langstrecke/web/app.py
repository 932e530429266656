"""The pit wall as one application: `create_app(settings)` makes it, `Pitwall` is what its pages and its API share.

app = create_app(Settings(store=...))            # FastAPI with the API, the pages and the jobs
pitwall = pitwall_of(app)                        # for pages: settings, jobs, hubs
races = await pitwall.ask(services.races, RacesAsk(series="imsa"))
number = pitwall.start(services.forecast, ForecastAsk(card="imsa-2021-sebring"))
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import FastAPI
from nicegui import ui

from langstrecke.errors import LangstreckeError
from langstrecke.web import services
from langstrecke.web.api import add_api
from langstrecke.web.hub_book import Hubs
from langstrecke.web.hub_models import FollowAsk
from langstrecke.web.jobs import Jobs, JobState, Lane
from langstrecke.web.odds import warm_up
from langstrecke.web.security import Guard, checked
from langstrecke.web.services_models import CallAsk
from langstrecke.web.settings import Settings
from langstrecke.web.uploads import clear

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
        """Start a pit-or-stay call for a car of a followed race, as it stands; returns the job's id."""
        state = self.hubs.get(race).state
        laps = state.laps()
        newest = float(laps["elapsed_s"].max() or 0.0)  # type: ignore[arg-type]
        now_s = min(state.race_s, newest - 0.001)  # a call needs a moment the laps reach beyond
        card = state.hello.card if state.hello is not None else None
        ask = CallAsk(race=race, car=car, at="0:00:00", races=races, seed=seed, card=card)
        return self.jobs.start("call", services.call_now, self.settings, ask, laps, now_s)

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


def create_app(
    settings: Settings,
    follow: Sequence[FollowAsk] = (),
    *,
    pages: bool = True,
    failed: Callable[[LangstreckeError], None] | None = None,
) -> FastAPI:
    """The whole pit wall: API under /api/v1, pages everywhere else, all behind `security.Guard`.

    `follow` are races followed from the start; where one cannot be, `failed` hears it, or starting fails. Without
    `pages` there is only the API. LangstreckeError for settings that are not safe.
    """
    checked(settings)
    pitwall = make_pitwall(settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(clear, settings)
        await pitwall.jobs.open(warm=settings.warm)
        warming = asyncio.create_task(_warm_up(pitwall))
        await pitwall.hubs.open()
        try:
            try:
                for ask in follow:
                    await pitwall.hubs.follow_or_go_on(ask)
            except LangstreckeError as error:
                if failed is None:
                    raise
                failed(error)
            yield
        finally:
            warming.cancel()
            await pitwall.hubs.close()
            await pitwall.jobs.close()

    openapi = "/api/v1/openapi.json"
    app = FastAPI(title="Langstrecke", docs_url=None, redoc_url=None, openapi_url=openapi, lifespan=lifespan)
    app.state.pitwall = pitwall
    add_api(app)
    if pages:
        from langstrecke.web.pages import register

        register(pitwall)
        ui.run_with(app, title="Langstrecke", dark=None, tailwind=False, show_welcome_message=False)
    app.add_middleware(Guard, settings=settings)
    return app


async def _warm_up(pitwall: Pitwall) -> None:
    """Make the odds' process ready; where that fails, the first odds say why."""
    if pitwall.settings.warm:
        with contextlib.suppress(LangstreckeError):
            await pitwall.jobs.call("warm-up", warm_up, lane="odds", quiet=True)
