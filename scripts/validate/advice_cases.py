"""One race of the scoreboard of advice: what was told at its moments, and what came, as plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.tanks import with_tanks
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.stops import LONG_RACE_S, drive_throughs, stints_of_class, stood_under_red
from langstrecke.simulation.kernel.snapshot import RUNS
from langstrecke.simulation.watch import CLASS_PLACE, simulate_watched
from langstrecke.strategy.audit import audit
from langstrecke.strategy.call import Call, call
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.goals import column
from langstrecke.strategy.options import Option, staying_out, stop_or_stay, with_option
from langstrecke.strategy.outlook import outlook
from langstrecke.timing.derive import neutralisations

LOOKS = (0.15, 0.5, 0.75)
NEAR_S = 60.0
"""Two cars of a class this near to each other on the same lap fight (default)."""
AGAIN_LAPS = 6
"""A visit so soon after the last one is no stop that was needed: the pit lane opens, the tank is topped up, something
is broken (default)."""
AFTER_S = (60.0, 120.0, 180.0)
"""Seconds after a yellow at which it is looked at: the first at which the laps tell of it."""
TRUTH_RACES = 1000
"""Races on fresh luck that say whether stopping is truly better than being held out on the track."""
CASES = 2
"""Cars of a class looked at under one yellow, from the front ..."""
SHARE = (0.2, 0.85)
"""... with so much of the tank burnt."""
PER_RACE = 3
"""Cars of a race whose whole call is asked for, spread over its yellows."""
TRULY = 0.05
"""Places by which stopping has to be better."""
YELLOWS_S = 900.0
"""A race with less under yellow than this is one without: its stops under green score nought on the average."""
AUDIT_RACES = 96

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Race:
    """A race that was driven, its card before it and its laps."""

    card: RaceCard
    fold: RaceFold
    laps: pl.DataFrame
    stops: dict[str, list[float]]
    """When each car came in for a stop; drive-throughs, and standing in the lane under a red flag, are none."""
    again: frozenset[tuple[str, float]]
    """Those of them that came within `AGAIN_LAPS` of the one before."""
    end_s: float

    def finished(self, car: str) -> bool:
        """The car was still running at the flag."""
        lap = self.card.classes[self.card.entry(car).car_class].lap_s
        return self.fold.cars[car].newest_s > self.end_s - 3.0 * lap


def record(card: RaceCard, laps: pl.DataFrame, races: int, seed: int = 1) -> dict[str, Any]:
    """All that the scoreboard wants to know of one race."""
    known = annotate(laps)
    none = drive_throughs(known) | stood_under_red(known)
    came: dict[str, list[float]] = {}
    last: dict[str, int] = {}
    again = set()
    for row in np.flatnonzero(known.in_lap & ~none):
        car, at, lap = known.cars[known.car[row]], float(known.end_s[row]), int(known.lap[row])
        if car in last and lap - last[car] <= AGAIN_LAPS:
            again.add((car, at))
        came.setdefault(car, []).append(at)
        last[car] = lap
    one = Race(card, fold_of(laps), laps, came, frozenset(again), float(laps["elapsed_s"].to_numpy().max()))
    found: dict[str, Any] = {"race": card.race.id, "laps": [], "stops": [], "tanks": [], "yellow": [], "splits": []}
    _looks(one, found, races, seed)
    _yellows(one, found, races, seed)
    found["audit"] = _audit(one, seed)
    return found


def _looks(one: Race, found: dict[str, Any], races: int, seed: int) -> None:
    """Laps to go and stops needed of the class leaders, and the tank of each class."""
    length = one.card.race.duration_s
    for share in LOOKS:
        try:
            now = moment(one.card, one.fold, share * length)
        except LangstreckeError:
            continue
        if share == 0.5 and length > LONG_RACE_S:
            found["tanks"] += _tanks(one, now)
        leaders = [i for i, c in enumerate(now.state.cars) if c.position == 1 and c.laps > 0]
        for i in leaders:
            car = now.card.entries[i].car
            if int(now.snapshot.car["status"][i]) != RUNS or not one.finished(car):
                continue
            played = simulate_watched(now.params, [i], races=races, seed=seed, snapshot=now.seen_by(i))
            ahead = outlook(now, i, played)
            laps = one.fold.cars[car].rows[-1].lap - now.state.cars[i].laps
            told = {"told": round(ahead.laps, 2), "low": ahead.low, "high": ahead.high, "came": laps}
            found["laps"].append({"look": share, "car": car, **told})
            if share == 0.5:
                visits = sum(s > now.t for s in one.stops.get(car, []))
                stops = visits - sum(c == car and s > now.t for c, s in one.again)
                odds = dict(ahead.stops).get(stops, 0.0)
                sure = ahead.stops[0][1] if ahead.stops else 0.0
                told_of = {"told": ahead.needed, "sure": round(sure, 3), "came": stops, "odds": round(odds, 3)}
                found["stops"].append({"car": car, **told_of, "visits": visits})


def _tanks(one: Race, now: Moment) -> Rows:
    known = annotate(one.laps)
    live = with_tanks(one.card, now.state.stints())
    rows = []
    for k, name in enumerate(known.classes):
        stints = stints_of_class(known, k)
        if stints is None or name not in one.card.classes:
            continue
        reach = float(np.quantile(stints.burnt, 0.95))
        card, half = one.card.classes[name].stint_laps, live.classes[name].stint_laps
        rows.append({"car_class": name, "card": card / reach - 1.0, "half": half / reach - 1.0})
    return rows


def yellows(one: Race) -> Iterator[tuple[Moment, float]]:
    """(as soon as the laps tell of it, when it ended) of every yellow."""
    found = neutralisations(one.laps).filter(pl.col("kind").is_in(["fcy", "safety_car"]))
    for start, end in found.select("start_s", "end_s").iter_rows():
        for wait in AFTER_S:
            if start + wait >= min(end, one.card.race.duration_s - 900.0):
                break
            now = moment(one.card, one.fold, start + wait)
            if now.state.neutral:
                yield now, end
                break


def _yellows(one: Race, found: dict[str, Any], races: int, seed: int) -> None:
    """Under the yellows: is stopping truly better, and does `call` as anybody asks it say so? Cars that split."""
    open_to: list[tuple[Moment, int]] = []
    for now, end in yellows(one):
        if int(now.params.race[0].refuelling) != 1:
            return
        found["splits"] += _splits(one, now, end, races, seed)
        for name in now.card.classes:
            for i in _fighting(now, name):
                burnt = now.state.cars[i].fuel_laps / float(now.params.car["stint_laps"][i])
                if now.state.cars[i].position <= CASES and SHARE[0] <= burnt <= SHARE[1]:
                    open_to.append((now, i))
    for k in np.unique(np.linspace(0, len(open_to) - 1, PER_RACE).astype(int)) if open_to else ():
        now, i = open_to[k]
        car = now.state.cars[i]
        told = call(now, car.car, seed=seed)
        truth = min(
            (stop_or_stay(now, i, o, races=TRUTH_RACES, seed=seed + 1).place for o in _stops(told, car.laps + 1)),
            key=lambda place: place.change,
        )
        found["yellow"].append({
            "t": now.t, "car": car.car, "left": round(now.fuel_left(i), 1), "change": round(truth.change, 3),
            "better": truth.high < 0.0 and truth.change < -TRULY, "worse": truth.low > 0.0 and truth.change > TRULY,
            "says_stop": told.stops_now, "told": told.headline,
        })  # fmt: skip


def _stops(told: Call, lap: int) -> list[Option]:
    """The plain stop on this lap, and the kind of it that the call tells or would tell."""
    open_to = [a.option for a in told.answers if a.option.lap == lap and not a.option.last]
    if told.best is not None and told.best.option.lap == lap:
        open_to.insert(0, told.best.option)
    plain = Option("stop now", lap)
    return [plain, *(o for o in open_to[:1] if o.title != plain.title)]


def _fighting(now: Moment, name: str) -> list[int]:
    """Cars of a class on the road, in order."""
    cars = now.state.cars
    mine = [i for i, c in enumerate(cars) if c.car_class == name and c.status == "running" and c.laps > 0]
    return sorted(mine, key=lambda i: cars[i].position)


def _splits(one: Race, now: Moment, end: float, races: int, seed: int) -> Rows:
    """Cars of a class near to each other of which one came in under this yellow and the other did not, the nearest
    first, each once.

    Advice is the mean of what stopping is worth to either. It agrees if the one that followed it gained more places
    on the cars of the class that finished; pairs with a car that did not finish, or level gains, tell nothing.
    `expected` is how often it would agree were races as they are played: no advice can be expected to do better.
    """
    cars = now.state.cars
    rows: Rows = []
    for name in now.card.classes:
        order = [i for i in _fighting(now, name) if one.finished(cars[i].car)]
        came = {i: any(now.t < s <= end for s in one.stops.get(cars[i].car, [])) for i in order}
        pairs = [(_apart(now, a, b), a, b) for a in order for b in order if came[a] and not came[b]]
        used: set[int] = set()
        for apart, stopper, stayer in sorted(pairs):
            if apart > NEAR_S or stopper in used or stayer in used:
                continue
            gained = _places(one, now, stopper, order) - _places(one, now, stayer, order)
            if gained == 0:
                continue
            worth = []
            for i in (stopper, stayer):
                option = Option("stop now", cars[i].laps + 1)
                worth.append(-stop_or_stay(now, i, option, races=races, seed=seed).place.change)
            if sum(worth) == 0.0:
                continue
            used |= {stopper, stayer}
            ahead = cars[stayer].position - cars[stopper].position
            more = _gains_more(now, stopper, stayer, ahead, races, seed)
            rows.append({
                "t": now.t, "stopper": cars[stopper].car, "stayer": cars[stayer].car, "gained": gained,
                "worth": [round(w, 3) for w in worth], "agrees": (gained > 0) == (sum(worth) > 0.0),
                "expected": round(more if sum(worth) > 0.0 else 1.0 - more, 3),
            })  # fmt: skip
    return rows


def _gains_more(now: Moment, stopper: int, stayer: int, ahead: int, races: int, seed: int) -> float:
    """How often the stopper gains more places than the stayer with both doing as they did; level gains left out.
    `ahead`: the stopper is so many places in front.
    """
    params = with_option(now.params, stopper, Option("stop now", now.state.cars[stopper].laps + 1))
    params = with_option(params, stayer, staying_out(now, stayer))
    played = simulate_watched(params, [stopper, stayer], races=races, seed=seed + 2, snapshot=now.snapshot)
    more = column(played, 1, CLASS_PLACE) - column(played, 0, CLASS_PLACE) - ahead
    told = more[more != 0.0]
    return float(np.mean(told > 0.0)) if len(told) else 0.5


def _apart(now: Moment, a: int, b: int) -> float:
    """Seconds between two cars on the same lap; infinite where they are not on it, or nobody knows."""
    one, other = now.state.cars[a], now.state.cars[b]
    if one.behind_s is None or other.behind_s is None or one.laps != other.laps:
        return math.inf
    return abs(other.behind_s - one.behind_s)


def _places(one: Race, now: Moment, index: int, order: list[int]) -> int:
    """Places gained from the moment to the flag among the cars of the class that finished."""

    def at_flag(i: int) -> tuple[int, float]:
        last = one.fold.cars[now.state.cars[i].car].rows[-1]
        return -last.lap, last.elapsed_s

    return order.index(index) - sorted(order, key=at_flag).index(index)


def _audit(one: Race, seed: int) -> dict[str, Any] | None:
    """The mean score of the stops under green of a race that had hardly a yellow."""
    found = neutralisations(one.laps).filter(pl.col("kind").is_in(["fcy", "safety_car"]))
    if float((found["end_s"] - found["start_s"]).sum()) >= YELLOWS_S:
        return None
    judged = audit(one.card, one.laps, seed=seed, first_look=AUDIT_RACES, second_look=AUDIT_RACES)
    gains = np.array([s.gain for s in judged.stops if s.answer is not None and s.flag == "green"])
    if not len(gains):
        return None
    error = float(gains.std() / np.sqrt(len(gains)))
    return {"stops": len(gains), "mean": round(float(gains.mean()), 3), "error": round(error, 3)}
