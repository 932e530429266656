"""Jobs over HTTP: how they stand, their results, cancelling."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from langstrecke.services.answers.common import plain
from langstrecke.web.jobs import JobState


class JobAnswer(BaseModel):
    """A job, and its result once it is done."""

    job: JobState
    result: Any = None


def job_routes() -> APIRouter:
    """Routes of jobs."""
    router = APIRouter(tags=["jobs"])

    @router.get("/jobs")
    async def jobs(request: Request) -> list[JobState]:
        """All jobs known, newest first."""
        found: list[JobState] = request.app.state.pitwall.jobs.states()
        return found

    @router.get("/jobs/{job}")
    async def job(request: Request, job: str) -> JobAnswer:
        """How a job stands; with its result once it is done."""
        known = request.app.state.pitwall.jobs
        state: JobState = known.state(job)
        result = known.result(job) if state.state == "done" else None
        return JobAnswer(job=state, result=plain(result))

    @router.delete("/jobs/{job}")
    async def cancel(request: Request, job: str) -> JobState:
        """Cancel a job; one that has ended stays as it is."""
        known = request.app.state.pitwall.jobs
        known.cancel(job)
        state: JobState = known.state(job)
        return state

    return router
