"""Pit or stay: what the options open at a moment are worth, and why, in numbers.

Every option is played from the same snapshot on the same luck and compared with staying out until the tank asks for
a stop (yellows used as the card's crews do). Contingencies do the same with a yellow set at a given lap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from langstrecke.formatting import percent, plural, race_time
from langstrecke.racestate.model import LiveCar
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.planned_stops import with_stops
from langstrecke.simulation.watch import CLASS_PLACE, Watched, simulate_watched
from langstrecke.strategy.counterfactual.moment import Moment, running_car, yellow_chance
from langstrecke.strategy.counterfactual.paired import Difference, difference
from langstrecke.strategy.goals import PODIUM, column, in_class
from langstrecke.strategy.plan.schedule import stop_cost
from langstrecke.strategy.tyres import tyre_value

CAR_LAPS = 30_000_000
"""Car-laps played for one call, about three seconds of processor time (default). Counted, not timed: the same
question has the same answer on any machine."""
LEAST_RACES, MOST_RACES = 64, 2000
LATER = (3, 5, 8, 12)
YELLOW_IN = (1, 5, 10)
SPLASH = 0.5
"""Share of the tank a splash leaves with (default)."""
TRAFFIC_S = 12.0
"""Cars up to this far up the road at the rejoin count as traffic (default)."""


@dataclass(frozen=True)
class Option:
    """Something the pit wall may do now. `lap` is the lap at whose end the car stops; 0: as the tank asks."""

    title: str
    lap: int
    fuel: float = -1.0
    tyres: int = -1
    driver: int = -1
    hold: bool = False


@dataclass(frozen=True)
class Answer:
    """What an option is worth against staying out."""

    option: Option
    win: Difference
    podium: Difference
    place: Difference

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "option": self.option.title,
            "lap": self.option.lap,
            "win": self.win.to_json(),
            "podium": self.podium.to_json(),
            "place": self.place.to_json(),
        }


@dataclass(frozen=True)
class Contingency:
    """A yellow so many laps from now: stop under it or stay out."""

    laps: int
    stop: Answer
    advice: str


@dataclass(frozen=True)
class Call:
    """Options at a moment, the best first, with the reasons and what to do if a yellow falls."""

    race: str
    car: str
    t: float
    races: int
    answers: tuple[Answer, ...]
    reasons: tuple[str, ...]
    contingencies: tuple[Contingency, ...]

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke call --json`."""
        return {
            "race": self.race,
            "car": self.car,
            "at_s": round(self.t, 1),
            "races": self.races,
            "options": [a.to_json() for a in self.answers],
            "reasons": list(self.reasons),
            "yellow": [
                {"in_laps": c.laps, "advice": c.advice, "stop_against_stay": c.stop.to_json()}
                for c in self.contingencies
            ],
        }


def call(now: Moment, car: str, *, races: int | None = None, seed: int = 1, threads: int | None = None) -> Call:
    """Pit or stay for a car at a moment. LangstreckeError for a car that is out of the race."""
    index = running_car(now, car)
    choices = options(now, index)
    yellows = _yellows(now, index)
    seen = now.seen_by(index)
    count = races or _races(now, len(choices) + 1 + 2 * len(yellows))

    def play(params: Params) -> Watched:
        return simulate_watched(params, [index], races=count, seed=seed, snapshot=seen, threads=threads)

    stay = play(now.params)
    answers = [_answer(option, stay, play(_with(now.params, index, option))) for option in choices]
    answers.sort(key=lambda a: (a.place.change, -a.win.change))
    return Call(
        race=now.card.race.id,
        car=car,
        t=now.t,
        races=count,
        answers=tuple(answers),
        reasons=tuple(_reasons(now, index)),
        contingencies=tuple(_contingency(now, index, laps, play) for laps in yellows),
    )


def options(now: Moment, index: int) -> list[Option]:
    """What may be done now: when to stop, how much fuel, tyres, who gets in."""
    own = now.snapshot.car[index]
    lap = int(own["lap"])
    tank = float(now.params.car["stint_laps"][index])
    left = math.floor(now.fuel_left(index))
    refuels = int(now.params.race[0].refuelling) == 1
    in_pit = int(own["in_pit"]) == 1
    this = lap if in_pit else lap + 1
    when = "the stop under way" if in_pit else "stop this lap"
    found = [Option(when, this), Option(f"{when}, keep the tyres", this, tyres=0)]
    found.append(Option(f"{when}, new tyres", this, tyres=1))
    if refuels:
        found.append(Option(f"{when}, splash ({plural(round(SPLASH * tank), 'lap')})", this, fuel=SPLASH * tank))
    crew = now.card.entries[index].drivers
    if len(crew) > 1:
        at_wheel = int(own["driver"])
        driven = [float(own["driven"][d]) for d in range(len(crew))]
        rested = min((d for d in range(len(crew)) if d != at_wheel), key=lambda d: driven[d])
        found.append(Option(f"{when}, {crew[rested].name} in", this, driver=rested))
        found.append(Option(f"{when}, {crew[at_wheel].name} stays", this, driver=at_wheel))
    if not in_pit:
        last = left if refuels else max(LATER)
        later = [n for n in (2, *LATER) if n < last]
        found += [Option("next lap" if n == 2 else f"in {n} laps", lap + n) for n in later]
        if last > 2:
            found.append(Option(f"in {last} laps, as late as the fuel allows", lap + last))
    return found


def _with(params: Params, index: int, option: Option) -> Params:
    if option.lap <= 0:
        return params
    return with_stops(params, index, [(option.lap, option.fuel, option.tyres, option.driver, int(option.hold))])


def _answer(option: Option, stay: Watched, played: Watched) -> Answer:
    return Answer(
        option=option,
        win=difference(in_class(stay, 0, 1), in_class(played, 0, 1)),
        podium=difference(in_class(stay, 0, PODIUM), in_class(played, 0, PODIUM)),
        place=difference(column(stay, 0, CLASS_PLACE), column(played, 0, CLASS_PLACE)),
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
) -> Answer:
    """Stopping as `option` says against staying out until the fuel is gone, whatever yellow is out now.

    The same driver gets in either way: with another one the answer would be what he is worth, not what the stop is.
    """
    lap = int(now.snapshot.car["lap"][index])
    last = lap + max(2, math.floor(now.fuel_left(index)))
    until = Option("stay out", last, driver=option.driver, hold=now.state.neutral != "")
    pair = [
        simulate_watched(
            _with(now.params, index, o),
            [index],
            races=races,
            seed=seed,
            first_race=first_race,
            snapshot=now.seen_by(index),
            threads=threads,
        )
        for o in (until, option)
    ]
    return _answer(option, *pair)


def _races(now: Moment, runs: int) -> int:
    still = np.asarray(now.snapshot.car["status"]) != 2
    laps = sum(now.to_go_s() / now.lap_s(i) for i in range(len(still)) if still[i])
    return int(min(MOST_RACES, max(LEAST_RACES, CAR_LAPS / max(1.0, laps * runs))))


def _yellows(now: Moment, index: int) -> list[int]:
    """In how many laps a yellow is worth thinking through: the fuel lasts until then, and the race."""
    if now.state.neutral or int(now.params.race[0].refuelling) == 0:
        return []
    lap_s = now.lap_s(index)
    return [n for n in YELLOW_IN if n + 2 < now.fuel_left(index) and (n + 3) * lap_s < now.to_go_s()]


def _contingency(now: Moment, index: int, laps: int, play: Any) -> Contingency:
    """The yellow falls in the middle of the lap that is so many laps from now."""
    race = now.params.race.copy()
    race["forced_caution_s"] = now.t + (laps - 0.5) * now.lap_s(index)
    forced = now.params._replace(race=race.view(np.recarray))
    lap = int(now.snapshot.car["lap"][index])
    out = Option("stay out", lap + math.floor(now.fuel_left(index)), hold=True)
    under = Option("stop under it", lap + laps + 1)
    answer = _answer(under, play(_with(forced, index, out)), play(_with(forced, index, under)))
    better = answer.place.change < 0
    sure = answer.place.low > 0 or answer.place.high < 0
    advice = ("stop under it" if better else "stay out") if sure else "no clear difference"
    return Contingency(laps, answer, advice)


def _reasons(now: Moment, index: int) -> list[str]:
    entry = now.card.entries[index]
    figures = now.card.classes[entry.car_class]
    own = now.snapshot.car[index]
    lap_s, left = now.lap_s(index), now.fuel_left(index)
    tank = float(now.params.car["stint_laps"][index])
    laps_to_go = now.to_go_s() / lap_s
    told = [
        f"{race_time(now.to_go_s())} to go, about {plural(round(laps_to_go), 'lap')}; fuel for {left:.1f} of them"
    ]
    if int(now.params.race[0].refuelling) == 1:
        need = max(0, math.ceil((laps_to_go - left) / tank))
        early = max(0, math.ceil((laps_to_go - 1 - tank) / tank)) + 1
        more = "no stop more" if early <= need else f"{plural(early - need, 'stop')} more"
        told.append(f"stops still needed: {need}; a full tank now means {more}")
    book = load_rulebook(now.card.race.rulebook)
    share = min(1.0, (tank - left + 1) / tank)
    cost, still = stop_cost(figures, entry, book.pit, share, True, len(entry.drivers) > 1)
    told.append(f"a stop now costs {cost:.0f} s, {still:.0f} of them standing")
    without, _ = stop_cost(figures, entry, book.pit, share, False, len(entry.drivers) > 1)
    stint = min(tank, laps_to_go)
    told.append(tyre_value(figures, float(own["tyre_age"]) + 1.0, stint, cost - without).describe())
    told += _rivals(now, index, cost)
    ahead = _traffic(now, index, cost)
    told.append(f"traffic on rejoin: {plural(ahead, 'car')} within {TRAFFIC_S:.0f} s up the road")
    if now.state.neutral:
        told.append(f"neutralised since {race_time(now.state.neutral_since_s)}: a stop costs less than under green")
    chance = yellow_chance(now, left * lap_s)
    told.append(f"a yellow before the tank is empty: {percent(chance)}")
    if int(own["in_pit"]) == 1:
        told.append("the car is in the pit lane at this moment")
    return told


def _rivals(now: Moment, index: int, cost_s: float) -> list[str]:
    """Who is in front, and who gets past during a stop."""
    entry = now.card.entries[index]
    me = now.state.car(entry.car)
    passed = [
        c.car
        for c in now.state.cars
        if c.car_class == entry.car_class
        and c.car != me.car
        and c.behind_s is not None
        and me.behind_s is not None
        and 0 <= c.behind_s - me.behind_s < cost_s
    ]
    told = [f"place {me.position} in {entry.car_class}, {_behind(me)}"]
    if passed:
        shown = ", ".join(f"#{car}" for car in passed[:5]) + (" and others" if len(passed) > 5 else "")
        told[0] += f"; a stop lets {shown} by, until they stop"
    return told


def _behind(car: LiveCar) -> str:
    if car.position == 1:
        return "the leader"
    if car.gap.seconds is not None:
        return f"{car.gap.seconds:.0f} s behind the leader"
    return f"{plural(car.gap.laps, 'lap')} behind the leader" if car.gap.laps else "gap to the leader not known"


def _traffic(now: Moment, index: int, cost_s: float) -> int:
    """Cars close ahead on the road when the car rejoins after a stop on this lap."""
    cars = now.snapshot.car
    rejoin = float(cars["since"][index]) + now.lap_s(index) + cost_s
    count = 0
    for i in range(len(cars)):
        if i == index or int(cars["status"][i]) != 0:
            continue
        since = (rejoin - float(cars["since"][i])) % now.lap_s(i)
        count += int(since < TRAFFIC_S)
    return count


def best_of(answers: Sequence[Answer]) -> Answer:
    """The option with the best expected place."""
    return min(answers, key=lambda a: (a.place.change, -a.win.change))
