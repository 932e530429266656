"""Planned stops of one car: when, with how much fuel, on which tyres, with which driver, past which yellows."""

from __future__ import annotations

import numpy as np

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


def held_past(params: Params, car: int, t: float) -> Params:
    """The race with one car that uses no neutralisation begun by race time t to stop; later ones as its crew does."""
    cars = params.car.copy()
    cars["hold_s"][car] = t
    return params._replace(car=cars.view(np.recarray))
