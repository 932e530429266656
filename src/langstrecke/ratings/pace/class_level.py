"""The lap time of every class in a race: timed this weekend, timed here before, given, or inferred; else refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.ratings.archive import RaceMeta
from langstrecke.ratings.pace.priors import PacePriors
from langstrecke.ratings.pace.speed import ClassSpeed, SpeedPriors, class_speeds
from langstrecke.ratings.pace.types import EventPosterior
from langstrecke.ratings.race_facts import Measured
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import group_of

OFFSETS = {"long": (0.002, 0.006), "best": (0.022, 0.007), "qualifying": (0.028, 0.008)}
"""Class level in the race minus the level measured in practice long runs, best laps and qualifying: mean and
sd in log lap time, used for groups `PacePriors.race_offset` does not list."""

SHARED_ERROR = 0.9
"""Share of the best source's variance that other sources of the same weekend cannot take away."""

SAME_CIRCUIT_SD = 0.010
"""Change of a class's race level at a circuit from one season to the next (log)."""

GIVEN_SD = 0.02
"""What a lap time that somebody gives may be off, log (documented default)."""


@dataclass(frozen=True)
class ClassLevel:
    """Log lap seconds of a class; `speed` where it is inferred from speed by class and circuit."""

    level: Measured
    speed: ClassSpeed | None = None


def class_levels(
    classes: Sequence[str],
    posterior: EventPosterior,
    priors: PacePriors,
    earlier: tuple[SessionSummary, ...],
    race: RaceMeta,
    own_id: str,
    speeds: SpeedPriors,
    sessions: tuple[SessionSummary, ...],
    given: Mapping[str, float],
) -> dict[str, ClassLevel]:
    """Every class's level in the race. NotFoundError for a class of which nothing is known, with what would help."""
    found: dict[str, ClassLevel] = {}
    for name in classes:
        timed = class_level(name, posterior, priors, earlier, race, own_id)
        if name in given:
            found[name] = ClassLevel(Measured(float(np.log(given[name])), GIVEN_SD))
        elif timed is not None:
            found[name] = ClassLevel(timed)
    rest = [c for c in classes if c not in found]
    if rest:
        lengths = [s.laps.length_km for s in sessions if s.laps.length_km]
        inferred = class_speeds(rest, race.circuit, earlier, speeds, lengths[-1] if lengths else None)
        found |= {c: ClassLevel(speed.level, speed) for c, speed in inferred.items()}
    unknown = [c for c in classes if c not in found]
    if unknown:
        raise NotFoundError(
            f"nothing tells how fast {', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} at {race.circuit}:"
            f" not timed before {race.race_id}, there or elsewhere",
            hint="import practice, qualifying or an earlier race, or say it: langstrecke card build "
            f"{race.race_id} {' '.join(f'--lap {c!r}=100.5' for c in unknown)}",
        )
    return found


def class_level(
    car_class: str,
    posterior: EventPosterior,
    priors: PacePriors,
    earlier: tuple[SessionSummary, ...],
    race: RaceMeta,
    own_id: str,
) -> Measured | None:
    """Log lap time at which a class's zero point will lie in the race, by precision weighting; None: not timed here.

    From the race itself where it is known, else practice long runs, best laps, qualifying and earlier races here.
    """
    model = posterior.model
    group = group_of(car_class)
    own = model.index.get(("mean", own_id, car_class, "race"))
    if own is not None:
        value = posterior.centre[model.keys[own]] + float(posterior.mean[own])
        unit = np.zeros((1, len(model.keys)))
        unit[0, own] = 1.0
        return Measured(value, float(np.sqrt(posterior.spread(unit)[0, 0])))
    offsets: Mapping[str, tuple[float, ...]] = priors.race_offset.get(group, OFFSETS)
    found: list[tuple[float, float]] = []
    for channel in ("long", "best", "qualifying"):
        level = channel_level(posterior, car_class, channel)
        if level is not None:
            offset, sd = offsets.get(channel, OFFSETS[channel])
            found.append((level + offset, sd))
    for s in earlier:
        if s.info.kind == "race" and s.info.circuit == race.circuit and s.info.series == race.series:
            for p in s.pace:
                if p.car_class == car_class and s.laps.wet_share < 0.3:
                    years = race.season - s.info.season
                    level = float(np.mean([c.level for c in p.cells]))
                    found.append((level, SAME_CIRCUIT_SD * np.sqrt(1.0 + max(years - 1, 0))))
    if not found:
        return None
    weights = np.array([1 / sd**2 for _, sd in found])
    value = float(np.sum(weights * [v for v, _ in found]) / weights.sum())
    # the sources share the weekend's weather and track: together they are hardly better than the best of them
    return Measured(value, float(np.sqrt(max(1 / weights.sum(), SHARED_ERROR * np.min(1 / weights)))))


def channel_level(posterior: EventPosterior, car_class: str, channel: str) -> float | None:
    """A class's level in a channel of the event so far (log seconds); None where there was no such session.

    Sessions of a weekend differ by track and weather: the quickest third speaks for the race.
    """
    keys = [k for k in posterior.centre if k[2] == car_class and k[3] == channel]
    if not keys:
        return None
    values = [posterior.centre[k] + float(posterior.mean[posterior.model.index[k]]) for k in keys]
    return float(np.quantile(values, 0.35))
