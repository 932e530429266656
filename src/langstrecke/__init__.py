"""Langstrecke: an endurance-racing workbench, from timing files to scored odds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langstrecke.timing.files import TimingFile, load

__version__ = "0.1.0"

__all__ = ["TimingFile", "__version__", "load"]


def __getattr__(name: str) -> Any:
    # The readers bring Polars with them; who only plays race cards need not wait for it.
    if name in ("load", "TimingFile"):
        from langstrecke.timing import files

        return getattr(files, name)
    raise AttributeError(f"module 'langstrecke' has no attribute {name!r}")
