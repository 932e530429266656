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

from fastapi import FastAPI
from nicegui import ui

from langstrecke.errors import LangstreckeError
from langstrecke.services.settings import Settings
from langstrecke.services.uploads import clear
from langstrecke.web.api import add_api
from langstrecke.web.following.known import with_sources
from langstrecke.web.following.models import FollowAsk
from langstrecke.web.following.odds_job import warm_up
from langstrecke.web.pitwall import Pitwall, make_pitwall
from langstrecke.web.security import Guard, checked

PATIENCE_S = 60.0
"""A page that is not heard of for so long is given up, and loads anew when it comes back (default). NiceGUI's own
three seconds are less than a busy machine, or a phone between two masts, is silent for: what stood there was lost."""


def create_app(
    settings: Settings,
    follow: Sequence[FollowAsk] = (),
    *,
    pages: bool = True,
    failed: Callable[[LangstreckeError], None] | None = None,
) -> FastAPI:
    """The whole pit wall: API under /api/v1, pages everywhere else, all behind `security.Guard`.

    `follow` are races followed from the start, and their sources are known from then on; where one cannot be,
    `failed` hears it, or starting fails. Without `pages` there is only the API.
    LangstreckeError for settings that are not safe.
    """
    settings = with_sources(checked(settings), follow)
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
        ui.run_with(
            app, title="Langstrecke", dark=None, tailwind=False, show_welcome_message=False,
            reconnect_timeout=PATIENCE_S,
        )  # fmt: skip
    app.add_middleware(Guard, settings=settings)
    return app


async def _warm_up(pitwall: Pitwall) -> None:
    """Make the odds' process ready; where that fails, the first odds say why."""
    if pitwall.settings.warm:
        with contextlib.suppress(LangstreckeError):
            await pitwall.jobs.call("warm-up", warm_up, lane="odds", quiet=True)
