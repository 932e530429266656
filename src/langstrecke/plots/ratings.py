"""The figure of ratings: who or what is fast, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.formatting import signed
from langstrecke.plots import style


def rating_intervals(
    title: str, rows: Sequence[tuple[str, str, float, float, float]], legend: str, *, ax: Axes | None = None
) -> Figure:
    """Pace against the mean: (name, detail, low, pace, high), a row each, the fastest first; faster is left.

    Per cent of a lap.
    """
    canvas = style.canvas(len(rows), ax=ax)
    left = 3.1
    axes = style.row_axes(canvas, len(rows), left, style.WIDTH - 0.75)
    low, high = min(row[2] for row in rows), max(row[4] for row in rows)
    pad = 0.04 * max(high - low, 0.1)
    axes.set_xlim(low - pad, high + pad)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.8)
    inch = canvas.inch(axes)
    place = {"transform": axes.get_yaxis_transform()}
    for n, (name, detail, a, pace, b) in enumerate(rows):
        axes.plot([a, b], [n, n], color=style.ACCENT, linewidth=5, alpha=0.35, solid_capstyle="butt")
        axes.plot(pace, n, "o", markersize=6, color=style.ACCENT)
        style.write(axes, (0.1 - left) * inch, n, style.shorten(name, 28), fontsize=8.5, **place)
        style.write(axes, (2.15 - left) * inch, n, style.shorten(detail, 12), fontsize=8, color=style.MUTED, **place)
        style.write(axes, 1.0 + 0.1 * inch, n, f"{signed(pace, 2)} %", fontsize=8.5, weight="bold", **place)
    axes.grid(axis="x", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    style.heading(canvas, title, legend)
    return canvas.done()
