"""The API under /api/v1: the verbs of the command line, jobs, followed races, and its description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route

from langstrecke.errors import NotFoundError
from langstrecke.web.api.docs import docs_page
from langstrecke.web.api.errors import ErrorAnswer, add_errors
from langstrecke.web.api.jobs import job_routes
from langstrecke.web.api.live import live_routes
from langstrecke.web.api.verbs import verb_routes

PREFIX = "/api/v1"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


def add_api(app: FastAPI) -> None:
    """Hang the API on the application."""
    router = APIRouter(prefix=PREFIX, responses={422: {"model": ErrorAnswer}, 404: {"model": ErrorAnswer}})
    parts = (verb_routes(), job_routes(), live_routes(), _docs_route(app))
    for part in parts:
        router.include_router(part)
    known = [route for part in parts for route in part.routes]

    @router.api_route("/{rest:path}", methods=METHODS, include_in_schema=False)
    async def nothing(request: Request, rest: str) -> None:
        """Else a page would answer what no route does."""
        taken = _taken(known, f"/{rest}") | _taken(app.routes, request.url.path)
        if taken:
            allow = ", ".join(sorted(taken))
            raise HTTPException(405, f"{request.method} is not taken here, only {allow}", headers={"allow": allow})
        raise NotFoundError(f"there is nothing at {PREFIX}/{rest}", hint=f"{PREFIX}/docs lists what there is")

    app.include_router(router)
    for usual in ("docs", "openapi.json"):
        app.add_api_route(f"/{usual}", _led_to(f"{PREFIX}/{usual}"), include_in_schema=False)
    add_errors(app)


def _docs_route(app: FastAPI) -> APIRouter:
    router = APIRouter()

    @router.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """The description for people."""
        return HTMLResponse(docs_page(app))

    return router


def _taken(routes: Iterable[BaseRoute], path: str) -> set[str]:
    """The methods that are taken at a path."""
    fitting = (route for route in routes if isinstance(route, Route) and route.path_regex.match(path))
    return {method for route in fitting for method in route.methods or ()}


def _led_to(place: str) -> Callable[[], Awaitable[RedirectResponse]]:
    async def led() -> RedirectResponse:
        return RedirectResponse(place)

    return led
