"""A rota as turns at the wheel: one choice a turn (driver, first stint, last stint), each with what it costs.

Over stints alone a solver sees that a change costs something only once it has decided who drives either side of it,
so its bounds start near nothing. Over turns the cost of changes and long turns is in the choice itself, and what is
left to the search is how the drivers' times add up. Costs are tenths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from langstrecke.strategy.plan.rota_rules import Problem, longest_turn, rest_s, rules, seconds

CHANGE_S = 20.0
"""What a driver change is worth avoiding, beside the stop it happens at: an out-lap in cold hands (default)."""
UNFAIR_S_PER_H = 12.0
"""Seconds given for an hour nearer to the shares the team wants (default)."""
LONG_TURN_S = 30.0
"""Given to avoid each stint in a row beyond the usual turn (default)."""
USUAL_TURN_S = 2.3 * 3600.0
"""A turn at the wheel longer than about this is hard on a driver (default)."""

CHANGED_PLAN_S = 15.0
"""Given to keep who was to drive a stint when a plan is made again (default)."""

CHANGE, LONG_TURN, UNFAIR_A_MINUTE = round(10 * CHANGE_S), round(10 * LONG_TURN_S), round(10 * UNFAIR_S_PER_H / 60)
NEVER = 10**9

Turn = tuple[int, int]
"""First and last stint."""


@dataclass(frozen=True)
class Model:
    """A CP-SAT model of the rota, its choices by stint and driver, and the cost to be kept low."""

    model: Any
    drives: list[list[Any]]
    cost: Any


def stint_cost(problem: Problem, s: int, d: int) -> int:
    """What driver d loses in stint s against the fastest of the crew."""
    wish, fastest = problem.wishes[d], min(d.pace_s for d in problem.entry.drivers)
    lap = problem.entry.drivers[d].pace_s - fastest + wish.night_s * problem.dark[s]
    lap += wish.wet_s * problem.wet[s] + wish.traffic_s * problem.busy[s]
    changed = s < len(problem.planned) and problem.planned[s] not in (None, d)
    return round(10 * (lap * problem.runs[s].laps + (CHANGED_PLAN_S if changed else 0.0)))


def usual_turn(problem: Problem) -> int:
    """Stints of a usual turn, at least one."""
    lengths = sorted(seconds(run) for run in problem.runs)
    return max(1, int(USUAL_TURN_S // max(1, lengths[len(lengths) // 2])))


def turns_of(problem: Problem, d: int) -> dict[Turn, int]:
    """Every turn driver d may take on its own, with its pace, its change and its length. Each counts a change: the
    first of the race is taken off the sum again.
    """
    usual = usual_turn(problem)
    found: dict[Turn, int] = {}
    for first in range(len(problem.runs)):
        pace = 0
        for last in range(first, longest_turn(problem, d, first) + 1):
            pace += stint_cost(problem, last, d)
            found[first, last] = pace + CHANGE + LONG_TURN * max(0, last - first + 1 - usual)
            found[first, last] += round(10 * problem.wishes[d].back_to_back_s * (last - first))
    return found


def wanted_s(problem: Problem, d: int) -> int:
    """Seconds at the wheel driver d is to have by the team's shares."""
    shares = sum(wish.share for wish in problem.wishes) or 1.0
    return round(sum(seconds(run) for run in problem.runs) * problem.wishes[d].share / shares)


def least_costs(problem: Problem, d: int, turns: dict[Turn, int]) -> list[int]:
    """What 0, 1, 2, ... stints of driver d cost at least, whatever the others do; NEVER where he cannot have so many.

    A walk over the race from its end: not in the car, or in a turn and then out of it for his rest.
    """
    runs = problem.runs
    back = [_back_in(problem, d, last) for last in range(len(runs))]
    begins: dict[int, list[tuple[int, int]]] = {}
    for (first, last), cost in turns.items():
        begins.setdefault(first, []).append((last, cost))
    least = [[0] + [NEVER] * len(runs) for _ in range(len(runs) + 1)]
    for s in range(len(runs) - 1, -1, -1):
        row = list(least[s + 1])
        for last, cost in begins.get(s, ()):
            length = last - s + 1
            for k, rest in enumerate(least[back[last]][: len(runs) + 1 - length]):
                row[k + length] = min(row[k + length], cost + rest)
        least[s] = row
    times = sorted(seconds(run) for run in runs)
    shortest, longest = ([0, *accumulate(order)] for order in (times, times[::-1]))
    wanted = wanted_s(problem, d)
    unfair = [max(0, low - wanted, wanted - high) for low, high in zip(shortest, longest, strict=True)]
    return [min(NEVER, cost + UNFAIR_A_MINUTE * -(-off // 60)) for cost, off in zip(least[0], unfair, strict=True)]


def _back_in(problem: Problem, d: int, last: int) -> int:
    """The first stint driver d may drive again after a turn that ends with stint `last`: another's, and his rest."""
    runs, k = problem.runs, last + 2
    while k < len(runs) and runs[k].start_s - runs[last].end_s < rest_s(problem, d):
        k += 1
    return min(k, len(runs))


def turn_model(module: Any, problem: Problem) -> Model:
    """The rota over turns, under every rule."""
    model = module.CpModel()
    stints, crew = range(len(problem.runs)), range(len(problem.entry.drivers))
    drives = [[model.new_bool_var("") for _ in crew] for _ in stints]
    costs: list[Any] = []
    begin: list[list[list[Any]]] = [[[] for _ in crew] for _ in stints]
    end: list[list[list[Any]]] = [[[] for _ in crew] for _ in stints]
    for d in crew:
        turns = turns_of(problem, d)
        chosen = {turn: model.new_bool_var("") for turn in turns}
        for (first, last), taken in chosen.items():
            begin[first][d].append(taken)
            end[last][d].append(taken)
        for s in stints:
            model.add(drives[s][d] == sum(taken for (a, b), taken in chosen.items() if a <= s <= b))
        own = sum(turns[turn] * taken for turn, taken in chosen.items()) + UNFAIR_A_MINUTE * _unfair(
            model, problem, drives, d
        )
        costs.append(own)
        _count(model, [row[d] for row in drives], own, least_costs(problem, d, turns))
        for s in stints[:-1]:
            soon = [taken for k in range(s + 1, _back_in(problem, d, s)) for taken in begin[k][d]]
            model.add_at_most_one([*end[s][d], *soon])
    for row in drives:
        model.add_exactly_one(row)
    for s in stints[:-1]:  # implied; the bound is better for it
        model.add(sum(t for own in end[s] for t in own) == sum(t for own in begin[s + 1] for t in own))
    for rule in rules(problem):
        rule.add(model, drives)
    return Model(model, drives, sum(costs) - CHANGE)


def _unfair(model: Any, problem: Problem, drives: list[list[Any]], d: int) -> Any:
    """Minutes by which driver d misses what he is to have, rounded up."""
    total = sum(seconds(run) for run in problem.runs)
    wanted = wanted_s(problem, d)
    driven = sum(seconds(run) * drives[s][d] for s, run in enumerate(problem.runs))
    minutes = model.new_int_var(0, total // 60 + 1, "")
    model.add(60 * minutes >= driven - wanted)
    model.add(60 * minutes >= wanted - driven)
    return minutes


def _count(model: Any, his: list[Any], cost: Any, least: list[int]) -> None:
    """Ties a driver's cost to the number of his stints: what the walk over his turns alone has shown."""
    known = [(n, value) for n, value in enumerate(least) if value < NEVER]
    count = model.new_int_var(0, len(his), "")
    floor = model.new_int_var(min(v for _, v in known), max(v for _, v in known), "")
    model.add(count == sum(his))
    model.add_allowed_assignments([count, floor], known)
    model.add(cost >= floor)
