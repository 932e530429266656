"""Where the stops fall: the stints of one car in a race without surprises, lap by lap as the kernel times them.

The timeline is that of a dry race under green at the car's expected pace; neutralisations move the stops on the day
and `call` answers for them. What it is for: the rota of drivers, the number of sets of tyres, the first stop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.racecard.stop_cost import stop_cost
from langstrecke.rulebooks.schema import PitRules, RuleBook
from langstrecke.simulation.kernel.stops import SPARE_LAPS

SHORT_SET = 0.25
"""A last stint shorter than this share of a tank gets new tyres only where they pay (default)."""
SHORT_RUN_LAPS = 3
"""A last run shorter than this is shared with the run before it (default)."""


@dataclass(frozen=True)
class Run:
    """One stint of the car, from one stop to the next."""

    start_s: float  # pit exit, or the green flag
    end_s: float  # pit entry, or the chequered flag
    laps: int
    first_lap: int
    fuel: float  # laps of fuel on board as it begins
    added: float  # laps of fuel added at the stop before it
    new_tyres: bool
    stop_s: float  # what the stop before it costs, lane included; 0 for the first
    still_s: float  # of which standing
    why: tuple[str, ...] = ()  # what the stop before it is for, where it is not the usual


@dataclass(frozen=True)
class Begin:
    """Where a car stands in the middle of its race, to be planned on from there."""

    t: float  # race time of its last crossing
    lap: int  # laps it has done
    start_s: float  # when the stint under way began
    laps: int  # laps of that stint so far; 0 in the pits
    left: float  # laps of fuel on board
    on_set: int  # stints on this set of tyres, the one under way included
    age: int  # laps on them
    in_pit: bool  # it has come in at the end of its last lap
    paid_s: float = 0.0  # what the stop under way has cost before the line
    stops_s: tuple[float, ...] = ()  # when it came in so far
    longest_stop_s: float = 0.0


@dataclass(frozen=True)
class Policy:
    """What a plan may choose about stops. `None` takes the card's figure."""

    stint_laps: int | None = None  # longest stint in laps
    tyres_every: int | None = None  # stints on a set
    even: bool = False  # share the laps evenly among the stints instead of a short last one


def lap_times(
    figures: ClassFigures,
    pace: float,
    run_laps: int,
    fuel: float,
    age: int,
    double: bool,
    middle: tuple[float, float],
) -> list[float]:
    """Green lap times of a stint, as `simulation.race.start_lap` makes them, without noise and traffic.

    `middle` is the fuel and the age of the tyres in the middle of a usual stint, for which the class's lap holds.
    """
    out = []
    for lap in range(run_laps):
        time = figures.lap_s + pace + figures.fuel_lap_s * (fuel - lap - middle[0])
        time += figures.tyre_lap_s * (age + lap - middle[1])
        time += figures.cold_lap_s if age + lap == 0 else 0.0
        time += figures.double_stint_s if double else 0.0
        out.append(time)
    return out


def longest_stint(card: RaceCard, book: RuleBook, entry: Entry, policy: Policy) -> int:
    """Laps of the longest stint: the tank, or how long the rule book lets a car stay out."""
    figures = card.classes[entry.car_class]
    lap = figures.lap_s + entry.pace_s
    tank = entry.stint_laps or figures.stint_laps
    most = math.floor(tank + 1e-9) if book.pit.refuelling else math.ceil(card.race.duration_s / lap) + 1
    if book.pit.max_stint_s:
        most = min(most, int(book.pit.max_stint_s // lap))
    if policy.stint_laps is not None:
        if policy.stint_laps < 1:
            raise LangstreckeError(f"a stint of {plural(policy.stint_laps, 'lap')} cannot be driven")
        if policy.stint_laps > most:
            raise LangstreckeError(
                f"car {entry.car} cannot stay out for {plural(policy.stint_laps, 'lap')}; {most} at most"
            )
        most = policy.stint_laps
    if most < 1:
        raise LangstreckeError(f"car {entry.car} cannot complete a lap on a tank of {tank:g} laps")
    return most


def schedule(
    card: RaceCard,
    book: RuleBook,
    entry: Entry,
    policy: Policy | None = None,
    paces: Sequence[float] = (),
    begin: Begin | None = None,
) -> tuple[Run, ...]:
    """The stints of this car, none longer than it can be; `paces` are the drivers' of each run (default: the mean).

    The number of laps is what the car covers until it crosses the line after time is up. With `begin` those from that
    moment on: the first is the stint under way, its driven laps included, or the one after the stop under way.
    """
    policy = policy or Policy()
    most = longest_stint(card, book, entry, policy)
    limits, under_way = [most] * 2000, 1 if begin is not None and not begin.in_pit else 0
    tank = math.floor((entry.stint_laps or card.classes[entry.car_class].stint_laps) + 1e-9)
    if begin is not None and under_way and book.pit.refuelling and most == tank:
        limits[0] = begin.laps + math.floor(begin.left + 1e-9)  # not the tank's laps: yellow ones burnt less
    runs = _timeline(card, book, entry, policy, limits, paces, begin)
    lengths = [run.laps for run in runs]
    free = lengths[under_way:]
    if len(free) > 1 and (policy.even or 0 < free[-1] < SHORT_RUN_LAPS):
        lengths = [*lengths[:under_way], *_shared(free, policy.even)]
        runs = _timeline(card, book, entry, policy, lengths, paces, begin)
    return runs


def _shared(lengths: list[int], even: bool) -> list[int]:
    if even:
        total, n = sum(lengths), len(lengths)
        return [total // n + (1 if k < total % n else 0) for k in range(n)]
    last_two = lengths[-2] + lengths[-1]
    return [*lengths[:-2], last_two - last_two // 2, last_two // 2]


def _timeline(
    card: RaceCard,
    book: RuleBook,
    entry: Entry,
    policy: Policy,
    lengths: Sequence[int],
    paces: Sequence[float],
    begin: Begin | None = None,
) -> tuple[Run, ...]:
    figures, pit = card.classes[entry.car_class], book.pit
    tank = entry.stint_laps or figures.stint_laps
    every = policy.tyres_every or figures.tyres_every
    mean_pace = sum(d.pace_s for d in entry.drivers) / len(entry.drivers)
    whole = card.race.duration_s / figures.lap_s
    middle = (0.5 * tank, 0.5 * tank * figures.tyres_every) if pit.refuelling else (tank - 0.5 * whole, 0.25 * whole)
    t, lap, on_set, age, left = entry.start_s, 0, 0, 0, tank
    runs: list[Run] = []
    technical_done = not pit.technical_stop_s
    window_done = not pit.mandatory_stops
    if begin is not None:
        t, lap, on_set, age, left = begin.t, begin.lap, begin.on_set, begin.age, begin.left
        technical_done = technical_done or begin.longest_stop_s >= pit.technical_stop_s
        until = pit.mandatory_to_s or math.inf
        window_done = window_done or any(pit.mandatory_from_s <= at <= until for at in begin.stops_s)
    for number, most in enumerate(lengths):
        pace = entry.pace_s + (paces[number] if number < len(paces) else mean_pace)
        tyres, added, stop_s, still = True, 0.0, 0.0, 0.0
        why: tuple[str, ...] = ()
        under_way = begin if number == 0 and begin is not None and not begin.in_pit else None
        if under_way is not None:
            tyres, most = False, max(1, min(most - under_way.laps, math.floor(left + 1e-9)))
        elif number or begin is not None:
            tyres = on_set >= every
            to_end = math.ceil(max(0.0, card.race.duration_s - t) / (figures.lap_s + pace)) + 1.0 + SPARE_LAPS
            added = max(0.0, min(tank, to_end) - left) if pit.refuelling else 0.0
            if tyres and (kept := _not_worth_a_set(card, figures, entry, pit, t, left + added, added / tank, age)):
                tyres, why = False, (kept,)
            stop_s, still = stop_cost(figures, entry, pit, added / tank, tyres, len(entry.drivers) > 1)
            if not technical_done and _technical_now(pit, t, most * figures.lap_s):
                stop_s, technical_done = max(stop_s, pit.technical_stop_s), True
                why = (*why, f"the rule book's technical stop: {pit.technical_stop_s:.0f} s")
            if number == 0 and begin is not None:
                stop_s = max(0.0, stop_s - begin.paid_s)
        if under_way is None:
            on_set, age = (1, 0) if tyres else (on_set + 1, age)
        fuel = left + added
        times = lap_times(figures, pace, most, fuel, age, on_set > 1, middle)
        if number == 0 and begin is None:
            times[0] += figures.first_lap_s
        start, took, driven = t + stop_s, 0.0, 0
        for time in times:
            took += time
            driven += 1
            if start + took >= card.race.duration_s:
                break
            if not window_done and _leave_for_window(pit, start + took, time):
                window_done = True
                break
        end = start + took
        if under_way is not None:  # the laps it has done in this stint belong to it
            start = under_way.start_s
        done = under_way.laps if under_way is not None else 0
        runs.append(Run(start, end, driven + done, lap + 1 - done, fuel, added, tyres, stop_s, still, why))
        t, lap, age, left = end, lap + driven, age + driven, fuel - driven
        if t >= card.race.duration_s:
            break
    return tuple(runs)


def _not_worth_a_set(
    card: RaceCard, figures: ClassFigures, entry: Entry, pit: PitRules, t: float, fuel: float, share: float, age: int
) -> str | None:
    """Why a short last stint gets no new tyres: they cost more standing time than they win; None where they pay."""
    laps = math.ceil(max(0.0, card.race.duration_s - t) / (figures.lap_s + entry.pace_s))
    tank = entry.stint_laps or figures.stint_laps
    if laps > fuel or laps >= SHORT_SET * tank:
        return None
    change = len(entry.drivers) > 1
    cost = (
        stop_cost(figures, entry, pit, share, True, change)[0]
        - stop_cost(figures, entry, pit, share, False, change)[0]
    )
    gain = laps * (figures.tyre_lap_s * age + figures.double_stint_s) - figures.cold_lap_s
    return (
        f"no new tyres: they cost {cost:.0f} s and win {max(0.0, gain):.0f} s in {laps} laps" if cost > gain else None
    )


def _technical_now(pit: PitRules, t: float, next_stint_s: float) -> bool:
    """The long stop is made at the last stop from which it still ends in time, or as soon as it may be."""
    close = pit.technical_stop_to_s or math.inf
    return t >= pit.technical_stop_from_s and t + next_stint_s + 2 * pit.technical_stop_s > min(close, 1e9)


def _leave_for_window(pit: PitRules, t: float, lap_s: float) -> bool:
    """The last lap on which a car may come in without missing the mandatory window, or the first inside it."""
    middle = 0.5 * (pit.mandatory_from_s + (pit.mandatory_to_s or pit.mandatory_from_s))
    return t >= max(middle, pit.mandatory_from_s) or (bool(pit.mandatory_to_s) and t + lap_s > pit.mandatory_to_s)
