"""Who wins: bars of win and podium probabilities."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.forecast import CarForecast, Forecast
from langstrecke.formatting import percent
from langstrecke.language import tr
from langstrecke.plots import style
from langstrecke.plots.words import cars_of, class_stripes, label


def win_bars(forecast: Forecast, car_class: str, *, ax: Axes | None = None) -> Figure:
    """Chance of winning the class (solid) and of its podium (pale), one row a car."""
    cars = cars_of(forecast, car_class)
    canvas, axes = _rows(cars, ax)
    top = _span(axes, max(car.podium for car in cars))
    for row, car in enumerate(cars):
        axes.barh(row, car.podium, height=0.62, color=style.ACCENT, alpha=0.22, linewidth=0)
        _win(axes, row, car.win, car.se.win, top, forecast.simulated)
        if car.podium > car.win:
            text = percent(car.podium, forecast.simulated, unit=False)
            style.write(axes, car.podium + 0.006 * top, row, text, fontsize=style.SMALL, color=style.MUTED)
    won = {n for n, car in enumerate(cars) if car.actual and car.actual.position_in_class == 1}
    style.car_labels(canvas, axes, [label(car) for car in cars], won, class_stripes(forecast, cars))
    known = tr("; the winner's name in amber") if won else ""
    legend = tr("Solid: class win, the line its 95 %. Pale: class podium. Per cent{known}.", known=known)
    style.heading(canvas, tr("Who wins {name}", name=car_class), legend)
    return canvas.done()


def overall_bars(forecast: Forecast, cars: int = 10, *, ax: Axes | None = None) -> Figure:
    """Chance of winning the race overall, the best `cars` of the field."""
    best = tuple(car for car in forecast.overall() if car.overall_win > 0)[:cars]
    canvas, axes = _rows(best, ax)
    top = _span(axes, max(car.overall_win for car in best))
    for row, car in enumerate(best):
        _win(axes, row, car.overall_win, car.se.overall_win, top, forecast.simulated)
    won = {n for n, car in enumerate(best) if car.actual and car.actual.position == 1}
    style.car_labels(canvas, axes, [label(car) for car in best], won, class_stripes(forecast, best))
    known = tr(" The winner's name in amber.") if won else ""
    style.heading(
        canvas, tr("Who wins overall"), tr("Chance of winning the race, per cent; the line is its 95 %.") + known
    )
    return canvas.done()


def _rows(cars: tuple[CarForecast, ...], ax: Axes | None) -> tuple[style.Canvas, Axes]:
    canvas = style.canvas(len(cars), ax=ax)
    return canvas, style.row_axes(canvas, len(cars), style.LABELS, style.WIDTH - 0.45)


def _span(axes: Axes, longest: float) -> float:
    """Let the axis end a little beyond the longest bar."""
    top = min(1.0, max(0.05, 1.04 * longest))
    axes.set_xlim(0, top)
    style.percent_ticks(axes, top)
    return top


def _win(axes: Axes, row: int, share: float, error: float, top: float, races: int) -> None:
    """A solid bar with its 95 % Monte-Carlo interval, and the figure: inside where it fits."""
    axes.barh(row, share, height=0.62, color=style.ACCENT, linewidth=0)
    low, high = max(0.0, share - 1.96 * error), min(1.0, share + 1.96 * error)
    if high - low > 0.012 * top:
        axes.plot([low, high], [row, row], color=style.INK, linewidth=0.9, solid_capstyle="butt")
    inside = share > 0.11 * top
    style.write(
        axes,
        (low if inside else max(share, high)) + (-0.008 if inside else 0.006) * top,
        row,
        percent(share, races, unit=False),
        weight="bold",
        fontsize=8.5,
        color=style.PAPER if inside else style.INK,
        ha="right" if inside else "left",
    )
