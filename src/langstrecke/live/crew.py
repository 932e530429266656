"""Who shares which car, under which limits: the card's word, else the feed's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from langstrecke.errors import LangstreckeError
from langstrecke.live.cars import CarFacts
from langstrecke.live.driver_time import DriverTime, driver_times
from langstrecke.live.state import RaceState
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.rulebooks.legality import Stint
from langstrecke.rulebooks.limits import DriverLimits, driver_limits
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.timing.people import person


@dataclass(frozen=True)
class Crew:
    """One car and its drivers."""

    car: str
    car_class: str
    team: str
    drivers: tuple[tuple[str, str | None], ...]
    """(name, licence) in the order of the card or the feed."""
    limits: dict[str, DriverLimits]
    """By driver; empty where there is no card, or its rule book does not list the class."""
    names: dict[str, str]
    """Key of a person -> the name as shown."""
    tank_laps: float | None
    """Green laps on a full tank by the card."""
    grid: int | None
    start_s: float
    stop_s: float | None
    """What a routine stop costs by the card, pit lane and standing."""

    def name_of(self, driver: str | None) -> str | None:
        """A driver of the feed by the name on the card; as the feed has it where the card does not know the name."""
        return None if driver is None else self.names.get(person_key(driver), driver)

    def times(self, fact: CarFacts | None, now_s: float, *, on_track: bool) -> tuple[DriverTime, ...]:
        """Time at the wheel of everybody; a car on the track drives on from its last crossing until now."""
        stints: list[Stint] = []
        aboard = None
        crew = list(self.drivers)
        if fact is not None:
            aboard = self.name_of(fact.driver)
            shown = {spell.driver: self.name_of(spell.driver) for spell in fact.spells}
            listed = {name for name, _ in crew}
            crew += [
                (name, None) for name in dict.fromkeys(shown.values()) if name is not None and name not in listed
            ]
            stints = [
                Stint(name, None, spell.start_s, spell.end_s)
                for spell in fact.spells
                if (name := shown[spell.driver]) is not None
            ]
            if stints and on_track and aboard is not None and now_s > fact.crossed_s:
                stints[-1] = Stint(aboard, None, stints[-1].start_s, now_s)
        return driver_times(crew, self.limits, stints, now_s, aboard)


@lru_cache(maxsize=4096)
def person_key(name: str) -> str:
    """`ratings.sessions.person`, remembered: the same few names come thousands of times."""
    return person(name)


def crews(state: RaceState, card: RaceCard | None) -> dict[str, Crew]:
    """Every car of the card, of the feed's `hello` and of the laps, by number, in that order."""
    found = dict(_of_card(card)) if card is not None else {}
    for entry in state.hello.entries if state.hello is not None else ():
        if entry.car not in found:
            found[entry.car] = _plain(entry.car, entry.car_class, entry.team, entry.drivers)
    for number in sorted(set(state.cars) - set(found)):
        fact = state.cars[number].facts()
        if fact is not None:
            found[number] = _plain(number, fact.car_class, fact.team, ())
    return found


def _plain(car: str, car_class: str, team: str, drivers: tuple[str, ...]) -> Crew:
    return Crew(
        car=car, car_class=car_class, team=team, drivers=tuple((name, None) for name in drivers), limits={},
        names={person_key(name): name for name in drivers}, tank_laps=None, grid=None, start_s=0.0, stop_s=None,
    )  # fmt: skip


_CARDS: dict[int, tuple[RaceCard, dict[str, Crew]]] = {}


def _of_card(card: RaceCard) -> dict[str, Crew]:
    """The crews of a card, worked out once for each of the last few cards (a card does not change)."""
    known = _CARDS.get(id(card))
    if known is None or known[0] is not card:
        if len(_CARDS) >= 8:
            _CARDS.pop(next(iter(_CARDS)), None)
        known = _CARDS[id(card)] = (card, {entry.car: _crew(card, entry) for entry in card.entries})
    return known[1]


def _crew(card: RaceCard, entry: Entry) -> Crew:
    figures = card.classes[entry.car_class]
    limits: dict[str, DriverLimits] = {}
    try:
        book = load_rulebook(card.race.rulebook)
        for driver in entry.drivers:
            limits[driver.name] = driver_limits(book, entry.car_class, driver.licence, card.race.duration_s)
    except (KeyError, LangstreckeError):  # a class the book does not list, or no such book: no limits are known
        limits = {}
    stop = figures.lane_s + max(figures.refuel_s, figures.driver_change_s, figures.tyres_s) + entry.stop_s
    return Crew(
        car=entry.car, car_class=entry.car_class, team=entry.team,
        drivers=tuple((d.name, d.licence) for d in entry.drivers), limits=limits,
        names={person_key(d.name): d.name for d in entry.drivers},
        tank_laps=entry.stint_laps or figures.stint_laps, grid=entry.grid, start_s=entry.start_s, stop_s=stop,
    )  # fmt: skip
