"""From what a person types to a season and an event: "2018-19", "sebring", "lone star", "02"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from langstrecke.archives.model import Event, Season
from langstrecke.errors import NotFoundError
from langstrecke.paddock.matching import fold, without_umlauts
from langstrecke.paddock.model import Circuit

CLOSE = 84.0
"""From this score on (RapidFuzz, 0 to 100) a misspelt name is taken for an event's; below it is only shown."""
MARGIN = 6.0
"""The best event has to be this far ahead of the next, or both are shown."""
_YEARS = re.compile(r"^((?:19|20)\d{2})(?:\s*[-/]\s*((?:19|20)?\d{2}))?$")
_NOISE = frozenset({
    "circuit", "international", "raceway", "speedway", "autodromo", "autodrome", "motorsport", "park", "street",
    "course", "grand", "prix", "hours", "hour", "heures", "24", "race", "the", "of", "at", "de", "des", "du", "del",
    "di", "la", "le", "les",
})  # fmt: skip
"""Words of circuits' and events' names that tell no circuit."""


@dataclass(frozen=True)
class Found:
    """Events that fit, the best first. One: it is meant. Several: they cannot be told apart by name."""

    events: tuple[Event, ...]
    close: tuple[Event, ...] = ()
    """Nearest ones where none fits."""


def pick_season(seasons: Sequence[Season], text: str) -> Season:
    """The one season meant by "2024", "2018-19", or the site's own key. NotFoundError lists those there are."""
    found = fits(seasons, text)
    if len(found) == 1:
        return found[0]
    both = ", ".join(season.name for season in found)
    raise NotFoundError(f"{text} is in more than one season of the archive: {both}", hint="name one of them")


def fits(seasons: Sequence[Season], text: str) -> list[Season]:
    """The seasons a text can mean: one, or the two a year is part of. NotFoundError lists those there are."""
    asked = text.strip()
    for season in seasons:
        if asked == season.key or asked == season.name:
            return [season]
    match = _YEARS.match(asked)
    names = ", ".join(season.name for season in seasons) or "none"
    if match is None:
        raise NotFoundError(f"{text!r} is no season", hint=f"a year as 2024 or 2018-19; the archive has {names}")
    first = int(match[1])
    last = first if match[2] is None else int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
    exact = [season for season in seasons if season.years == tuple(range(first, last + 1))]
    within = [season for season in seasons if first == last and first in season.years]
    if exact or within:
        return exact or within
    raise NotFoundError(f"the archive has no season {asked}", hint=f"it has {names}")


def find(text: str, events: Sequence[Event], circuits: Mapping[str, Circuit]) -> Found:
    """The events a person may mean.

    In this order: the site's own key or number; the event's name, or all of its words asked for; the circuit the
    name stands for, by the table of circuits' aliases; and a name close enough to be a slip.
    """
    wanted = fold(text)
    if not wanted:
        return Found((), tuple(events))
    hits = tuple(event for event in events if _exactly(wanted, event))
    if hits:
        return Found(hits)
    meant = circuits_of(text, circuits)
    there = {event.key: circuits_of_event(event, circuits) for event in events}

    def elsewhere(event: Event) -> bool:
        """The words are a circuit's, and the event is at another: "le mans" in "Lone Star Le Mans"."""
        return bool(meant and there[event.key]) and not meant & there[event.key]

    hits = tuple(event for event in events if _by_words(wanted, event) and not elsewhere(event))
    hits = hits or tuple(event for event in events if meant & there[event.key])
    if hits:
        return Found(hits)
    scored = sorted(((_score(wanted, event, circuits), n) for n, event in enumerate(events)), reverse=True)
    best = [(score, events[n]) for score, n in scored]
    if best and best[0][0] >= CLOSE:
        return Found(tuple(event for score, event in best if score >= max(CLOSE, best[0][0] - MARGIN)))
    return Found((), tuple(event for score, event in best[:4] if score >= 50.0))


def circuits_of(text: str, circuits: Mapping[str, Circuit]) -> set[str]:
    """Ids of the circuits a text names. Of names within each other the longest counts: Petit Le Mans, not Le Mans."""
    words = f" {without_umlauts(fold(text))} "
    core = _without_noise(words)
    named: dict[str, set[str]] = {}
    for key, circuit in circuits.items():
        for name in _names(circuit):
            if f" {name} " in words or (core and core == _without_noise(name)):
                named.setdefault(name, set()).add(key)
    longest = [n for n in named if not any(n != other and f" {n} " in f" {other} " for other in named)]
    return {key for name in longest for key in named[name]}


def circuits_of_event(event: Event, circuits: Mapping[str, Circuit]) -> set[str]:
    """Ids of the circuits an event's names stand for."""
    found: set[str] = set()
    for name in (event.name, *event.places):
        found |= circuits_of(name, circuits)
    return found


def _names(circuit: Circuit) -> set[str]:
    return {without_umlauts(fold(name)) for name in (circuit.id, circuit.name, *circuit.aliases)}


def _without_noise(name: str) -> str:
    """What is left of a name without the words that tell no circuit: "Circuit de Monaco" -> "monaco"."""
    return " ".join(word for word in name.split() if word not in _NOISE)


def _exactly(wanted: str, event: Event) -> bool:
    names = {fold(event.key), *map(fold, (event.name, *event.places))}
    number = wanted.isdigit() and event.order == int(wanted)
    return wanted in names or number


def _by_words(wanted: str, event: Event) -> bool:
    asked = wanted.split()
    return any(_consecutive(asked, fold(name).split()) for name in (event.name, *event.places))


def _consecutive(asked: list[str], words: list[str]) -> bool:
    return any(words[at : at + len(asked)] == asked for at in range(len(words) - len(asked) + 1))


def _score(wanted: str, event: Event, circuits: Mapping[str, Circuit]) -> float:
    names: Iterable[str] = (event.name, *event.places)
    own = [fold(name) for name in names]
    also = [name for key in circuits_of_event(event, circuits) for name in _names(circuits[key])]
    return max((_closeness(wanted, name) for name in (*own, *also) if name), default=0.0)


def _closeness(wanted: str, name: str) -> float:
    """A slip of the pen in the whole name, or in as many of its words as were asked for."""
    count = len(wanted.split())
    words = name.split()
    parts = [" ".join(words[at : at + count]) for at in range(len(words) - count + 1)]
    return max((fuzz.ratio(wanted, part) for part in (name, *parts)), default=0.0)
