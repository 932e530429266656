"""Cars, classes, drivers and moments as people name them, found on a card or refused with the nearest known ones."""

from __future__ import annotations

import datetime as dt

from langstrecke.errors import NotFoundError
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.timing.clock import moment_s


def car_index(card: RaceCard, car: str) -> int:
    """Place of a car in the card. NotFoundError names near ones."""
    numbers = [e.car for e in card.entries]
    if car in numbers:
        return numbers.index(car)
    raise NotFoundError.nearest("car", car, numbers, hint=f"langstrecke card show {card.race.id} lists the entries")


def class_known(card: RaceCard, name: str) -> None:
    """NotFoundError, with near ones and all, for a class the card does not have."""
    if name not in card.classes:
        raise NotFoundError.nearest("class", name, list(card.classes), hint=f"the race has {', '.join(card.classes)}")


def driver_index(entry: Entry, name: str) -> int:
    """Place of a driver in the crew, by full name or by surname where only one has it."""
    names = [d.name for d in entry.drivers]
    wanted = name.casefold().strip()
    exact = [n for n, known in enumerate(names) if known.casefold() == wanted]
    last = [n for n, known in enumerate(names) if known.casefold().split()[-1] == wanted]
    for found in (exact, last):
        if len(found) == 1:
            return found[0]
    raise NotFoundError.nearest("driver", name, names, hint=f"car {entry.car} is driven by {', '.join(names)}")


def race_seconds(card: RaceCard, text: str) -> float:
    """Race time of a moment in seconds, as `timing.clock.moment_s` reads it. LangstreckeError for one outside."""
    return moment_s(text, card.race.start_time, card.race.duration_s)


def clock_of(card: RaceCard, race_s: float) -> dt.datetime:
    """Date and local time of a race time."""
    return dt.datetime.combine(card.race.date, card.race.start_time) + dt.timedelta(seconds=race_s)
