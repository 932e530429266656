"""Which names of a clause are cars, and who is meant by one: "der M8 von A und B", "der Rowe-BMW"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from langstrecke.news.lexicon.known_names import Name
from langstrecke.news.lexicon.morphology import slug, word_set
from langstrecke.news.mentions.crews import fielded_by
from langstrecke.news.mentions.noun_phrases import JOINERS
from langstrecke.news.mentions.places import PLACES
from langstrecke.news.mentions.tokens import GROUPS, Item

CAR_WORDS = frozenset({"auto", "wagen", "fahrzeug", "bolide", "rennwagen", "prototyp", "renner", "exemplar"})
"""The second half of "BMW-Prototyp"."""
CREWS = frozenset(
    {"besatzung", "crew", "fahrerpaarung", "fahrergespann", "fahrercrew", "fahrerquartett", "siegertrio",
     "siegerduo", "paarung", "mannschaft", "fahrerteam"}
)  # fmt: skip
"""Other words for those who share a car."""
_ARTICLES = word_set("determiners") | frozenset(
    {"im", "am", "vom", "zum", "beim", "ins", "zweier", "mehrere", "beide"}
)
_OWN = ("dessen", "deren", "sein", "ihr", "mein", "unser", "dein", "euer", "eur")
_OUTFIT = re.compile(r"racing|motorsport|sport\b|team|scuderia", re.I)
_NO_CAR_NEXT = frozenset({"nummer", "startnummer", "nr"})
_OF = frozenset({"von", "des", "vom", "der", "aus"})


def is_car(items: list[Item], n: int) -> bool:
    """Whether an item is a car: a model, or a make with an article before it ("der Porsche"; not "für Porsche")."""
    item = items[n]
    if item.kind != "name" or item.name is None or not (item.name.is_a("vehicle", "make") or item.car is not None):
        return False
    if item.car is not None or fielded_by(items, n) is not None:
        return True
    if item.compound is not None:
        return item.compound.head in CAR_WORDS
    if not item.name.is_a("make", "team"):
        return True
    if _OUTFIT.search(item.text):
        return False
    after = items[n + 1] if n + 1 < len(items) else None
    if after is not None and (
        after.kind == "role"
        or (
            after.kind == "word"
            and after.text[:1].isupper()
            and after.low not in _NO_CAR_NEXT
            and after.low not in PLACES
        )
        or (after.kind == "name" and after.name is not None and after.name.is_a("series", "team", "make"))
    ):
        return False
    back = n - 1
    while back >= 0 and n - back < 5:
        word = items[back]
        if word.kind != "word":
            return False
        if word.low in _ARTICLES or word.low.startswith(_OWN):
            return word.low != "die" or item.name.is_a("vehicle")
        if word.text[:1].isupper() or not (word.low.endswith(("e", "en", "er", "es", "em")) or word.text.isdecimal()):
            return False
        back -= 1
    return False


def team_of_car(items: list[Item], n: int) -> Name | None:
    """The team of a car: the front of "Rowe-BMW", or who stands behind "von", "des Teams"."""
    item = items[n]
    if item.car is not None and item.name is not None and item.name.is_a("team"):
        return item.name
    if (fielded := fielded_by(items, n)) is not None:
        return fielded
    at = _behind(items, n)
    if at + 1 >= len(items) or items[at].low not in _OF:
        return None
    for item in items[at + 1 : at + 4]:
        if item.kind == "name" and item.name is not None:
            other = item.name.is_a("make") and (item.compound is not None or items[at].low == "der")  # another car
            return item.name if item.name.is_a("team") and not other else None
        if item.kind != "word" or not (item.text[:1].islower() or item.low in _TEAM_NOUNS or item.low == "teams"):
            return None
    return None


def crew_of_car(items: list[Item], n: int) -> tuple[Name, ...]:
    """The people of "der Porsche von A und B", "der WRT-Audi mit A", "der Manthey-Porsche (A/B)"."""
    at = _behind(items, n)
    if at + 1 >= len(items) or items[at].low not in ("von", "mit", "um", "("):
        return ()
    return _people_from(items, at + 1)


def _is_number(item: Item) -> bool:
    return item.kind == "name" and item.name is not None and item.name.is_a("car")


def _behind(items: list[Item], n: int) -> int:
    """Where the words go on behind "mit der Nummer 92"."""
    at = n + 1
    if at < len(items) and items[at].low == "mit":
        for k in range(at + 1, min(at + 4, len(items))):
            if _is_number(items[k]):
                return k + 1
            if items[k].low not in ("der", "nummer", "startnummer", "#"):
                return at
    while at < len(items) and (items[at].low in _NO_CAR_NEXT or items[at].text == "#" or _is_number(items[at])):
        at += 1
    return at


def told_of_crews(items: list[Item]) -> Iterator[tuple[Name, str, Name]]:
    """Reads "das Trio A, B und C", "das Duo A/B", "die Paarung aus A und B": they share a car."""
    for n, item in enumerate(items[:-1]):
        head = item.compound.head if item.compound is not None and item.compound.role is None else ""
        if not {item.low, head} & (GROUPS | CREWS):
            continue
        at = n + 2 if items[n + 1].low in ("aus", "mit") else n + 1
        crew = _people_from(items, at)
        if (
            head and item.name is not None and item.name.is_a("team") and not item.name.is_a("make")
        ):  # "das WRT-Duo A und B"
            yield from ((person, "drives_for", item.name) for person in crew)
        for k, person in enumerate(crew):
            yield from ((person, "shares_car", other) for other in crew[k + 1 :])


def _people_from(items: list[Item], at: int) -> tuple[Name, ...]:
    """The people named in a row from there on."""
    found: list[Name] = []
    for k in range(at, len(items)):
        item = items[k]
        if item.kind == "person":
            found += item.who or ((item.name,) if item.name is not None and not item.name.id.startswith("?") else ())
        elif (
            item.kind == "role"
            or item.low in JOINERS
            or (item.text == "," and found)
            or (not found and item.kind == "word" and k < at + 2 and item.low in ("den", "dem", "der", "die"))
        ):
            continue
        else:
            break
    return tuple(dict.fromkeys(found))


def owners(items: list[Item], n: int) -> tuple[Name, ...]:
    """Who is meant by a car that does something: its crew if it is told, else its team."""
    if not is_car(items, n):
        return ()
    crew = crew_of_car(items, n)
    team = team_of_car(items, n)
    return crew or ((team,) if team is not None else ())


_DRIVEN = frozenset({"gefahren", "pilotiert", "gesteuert", "gelenkt", "besetzt", "bewegt", "chauffiert"})
_PASSIVE = frozenset({"wird", "werden", "wurde", "wurden"})
_SERVICE = frozenset({"diensten", "farben", "sold"})


def told_of_drivers(items: list[Item]) -> Iterator[tuple[Name, str, Name]]:
    """Reads "gefahren wird er von A und B", who share it, and "dem Berliner in Diensten von Ford"."""
    lows = {i.low for i in items}
    if lows & _DRIVEN and lows & _PASSIVE:
        for n, item in enumerate(items):
            crew = _people_from(items, n + 1) if item.low == "von" else ()
            cars = [i.car or i.name for k, i in enumerate(items) if is_car(items, k)]
            for k, person in enumerate(crew):
                yield from ((person, "drives", car) for car in cars[:1] if car is not None)
                yield from ((person, "shares_car", other) for other in crew[k + 1 :])
    for n, item in enumerate(items[:-2]):
        if item.low not in _SERVICE or n < 2 or items[n + 1].low not in _OF:
            continue
        team = next((i.name for i in items[n + 2 : n + 4] if i.kind == "name" and i.name is not None), None)
        before = items[n - 2]
        if team is not None and team.is_a("team", "make") and items[n - 1].low == "in" and before.is_person:
            yield from ((person, "drives_for", team) for person in before.who)


_TEAM_NOUNS = frozenset({"team", "mannschaft", "rennstall", "truppe", "equipe", "équipe"})


def told_of_heads(items: list[Item], drivers: Container[str]) -> Iterator[tuple[Name, str, Name]]:
    """Reads "das Team WRT um Vincent Vosse": he heads it; of drivers: they drive for it."""
    for n, item in enumerate(items[:-2]):
        if item.kind != "name" or item.name is None or not item.name.is_a("team") or items[n + 1].low != "um":
            continue
        people = _people_from(items, n + 2)
        if len(people) == 1 and (people[0].id not in drivers or slug(item.name.head) == people[0].id):
            if (
                slug(item.name.head) == people[0].id
                or (n and items[n - 1].low in _TEAM_NOUNS)
                or item.text.lower().startswith("team")
            ):
                yield people[0], "leads", item.name
        else:
            yield from ((person, "drives_for", item.name) for person in people)
