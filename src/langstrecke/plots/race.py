"""A race as it was run: gaps to the class leader, stops and neutralisations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.plots import style

ROWS = 17
"""Height of the figure in rows of cars."""
LABEL_GAP = 0.036
"""Least distance of two car numbers at the right edge, share of the height."""
DEEPEST_SHARE = 0.8
"""The figure reaches down to where this share of the cars still running ended; who fell further leaves it."""


@dataclass(frozen=True)
class CarGaps:
    """One car: race hours of its crossings, seconds behind the class leader, and the hours at which it came in."""

    car: str
    hours: tuple[float, ...]
    gap_s: tuple[float, ...]
    stops_h: tuple[float, ...] = ()


def car_gaps(gaps: pl.DataFrame, cars: Sequence[str]) -> list[CarGaps]:
    """The named cars, in that order, from a table of `timing.derive.class_gaps`."""
    found = []
    for car in cars:
        mine = gaps.filter(pl.col("car") == car)
        hours = mine["elapsed_s"] / 3600.0
        found.append(CarGaps(car, tuple(hours), tuple(mine["gap_s"]), tuple(hours.filter(mine["in_pit"]))))
    return found


def race_gaps(
    cars: Sequence[CarGaps],
    title: str,
    legend: str,
    yellows: Sequence[tuple[float, float]] = (),
    marked: int = 3,
    *,
    ax: Axes | None = None,
) -> Figure:
    """Gaps to the class leader over the race: the first `marked` of `cars` (best first) in colour, the rest grey.

    `yellows` are (from, to) in race hours, shaded. Dots are the ends of in-laps.
    """
    canvas = style.canvas(ROWS, bottom=0.5, ax=ax)
    axes = style.row_axes(canvas, ROWS, 0.75, style.WIDTH - 0.55, bottom=0.5)
    end = max((car.hours[-1] for car in cars if car.hours), default=1.0)
    last = sorted(car.gap_s[-1] for car in cars if car.hours and car.hours[-1] > 0.97 * end)
    deepest = max(30.0, 1.15 * last[int(DEEPEST_SHARE * (len(last) - 1))]) if last else 30.0
    for begin, until in yellows:
        axes.axvspan(begin, until, color=style.ACTUAL, alpha=0.13, linewidth=0)
    colours = (style.ACCENT, style.RETIRE, style.ACTUAL)
    for place, car in reversed(list(enumerate(cars))):
        colour = colours[place] if place < min(marked, len(colours)) else style.MUTED
        width, strength = (1.7, 1.0) if place < marked else (0.9, 0.55)
        axes.plot(car.hours, car.gap_s, color=colour, linewidth=width, alpha=strength)
        if car.stops_h:
            at = np.interp(car.stops_h, car.hours, car.gap_s)
            axes.plot(car.stops_h, at, "o", markersize=2.6 if place < marked else 1.6, color=colour, alpha=strength)
    axes.set_xlim(0, end)
    axes.set_ylim(deepest, -0.02 * deepest)
    _number_lines(axes, cars, colours, deepest, end, marked)
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_yticks(style.seconds_ticks(deepest))
    axes.set_xlabel("hours", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    axes.set_ylabel("seconds behind the class leader", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    style.heading(canvas, title, legend)
    return canvas.done()


def _number_lines(
    axes: Axes, cars: Sequence[CarGaps], colours: Sequence[str], deepest: float, end: float, marked: int
) -> None:
    """Car numbers at the right edge, pushed apart where lines end together."""
    shown = [
        (car.gap_s[-1], place, car.car)
        for place, car in enumerate(cars)
        if car.hours and car.hours[-1] > 0.97 * end and car.gap_s[-1] <= deepest
    ]
    at = -1.0
    for gap, place, number in sorted(shown):
        at = max(gap / deepest, at + LABEL_GAP)
        if at > 1.02:
            break
        colour = colours[place] if place < min(marked, len(colours)) else style.MUTED
        weight = "bold" if place < marked else "normal"
        style.write(axes, 1.008 * end, at * deepest, number, color=colour, fontsize=style.SMALL, weight=weight)
