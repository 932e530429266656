"""The verbs over HTTP. Quick ones are GET, long ones POST and give a job; both take what the services take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from langstrecke import services
from langstrecke.services import answers
from langstrecke.services import answers_strategy as strategy
from langstrecke.services import requests as asks
from langstrecke.services.uploads import receive

Service = Callable[..., Any]

QUICK: tuple[tuple[str, str, Service, type[BaseModel] | None, Any], ...] = (
    ("/races", "store", services.races, asks.RacesAsk, list[answers.RaceLine]),
    ("/laps", "store", services.laps, asks.LapsAsk, list[answers.LapLine]),
    ("/cards", "cards", services.cards, None, list[answers.CardLine]),
    ("/patches", "cards", services.patches, None, list[answers.SavedPatch]),
    ("/career", "paddock", services.career, asks.CareerAsk, dict[str, Any]),
    ("/teammates", "paddock", services.teammates, asks.DriversAsk, list[dict[str, Any]]),
    ("/versus", "paddock", services.versus, asks.DriversAsk, dict[str, Any]),
    ("/calendar", "paddock", services.calendar, asks.CalendarAsk, dict[str, Any]),
    ("/rules", "paddock", services.rulebook_names, None, list[str]),
    ("/rules/book", "paddock", services.rules, asks.RulesAsk, answers.RulesAnswer),
    ("/rules/diff", "paddock", services.rules_diff, asks.RulesDiffAsk, list[answers.RulesDiffLine]),
    ("/scenarios", "odds", services.scenarios, None, list[answers.ScenarioLine]),
    ("/news", "news", services.news_show, asks.LedgerAsk, list[answers.LedgerLine]),
    ("/news/timeline", "news", services.news_timeline, asks.LedgerAsk, list[answers.LedgerLine]),
)
"""Path, topic, service, what it takes, what it gives."""

LONG: tuple[tuple[str, str, Service, type[BaseModel], Any], ...] = (
    ("/forecast", "odds", services.forecast, asks.ForecastAsk, answers.ForecastAnswer),
    ("/forecast/under-way", "odds", services.forecast_under_way, asks.UnderWayAsk, answers.ForecastAnswer),
    ("/season", "odds", services.season, asks.SeasonAsk, answers.SeasonAnswer),
    ("/season/title-race", "odds", services.title_race, asks.TitleRaceAsk, answers.TitleRaceAnswer),
    ("/scenario", "odds", services.scenario, asks.ScenarioAsk, answers.ScenarioAnswer),
    ("/plan", "strategy", services.plan, asks.PlanAsk, strategy.PlanAnswer),
    ("/call", "strategy", services.call, asks.CallAsk, strategy.CallAnswer),
    ("/optimise", "strategy", services.optimise, asks.OptimiseAsk, strategy.OptimiseAnswer),
    ("/what-if", "strategy", services.what_if, asks.WhatIfAsk, strategy.WhatIfAnswer),
    ("/audit", "strategy", services.audit, asks.AuditAsk, strategy.AuditAnswer),
    ("/news/read", "news", services.news_read, asks.NewsAsk, answers.NewsAnswer),
    ("/news/check", "news", services.news_check, asks.NewsAsk, answers.NewsCheckAnswer),
    ("/news/patch", "news", services.news_patch, asks.NewsPatchAsk, answers.NewsPatchAnswer),
    ("/import", "store", services.import_files, asks.ImportAsk, answers.ImportAnswer),
)


class JobNumber(BaseModel):
    """The id of a job: GET /jobs/{job} says how it stands."""

    job: str


def verb_routes() -> APIRouter:
    """All verbs."""
    router = APIRouter()
    for path, topic, service, ask, answer in QUICK:
        router.add_api_route(
            path, _quick(service, ask), response_model=answer, tags=[topic], name=service.__name__,
            description=service.__doc__, methods=["GET"],
        )  # fmt: skip
    for path, topic, service, ask, answer in LONG:
        given: dict[int | str, dict[str, Any]] = {}
        given[200] = {"model": answer, "description": "What GET /jobs/{job} has as its result once it is done"}
        router.add_api_route(
            path, _long(service, ask), response_model=JobNumber, tags=[topic], name=service.__name__,
            description=service.__doc__, methods=["POST"], status_code=202, responses=given,
        )  # fmt: skip
    _add_named(router)
    return router


def _quick(service: Service, ask: Any) -> Callable[..., Any]:
    if ask is None:

        async def bare(request: Request) -> Any:
            return await request.app.state.pitwall.ask(service)

        return bare

    async def asked(request: Request, query: Any) -> Any:
        return await request.app.state.pitwall.ask(service, query)

    asked.__annotations__ = {"request": Request, "query": Annotated[ask, Query()], "return": Any}
    return asked


def _long(service: Service, ask: Any) -> Callable[..., Any]:
    async def asked(request: Request, body: Any) -> JobNumber:
        return JobNumber(job=request.app.state.pitwall.start(service, body))

    asked.__annotations__ = {"request": Request, "body": ask, "return": JobNumber}
    return asked


def _add_named(router: APIRouter) -> None:
    """What is asked for by a name in the path, and what changes something."""

    @router.get("/races/{race}", tags=["store"], response_model=answers.StoredRace)
    async def race(request: Request, race: asks.RaceId) -> Any:
        """One race of the store with what it holds."""
        return await request.app.state.pitwall.ask(services.race, asks.RaceAsk(race=race))

    @router.get("/cards/{card}", tags=["cards"])
    async def card(request: Request, card: asks.RaceId) -> dict[str, Any]:
        """A shipped race card, keys as in its file."""
        found: dict[str, Any] = await request.app.state.pitwall.ask(services.card, asks.CardAsk(card=card))
        return found

    @router.post("/patches/check", tags=["cards"], response_model=answers.PatchWords)
    async def check_patch(request: Request, body: asks.CheckPatchAsk) -> Any:
        """What a what-if changes in a card, in words."""
        return await request.app.state.pitwall.ask(services.check_patch, body)

    @router.post("/patches", tags=["cards"], response_model=answers.SavedPatch, status_code=201)
    async def save_patch(request: Request, body: asks.SavePatchAsk) -> Any:
        """Keep a what-if under a name."""
        return await request.app.state.pitwall.ask(services.save_patch, body)

    @router.get("/patches/{name}", tags=["cards"], response_model=answers.SavedPatch)
    async def patch(request: Request, name: asks.RaceId) -> Any:
        """A kept what-if."""
        return await request.app.state.pitwall.ask(services.patch, asks.SavedAsk(name=name))

    @router.delete("/patches/{name}", tags=["cards"], response_model=answers.SavedPatch)
    async def drop_patch(request: Request, name: asks.RaceId) -> Any:
        """Forget a kept what-if."""
        return await request.app.state.pitwall.ask(services.drop_patch, asks.SavedAsk(name=name))

    @router.post("/uploads", tags=["store"], response_model=asks.Upload, status_code=201)
    async def upload(request: Request, name: Annotated[str, Query(min_length=1, max_length=300)]) -> Any:
        """Send one file as the body; /import reads what was sent."""
        return await receive(request.app.state.pitwall.settings, name, request.stream())
