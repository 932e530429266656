"""From session summaries to observations, and the walk through time: what was known before each race."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from langstrecke.ratings.blas import on_one_thread
from langstrecke.ratings.pace.model import (
    PaceState,
    absorb,
    advance,
    condition,
    enter,
    event_model,
    mean_keys,
)
from langstrecke.ratings.pace.priors import PacePriors
from langstrecke.ratings.pace.types import EventCar, EventPosterior, Observation
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import family
from langstrecke.timing.people import person

EVENT_DAYS = 14.0
"""Sessions at one circuit and series less than this apart share their event effects (the Roar and the 24 Hours of
Daytona; two races at Watkins Glen on following weekends)."""

WET_LEVEL = 0.035
"""A session whose best laps are this far (log) over the event's best in the class was wet: not used for pace."""

FAR_OFF_GT, FAR_OFF = 0.05, 0.10
"""A level this far (log) over the class median is a car that was not racing: not used. Prototypes get twice as much:
private LMP1 and bronzes of LMP2 are five per cent off race after race, and were never believed to be."""

MIN_BEST = 3
"""Flying laps from which a practice best lap says something."""

MIN_CELL = 4
"""Clean laps from which a driver's level in a session says something."""


@dataclass(frozen=True, eq=False)
class EventSessions:
    """The sessions of one event in order of time."""

    series: str
    circuit: str
    sessions: tuple[SessionSummary, ...]

    @cached_property
    def cars(self) -> tuple[EventCar, ...]:
        """See `event_cars`."""
        return event_cars(self.sessions)

    @cached_property
    def observations(self) -> dict[str, tuple[Observation, ...]]:
        """See `observations`."""
        return observations(self.sessions)

    @property
    def start(self) -> dt.datetime:
        """When the first session began."""
        return self.sessions[0].info.start


def group_events(summaries: tuple[SessionSummary, ...]) -> tuple[EventSessions, ...]:
    """Sort sessions by time and gather those of one series and circuit that lie close together."""
    open_groups: dict[tuple[str, str], list[SessionSummary]] = {}
    done: list[EventSessions] = []
    for s in sorted(summaries, key=lambda x: (x.info.start, x.info.id)):
        key = (s.info.series, s.info.circuit)
        group = open_groups.get(key)
        if group and (s.info.start - group[-1].info.start).total_seconds() > EVENT_DAYS * 86400:
            done.append(EventSessions(*key, tuple(open_groups.pop(key))))
        open_groups.setdefault(key, []).append(s)
    done += [EventSessions(*key, tuple(group)) for key, group in open_groups.items()]
    return tuple(sorted(done, key=lambda e: (e.start, e.series, e.circuit)))


def event_cars(sessions: tuple[SessionSummary, ...], extra: tuple[EventCar, ...] = ()) -> tuple[EventCar, ...]:
    """All cars of an event with every driver seen or named in them; a car's class is its latest."""
    found: dict[str, EventCar] = {}
    makes = make_of(sessions)

    def merge(car: str, car_class: str, make: str, drivers: tuple[str, ...]) -> None:
        known = found.get(car)
        have = known.drivers if known else ()
        found[car] = EventCar(car, car_class, make, have + tuple(d for d in drivers if d not in have))

    for s in sessions:
        for fact in s.cars:
            merge(
                fact.car,
                fact.car_class,
                makes[fact.car],
                tuple(dict.fromkeys(person(d) for d in fact.drivers)),
            )
        for p in s.pace:
            for c in p.cells:
                merge(c.car, p.car_class, makes.get(c.car, ""), (person(c.driver),))
        for b in s.bests:
            merge(b.car, b.car_class, makes.get(b.car, ""), (person(b.driver),))
    for car in extra:
        merge(car.car, car.car_class, car.make or makes.get(car.car, ""), car.drivers)
    return tuple(found[c] for c in sorted(found))


def make_of(sessions: tuple[SessionSummary, ...]) -> dict[str, str]:
    """Car -> make, one spelling per car at an event (the last one seen that is not empty)."""
    makes: dict[str, str] = {}
    for s in sessions:
        for fact in s.cars:
            if fact.make or fact.car not in makes:
                makes[fact.car] = fact.make
    return makes


def licences_of(sessions: tuple[SessionSummary, ...]) -> dict[str, str]:
    """Driver -> licence as the result tables give it (the latest wins)."""
    known: dict[str, str] = {}
    for s in sessions:
        for fact in s.cars:
            for driver, licence in zip(fact.drivers, fact.licences, strict=False):
                if licence:
                    known[person(driver)] = licence
    return known


def observations(sessions: tuple[SessionSummary, ...]) -> dict[str, tuple[Observation, ...]]:
    """Session id -> its observations, for sessions of one event. Wet sessions give none."""
    fastest: dict[str, float] = {}
    for s in sessions:
        for b in s.bests:
            fastest[b.car_class] = min(fastest.get(b.car_class, np.inf), b.level)
    result: dict[str, tuple[Observation, ...]] = {}
    for s in sessions:
        result[s.info.id] = tuple(session_observations(s, fastest))
    return result


def session_observations(s: SessionSummary, fastest: Mapping[str, float]) -> Iterator[Observation]:
    """What one session says: long-run (or race) levels by driver, and best laps outside the race."""
    race = s.info.kind == "race"
    own_best: dict[str, float] = {}
    for b in s.bests:
        own_best[b.car_class] = min(own_best.get(b.car_class, np.inf), b.level)
    wet = {c for c, level in own_best.items() if not race and level > fastest.get(c, np.inf) + WET_LEVEL}
    for p in s.pace:
        if p.car_class in wet or s.info.kind == "qualifying":
            continue
        cells = [c for c in p.cells if c.laps >= MIN_CELL]
        median = float(np.median([c.level for c in cells])) if cells else 0.0
        for c in cells:
            if c.level - median < _far_off(p.car_class):
                channel = "race" if race else "long"
                yield Observation(
                    s.info.id,
                    channel,
                    p.car_class,
                    c.car,
                    person(c.driver),
                    c.level,
                    c.var,
                    c.laps,
                    s.info.kind == "test",
                )
    if race:
        return
    qualifying = s.info.kind == "qualifying"
    for car_class in sorted(own_best):
        if car_class in wet:
            continue
        bests = [b for b in s.bests if b.car_class == car_class and b.laps >= (1 if qualifying else MIN_BEST)]
        if len(bests) < 2:
            continue
        median = float(np.median([b.level for b in bests]))
        for b in bests:
            if b.level - median < _far_off(car_class):
                yield Observation(
                    s.info.id,
                    "qualifying" if qualifying else "best",
                    car_class,
                    b.car,
                    person(b.driver),
                    b.level,
                    0.0,
                    b.laps,
                    s.info.kind == "test",
                )


def _far_off(car_class: str) -> float:
    return FAR_OFF_GT if family(car_class) == "gt" else FAR_OFF


@dataclass(frozen=True)
class RacePrediction:
    """A race of the past, what was believed before it, and what it showed."""

    race: SessionSummary
    before: EventPosterior
    state: PaceState  # lasting state the event began with (licences included)
    observed: tuple[Observation, ...]


def walk(
    events: tuple[EventSessions, ...],
    priors: PacePriors,
    licences: Mapping[str, str] | None = None,
    start: PaceState | None = None,
    score: bool = True,
) -> Iterator[tuple[EventSessions, PaceState, list[RacePrediction]]]:
    """Filter through events in time order; yields each with the state after it and its races' predictions."""
    state = start or PaceState()
    known = dict(licences or {})
    for event in events:
        known |= licences_of(event.sessions)
        state, races = step(state, event, priors, known, score=score)
        yield event, state, races


@on_one_thread
def step(
    state: PaceState,
    event: EventSessions,
    priors: PacePriors,
    licences: dict[str, str],
    *,
    score: bool = True,
) -> tuple[PaceState, list[RacePrediction]]:
    """One event: predict its races from what came before each, then absorb everything."""
    cars = event.cars
    state = enter(advance(state, event.start, priors), event.series, cars, licences, priors)
    by_session = event.observations
    races = []
    if score:
        for i, s in enumerate(event.sessions):
            if s.info.kind == "race" and by_session[s.info.id]:
                earlier = tuple(o for e in event.sessions[:i] for o in by_session[e.info.id])
                races.append(predict(state, event.series, cars, earlier, by_session[s.info.id], s, priors))
    everything = tuple(o for s in event.sessions for o in by_session[s.info.id])
    if not everything:
        return state, races
    model = event_model(state, event.series, cars, mean_keys(everything), priors)
    return absorb(state, condition(model, everything)), races


def predict(
    state: PaceState,
    series: str,
    cars: tuple[EventCar, ...],
    earlier: tuple[Observation, ...],
    observed: tuple[Observation, ...],
    race: SessionSummary,
    priors: PacePriors,
) -> RacePrediction:
    """Posterior before a race, beside what the race then showed."""
    model = event_model(state, series, cars, mean_keys(earlier), priors)
    before = condition(model, earlier)
    return RacePrediction(race, before, state, observed)
