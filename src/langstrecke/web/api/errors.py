"""Errors as JSON: {"error": {"what", "where", "do"}} and the status that fits."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from langstrecke.errors import LangstreckeError, NotFoundError, StoreError
from langstrecke.services.uploads import UploadTooLargeError
from langstrecke.web.following.races import FollowedError
from langstrecke.web.jobs import BusyError, JobCancelledError
from langstrecke.web.problem import Problem, problem_of

STATUS: dict[type[LangstreckeError], int] = {
    NotFoundError: 404,
    FollowedError: 409,
    JobCancelledError: 409,
    BusyError: 503,
    StoreError: 503,
    UploadTooLargeError: 413,
}


class ErrorAnswer(BaseModel):
    """What every error looks like."""

    error: Problem


def status_of(error: LangstreckeError) -> int:
    """The HTTP status of an error for people: 422 unless it says otherwise."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


def _answer(status: int, problem: Problem, more: Mapping[str, str] | None = None) -> JSONResponse:
    headers = dict(more or {})
    if status == 413:
        headers["connection"] = "close"  # else the rest would still be read
    return JSONResponse(ErrorAnswer(error=problem).model_dump(), status_code=status, headers=headers)


def add_errors(app: FastAPI) -> None:
    """Make the application answer errors so."""

    async def told(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LangstreckeError)
        return _answer(status_of(error), problem_of(error))

    async def misfit(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or None
        return _answer(422, Problem(what=str(first["msg"]), where=where, do="/api/v1/docs says what is taken"))

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        do = "/api/v1/docs lists what there is" if error.status_code in (404, 405) else None
        problem = Problem(what=str(error.detail), where=request.url.path, do=do)
        return _answer(error.status_code, problem, error.headers)

    async def unexpected(_: Request, error: Exception) -> JSONResponse:
        return _answer(422 if isinstance(error, RecursionError) else 500, problem_of(error))

    app.add_exception_handler(LangstreckeError, told)
    app.add_exception_handler(RequestValidationError, misfit)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RecursionError, unexpected)
    app.add_exception_handler(Exception, unexpected)
