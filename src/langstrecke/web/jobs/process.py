"""One process for jobs, seen from the server: what it is given, what it says, how it ends.

Starting a process and filling its pipe take time, so both happen in threads: nothing here keeps the event loop.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from langstrecke.web.jobs.worker import work
from langstrecke.web.problem import problem_of

GRACE_S = 2.0
"""A cancelled job that has not stopped by then loses its process (default)."""

_context = multiprocessing.get_context("spawn")
"""`fork` would copy a program with threads in it; `spawn` is the same on every system."""


class Process:
    """A worker process and the threads that talk to it. `heard(process, message)` is called in the event loop.

    Messages are those of `jobs_worker.work`, and ("gone",) once when the process has ended.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, heard: Callable[[Process, tuple[Any, ...]], None]) -> None:
        self.job = ""
        self.retired = False
        """It has said that it ends after this job."""
        self._loop = loop
        self._heard = heard
        self._stop = _context.Event()
        self._pipe, self._theirs = _context.Pipe()
        self._process = _context.Process(
            target=work, args=(self._theirs, self._stop), daemon=True, name="pit wall job"
        )
        self._given: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._began = threading.Event()
        threading.Thread(target=self._talk, daemon=True, name="pit wall job").start()

    def play(self, job: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Give it a job."""
        self._stop.clear()
        self.job = job
        self._given.put((function, arguments))

    def stop(self) -> None:
        """Ask it to stop its job, and end it where it does not."""
        self._stop.set()
        job = self.job

        def insist() -> None:
            if self.job == job and self._began.is_set():
                self._process.kill()

        self._loop.call_later(GRACE_S, insist)

    def end(self) -> None:
        """End the process; waits until it is gone."""
        self._stop.set()
        self._given.put(None)
        self._began.wait(10.0)
        self._process.kill()
        self._process.join(5.0)

    def _talk(self) -> None:
        """Start the process and hand it what it is given."""
        try:
            self._process.start()
        except OSError as error:
            self._say(("failed", problem_of(error)))
            self._say(("gone",))
            return
        finally:
            self._theirs.close()
            self._began.set()
        threading.Thread(target=self._listen, daemon=True, name="pit wall job").start()
        while (given := self._given.get()) is not None:
            try:
                self._pipe.send(given)
            except OSError:  # it is gone; the listener says so
                return
            except Exception as error:  # arguments that cannot travel
                self._say(("failed", problem_of(error)))

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                message = ("gone",)
            if message[0] == "retired":
                self.retired = True
                continue
            if not self._say(message) or message[0] == "gone":
                self._given.put(None)
                self._process.join()
                return

    def _say(self, message: tuple[Any, ...]) -> bool:
        """Pass a message to the event loop; False where that is closed."""
        try:
            self._loop.call_soon_threadsafe(self._heard, self, message)
        except RuntimeError:
            return False
        return True
