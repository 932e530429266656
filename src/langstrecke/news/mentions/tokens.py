"""A sentence as a row of items: words, marks, names and people, before anybody asks who "he" is."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from langstrecke.news.lexicon.gazetteer import Compound, Gazetteer, compound
from langstrecke.news.lexicon.known_names import Name, norm
from langstrecke.news.lexicon.morphology import is_finite, is_german_word, is_plural_form, lemma
from langstrecke.news.mentions.named import Spotted

if TYPE_CHECKING:
    from spacy.tokens import Doc

PRONOUNS = frozenset(
    [
        "er",
        "ihm",
        "ihn",
        "sie",
        "ihr",
        "ihnen",
        "ich",
        "mich",
        "mir",
        "du",
        "dich",
        "dir",
        "wir",
        "uns",
        "man",
        "sich",
        "beide",
        "beiden",
    ]
)
POSSESSIVES = ("sein", "mein", "dein", "unser", "ihr", "dessen", "deren", "euer", "eur")
GROUPS = frozenset({"trio", "duo", "quartett", "paarung", "fahrertrio", "fahrerduo", "gespann"})
FAMILY = {"vater": "father", "papa": "father", "dad": "father", "sohn": "child", "sohnes": "child", "söhne": "child",
          "vaters": "father", "filius": "child", "sprössling": "child", "tochter": "child",
          "bruder": "kin", "schwester": "kin", "onkel": "kin", "neffe": "kin", "cousin": "kin"}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """A word, a mark, a name, or a word for a person."""

    text: str
    start: int
    end: int
    kind: str = "word"
    """word, mark, name, person (a name), role (a word for a person), pronoun."""
    name: Name | None = None
    compound: Compound | None = None
    genitive: bool = False
    who: tuple[Name, ...] = ()
    """The people it stands for, once that is known."""
    car: Name | None = None
    """The make in "Rowe-Porsche"."""
    infinitive: bool = False
    """A word that could be a plural and is none: "zu fahren", "wollen fahren"."""

    @cached_property
    def low(self) -> str:
        """In lower case."""
        return self.text.lower()

    @cached_property
    def lemma(self) -> str:
        """Its basic form."""
        return lemma(self.text) if self.kind == "word" else self.low

    @cached_property
    def finite(self) -> bool:
        """Whether it looks like a finite verb."""
        return self.kind == "word" and not self.infinitive and is_finite(self.text)

    @property
    def is_person(self) -> bool:
        """Whether it stands for people."""
        return self.kind in ("person", "role", "pronoun")

    def of(self, *who: Name) -> Item:
        """The same, standing for these people."""
        return replace(self, who=who)


_TRADES = re.compile(
    r"(kader|fahrer|sieger|meister|leiter|partner|wärter|tester|halter|sitzer|gründer|sprecher|manager|lader|keller"
    r"|filter|rechner|sommer|winter|theater|fehler|helfer|läufer|renner|tourer|starter|finisher|ticker|träger|kämpfer"
    r"|führer|geber|nehmer|spieler|macher|hersteller|steller|bauer|bringer|jäger|folger|ausfaller|dreher|flieger"
    r"|newcomer|rookie|gegner|anhänger|zuschauer|besucher|kenner|retter|schützer|halter|poker|joker|player|racer)s?$"
)
"""Nouns in -er that are no towns, however long the compound they end."""


_TOWN = re.compile(r"\w{2}(burg|heim|berg|dorf|hausen|städt|brück|furt|hofen|bach|feld|kirch|münster|stein)ers?$")
"""Nouns in -er with these are townsmen even where the word list has them: "der Homburger"."""


def _townsman(text: str, before: list[Item], book: Gazetteer) -> bool:
    """Reads "der Emmericher": a word in -er that German does not know, after an article, is a townsman."""
    return (
        bool(before)
        and (before[-1].low in ("der", "den", "dem") or (before[-1].low == "des" and text.endswith("ers")))
        and text[0].isupper()
        and text.removesuffix("s").endswith("er")
        and len(text) > 5
        and text.isalpha()
        and (not is_german_word(text) or bool(_TOWN.search(text)))
        and not _TRADES.search(text)
        and book.lookup(text) is None
    )


_CAR_BEFORE = frozenset({"nummer", "startnummer", "#", "nr.", "die", "der"})
_NO_CAR_AFTER = frozenset(
    {
        "stunden",
        "runden",
        "jahre",
        "jahren",
        "mal",
        "autos",
        "fahrer",
        "minuten",
        "prozent",
        "uhr",
        "meter",
        "kilometer",
    }
)


def sentence_items(doc: Doc, start: int, end: int, spots: list[Spotted], book: Gazetteer) -> list[Item]:
    """The items of the sentence between two offsets of the text."""
    first = bisect_left(spots, start, key=lambda s: s.start)  # spots stand in order: a long text has thousands
    last = bisect_left(spots, end, key=lambda s: s.start)
    inside = [s for s in spots[first:last] if s.end <= end]
    if "text" not in doc.user_data:  # putting it together takes as long as everything else here
        doc.user_data["text"] = doc.text
    text: str = doc.user_data["text"]
    items: list[Item] = []
    number = 0
    span = doc.char_span(start, end, alignment_mode="expand")
    for token in span if span is not None else ():
        at = token.idx
        while number < len(inside) and inside[number].end <= at:
            number += 1
        if number < len(inside) and inside[number].start <= at:
            spot = inside[number]
            if at == spot.start:
                items.append(_named(spot, text[spot.end : spot.end + 1]))
            continue
        if at < start or at >= end:
            continue
        items.append(_item(token.text, at, items, doc, token.i, book))
    return _mark_infinitives(_owners(_cars_of_teams(items)))


def _cars_of_teams(items: list[Item]) -> list[Item]:
    """Reads "im YACO Racing Audi" as "im YACO-Audi": a team and its car side by side are one name."""
    made: list[Item] = []
    for item in items:
        last = made[-1] if made else None
        team = last is not None and last.kind == "name" and last.name is not None and last.compound is None
        if team and last is not None and last.name is not None and item.name is not None and _is_a_car_of(last, item):
            text = f"{last.text} {item.text}"
            made[-1] = Item(text, last.start, item.end, "name", last.name, Compound(head=item.low), car=item.name)
        else:
            made.append(item)
    return made


def _is_a_car_of(team: Item, car: Item) -> bool:
    assert team.name is not None
    assert car.name is not None
    outfit = team.name.is_a("team") and not team.name.is_a("make", "vehicle", "series") and not team.genitive
    return outfit and car.kind == "name" and car.compound is None and car.name.is_a("make", "vehicle")


_STABLES = frozenset({"team", "rennstall", "mannschaft", "truppe", "équipe", "equipe", "teams", "rennstalls"})


def _owners(items: list[Item]) -> list[Item]:
    """Reads "der Rennstall des Kaliforniers A": A owns it, and does not act."""
    for n, item in enumerate(items):
        if item.low not in _STABLES:
            continue
        k = n + 1
        if k >= len(items) or items[k].low not in ("des", "von", "vom"):
            continue
        described = items[k].low != "von"
        while k + 1 < len(items) and items[k + 1].kind in ("role", "word") and k < n + 5:
            k += 1
            described = described or items[k].kind == "role"
        if described and k + 1 < len(items) and items[k + 1].kind == "person":
            items[k + 1] = Item(items[k + 1].text, items[k + 1].start, items[k + 1].end)
    return items


def _parts(items: list[Item], n: int) -> bool:
    """Whether a mark parts clauses, and not the names of a list."""
    if items[n].text == "," and 0 < n < len(items) - 1:
        return not (items[n - 1].kind in ("name", "person") and items[n + 1].kind in ("name", "person"))
    return items[n].text in (",", ";", ":", "–")


def _mark_infinitives(items: list[Item]) -> list[Item]:
    """Reads "fahren" is an infinitive after "zu" and beside another finite verb."""
    begin = 0
    for end in [n for n, i in enumerate(items) if i.kind == "mark" and _parts(items, n)] + [len(items)]:
        sure = any(i.kind == "word" and is_finite(i.text) and not is_plural_form(i.text) for i in items[begin:end])
        for n in range(begin, end):
            item = items[n]
            goes_on = item.low == "wollen" and n and items[n - 1].low in ("und", "aber", "doch")
            if (
                item.kind == "word"
                and is_plural_form(item.text)
                and not goes_on
                and (sure or (n and items[n - 1].low == "zu"))
            ):
                items[n] = replace(item, infinitive=True)
        begin = end
    for n in range(len(items) - 1):
        if n and _attribute(items, n):
            items[n] = replace(items[n], infinitive=True)
        if items[n].low in GROUPS and items[n + 1].kind == "person":  # "das Duo A und B" is A and B
            items[n] = Item(items[n].text, items[n].start, items[n].end)
        if _of_a_town(items[n], items[n + 1]):
            items[n] = Item(items[n].text, items[n].start, items[n].end)
    return items


def _of_a_town(item: Item, after: Item) -> bool:
    """Reads "Aargauer" in "die Aargauer Equipe": a word for people that says where a thing comes from."""
    local = item.kind == "role" and item.compound is not None and item.compound.role is None
    town = local and item.compound is not None and (bool(item.compound.country) or item.compound.age)
    thing = after.kind == "word" and after.text[:1].isupper() and is_german_word(after.text)
    return town and item.low.endswith("er") and thing


_BEFORE_NOUNS = frozenset(
    {"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "eines", "im", "am", "zum",
     "zur", "beim", "vom", "kein", "keine", "keinen", "zwei", "drei", "vier", "dieser", "diesem", "diesen"}
)  # fmt: skip


def _attribute(items: list[Item], n: int) -> bool:
    """Reads "erfahrenen" in "einen erfahrenen Teamkollegen": an adjective that looks like a verb."""
    item, before, after = items[n], items[n - 1], items[n + 1]
    return (
        item.kind == "word"
        and item.text[:1].islower()
        and item.low.endswith(("en", "em", "er", "es", "te", "ne"))
        and (before.low in _BEFORE_NOUNS or (before.low.startswith(POSSESSIVES) and len(before.low) < 9))
        and after.text[:1].isupper()
    )


def _named(spot: Spotted, after: str = "") -> Item:
    kind = "person" if spot.name.is_a("person") else "name"
    bare = norm(spot.text)
    if after in ("’", "'"):  # "Lietz’ Schützling"
        return Item(spot.text, spot.start, spot.end, kind, spot.name, genitive=True)
    spelled = {norm(spot.name.name), spot.name.id}
    genitive = bare.endswith("s") and bare not in spelled and not spot.name.name.lower().endswith("s")
    return Item(spot.text, spot.start, spot.end, kind, spot.name, genitive=genitive)


_LATTER = ("Letzterer", "Letztere", "Dieser")


def _item(text: str, at: int, before: list[Item], doc: Doc, index: int, book: Gazetteer) -> Item:
    end = at + len(text)
    low = text.lower()
    if not any(c.isalnum() for c in text):
        return Item(text, at, end, "mark")
    following = doc[index + 1].text if index + 1 < len(doc) else ""
    if low in ("beide", "beiden") and following[:1].isupper():
        return Item(text, at, end)
    if low in PRONOUNS or text == "Sie" or (text in _LATTER and not any(c.kind != "mark" for c in before[-1:])):
        return Item(text, at, end, "pronoun")
    if low in FAMILY and text[0].isupper():
        return Item(text, at, end, "role", compound=Compound(head=FAMILY[low]))
    if low in GROUPS:
        return Item(text, at, end, "pronoun")
    if text.isdecimal() and len(text) <= 3 and before and before[-1].low in _CAR_BEFORE:
        after = doc[index + 1].text if index + 1 < len(doc) else ""
        if not after[:1].isupper() and after.lower() not in _NO_CAR_AFTER and after not in (".",):
            return Item(text, at, end, "name", Name(text, "#" + text, ("car",)))
        if before[-1].low in ("nummer", "startnummer"):
            return Item(text, at, end, "name", Name(text, "#" + text, ("car",)))
    if text[0].isupper() or text[0].isdigit():
        found = compound(text, book)
        if found is None and _townsman(text, before, book):
            found = Compound(age=True)
        if found is not None:
            if found.role is not None or found.country or found.age:
                return Item(text, at, end, "role", found.name, found, genitive=low.endswith("s") and not found.name)
            car = book.lookup(found.head) if found.name is not None and found.name.is_a("team", "make") else None
            car = car if car is not None and car.is_a("make", "vehicle") else None
            return Item(text, at, end, "name", found.name, found, car=car)
    return Item(text, at, end)
