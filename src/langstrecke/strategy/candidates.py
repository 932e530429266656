"""Ways to run a race, as policies rather than lap numbers, so that they hold under any yellow."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace

import numpy as np

from langstrecke.formatting import plural
from langstrecke.racecard.schema import RaceCard
from langstrecke.simulation.kernel.params import Params
from langstrecke.strategy.lookup import car_index

SAVE_COST = 1.2
"""Share of the lap lost per share of fuel saved by lifting early: 1 % of fuel costs 1.2 ‰ of the lap when scaled by a
tenth (default; lift-and-coast gains most on the first per cents, which this line leaves out)."""
SAVE_SCALE = 0.1

YELLOW = (0.1, 0.25, 0.4, 0.6, 0.8, 1.1)
"""Share of the tank burnt from which a yellow is used; 1.1: only for the finish."""
EARLY = (0.0, 2.0, 4.0)
SAVING = (0.0, 0.03, 0.06)
TURNS = (1, 2, 3)


@dataclass(frozen=True)
class Candidate:
    """A plan of policies. `None` leaves a choice as the card has it."""

    yellow: float | None = None  # share of the tank burnt from which a neutralisation is used to stop
    early_laps: float | None = None  # stints shorter by this many laps
    tyres_every: int | None = None  # stints on a set
    fuel_save: float | None = None  # share of fuel saved
    starter: int | None = None  # index of the driver who starts
    turn: int | None = None  # stints a driver stays in
    title: str = ""

    def describe(self, card: RaceCard, car: str) -> str:
        """The plan in words."""
        entry = card.entry(car)
        figures = card.classes[entry.car_class]
        parts = [self.title] if self.title else []
        if self.yellow is not None:
            if self.yellow > 1:
                parts.append("no stops under yellow but for the finish")
            else:
                parts.append(f"stop under yellow from {100 * self.yellow:.0f} % of a tank")
        if self.early_laps:
            parts.append(f"stints {self.early_laps:g} laps shorter")
        if self.tyres_every is not None and self.tyres_every != figures.tyres_every:
            n = self.tyres_every
            parts.append("new tyres every stop" if n == 1 else f"{n} stints on a set of tyres")
        if self.fuel_save:
            parts.append(f"save {100 * self.fuel_save:.0f} % of fuel")
        if self.starter:
            parts.append(f"{entry.drivers[self.starter].name} starts")
        if self.turn is not None:
            parts.append(f"{plural(self.turn, 'stint')} a turn")
        return ", ".join(parts) or "as the card has it"

    def applied(self, params: Params, car: int) -> Params:
        """The race with this car run by the plan; nothing else is changed, nor is `params`."""
        cars = params.car.copy()
        lap = float(params.cls["lap"][int(cars["car_class"][car])])
        for name, value in (
            ("caution_stop", self.yellow),
            ("early_laps", self.early_laps),
            ("tyres_every", self.tyres_every),
            ("first_driver", self.starter),
            ("stints_per_turn", self.turn),
        ):
            if value is not None:
                cars[name][car] = value
        if self.fuel_save is not None:
            cars["fuel_save"][car] = self.fuel_save
            cars["fuel_save_s"][car] = SAVE_COST * SAVE_SCALE * self.fuel_save * lap
        return params._replace(car=cars.view(np.recarray))


def candidates(card: RaceCard, params: Params, car: str, count: int = 50, seed: int = 1) -> list[Candidate]:
    """The card's own way first, then each choice on its own, then mixtures drawn at random, `count` in all.

    Stints, yellows, tyres and fuel: the drivers' order is another question (`orders`).
    """
    index = car_index(card, car)
    refuels = int(params.race[0].refuelling) == 1
    choices: dict[str, tuple[object, ...]] = {
        "yellow": YELLOW if refuels and float(params.race[0].caution_rate) > 0 else (),
        "early_laps": EARLY[1:] if refuels else (),
        "tyres_every": tuple(n for n in (1, 2, 3, 4) if n != int(params.car["tyres_every"][index])),
        "fuel_save": SAVING[1:] if refuels else (),
    }
    found = [Candidate()]
    for name, values in choices.items():
        found += [replace(Candidate(), **{name: value}) for value in values]  # type: ignore[arg-type]
    luck = random.Random(seed)
    every = list(itertools.product(*((None, *values) for values in choices.values())))
    luck.shuffle(every)
    for values in every:
        if len(found) >= count:
            break
        mixed = Candidate(**dict(zip(choices, values, strict=True)))  # type: ignore[arg-type]
        if mixed not in found:
            found.append(mixed)
    return found[:count]


def orders(card: RaceCard, params: Params, car: str, plan: Candidate) -> list[Candidate]:
    """The plan with another driver to start, or with other turns; none for a crew of one."""
    crew = len(card.entry(car).drivers)
    if crew < 2:
        return []
    usual = int(params.car["stints_per_turn"][car_index(card, car)])
    return [replace(plan, starter=d) for d in range(1, crew)] + [replace(plan, turn=n) for n in TURNS if n != usual]
