"""Followed races over HTTP and WebSocket: the feed as it came, and table, odds and alerts as they change."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from langstrecke.errors import LangstreckeError
from langstrecke.live.server import serve_client
from langstrecke.services.requests.common import Car, RaceId, Seed
from langstrecke.web.api.verbs import JobNumber
from langstrecke.web.api.watching import line_of, show, table_json
from langstrecke.web.following.models import FollowAsk, HubView, OddsPoint, SteerAsk
from langstrecke.web.following.race import RaceHub

MOST_VIEWERS = 500
"""Viewers of one race, pages included (default)."""
NO_SUCH_RACE = 4404
"""Close code of a WebSocket for a race that is not followed."""


class LiveLine(BaseModel):
    """A followed race in one line."""

    race: str
    title: str
    status: str
    source: str
    replayed: bool
    speed: float
    race_s: float
    note: str
    odds_note: str
    viewers: int


class LiveAnswer(LiveLine):
    """A followed race with all it shows."""

    table: dict[str, Any] | None
    odds: tuple[OddsPoint, ...]
    odds_old: bool
    """The newest odds are of another time of the race."""
    alerts: tuple[dict[str, Any], ...]


class CallNowAsk(BaseModel):
    """Pit or stay for a car of a followed race, now."""

    car: Car
    races: int | None = Field(None, ge=2, le=100_000)
    seed: Seed = 1


class WindowNowAsk(CallNowAsk):
    """The pit window of a car of a followed race, now."""

    rival: Car | None = None


class PlanNowAsk(BaseModel):
    """The rest of the race for a car of a followed race."""

    car: Car
    limit_s: float = Field(4.0, ge=0.5, le=60.0, description="Work on the rota, in seconds of about two idle cores")


def _line(view: HubView) -> LiveLine:
    return LiveLine.model_validate(line_of(view))


def live_routes() -> APIRouter:
    """Routes of followed races."""
    router = APIRouter(tags=["live"])

    @router.get("/live")
    async def followed(request: Request) -> list[LiveLine]:
        """The races that are followed."""
        return [_line(hub.view) for hub in request.app.state.pitwall.hubs.all()]

    @router.post("/live", status_code=201)
    async def follow(request: Request, body: FollowAsk) -> LiveLine:
        """Follow a replay of a race of the store, or a source the server was started with."""
        return _line((await request.app.state.pitwall.hubs.follow(body)).view)

    @router.get("/live/{race}")
    async def live(request: Request, race: RaceId) -> LiveAnswer:
        """A followed race: table, odds over race time, alerts."""
        view: HubView = request.app.state.pitwall.hubs.get(race).view
        return LiveAnswer(
            **line_of(view),
            table=table_json(view) if view.table is not None else None,
            odds=view.odds,
            odds_old=view.odds_old,
            alerts=tuple(vars(alert) for alert in view.alerts),
        )

    @router.patch("/live/{race}")
    async def steer(request: Request, race: RaceId, body: SteerAsk) -> LiveLine:
        """Pause a replay, let it go on, change its speed, go to another moment."""
        return _line((await request.app.state.pitwall.hubs.steer(race, body)).view)

    @router.delete("/live/{race}", status_code=204)
    async def stop(request: Request, race: RaceId) -> None:
        """Stop following a race."""
        await request.app.state.pitwall.hubs.stop(race)

    @router.post("/live/{race}/call", status_code=202)
    async def call_now(request: Request, race: RaceId, body: CallNowAsk) -> JobNumber:
        """Pit or stay for a car, now."""
        pitwall = request.app.state.pitwall
        return JobNumber(job=pitwall.call_now(race, body.car, races=body.races, seed=body.seed))

    @router.post("/live/{race}/window", status_code=202)
    async def window_now(request: Request, race: RaceId, body: WindowNowAsk) -> JobNumber:
        """The pit window of a car, from now on."""
        pitwall = request.app.state.pitwall
        return JobNumber(job=pitwall.window_now(race, body.car, rival=body.rival, races=body.races, seed=body.seed))

    @router.post("/live/{race}/plan", status_code=202)
    async def plan_now(request: Request, race: RaceId, body: PlanNowAsk) -> JobNumber:
        """Stops and drivers of a car for the rest of the race: what is driven is fixed."""
        return JobNumber(job=request.app.state.pitwall.plan_now(race, body.car, limit_s=body.limit_s))

    @router.websocket("/live/{race}")
    async def watch(socket: WebSocket, race: str) -> None:
        """`{"kind": "table"}`, then `"changes"`, `"odds"` and `"alerts"` as they come; whoever is slow skips some."""
        hub = await _hub(socket, race)
        if hub is not None:
            await socket.accept()
            if hub.view.viewers >= MOST_VIEWERS:
                await socket.close(1013, "too many watch already")
                return
            await _together(show(socket, hub), _until_gone(socket))

    @router.websocket("/feed/{race}")
    async def feed(socket: WebSocket, race: str) -> None:
        """The feed's messages (docs/feed.md), from `?after=SEQ` on."""
        hub = await _hub(socket, race)
        if hub is not None and hub.feed is not None:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await serve_client(socket, hub.feed)

    return router


async def _hub(socket: WebSocket, race: str) -> RaceHub | None:
    try:
        hub: RaceHub = socket.app.state.pitwall.hubs.get(race)
    except LangstreckeError as error:
        await socket.accept()
        await socket.close(NO_SUCH_RACE, error.message()[:120])
        return None
    return hub


async def _until_gone(socket: WebSocket) -> None:
    """Until the viewer goes. One that sends anything is sent away: there is nothing to be said here."""
    if (await socket.receive())["type"] != "websocket.disconnect":
        with contextlib.suppress(RuntimeError):
            await socket.close(1008, "this WebSocket only tells")


async def _together(*parts: Any) -> None:
    """Until the first of them ends."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
