"""How the kernel is compiled: one place for its Numba options.

`fastmath` stays off and floating point is strict, so that results do not depend on the machine's vector width.
`_nrt=False` leaves out reference counting, which would cost more than the racing: kernel functions therefore
allocate nothing, all their memory is handed in. The compiled entry is kept in the user's cache folder under a hash of
all kernel sources: Numba itself looks only at the file an entry point stands in and would go on using old code after
a change elsewhere.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from platformdirs import user_cache_path

_parts: Any
try:
    from langstrecke.simulation.kernel import parts as _parts
except (ImportError, AttributeError):  # what it builds on has moved within Numba
    _parts = None

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = numba.njit  # its type hints do not know `_nrt`
_config: Any = numba.config
_OPTIONS = {"error_model": "numpy", "nogil": True, "_nrt": False}

KEPT_VERSIONS = 3
"""Compiled versions of the kernel left in the cache folder."""


def kernel(function: F) -> F:
    """Compile a kernel function that is called now and then."""
    return _part(function)


def hot(function: F) -> F:
    """Compile a function of the hot path, forced inline where it is called."""
    return _part(function, forceinline=True)


def entry(function: F) -> F:
    """Compile a function Python calls, keeping the machine code for the next process."""
    before = _config.CACHE_DIR
    _config.CACHE_DIR = str(_cache_folder(joined()))
    how = {"pipeline_class": _parts.EntryCompiler} if joined() else {}
    try:
        compiled: F = _njit(**_OPTIONS, **how, cache=True)(function)
    finally:
        _config.CACHE_DIR = before
    return compiled


def _part(function: F, **options: bool) -> F:
    if _config.DISABLE_JIT:
        return function
    if joined():
        compiled: F = _parts.Part(function, targetoptions={**_OPTIONS, **options, "nopython": True})
    else:
        compiled = _njit(**_OPTIONS, **options)(function)
    return compiled


@cache
def joined() -> bool:
    """Whether the kernel is compiled as one program (`parts`). If not, Numba compiles function by function: the same
    races, and a first run of minutes. Not tried again where machine code made so lies in the cache.
    """
    return _parts is not None and (any(_cache_folder(True).rglob("*.nbc")) or _parts.joins(_OPTIONS))


def _cache_folder(joins: bool) -> Path:
    digest = hashlib.sha256(f"{numba.__version__}{'' if joins else ' apart'}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    root = user_cache_path("langstrecke") / "kernel"
    folder = root / digest.hexdigest()[:16]
    if not folder.is_dir() and root.is_dir():
        others = sorted(root.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)
        for old in others[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(old, ignore_errors=True)
    return folder
