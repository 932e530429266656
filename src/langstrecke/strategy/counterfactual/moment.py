"""A real race stopped at a moment: what was known then, ready to be played on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.live import compiled, fits_for, live_card
from langstrecke.forecast.live.restart import goes_on_s
from langstrecke.forecast.live.snapshot import to_snapshot
from langstrecke.formatting import race_time
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.model import LiveState
from langstrecke.racestate.state import live_state
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import OUT, Snapshot
from langstrecke.store import open_store
from langstrecke.strategy.lookup import car_index


def once_it_goes_on(answer: str) -> str:
    """The answer in a race that stands still (`Moment.standing`)."""
    return f"The race stands still; once it goes on, {answer[0].lower()}{answer[1:]}"


@dataclass(frozen=True)
class Moment:
    """A race at race time `t`. `card` has its tanks brought up to date by the stints seen so far."""

    card: RaceCard
    t: float
    state: LiveState
    params: Params
    snapshot: Snapshot

    def lap_s(self, car: int) -> float:
        """Expected green lap of a car."""
        own = self.params.car[car]
        return float(self.params.cls["lap"][int(own["car_class"])]) + float(own["pace"])

    def fuel_left(self, car: int) -> float:
        """Laps of fuel on board."""
        return max(0.5, float(self.params.car["stint_laps"][car]) - self.state.cars[car].fuel_laps)

    def seen_by(self, car: int) -> Snapshot:
        """The snapshot as this car's own crew sees it.

        A forecast lets cars that all but reach the end go through; what is to be decided for one's own car starts
        from the fuel that is in it. Nor does its driver's turn count what he stood in the pit lane, under a red flag
        most of an hour: it is no longer than all he has driven.
        """
        cars = self.snapshot.car.copy()
        cars["fuel_used"][car] = self.state.cars[car].fuel_laps
        own = cars[car]
        at_wheel = float(own["driven"][int(own["driver"])])
        if at_wheel > 0.0:
            cars["turn_since"][car] = max(float(own["turn_since"]), float(own["since"]) - at_wheel)
        return Snapshot(cars.view(np.recarray), self.snapshot.moment)

    @property
    def goes_on_s(self) -> float:
        """Race time from which the rest is played: `t`, or when a race that stands still is taken to go on."""
        return float(self.snapshot.moment[0].t)

    def to_go_s(self) -> float:
        """Seconds of racing until the flag is due."""
        return max(0.0, float(self.snapshot.moment[0].end) - self.goes_on_s)

    def standing(self) -> str:
        """In words that the race stands still, and what is made of it; empty where it runs."""
        if self.state.still_since_s is None:
            return ""
        told = f"no car has crossed the line since {race_time(self.state.still_since_s)}: a red flag, it seems"
        if self.to_go_s() <= 0.0:
            return f"{told}; it may last to the end"
        return f"{told}; played as if the race went on at {race_time(self.goes_on_s)}"


def race_laps(race: str, store: str | Path | None = None) -> pl.DataFrame:
    """The laps of a race in the store. LangstreckeError where there are none."""
    with open_store(store, read_only=True) as opened:
        laps = opened.laps(race)
    if laps.is_empty():
        raise LangstreckeError(f"the store holds no laps of {race}", hint="langstrecke import FOLDER reads them")
    return laps


def moment(card: RaceCard, laps: pl.DataFrame | RaceFold, t: float, tanks: LiveState | None = None) -> Moment:
    """The race as it was known at race time t: state, tanks and rules of the day as the in-race forecast has them.

    Whoever looks at many moments of one race folds its laps once. `tanks` is a later state of it for who may know by
    its stints what its crews knew all along: how far a tank goes. LangstreckeError for a moment before the start or
    after the flag.
    """
    fold = laps if isinstance(laps, RaceFold) else fold_of(laps)
    last = fold.newest_s
    if t <= 0:
        raise LangstreckeError("the race has not begun at that moment", hint="langstrecke plan is for before it")
    if t >= min(last, card.race.duration_s):
        end = race_time(min(last, card.race.duration_s))
        raise LangstreckeError(
            f"{race_time(t)} has expired: the race ended at {end}", hint="ask for an earlier moment"
        )
    state = live_state(fold, card, t)
    played = live_card(card, fold.laps(), state, None, tanks=tanks)
    params = compiled(played, state)
    goes_on = replace(state, t=goes_on_s(state))
    return Moment(played, t, state, params, to_snapshot(goes_on, played, params, fits_for(card)))


def running_car(now: Moment, car: str) -> int:
    """Place of a car in the card; LangstreckeError if it is out of the race."""
    index = car_index(now.card, car)
    if int(now.snapshot.car["status"][index]) == OUT:
        raise LangstreckeError(f"car {car} is out of the race at {race_time(now.t)}")
    return index
