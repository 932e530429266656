"""Names as people type them."""

from __future__ import annotations

from langstrecke.errors import NotFoundError


def named(what: str, asked: str, known: list[str], *, hint: str | None = None) -> str:
    """The one of `known` that is meant, whatever its case. NotFoundError names the nearest."""
    for name in known:
        if name.casefold() == asked.casefold():
            return name
    raise NotFoundError.nearest(what, asked, known, hint=hint)
