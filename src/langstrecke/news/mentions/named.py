"""Names in a text, known and new, before it is cut into sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from langstrecke.news.lexicon.gazetteer import PARTICLES, Gazetteer, compound, is_model
from langstrecke.news.lexicon.known_names import Name, norm
from langstrecke.news.lexicon.morphology import PREPOSITIONS, is_german_word, slug

if TYPE_CHECKING:
    from spacy.tokens import Doc

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
        "tuning",
        "rennsport",
        "automotive",
    }
)
_TEAM_BEFORE = frozenset({"scuderia", "écurie", "ecurie", "squadra", "équipe", "msc"})
"""With these a team's name begins: "Scuderia Sauerland"."""


@dataclass(frozen=True)
class Spotted:
    """A name at a place of the text."""

    start: int
    end: int
    name: Name
    text: str


def spot_names(doc: Doc, book: Gazetteer) -> list[Spotted]:
    """Known names in a text, the longest first; cars made of a make and a model; people and teams not known yet."""
    found = [f for f in book.found(doc) if not doc[f[0] : f[1]].text[0].islower()]
    found = [f for f in found if not _surname_of_a_team(doc, f, book)]
    found = _with_models(doc, found, book)
    taken = {i for a, b, _ in found for i in range(a, b)}
    found += _bare_models(doc, taken)
    taken = {i for a, b, _ in found for i in range(a, b)}
    people = {b for _, b, name in found if name.is_a("person")}
    new = _new_names(doc, taken, people, book)
    found += new
    taken = {i for a, b, _ in found for i in range(a, b)}
    found += _siblings(doc, found, taken, book)
    found += _again(doc, new, {i for a, b, _ in found for i in range(a, b)})
    return [
        Spotted(doc[a].idx, doc[b - 1].idx + len(doc[b - 1]), name, doc[a:b].text)
        for a, b, name in sorted(found, key=lambda f: f[0])
    ]


def _surname_of_a_team(doc: Doc, found: tuple[int, int, Name], book: Gazetteer) -> bool:
    """Reads "Grasser" in "Gottfried Grasser": somebody, and not the team of that name."""
    start, end, name = found
    if end - start > 1 or not start or not name.is_a("team") or name.is_a("make"):
        return False
    return _first_name(doc, start - 1, book)


def _siblings(
    doc: Doc, found: list[tuple[int, int, Name]], taken: set[int], book: Gazetteer
) -> list[tuple[int, int, Name]]:
    """Reads "Jordan und Ricky Taylor", "Vanthoors Bruder Laurens": a first name with the surname of the other."""
    more: list[tuple[int, int, Name]] = []
    last = ""
    ends: dict[int, str] = {}
    for a, b, name in sorted(found, key=lambda f: f[0]):
        if name.is_a("person"):
            ends[b] = last = name.name.split()[-1] if b - a > 1 else last
            one = a - 2
            joined = b - a > 1 and one >= 0 and doc[a - 1].text in ("und", "&") and one not in taken
            if joined and _first_name(doc, one, book) and (not one or not doc[one - 1].text[:1].isupper()):
                more.append((one, one + 1, _person(f"{doc[one].text} {' '.join(name.name.split()[1:])}", book)))
    surname = ""
    for i in range(len(doc)):
        surname = ends.get(i, surname)
        alone = i + 1 >= len(doc) or not doc[i + 1].text[:1].isupper()
        if (
            surname
            and i
            and i not in taken
            and doc[i - 1].text.lower() in _KIN
            and _first_name(doc, i, book)
            and alone
        ):
            more.append((i, i + 1, _person(f"{doc[i].text} {surname}", book)))
    return more


_KIN = frozenset({"bruder", "schwester", "sohn", "tochter", "vater", "zwillingsbruder", "bruders", "cousin"})


def _first_name(doc: Doc, i: int, book: Gazetteer) -> bool:
    return doc[i].text[:1].isupper() and norm(doc[i].text) in book.first_names


def _person(name: str, book: Gazetteer) -> Name:
    known = book.lookup(name)
    return known if known is not None and known.is_a("person") else Name(slug(name), name, ("person",), known=False)


def _again(doc: Doc, new: list[tuple[int, int, Name]], taken: set[int]) -> list[tuple[int, int, Name]]:
    """Teams nobody has told us of, where they are named again, in full or by the first word alone."""
    short: dict[str, Name] = {}
    surnames = {n.name.split()[-1] for _, _, n in new if n.is_a("person")}
    for _, _, name in new:
        first = name.name.split()[0]
        if name.is_a("team") and len(first) > 4 and not is_german_word(first) and first not in surnames:
            short.setdefault(first, name)
    return [
        (t.i, t.i + 1, short[word])
        for t in doc
        if t.i not in taken and (word := t.text if t.text in short else t.text.removesuffix("s")) in short
    ]


_BARE_MODEL = re.compile(r"^(?!GT|LMP|LMH|LMGT|F\d$)[A-Z]{1,4}-?\d{1,3}(?:-?[A-Z]{1,2})?$")
_BEFORE_MODEL = frozenset({"im", "des", "den", "dem", "beiden", "zweiten", "neuen", "zwei"})


def _bare_models(doc: Doc, taken: set[int]) -> list[tuple[int, int, Name]]:
    """Cars called by their model alone: "im R13", "am Steuer des ARX-06"."""
    return [
        (t.i, t.i + 1, Name(slug(t.text), t.text, ("vehicle",), known=False))
        for t in doc
        if t.i and t.i not in taken and _BARE_MODEL.match(t.text) and doc[t.i - 1].text in _BEFORE_MODEL
    ]


_NOT_FIRST = frozenset({"Cup", "Racer", "Turbo", "Racing", "TCR", "Pro", "GT"})
"""These go on with a model, and begin none: "Porsche Cup" is a series."""


def _with_models(doc: Doc, found: list[tuple[int, int, Name]], book: Gazetteer) -> list[tuple[int, int, Name]]:
    """A make and the model after it are one car."""
    joined: list[tuple[int, int, Name]] = []
    for a, b, name in sorted(found, key=lambda f: f[0]):
        if joined and a < joined[-1][1]:
            continue
        end = b
        if name.is_a("make", "vehicle") and not name.is_a("series"):
            while end < len(doc) and is_model(doc[end].text) and (end > b or doc[end].text not in _NOT_FIRST):
                end += 1
        if end > b:
            text = doc[a:end].text
            known = book.lookup(text) or (name if name.is_a("vehicle") and not name.is_a("make") else None)
            name = known or Name(slug(text), text, ("vehicle",), known=False)
            b = end
        joined.append((a, b, name))
    return joined


def _new_names(doc: Doc, taken: set[int], people: set[int], book: Gazetteer) -> list[tuple[int, int, Name]]:
    """People and teams nobody has told us of: capitalised words in a row that German does not know, or that a
    first name, a word like "Racing" or a person listed before gives away. `people`: where names of people end.
    """
    found: list[tuple[int, int, Name]] = []
    i = 0
    while i < len(doc):
        run = _capitalised_run(doc, i, taken)
        if run > i + 1:
            named = _as_team(doc, i, run, book) or _called(doc, i, run, book) or _as_person(doc, i, run, people, book)
            if named is not None:
                people |= {named[1]} if named[2].is_a("person") else set()
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
        if not (text[:1].isupper() and (text.isalpha() or re.match(r"^[\w.'’-]+$", text))) and not inside:
            break
        end += 1
    while end > start and doc[end - 1].text in PARTICLES:
        end -= 1
    return end


_ARTICLES = frozenset(
    {"das", "der", "die", "den", "dem", "des", "ein", "sein", "ihr", "unser", "mein", "dieses", "jedes"}
)


def _as_team(doc: Doc, start: int, end: int, book: Gazetteer) -> tuple[int, int, Name] | None:
    """Reads "Hückeswagen Racing", "KÜS Team75 Bernhard"."""
    for i in range(start, min(end, start + 4)):
        low = doc[i].text.lower()
        if low in _TEAM_BEFORE and i + 1 < end and not is_german_word(doc[i].text.lower()):
            text = doc[i : i + 2].text
            return i, i + 2, Name(slug(text), text, ("team",), known=False)
        joined = any(doc[k].text in PARTICLES for k in range(start, i))  # "Informationen von Autosport", "A vom Team"
        if i > start and (joined or doc[start].text.lower() in _ARTICLES):
            return None  # "Das Team"
        of_a_town = low == "team" and i == start + 1 and doc[start].text.endswith("er") and i + 2 < end
        if of_a_town and is_german_word(doc[start].text):
            start = i + 1  # "das Leipziger Team Ringwerk Racing"
            continue
        if doc[i].text == "GT" and i == start + 1 == end - 1 and _strange(doc[start].text, book):
            return start, end, Name(slug(doc[start:end].text), doc[start:end].text, ("team",), known=False)
        if (low in TEAM_WORDS and i > start) or re.match(r"^team\d+$", low):
            stop = min(i + 2, end) if re.match(r"^team\d+$", low) else i + 1
            noun = doc[start].is_sent_start and is_german_word(doc[start].text)
            opened = doc[start].text.lower() in PREPOSITIONS
            if opened and i - start == 1 and is_german_word(doc[i].text):
                return None
            first = start + 1 if (noun or opened) and i - start > 1 else start
            if i - start > 1 and doc[start].text.lower().endswith(_OUTFITS) and doc[start].text != "Team":
                first = start + 1  # "Privatteam Kestrel Autosport"
            text = doc[first:stop].text
            if doc[first].text == "Team" and stop - first > 2:
                text = doc[first + 1 : stop].text  # "Team Muldental Motorsport"
            if first == start and i - start == 1 and is_german_word(doc[start].text) and doc[start].is_sent_start:
                return None
            return first, stop, Name(slug(text), text, ("team",), known=False)
    return None


_OUTFITS = ("team", "rennstall", "mannschaft", "truppe", "equipe", "équipe", "rennstalls", "duo", "trio", "quartett")


def _called(doc: Doc, start: int, end: int, book: Gazetteer) -> tuple[int, int, Name] | None:
    """Reads "die Bremer Mannschaft Weserspeed", "Team Autoarena": behind a word for a team stands its name."""
    if not doc[start].text.lower().endswith(_OUTFITS[:6]) or doc[start].text.isupper():
        return None
    stop = start + 1
    while (
        stop < min(end, start + 3) and _strange(doc[stop].text, book) and norm(doc[stop].text) not in book.first_names
    ):
        stop += 1
    if stop == start + 1:
        return None
    first = start if doc[start].text == "Team" and stop == start + 2 else start + 1
    text = doc[first:stop].text
    return first, stop, Name(slug(text), text, ("team",), known=False)


def _strange(word: str, book: Gazetteer) -> bool:
    """Whether a capitalised word is neither German nor a known name's: "Baltic" in "Baltic GT"."""
    common = word.lower() in PREPOSITIONS or word.lower() in _ARTICLES or is_german_word(word)
    return word[:1].isupper() and not word.isupper() and not common and compound(word, book) is None


_QUOTES = ("'", "‚", "‘", "„", "«", "»", '"')


def _listed(doc: Doc, first: int, people: set[int]) -> bool:
    """Whether it follows somebody in a list, or the word "Fahrern"."""
    return first > 1 and (
        (doc[first - 1].text in (",", "und", "sowie", "/") and first - 1 in people)
        or doc[first - 1].text.lower() in ("fahrern", "piloten")
    )


def _as_person(doc: Doc, start: int, end: int, people: set[int], book: Gazetteer) -> tuple[int, int, Name] | None:
    named = [k for k in range(start, end - 1) if norm(doc[k].text) in book.first_names]
    for first in (*named[:1], *range(start, min(start + 2, end - 1))):
        if doc[first].text.lower() in PARTICLES:
            continue  # "Van der Linde" at the beginning of a sentence is a surname
        last = first + 1
        while last < end and doc[last].text in PARTICLES:
            last += 1
        if last >= end:
            return None
        middle = doc[last].text
        if (
            last == first + 1
            and last + 1 < end
            and norm(middle) in book.first_names
            and _a_surname(doc[last + 1].text)
        ):
            last += 1  # "Mike David Ortmann"
        one, two = doc[first].text, doc[last].text.rstrip(".")
        if one.lower() in PARTICLES or (first and doc[first - 1].text in _QUOTES):  # "Van der Linde"; a paper's name
            continue
        known_first = norm(one) in book.first_names or ("-" in one and norm(one.split("-")[0]) in book.first_names)
        odd = not is_german_word(one), not is_german_word(two)
        called = bool(first) and doc[first - 1].text.lower().endswith(_BEFORE_A_NAME)
        strange = all(odd) or (any(odd) and ((first == start and _listed(doc, first, people)) or called))
        if one.isupper() or two.isupper() or not two[-1].isalpha() or compound(one, book) or len(two) < 3:
            continue
        if compound(two, book) and not known_first:
            continue
        if not known_first and not strange:
            continue
        if one.lower().endswith(_HEADS) and (last > first + 1 or (last + 1 < end and _capital(doc[last + 1].text))):
            continue  # "Kundensportleiter Stefan Wendl"
        text = doc[first : last + 1].text
        noun = doc[last + 1].text if last + 1 < len(doc) else ""
        if two.endswith("s") and len(two) > 4 and noun[:1].isupper() and is_german_word(noun):
            text = text[:-1]  # "Max Verstappens Kumpel"
        return first, last + 1, _spelled(one, two, book) or Name(slug(text), text, ("person",), known=False)
    return None


_BEFORE_A_NAME = (
    "fahrer", "fahrerin", "pilot", "pilotin", "chef", "chefin", "kollege", "kollegen", "kamerad", "partner", "namens",
    "eigner", "besitzer", "manager", "ingenieur", "schützling", "rookie", "debütant", "neuling", "amateur",
)  # fmt: skip
"""Behind these somebody is named."""
_HEADS = ("leiter", "chef", "direktor", "manager", "sprecher", "pilot", "fahrer", "vorstand", "präsident")
"""Words for people end so; they are no first names."""


def _capital(word: str) -> bool:
    return word[:1].isupper() and word.isalpha()


def _a_surname(word: str) -> bool:
    return word.isalpha() and not word.isupper() and len(word) > 2 and not is_german_word(word)


def _spelled(first: str, surname: str, book: Gazetteer) -> Name | None:
    """Reads "Patrick Niederhauser", "Dani Juncadella": the driver whose first name is a letter off, or called so."""
    known = book.registry.drivers
    drivers = [known[id] for id in book.surnames.get(slug(surname), ()) if id in known]
    first = slug(first)
    firsts = [slug(d.name.split()[0]) for d in drivers]
    near = [d for d, f in zip(drivers, firsts, strict=True) if len(first) > 4 and Levenshtein.distance(first, f) == 1]
    called = [d for d, f in zip(drivers, firsts, strict=True) if _is_short(first, f)]
    meant = near if len(drivers) == 1 and near else called
    if len(meant) != 1:
        return None
    return book.names.get(meant[0].id) or Name(meant[0].id, meant[0].name, ("person",))


def _is_short(first: str, full: str) -> bool:
    """Whether a first name is short for another: "dani" for "daniel", "jonny" for "jonathan"."""
    found = re.fullmatch(r"(.{2,}?([a-z]))\2?(?:ie|i|y)", first)
    return found is not None and full.startswith(found.group(1)) and len(full) > len(first)


def speaks_of_racing(doc: Doc, book: Gazetteer) -> bool:
    """Whether a series, race or make stands in a compound: "Formel-1-Pilot"."""
    words = (compound(t.text, book) for t in doc if "-" in t.text)
    return any(c is not None and c.name is not None for c in words)
