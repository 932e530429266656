"""Every two names of a sentence that something could be told of, and what is seen of them there.

`learnt.py` weighs it. A candidate is a pair of somebody (a person, a team, a make) and something; who is only meant,
as "er" or by a sentence before, is a candidate with the way it came to mind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.relations.sights import Mention, Sight, kind_of, kinds_of, seen

_ACTS = ("person", "team", "make")
_IN_MIND = 3
"""So many people who are not named are thought of."""
MANY = 40
"""A sentence that names more is a list and no prose: examples are not asked, for its pairs are too many (default)."""


@dataclass(frozen=True)
class InMind:
    """Who and what is spoken of as a sentence begins."""

    people: tuple[tuple[Name, str], ...] = ()
    things: tuple[tuple[Name, str], ...] = ()


@dataclass
class Pair:
    """Somebody and something, with what is seen of them."""

    one: Mention
    other: Mention
    seen: set[str] = field(default_factory=set)
    start: int = 0
    """First and last character (exclusive) of the sentence."""
    end: int = 0

    @property
    def kinds(self) -> str:
        """What they are: `person>team`."""
        return kinds_of(self.one, self.other)

    @property
    def clause(self) -> int:
        """The clause that tells it."""
        return self.other.clause if self.other.at >= 0 else self.one.clause


GOALS = {
    "podium": re.compile(r"podi|podest|treppchen|stockerl"),
    "titel": re.compile(r"titel|meister|krone|championat"),
    "sieg": re.compile(r"sieg|gewinn|spitze|erfolg"),
    "gesamtsieg": re.compile(r"sieg|gewinn"),
    "klassensieg": re.compile(r"klasse"),
    "motorsport": re.compile(
        r"karriere|helm|rücktritt|zurücktreten|nagel|aufhören|schluss|ruhestand|rennfahrer|motorsport"
    ),
}
"""What is fought for or left and is no name: by the words for it."""
_GOAL = {id: Name(id, id.title(), ("goal",)) for id in GOALS}


def in_mind(talk: Talk, before: Iterable[Mention] = ()) -> InMind:
    """Who and what is spoken of, the latest first, before a sentence is read; `before`: named in the one before."""
    people: dict[str, tuple[Name, str]] = {}

    def think(name: Name | None, how: str, into: dict[str, tuple[Name, str]]) -> None:
        if name is not None and name.id not in into:
            into[name.id] = (name, how)

    think(talk.speaker, "speaker", people)
    think(talk.guest, "guest", people)
    for n, name in enumerate(talk.subject[:4]):
        think(name, "acted" if n == 0 and len(talk.subject) == 1 else "acted along", people)
    ranked = sorted(talk.weights.items(), key=lambda e: -e[1])
    for n, (id, _) in enumerate(ranked[:_IN_MIND]):
        think(talk.someone(id), f"in mind {n + 1}", people)
    before = list(before)
    for m in before:
        if m.name.is_a("person"):
            think(m.name, "sentence before", people)
    if talk.hero:
        think(talk.someone(talk.hero), "hero", people)
    think(talk.outfit, "last outfit", people)
    things: dict[str, tuple[Name, str]] = {}
    for kind in ("event", "series", "team", "make", "vehicle"):
        think(talk.last.get(kind), f"last {kind}", things)
    think(talk.main_race, "main race", things)
    think(talk.main_series, "main series", things)
    think(talk.main_team(), "main team", things)
    for m in before:
        if not m.name.is_a("person", "goal", "class"):
            think(m.name, "sentence before", things)
    return InMind(tuple(people.values()), tuple(things.values()))


def mentions(clauses: list[Clause]) -> list[Mention]:
    """Every name of a sentence, where it stands."""
    found: list[Mention] = []
    for n, clause in enumerate(clauses):
        for at, item in enumerate(clause.items):
            if item.who:
                found += [Mention(name, item.kind, n, at) for name in item.who]
            elif item.kind == "name" and item.name is not None:
                found.append(Mention(item.name, "compound" if item.compound is not None else "name", n, at))
            if item.kind == "role" and item.name is not None:
                found.append(Mention(item.name, "of role", n, at))
            if item.car is not None:
                found.append(Mention(item.car, "car", n, at))
            words = item.low if item.kind == "word" else item.compound.head if item.compound is not None else ""
            if len(words) > 3:
                found += [Mention(_GOAL[id], "goal", n, at) for id, said in GOALS.items() if said.search(words)]
    return [m for m in found if _sure_who(m.name)]


def pairs(
    scenes: list[Scene], named: list[Mention], mind: InMind, doc: frozenset[str], span: tuple[int, int]
) -> list[Pair]:
    """The candidates of a sentence; each two names once, where they stand nearest.

    `named`: its `mentions`; `doc`: what holds for it as a whole; `span`: where it stands in the text. What the rules
    read in it plays no part: of texts that rules were developed on they read far more than of others.
    """
    ids = {m.name.id for m in named}
    if len(ids) > MANY:
        return []
    mind = InMind(*(tuple(e for e in known if _sure_who(e[0])) for known in (mind.people, mind.things)))
    ones = [m for m in named if m.name.is_a(*_ACTS)]
    ones += [Mention(name, how) for name, how in mind.people if name.id not in ids]
    for n, scene in enumerate(scenes):
        ones += [Mention(name, "acts", n) for name in scene.subject if name.id not in ids and _sure_who(name)]
    others = [*named, *(Mention(name, how) for name, how in mind.things if name.id not in ids)]
    best: dict[tuple[str, str], tuple[float, Mention, Mention]] = {}
    for one in ones:
        for other in others:
            if one.name.id == other.name.id or not _can_be(one, other):
                continue
            if one.at < 0 and other.at < 0:
                continue
            key = (one.name.id, other.name.id)
            far = _far(one, other, scenes)
            if key not in best or far < best[key][0]:
                best[key] = (far, one, other)
    sights = [Sight(s) for s in scenes]
    of_one: dict[tuple[str, str], list[float]] = defaultdict(list)
    of_other: dict[tuple[str, str], list[float]] = defaultdict(list)
    for far, one, other in best.values():
        of_one[one.name.id, kind_of(other.name)].append(far)
        of_other[other.name.id, kind_of(one.name)].append(far)
    found: list[Pair] = []
    for far, one, other in best.values():
        kinds = kinds_of(one, other)
        near, rival = of_one[one.name.id, kind_of(other.name)], of_other[other.name.id, kind_of(one.name)]
        ranks = {
            f"{kinds} O rank {min(3, sum(f < far for f in near))} of {min(3, len(near))}",
            f"{kinds} S rank {min(3, sum(f < far for f in rival))} of {min(3, len(rival))}",
        }
        found.append(Pair(one, other, seen(one, other, sights, doc) | ranks, *span))
    return found


def _sure_who(name: Name) -> bool:
    """Whether it is known which of two is meant."""
    return not name.id.startswith("?")


def _can_be(one: Mention, other: Mention) -> bool:
    return one.at >= 0 or one.name.is_a("person") or not other.name.is_a("person")


def _far(one: Mention, other: Mention, scenes: list[Scene]) -> float:
    if one.at < 0 or other.at < 0:
        n = other.clause if one.at < 0 else one.clause
        return 50.0 - (one.name in scenes[n].subject)
    if one.clause != other.clause:
        return 20.0 + abs(one.clause - other.clause)
    return abs(one.at - other.at) / 10
