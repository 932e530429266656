"""Compiling the kernel: once for a version and a machine, said aloud, and never counted as racing.

Machine code is kept in the user's cache folder (`kernel.jit`); docs/simulation.md says what compiling costs.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numba import typeof
from numba.core import event

from langstrecke.simulation.kernel.entries import DRAWN, play, rows_for
from langstrecke.simulation.kernel.jit import joined
from langstrecke.simulation.kernel.params import CAR, CLASS, PLAN, RACE, Params, records
from langstrecke.simulation.kernel.rng import QUANTILES
from langstrecke.simulation.kernel.snapshot import blank_snapshot
from langstrecke.simulation.kernel.state import ROW_SIZE, make_state

COMPILING = "compiling once for this version: about 15 s of processor time, more on a busy machine"
"""What is said when machine code has to be made."""
COMPILING_APART = "compiling once for this version: a minute or two, as this Numba does not compile it in one piece"
"""What is said where `kernel.parts` does not work with the Numba that is here."""

_entry: Any = play
_lock = threading.Lock()
_ready = False


def prepare(say: Callable[[str], None] | None = None) -> float:
    """Have the kernel ready to race: loaded from the cache or, where this version was not compiled yet, compiled.

    `say` is told when compiling begins (default: a warning of the logger `langstrecke`, which Python writes to
    standard error). Returns the seconds spent compiling: 0 where the machine code was there. Every simulation calls
    this first; call it yourself to choose who is told, and before reading a clock.
    """
    global _ready
    if _ready:
        return 0.0
    with _lock:
        if _ready or not hasattr(_entry, "compile"):  # plain Python: NUMBA_DISABLE_JIT
            _ready = True
            return 0.0
        with _told(say or logging.getLogger("langstrecke").warning) as seconds:
            _entry.compile(_signature())
        _ready = True
        return sum(seconds)


def _signature() -> tuple[Any, ...]:
    """The types `play` is called with, whatever the card."""
    params = Params(
        race=records(1, RACE),
        cls=records(1, CLASS),
        car=records(1, CAR),
        noise=np.zeros((1, QUANTILES)),
        normal=np.zeros(QUANTILES),
        plan=records(0, PLAN).reshape(1, 0),
        scenario=np.zeros((0, 2)),
    )
    given = (np.zeros((0, 1, DRAWN)), np.zeros(0), np.zeros((0, ROW_SIZE)))
    called = (params, make_state(1, 1), blank_snapshot(0, 0.0, 0.0), 1, 0, *given, rows_for(params, 1, 0))
    return tuple(typeof(argument) for argument in called)


@contextmanager
def _told(say: Callable[[str], None]) -> Iterator[list[float]]:
    """Say once that `play` is being compiled, if it is (Numba tells so only after a look into the cache)."""
    began: list[float] = []
    seconds: list[float] = []

    class Listener(event.Listener):
        def on_start(self, told: Any) -> None:
            if told.data["dispatcher"] is _entry:
                began.append(time.perf_counter())
                say(COMPILING if joined() else COMPILING_APART)

        def on_end(self, told: Any) -> None:
            if told.data["dispatcher"] is _entry:
                seconds.append(time.perf_counter() - began[-1])

    with event.install_listener("numba:compile", Listener()):
        yield seconds
