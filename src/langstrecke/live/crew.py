"""Who shares which car, under which limits: the card's word, else the feed's."""

from __future__ import annotations

from dataclasses import dataclass

from langstrecke.errors import LangstreckeError
from langstrecke.live.driver_time import DriverTime, driver_times
from langstrecke.live.feed_state import FeedState
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.racestate.car import person_key
from langstrecke.racestate.model import CarState
from langstrecke.racestate.status import GRID_S, STOP_S, Expected, expected
from langstrecke.rulebooks.legality import Stint
from langstrecke.rulebooks.limits import DriverLimits, driver_limits
from langstrecke.rulebooks.load import load_rulebook


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
    expected: Expected

    def name_of(self, driver: str | None) -> str | None:
        """A driver of the feed by the name on the card; as the feed has it where the card does not know the name."""
        return None if driver is None else self.names.get(person_key(driver), driver)

    def times(self, fact: CarState | None, now_s: float, *, on_track: bool) -> tuple[DriverTime, ...]:
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


def crews(state: FeedState, card: RaceCard | None) -> dict[str, Crew]:
    """Every car of the card, of the feed's `hello` and of the laps, by number, in that order."""
    found = dict(_of_card(card)) if card is not None else {}
    told = state.hello.entries if state.hello is not None else ()
    plain = [(e.car, e.car_class, e.team, e.drivers) for e in told if e.car not in found]
    named = {*found, *(one[0] for one in plain)}
    for number in sorted(set(state.cars) - named):
        if rows := state.cars[number].rows:
            plain.append((number, rows[-1].car_class, rows[-1].team or "", ()))
    off_s = GRID_S * (len(found) + len(plain))
    return found | {one[0]: _plain(*one, off_s) for one in plain}


def _plain(car: str, car_class: str, team: str, drivers: tuple[str, ...], off_s: float) -> Crew:
    return Crew(
        car=car, car_class=car_class, team=team, drivers=tuple((name, None) for name in drivers), limits={},
        names={person_key(name): name for name in drivers}, tank_laps=None,
        expected=Expected(car_class, off_s, STOP_S),
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
    return Crew(
        car=entry.car, car_class=entry.car_class, team=entry.team,
        drivers=tuple((d.name, d.licence) for d in entry.drivers), limits=limits,
        names={person_key(d.name): d.name for d in entry.drivers},
        tank_laps=entry.stint_laps or figures.stint_laps, expected=expected(entry, card),
    )  # fmt: skip
