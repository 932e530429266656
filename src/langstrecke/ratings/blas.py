"""One BLAS thread for the ratings' linear algebra.

The matrices are some hundred columns wide: threads gain nothing there, and where the cores are busy (several
simulations at once, a laptop's two cores) OpenBLAS threads waiting for each other turn three milliseconds into two
hundred. Wheels of NumPy and SciPy bring their own OpenBLAS beside them; its thread count is set for the time of a
call and put back. Where there is no such library nothing is done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy
import scipy

P = ParamSpec("P")
T = TypeVar("T")

_NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads")


@cache
def _libraries() -> tuple[tuple[Callable[[], int], Callable[[int], None]], ...]:
    """(get, set) of every OpenBLAS that came with NumPy and SciPy."""
    found = []
    for package in (numpy, scipy):
        home = Path(str(package.__file__)).parent
        for folder in (home.parent / f"{home.name}.libs", home / ".dylibs"):
            for path in sorted(folder.glob("*openblas*")) if folder.is_dir() else ():
                pair = _functions(path)
                if pair is not None:
                    found.append(pair)
    return tuple(found)


def _functions(path: Path) -> tuple[Callable[[], int], Callable[[int], None]] | None:
    try:
        library = ctypes.CDLL(str(path))
    except OSError:
        return None
    for name in _NAMES:
        try:
            get, put = library[name.format("get")], library[name.format("set")]
        except AttributeError:
            continue
        get.restype, put.argtypes, put.restype = ctypes.c_int, [ctypes.c_int], None
        return get, put
    return None


@contextmanager
def one_thread() -> Iterator[None]:
    """BLAS on one thread inside the block."""
    before = [(put, get()) for get, put in _libraries()]
    for put, _ in before:
        put(1)
    try:
        yield
    finally:
        for put, count in before:
            put(count)


def on_one_thread(work: Callable[P, T]) -> Callable[P, T]:
    """Decorator: the function runs with BLAS on one thread."""

    @wraps(work)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with one_thread():
            return work(*args, **kwargs)

    return wrapped
