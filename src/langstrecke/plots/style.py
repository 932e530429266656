"""House style: one place for the colours, sizes and furniture of all figures.

Colours are the light theme's. `export.to_svg` turns each into a CSS variable of the same name, so that a page can
show the same figure light and dark.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from langstrecke.formatting import printable

PAPER = "#fffffe"
INK = "#1c2430"
MUTED = "#5c6775"
LINE = "#d5dbe3"
ACCENT = "#1d62b0"
RETIRE = "#c2185b"
ACTUAL = "#a86a00"

SHADES = ("#1d62b0", "#a86a00", "#241410", "#e00060", "#8000e0", "#000060", "#800000", "#602060")
"""Colours of lines and drivers, apart from each other also for whoever is colour-blind (tests/test_plots.py)."""

COLOURS = {
    "paper": PAPER,
    "ink": INK,
    "muted": MUTED,
    "line": LINE,
    "accent": ACCENT,
    "retire": RETIRE,
    "actual": ACTUAL,
}

DARK = {
    "paper": "#12161c",
    "ink": "#e7ebf1",
    "muted": "#9ba7b6",
    "line": "#303a47",
    "accent": "#62a8f7",
    "retire": "#ff85b3",
    "actual": "#efb84a",
}
"""The same names for a dark page."""

FONT = "DejaVu Sans"
SIZE = 9.0
SMALL = 8.0
SMALLEST = 4.5
"""What stands in somebody's axes is not written smaller than this."""

WIDTH = 9.6
"""Inches: the width of the report's column at 100 dots per inch."""
ROW = 0.27
"""Height of a car's row in inches."""
TOP = 0.58
BOTTOM = 0.34
LABELS = 2.75
"""Width of the column with car and team in inches."""
RIGHT = 0.2
DPI = 100
MAX_LABEL = 31


class HouseFigure(Figure):
    """A figure of this house: a notebook shows it without pyplot having been asked."""

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.savefig(picture, format="png", dpi=DPI, bbox_inches="tight", pad_inches=0.1)
        return picture.getvalue()


@dataclass(frozen=True)
class Canvas:
    """Where a figure is drawn: a page of its own, or the place of somebody's axes. Lengths are inches of the page."""

    figure: Figure
    height: float
    host: Axes | None = None

    def add_axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a place of the page; in a host they keep their share of it."""
        box = (left / WIDTH, bottom / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(box) if self.host is None else self.host.inset_axes(box)

    def text(self, left: float, below_top: float, text: str, **style: Any) -> None:
        """Text at a place of the page, from its left edge and from its top."""
        x, y = left / WIDTH, 1 - below_top / self.height
        settings: dict[str, Any] = {"family": FONT, "ha": "left", "parse_math": False} | style
        if self.host is None:
            self.figure.text(x, y, text, **settings)
        else:
            self.host.text(x, y, text, transform=self.host.transAxes, **settings)

    def inch(self, axes: Axes) -> float:
        """An inch of the page as a share of the width of axes on it."""
        whole = 1.0 if self.host is None else float(self.host.get_position().width)
        return whole / (float(axes.get_position().width) * WIDTH)

    def done(self) -> Figure:
        """The figure. What was made for a page is written as small as its host needs."""
        if self.host is not None:
            room = self.host.get_window_extent()
            shrink = min(1.0, room.width / self.figure.dpi / WIDTH, room.height / self.figure.dpi / self.height)
            shrink = max(shrink, SMALLEST / SMALL)
            for axes in (self.host, *self.host.child_axes):
                axes.tick_params(labelsize=SMALL * shrink)
                legend = axes.get_legend()
                written = [*axes.texts, axes.xaxis.label, axes.yaxis.label, *(legend.get_texts() if legend else ())]
                for text in written:
                    text.set_fontsize(text.get_fontsize() * shrink)
        return self.figure


def canvas(rows: int, *, bottom: float = BOTTOM, top: float = TOP, ax: Axes | None = None) -> Canvas:
    """An empty page for this many rows of cars, without touching pyplot or any global state; or the place of `ax`."""
    height = top + max(rows, 1) * ROW + bottom
    if ax is not None:
        ax.set_axis_off()
        figure = ax.get_figure(root=True)
        assert figure is not None
        return Canvas(figure, height, ax)
    page = HouseFigure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(page)
    return Canvas(page, height)


def row_axes(
    canvas: Canvas, rows: int, left: float, right: float, *, bottom: float = BOTTOM, pad: float = 0.5
) -> Axes:
    """Axes whose row i is a car, from the top; `left` and `right` are inches from the page's left edge."""
    axes = canvas.add_axes(left, bottom, right - left, rows * ROW)
    axes.set_ylim(rows - 1 + pad, -pad)
    axes.set_facecolor("none")
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=MUTED, labelfontfamily=FONT)
    return axes


def write(axes: Axes, x: float, y: float, text: str, **style: Any) -> Text:
    """Text in the house font. Never read as mathematics: team names may hold dollar signs."""
    settings: dict[str, Any] = {
        "fontsize": SIZE,
        "color": INK,
        "family": FONT,
        "va": "center",
        "clip_on": False,
    }
    return axes.text(x, y, text, parse_math=False, **(settings | style))


def heading(canvas: Canvas, title: str, legend: str) -> None:
    """What the figure shows, and how to read it, at the top left."""
    canvas.text(0.02, 0.06, printable(title), fontsize=11, color=INK, weight="bold", va="top")
    canvas.text(0.02, 0.27, legend, fontsize=SMALL, color=MUTED, va="top")


def car_labels(
    canvas: Canvas, axes: Axes, labels: list[tuple[str, str]], marked: set[int], colours: Sequence[str] = ()
) -> None:
    """Car numbers and teams left of the axes; the rows in `marked` in the colour of what really happened.

    `colours` are those of the cars' classes: a stripe before each team, as in the timing table.
    """
    inch = canvas.inch(axes)
    x = (0.54 - LABELS) * inch
    stripes = [[(x, row - 0.3), (x, row + 0.3)] for row in range(len(colours))]
    beside = axes.get_yaxis_transform()
    axes.add_artist(LineCollection(stripes, colors=list(colours), linewidths=2.6, transform=beside, clip_on=False))
    teams = told_apart([team for _, team in labels], MAX_LABEL)
    for row, (number, _) in enumerate(labels):
        colour = ACTUAL if row in marked else INK
        place = {"transform": axes.get_yaxis_transform()}
        write(axes, (0.5 - LABELS) * inch, row, shorten(number, 7), weight="bold", ha="right", color=colour, **place)
        write(axes, (0.62 - LABELS) * inch, row, teams[row], color=colour, fontsize=8.5, **place)


def percent_ticks(axes: Axes, top: float) -> None:
    """Ticks and light grid lines of a probability axis from 0 to `top`."""
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if top / s <= 6 or s == 0.25)
    ticks = [n * step for n in range(int(top / step + 1e-9) + 1)]
    axes.set_xticks(ticks, [f"{100 * t:.0f} %" if t else "0" for t in ticks], parse_math=False)
    axes.grid(axis="x", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)


def seconds_ticks(top: float) -> list[float]:
    """Ticks from 0 to `top` seconds at steps people read easily, seven at most."""
    step = next(s for s in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 1e9) if top / s <= 6)
    return [n * step for n in range(int(top / step) + 1)]


def shorten(text: str, longest: int) -> str:
    """A name cut with an ellipsis."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def told_apart(names: list[str], longest: int) -> list[str]:
    """Names cut to a length; those that would look alike but are not keep their ends instead of their middles."""
    cut = [shorten(name, longest) for name in names]
    for n, name in enumerate(names):
        if any(cut[n] == other and name != names[m] for m, other in enumerate(cut) if m != n):
            head = longest // 2
            cut[n] = f"{name[:head].rstrip()}…{name[len(name) - (longest - head - 1) :].lstrip()}"
    return cut
