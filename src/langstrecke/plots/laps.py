"""How far they get: expected distance and the chance of retiring."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.forecast import CarForecast, Forecast
from langstrecke.formatting import percent
from langstrecke.language import tr
from langstrecke.plots import style
from langstrecke.plots.words import cars_of, class_stripes, label

SPLIT = 7.1
"""Where the panel of retirements begins, in inches."""
ALIKE = 0.05
"""Chances of retiring that lie within this are told in words, not drawn as a row of equal bars."""


def laps_and_retirement(forecast: Forecast, car_class: str, *, ax: Axes | None = None) -> Figure:
    """Mean distance with one standard deviation either way, and, where cars differ, the chance of not being there at
    the flag (right).
    """
    cars = cars_of(forecast, car_class)
    least, most = min(car.retire for car in cars), max(car.retire for car in cars)
    drawn = most - least > ALIKE
    canvas = style.canvas(len(cars), ax=ax)
    laps = style.row_axes(canvas, len(cars), style.LABELS, SPLIT - 0.35 if drawn else style.WIDTH - style.RIGHT)
    real = [(row, car.actual.laps) for row, car in enumerate(cars) if car.actual and car.actual.laps is not None]
    facts = next(c for c in forecast.classes if c.name == car_class)
    longest = facts.winner_laps_high
    if facts.winner_laps_low is not None and longest is not None:
        laps.axvspan(facts.winner_laps_low, longest, color=style.ACCENT, alpha=0.1, linewidth=0)
    for row, car in enumerate(cars):
        # Distances are skewed by retirements: a plain standard deviation would reach beyond any winner's.
        above = car.expected_laps + car.laps_sd
        spread = [max(0.0, car.expected_laps - car.laps_sd), above if longest is None else min(above, longest)]
        laps.plot(spread, [row, row], color=style.ACCENT, alpha=0.4, linewidth=4, solid_capstyle="round")
        laps.plot(car.expected_laps, row, "o", color=style.ACCENT, markersize=6)
    for row, distance in real:
        laps.plot(distance, row, "D", color=style.ACTUAL, markersize=4.5)
    laps.grid(axis="x", color=style.LINE, linewidth=0.6)
    laps.set_axisbelow(True)
    laps.margins(x=0.03)
    style.car_labels(canvas, laps, [label(car) for car in cars], set(), class_stripes(forecast, cars))
    if drawn:
        _retirements(canvas, cars, forecast.simulated)
    legend = tr("Laps, mean and one standard deviation; band: the class winner's, 8 of 10 races.")
    legend += tr(" Diamond: actual.") if real else ""
    low, high = percent(least, forecast.simulated, unit=False), percent(most, forecast.simulated)
    alike = tr(" Each retires in {low} to {high} of races.", low=low, high=high)
    legend += tr(" Right: chance of not running at the flag, per cent.") if drawn else alike
    style.heading(canvas, tr("How far they get in {name}", name=car_class), legend)
    return canvas.done()


def _retirements(canvas: style.Canvas, cars: tuple[CarForecast, ...], races: int) -> None:
    retire = style.row_axes(canvas, len(cars), SPLIT, style.WIDTH - 0.5)
    top = min(1.0, max(0.1, 1.05 * max(car.retire for car in cars)))
    retire.set_xlim(0, top)
    for row, car in enumerate(cars):
        retire.barh(row, car.retire, height=0.62, color=style.RETIRE, alpha=0.75, linewidth=0)
        told = percent(car.retire, races, unit=False)
        style.write(retire, car.retire + 0.02 * top, row, told, fontsize=style.SMALL)
    style.percent_ticks(retire, top)
