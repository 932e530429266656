"""What may be done at a moment of a race, and what each of it is worth against staying out, on the same luck."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from langstrecke.formatting import plural
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.stops import EARLY_SHARE
from langstrecke.simulation.planned_stops import held_past, with_stops
from langstrecke.simulation.watch import CLASS_PLACE, RETIRED, STOPS, Watched, simulate_watched
from langstrecke.strategy.candidates import Candidate
from langstrecke.strategy.counterfactual.moment import Moment
from langstrecke.strategy.counterfactual.paired import Difference, difference
from langstrecke.strategy.drive_time import kept_out
from langstrecke.strategy.goals import PODIUM, column, in_class

LATER = (3, 5, 8, 12)
LATEST = "as late as the fuel allows"
SPLASH = 0.5
"""Share of the tank a splash leaves with (default)."""
SPARE_LAPS = 2
"""A stop "as the tank asks" at which a named driver gets in is planned so many laps beyond the fuel (default)."""
QUICKER = 1.03
"""Laps to go are at most so many times those at the usual pace, and `SPARE_LAPS` more (default)."""


@dataclass(frozen=True)
class Option:
    """Something the pit wall may do now. `lap` is the lap at whose end the car stops; 0: as the tank asks.

    `hold_s`: no neutralisation that began by this race time is used to stop; once a later one begins, the crew is
    free again. `save` is the share of fuel saved to the flag. `last` marks a way home without a stop after this one,
    or, held for good, without any.
    """

    title: str
    lap: int
    fuel: float = -1.0
    tyres: int = -1
    driver: int = -1
    hold_s: float = 0.0
    save: float = 0.0
    last: bool = False


@dataclass(frozen=True)
class Answer:
    """What an option is worth against staying out.

    `also` names options that come to the same; `chance` is how often the car gets home without another stop, for the
    option that means to.
    """

    option: Option
    win: Difference
    podium: Difference
    place: Difference
    also: tuple[str, ...] = ()
    chance: float | None = None

    def describe(self) -> str:
        """The option in words, with its odds where it may fail."""
        if self.chance is None:
            return self.option.title
        return f"{self.option.title}: the fuel lasts in {100 * self.chance:.0f} % of races"

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "option": self.option.title,
            "lap": self.option.lap,
            "also": list(self.also),
            "saving": round(self.option.save, 3),
            "chance": None if self.chance is None else round(self.chance, 4),
            "win": self.win.to_json(),
            "podium": self.podium.to_json(),
            "place": self.place.to_json(),
        }


def staying_out(now: Moment, index: int, driver: int = -1) -> Option:
    """Staying out until the tank asks for a stop: past a yellow that is out now, whatever the crew's habit under
    yellows; later ones may be used. `driver` gets in at that stop. Of a car in the pits it is the stop under way as
    usual, after which it may stop again under the same yellow (closed pits gave it a few laps only); `driver` gets in
    at the next.
    """
    held = 0.0 if int(now.snapshot.car["in_pit"][index]) == 1 else past_yellow(now)
    lap = int(now.snapshot.car["lap"][index]) + _named_by(now, index) if driver >= 0 else 0
    return Option("stay out until the tank asks", lap, driver=driver, hold_s=held)


def _named_by(now: Moment, index: int) -> int:
    """In how many laps the stop is planned at which a named driver gets in: the one that the tank asks for before
    stands for it. After the flag where that may be, so that no stop is made for him that none needs to make.
    """
    own, refuels = now.snapshot.car[index], int(now.params.race[0].refuelling) == 1
    tank = float(now.params.car["stint_laps"][index])
    fuel = tank if int(own["in_pit"]) == 1 and refuels else now.fuel_left(index)
    flag = math.ceil(QUICKER * now.to_go_s() / now.lap_s(index)) + SPARE_LAPS
    return flag if flag <= fuel - SPARE_LAPS + EARLY_SHARE * tank else max(2, math.floor(fuel + SPARE_LAPS))


def past_yellow(now: Moment) -> float:
    """The hold of a car that does not use the yellow out now; 0 where none is."""
    return now.goes_on_s if now.state.neutral else 0.0


def options(now: Moment, index: int) -> list[Option]:
    """What may be done now: when to stop, how much fuel, tyres, who gets in."""
    own = now.snapshot.car[index]
    lap = int(own["lap"])
    tank = float(now.params.car["stint_laps"][index])
    left = math.floor(now.fuel_left(index))
    refuels = int(now.params.race[0].refuelling) == 1
    in_pit = int(own["in_pit"]) == 1
    this = lap if in_pit else lap + 1
    when = "the stop under way" if in_pit else "stop now"
    found = [Option(when, this), Option(f"{when}, keep the tyres", this, tyres=0)]
    found.append(Option(f"{when}, new tyres", this, tyres=1))
    if refuels:
        found.append(Option(f"{when}, splash ({plural(round(SPLASH * tank), 'lap')})", this, fuel=SPLASH * tank))
    seats, _ = who_drives(now, index)
    found += [Option(f"{when}, {seat}", this, driver=driver) for driver, seat in seats]
    if not in_pit:
        held = past_yellow(now)
        # Further ahead than this a planned stop stands whatever yellow is used before it: one stop too many.
        last = left if refuels else max(LATER)
        near = math.floor(EARLY_SHARE * tank)
        later = [n for n in (2, *LATER) if n < last]
        found += [
            Option("stop next lap" if n == 2 else f"stop in {n} laps", lap + n, hold_s=held)
            for n in later
            if n * now.lap_s(index) < now.to_go_s() and n <= near
        ]
        if 2 < last <= near and last * now.lap_s(index) < now.to_go_s():
            latest = f", {LATEST}" if refuels else ""
            found.append(Option(f"stop in {last} laps{latest}", lap + last, hold_s=held))
    return found


def who_drives(now: Moment, index: int) -> tuple[list[tuple[int, str]], list[str]]:
    """(driver, words) of who may be named for the stop now: the one at the wheel, and of the others who may get in he
    who has driven least. With it, in words, who may not and why.
    """
    own, crew = now.snapshot.car[index], now.card.entries[index].drivers
    if len(crew) < 2:
        return [], []
    at_wheel, lap = int(own["driver"]), int(own["lap"]) + 1 - int(own["in_pit"])
    others = sorted((d for d in range(len(crew)) if d != at_wheel), key=lambda d: float(own["driven"][d]))
    words = {d: f"{crew[d].name} {'stays' if d == at_wheel else 'in'}" for d in (*others, at_wheel)}
    why = {d: kept_out(now, index, d, lap) for d in words}
    rested = next((d for d in others if not why[d]), others[0])
    named = (rested, at_wheel)
    refused = [f"not open, {words[d]}: {why[d]}" for d in (*others[: others.index(rested)], *named) if why[d]]
    return [(d, words[d]) for d in named if not why[d]], refused


def with_option(params: Params, index: int, option: Option) -> Params:
    """The race with the option taken; nothing else is changed."""
    if option.save > 0.0:
        params = Candidate(fuel_save=option.save).applied(params, index)
    if option.hold_s > 0.0:
        params = held_past(params, index, option.hold_s)
    if option.lap <= 0:
        return params
    return with_stops(params, index, [(option.lap, option.fuel, option.tyres, option.driver, 0)])


def home_chance(option: Option, played: Watched, stops: int = 0) -> float | None:
    """How often a car that has made so many stops gets home without another; None for an option not meant to."""
    if not option.last:
        return None
    home = column(played, 0, RETIRED) == 0
    made = stops + int(option.hold_s == 0.0)  # who is not held out makes one now
    return float(np.mean(column(played, 0, STOPS)[home] <= made)) if home.any() else 0.0


def answer(option: Option, stay: Watched, played: Watched, stops: int = 0) -> Answer:
    """The option as played against staying out; `stops` are those the car has made."""
    return Answer(
        option=option,
        win=difference(in_class(stay, 0, 1), in_class(played, 0, 1)),
        podium=difference(in_class(stay, 0, PODIUM), in_class(played, 0, PODIUM)),
        place=difference(column(stay, 0, CLASS_PLACE), column(played, 0, CLASS_PLACE)),
        chance=home_chance(option, played, stops),
    )


def stop_or_stay(
    now: Moment,
    index: int,
    option: Option,
    *,
    races: int,
    seed: int = 1,
    first_race: int = 0,
    threads: int | None = None,
    against: Option | None = None,
) -> Answer:
    """Stopping as `option` says against another way, else staying out until the fuel is gone, whatever yellow is out.

    The same driver gets in either way: with another one the answer would be what he is worth, not what the stop is.
    """
    pair = [
        simulate_watched(
            with_option(now.params, index, o),
            [index],
            races=races,
            seed=seed,
            first_race=first_race,
            snapshot=now.seen_by(index),
            threads=threads,
        )
        for o in (against or staying_out(now, index, option.driver), option)
    ]
    return answer(option, pair[0], pair[1])
