"""Somebody's affairs: where they act in a clause, he is the one it is about."""

from __future__ import annotations

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.tokens import Item

_TIMES = frozenset({"ära", "karriere", "laufbahn", "zeit", "epoche"})
_OWN_AFFAIRS = _TIMES | frozenset(
    {"ziel", "traum", "wunsch", "vertrag", "zukunft", "comeback", "debüt", "abschied", "einsatz", "start",
     "rückkehr", "wechsel", "plan", "engagement", "hoffnung", "chance", "platz", "cockpit", "stammplatz", "kollege",
     "teamkollege", "partner", "stallgefährte", "stallkollege", "boxennachbar", "cockpitpartner"}
)  # fmt: skip
_OWNED = frozenset(f"{p}{e}" for p in ("sein", "mein", "unser", "dein") for e in ("", "e", "er", "en", "em"))


def whose_affair(clause: Clause, talk: Talk) -> tuple[Name, ...]:
    """Reads "Magnussens Karriere endet", "dem Duo reichte": somebody else's affair told of him."""
    for group in clause.groups:
        items = tuple(clause.items[n] for n in group.members)
        owned = clause.items[group.members[-1] + 1 : group.members[-1] + 2]
        thing = (
            owned[0] if group.genitive and owned and owned[0].kind == "word" and owned[0].text[:1].isupper() else None
        )
        if thing is not None and thing.lemma not in _OWN_AFFAIRS and not thing.lemma.endswith(tuple(_OWN_AFFAIRS)):
            continue  # "Lietz’ Schützling" is somebody else
        if (group.genitive or group.prep == "of") and items[0].is_person and items[0].who:
            return names_of(items)
    for group in clause.groups:  # "Die Ära von Timo Bernhard bei Porsche endet"
        before = clause.items[max(0, group.first - 2) : group.first]
        person = clause.items[group.first]
        long = len(before) == 2 and before[0].lemma in _TIMES and before[1].low == "von"
        if long and group.prep == "von" and person.kind == "person" and person.who and len(group.members) == 1:
            return person.who
    for group in clause.groups:
        items = tuple(clause.items[n] for n in group.members)
        if not group.prep and group.oblique and items[0].low in ("duo", "trio", "beiden"):
            return names_of(items)
    for item, after in zip(clause.items, clause.items[1:], strict=False):
        if item.kind == "word" and item.low in _OWNED and after.lemma in _OWN_AFFAIRS:
            owner = talk.owner(item.low, ())
            return (owner,) if owner else ()
    return ()


def names_of(items: tuple[Item, ...]) -> tuple[Name, ...]:
    """Everybody and everything some items stand for, each once."""
    found: list[Name] = []
    for item in items:
        if item.is_person:
            found += item.who
        elif item.name is not None:
            found.append(item.name)
    return tuple(dict.fromkeys(found))
