"""The rules of relations.toml, and how one reads a clause."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from langstrecke.news.coreference.possessives import CAR_WORDS, is_car
from langstrecke.news.lexicon.morphology import is_german_word
from langstrecke.news.mentions.certainty import Index, Phrase, holds, index_of, phrase
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import Group
from langstrecke.news.mentions.tokens import Item
from langstrecke.news.model import NewsError


@dataclass(frozen=True)
class Slot:
    """What may be the object: a preposition (`-` none, `*` any) and a kind."""

    prep: str
    kind: str


@dataclass(frozen=True)
class Rule:
    """One way of saying something; relations.toml tells what the fields mean."""

    name: str
    relation: str
    words: tuple[Phrase, ...]
    subject: tuple[str, ...]
    object: tuple[Slot, ...] = ()
    not_with: tuple[Slot, ...] = ()
    unless: tuple[Phrase, ...] = ()
    openings: frozenset[str] | None = None
    """A clause with none of these holds no phrase of `unless`; None where that cannot be said."""
    constant: str = ""
    certainty: str = ""
    place: str = ""
    topic_subject: str = ""
    asked: str = ""
    flags: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    """Kinds of which the clause must name something; empty where what was said before may fill in."""
    example: str = ""
    gives: str = ""


_FLAGS = (
    "pairs", "partners", "topic", "negated", "passive", "inverse", "drop_negation", "needs_since", "needs_place",
    "topic_object", "of_object_person", "alone", "fallback", "implied",
)  # fmt: skip


_NAMED_AS = {"auto": ("vehicle", "make"), "outfit": ("team",)}


@cache
def rules() -> tuple[Rule, ...]:
    """The rules of relations.toml, then those of the files of the folder relations, in order."""
    data = files("langstrecke.news") / "data"
    themes = sorted((f for f in (data / "relations").iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    tables = [tomllib.loads(f.read_text("utf-8")) for f in (data / "relations.toml", *themes)]
    return tuple(_rule(entry) for table in tables for entry in table["rule"])


def _rule(entry: dict[str, object]) -> Rule:
    def texts(key: str) -> list[str]:
        value = entry.get(key, [])
        if not isinstance(value, list):
            raise NewsError("must be a list", file="relations.toml", key=f"{entry.get('name')}.{key}")
        return [str(v) for v in value]

    flags = frozenset(f for f in _FLAGS if entry.get(f))
    unless = tuple(phrase(w) for w in texts("unless"))
    slots = tuple(_slot(s) for s in texts("object"))
    said = flags & {"topic", "pairs"} or any(k in entry for k in ("is", "asked", "topic_subject"))
    needs = frozenset(k for s in slots for k in _NAMED_AS.get(s.kind, (s.kind,)))
    return Rule(
        name=str(entry["name"]),
        relation=str(entry["relation"]),
        words=tuple(phrase(w) for w in texts("words")),
        subject=tuple(texts("subject")),
        object=slots,
        not_with=tuple(_slot(s) for s in texts("not_with")),
        unless=unless,
        openings=_openings(unless),
        constant=str(entry.get("is", "")),
        certainty=str(entry.get("certainty", "")),
        place=str(entry.get("place", "")),
        topic_subject=str(entry.get("topic_subject", "")),
        asked=str(entry.get("asked", "")),
        flags=flags,
        needs=frozenset() if said or str(entry["relation"]).startswith(("enters", "shares_car")) else needs,
        example=str(entry["example"]),
        gives=str(entry["gives"]),
    )


def _slot(text: str) -> Slot:
    prep, kind = text.split(" ")
    return Slot(prep, kind)


@cache
def _index() -> Index:
    return index_of([r.words for r in rules()])


def likely_rules(clause: Clause) -> Iterator[Rule]:
    """The rules whose words a clause holds, in order."""
    return (rules()[number] for number in sorted(_index().fulfilled(clause)))


def _openings(phrases: tuple[Phrase, ...]) -> frozenset[str] | None:
    """One word of each phrase with its alternatives; None where a phrase has none that can be looked up."""
    found: set[str] = set()
    for one in phrases:
        fixed = [slot for slot in one if not slot.ends and not slot.runs]
        if not fixed:
            return None
        found |= min((slot.words | slot.forms for slot in fixed), key=len)
    return frozenset(found)


def speaks(rule: Rule, clause: Clause) -> bool:
    """Whether a clause that holds the words of a rule holds nothing that forbids it."""
    forbidding = rule.openings is None or not rule.openings.isdisjoint(clause.words)
    if forbidding and any(holds(words, clause) for words in rule.unless):
        return False
    return not any(any(True for _ in fillers(slot, clause)) for slot in rule.not_with)


def fillers(slot: Slot, clause: Clause, *, cars: bool = True) -> Iterator[tuple[Group, tuple[Item, ...]]]:
    """The groups of a clause that can stand in a slot, with their items of that kind; `cars`: a car is a make."""
    for group in clause.groups:
        if slot.prep not in ("*", group.prep or "-") and not (slot.prep == "of" and group.genitive):
            continue
        if slot.prep == "-" and group.genitive:
            continue
        if slot.kind == "auto":
            found = tuple(clause.items[n] for n in group.members if is_car(clause.items, n))
        elif slot.prep == "mit" and slot.kind in ("team", "make") and is_car(clause.items, group.first):
            continue  # "mit dem Lamborghini von Emil Frey Racing"
        else:
            members = [n for n in group.members if cars or slot.kind not in _OUTFITS or not is_car(clause.items, n)]
            if slot.kind == "vehicle":  # "mit Corvette": the team
                members = [n for n in members if not _also_a_make(clause.items[n]) or is_car(clause.items, n)]
            found = tuple(i for i in (clause.items[n] for n in members) if is_kind(i, slot.kind))
        if found:
            yield group, found


def _also_a_make(item: Item) -> bool:
    return item.name is not None and item.name.is_a("make")


_OUTFITS = frozenset({"team", "make", "outfit"})


def is_kind(item: Item, kind: str) -> bool:
    """Whether an item is a person, or a name of this kind."""
    if kind == "person":
        return item.is_person and bool(item.who)
    if item.kind != "name" or item.name is None:
        return False
    if item.compound is not None and item.compound.head == "team":  # whose team it is stands elsewhere
        return kind == "team"
    if item.compound is not None and item.compound.head in CAR_WORDS and kind in ("series", "class", "event"):
        return False
    strange = item.compound is not None and item.compound.head and not is_german_word(item.compound.head.title())
    if strange and kind in ("series", "class", "event") and item.compound is not None and item.compound.role is None:
        return False  # "im Nascar-Camaro"
    if kind == "outfit":  # a team that is no make
        return item.name.is_a("team") and not item.name.is_a("make")
    return item.name.is_a(kind)
