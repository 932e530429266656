"""Surnames and first names standing alone."""

from __future__ import annotations

import re

from langstrecke.news.german import is_german_word
from langstrecke.news.items import GROUPS
from langstrecke.news.names import PARTICLES, Name, norm
from langstrecke.news.spotting import Spotted
from langstrecke.news.story import same_name
from langstrecke.news.talk import Talk


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
    team = talk.team_called(word)
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
    if not options and _in_a_list(words, n, found) and (listed := talk.stranger(word, listed=True)) is not None:
        talk.people.setdefault(listed.id, listed)
        found.append(Spotted(at, at + len(word), listed, word))
        return 1
    mate = None if options else talk.mate(word)
    if options:
        found.append(_bare_spot(word, at, at + len(word), options))
    elif mate is not None:
        talk.people.setdefault(mate.id, mate)
        found.append(Spotted(at, at + len(word), mate, word))
    elif not is_german_word(word) and re.fullmatch(r"[^\W\d_]+", word) and not word.isupper():
        known = talk.stranger(word)
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


def guest_of(labels: set[str], people: dict[str, Name], mentioned: list[str]) -> Name | None:
    """Who is interviewed: the person whose name stands before the answers, else who is named first."""
    for label in labels:
        for name in people.values():
            if same_name(label, name.name):
                return name
    return people[mentioned[0]] if mentioned else None
