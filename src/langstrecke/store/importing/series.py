"""Which series: by the words in names, by the classes and makes in a file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from langstrecke.paddock.matching import fold
from langstrecke.timing.names import class_name
from langstrecke.timing.readers.laps import NO_CLASS

_FEW_CARS = 4
"""A grid of one make says nothing below this many cars."""
_EVENTS = {"spa-24h": "spa", "n24": "nurburgring"}
"""Series that are one race: their name says the circuit too."""


@dataclass(frozen=True)
class Series:
    """A row of `series.toml`."""

    id: str
    words: tuple[str, ...]
    classes: frozenset[str]
    marks: frozenset[str] = frozenset()
    sets: tuple[frozenset[str], ...] = ()
    make: str | None = None


@cache
def table() -> tuple[Series, ...]:
    """The series that are known."""
    text = resources.files("langstrecke.store.importing").joinpath("series.toml").read_text("utf-8")
    return tuple(
        Series(
            row["id"],
            tuple(fold(word) for word in row["words"]),
            frozenset(map(plain_class, row["classes"])),
            frozenset(map(plain_class, row.get("marks", ()))),
            tuple(frozenset(map(plain_class, group)) for group in row.get("sets", ())),
            row.get("make"),
        )
        for row in tomllib.loads(text)["series"]
    )


def plain_class(name: str) -> str:
    """A class in one spelling, in capitals."""
    return (class_name(name) or name).upper()


@cache
def _words() -> tuple[tuple[str, str], ...]:
    return tuple(sorted(((w, s.id) for s in table() for w in s.words), key=lambda item: (-len(item[0]), item[0])))


def series_in(text: str) -> tuple[str | None, str | None, str]:
    """Series named in a folded text, the circuit where the series is one race, and the text without its words."""
    padded = f" {text} "
    for word, series in _words():
        if f" {word} " in padded:
            if series in _EVENTS:
                return series, _EVENTS[series], text
            rest = " ".join(padded.replace(f" {word} ", " ", 1).split())
            return series, "le-mans" if word == "road to le mans" else None, rest
    return None, None, text


def series_named(text: str) -> str:
    """The id of the series somebody names; an unknown name's own slug."""
    known = {series.id: series.id for series in table()}
    plain = fold(text)
    slug = plain.replace(" ", "-")
    return known.get(slug) or series_in(plain)[0] or slug


def decided_by(classes: Iterable[str], makes: Iterable[str], cars: int) -> frozenset[str]:
    """The series that a file's classes (and, of one-make cups, its makes) decide for; empty where they do not."""
    plain = frozenset(map(plain_class, classes)) - {NO_CLASS, ""}
    if not plain:
        return frozenset()
    found = [s for s in table() if s.marks & plain or any(group <= plain for group in s.sets)]
    if len(found) > 1:
        # A mark that two series share: the one that has run all of the classes.
        found = [s for s in found if plain <= s.classes] or found
    if not found:
        one = {make for make in makes if make}
        found = [
            s for s in table() if s.make is not None and one == {s.make} and cars >= _FEW_CARS and plain <= s.classes
        ]
    return frozenset(s.id for s in found)


def compatible(classes: Iterable[str]) -> frozenset[str]:
    """The series that have run all of these classes."""
    plain = frozenset(map(plain_class, classes)) - {NO_CLASS, ""}
    return frozenset(s.id for s in table() if plain and plain <= s.classes)


def known_classes(series: str) -> frozenset[str]:
    """Classes a series has run, in capitals; empty where nothing is known of them."""
    return next((s.classes for s in table() if s.id == series), frozenset())
