"""Both sides of a colon are about the same: "Die Sieger stehen fest: A und B", "Bitter für C: Der Sieger ..."."""

from __future__ import annotations

from itertools import pairwise

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.coreference.role_nouns import bearer_of
from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.mentions.clauses import Clause


def across_colons(clauses: list[Clause], talk: Talk) -> None:
    """Give the words for people on one side of a colon the names of the other."""
    for one, other in pairwise(clauses):
        if other.mark != ":":
            continue
        role = _role(one)
        if role is not None and not any(i.kind in ("person", "pronoun") for i in one.items):
            names = _opening(other, talk)
            plural = one.items[role - 1].low == "die"
            if names and (len(names) > 1) == plural:
                one.items[role] = one.items[role].of(*names)
            continue
        role = _role(other)
        if role == 1 and not any(i.is_person for i in one.items):
            teams = [
                i.name for i in one.items if i.kind == "name" and i.name is not None and i.name.is_a("team", "make")
            ]
            if len(teams) == 1:
                other.items[role] = other.items[role].of(teams[0])


def _role(clause: Clause) -> int | None:
    """Where a word for people stands that nobody bears: "die Titelverteidiger"."""
    for n, item in enumerate(clause.items[:8]):
        plain = item.kind == "role" and n and clause.items[n - 1].low in ("die", "der") and not item.who
        if plain and bearer_of(clause.items, n) is None and item.compound is not None and not item.compound.head:
            return n
    return None


def _opening(clause: Clause, talk: Talk) -> tuple[Name, ...]:
    """Who a clause begins with."""
    for group in clause.groups[:1]:
        if group.prep or group.first > 2:
            return ()
        found: list[Name] = []
        for n in group.members:
            item = clause.items[n]
            if item.kind == "person":
                found += talk.who(item, clause_subject=(), possessive="", plural=False, subject_slot=True)
            elif item.kind == "name" and item.name is not None and item.name.is_a("team", "make"):
                found.append(item.name)
        return tuple(found)
    return ()
