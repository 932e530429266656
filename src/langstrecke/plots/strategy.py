"""Figures of the strategist: timelines of stints, differences between plans, gaps over the race.

They take plain rows, not the strategist's own results: what a figure shows can come from anywhere.
"""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.formatting import printable, race_time, signed, surname
from langstrecke.plots import style

TIMELINE_LEFT = 1.75
"""Inches left of the axes for the drivers' names."""
LABEL_WIDTH = 48
"""Letters in a line of a label of `difference_bars`."""


@dataclass(frozen=True)
class Bar:
    """One stint of a timeline; times are race seconds."""

    driver: str
    start_s: float
    end_s: float
    laps: int
    new_tyres: bool


def stint_timeline(
    bars: Sequence[Bar],
    drivers: Sequence[str],
    duration_s: float,
    title: str,
    dark: Sequence[tuple[float, float]] = (),
    start_hour: float | None = None,
    *,
    ax: Axes | None = None,
) -> Figure:
    """Who drives when: a row a driver, a bar a stint with its laps; a tick marks new tyres, grey is the night."""
    canvas = style.canvas(len(drivers) + 1, bottom=0.55, ax=ax)
    axes = style.row_axes(canvas, len(drivers) + 1, TIMELINE_LEFT, style.WIDTH - 0.25, bottom=0.55)
    hours = duration_s / 3600.0
    axes.set_xlim(0, max(hours, max(bar.end_s for bar in bars) / 3600.0))
    for begin, end in dark:
        low, high = max(0.0, begin / 3600.0), min(hours, end / 3600.0)
        if high > low:
            axes.axvspan(low, high, color=style.LINE, alpha=0.45, linewidth=0)
    totals = {d: sum(b.end_s - b.start_s for b in bars if b.driver == d) for d in drivers}
    wide = axes.get_xlim()[1]
    for bar in bars:
        row = list(drivers).index(bar.driver)
        left, width = bar.start_s / 3600.0, (bar.end_s - bar.start_s) / 3600.0
        axes.barh(row, width, left=left, height=0.62, color=style.ACCENT, linewidth=0)
        if width > 0.022 * wide:
            text = str(bar.laps)
            style.write(axes, left + width / 2, row, text, color=style.PAPER, fontsize=7.5, ha="center")
        if bar.new_tyres:
            axes.plot([left, left], [len(drivers) - 0.2, len(drivers) + 0.2], color=style.INK, linewidth=1.6)
    inch = canvas.inch(axes)
    place = {"transform": axes.get_yaxis_transform()}
    for row, driver in enumerate(drivers):
        name = style.shorten(surname(driver), 15)
        style.write(axes, -TIMELINE_LEFT * inch, row, name, weight="bold", **place)
        driven = race_time(totals[driver], short=True)
        style.write(axes, -0.1 * inch, row, driven, ha="right", color=style.MUTED, **place)
    style.write(axes, -TIMELINE_LEFT * inch, len(drivers), "new tyres", color=style.MUTED, **place)
    step = next(s for s in (0.25, 0.5, 1, 2, 3) if hours / s <= 12 or s == 3)
    ticks = [n * step for n in range(int(hours / step + 1e-9) + 1)]
    axes.set_xticks(ticks, [_tick(t, start_hour) for t in ticks])
    legend = "Bars are stints with their laps; hours at the wheel beside the name."
    style.heading(canvas, title, legend + (" Grey: dark." if dark else ""))
    return canvas.done()


def _tick(hours: float, start_hour: float | None) -> str:
    minutes = round(hours * 60)
    text = f"{minutes // 60} h" if minutes % 60 == 0 else race_time(3600 * hours, short=True)
    if start_hour is None:
        return text
    clock = dt.datetime.min + dt.timedelta(minutes=round(start_hour * 60 + minutes))
    return f"{text}\n{clock:%H:%M}"


@dataclass(frozen=True)
class Step:
    """A difference with its 95 % interval, in points of probability or in places."""

    label: str
    value: float
    low: float
    high: float


def difference_bars(
    rows: Sequence[Step], title: str, legend: str, unit: str = "points", *, ax: Axes | None = None
) -> Figure:
    """Differences and their intervals, one row each; what the interval cannot tell from nothing is grey."""
    canvas = style.canvas(len(rows), bottom=0.5, ax=ax)
    axes = style.row_axes(canvas, len(rows), 3.4, style.WIDTH - 1.0, bottom=0.5)
    low, high = (pick(0.0, *(v for r in rows for v in (r.low, r.high))) for pick in (min, max))
    room = 0.12 * (high - low) or 1.0
    axes.set_xlim(low - room, high + room)
    axes.axvline(0, color=style.MUTED, linewidth=0.8)
    axes.grid(axis="x", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    inch = canvas.inch(axes)
    place = {"transform": axes.get_yaxis_transform()}
    for row, step in enumerate(rows):
        colour = style.MUTED if step.low <= 0 <= step.high else style.ACCENT if step.value > 0 else style.RETIRE
        axes.plot([step.low, step.high], [row, row], color=colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
        axes.plot(step.value, row, "o", markersize=6, color=colour)
        lines = textwrap.wrap(printable(step.label), LABEL_WIDTH, max_lines=2, placeholder=" …")
        size = style.SMALL if len(lines) > 1 else None
        style.write(
            axes, -0.12 * inch, row, "\n".join(lines), ha="right", **({"fontsize": size} if size else {}), **place
        )
        digits = 1 if unit == "points" else 2
        text = signed(step.value, digits)
        style.write(axes, 1 + 0.1 * inch, row, text, weight="bold", color=colour, **place)
    axes.set_xlabel(unit, fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    style.heading(canvas, title, legend)
    return canvas.done()


@dataclass(frozen=True)
class GapLine:
    """Gap to the class leader over the race: hours, and low, middle and high of the gap in seconds."""

    label: str
    hours: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


def gap_chart(
    lines: Sequence[GapLine], title: str, legend: str, past: GapLine | None = None, *, ax: Axes | None = None
) -> Figure:
    """Gap to the class leader over the race, of one car under several plans: median and the middle half.

    `past` is how it was until the moment from which the plans differ.
    """
    canvas = style.canvas(13, bottom=0.5, ax=ax)
    axes = style.row_axes(canvas, 13, 0.75, style.WIDTH - 0.3, bottom=0.5)
    colours = (style.MUTED, style.ACCENT, style.RETIRE, style.ACTUAL)
    top = 1.0
    if past is not None and past.hours:
        axes.plot(past.hours, past.middle, color=style.INK, linewidth=1.4, label=printable(past.label))
        axes.axvline(past.hours[-1], ymin=0.24, color=style.MUTED, linewidth=0.8, linestyle=(0, (2, 3)))
        top = max(top, *past.middle)
    for line, colour in zip(lines, colours, strict=False):
        axes.fill_between(line.hours, line.low, line.high, color=colour, alpha=0.16, linewidth=0)
        axes.plot(line.hours, line.middle, color=colour, linewidth=2, label=printable(line.label))
        top = max(top, *line.high)
    axes.set_ylim(1.3 * top, 0)  # the names of the lines stand below them
    axes.set_xlim(past.hours[0] if past and past.hours else 0, max(max(line.hours) for line in lines))
    axes.set_yticks(style.seconds_ticks(top))
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel("hours", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    axes.set_ylabel("seconds behind the class leader", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    drawn = axes.legend(loc="lower left", frameon=False, fontsize=style.SMALL, prop={"family": style.FONT, "size": 8})
    for text in drawn.get_texts():
        text.set_color(style.INK)
    style.heading(canvas, title, legend)
    return canvas.done()
