"""The API under /api/v1: the verbs of the command line, jobs, followed races, and its description."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse

from langstrecke.errors import NotFoundError
from langstrecke.web.api.docs import docs_page
from langstrecke.web.api.errors import ErrorAnswer, add_errors
from langstrecke.web.api.jobs import job_routes
from langstrecke.web.api.live import live_routes
from langstrecke.web.api.verbs import verb_routes

PREFIX = "/api/v1"


def add_api(app: FastAPI) -> None:
    """Hang the API on the application."""
    router = APIRouter(prefix=PREFIX, responses={422: {"model": ErrorAnswer}, 404: {"model": ErrorAnswer}})
    for routes in (verb_routes(), job_routes(), live_routes()):
        router.include_router(routes)

    @router.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """The description for people."""
        return HTMLResponse(docs_page(app))

    @router.api_route("/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> None:
        """Else a page would answer what no route does."""
        raise NotFoundError(f"there is nothing at {PREFIX}/{rest}", hint=f"{PREFIX}/docs lists what there is")

    app.include_router(router)
    add_errors(app)
