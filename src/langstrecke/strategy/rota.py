"""Who drives which stint: a constraint problem, solved by OR-Tools CP-SAT.

What binds it stands in `strategy.rota_rules`. Without an answer, `clash` finds a smallest set of rules that cannot
hold together.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, product
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.strategy.rota_rules import Problem, Rule, rules, seconds
from langstrecke.strategy.schedule import Run

CHANGE_S = 20.0
"""What a driver change is worth avoiding, beside the stop it happens at: an out-lap in cold hands (default)."""
UNFAIR_S_PER_H = 12.0
"""Seconds given for an hour nearer to the shares the team wants (default)."""
LONG_TURN_S = 30.0
"""Given to avoid each stint in a row beyond the usual turn (default)."""
USUAL_TURN_S = 2.3 * 3600.0
"""A turn at the wheel longer than about this is hard on a driver (default)."""
MOST_WAYS = 12_000
"""Up to so many ways to share the stints out among the drivers each gets its bound."""
CLASH_S = 4.0
"""Time for the search for the rules that clash."""


@dataclass(frozen=True)
class Rota:
    """The drivers of each stint. `gap` is how far from proven best, share of the cost; 0: proven."""

    drivers: tuple[int, ...]
    cost_s: float
    gap: float
    proven: bool
    seconds: float


def cp_model() -> Any:
    """OR-Tools' CP-SAT, or an error that says how to get it."""
    try:
        from ortools.sat.python import cp_model as module
    except ImportError:
        raise LangstreckeError(
            "a driver rota needs OR-Tools, which is not installed", hint='pip install "langstrecke[plan]"'
        ) from None
    return module


def solve(problem: Problem, limit_s: float = 8.0) -> Rota | None:
    """The best rota, or None if there is none. LangstreckeError if the time did not do to find any.

    First only rotas of whole turns are tried, which is quick; the best of them starts the full search.
    """
    module = cp_model()
    began = time.perf_counter()
    best: Rota | None = None
    usual = _usual_turn(problem.runs)
    for first in range(usual, 0, -1):
        left = min(max(0.35 * limit_s / usual, 0.8), limit_s - (time.perf_counter() - began))
        found = _search(module, problem, left, turns_of=(first, usual)) if left > 0.05 else None
        if found is not None and (best is None or found.cost_s < best.cost_s):
            best = found
        if best is not None and best.cost_s <= _least(problem):
            return replace(best, proven=True, gap=0.0, seconds=time.perf_counter() - began)
    if best is None:  # any rota to start from
        best = _search(module, problem, limit_s, any_will_do=True)
        if best is None:
            return None
    left = max(0.3 * limit_s, limit_s - (time.perf_counter() - began))
    rota = _search(module, problem, left, hint=best.drivers, known=best)
    return replace(rota, seconds=time.perf_counter() - began) if rota is not None else None


def _least(problem: Problem) -> float:
    """A cost no rota can beat."""
    rows = _bounds(problem)
    return min(row[-1] for row in rows) if rows is not None else -math.inf


def _search(
    module: Any,
    problem: Problem,
    limit_s: float,
    turns_of: tuple[int, int] | None = None,
    hint: tuple[int, ...] | None = None,
    known: Rota | None = None,
    any_will_do: bool = False,
) -> Rota | None:
    """One run of the solver; with `turns_of` (stints of the first turn, of the others) over whole turns only."""
    model, x = _model(module, problem, rules(problem))
    if not any_will_do:
        model.minimize(_cost(model, x, problem))
    crew = range(len(problem.entry.drivers))
    if turns_of is not None:
        for s in range(1, len(problem.runs)):
            if (s >= turns_of[0] and (s - turns_of[0]) % turns_of[1] == 0) or s < turns_of[0] - turns_of[1]:
                continue
            for d in crew:
                model.add(x[s][d] == x[s - 1][d])
    if hint is not None:
        for s, chosen in enumerate(hint):
            for d in crew:
                model.add_hint(x[s][d], int(d == chosen))
    solver = module.CpSolver()
    solver.parameters.max_time_in_seconds = limit_s
    solver.parameters.num_workers = 4 if turns_of is None else 2
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    if status not in (module.OPTIMAL, module.FEASIBLE):
        if known is not None or status == module.INFEASIBLE or turns_of is not None:
            return known
        raise LangstreckeError(f"no rota was found in {limit_s:.0f} s, nor that there is none", hint="try --limit 60")
    drivers = tuple(next(d for d in crew if solver.value(x[s][d])) for s in range(len(problem.runs)))
    value, bound = solver.objective_value, max(solver.best_objective_bound, _least(problem))
    return Rota(
        drivers=drivers,
        cost_s=0.0 if any_will_do else value,
        gap=1.0 if any_will_do else max(0.0, value - bound) / max(1.0, abs(value)),
        proven=turns_of is None and not any_will_do and (status == module.OPTIMAL or value <= bound),
        seconds=solver.wall_time,
    )


def clash(problem: Problem) -> list[str]:
    """Names of rules that cannot hold together, as few as can be told: leave one out and the rest has an answer."""
    module = cp_model()
    until = time.perf_counter() + CLASH_S
    kept = rules(problem)
    for rule in list(kept):
        left = [r for r in kept if r is not rule]
        model, _ = _model(module, problem, left)
        solver = module.CpSolver()
        solver.parameters.max_time_in_seconds = max(0.05, min(1.0, until - time.perf_counter()))
        solver.parameters.num_workers = 1
        if solver.solve(model) == module.INFEASIBLE:
            kept = left
    return [rule.name for rule in kept]


def _model(module: Any, problem: Problem, kept: Sequence[Rule]) -> tuple[Any, Any]:
    model = module.CpModel()
    crew = range(len(problem.entry.drivers))
    x = [[model.new_bool_var(f"{s}:{d}") for d in crew] for s in range(len(problem.runs))]
    for row in x:
        model.add_exactly_one(row)
    for rule in kept:
        rule.add(model, x)
    return model, x


def _stint_cost(problem: Problem, s: int, d: int) -> int:
    """Tenths of a second driver d loses in stint s against the fastest of the crew."""
    wish, fastest = problem.wishes[d], min(d.pace_s for d in problem.entry.drivers)
    lap = problem.entry.drivers[d].pace_s - fastest + wish.night_s * problem.dark[s]
    lap += wish.wet_s * problem.wet[s] + wish.traffic_s * problem.busy[s]
    return round(10 * lap * problem.runs[s].laps)


def _wanted_s(problem: Problem, d: int) -> int:
    """Seconds at the wheel driver d is to have by the team's shares."""
    shares = sum(wish.share for wish in problem.wishes) or 1.0
    return round(sum(seconds(run) for run in problem.runs) * problem.wishes[d].share / shares)


def _cost(model: Any, x: Any, problem: Problem) -> Any:
    """Tenths of seconds: the drivers' pace over their laps, changes, long turns, unfair shares."""
    runs, crew = problem.runs, range(len(problem.entry.drivers))
    terms = [_stint_cost(problem, s, d) * x[s][d] for s in range(len(runs)) for d in crew]
    terms += _turns(model, x, runs, crew)
    total = sum(seconds(run) for run in runs)
    for d in crew:
        wanted = _wanted_s(problem, d)
        off = model.new_int_var(0, total, "")
        driven = sum(seconds(run) * x[s][d] for s, run in enumerate(runs))
        model.add(off >= driven - wanted)
        model.add(off >= wanted - driven)
        minutes = model.new_int_var(0, total // 60 + 1, "")
        model.add(60 * minutes >= off)
        terms.append(round(10 * UNFAIR_S_PER_H / 60) * minutes)
    rows = _bounds(problem)
    if rows is not None:
        counts = [model.new_int_var(0, len(runs), "") for _ in crew]
        for d in crew:
            model.add(counts[d] == sum(row[d] for row in x))
        least = model.new_int_var(min(row[-1] for row in rows), max(row[-1] for row in rows), "")
        model.add_allowed_assignments([*counts, least], rows)
        model.add(sum(terms) >= least)
    return sum(terms)


def _turns(model: Any, x: Any, runs: Sequence[Run], crew: range) -> list[Any]:
    """What driver changes and long turns cost."""
    terms: list[Any] = []
    usual = _usual_turn(runs)
    for d in crew:
        for s in range(1, len(runs)):
            gets_in = model.new_bool_var("")
            model.add_bool_or([gets_in, x[s][d].negated(), x[s - 1][d]])
            terms.append(round(10 * CHANGE_S) * gets_in)
        for s in range(len(runs) - usual):
            long = model.new_bool_var("")
            model.add_bool_or([long, *(x[k][d].negated() for k in range(s, s + usual + 1))])
            terms.append(round(10 * LONG_TURN_S) * long)
    return terms


def _bounds(problem: Problem) -> list[tuple[int, ...]] | None:
    """For every way to share the stints out: how many each driver gets, and what that costs at least.

    The least cost is a sum over drivers: the cheapest stints for their pace, the least changes and long turns for so
    many stints, the nearest to their wanted time. None where there are too many ways.
    """
    runs, crew = problem.runs, len(problem.entry.drivers)
    ways = math.comb(len(runs) + crew - 1, crew - 1)
    if ways > MOST_WAYS or crew < 2:
        return None
    turns = _least_cost(len(runs), _usual_turn(runs))
    times = sorted(seconds(run) for run in runs)
    shortest, longest = ([0, *accumulate(order)] for order in (times, times[::-1]))
    least: list[list[int]] = []
    for d in range(crew):
        pace = [0, *accumulate(sorted(_stint_cost(problem, s, d) for s in range(len(runs))))]
        wanted = _wanted_s(problem, d)
        unfair = [max(0, low - wanted, wanted - high) for low, high in zip(shortest, longest, strict=True)]
        least.append(
            [pace[n] + turns[n] + round(10 * UNFAIR_S_PER_H / 60) * -(-unfair[n] // 60) for n in range(len(runs) + 1)]
        )
    first_free = round(10 * CHANGE_S)  # who starts gets in at no change
    rows = []
    for split in product(range(len(runs) + 1), repeat=crew - 1):
        last = len(runs) - sum(split)
        if last >= 0:
            counts = (*split, last)
            rows.append((*counts, sum(least[d][n] for d, n in enumerate(counts)) - first_free))
    return rows


def _least_cost(stints: int, usual: int) -> list[int]:
    """What so many stints of one driver cost in changes and long turns at least, for 0 stints up to all of them."""
    change, long = round(10 * CHANGE_S), round(10 * LONG_TURN_S)
    return [
        min(change * t + long * max(0, n - usual * t) for t in range(1 if n else 0, n + 1)) for n in range(stints + 1)
    ]


def _usual_turn(runs: Sequence[Run]) -> int:
    """Stints of a usual turn, at least one."""
    lengths = sorted(seconds(run) for run in runs)
    return max(1, int(USUAL_TURN_S // max(1, lengths[len(lengths) // 2])))
