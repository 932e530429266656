"""Surnames and first names standing alone."""

from __future__ import annotations

import re

from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.gazetteer import PARTICLES
from langstrecke.news.lexicon.known_names import Name, norm
from langstrecke.news.lexicon.morphology import is_german_word, slug
from langstrecke.news.mentions.named import Spotted
from langstrecke.news.mentions.tokens import GROUPS
from langstrecke.news.sources.sentences import same_name

NEAR_YEARS = 2
"""A bare surname nobody introduced is one of the registry's drivers only if he raced about that time."""


def spot_bare(doc_text: list[tuple[str, int]], spots: list[Spotted], talk: Talk) -> list[Spotted]:
    """Surnames and first names standing alone, of people the text names in full or the registry knows."""
    taken = [(s.start, s.end) for s in spots]
    found: list[Spotted] = []
    k = 0
    n = 0
    while n < len(doc_text):
        word, at = doc_text[n]
        while k < len(taken) and taken[k][1] <= at:
            k += 1
        inside = k < len(taken) and taken[k][0] <= at
        if inside or not word[:1].isupper() or not word[-1].isalpha() or len(word) < 3:
            step = 1
        else:
            step = _bare_at(doc_text, n, talk, found)
        n += step
    return sorted([*spots, *found], key=lambda s: s.start)


def _bare_at(words: list[tuple[str, int]], n: int, talk: Talk, found: list[Spotted]) -> int:
    word, at = words[n]
    if word.lower() in talk.book.demonyms:
        return 1  # "Däne" is no Dane
    team = _team_called(talk, word)
    if team is not None:
        found.append(Spotted(at, at + len(word), team, word))
        return 1
    long = n + 1
    while long < len(words) and words[long][0] in PARTICLES and long < n + 3:  # "Van der Linde"
        long += 1
    if long > n + 1 and long < len(words):
        joined = " ".join(w for w, _ in words[n : long + 1])
        options = talk.surnames.get(norm(joined), [])
        if options:
            found.append(_bare_spot(joined, at, words[long][1] + len(words[long][0]), options))
            return long + 1 - n
    options = talk.bare_name(word)
    if not options and _in_a_list(words, n, found) and (listed := _stranger(talk, word, listed=True)) is not None:
        talk.people.setdefault(listed.id, listed)
        found.append(Spotted(at, at + len(word), listed, word))
        return 1
    mate = None if options else _mate(talk, word)
    if options:
        found.append(_bare_spot(word, at, at + len(word), options))
    elif mate is not None:
        talk.people.setdefault(mate.id, mate)
        found.append(Spotted(at, at + len(word), mate, word))
    elif not is_german_word(word) and re.fullmatch(r"[^\W\d_]+", word) and not word.isupper():
        known = _stranger(talk, word)
        if known is not None:
            talk.people.setdefault(known.id, known)
            found.append(Spotted(at, at + len(word), known, word))
    return 1


def _in_a_list(words: list[tuple[str, int]], n: int, found: list[Spotted]) -> bool:
    """Reads "Engel" in "das Trio Engel, Gounon und Juncadella": a surname that is a word, too."""
    before = words[n - 1][0].lower() if n else ""
    after = words[n + 1 : n + 3]
    called = before in GROUPS or (
        before in (",", "und", "/")
        and bool(found)
        and n > 1
        and found[-1].end == words[n - 2][1] + len(words[n - 2][0])
    )
    return called and ((bool(after) and after[0][0] in (",", "und", "/", ".", "(")) or before in ("und", "/"))


def _bare_spot(word: str, start: int, end: int, options: list[str]) -> Spotted:
    name = Name(
        "?" + "|".join(options),
        word.removesuffix("s") if len(options) > 1 and word.endswith("s") else word,
        ("person",),
    )
    return Spotted(start, end, name, word)


def guest_of(labels: list[str], people: dict[str, Name], mentioned: list[str]) -> Name | None:
    """Who is interviewed: the person whose name stands before the answers, else who is named first."""
    for label in labels:
        for name in people.values():
            if label and same_name(label, name.name):
                return name
    return people[mentioned[0]] if mentioned else None


def _team_called(talk: Talk, word: str) -> Name | None:
    """Reads "Walkenhorst": where nobody of that surname was introduced, the team is meant."""
    for key in (norm(word), norm(word).removesuffix("s")):
        if key in talk.book.team_words and key not in talk.surnames and key not in talk.firsts:
            return talk.book.names[talk.book.team_words[key]]
    return None


def _stranger(talk: Talk, word: str, *, listed: bool = False) -> Name | None:
    """A driver of the registry that a bare surname must mean, if he raced about then.

    `listed`: it stands among other people, so that it is a name even if German has the word.
    """
    if talk.year is None or len(word) < 4 or not word[0].isupper():
        return None
    if (is_german_word(word) and not listed) or talk.book.lookup(word):
        return None
    book, key = talk.book, slug(word)
    found = [
        book.registry.drivers[id]
        for id in dict.fromkeys((*book.surnames.get(key, ()), *book.surnames.get(key.removesuffix("s"), ())))
        if any(
            abs(book.registry.events[e.event].year - talk.year) <= NEAR_YEARS for e in book.registry.entries_of(id)
        )
    ]
    if len(found) != 1:
        return None
    return talk.book.names.get(found[0].id) or Name(found[0].id, found[0].name, ("person",))


def _mate(talk: Talk, word: str) -> Name | None:
    """Of a first name alone: the one team mate, about that time, of somebody the text names in full."""
    key = norm(word)
    if talk.year is None or len(key) < 3 or not (key in talk.book.first_names or _short(talk, key)):
        return None
    if is_german_word(word.lower()) and key not in talk.book.first_names:  # "denn" is no Dennis
        return None
    if key not in talk.book.first_names and is_german_word(word.lower()):  # "Denn" is not Dennis
        return None
    if key in talk.strangers:
        return talk.strangers[key]
    talk.strangers[key] = found = _find_mate(talk, key)
    return found


def _find_mate(talk: Talk, key: str) -> Name | None:
    assert talk.year is not None
    found: set[str] = set()
    registry = talk.book.registry
    for id in talk.people:
        if id not in registry.drivers:
            continue
        for entry in registry.entries_of(id):
            if abs(registry.events[entry.event].year - talk.year) > 1:
                continue
            for other in entry.drivers:
                names = (registry.drivers[other].name, *registry.drivers[other].aliases)
                if other != id and any(norm(n.split()[0]).startswith(key) for n in names):
                    found.add(other)
    if len(found) != 1:
        return None
    driver = registry.drivers[found.pop()]
    return Name(driver.id, driver.name, ("person",))


def _short(talk: Talk, key: str) -> bool:
    return len(key) >= 4 and key in talk.book.short_names
