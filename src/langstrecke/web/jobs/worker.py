"""The other end of a job: a process that plays one job after another, tells how far it is, and can be stopped.

A process, not a thread: the kernel lets go of the interpreter's lock, but building a card, reading news or searching
a plan does not, and pages have to stay quick meanwhile. A process that does not listen can also be ended.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path
from pickle import PicklingError
from typing import Any

from langstrecke.web.problem import Problem, problem_of

NICE = 5
"""Workers step back behind the process that serves pages (default)."""
TELL_EVERY_S = 0.1
"""Shortest time between two reports of progress."""


LARGEST_MB = 900.0
"""A process that once held more ends after its job, and another takes its place: memory stays flat (default)."""


class StoppedError(BaseException):
    """Somebody cancelled the job. Not an Exception, so that no `except Exception` on the way keeps it."""


def work(pipe: Connection, stop: Event) -> None:
    """Take (function, arguments) off the pipe until it closes; send ("step", ...), ("done", ...) or ("failed", ...).

    A function is called as `function(*arguments, step=step)`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's affair; it closes the pipe
    if hasattr(os, "nice"):
        os.nice(NICE)
    while True:
        try:
            function, arguments = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = _played(pipe, stop, function, arguments)
            grown = _megabytes() > LARGEST_MB
            if grown:
                pipe.send(("retired",))
            _send(pipe, answer)
        except (BrokenPipeError, OSError):
            return  # the server is gone
        if grown:
            return


def _send(pipe: Connection, answer: tuple[Any, ...]) -> None:
    try:
        pipe.send(answer)
    except (PicklingError, TypeError, AttributeError) as error:  # a result that cannot travel
        pipe.send(("failed", problem_of(error)))


def _megabytes() -> float:
    """The most memory this process has held; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux; there `ru_maxrss` begins with what the parent held
        peak = next((line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:")), "")
        return float(peak.split()[1]) / 1e3 if peak else 0.0
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _played(
    pipe: Connection, stop: Event, function: Callable[..., Any], arguments: tuple[Any, ...]
) -> tuple[Any, ...]:
    told = 0.0

    def step(done: float, total: float, text: str = "") -> None:
        nonlocal told
        if stop.is_set():
            raise StoppedError
        now = time.monotonic()
        if now - told >= TELL_EVERY_S or done >= total:
            told = now
            pipe.send(("step", done, total, text))

    try:
        return "done", function(*arguments, step=step)
    except StoppedError:
        return ("stopped",)
    except BrokenPipeError:
        raise
    except MemoryError:
        return "failed", Problem(what="this takes more memory than there is", do="ask for fewer races")
    except Exception as error:
        return "failed", problem_of(error)
