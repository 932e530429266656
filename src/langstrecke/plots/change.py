"""What a change does: chances before and after, car by car."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.forecast import Forecast
from langstrecke.formatting import percent, points
from langstrecke.plots import style
from langstrecke.plots.words import cars_of, class_stripes, label

SURE = 1.96
"""Standard errors from which a change counts; played with the same luck it is in truth better known than that."""


def win_changes(
    before: Forecast, after: Forecast, car_class: str, change: str = "", *, ax: Axes | None = None
) -> Figure:
    """Chance of winning the class before (ring) and after (dot) a change, one row a car; `change` names it."""
    cars = cars_of(after, car_class)
    old = {car.car: car.win for car in before.cars}
    error = {car.car: car.se.win for car in before.cars}
    canvas = style.canvas(len(cars), ax=ax)
    axes = style.row_axes(canvas, len(cars), style.LABELS, style.WIDTH - 0.85)
    top = min(1.0, max(0.05, 1.08 * max(max(car.win, old.get(car.car, 0.0)) for car in cars)))
    axes.set_xlim(-0.01 * top, top)
    for row, car in enumerate(cars):
        was = old.get(car.car)
        noise = SURE * math.hypot(car.se.win, error.get(car.car, 0.0))
        colour = style.ACCENT if was is None or car.win >= was else style.RETIRE
        if was is not None and abs(car.win - was) < noise:
            colour = style.MUTED
        if was is not None:
            axes.plot([was, car.win], [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
            axes.plot(was, row, "o", markersize=6.5, markeredgecolor=style.MUTED, markerfacecolor=style.PAPER)
        axes.plot(car.win, row, "o", markersize=6.5, color=colour)
        shift = f" ({points(car.win - was)})" if was is not None else " (new)"
        x = max(car.win, was or 0.0) + 0.015 * top
        style.write(
            axes, x, row, percent(car.win, after.simulated, unit=False) + shift, fontsize=8.5, color=style.INK
        )
    style.percent_ticks(axes, top)
    style.car_labels(canvas, axes, [label(car) for car in cars], set(), class_stripes(after, cars))
    legend = (
        "Chance of winning the class: ring before, dot after the change. "
        "Blue gains, red loses, grey is within the Monte-Carlo error."
    )
    style.heading(canvas, change or f"What changes in {car_class}", legend)
    return canvas.done()
