"""Background jobs: progress, results, errors in words, cancelling, lanes, and an event loop that is never kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

import web_jobs as work
from conftest import PATIENCE_S
from langstrecke.errors import NotFoundError
from langstrecke.services.settings import Settings
from langstrecke.web.jobs import BusyError, JobCancelledError, JobFailedError, Jobs, process


async def running(jobs: Jobs, number: str) -> None:
    """Wait until a job is under way."""
    async for state in jobs.follow(number):
        if state.state == "running":
            return


def played(test: Callable[[Jobs], Coroutine[Any, Any, None]], **settings: Any) -> None:
    """Run a test with open jobs, which are closed in any case."""

    async def all_of_it() -> None:
        jobs = Jobs(Settings(**settings))
        await jobs.open(warm=False)
        try:
            await asyncio.wait_for(test(jobs), PATIENCE_S)
        finally:
            await jobs.close()

    asyncio.run(all_of_it())


def test_progress_result_and_errors(tmp_path: Path) -> None:
    async def test(jobs: Jobs) -> None:
        number = jobs.start("count", work.count_on, 4, str(tmp_path / "go on"))
        states = []
        async for state in jobs.follow(number):
            states.append(state)
            if state.text.startswith("step"):
                (tmp_path / "go on").touch()  # it has been seen half way
        assert states[-1].state == "done"
        assert states[-1].share == 1.0
        assert any(s.state == "running" and s.text.startswith("step") for s in states)
        assert [s.done for s in states] == sorted(s.done for s in states)
        assert jobs.result(number) == 4
        with pytest.raises(JobFailedError) as refused:
            await jobs.call("refused", work.refused)
        assert refused.value.what == "is too heavy"
        assert refused.value.hint == "make it lighter"
        assert "a.toml, line 3" in str(refused.value)
        with pytest.raises(JobFailedError) as broken:
            await jobs.call("broken", work.broken)
        assert "secret" not in str(broken.value)
        with pytest.raises(JobFailedError, match="process ended"):
            await jobs.call("dies", work.dies)
        with pytest.raises(JobFailedError):
            await jobs.call("unsendable", work.unsendable)
        assert await jobs.call("count", work.count, 1, 0.0) == 1  # and another process has taken over
        with pytest.raises(NotFoundError):
            jobs.state("nonsense")

    played(test, workers=1)


def test_cancelling_queued_running_and_deaf_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "GRACE_S", PATIENCE_S)

    async def test(jobs: Jobs) -> None:
        worker = await jobs.call("whoami", work.whoami, 1)
        number = jobs.start("count", work.count, 1_000_000, 0.02)
        queued = jobs.start("count", work.count, 1000, 0.02)
        async for state in jobs.follow(number):
            if state.done > 2:
                break
        jobs.cancel(queued)
        assert jobs.state(queued).state == "cancelled"
        jobs.cancel(number)
        with pytest.raises(JobCancelledError):
            await jobs.wait(number)
        assert await jobs.call("whoami", work.whoami, 1) == worker  # it listened: its process was not ended
        monkeypatch.setattr(process, "GRACE_S", 0.1)
        deaf = jobs.start("deaf", work.deaf)
        await running(jobs, deaf)
        jobs.cancel(deaf)
        with pytest.raises(JobCancelledError):
            await jobs.wait(deaf)
        assert await jobs.call("whoami", work.whoami, 1) != worker

    played(test, workers=1)


def test_a_caller_that_goes_cancels_its_job() -> None:
    async def test(jobs: Jobs) -> None:
        task = asyncio.create_task(jobs.call("count", work.count, 1000, 0.02))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        while not all(state.over for state in jobs.states()):
            await asyncio.sleep(0.05)
        assert [state.state for state in jobs.states()] == ["cancelled"]

    played(test, workers=1)


def test_bounds() -> None:
    async def test(jobs: Jobs) -> None:
        first = jobs.start("count", work.count, 1000, 0.02)
        for _ in range(2):
            jobs.start("count", work.count, 1, 0.0)
        with pytest.raises(BusyError):
            jobs.start("count", work.count, 1, 0.0)
        assert await jobs.call("odds", work.count, 2, 0.0, lane="odds") == 2  # its own lane does not wait
        jobs.cancel(first)
        await asyncio.gather(*(jobs.wait(s.id) for s in jobs.states()), return_exceptions=True)
        for _ in range(8):
            await jobs.call("count", work.count, 1, 0.0)
        assert len(jobs.states()) <= 4
        assert await jobs.call("quiet", work.count, 1, 0.0, quiet=True) == 1
        assert "quiet" not in {state.kind for state in jobs.states()}

    played(test, workers=1, queued=2, kept_jobs=3)


def test_large_arguments_do_not_keep_the_event_loop() -> None:
    async def test(jobs: Jobs) -> None:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        # A process that is still starting reads nothing: a pipe holds 64 KiB, the rest has to wait elsewhere.
        assert await jobs.call("big", work.big, bytes(20_000_000)) == 20_000_000
        ticking.cancel()
        assert ticks > 5

    played(test, workers=1)


def test_a_process_that_grew_is_replaced() -> None:
    async def test(jobs: Jobs) -> None:
        small = await jobs.call("whoami", work.whoami, 1000)
        assert await jobs.call("whoami", work.whoami, 1000) == small
        assert await jobs.call("whoami", work.whoami, 1_000_000_000) == small
        assert await jobs.call("whoami", work.whoami, 1000) != small

    played(test, workers=1)
