"""Figures of a race as its timing tells it: gaps, stints and stops, lap times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from langstrecke.errors import NotFoundError
from langstrecke.formatting import lap_time, surname
from langstrecke.plots import style
from langstrecke.plots.race import car_gaps, race_gaps

if TYPE_CHECKING:
    from langstrecke.timing.session import Session


BREAK_H = 0.25
"""After so long without a clean lap the line of lap times begins anew."""

LETTER = 0.062
"""Width of a letter of a driver's name in inches, to tell whether it has room in its bar."""


def gaps(race: Session, car_class: str, *, ax: Axes | None = None) -> Figure:
    """Gap to the leader of the class, the first three cars in colour; dots are stops, shaded: neutralised."""
    cars = _order(race, car_class)
    legend = "The first three of the class in colour; a dot is a stop, shaded: neutralised."
    return race_gaps(car_gaps(race.gaps, cars), f"{race.name}: {car_class}", legend, _yellows(race), ax=ax)


def stints(race: Session, car_class: str, *, ax: Axes | None = None) -> Figure:
    """Who drove when: a row a car in the order of the race, a bar from stop to stop in the colour of its driver."""
    cars = _order(race, car_class)
    teams = dict(race.laps.select("car", "team").unique("car", keep="first", maintain_order=True).rows())
    canvas = style.canvas(len(cars), bottom=0.5, ax=ax)
    right = style.WIDTH - style.RIGHT
    axes = style.row_axes(canvas, len(cars), style.LABELS, right, bottom=0.5)
    end = float(race.stints["end_s"].max() or 1.0) / 3600.0  # type: ignore[arg-type]
    axes.set_xlim(0, end)
    for begin, until in _yellows(race):
        axes.axvspan(begin, until, color=style.ACTUAL, alpha=0.13, linewidth=0)
    for row, car in enumerate(cars):
        mine = race.stints.filter(pl.col("car") == car)
        colours = dict(zip(mine["driver"].unique(maintain_order=True), style.SHADES * 9, strict=False))
        for driver, start_s, end_s in mine.select("driver", "start_s", "end_s").rows():
            left, width = max(0.0, start_s) / 3600.0, (end_s - max(0.0, start_s)) / 3600.0
            axes.barh(row, width, left=left, height=0.66, color=colours[driver], alpha=0.85, linewidth=0)
            axes.plot([left, left], [row - 0.33, row + 0.33], color=style.PAPER, linewidth=1.2)
            name = surname(driver) if driver else ""
            room = int(width / end * (right - style.LABELS) / LETTER) - 1
            if room >= min(len(name), 3):
                name = name if len(name) <= room else name[:3]
                style.write(axes, left + width / 2, row, name, fontsize=6.5, color=style.PAPER, ha="center")
    axes.set_xlabel("hours", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    style.car_labels(canvas, axes, [(car, teams.get(car) or "") for car in cars], set())
    style.heading(canvas, f"{race.name}: stints in {car_class}", "From stop to stop, a colour a driver of the car.")
    return canvas.done()


def lap_times(race: Session, cars: Sequence[str], *, ax: Axes | None = None) -> Figure:
    """Clean laps of some cars over the race, seconds a lap; the line is the median of ten laps."""
    known = race.laps["car"].unique().sort().to_list()
    canvas = style.canvas(14, bottom=0.5, ax=ax)
    axes = style.row_axes(canvas, 14, 0.85, style.WIDTH - 0.5, bottom=0.5)
    for car, colour in zip(cars, style.SHADES * 9, strict=False):
        if car not in known:
            raise NotFoundError.nearest(f"car of {race.name}", car, known)
        mine = race.clean_laps.filter(pl.col("car") == car).sort("lap")
        hours, times = mine["elapsed_s"] / 3600.0, mine["lap_time_s"]
        axes.plot(hours, times, ".", markersize=3, color=colour, alpha=0.45)
        usual = times.rolling_median(10, min_samples=3).set(hours.diff().fill_null(0.0) > BREAK_H, None)
        axes.plot(hours, usual, color=colour, linewidth=1.6, label=f"#{car}")
    axes.autoscale(axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(lambda seconds, _: lap_time(seconds)[:-2])
    axes.invert_yaxis()
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("hours", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    drawn = axes.legend(loc="upper right", frameon=False, ncols=len(cars), prop={"family": style.FONT, "size": 8})
    for text in drawn.get_texts():
        text.set_color(style.INK)
    style.heading(
        canvas, f"{race.name}: lap times", "Green laps away from pits and restarts; line: median of ten laps."
    )
    return canvas.done()


def _order(race: Session, car_class: str) -> list[str]:
    """The cars of a class, best first. NotFoundError names the classes there are."""
    cars = race.order.filter(pl.col("car_class") == car_class)["car"].to_list()
    if not cars:
        raise NotFoundError.nearest(f"class of {race.name}", car_class, race.order["car_class"].unique().to_list())
    return [str(car) for car in cars]


def _yellows(race: Session) -> list[tuple[float, float]]:
    return [(begin / 3600.0, end / 3600.0) for begin, end in race.periods.select("start_s", "end_s").rows()]
