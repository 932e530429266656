"""How long verbs say how far they are, on standard error: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

LINE_EVERY_S = 4.0
"""Time between two lines in a pipe or a log (default)."""


class Shown(Protocol):
    """What shows how far a job is."""

    def __call__(self, done: float, total: float, text: str) -> None:
        """Show it."""


class Told:
    """Hears how far a job is, as `services.progress.Step`, and measures the work itself."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._began = time.perf_counter()

    def __call__(self, done: float, total: float, text: str = "") -> None:
        """`done` of `total`; `text` says at what it is."""
        if done == 0:
            self._began = time.perf_counter()
        self._shown(done, total, text)

    @property
    def seconds(self) -> float:
        """Since the last word that nothing was done yet: what came before was preparing, compiling, reading."""
        return time.perf_counter() - self._began


@contextmanager
def progress(name: str) -> Iterator[Told]:
    """Say how far a job called `name` is; what is yielded hears it."""
    with _bar(name) if sys.stderr.isatty() else _lines(name) as shown:
        yield Told(shown)


@contextmanager
def _bar(name: str) -> Iterator[Shown]:
    """A bar that goes away at the end."""
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from langstrecke.cli.terminal import progress_console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task(escape(name), total=None)

        def show(done: float, total: float, text: str) -> None:
            bar.update(task, description=escape(text or name), completed=done, total=total or None)

        yield show


@contextmanager
def _lines(name: str) -> Iterator[Shown]:
    """Plain lines, also while the job says nothing (a compiler does not)."""
    last: tuple[float, float, str] = (0.0, 0.0, "")
    over = threading.Event()
    began = time.monotonic()

    def show(done: float, total: float, text: str) -> None:
        nonlocal last
        last = (done, total, text)

    def tell() -> None:
        while not over.wait(LINE_EVERY_S):
            with suppress(OSError, ValueError):  # nobody reads any more, or the stream is closed
                sys.stderr.write(line(name, *last, time.monotonic() - began) + "\n")
                sys.stderr.flush()

    teller = threading.Thread(target=tell, daemon=True, name="progress")
    teller.start()
    try:
        yield show
    finally:
        over.set()
        teller.join()


def line(name: str, done: float, total: float, text: str, seconds: float) -> str:
    """`races: 1,200 of 10,000, 8 s`."""
    far = f": {done:,.0f} of {total:,.0f}" if total > 1 else ""
    at = f" ({text})" if text and text != name else ""
    return f"{name}{far}{at}, {seconds:.0f} s"
