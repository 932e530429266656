"""Who bears a word for people, and where nobody in particular does."""

from __future__ import annotations

from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.lexicon.morphology import is_german_word
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.noun_phrases import JOINERS
from langstrecke.news.mentions.tokens import Item

THE = frozenset({"das", "dem", "des", "der", "die", "den", "beim", "zum", "vom", "zur"})
COPULA = frozenset({"ist", "war", "sind", "waren", "bin", "bist", "wird", "bleibt", "wurde", "werden", "heißt"})


_ANY = frozenset(
    {"etliche", "etlichen", "viele", "vielen", "einige", "einigen", "mehrere", "mehreren", "manche", "manchen",
     "alle", "allen", "kein", "keine", "keinen", "keiner", "keinem", "jeder", "jedem", "jeden", "zwei", "drei",
     "vier", "fünf", "sechs", "acht", "zehn", "weitere", "weiteren", "andere", "anderen", "anderer",
     "sämtliche", "wenige", "beste"}
)  # fmt: skip
"""With these a word for people names nobody in particular."""


def anybody(items: list[Item], n: int) -> bool:
    """Reads "etliche Piloten": nobody who was spoken of."""
    if _of_an_outfit(items, n) or _somebody_new(items, n):
        return True
    for back in range(n - 1, max(-1, n - 5), -1):
        item = items[back]
        if item.low in _ANY:
            return True
        if not (item.kind == "word" and item.text[:1].islower()) or item.low in THE:
            return False
    return False


def _of_an_outfit(items: list[Item], n: int) -> bool:
    """Reads "DKR Engineering, LMP3-Meister von 2021": what the team is, and nobody who was spoken of."""
    before = items[n - 2].name if n >= 2 and items[n - 1].text == "," and items[n - 2].kind == "name" else None
    return before is not None and before.is_a("team", "make") and items[n].compound is not None


def _somebody_new(items: list[Item], n: int) -> bool:
    """Reads "mit Josef Newgarden greift ein Indy-500-Sieger ins Lenkrad": who that is stands elsewhere."""
    said = any(i.low in COPULA or i.low in ("als", "heißen") for i in items)
    return n > 0 and items[n - 1].low in ("ein", "eine") and not said and items[n].low[:1].isalpha()


def parent_named(items: list[Item], n: int) -> Name | None:
    """Reads "Niki Lauda" in "der Sohn des dreifachen Weltmeisters Niki Lauda"."""
    if n + 1 >= len(items) or items[n + 1].low not in ("des", "von", "der"):
        return None
    for item in items[n + 2 : n + 6]:
        if item.kind == "person":
            return item.name
        if item.kind == "mark" or item.finite:
            return None
    return None


def said_of(clause: Clause, n: int) -> bool:
    """Reads "Gesamtsieger" in "Gesamtsieger des Laufs wurde Toyota": what somebody named later is."""
    compound = clause.items[n].compound
    if n != 0 or compound is None or compound.role is None or bearer_of(clause.items, n) is not None:
        return False
    verb = next((k for k, i in enumerate(clause.items) if i.low in COPULA), None)
    return verb is not None and any(i.kind in ("person", "name") for i in clause.items[verb + 1 :])


def before_a_name(items: list[Item], n: int) -> bool:
    """Reads "Teamchef Gottfried": who bears the role is a name that nobody knows."""
    after = items[n + 1 : n + 2]
    if not after or after[0].kind != "word" or not after[0].text[:1].isupper() or after[0].text.isupper():
        return False
    return not is_german_word(after[0].text.lower()) and n > 0 and items[n - 1].low not in THE


def bearer_of(items: list[Item], n: int) -> Item | None:
    """The person named right after a role, or right before it and a comma."""
    at = n + 1
    while at < len(items) and (items[at].low in JOINERS or items[at].kind == "role"):
        at += 1
    if at < len(items) and items[at].kind == "person" and (at == n + 1 or items[at - 1].kind == "role"):
        return items[at]
    if n >= 2 and items[n - 1].text == "," and items[n - 2].kind == "person":
        return items[n - 2]
    return None
