"""All figures of one race with their uncertainty: what the race card is filled from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from langstrecke.paddock.sun import sites
from langstrecke.ratings.archive import Archive, RaceMeta
from langstrecke.ratings.hindsight import neutralisation_as_it_was, weather_as_it_was
from langstrecke.ratings.pace.posterior import CarPace, PacePosterior, car_paces, level_of
from langstrecke.ratings.pace.priors import load_pace_priors
from langstrecke.ratings.pace.race import PaceHistory, RaceBelief, race_posterior
from langstrecke.ratings.pooling import Evidence, Rate, pool, pool_rate
from langstrecke.ratings.race_facts import ClassFacts, Measured
from langstrecke.ratings.race_priors import RacePriors, load_race_priors, set_name
from langstrecke.ratings.rate_circuit import Past, neutralisation, overtaking, weather
from langstrecke.ratings.rate_tank import tank_s
from langstrecke.ratings.regions import region
from langstrecke.ratings.sessions import CarFact
from langstrecke.ratings.stops import LONG_RACE_S
from langstrecke.timing.car_classes import group_of
from langstrecke.timing.people import person

MASS_SENSITIVITY = 0.25
"""Share by which a lap lengthens when the car's mass doubles, near the car's mass (documented default: 0.2 to 0.3 in
lap-time simulations of sports prototypes and GT cars)."""

TANK_OVER_MASS = {"top": 0.052, "lmp1": 0.052, "lmp2": 0.055, "lmp3": 0.065, "gt-pro": 0.052, "gt-am": 0.055}
"""Mass of a full tank over that of the car with driver (documented default: 75 l in prototypes, about 100 l in GT
cars and LMP3, 0.74 kg/l; 1,030 kg and 1,350 kg)."""

TYRES_S = {"top": 14.0, "lmp1": 14.0, "lmp2": 16.0, "lmp3": 20.0, "gt-pro": 16.0, "gt-am": 20.0}
"""Four tyres with two guns (documented default; the files do not tell tyre changes from refuelling)."""

DRIVER_CHANGE_S = {"top": 16.0, "lmp1": 16.0, "lmp2": 18.0, "lmp3": 22.0, "gt-pro": 18.0, "gt-am": 24.0}
"""Driver change on its own (documented default)."""

TYRES_EVERY = {"le-mans": {"top": 3, "lmp1": 3, "lmp2": 3, "gt-pro": 2, "gt-am": 2}}
"""Stints on a set of tyres where it is not one (documented default: the quadruple and double stints of Le Mans)."""

NIGHT = 0.0012
"""Share by which a lap in the dark is longer where the circuit is not lit (`scripts/fit/track.py`)."""

CREW_SD_S = 1.5
"""Spread of crews around their class, seconds a stop (documented default)."""

RELIABILITY_EVENTS = 8.0
"""How many expected mishaps of its class a car's own record is weighed against (documented default)."""


@dataclass(frozen=True)
class ClassRating:
    """A class's figures under the names of the card's `ClassFigures`, and notes on where they come from."""

    figures: dict[str, float]


@dataclass(frozen=True)
class DriverRating:
    """A driver against the car's average driver, seconds a lap."""

    name: str
    licence: str | None
    pace_s: float
    pace_s_sd: float
    evidence: str  # laps or prior


@dataclass(frozen=True)
class CarRating:
    """A car against its class."""

    car: str
    pace_s: float
    pace_s_sd: float
    stop_s: float
    stop_s_sd: float
    reliability: float
    drivers: tuple[DriverRating, ...]


@dataclass(frozen=True)
class RaceRating:
    """Everything the card needs beside entry facts. Field names follow the card's."""

    classes: dict[str, ClassRating]
    cars: dict[str, CarRating]
    overtaking_s: float
    neutralisation: dict[str, float]
    weather: dict[str, float]
    priors_seasons: tuple[str, ...]
    belief: RaceBelief = field(repr=False)
    tanks_assumed: tuple[str, ...] = ()
    """Classes of which no stint is held: their tank is that of like classes elsewhere."""
    lane_assumed: bool = False
    """Whether nobody timed this pit lane: a middling one is taken."""

    def lap_share_sd(self, car_class: str) -> float:
        """Standard deviation of a class's lap time as a share of the lap, what all classes share included."""
        return self.belief.posterior.levels[car_class].se


@cache
def shared_history(name: str) -> PaceHistory:
    """One walk through time per set of priors and process."""
    return PaceHistory(load_pace_priors(name))


def rate_race(
    archive: Archive,
    race_id: str,
    entries: tuple[CarFact, ...],
    *,
    knowledge: str = "before",
    history: PaceHistory | None = None,
    priors: RacePriors | None = None,
    laps: Mapping[str, float] | None = None,
) -> RaceRating:
    """Rate one race.

    `before`: the weekend's earlier sessions and every earlier race, nothing later; `full`: the race itself too.
    Variance components come from the set that left this race's season out. `history` and `priors` replace them.
    `laps` (class -> lap seconds) stands for what the data do not tell; NotFoundError where nothing does.
    """
    race = archive.races[race_id]
    name = set_name(f"{race.series}-{race.season}")
    priors = priors or load_race_priors(name)
    history = history or shared_history(name)
    belief = race_posterior(history, archive, race, entries, knowledge, speeds=priors.speeds, laps=laps)
    past = [(s.info, s.laps.facts) for s in archive.before(race_id) if s.laps.facts is not None]
    own: Past = []
    if knowledge == "full":
        run = [(s.info, s.laps.facts) for s in archive.summaries if s.info.id == f"{race_id}/race"]
        own = [(i, f) for i, f in run if f is not None]
        past += own
    classes, cars = {}, {}
    for car_class in sorted({e.car_class for e in entries}):
        shared_sd = belief.shared_sd if car_class in belief.inferred else 0.0
        rating, paces = _class_rating(car_class, belief.posterior, past, race, priors, history, knowledge, shared_sd)
        classes[car_class] = rating
        mine = [e for e in entries if e.car_class == car_class]
        lap = rating.figures["lap_s"]
        stops = _crew_stops(past, race, car_class)
        reliable = _reliability(past, race, car_class, mine)
        for e in mine:
            pace = paces[e.car]
            known = {person(d): lic for d, lic in zip(e.drivers, e.licences, strict=False)}
            names = list({person(d): d for d in reversed(e.drivers)}.items())[::-1]
            drivers = tuple(
                DriverRating(
                    full,
                    known.get(key) or belief.licences.get(key),
                    lap * own,
                    lap * sd,
                    "laps" if key in belief.seen else "prior",
                )
                for (key, full), (own, sd) in zip(names, pace.drivers, strict=True)
            )
            stop = stops.get(e.car, Measured(0.0, CREW_SD_S))
            cars[e.car] = CarRating(
                e.car, lap * pace.pace, lap * pace.sd, stop.value, stop.se, reliable.get(e.car, 1.0), drivers
            )
    stints_held = {c.car_class for _, f in past for c in f.classes if "log_window_s" in c.measured}
    yellows = neutralisation(past, race, priors)
    rain = weather(past, race, priors)
    if own:
        yellows = neutralisation_as_it_was(yellows, own[0][1], race.series)
        rain = weather_as_it_was(rain, own[0][1])
    return RaceRating(
        classes=classes,
        cars=cars,
        overtaking_s=overtaking(past, race, priors),
        neutralisation=yellows,
        weather=rain,
        priors_seasons=priors.seasons,
        belief=belief,
        tanks_assumed=tuple(
            c for c in classes if c not in stints_held and f"{region(race.series)}.{c}" not in priors.tanks
        ),
        lane_assumed=race.circuit not in priors.lanes and _lane(past, race) is None,
    )


def _evidence(past: Past, race: RaceMeta, group: str, name: str) -> list[Evidence]:
    """Earlier estimates of a class figure in one group of classes and one region."""
    return [
        Evidence(info.race_id, f"{info.series} {c.car_class}", info.circuit, c.measured[name], info.season)
        for info, facts in past
        if region(info.series) == region(race.series)
        for c in facts.classes
        if group_of(c.car_class) == group and name in c.measured
    ]


def _class_rating(
    car_class: str,
    posterior: PacePosterior,
    past: Past,
    race: RaceMeta,
    priors: RacePriors,
    history: PaceHistory,
    knowledge: str,
    shared_sd: float,
) -> tuple[ClassRating, dict[str, CarPace]]:
    group = group_of(car_class)
    kind = priors.kind(race.series, group)
    target = Evidence(race.race_id, f"{race.series} {car_class}", race.circuit, Measured(0.0, 0.0), race.season)

    def figure(name: str) -> Measured:
        return pool(priors.figures[kind][name], _evidence(past, race, group, name), target)

    average, paces = car_paces(posterior, car_class)
    level = level_of(posterior.levels, car_class, average)
    tau = float(np.exp(figure("log_tau").value))
    lap = level.value * (1 + tau)
    long_races = {info.race_id for info, f in past if f.length_s > LONG_RACE_S}
    window = tank_s(_evidence(past, race, group, "log_window_s"), long_races, target, priors)
    stint_laps = float(np.exp(window.value)) / lap
    fuel = MASS_SENSITIVITY * TANK_OVER_MASS[group] / stint_laps
    lane_s = _lane(past, race)
    if lane_s is None:
        lane_s = priors.lanes.get(race.circuit, float(np.median(list(priors.lanes.values()))))
    cold = max(figure("cold").value, 0.0) * lap
    scale = history.priors.scale[group]
    rates = _class_rates(past, race, group, priors, kind)
    figures = {
        "lap_s": lap,
        "lap_s_sd": float(np.sqrt(max(level.se**2 - (level.value * shared_sd) ** 2, 0.0))) if shared_sd else level.se,
        "noise_s": lap * float(np.exp(figure("log_sigma").value)),
        "noise_tail_s": lap * tau,
        "day_form_s": 0.0 if knowledge == "full" else lap * history.priors.day * scale,
        "stint_form_s": lap * float(np.exp(figure("log_stint_sd").value)),
        "fuel_lap_s": lap * fuel,
        "tyre_lap_s": lap * (fuel + figure("slope").value),
        "cold_lap_s": cold,
        "night_s": 0.0 if race.circuit in sites() and sites()[race.circuit].floodlit else lap * NIGHT,
        "first_lap_s": max(figure("first_lap").value, 0.0) * lap,
        "stint_laps": stint_laps,
        "stint_laps_sd": stint_laps * min(window.se, 0.08),
        "lane_s": max(lane_s + figure("lane_extra").value - cold, 5.0),
        "refuel_s": max(figure("refuel").value, 8.0),
        "tyres_s": TYRES_S[group],
        "driver_change_s": DRIVER_CHANGE_S[group],
        "stop_scatter_s": max(figure("scatter").value, 0.5),
        "stop_trouble": float(np.clip(figure("trouble").value, 0.003, 0.3)),
        "stop_trouble_s": max(figure("trouble_s").value, 10.0),
        "tyres_every": TYRES_EVERY.get(race.series, {}).get(group, 1),
        "lapping_s": max(figure("passes").value, 0.0) * lap,
        "lapped_s": max(figure("passed").value, 0.0) * lap,
        **rates,
    }
    return ClassRating(figures), paces


def _lane(past: Past, race: RaceMeta) -> float | None:
    """The quickest run through this circuit's pit lane that is held."""
    return min((f.lane_s for info, f in past if info.circuit == race.circuit and f.lane_s is not None), default=None)


def _class_rates(past: Past, race: RaceMeta, group: str, priors: RacePriors, kind: str) -> dict[str, float]:
    rates = priors.rates[kind]
    mine = [
        c
        for info, f in past
        if region(info.series) == region(race.series)
        for c in f.classes
        if group_of(c.car_class) == group
    ]
    hours = sum(c.car_hours for c in mine)

    def rate(name: str, count: float) -> Rate:
        return pool_rate(rates[name], (count, hours))

    retire = rate("retire", sum(c.retired for c in mine))
    repair = rate("repair", sum(len(c.repairs) for c in mine))
    incident = rate("incident", sum(c.incidents for c in mine))
    return {
        "retire_per_h": retire.per_h,
        "retire_log_sd": float(np.hypot(retire.log_sd, 0.3)),
        "repair_per_h": repair.per_h,
        "repair_log_sd": float(np.hypot(repair.log_sd, 0.3)),
        "repair_s": rates["repair_s"].per_h,
        "repair_length_log_sd": rates["repair_s"].events,
        "incident_per_h": incident.per_h,
        "incident_s": rates["incident_s"].per_h,
        "caution_stop_share": rates["caution_share"].per_h,
    }


def _crew_stops(past: Past, race: RaceMeta, car_class: str) -> dict[str, Measured]:
    """Crews' standing time against their class, shrunk towards nought."""
    found: dict[str, list[Measured]] = {}
    for info, facts in past:
        if info.series == race.series:
            for c in facts.classes:
                if group_of(c.car_class) == group_of(car_class):
                    for car, measured in c.car_stops.items():
                        found.setdefault(car, []).append(measured)
    result = {}
    for car, values in found.items():
        # a crew's form differs from race to race by about as much as crews differ
        weights = [1 / (m.se**2 + CREW_SD_S**2) for m in values[-8:]]
        total = sum(weights) + 1 / CREW_SD_S**2
        mean = sum(w * m.value for w, m in zip(weights, values[-8:], strict=True)) / total
        result[car] = Measured(float(mean), float(1 / np.sqrt(total)))
    return result


def _reliability(past: Past, race: RaceMeta, car_class: str, entries: list[CarFact]) -> dict[str, float]:
    """Each car's mishaps against those its class would have had in the same races, shrunk towards one."""
    expected: dict[str, float] = {}
    actual: dict[str, float] = {}
    for info, facts in past:
        if info.series != race.series or race.season - info.season > 1:
            continue
        for c in facts.classes:
            if group_of(c.car_class) == group_of(car_class):
                _count(c, expected, actual)
    return {
        e.car: (RELIABILITY_EVENTS + actual.get(e.car, 0.0)) / (RELIABILITY_EVENTS + expected.get(e.car, 0.0))
        for e in entries
    }


def _count(c: ClassFacts, expected: dict[str, float], actual: dict[str, float]) -> None:
    total = c.retired + min(len(c.repairs), 3 * c.cars)
    for car in c.car_names:
        expected[car] = expected.get(car, 0.0) + total / max(c.cars, 1)
    for car in c.car_retired + tuple(dict.fromkeys(c.car_repairs)):
        actual[car] = actual.get(car, 0.0) + 1
