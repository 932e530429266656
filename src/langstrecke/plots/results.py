"""Figures of the strategist's results as they come: a plan, a what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.plots.strategy import Bar, Step, difference_bars, stint_timeline

if TYPE_CHECKING:
    from langstrecke.strategy import Plan, WhatIf

SHOWN = 12
"""Cars a figure of a what-if shows at most, those it moves most."""


def plan_timeline(plan: Plan, *, ax: Axes | None = None) -> Figure:
    """Who drives when by a plan: a row a driver, a bar a stint with its laps, a tick where new tyres are put on."""
    bars = [Bar(s.driver, s.start_s, s.end_s, s.laps, n > 0 and s.tyres == "new") for n, s in enumerate(plan.stints)]
    title = f"{plan.race}: plan of car {plan.car}"
    return stint_timeline(bars, plan.drivers, plan.stints[-1].end_s, title, ax=ax)


def what_if_bars(result: WhatIf, car_class: str = "", *, ax: Axes | None = None) -> Figure:
    """What a what-if does to the chances of class wins, in points with the 95 % interval; the cars it moves most.

    Of one class, that of the car in focus unless told; "*" is all of them.
    """
    chosen = car_class or next((c.car_class for c in result.cars if c.car == result.focus), "*")
    cars = [c for c in result.cars if chosen in ("*", c.car_class)]
    cars = sorted(cars, key=lambda c: -abs(c.win.change))[:SHOWN]
    rows = [
        Step(f"#{c.car} {c.car_class}", *(100 * v for v in (c.win.change, c.win.low, c.win.high)))
        for c in sorted(cars, key=lambda c: -c.win.change)
    ]
    what = "; ".join(result.changes[:2]) or "changed card"
    legend = "Change of the chance of a class win with its 95 % interval; grey: may be nothing."
    return difference_bars(rows, f"{result.race}: {what}", legend, ax=ax)
