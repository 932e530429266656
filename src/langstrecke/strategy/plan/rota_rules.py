"""What a driver rota must obey: limits of the rule book and wishes of the team, each as a named rule.

A `Rule` has a name a person understands and puts its constraints into a CP-SAT model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from langstrecke.formatting import plural, race_time
from langstrecke.racecard.schema import Entry
from langstrecke.rulebooks.limits import DriverLimits
from langstrecke.strategy.plan.availability import Wish
from langstrecke.strategy.plan.schedule import Run

MARGIN_S = 180.0
"""Slack kept on every limit of the rule book: a safety car may double the lap on which a driver is due in
(default)."""


@dataclass(frozen=True)
class Rule:
    """Something a rota must obey; `add` puts its constraints into a model."""

    name: str
    add: Callable[[Any, Any], None]  # (CP-SAT model, x[stint][driver])


@dataclass(frozen=True)
class Problem:
    """What a rota is made for: the stints, the crew, what binds each driver."""

    entry: Entry
    runs: tuple[Run, ...]
    limits: tuple[DriverLimits, ...]
    wishes: tuple[Wish, ...]
    dark: tuple[float, ...]  # share of each stint in the dark
    wet: tuple[float, ...]  # share of each stint in the rain
    busy: tuple[float, ...]  # traffic of each stint, 1 the race's mean
    margin_s: float = MARGIN_S
    least_laps: tuple[int, ...] = ()
    """Laps each driver must drive (a fair share); empty: none."""
    fixed: tuple[int, ...] = ()
    """Drivers of the first stints, which are driven already."""
    planned: tuple[int | None, ...] = ()
    """Who was to drive each stint before this rota; to change that costs a little."""


def seconds(run: Run) -> int:
    """Time at the wheel in a stint, in whole seconds."""
    return round(run.end_s - run.start_s)


def rest_s(problem: Problem, d: int) -> float:
    """Seconds driver d has to be out of the car between two turns."""
    book = problem.limits[d].min_rest_s
    return max(book + problem.margin_s if book else 0.0, problem.wishes[d].min_rest_s)


def longest_turn(problem: Problem, d: int, first: int) -> int:
    """Last stint of the longest turn driver d may take from stint `first` on; at least that one stint."""
    limit, wish, runs = problem.limits[d], problem.wishes[d], problem.runs
    driven = 0
    for s in range(first, len(runs)):
        driven += seconds(runs[s])
        too_long = limit.max_continuous_s is not None and driven > limit.max_continuous_s - problem.margin_s
        if limit.max_in_window_s is not None and runs[s].end_s - runs[first].start_s <= (limit.window_s or 0.0):
            too_long = too_long or driven > limit.max_in_window_s - problem.margin_s
        if too_long or (wish.stints is not None and s - first >= wish.stints):
            return max(first, s - 1)
    return len(runs) - 1


def rules(problem: Problem) -> list[Rule]:
    """Every rule of the problem, the team's wishes first, so that a clash names the rule book last."""
    found = [*_wishes(problem), *_limits(problem), *_minimums(problem)]
    if problem.fixed:
        found.append(Rule("what is driven is driven", _fixed(problem.fixed)))
    return found


def _wishes(problem: Problem) -> list[Rule]:
    found: list[Rule] = []
    runs = problem.runs
    slack = max(0.0, problem.margin_s - MARGIN_S)  # none at first, more where the timing of a rota has missed it
    for d, wish in enumerate(problem.wishes):
        name = problem.entry.drivers[d].name
        for begin, end in wish.unavailable:
            hit = [
                s
                for s, run in enumerate(runs)
                if run.start_s < end + slack and begin - slack < run.end_s and s >= len(problem.fixed)
            ]
            if hit or not problem.fixed:
                text = f"{name} is not available from {race_time(max(0, begin))} to {race_time(end)}"
                found.append(Rule(text, _never(hit, d)))
        if wish.max_drive_s is not None:
            text = f"{name} drives at most {race_time(wish.max_drive_s)} (the team's wish)"
            found.append(Rule(text, _at_most(runs, range(len(runs)), d, wish.max_drive_s)))
        if wish.starts and not problem.fixed:
            found.append(Rule(f"{name} starts", _always(0, d)))
        if wish.finishes:
            found.append(Rule(f"{name} finishes", _always(len(runs) - 1, d)))
        if wish.stints is not None:
            text = f"{name} drives at most {plural(wish.stints, 'stint')} in a row"
            found.append(Rule(text, _in_a_row(len(runs), d, wish.stints)))
        if wish.min_rest_s:
            found.append(Rule(f"{name} rests {race_time(wish.min_rest_s)}", _rest(runs, d, wish.min_rest_s)))
    return found


def _limits(problem: Problem) -> list[Rule]:
    found: list[Rule] = []
    runs, margin = problem.runs, problem.margin_s
    for d, limit in enumerate(problem.limits):
        name = problem.entry.drivers[d].name
        if limit.max_drive_s is not None:
            text = f"maximum drive time: {name} at most {race_time(limit.max_drive_s)}"
            found.append(Rule(text, _at_most(runs, range(len(runs)), d, limit.max_drive_s - margin)))
        if limit.max_in_window_s is not None and limit.window_s is not None:
            most, window = race_time(limit.max_in_window_s), race_time(limit.window_s)
            text = f"drive time in a window: {name} at most {most} in {window}"
            found.append(Rule(text, _window(runs, d, limit.window_s, limit.max_in_window_s - margin)))
        if limit.max_continuous_s is not None:
            text = f"continuous driving: {name} at most {race_time(limit.max_continuous_s)} without a rest"
            found.append(Rule(text, _continuous(runs, d, limit.max_continuous_s - margin)))
        if limit.min_rest_s:
            text = f"rest: {name} at least {race_time(limit.min_rest_s)} out of the car"
            found.append(Rule(text, _rest(runs, d, limit.min_rest_s + margin)))
        if limit.all_must_start:
            found.append(Rule(f"all must start: {name} has to drive", _drives(d)))
    return found


def _minimums(problem: Problem) -> list[Rule]:
    found: list[Rule] = []
    runs, margin = problem.runs, problem.margin_s
    groups: dict[tuple[object, ...], list[int]] = {}
    for d, limit in enumerate(problem.limits):
        key = (limit.min_drive_s, limit.min_shared, limit.min_drivers_counted, limit.base_drive_s)
        groups.setdefault(key, []).append(d)
    for d, share in enumerate(problem.least_laps):
        if share:
            name = problem.entry.drivers[d].name
            found.append(Rule(f"fair share: {name} at least {share} laps", _laps(runs, d, share)))
    for members in groups.values():
        limit = problem.limits[members[0]]
        names = [problem.entry.drivers[d].name for d in members]
        need = limit.min_drive_s
        if limit.min_shared and need:
            text = f"minimum drive time: {' and '.join(names)} together at least {race_time(need)}"
            found.append(Rule(text, _at_least(runs, members, need + margin)))
        elif limit.min_drivers_counted is not None and need:
            text = f"minimum drive time: {limit.min_drivers_counted} of {', '.join(names)} at least {race_time(need)}"
            text += f", the others {race_time(limit.base_drive_s)}" if limit.base_drive_s else ""
            base = limit.base_drive_s + margin if limit.base_drive_s else 0.0
            found.append(Rule(text, _counted(runs, members, need + margin, limit.min_drivers_counted, base)))
        elif need or limit.base_drive_s:
            for d, name in zip(members, names, strict=True):
                least = max(need, limit.base_drive_s)
                text = f"minimum drive time: {name} at least {race_time(least)}"
                found.append(Rule(text, _at_least(runs, [d], least + margin)))
    return found


# What the rules say, as constraints. Each returns the function that adds them to a model.

Add = Callable[[Any, Any], None]


def _never(stints: Sequence[int], d: int) -> Add:
    def add(model: Any, x: Any) -> None:
        for s in stints:
            model.add(x[s][d] == 0)

    return add


def _always(stint: int, d: int) -> Add:
    def add(model: Any, x: Any) -> None:
        model.add(x[stint][d] == 1)

    return add


def _drives(d: int) -> Add:
    def add(model: Any, x: Any) -> None:
        model.add_bool_or([row[d] for row in x])

    return add


def _fixed(drivers: Sequence[int]) -> Add:
    def add(model: Any, x: Any) -> None:
        for s, d in enumerate(drivers):
            model.add(x[s][d] == 1)

    return add


def _laps(runs: Sequence[Run], d: int, least: int) -> Add:
    def add(model: Any, x: Any) -> None:
        model.add(sum(run.laps * x[s][d] for s, run in enumerate(runs)) >= least)

    return add


def _at_most(runs: Sequence[Run], stints: Sequence[int], d: int, most_s: float) -> Add:
    def add(model: Any, x: Any) -> None:
        model.add(sum(seconds(runs[s]) * x[s][d] for s in stints) <= math.floor(most_s))

    return add


def _at_least(runs: Sequence[Run], members: Sequence[int], least_s: float) -> Add:
    def add(model: Any, x: Any) -> None:
        driven = sum(seconds(run) * x[s][d] for s, run in enumerate(runs) for d in members)
        model.add(driven >= math.ceil(least_s))

    return add


def _counted(runs: Sequence[Run], members: Sequence[int], least_s: float, count: int, base_s: float) -> Add:
    """At least `count` of the members reach the minimum, all of them the base."""

    def add(model: Any, x: Any) -> None:
        reached = []
        for d in members:
            driven = sum(seconds(run) * x[s][d] for s, run in enumerate(runs))
            full = model.new_bool_var("")
            model.add(driven >= math.ceil(least_s)).only_enforce_if(full)
            if base_s:
                model.add(driven >= math.ceil(base_s))
            reached.append(full)
        model.add(sum(reached) >= min(count, len(members)))

    return add


def _window(runs: Sequence[Run], d: int, window_s: float, most_s: float) -> Add:
    """At most so much in any window: it is enough to look at windows that begin with a stint or end with one."""
    edges = {run.start_s for run in runs} | {max(0.0, run.end_s - window_s) for run in runs}

    def add(model: Any, x: Any) -> None:
        for begin in sorted(edges):
            inside = [
                (s, round(min(run.end_s, begin + window_s) - max(run.start_s, begin)))
                for s, run in enumerate(runs)
                if run.start_s < begin + window_s and begin < run.end_s
            ]
            if sum(length for _, length in inside) > most_s:
                model.add(sum(length * x[s][d] for s, length in inside) <= math.floor(most_s))

    return add


def _continuous(runs: Sequence[Run], d: int, most_s: float) -> Add:
    """No run of stints in a row longer than this (the rest between two turns is a rule of its own)."""

    def add(model: Any, x: Any) -> None:
        for first in range(len(runs)):
            total = 0
            for last in range(first, len(runs)):
                total += seconds(runs[last])
                if total > most_s:
                    model.add(sum(x[s][d] for s in range(first, last + 1)) <= last - first)
                    break

    return add


def _rest(runs: Sequence[Run], d: int, rest_s: float) -> Add:
    """Once out of the car, back in it only after the rest."""

    def add(model: Any, x: Any) -> None:
        for out in range(len(runs) - 2):
            for back in range(out + 2, len(runs)):
                if runs[back].start_s - runs[out].end_s >= rest_s:
                    break
                model.add_bool_or([x[out][d].negated(), x[out + 1][d], x[back][d].negated()])

    return add


def _in_a_row(count: int, d: int, most: int) -> Add:
    def add(model: Any, x: Any) -> None:
        for first in range(count - most):
            model.add(sum(x[s][d] for s in range(first, first + most + 1)) <= most)

    return add
