"""What a card rests on that is not known for sure, a sentence each: read wherever an answer of the card is read."""

from __future__ import annotations

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks import load_rulebook
from langstrecke.rulebooks.limits import crew_limits
from langstrecke.rulebooks.load import OWN_RACES, SERIES_ALIASES, seasons_of
from langstrecke.rulebooks.schema import RuleBook

DAY_TAKEN = "the day of the race is not known"
"""How the note begins that a card's day is only taken."""

NO_BOOK = "none"
"""The rule book of a series without one: it binds nothing."""


def grounds(card: RaceCard) -> tuple[str, ...]:
    """Stand-in rule book, gaps of the book, what was guessed or inferred when the card was made, licences not known.

    Empty where nothing of the kind is in the way.
    """
    return (*_of_rulebook(card), *card.race.unsure, *_of_crews(card), *_of_licences(card))


def _of_rulebook(card: RaceCard) -> tuple[str, ...]:
    try:
        book = load_rulebook(card.race.rulebook)
    except LangstreckeError:  # `card check` says it as an error, and nothing can be played
        return ()
    told = [stand_in(card, book)]
    raced = [name for name in card.classes if card.cars_of(name)] if book.id != NO_BOOK else []
    strange = [name for name in raced if not listed(book, name)]
    if strange:
        told.append(f"{book.id} has no class {', '.join(strange)}: its limits for single classes do not bind there")
    told += [f"{book.id}, {what.replace('_', ' ')}: {why}" for what, why in book.gaps.items()]
    return tuple(t for t in told if t)


def stand_in(card: RaceCard, book: RuleBook) -> str:
    """Which book stands in for that of the card's own series and season; empty for the right one."""
    race = card.race
    series = SERIES_ALIASES.get(race.series, race.series)
    own = OWN_RACES.get((series, card.circuit.id), series)
    if book.id == NO_BOOK:
        return "played by no rule book: nothing binds drivers, stops or crew"
    if book.series not in (series, own):
        missing = f"a book of {own} is not held" if not seasons_of(own) else f"not by one of {own} {race.season}"
        return f"played by {book.id}, {missing}"
    return "" if _covers(book.season, race.season) else f"played by {book.id}, the book of {race.season} is not held"


def _covers(seasons: str, season: int) -> bool:
    """Whether a book of `2018-19` or `2021` is that of a season."""
    if not seasons[:4].isdigit():
        return False
    first = int(seasons[:4])
    return season in (first, first + 1) if len(seasons) > 4 else season == first


def listed(book: RuleBook, name: str) -> bool:
    """Whether the book has this class, by name or alias."""
    try:
        book.class_named(name)
    except KeyError:
        return False
    return True


def _of_crews(card: RaceCard) -> tuple[str, ...]:
    """Crews smaller than the rules ask for: somebody is missing, and no limit can be kept by those who are left."""
    try:
        book = load_rulebook(card.race.rulebook)
    except LangstreckeError:
        return ()
    short = [
        e.car
        for e in card.entries
        if listed(book, e.car_class)
        and len(e.drivers) < crew_limits(book, e.car_class, card.race.duration_s).min_drivers
    ]
    if not short:
        return ()
    cars = f"{'car' if len(short) == 1 else 'cars'} {', '.join(short)}"
    return (f"{cars}: fewer drivers are known than the rules ask for, so those drive longer than they may",)


def _of_licences(card: RaceCard) -> tuple[str, ...]:
    drivers = [d for e in card.entries for d in e.drivers]
    without = sum(d.licence is None for d in drivers)
    if not without:
        return ()
    how_many = "any driver" if without == len(drivers) else f"{without} of {len(drivers)} drivers"
    return (f"the licence of {how_many} is not known: rules that go by licence do not bind them",)
