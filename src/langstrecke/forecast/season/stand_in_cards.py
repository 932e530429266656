"""Cards for rounds that have none of their own: a circuit and class figures like theirs, and who was entered.

A round without a card is played on the shipped card nearest to it: the same circuit and classes if there is one of
another season, else the card of the season nearest in length. Its entries are those the registry knows for the
round, else those of the last round before it, else the season's entry list, else those of a later round.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from langstrecke.errors import NotFoundError
from langstrecke.forecast.season.standings import Round
from langstrecke.formatting import plural
from langstrecke.paddock.matching import fold
from langstrecke.paddock.model import Entry as Entered
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.paddock.season_lists import SeasonEntry, season_entries
from langstrecke.racecard import Driver, Entry, RaceCard, list_cards, load_card
from langstrecke.rulebooks.schema import RuleBook

SPRINT_S = 5 * 3600.0
"""Rounds shorter than this are driven by two drivers (crew rules of IMSA)."""
FAR = math.log(2.0)
"""A card of the season whose race is twice as long, or half, is too far off if another season has the circuit."""
WHOLE_FIELD = 40
"""Cars of a field where no card tells."""
LEAST_ENTRIES = 0.5
"""A list of entries stands if it has at least this share of the cars of the nearest card."""


def check_playable(real: Sequence[Round], after: int) -> None:
    """NotFoundError, with what is missing and what would mend it, if too little is known of the rounds.

    Needed are somebody's entries for the season (a card of one of its own rounds, or its entry list) and the figures
    of a card. A race it shares with another series (Le Mans) does not do: half of that field is there for it alone.
    """
    series, season = real[0].series, real[0].season
    carded = [r for r in real if r.id in list_cards()]
    own = [r for r in carded if r.event.series == series]
    if own or (season_entries(series, season) and _of_other_seasons(series)):
        return
    name = f"{series}-{season}"
    listed = [r for r in real if r not in carded and _listed(r, carded)]
    bare = [r.id for r in real if r not in carded and r not in listed]
    told = f"{len(carded)} of its {plural(len(real), 'round')} have a race card"
    told += f", {len(listed)} more the entries of a whole field" if listed else ""
    told += ", and no entry list of the season is held"
    hint = "needed: a card of at least one of its own rounds, for circuit and class figures"
    hint += f", and entries of {', '.join(bare[:4])}{' ...' if len(bare) > 4 else ''}" if bare else ""
    hint += "; docs/seasons.md says how to make a card by hand"
    if any(load_registry().entries(r.id) for r in real):
        hint += f". Its points: langstrecke season {name} --after {after or real[-1].number} --seasons 0"
    raise NotFoundError(f"{name} cannot be played: {told}", hint=hint)


def _of_other_seasons(series: str, circuit: str = "") -> list[str]:
    """Names of the shipped cards of a series, or of those at a circuit where there are any."""
    named = [name for name in list_cards() if name.startswith(f"{series}-")]
    return [name for name in named if circuit and name.endswith(f"-{circuit}")] or named


def _listed(rnd: Round, carded: Sequence[Round]) -> bool:
    """Whether the registry has the whole field of a round."""
    size = min((len(load_card(r.id).entries) for r in carded), default=WHOLE_FIELD)
    return len(load_registry().entries(rnd.id)) >= LEAST_ENTRIES * size


def card_of(rnd: Round, real: Sequence[Round], shipped: Mapping[str, RaceCard]) -> tuple[RaceCard, str]:
    """The round's own card, or one that stands in, and the id of the race whose figures it has."""
    if rnd.id in shipped:
        return shipped[rnd.id], ""
    like = _like(rnd, real, shipped)
    duration = rnd.book.race.duration_s
    entries = _entries(rnd, like, real, shipped)
    date = rnd.event.race_day
    info = like.race.model_copy(
        update={
            "id": rnd.id,
            "name": rnd.event.name or rnd.id,
            "series": rnd.event.series,
            "season": date.year,
            "rulebook": rnd.book.id,
            "date": date,
            "duration_s": duration,
            "max_laps": None,
            "note": f"stands in: circuit and class figures of {like.race.id}",
        }
    )
    circuit = like.circuit.model_copy(update={"id": rnd.event.circuit, "name": rnd.event.circuit})
    classes = {name: like.classes[name] for name in like.classes if any(e.car_class == name for e in entries)}
    fields = {"race": info, "circuit": circuit, "classes": classes, "entries": tuple(entries), "result": ()}
    return like.model_copy(update=fields), like.race.id


def _like(rnd: Round, real: Sequence[Round], shipped: Mapping[str, RaceCard]) -> RaceCard:
    """The shipped card nearest to a round: of its season, unless one of another season has its circuit and length."""
    wanted = {c.name for c in rnd.book.classes} & set(rnd.book.race.classes or [c.name for c in rnd.book.classes])
    numbers = {r.id: r.number for r in real}

    def lacking(card: RaceCard) -> int:
        return len(wanted - set(_classes(rnd.book, card)))

    def of_others() -> list[RaceCard]:
        names = _of_other_seasons(rnd.event.series, rnd.event.circuit)
        return [load_card(name) for name in names if name not in shipped]

    def days(card: RaceCard) -> int:
        return abs((card.race.date - rnd.event.race_day).days)

    if not shipped:  # a season that is known by its entry list alone
        return min(of_others(), key=lambda c: (lacking(c), days(c) // 366, _far(c, rnd)))
    near = min(shipped.values(), key=lambda c: (lacking(c), _far(c, rnd), abs(numbers[c.race.id] - rnd.number)))
    if _far(near, rnd) <= FAR:
        return near
    here = rnd.event.circuit
    same = [
        c for c in of_others() if c.circuit.id == here and set(near.classes) <= set(c.classes) and _far(c, rnd) <= FAR
    ]
    return min(same, key=days) if same else near


def _classes(book: RuleBook, card: RaceCard) -> dict[str, str]:
    """The classes of a card: the book's name -> the card's own."""
    return {_class_of(book, name): name for name in card.classes}


def _far(card: RaceCard, rnd: Round) -> float:
    return abs(math.log(card.race.duration_s / rnd.book.race.duration_s))


def _entries(rnd: Round, like: RaceCard, real: Sequence[Round], shipped: Mapping[str, RaceCard]) -> list[Entry]:
    """Who drives: the registry's list for the round, else the entries of the last round before it, class by class;
    before the first round with entries the season's list, where one is held.
    """
    registry = load_registry()
    duration = rnd.book.race.duration_s
    before = [shipped[r.id] for r in real if r.number < rnd.number and r.id in shipped]
    others = before or list(shipped.values()) or _last_year(rnd)
    carded = [r for r in real if r.id in shipped]
    year = rnd.event.race_day.year
    if _listed(rnd, carded):
        listed = [e for e in registry.entries(rnd.id) if e.started]
        found = [_from_registry(e, registry, rnd.book, like, others, year) for e in listed]
        entries = [e for e in found if e is not None]
        if entries:
            return entries
    season = season_entries(rnd.series, rnd.season)
    classes = _classes(rnd.book, like)
    wanted = [name for name in classes if name in rnd.book.race.classes] or list(classes)
    entries = []
    for name in sorted(wanted):
        mine = classes[name]
        announced = [e for e in season if _class_of(rnd.book, e.car_class) == name]
        source = next((c for c in reversed(before) if c.cars_of(mine)), None)
        if source is None and announced:
            entries += [crew_for(_announced(e, registry, mine, like, others, year), duration) for e in announced]
        elif shipped:
            source = source or next((c for c in reversed(others) if c.cars_of(mine)), like)
            entries += [crew_for(e, duration) for e in source.entries if e.car_class == mine]
    return entries


def _last_year(rnd: Round) -> list[RaceCard]:
    """Cards of the latest season before that has any, by date: what they say of drivers."""
    names = [n for n in _of_other_seasons(rnd.series) if n < f"{rnd.series}-{rnd.season}"]
    last = max((n.removeprefix(f"{rnd.series}-")[:4] for n in names), default="")
    return sorted((load_card(n) for n in names if f"-{last}" in n), key=lambda c: c.race.date)


def _announced(
    entered: SeasonEntry, registry: Registry, name: str, like: RaceCard, others: Sequence[RaceCard], year: int
) -> Entry:
    """A car of the season's entry list: as fast as its class, until it was timed."""
    typical = next(e for e in like.entries if e.car_class == name)
    vehicle = registry.vehicles.get(fold(entered.vehicle).replace(" ", "-"))
    make = registry.makes[vehicle.make].name if vehicle is not None and vehicle.make in registry.makes else ""
    fields: dict[str, object] = {
        "car": entered.car,
        "team": entered.team,
        "vehicle": entered.vehicle,
        "make": make or entered.vehicle.split(" ")[0],
        "drivers": tuple(_named(driver, registry, name, others, year) for driver in entered.drivers),
        "pace_s": 0.0,
        "stop_s": 0.0,
        "reliability": 1.0,
        "grid": None,
        "start_s": 0.0,
    }
    return typical.model_copy(update=fields)


def _from_registry(
    entered: Entered, registry: Registry, book: RuleBook, like: RaceCard, others: Sequence[RaceCard], year: int
) -> Entry | None:
    """An entry of the registry as the card has them: the car of an earlier card with this crew, or a new one."""
    name = _classes(book, like).get(_class_of(book, entered.car_class))
    if name is None:
        return None
    crew = tuple(_driver(registry, key, others, year) for key in entered.drivers)
    for card in reversed(others):
        for entry in card.entries:
            if (entry.car, entry.car_class) == (entered.car, name):
                return entry.model_copy(update={"drivers": crew or entry.drivers, "grid": None, "start_s": 0.0})
    typical = next((e for e in like.entries if e.car_class == name), None)
    if typical is None:
        return None
    vehicle = registry.vehicles.get(entered.vehicle)
    team = registry.teams[entered.team].name if entered.team in registry.teams else entered.team
    fields: dict[str, object] = {
        "car": entered.car,
        "team": team,
        "vehicle": vehicle.name if vehicle else "",
        "make": vehicle.make if vehicle else "",
        "drivers": crew or typical.drivers,
        "pace_s": 0.0,
        "grid": None,
        "start_s": 0.0,
    }
    return typical.model_copy(update=fields)


def _class_of(book: RuleBook, name: str) -> str:
    try:
        return book.class_named(name).name
    except KeyError:
        return name


def _driver(registry: Registry, key: str, others: Sequence[RaceCard], year: int) -> Driver:
    person = registry.drivers[key]
    return _carded(person.name, others) or Driver.model_validate(
        {"name": person.name, "licence": person.licence(year), "evidence": "prior"}
    )


def _named(name: str, registry: Registry, car_class: str, others: Sequence[RaceCard], year: int) -> Driver:
    """A driver of an entry list: from the latest card that has him in this class, else by his licence alone."""
    try:
        person = registry.driver(name)
    except NotFoundError:
        return Driver(name=name, evidence="prior")
    known = _carded(person.name, others, car_class)
    return known or Driver.model_validate({"name": person.name, "licence": person.licence(year), "evidence": "prior"})


def _carded(name: str, cards: Sequence[RaceCard], car_class: str = "") -> Driver | None:
    """A driver as the latest card has him, in any class or in one."""
    for card in reversed(cards):
        for entry in card.entries:
            if car_class in ("", entry.car_class):
                for driver in entry.drivers:
                    if driver.name == name:
                        return driver
    return None


def crew_for(entry: Entry, duration_s: float) -> Entry:
    """An entry with no more drivers than a race of this length has."""
    if duration_s >= SPRINT_S or len(entry.drivers) <= 2:
        return entry
    return entry.model_copy(update={"drivers": entry.drivers[:2]})
