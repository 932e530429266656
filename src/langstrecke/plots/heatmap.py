"""Where each car of a class finishes: the whole distribution at a glance."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from langstrecke.forecast import Forecast
from langstrecke.language import tr
from langstrecke.plots import style
from langstrecke.plots.words import cars_of, class_stripes, label

DARKEST = 0.85
"""Opacity of the likeliest cell; below 1 so that the figure in it stays legible on light and dark pages."""

LIGHT_TEXT = 0.68
"""From this opacity the figure in a cell is written in the colour of the paper."""

SHOWN = 0.01
"""Cells from this probability carry their figure."""


def position_heatmap(forecast: Forecast, car_class: str, *, ax: Axes | None = None) -> Figure:
    """Probability of every finishing place in class, car by place; the real place is framed."""
    cars = cars_of(forecast, car_class)
    size = len(cars)
    canvas = style.canvas(size, bottom=0.14, ax=ax)
    axes = style.row_axes(canvas, size, style.LABELS, style.WIDTH - style.RIGHT, bottom=0.14)
    axes.set_xlim(0.5, size + 0.5)
    axes.xaxis.set_ticks_position("top")
    axes.set_xticks(range(1, size + 1), [str(place) for place in range(1, size + 1)])
    most = max(p for car in cars for p in car.positions)
    cell = (style.WIDTH - style.RIGHT - style.LABELS) / size
    digits = min(8.5, 26 * cell)
    real = False
    for row, car in enumerate(cars):
        for place, share in enumerate(car.positions, start=1):
            depth = DARKEST * share / most
            corner = (place - 0.5 + 0.02, row - 0.46)
            axes.add_patch(
                Rectangle(corner, 0.96, 0.92, facecolor=style.ACCENT, alpha=max(depth, 0.015), linewidth=0)
            )
            if share >= SHOWN:
                colour = style.PAPER if depth > LIGHT_TEXT else style.INK
                text = f"{100 * share:.0f}"
                style.write(axes, place, row, text, ha="center", fontsize=digits, color=colour)
        actual = car.actual.position_in_class if car.actual else None
        if actual is not None and actual <= size:
            real = True
            frame = Rectangle((actual - 0.48, row - 0.46), 0.96, 0.92, fill=False, edgecolor=style.ACTUAL)
            frame.set_linewidth(1.8)
            axes.add_patch(frame)
    won = {n for n, car in enumerate(cars) if car.actual and car.actual.position_in_class == 1}
    style.car_labels(canvas, axes, [label(car) for car in cars], won, class_stripes(forecast, cars))
    known = tr(" Framed: where it finished.") if real else ""
    title = tr("Where they finish in {name}", name=car_class)
    style.heading(canvas, title, tr("Probability of each place, per cent.") + known)
    return canvas.done()
