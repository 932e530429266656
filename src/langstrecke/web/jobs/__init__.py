"""Background jobs: started with an id, followed, waited for, cancelled.

    jobs = Jobs(settings)
    await jobs.open()
    number = jobs.start("forecast", services.forecast, request)
    async for state in jobs.follow(number): ...        # progress, last the end
    result = await jobs.wait(number)                   # or raises JobFailedError, JobCancelledError
    jobs.cancel(number)

A function runs in a process of its own as `function(*arguments, step=step)` (see `jobs_worker`); it, its arguments
and its result must be picklable, which plain functions of a module and Pydantic models are. Everything here is called
from the event loop's thread.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.services.settings import Settings
from langstrecke.web.jobs.process import Process
from langstrecke.web.problem import Problem

State = Literal["queued", "running", "done", "failed", "cancelled"]
Lane = Literal["work", "odds", "store"]
"""Jobs of one lane wait for each other: `odds` has its own process, `store` plays one writer at a time."""
ENDED = ("done", "failed", "cancelled")


class JobState(BaseModel):
    """How a job stands."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    state: State
    done: float = 0.0
    total: float = 1.0
    text: str = ""
    """What it is at, in words."""
    error: Problem | None = None
    asked: dt.datetime
    began: dt.datetime | None = None
    ended: dt.datetime | None = None

    @property
    def share(self) -> float:
        """How much is done, 0..1."""
        return min(1.0, self.done / self.total) if self.total > 0 else 0.0

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.state in ENDED


class JobFailedError(LangstreckeError):
    """A job ended with an error for people."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what, file=problem.where, hint=problem.do)


class JobCancelledError(LangstreckeError):
    """Somebody cancelled the job."""


class BusyError(LangstreckeError):
    """Too many jobs wait already."""


@dataclass
class _Job:
    state: JobState
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    lane: str
    result: Any = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[Callable[[JobState], None]] = field(default_factory=list)
    stopping: bool = False
    quiet: bool = False


class Jobs:
    """The jobs of one pit wall."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._jobs: dict[str, _Job] = {}
        self._most: dict[str, int] = {"work": max(1, settings.workers), "odds": 1, "store": 1}
        self._waiting: dict[str, deque[str]] = {lane: deque() for lane in self._most}
        self._free: dict[str, list[Process]] = {lane: [] for lane in self._most}
        self._count = dict.fromkeys(self._most, 0)
        self._busy: dict[str, Process] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self, *, warm: bool = True) -> None:
        """Bind to the running event loop and, with `warm`, start a process so that the first job need not wait."""
        self._loop = asyncio.get_running_loop()
        if warm:
            self._free["work"].append(self._process("work"))

    async def close(self) -> None:
        """End all processes; running jobs are cancelled."""
        for number in list(self._jobs):
            if not self._jobs[number].state.over:
                self._end(self._jobs[number], "cancelled")
        everyone = [*self._busy.values(), *(p for free in self._free.values() for p in free)]
        self._busy.clear()
        for free in self._free.values():
            free.clear()
        await asyncio.gather(*(asyncio.to_thread(p.end) for p in everyone))

    def start(self, kind: str, function: Callable[..., Any], *arguments: Any, lane: Lane = "work") -> str:
        """Queue a job and return its id. BusyError where too many wait."""
        if len(self._waiting[lane]) >= self.settings.queued:
            raise BusyError("too many jobs are waiting", hint="cancel some, or try again in a minute")
        self._forget()
        number = secrets.token_hex(8)
        state = JobState(id=number, kind=kind, state="queued", asked=_now())
        self._jobs[number] = _Job(state, function, arguments, lane)
        self._waiting[lane].append(number)
        self._dispatch(lane)
        return number

    def state(self, number: str) -> JobState:
        """How a job stands. NotFoundError for one that never was or is forgotten."""
        return self._job(number).state

    def states(self) -> list[JobState]:
        """All jobs known, newest first."""
        return [job.state for job in reversed(self._jobs.values()) if not job.quiet]

    def result(self, number: str) -> Any:
        """The result of a job that is done. JobFailedError, JobCancelledError, or LangstreckeError while it runs."""
        job = self._job(number)
        if job.state.state == "failed":
            raise JobFailedError(job.state.error or Problem(what="failed"))
        if job.state.state == "cancelled":
            raise JobCancelledError("the job was cancelled")
        if job.state.state != "done":
            raise LangstreckeError("the job has not ended yet", hint="wait for it")
        return job.result

    async def wait(self, number: str) -> Any:
        """The result, once there is one; raises as `result` does."""
        await self._job(number).over.wait()
        return self.result(number)

    async def call(
        self,
        kind: str,
        function: Callable[..., Any],
        *arguments: Any,
        lane: Lane = "work",
        quiet: bool = False,
    ) -> Any:
        """Start and wait; who stops waiting (a page that closed) cancels. A `quiet` job is not listed nor kept."""
        number = self.start(kind, function, *arguments, lane=lane)
        job = self._jobs[number]
        job.quiet = quiet
        try:
            await job.over.wait()
            return self.result(number)
        finally:
            self.cancel(number)
            if quiet and job.state.over:
                del self._jobs[number]

    def listen(self, number: str, heard: Callable[[JobState], None]) -> Callable[[], None]:
        """Call `heard(state)` at every change, in the event loop; returns what ends it."""
        job = self._job(number)
        job.heard.append(heard)

        def end() -> None:
            if heard in job.heard:
                job.heard.remove(heard)

        return end

    async def follow(self, number: str) -> AsyncIterator[JobState]:
        """The states of a job as they change, the present one first, the end last. A slow reader skips some."""
        job = self._job(number)
        changed = asyncio.Event()
        end = self.listen(number, lambda _: changed.set())
        try:
            while True:
                changed.clear()
                state = job.state
                yield state
                if state.over:
                    return
                await changed.wait()
        finally:
            end()

    def cancel(self, number: str) -> None:
        """Stop a job: a queued one at once, a running one at its next step, or else with its process."""
        job = self._job(number)
        if job.state.over or job.stopping:
            return
        if job.state.state == "queued":
            self._waiting[job.lane].remove(number)
            self._end(job, "cancelled")
            return
        job.stopping = True
        self._tell(job, text="stopping")
        self._busy[number].stop()

    # --- the processes' side ----------------------------------------------------------------------------------------

    def _job(self, number: str) -> _Job:
        job = self._jobs.get(number)
        if job is None:
            raise NotFoundError(f"no job {number!r} is known", hint="ended jobs are forgotten after a while")
        return job

    def _process(self, lane: str) -> Process:
        assert self._loop is not None, "Jobs.open() comes first"
        self._count[lane] += 1
        return Process(self._loop, lambda process, message: self._heard(lane, process, message))

    def _dispatch(self, lane: str) -> None:
        waiting = self._waiting[lane]
        while waiting and (self._free[lane] or self._count[lane] < self._most[lane]):
            process = self._free[lane].pop() if self._free[lane] else self._process(lane)
            job = self._jobs[waiting.popleft()]
            process.play(job.state.id, job.function, job.arguments)
            self._busy[job.state.id] = process
            self._tell(job, state="running", began=_now())

    def _heard(self, lane: str, process: Process, message: tuple[Any, ...]) -> None:
        """A word from a process, in the event loop."""
        what = message[0]
        job = self._jobs.get(process.job)
        if what == "step":
            if job is not None and not job.stopping and not job.state.over:
                self._tell(job, done=message[1], total=message[2], text=message[3])
            return
        self._busy.pop(process.job, None)
        if what == "gone":
            if process in self._free[lane]:
                self._free[lane].remove(process)
            if not process.retired:
                self._count[lane] -= 1
        elif process.retired:
            self._count[lane] -= 1
        else:
            self._free[lane].append(process)
        if job is not None and not job.state.over:
            if what == "done" and not job.stopping:
                job.result = message[1]
                self._end(job, "done", done=job.state.total)
            elif what == "failed" and not job.stopping:
                self._end(job, "failed", error=message[1])
            elif job.stopping or what == "stopped":
                self._end(job, "cancelled", text="")
            else:
                lost = Problem(what="the job's process ended", do="was there memory enough? ask for less, or again")
                self._end(job, "failed", error=lost)
            if job.quiet and job.stopping:  # nobody waits for it any more
                self._jobs.pop(process.job, None)
        process.job = ""
        self._dispatch(lane)

    def _end(self, job: _Job, state: State, **more: Any) -> None:
        job.function, job.arguments = _nothing, ()  # what a job was given is not kept with its result
        self._tell(job, state=state, ended=_now(), **more)
        job.over.set()

    def _tell(self, job: _Job, **more: Any) -> None:
        job.state = job.state.model_copy(update=more)
        for heard in list(job.heard):
            heard(job.state)

    def _forget(self) -> None:
        """Drop the oldest ended jobs."""
        ended = [n for n, job in self._jobs.items() if job.state.over]
        for number in ended[: max(0, len(ended) - self.settings.kept_jobs + 1)]:
            del self._jobs[number]


def _nothing() -> None:
    """Stands for the function of a job that has ended."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
