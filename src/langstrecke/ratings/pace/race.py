"""The pace belief for one race: history up to it, the event's own sessions, the classes' lap times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from langstrecke.ratings.archive import Archive, RaceMeta
from langstrecke.ratings.blas import on_one_thread
from langstrecke.ratings.pace.class_level import class_levels
from langstrecke.ratings.pace.history import (
    EVENT_DAYS,
    EventSessions,
    event_cars,
    group_events,
    licences_of,
    observations,
    step,
)
from langstrecke.ratings.pace.model import (
    PaceState,
    advance,
    condition,
    enter,
    event_model,
    mean_keys,
)
from langstrecke.ratings.pace.posterior import PacePosterior, Row, from_event
from langstrecke.ratings.pace.priors import PacePriors
from langstrecke.ratings.pace.speed import SpeedPriors
from langstrecke.ratings.pace.types import EventCar
from langstrecke.ratings.sessions import CarFact, SessionSummary
from langstrecke.timing.people import person

KEPT_STATES = 8
"""Lasting states a history remembers (some 10 MB each): enough for races walked forward in time."""


_Key = tuple[frozenset[tuple[str, str]], tuple[int, ...]]
"""Licences from outside the results, and the summaries walked through."""


@dataclass
class PaceHistory:
    """The lasting state after every event, computed once per event: races walked forward in time share the walk.

    States are remembered for the very summaries and licences they were made of, so that a history may be used with
    any archive and nothing depends on what was asked before.
    """

    priors: PacePriors
    _kept: dict[_Key, _Kept] = field(default_factory=dict)

    def after(
        self, events: tuple[EventSessions, ...], licences: Mapping[str, str]
    ) -> tuple[PaceState, dict[str, str]]:
        """State and known licences after these events, in order; `licences` (driver -> licence) are known first."""
        from_outside = frozenset(licences.items())
        keys: list[_Key] = [(from_outside, ())]
        for event in events:
            keys.append((from_outside, keys[-1][1] + tuple(id(s) for s in event.sessions)))
        done = max((i for i in range(len(keys)) if keys[i] in self._kept), default=0)
        state, known = PaceState(), dict(licences)
        if done:
            kept = self._kept.pop(keys[done])
            self._kept[keys[done]] = kept  # most recently used last
            state, known = kept.state, kept.licences
        for i, event in enumerate(events[done:], start=done + 1):
            known = known | licences_of(event.sessions)
            state, _ = step(state, event, self.priors, known, score=False)
            self._kept[keys[i]] = _Kept(state, known, events[:i])
            while len(self._kept) > KEPT_STATES:
                self._kept.pop(next(iter(self._kept)))
        return state, known


@dataclass(frozen=True)
class _Kept:
    state: PaceState
    licences: dict[str, str]
    events: tuple[EventSessions, ...]  # held, so that their identities stay theirs


@dataclass(frozen=True)
class RaceBelief:
    """What is believed about a race's pace. `seen`: drivers rated from laps; `sessions`: what the event showed."""

    posterior: PacePosterior
    seen: frozenset[str]
    sessions: tuple[SessionSummary, ...]
    licences: dict[str, str]
    inferred: tuple[str, ...] = ()
    """Classes that were timed nowhere near this race: their lap times follow from speed and circuit."""
    shared_sd: float = 0.0
    """What is unsure of the inferred classes' lap times for all of them alike, as a share of the lap."""


@on_one_thread
def race_posterior(
    history: PaceHistory,
    archive: Archive,
    race: RaceMeta,
    entries: tuple[CarFact, ...],
    knowledge: str = "before",
    *,
    speeds: SpeedPriors,
    laps: Mapping[str, float] | None = None,
) -> RaceBelief:
    """The belief about a race, from everything before it (`before`) or the race's own laps too (`full`).

    `laps` (class -> lap seconds) stands for what the data do not tell of a class. NotFoundError where neither does.
    """
    earlier = archive.before(race.race_id)
    own_id = f"{race.race_id}/race"
    own = tuple(s for s in archive.summaries if s.info.id == own_id) if knowledge == "full" else ()
    here = current_event(earlier, archive, race)
    here_ids = {s.info.id for s in here}
    events = group_events(tuple(s for s in earlier if s.info.id not in here_ids))
    state, known = history.after(events, archive.licences)
    sessions = (*here, *own)
    known = known | licences_of(sessions) | licences_of_entries(entries)
    start = sessions[0].info.start if sessions else archive.race_start(race.race_id)
    cars = entry_cars(sessions, entries)
    state = enter(advance(state, start, history.priors), race.series, cars, known, history.priors)
    found = observations(sessions)
    data = tuple(o for s in sessions for o in found[s.info.id])
    model = event_model(state, race.series, cars, mean_keys(data), history.priors, own_id)
    posterior = condition(model, data)
    rows = tuple(
        Row(e.car, e.car_class, d)
        for e in sorted(entries, key=lambda x: x.car)
        for d in dict.fromkeys(person(n) for n in e.drivers)
    )
    classes = sorted({e.car_class for e in entries})
    levels = class_levels(classes, posterior, history.priors, earlier, race, own_id, speeds, sessions, laps or {})
    seen = frozenset(person(c.driver) for s in (*earlier, *own) for p in s.pace for c in p.cells) | frozenset(
        person(b.driver) for s in (*earlier, *own) for b in s.bests
    )
    measured = {c: found.level for c, found in levels.items()}
    shared = max((found.speed.shared_sd for found in levels.values() if found.speed is not None), default=0.0)
    inferred = tuple(c for c in classes if levels[c].speed is not None)
    return RaceBelief(from_event(posterior, rows, own_id, measured), seen, sessions, known, inferred, shared)


def current_event(
    earlier: tuple[SessionSummary, ...], archive: Archive, race: RaceMeta
) -> tuple[SessionSummary, ...]:
    """Sessions of the race's own event that are over: same series and circuit, close in time."""
    mine = tuple(s for s in earlier if s.info.series == race.series and s.info.circuit == race.circuit)
    if not mine:
        return ()
    last = group_events(mine)[-1].sessions
    gap = (archive.race_start(race.race_id) - last[-1].info.start).total_seconds()
    return last if gap <= EVENT_DAYS * 86400 else ()


def licences_of_entries(entries: tuple[CarFact, ...]) -> dict[str, str]:
    """Driver -> licence as entered."""
    return {person(d): lic for e in entries for d, lic in zip(e.drivers, e.licences, strict=False) if lic}


def entry_cars(sessions: tuple[SessionSummary, ...], entries: tuple[CarFact, ...]) -> tuple[EventCar, ...]:
    """Cars of the event's sessions and of the entry list (whose class and make count)."""
    extra = tuple(
        EventCar(e.car, e.car_class, e.make, tuple(dict.fromkeys(person(d) for d in e.drivers)))
        for e in sorted(entries, key=lambda x: x.car)
    )
    return event_cars(sessions, extra)
