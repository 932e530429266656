"""The language of what is printed and drawn: English, or German by a table of what is said (`de.toml`).

    with speaking("de"):
        tr("Who wins {name}", name="GTD")     # Wer gewinnt GTD

What the table does not hold stays English. Data (JSON, tables of a card, ids) have no language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de")
NOT_TRANSLATED = (
    "Nicht übersetzt: Hinweise darauf, worauf eine Antwort beruht, Begründungen, Urteile nach dem Reglement und "
    "Texte der Karte."
)
"""Said below German answers."""

_SPOKEN: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within, answers are written in this language, one of `LANGUAGES`."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def german() -> bool:
    """Whether German is spoken."""
    return _SPOKEN.get() == "de"


def tr(text: str, /, **values: object) -> str:
    """A text in the language spoken, its places filled in."""
    said = _table().get(text, text) if german() else text
    return said.format(**values) if values else said


def decimals(number: str) -> str:
    """A number as the language writes it: 1,234.5 is 1.234,5 in German."""
    return number.translate(str.maketrans(",.", ".,")) if german() else number


@cache
def _table() -> dict[str, str]:
    data = tomllib.loads((files("langstrecke.language") / "de.toml").read_text(encoding="utf-8"))
    return {english: said for section in data.values() for english, said in section.items()}
