"""Every two names of a sentence that something could be told of, and what is seen of them there.

`learnt.py` weighs it. A candidate is a pair of somebody (a person, a team, a make) and something; who is only meant, as
"er" or by a sentence before, is a candidate with the way it came to mind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import Group
from langstrecke.news.mentions.tokens import Item

_KINDS = ("person", "series", "event", "team", "make", "vehicle", "car", "class", "goal")
_ACTS = ("person", "team", "make")
_IN_MIND = 3
"""So many people who are not named are thought of."""
_STEPS = (1, 2, 3, 5, 8, 13, 21)
_BORDERS = frozenset({"vor", "hinter", "gegen", "statt", "neben", "von", "mit", "und", "sowie", "als", "an", "für"})


@dataclass(frozen=True)
class Mention:
    """A name where a sentence names or means it."""

    name: Name
    how: str
    """name, person, pronoun, role, compound, car; or how it came to mind."""
    clause: int = -1
    at: int = -1
    """The item of the clause; -1 where it is only in mind."""


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
        return f"{_kind(self.one.name)}>{_kind(self.other.name)}"

    @property
    def clause(self) -> int:
        """The clause that tells it."""
        return self.other.clause if self.other.at >= 0 else self.one.clause


GOALS = {
    "podium": re.compile(r"podi|podest|treppchen|stockerl"),
    "titel": re.compile(r"titel|meister|krone|championat"),
    "sieg": re.compile(r"sieg|gewinn|spitze|erfolg"),
    "gesamtsieg": re.compile(r"gesamtsieg|sieg|gewinn"),
    "klassensieg": re.compile(r"klassensieg|klassenerfolg|klasse"),
    "motorsport": re.compile(r"karriere|helm|rücktritt|zurücktreten|nagel|aufhören|schluss|ruhestand|rennfahrer|motorsport"),
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


def pairs(scenes: list[Scene], mind: InMind, doc: frozenset[str], span: tuple[int, int]) -> list[Pair]:
    """The candidates of a sentence; each two names once, where they stand nearest.

    `doc`: what holds for the sentence as a whole; `span`: where it stands in the text. What the rules read in it plays no part: of texts that rules were
    developed on they read far more than of others.
    """
    clauses = [s.clause for s in scenes]
    named = mentions(clauses)
    ids = {m.name.id for m in named}
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
    sights = [_Sight(s) for s in scenes]
    of_one: dict[tuple[str, str], list[float]] = defaultdict(list)
    of_other: dict[tuple[str, str], list[float]] = defaultdict(list)
    for far, one, other in best.values():
        of_one[one.name.id, _kind(other.name)].append(far)
        of_other[other.name.id, _kind(one.name)].append(far)
    found: list[Pair] = []
    for far, one, other in best.values():
        kk = f"{_kind(one.name)}>{_kind(other.name)}"
        near, rival = of_one[one.name.id, _kind(other.name)], of_other[other.name.id, _kind(one.name)]
        ranks = {
            f"{kk} O rank {min(3, sum(f < far for f in near))} of {min(3, len(near))}",
            f"{kk} S rank {min(3, sum(f < far for f in rival))} of {min(3, len(rival))}",
        }
        found.append(Pair(one, other, _seen(one, other, sights, doc) | ranks, *span))
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


class _Sight:
    """A clause and what is asked of it again and again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.clause = scene.clause
        self.subject = {n.id for n in scene.subject}
        self.indirect = {n.id for n in scene.indirect}
        self.partners = {n.id for n in scene.partners}
        self.group_of: dict[int, Group] = {m: g for g in scene.clause.groups for m in g.members}
        self.content = [
            i.lemma
            for i in scene.clause.items
            if i.kind == "word" and (i.text[:1].isupper() or i.finite or i.infinitive or len(i.low) > 3)
        ]
        self.verbs = sorted(
            w for w in scene.clause.lemmas if w.endswith("n") and w[:1].islower() and w not in ("in", "an", "von", "den")
        )
        self.heads = sorted({i.compound.head for i in scene.clause.items if i.compound is not None} - {""})


def _kind(name: Name) -> str:
    return next((k for k in _KINDS if k in name.kinds), "other")


def _step(n: int) -> str:
    return str(next((s for s in _STEPS if n <= s), 99))


def _seen(
    one: Mention, other: Mention, sights: list[_Sight], doc: frozenset[str]
) -> set[str]:
    s, o = one.name.id, other.name.id
    ks, ko = _kind(one.name), _kind(other.name)
    kk = f"{ks}>{ko}"
    seen = {"", kk, f"{kk} s:{one.how}", f"{kk} o:{other.how}", f"{kk} {one.how}/{other.how}"}
    seen |= {f"doc {d}" for d in doc} | {f"{kk} doc {d}" for d in doc}
    where = other.clause if other.at >= 0 else one.clause
    sight = sights[where]
    clause = sight.clause
    for w in set(sight.content):
        seen.add(f"{kk} c:{w}")
        seen.add(f"c:{w}")
    for v in sight.verbs:
        seen.add(f"{kk} v:{v}")
    for h in sight.heads:
        seen.add(f"{kk} h:{h}")
    seen.add(f"{kk} clause {clause.kind}")
    role = (
        "subject" if s in sight.subject else "indirect" if s in sight.indirect else
        "partner" if s in sight.partners else "none"
    )  # fmt: skip
    seen.add(f"{kk} one is {role}")
    for v in sight.verbs:
        seen.add(f"{role} {ko} v:{v}")
    if len(sight.subject) > 1:
        seen.add(f"{kk} more subjects")
    if o in sight.subject:
        seen.add(f"{kk} other is subject")
        for v in sight.verbs:
            seen.add(f"other subject {ks} v:{v}")
    if o in sight.partners:
        seen.add(f"{kk} other is partner")
    if o in sight.indirect:
        seen.add(f"{kk} other is indirect")
    if sight.scene.inherited:
        seen.add(f"{kk} inherited")
    for m, tag in ((one, "S"), (other, "O")):
        if m.at < 0:
            continue
        at = sights[m.clause]
        items = at.clause.items
        group = at.group_of.get(m.at)
        prep = group.prep if group is not None else "?"
        seen.add(f"{kk} {tag} prep {prep}")
        seen.add(f"{tag} prep {prep} {ko}")
        if group is not None:
            if group.genitive:
                seen.add(f"{kk} {tag} genitive")
            if group.possessive:
                seen.add(f"{kk} {tag} possessive")
            if len(group.members) > 1:
                seen.add(f"{kk} {tag} listed {group.members.index(m.at)}")
        for k in (-3, -2, -1, 1, 2):
            if 0 <= m.at + k < len(items):
                w = _word(items[m.at + k])
                seen.add(f"{kk} {tag}{k}:{w}")
                if k in (-1, 1):
                    seen.add(f"{tag}{k}:{w}")
        pair_before = [_word(i) for i in items[max(0, m.at - 2) : m.at]]
        if len(pair_before) == 2:
            seen.add(f"{kk} {tag}bi:{'_'.join(pair_before)}")
        item = items[m.at]
        if item.compound is not None and item.compound.head:
            seen.add(f"{kk} {tag} head {item.compound.head}")
            seen.add(f"{tag} head {item.compound.head}")
            if item.compound.role is not None:
                seen.add(f"{kk} {tag} role {item.compound.role.word}")
    if one.at >= 0 and other.at >= 0:
        if one.clause == other.clause:
            lo, hi = sorted((one.at, other.at))
            between = clause.items[lo + 1 : hi]
            order = "S first" if one.at < other.at else "O first"
            seen.add(f"{kk} same clause {order}")
            seen.add(f"{kk} {order} apart {_step(hi - lo)}")
            rivals = sum(_sort(i) == ko for i in between)
            seen.add(f"{kk} {order} rivals {min(rivals, 3)}")
            mates = sum(_sort(i) == ks for i in between)
            seen.add(f"{kk} {order} mates {min(mates, 3)}")
            if any(i.finite for i in between):
                seen.add(f"{kk} {order} verb between")
            if len(between) <= 4:
                seen.add(f"{kk} {order} by {'_'.join(_word(i) for i in between)}")
            for i in between:
                w = _word(i)
                if i.kind == "word":
                    seen.add(f"{kk} {order} b:{w}")
                if w in _BORDERS or i.kind == "mark":
                    seen.add(f"{kk} {order} border {w}")
            g, h = sight.group_of.get(one.at), sight.group_of.get(other.at)
            if g is not None and g is h:
                seen.add(f"{kk} one list")
        else:
            seen.add(f"{kk} clauses apart {max(-3, min(3, other.clause - one.clause))}")
            seen.add(f"{kk} from {sights[one.clause].clause.kind} to {clause.kind}")
            if clause.parent == one.clause:
                seen.add(f"{kk} hangs on it")
            for w in set(sights[one.clause].content):
                seen.add(f"{kk} c1:{w}")
    else:
        gone = "S" if one.at < 0 else "O"
        seen.add(f"{kk} {gone} not named, one is {role}")
        people = {n for n in sight.subject}
        seen.add(f"{kk} {gone} not named, {min(len(people), 2)} act")
    return seen


def _word(item: Item) -> str:
    if item.kind in ("word", "mark"):
        return item.lemma if item.kind == "word" else item.text
    return "<" + _sort(item) + ">"


def _sort(item: Item) -> str:
    if item.is_person:
        return "person" if item.kind == "person" else item.kind
    return _kind(item.name) if item.name is not None else "?"
