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
from pathlib import Path
from typing import Any, TypeVar

import numba
from platformdirs import user_cache_path

from langstrecke.simulation.kernel.parts import EntryCompiler, Part

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
    _config.CACHE_DIR = str(_cache_folder())
    try:
        compiled: F = _njit(**_OPTIONS, cache=True, pipeline_class=EntryCompiler)(function)
    finally:
        _config.CACHE_DIR = before
    return compiled


def _part(function: F, **options: bool) -> F:
    if _config.DISABLE_JIT:
        return function
    part: Any = Part(function, targetoptions={**_OPTIONS, **options, "nopython": True})
    compiled: F = part
    return compiled


def _cache_folder() -> Path:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    root = user_cache_path("langstrecke") / "kernel"
    folder = root / digest.hexdigest()[:16]
    if not folder.is_dir() and root.is_dir():
        others = sorted(root.iterdir(), key=lambda f: f.stat().st_mtime, reverse=True)
        for old in others[KEPT_VERSIONS - 1 :]:
            shutil.rmtree(old, ignore_errors=True)
    return folder
