"""A sentence as a row of items: words, marks, names and people, before anybody asks who "he" is."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from langstrecke.news.german import is_finite, is_german_word, is_plural_form, lemma, slug
from langstrecke.news.names import Compound, Gazetteer, Name, compound, is_model, norm

if TYPE_CHECKING:
    from spacy.tokens import Doc

PARTICLES = frozenset({"van", "der", "von", "de", "di", "da", "del", "den", "dos", "zu", "vom", "la"})
TEAM_WORDS = frozenset(
    {
        "racing",
        "motorsport",
        "motorsports",
        "competition",
        "engineering",
        "autosport",
        "autosports",
        "team",
        "gt-racing",
        "corse",
        "performance",
        "sport",
    }
)
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

    @property
    def low(self) -> str:
        """In lower case."""
        return self.text.lower()

    @property
    def lemma(self) -> str:
        """Its basic form."""
        return lemma(self.text) if self.kind == "word" else self.low

    @property
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


@dataclass(frozen=True)
class Spotted:
    """A name at a place of the text."""

    start: int
    end: int
    name: Name
    text: str


def spot_names(doc: Doc, book: Gazetteer) -> list[Spotted]:
    """Known names in a text, the longest first; cars made of a make and a model; people and teams not known yet."""
    from spacy.util import filter_spans

    spans = [doc[a:b] for _, a, b in book.matcher(doc)]
    labels = {(a, b): book.nlp.vocab.strings[m] for m, a, b in book.matcher(doc)}
    found: list[tuple[int, int, Name]] = []
    for span in filter_spans(spans):
        if span.text[0].islower():
            continue
        found.append((span.start, span.end, book.names[labels[span.start, span.end]]))
    found = [f for f in found if not _surname_of_a_team(doc, f, book)]
    found = _with_models(doc, found, book)
    taken = {i for a, b, _ in found for i in range(a, b)}
    found += _bare_models(doc, taken)
    taken = {i for a, b, _ in found for i in range(a, b)}
    found += _new_names(doc, taken, book)
    return [
        Spotted(doc[a].idx, doc[b - 1].idx + len(doc[b - 1]), name, doc[a:b].text)
        for a, b, name in sorted(found, key=lambda f: f[0])
    ]


def _surname_of_a_team(doc: Doc, found: tuple[int, int, Name], book: Gazetteer) -> bool:
    """Reads "Grasser" in "Gottfried Grasser": somebody, and not the team of that name."""
    start, end, name = found
    if end - start > 1 or not start or not name.is_a("team") or name.is_a("make"):
        return False
    return norm(doc[start - 1].text) in book.first_names and doc[start - 1].text[:1].isupper()


_BARE_MODEL = re.compile(r"^(?!GT|LMP|LMH|F\d$)[A-Z]{1,4}-?\d{1,3}[A-Z]{0,2}$")


def _bare_models(doc: Doc, taken: set[int]) -> list[tuple[int, int, Name]]:
    """Cars called by their model alone: "im R13", "am Steuer des ARX-06"."""
    return [
        (t.i, t.i + 1, Name(slug(t.text), t.text, ("vehicle",), known=False))
        for t in doc
        if t.i and t.i not in taken and _BARE_MODEL.match(t.text) and doc[t.i - 1].text in ("im", "des", "den", "dem")
    ]


def _with_models(doc: Doc, found: list[tuple[int, int, Name]], book: Gazetteer) -> list[tuple[int, int, Name]]:
    """A make and the model after it are one car."""
    joined: list[tuple[int, int, Name]] = []
    for a, b, name in sorted(found, key=lambda f: f[0]):
        if joined and a < joined[-1][1]:
            continue
        end = b
        if name.is_a("make", "vehicle") and not name.is_a("series"):
            while end < len(doc) and is_model(doc[end].text):
                end += 1
        if end > b:
            text = doc[a:end].text
            known = book.lookup(text)
            name = known or Name(slug(text), text, ("vehicle",), known=False)
            b = end
        joined.append((a, b, name))
    return joined


def _new_names(doc: Doc, taken: set[int], book: Gazetteer) -> list[tuple[int, int, Name]]:
    """People and teams nobody has told us of: capitalised words in a row that German does not know, or that a
    first name or a word like "Racing" gives away.
    """
    found: list[tuple[int, int, Name]] = []
    i = 0
    while i < len(doc):
        run = _capitalised_run(doc, i, taken)
        if run > i + 1:
            named = _as_team(doc, i, run) or _as_person(doc, i, run, book)
            if named is not None:
                found.append(named)
                i = named[1]
                continue
        i += 1
    return found


def _capitalised_run(doc: Doc, start: int, taken: set[int]) -> int:
    end = start
    while end < len(doc) and end not in taken:
        text = doc[end].text
        inside = text in PARTICLES and end > start and end + 1 < len(doc) and doc[end + 1].text[:1].isupper()
        if not (text[:1].isupper() and (text.isalpha() or re.match(r"^[\w.-]+$", text))) and not inside:
            break
        end += 1
    while end > start and doc[end - 1].text in PARTICLES:
        end -= 1
    return end


_ARTICLES = frozenset(
    {"das", "der", "die", "den", "dem", "des", "ein", "sein", "ihr", "unser", "mein", "dieses", "jedes"}
)


def _as_team(doc: Doc, start: int, end: int) -> tuple[int, int, Name] | None:
    """Reads "Hückeswagen Racing", "KÜS Team75 Bernhard"."""
    for i in range(start, min(end, start + 4)):
        low = doc[i].text.lower()
        if i > start and ("von" in [doc[k].text for k in range(start, i)] or doc[start].text.lower() in _ARTICLES):
            return None  # "Informationen von Autosport", "Das Team"
        if (low in TEAM_WORDS and i > start) or re.match(r"^team\d+$", low):
            stop = min(i + 2, end) if re.match(r"^team\d+$", low) else i + 1
            noun = doc[start].is_sent_start and is_german_word(doc[start].text)
            first = start + 1 if noun and i - start > 1 else start
            text = doc[first:stop].text
            if first == start and i - start == 1 and is_german_word(doc[start].text) and doc[start].is_sent_start:
                return None
            return first, stop, Name(slug(text), text, ("team",), known=False)
    return None


_QUOTES = ("'", "‚", "‘", "„", "«", "»", '"')


def _as_person(doc: Doc, start: int, end: int, book: Gazetteer) -> tuple[int, int, Name] | None:
    for first in range(start, min(start + 2, end - 1)):
        if doc[first].text.lower() in PARTICLES:
            continue  # "Van der Linde" at the beginning of a sentence is a surname
        last = first + 1
        while last < end and doc[last].text in PARTICLES:
            last += 1
        if last >= end:
            return None
        one, two = doc[first].text, doc[last].text
        if one.lower() in PARTICLES or (first and doc[first - 1].text in _QUOTES):  # "Van der Linde"; a paper's name
            continue
        known_first = norm(one) in book.first_names or ("-" in one and norm(one.split("-")[0]) in book.first_names)
        strange = not is_german_word(one) and not is_german_word(two)
        if one.isupper() or two.isupper() or not two[-1].isalpha() or compound(one, book) or len(two) < 3:
            continue
        if compound(two, book) and not known_first:
            continue
        if not known_first and not strange:
            continue
        text = doc[first : last + 1].text
        return first, last + 1, Name(slug(text), text, ("person",), known=False)
    return None


_TRADES = re.compile(
    r"(kader|fahrer|sieger|meister|leiter|partner|wärter|tester|halter|sitzer|gründer|sprecher|manager|lader|keller"
    r"|filter|rechner|sommer|winter|theater|fehler|helfer|läufer|renner|tourer|starter|finisher|ticker|träger|kämpfer"
    r"|führer|geber|nehmer|spieler|macher|hersteller|steller|bauer|bringer|jäger|folger|ausfaller|dreher|flieger"
    r"|newcomer|rookie|gegner|anhänger|zuschauer|besucher|kenner|retter|schützer|halter|poker|joker|player|racer)s?$"
)
"""Nouns in -er that are no towns, however long the compound they end."""


def _townsman(text: str, before: list[Item], book: Gazetteer) -> bool:
    """Reads "der Emmericher": a word in -er that German does not know, after an article, is a townsman."""
    return (
        bool(before)
        and (before[-1].low in ("der", "den", "dem") or (before[-1].low == "des" and text.endswith("ers")))
        and text[0].isupper()
        and text.removesuffix("s").endswith("er")
        and len(text) > 5
        and text.isalpha()
        and not is_german_word(text)
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
    return _mark_infinitives(items)


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
            if item.kind == "word" and is_plural_form(item.text) and (sure or (n and items[n - 1].low == "zu")):
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


def _item(text: str, at: int, before: list[Item], doc: Doc, index: int, book: Gazetteer) -> Item:
    end = at + len(text)
    low = text.lower()
    if not any(c.isalnum() for c in text):
        return Item(text, at, end, "mark")
    following = doc[index + 1].text if index + 1 < len(doc) else ""
    if low in ("beide", "beiden") and following[:1].isupper():
        return Item(text, at, end)
    if low in PRONOUNS or text == "Sie":
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
