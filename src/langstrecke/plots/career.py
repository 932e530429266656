"""A career as a figure: the place in class of every race, over the years."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.plots import style

SHAPES = "oDs^vP*Xhd"
"""A mark for each series."""
PLACES = (1, 2, 3, 5, 10, 15, 20, 30, 40, 50)
"""Places with a line of their own."""
LEFT, BOTTOM, HEAD = 0.85, 0.62, 0.95
"""Inches left of, below and above the marks."""
LETTER = 0.068
"""Width of a small letter in inches, to tell whether a name has room."""


@dataclass(frozen=True)
class Mark:
    """One race: its day, the place (None: none), the series and team, and what became of it."""

    day: dt.date
    place: int | None
    series: str
    team: str
    win: bool
    started: bool
    entered: bool = True

    @property
    def year(self) -> float:
        """The day as a year with a fraction."""
        return self.day.year + (self.day.timetuple().tm_yday - 1) / 365.25


def career_figure(title: str, marks: Sequence[Mark], *, ax: Axes | None = None) -> Figure:
    """Places in class over the years: a shape for each series, amber for wins, red for no place, teams above."""
    canvas = style.canvas(13, bottom=BOTTOM + HEAD - style.TOP, ax=ax)
    width = style.WIDTH - LEFT - style.RIGHT
    axes = canvas.add_axes(LEFT, BOTTOM, width, canvas.height - BOTTOM - HEAD)
    worst = max(3, *(mark.place or 1 for mark in marks))
    floor = worst + max(1.5, 0.12 * worst)
    shapes = dict(zip(dict.fromkeys(mark.series for mark in marks), SHAPES * 9, strict=False))
    for mark in marks:
        colour = style.ACTUAL if mark.win else style.ACCENT if mark.place else style.RETIRE
        filled = bool(mark.place) or mark.started
        at = mark.place or floor
        axes.plot(mark.year, at, shapes[mark.series], color=colour, markersize=6.5,
                  markerfacecolor=colour if filled else "none")  # fmt: skip
    lines = [p for p in PLACES if p <= worst]
    axes.set_yticks([*lines, floor], [*map(str, lines), "no place"], parse_math=False)
    axes.set_ylim(floor + 0.06 * worst, 1 - 0.06 * worst)
    first, last = min(m.year for m in marks), max(m.year for m in marks)
    room = max(0.5, 0.02 * (last - first), 1.5 - (last - first))
    axes.set_xlim(first - room, last + room)
    years = range(math.ceil(first - room), math.floor(last + room) + 1, max(1, math.ceil((last - first) / 14)))
    axes.set_xticks(list(years), [str(year) for year in years], parse_math=False)
    _furnish(axes)
    _teams(axes, marks, width)
    legend = "Place in class (overall where the class is not known). Amber: class win."
    legend += " Red: retired or without a place; hollow: did not start."
    style.heading(canvas, title, legend)
    named = [f"{_GLYPHS[shape]} {style.shorten(series, 40)}" for series, shape in shapes.items()]
    for line, some in enumerate((named[:4], named[4:8])):
        told = "   ".join(some) + (" …" if line and len(named) > 8 else "")
        below = canvas.height - 0.21 + 0.17 * line
        canvas.text(LEFT, below, told, va="bottom", fontsize=style.SMALL, color=style.MUTED)
    return canvas.done()


_GLYPHS = {"o": "●", "D": "◆", "s": "■", "^": "▲", "v": "▼", "P": "✚", "*": "★", "X": "✖", "h": "⬢", "d": "⬧"}


def _furnish(axes: Axes) -> None:
    axes.set_facecolor("none")
    axes.tick_params(length=0, labelsize=style.SMALL, labelcolor=style.MUTED, labelfontfamily=style.FONT)
    axes.grid(color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _teams(axes: Axes, marks: Sequence[Mark], width: float) -> None:
    """For whom, above the marks: a bar for each run of races with one team, its name where there is room."""
    runs: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda m: m.day):
        if runs and runs[-1][-1].team == mark.team:
            runs[-1].append(mark)
        else:
            runs.append([mark])
    low, high = axes.get_xlim()
    inches = width / (high - low)
    place = axes.get_xaxis_transform()
    half = 0.35 if len(runs) < 2 else min(0.35, 0.45 * min(b[0].year - a[-1].year for a, b in pairwise(runs)))
    for run, after in zip(runs, [*runs[1:], None], strict=True):
        begin, end = run[0].year - half, run[-1].year + half
        axes.plot([begin, end], [1.03, 1.03], color=style.MUTED, linewidth=2.0, transform=place, clip_on=False)
        space = ((after[0].year - half if after else high) - begin) * inches
        letters = int(space / LETTER) - 1
        if letters >= min(len(run[0].team), 7):
            style.write(axes, begin, 1.075, style.shorten(run[0].team, letters), fontsize=7.5, color=style.MUTED,
                        transform=place)  # fmt: skip
