"""The verbs over HTTP. Quick ones are GET, long ones POST and give a job; both take what the services take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from langstrecke import services
from langstrecke.services.answers import cards as cards_answers
from langstrecke.services.answers import data as data_answers
from langstrecke.services.answers import follow as follow_answers
from langstrecke.services.answers import news as news_answers
from langstrecke.services.answers import odds as odds_answers
from langstrecke.services.answers import paddock as paddock_answers
from langstrecke.services.answers import strategy as strategy_answers
from langstrecke.services.answers import team as team_answers
from langstrecke.services.known import known
from langstrecke.services.requests import cards, data, news, odds, paddock, strategy, team
from langstrecke.services.requests.common import RaceId
from langstrecke.services.uploads import receive

Service = Callable[..., Any]

QUICK: tuple[tuple[str, str, Service, type[BaseModel] | None, Any], ...] = (
    ("/races", "store", services.races, data.RacesAsk, list[data_answers.RaceLine]),
    ("/services", "live", services.live_series, None, list[follow_answers.SeriesAnswer]),
    ("/laps", "store", services.laps, data.LapsAsk, list[data_answers.LapLine]),
    ("/cards", "cards", services.cards, None, list[cards_answers.CardLine]),
    ("/patches", "cards", services.patches, None, list[cards_answers.SavedPatch]),
    ("/career", "paddock", services.career, paddock.CareerAsk, paddock_answers.CareerAnswer),
    (
        "/teammates",
        "paddock",
        services.teammates,
        paddock.DriversAsk,
        paddock_answers.MatesAnswer | paddock_answers.TogetherAnswer,
    ),
    ("/versus", "paddock", services.versus, paddock.DriversAsk, paddock_answers.VersusAnswer),
    ("/calendar", "paddock", services.calendar, paddock.CalendarAsk, paddock_answers.CalendarAnswer),
    ("/rules", "paddock", services.rulebooks, None, list[paddock_answers.RulebookLine]),
    ("/rules/book", "paddock", services.rules, paddock.RulesAsk, paddock_answers.RulesAnswer),
    ("/rules/diff", "paddock", services.rules_diff, paddock.RulesDiffAsk, paddock_answers.RulesDiffAnswer),
    ("/scenarios", "odds", services.scenarios, None, list[odds_answers.ScenarioLine]),
    ("/news", "news", services.news_show, news.LedgerAsk, list[news_answers.LedgerLine]),
    ("/news/timeline", "news", services.news_timeline, news.LedgerAsk, list[news_answers.LedgerLine]),
)
"""Path, topic, service, what it takes, what it gives."""

LONG: tuple[tuple[str, str, Service, type[BaseModel], Any], ...] = (
    ("/forecast", "odds", services.forecast, odds.ForecastAsk, odds_answers.ForecastAnswer),
    ("/forecast/under-way", "odds", services.forecast_under_way, odds.UnderWayAsk, odds_answers.ForecastAnswer),
    ("/season", "odds", services.season, odds.SeasonAsk, odds_answers.SeasonAnswer),
    ("/season/title-race", "odds", services.title_race, odds.TitleRaceAsk, odds_answers.TitleRaceAnswer),
    ("/scenario", "odds", services.scenario, odds.ScenarioAsk, odds_answers.ScenarioAnswer),
    ("/plan", "strategy", services.plan, strategy.PlanAsk, strategy_answers.PlanAnswer),
    ("/plan/team", "strategy", services.team_plan, team.TeamPlanAsk, team_answers.TeamPlanAnswer),
    ("/call", "strategy", services.call, strategy.CallAsk, strategy_answers.CallAnswer),
    ("/window", "strategy", services.window, strategy.WindowAsk, strategy_answers.WindowAnswer),
    ("/optimise", "strategy", services.optimise, strategy.OptimiseAsk, strategy_answers.OptimiseAnswer),
    ("/what-if", "strategy", services.what_if, strategy.WhatIfAsk, strategy_answers.WhatIfAnswer),
    (
        "/what-if/then",
        "strategy",
        services.what_if_then,
        strategy.WhatIfThenAsk,
        strategy_answers.WhatIfThenAnswer,
    ),
    ("/audit", "strategy", services.audit, strategy.AuditAsk, strategy_answers.AuditAnswer),
    ("/news/read", "news", services.news_read, news.NewsAsk, news_answers.NewsAnswer),
    ("/news/check", "news", services.news_check, news.NewsAsk, news_answers.NewsCheckAnswer),
    ("/news/patch", "news", services.news_patch, news.NewsPatchAsk, news_answers.NewsPatchAnswer),
    ("/import", "store", services.import_files, data.ImportAsk, data_answers.ImportAnswer),
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
        await request.app.state.pitwall.ask(known, body)
        return JobNumber(job=request.app.state.pitwall.start(service, body))

    asked.__annotations__ = {"request": Request, "body": ask, "return": JobNumber}
    return asked


def _add_named(router: APIRouter) -> None:
    """What is asked for by a name in the path, and what changes something."""

    @router.get("/races/{race}", tags=["store"], response_model=data_answers.StoredRace)
    async def race(request: Request, race: RaceId) -> Any:
        """One race of the store with what it holds."""
        return await request.app.state.pitwall.ask(services.race, data.RaceAsk(race=race))

    @router.get("/cards/{card}", tags=["cards"])
    async def card(request: Request, card: RaceId) -> dict[str, Any]:
        """A shipped race card, keys as in its file."""
        found: dict[str, Any] = await request.app.state.pitwall.ask(services.card, cards.CardAsk(card=card))
        return found

    @router.post("/patches/check", tags=["cards"], response_model=cards_answers.PatchWords)
    async def check_patch(request: Request, body: cards.CheckPatchAsk) -> Any:
        """What a what-if changes in a card, in words."""
        return await request.app.state.pitwall.ask(services.check_patch, body)

    @router.post("/patches", tags=["cards"], response_model=cards_answers.SavedPatch, status_code=201)
    async def save_patch(request: Request, body: cards.SavePatchAsk) -> Any:
        """Keep a what-if under a name."""
        return await request.app.state.pitwall.ask(services.save_patch, body)

    @router.get("/patches/{name}", tags=["cards"], response_model=cards_answers.SavedPatch)
    async def patch(request: Request, name: RaceId) -> Any:
        """A kept what-if."""
        return await request.app.state.pitwall.ask(services.patch, cards.SavedAsk(name=name))

    @router.delete("/patches/{name}", tags=["cards"], response_model=cards_answers.SavedPatch)
    async def drop_patch(request: Request, name: RaceId) -> Any:
        """Forget a kept what-if."""
        return await request.app.state.pitwall.ask(services.drop_patch, cards.SavedAsk(name=name))

    @router.post("/uploads", tags=["store"], response_model=data.Upload, status_code=201)
    async def upload(request: Request, name: Annotated[str, Query(min_length=1, max_length=300)]) -> Any:
        """Send one file as the body; /import reads what was sent."""
        return await receive(request.app.state.pitwall.settings, name, request.stream())
