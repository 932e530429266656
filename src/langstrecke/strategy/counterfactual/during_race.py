"""What if, in a race that was driven: the real stops up to a moment, then one decision otherwise.

Both ways start from the race as it stood then and are played on with the same luck; what really happened later is not
used, but for the decision itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.apply import apply_patch
from langstrecke.racecard.patch import Patch
from langstrecke.racecard.schema import RaceCard
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.planned_stops import held_past, with_stops
from langstrecke.simulation.watch import CLASS_PLACE, PLACE, Watched, simulate_watched
from langstrecke.strategy.counterfactual.before_race import GAP_POINTS, Gaps, gaps_of
from langstrecke.strategy.counterfactual.decision import Decision, actual_decision, decided, forbidden
from langstrecke.strategy.counterfactual.moment import Moment, moment, running_car
from langstrecke.strategy.counterfactual.paired import Difference, difference
from langstrecke.strategy.drive_time import kept_out
from langstrecke.strategy.goals import PODIUM, column, in_class
from langstrecke.timing.derive import class_gaps


@dataclass(frozen=True)
class Past:
    """The gap to the class leader as it was, until the moment."""

    hours: tuple[float, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class WhatIfThen:
    """A decision of a race against another: the change in odds, known as well as the simulation knows it."""

    race: str
    car: str
    t: float
    races: int
    seed: int
    actual: str
    changed: str
    happened: str
    """What the car really did, and when."""
    win: Difference
    podium: Difference
    overall_win: Difference
    place: Difference
    past: Past
    before: Gaps
    after: Gaps

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke what-if RACE --at ... --json`."""
        data: dict[str, Any] = {"race": self.race, "car": self.car, "at_s": round(self.t, 1), "races": self.races}
        data |= {"seed": self.seed, "actual": self.actual, "happened": self.happened, "changed": self.changed}
        return data | {k: getattr(self, k).to_json() for k in ("win", "podium", "overall_win", "place")}


def what_if_then(
    card: RaceCard,
    laps: pl.DataFrame,
    t: float,
    car: str,
    words: dict[str, str],
    *,
    patch: Patch | None = None,
    races: int = 4000,
    seed: int = 1,
    threads: int | None = None,
) -> WhatIfThen:
    """Change one decision of a race at race time t: `words` as in `strategy.decision.KEYS`, `patch` changes the card.

    LangstreckeError for a moment outside the race, a car that is out, a decision that could not have been taken or
    that changes nothing; NotFoundError for an unknown car or driver.
    """
    now = moment(card, laps, t)
    index = running_car(now, car)
    actual, happened = actual_decision(now, index, laps)
    changed = decided(now, index, words, actual)
    other = now
    if patch is not None and patch.edits:
        other = moment(apply_patch(card, patch), laps, t)
    if changed == actual and other is now:
        raise LangstreckeError("nothing is changed: that is what the car did", hint=f"it {happened}")
    rule = forbidden(now, index, changed)
    if not rule and changed.driver >= 0 and changed.lap > 0:
        rule = kept_out(other, index, changed.driver, changed.lap, changed.fuel)
    if rule and "driver" in words:
        raise LangstreckeError(f"that driver may not take over then: {rule}", hint="choose another, or another lap")
    if rule:  # nobody asked for him: who may drive gets in
        changed = replace(changed, driver=-1)
    pair = [_play(m, index, way, races, seed, threads) for m, way in ((now, actual), (other, changed))]
    one, two = pair
    return WhatIfThen(
        race=card.race.id,
        car=car,
        t=t,
        races=races,
        seed=seed,
        actual=actual.describe(now, index),
        changed="; ".join([changed.describe(now, index), *(patch.describe() if patch is not None else ())]),
        happened=happened,
        win=difference(in_class(one, 0, 1), in_class(two, 0, 1)),
        podium=difference(in_class(one, 0, PODIUM), in_class(two, 0, PODIUM)),
        overall_win=difference((column(one, 0, PLACE) == 1) * 1.0, (column(two, 0, PLACE) == 1) * 1.0),
        place=difference(column(one, 0, CLASS_PLACE), column(two, 0, CLASS_PLACE)),
        past=_past(now, index, laps),
        before=gaps_of(one),
        after=gaps_of(two),
    )


def _play(now: Moment, index: int, way: Decision, races: int, seed: int, threads: int | None) -> Watched:
    begin, length = now.goes_on_s, now.to_go_s()
    moments = [begin + length * n / GAP_POINTS for n in range(1, GAP_POINTS)]
    return simulate_watched(
        _planned(now, index, way),
        [index],
        races=races,
        seed=seed,
        moments=moments,
        snapshot=_late(now, index, way.lost_s),
        threads=threads,
    )


def _planned(now: Moment, index: int, way: Decision) -> Params:
    """The race with the car's next stop as decided. Who stays out under a yellow that is out now does not use it."""
    if way.lap <= 0:
        return now.params
    held = now.state.neutral != "" and way.lap > now.state.cars[index].laps + 1
    params = held_past(now.params, index, now.goes_on_s) if held else now.params
    return with_stops(params, index, [(way.lap, way.fuel, way.tyres, way.driver, 0)])


def _late(now: Moment, index: int, lost_s: float) -> Snapshot:
    """The moment as the car's crew sees it, the car so many seconds further back on the road."""
    seen = now.seen_by(index)
    if lost_s > 0:
        seen.car["since"][index] += lost_s
    return seen


def _past(now: Moment, index: int, laps: pl.DataFrame) -> Past:
    """Seconds behind the class's best on the same lap, lap by lap; pit lane crossings count like the others."""
    entry = now.card.entries[index]
    mates = now.card.cars_of(entry.car_class)
    known = laps.filter((pl.col("elapsed_s") <= now.t) & pl.col("car").is_in(list(mates)))
    own = class_gaps(known.with_columns(car_class=pl.lit(entry.car_class))).filter(pl.col("car") == entry.car)
    return Past(tuple(s / 3600.0 for s in own["elapsed_s"]), tuple(own["gap_s"]))
