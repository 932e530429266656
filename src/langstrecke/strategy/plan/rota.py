"""Who drives which stint: a constraint problem, solved by OR-Tools CP-SAT.

What binds it stands in `strategy.rota_rules`, what it costs in `strategy.rota_turns`. Without an answer, `clash`
finds a smallest set of rules that cannot hold together.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.strategy.plan.rota_rules import Problem, Rule, rules
from langstrecke.strategy.plan.rota_turns import turn_model

SEARCHES = ("objective_lb_search_max_lp", "max_lp")
"""The two searches that run side by side. One raises the bound from below, the other works down from a rota found;
on 24-hour races this pair proves what CP-SAT's own choice for two cores leaves 2 to 3 % open."""
BUSY = 3.0
"""The clock may take so many times the limit before the search is cut off, on a machine with other work (default)."""
CLASH_S = 8.0
"""Time for the search for the rules that clash (default)."""
CLASH_WORK = 0.5
"""Work on the question whether a rule can be left out; one that is not answered by then stays (default)."""


@dataclass(frozen=True)
class Rota:
    """The drivers of each stint, by their place in the crew.

    `cost_s` is what the rota costs against one of the fastest driver alone without changes, `gap_s` how many seconds
    better another could be at most; both None where time did for no more than a legal rota.
    """

    drivers: tuple[int, ...]
    cost_s: float | None
    gap_s: float | None
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


def solve(problem: Problem, limit_s: float = 6.0) -> Rota | None:
    """The best rota, or None if there is none. LangstreckeError if the time did not do to find any.

    `limit_s` is work, counted by the solver: about so many seconds on two idle cores. So the same problem has the
    same answer on any machine, proven or not.
    """
    module = cp_model()
    began = time.perf_counter()
    made = turn_model(module, problem)
    made.model.minimize(made.cost)
    for row, planned in zip(made.drives, problem.planned, strict=False):
        for d, his in enumerate(row):
            made.model.add_hint(his, d == planned)
    status, solver = _run(module, made.model, limit_s)
    if status == module.INFEASIBLE:
        return None
    if status in (module.OPTIMAL, module.FEASIBLE):
        value, bound = solver.objective_value, solver.best_objective_bound
        return Rota(
            drivers=_chosen(solver, made.drives),
            cost_s=value / 10.0,
            gap_s=0.0 if status == module.OPTIMAL else max(0.0, value - bound) / 10.0,
            proven=status == module.OPTIMAL,
            seconds=time.perf_counter() - began,
        )
    model, drives = _stint_model(module, problem, rules(problem))
    status, solver = _run(module, model, limit_s)
    if status == module.INFEASIBLE:
        return None
    if status not in (module.OPTIMAL, module.FEASIBLE):
        raise LangstreckeError(f"no rota was found in {limit_s:.0f} s, nor that there is none", hint="try --limit 60")
    return Rota(_chosen(solver, drives), None, None, False, time.perf_counter() - began)


def _run(module: Any, model: Any, limit_s: float) -> tuple[Any, Any]:
    solver = module.CpSolver()
    solver.parameters.max_deterministic_time = limit_s
    solver.parameters.max_time_in_seconds = BUSY * limit_s
    solver.parameters.num_workers = len(SEARCHES)
    solver.parameters.subsolvers.extend(SEARCHES)
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 1
    solver.parameters.interleave_search = True  # takes turns by work done: the answer does not hang on the clock
    return solver.solve(model), solver


def _chosen(solver: Any, drives: list[list[Any]]) -> tuple[int, ...]:
    return tuple(next(d for d, his in enumerate(row) if solver.value(his)) for row in drives)


def clash(problem: Problem) -> list[str]:
    """Names of rules that cannot hold together, as few as can be told: leave one out and the rest has an answer."""
    module = cp_model()
    until = time.perf_counter() + CLASH_S
    kept = rules(problem)
    for rule in list(kept):
        left = [r for r in kept if r is not rule]
        model, _ = _stint_model(module, problem, left)
        solver = module.CpSolver()
        solver.parameters.max_deterministic_time = CLASH_WORK
        solver.parameters.max_time_in_seconds = max(0.05, until - time.perf_counter())
        solver.parameters.num_workers = 1
        if solver.solve(model) == module.INFEASIBLE:
            kept = left
    return [rule.name for rule in kept]


def _stint_model(module: Any, problem: Problem, kept: Sequence[Rule]) -> tuple[Any, list[list[Any]]]:
    """Who drives which stint, under these rules and at no cost."""
    model = module.CpModel()
    drives = [[model.new_bool_var("") for _ in problem.entry.drivers] for _ in problem.runs]
    for row in drives:
        model.add_exactly_one(row)
    for rule in kept:
        rule.add(model, drives)
    return model, drives
