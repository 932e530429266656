"""How fast a class is at a circuit where nobody of it was timed: speed by class plus character of the circuit.

The log of the mean speed over a race lap is, to 1.3 % over 69 races of twelve classes at 25 circuits, the sum of a
class's own speed and the character of the circuit (Le Mans 22 % over the mean circuit, Detroit 23 % under it). Both
are Gaussian unknowns with priors fitted by `scripts/fit/priors.py`; the races before the one in question are weighed
in by least squares, so that a class met once elsewhere, or another class met here, tells at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from langstrecke.paddock.sun import sites
from langstrecke.ratings.race_facts import Measured
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import GROUPS, group_of, is_known

GT3_KPH = 162.8
"""Mean race speed of GT3 cars at the mean circuit: what turns a circuit's published GT3 lap into its character
(LMGT3 and GTD in the fit of `scripts/fit/priors.py`)."""

PUBLISHED_SD = 0.03
"""What a published GT3 lap may be off, log (documented default: fuel, tyres and balance of performance differ)."""

CLASS_SD = 0.02
"""Change of a class's speed from one set of regulations or balance to the next, log (documented default)."""

STRANGER_SD = 0.06
"""Spread of the speed of a class that no race so far knows by name around its kind, log (documented default)."""


@dataclass(frozen=True)
class SpeedPriors:
    """`classes`: log km/h at the mean circuit; `groups` the same by kind; `circuits`: log speed over the mean."""

    classes: Mapping[str, float]
    groups: Mapping[str, float]
    circuits: Mapping[str, float]
    circuit_sd: float
    """Of the characters of circuits."""
    race_sd: float
    """What a race's weather, tyres and balance of performance add."""


@dataclass(frozen=True)
class ClassSpeed:
    """Log lap seconds of a class: its value, what is unsure of the class itself, and of the circuit for all alike."""

    value: float
    own_sd: float
    shared_sd: float

    @property
    def level(self) -> Measured:
        """Value and whole uncertainty."""
        return Measured(self.value, float(np.hypot(self.own_sd, self.shared_sd)))


def is_placed(car_class: str, circuit: str, length_km: float | None, met: Collection[str]) -> bool:
    """Whether anything is known: the circuit's length, and the class by name or from a race (`met`)."""
    return (length_km is not None or circuit in sites()) and (is_known(car_class) or car_class in met)


def class_speeds(
    classes: Iterable[str],
    circuit: str,
    earlier: Iterable[SessionSummary],
    priors: SpeedPriors,
    length_km: float | None = None,
) -> dict[str, ClassSpeed]:
    """Class -> speed at a circuit, for the classes of which something is known (`is_placed`).

    `earlier`: sessions before the race; wet races tell nothing. `length_km`: of the circuit where its sessions told.
    """
    seen = list(_observed(earlier))
    own_km = length_km or (sites()[circuit].length_km if circuit in sites() else None)
    names = [c for c in dict.fromkeys(classes) if is_placed(c, circuit, own_km, {o.car_class for o in seen})]
    if not names or own_km is None:
        return {}
    class_index = {c: i for i, c in enumerate(dict.fromkeys([*names, *(o.car_class for o in seen)]))}
    places = dict.fromkeys([circuit, *(o.circuit for o in seen)])
    place_index = {c: len(class_index) + i for i, c in enumerate(places)}
    n = len(class_index) + len(place_index)
    mean, precision = np.zeros(n), np.zeros(n)
    for name, i in class_index.items():
        mean[i], sd = _class_prior(name, priors)
        precision[i] = 1.0 / sd**2
    for name, i in place_index.items():
        mean[i], sd = _circuit_prior(name, priors)
        precision[i] = 1.0 / sd**2
    a = np.zeros((len(seen), n))
    for row, o in enumerate(seen):
        a[row, class_index[o.car_class]] = a[row, place_index[o.circuit]] = 1.0
    weight = 1.0 / priors.race_sd**2
    cov = np.linalg.inv(np.diag(precision) + weight * a.T @ a)
    found = mean + cov @ (weight * a.T @ (np.array([o.log_kph for o in seen]) - a @ mean))
    to_speed = np.zeros((len(names), n))
    for row, name in enumerate(names):
        to_speed[row, class_index[name]] = to_speed[row, place_index[circuit]] = 1.0
    speeds = to_speed @ found
    joint = to_speed @ cov @ to_speed.T
    others = joint[~np.eye(len(names), dtype=bool)]
    shared = max(float(others.min()), 0.0) if len(others) else 0.0
    return {
        name: ClassSpeed(
            value=float(np.log(3600.0 * own_km) - speeds[row]),
            own_sd=float(np.sqrt(joint[row, row] - shared + priors.race_sd**2)),
            shared_sd=float(np.sqrt(shared)),
        )
        for row, name in enumerate(names)
    }


@dataclass(frozen=True)
class _Observed:
    car_class: str
    circuit: str
    log_kph: float


WET = 0.1
"""Share of a race's laps in the wet from which its pace says nothing of the dry (documented default)."""


def _observed(earlier: Iterable[SessionSummary]) -> Iterable[_Observed]:
    for s in earlier:
        circuit = s.info.circuit
        km = s.laps.length_km or (sites()[circuit].length_km if circuit in sites() else None)
        if s.info.kind != "race" or s.laps.wet_share > WET or km is None:
            continue
        for p in s.pace:
            if p.cells:
                level = float(np.mean([c.level for c in p.cells]))
                yield _Observed(p.car_class, circuit, float(np.log(3600.0 * km)) - level)


def _class_prior(name: str, priors: SpeedPriors) -> tuple[float, float]:
    if name in priors.classes:
        return priors.classes[name], CLASS_SD
    return priors.groups[group_of(name)], STRANGER_SD


def _circuit_prior(name: str, priors: SpeedPriors) -> tuple[float, float]:
    if name in priors.circuits:
        return priors.circuits[name], priors.race_sd
    site = sites().get(name)
    if site is not None and site.gt3_lap_s is not None:
        return float(np.log(3600.0 * site.length_km / site.gt3_lap_s / GT3_KPH)), PUBLISHED_SD
    return 0.0, priors.circuit_sd


RIDGE = 0.05
"""Weight of the prior 'as the mean circuit' in the fit of priors, in races (keeps the scale where data are thin)."""


def fit_speeds(summaries: Iterable[SessionSummary]) -> dict[str, object]:
    """The table of `SpeedPriors` from whole seasons: additive least squares on the log of mean race speeds."""
    seen = list(_observed(summaries))
    classes = list(dict.fromkeys(sorted(o.car_class for o in seen)))
    circuits = list(dict.fromkeys(sorted(o.circuit for o in seen)))
    a = np.zeros((len(seen), len(classes) + len(circuits)))
    for row, o in enumerate(seen):
        a[row, classes.index(o.car_class)] = a[row, len(classes) + circuits.index(o.circuit)] = 1.0
    ridge = np.r_[np.full(len(classes), 1e-6), np.full(len(circuits), RIDGE)]
    y = np.array([o.log_kph for o in seen])
    found = np.linalg.solve(a.T @ a + np.diag(ridge), a.T @ y)
    spread = y - a @ found
    free = max(len(seen) - a.shape[1], 1)
    by_class = dict(zip(classes, map(float, found[: len(classes)]), strict=True))
    groups: dict[str, list[float]] = {}
    for name, value in by_class.items():
        groups.setdefault(group_of(name), []).append(value)
    every = float(np.mean(list(by_class.values())))
    characters = found[len(classes) :]
    return {
        "classes": by_class,
        "groups": {g: float(np.mean(groups[g])) if g in groups else every for g in GROUPS},
        "circuits": dict(zip(circuits, map(float, characters), strict=True)),
        "circuit_sd": float(characters.std()),
        "race_sd": float(np.sqrt(np.square(spread).sum() / free)),
    }
