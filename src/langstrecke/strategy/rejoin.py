"""Where a car rejoins after a stop at the end of each lap to come: place in class, rivals either side, traffic.

Reckoned, not played: everybody runs to the usual lap of the card from the last crossing, and nobody else stops.
"""

from __future__ import annotations

from dataclasses import dataclass

from langstrecke.racecard.stop_cost import stop_cost
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy.counterfactual.moment import Moment

TRAFFIC_S = 12.0
"""Cars up to this far up the road at the rejoin count as traffic (default)."""


@dataclass(frozen=True)
class Rejoin:
    """A stop at the end of the lap `in_laps` from now, and what is met after it. Seconds; None: nobody there."""

    in_laps: int
    cost_s: float
    place: int
    ahead: tuple[str, float] | None
    """The rival of the class in front, and by how much."""
    behind: tuple[str, float] | None
    traffic: int
    """Cars of any class up to `TRAFFIC_S` up the road."""


def stop_cost_s(now: Moment, index: int, in_laps: int = 1) -> float:
    """Seconds that a full stop at the end of that lap costs under green, way through the lane included."""
    entry = now.card.entries[index]
    tank = float(now.params.car["stint_laps"][index])
    share = min(1.0, max(0.0, (tank - now.fuel_left(index) + in_laps) / tank))
    pit = load_rulebook(now.card.race.rulebook).pit
    return stop_cost(now.card.classes[entry.car_class], entry, pit, share, True, len(entry.drivers) > 1)[0]


def rejoin(now: Moment, index: int, in_laps: int) -> Rejoin:
    """What a stop at the end of that lap comes to, at green pace."""
    cars = now.snapshot.car
    own = now.card.entries[index]
    cost = stop_cost_s(now, index, in_laps)
    lap = int(cars["lap"][index]) + in_laps
    back = float(cars["since"][index]) + in_laps * now.lap_s(index) + cost
    gaps: list[tuple[float, str]] = []  # behind (+) or ahead (-) of this car as it ends the lap of the stop
    traffic = 0
    for i, entry in enumerate(now.card.entries):
        if i == index or int(cars["status"][i]) != 0:
            continue
        traffic += int((back - float(cars["since"][i])) % now.lap_s(i) < TRAFFIC_S)
        if entry.car_class == own.car_class:
            crosses = float(cars["since"][i]) + (lap - int(cars["lap"][i])) * now.lap_s(i)
            gaps.append((crosses - back, entry.car))
    ahead = max(((g, car) for g, car in gaps if g < 0.0), default=None)
    behind = min(((g, car) for g, car in gaps if g >= 0.0), default=None)
    return Rejoin(
        in_laps=in_laps,
        cost_s=cost,
        place=1 + sum(g < 0.0 for g, _ in gaps),
        ahead=None if ahead is None else (ahead[1], -ahead[0]),
        behind=None if behind is None else (behind[1], behind[0]),
        traffic=traffic,
    )
