"""Planned stops of one car: when, with how much fuel, on which tyres, with which driver."""

from __future__ import annotations

from langstrecke.simulation.kernel.params import PLAN, Params, records


def with_stops(params: Params, car: int, stops: list[tuple[int, float, int, int, int]]) -> Params:
    """The race with planned stops for one car: (lap, fuel or -1, tyres, driver, hold), as in `params.PLAN`."""
    n = int(params.race[0].n)
    width = max(len(stops), int(params.plan.shape[1]))
    plan = records(n * width, PLAN).reshape(n, width)
    if params.plan.shape[1]:
        plan[:, : params.plan.shape[1]] = params.plan
    plan[car]["lap"] = 0
    for k, (lap, fuel, tyres, driver, hold) in enumerate(stops):
        plan[car, k] = (lap, tyres, driver, hold, fuel)
    return params._replace(plan=plan)
