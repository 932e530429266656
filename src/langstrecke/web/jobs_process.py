"""One process for jobs, seen from the server: what it is given, what it says, how it ends."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

from langstrecke.web.jobs_worker import work

GRACE_S = 2.0
"""A cancelled job that has not stopped by then loses its process (default)."""

_context = multiprocessing.get_context("spawn")
"""`fork` would copy a program with threads in it; `spawn` is the same on every system."""


class Process:
    """A worker process and the thread that listens to it. `heard(process, message)` is called in the event loop.

    Messages are those of `jobs_worker.work`, and ("gone",) once when the process has ended.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, heard: Callable[[Process, tuple[Any, ...]], None]) -> None:
        self.job = ""
        self._loop = loop
        self._heard = heard
        self._stop = _context.Event()
        self._pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=work, args=(theirs, self._stop), daemon=True, name="pit wall job")
        self._process.start()
        theirs.close()
        threading.Thread(target=self._listen, daemon=True, name="pit wall job").start()

    def play(self, job: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Give it a job. OSError where the process is gone."""
        self._stop.clear()
        self._pipe.send((function, arguments))
        self.job = job

    def stop(self) -> None:
        """Ask it to stop its job, and end it where it does not."""
        self._stop.set()
        job = self.job

        def insist() -> None:
            if self.job == job:
                self._process.kill()

        self._loop.call_later(GRACE_S, insist)

    def end(self) -> None:
        """End the process; waits until it is gone."""
        self._stop.set()
        self._pipe.close()
        self._process.kill()
        self._process.join(5.0)

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                message = ("gone",)
            try:
                self._loop.call_soon_threadsafe(self._heard, self, message)
            except RuntimeError:  # the event loop is closed
                return
            if message[0] == "gone":
                return
