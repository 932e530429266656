"""Figures of the pit window: what a stop is worth and meets lap by lap, and how stints fall off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from langstrecke.formatting import printable, race_time, surname
from langstrecke.plots import style

if TYPE_CHECKING:
    from langstrecke.strategy.pit_window import PitWindow

PANEL_ROWS = 8
LEFT, GAP = 0.55, 0.45
STINTS = 8
"""Stints a figure of fall-off shows at most, the latest."""


def window_chart(window: PitWindow, *, ax: Axes | None = None) -> Figure:
    """Places won by the lap of the stop (top), where the car rejoins and in what traffic (middle), chances of a
    yellow, or of green, by then (bottom).
    """
    canvas = style.canvas(3 * PANEL_ROWS, bottom=0.5, ax=ax)
    inches = style.ROW * PANEL_ROWS
    top, middle, bottom = (
        canvas.add_axes(LEFT, 0.5 + k * inches, style.WIDTH - LEFT - 0.2, inches - GAP) for k in (2, 1, 0)
    )
    count = len(window.green or window.yellow)
    for axes, label in ((top, "places won"), (middle, "cars"), (bottom, "green, %" if window.green else "yellow, %")):
        _plain(axes, label)
        axes.set_xlim(0.5, count + 0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    middle.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    top.axhline(0.0, color=style.MUTED, linewidth=0.8)
    for w in window.worth:
        told = w.place.high < 0.0 or w.place.low > 0.0
        colour = style.MUTED if not told else style.ACCENT if w.place.change < 0.0 else style.RETIRE
        top.plot([w.in_laps] * 2, [-w.place.high, -w.place.low], color=colour, linewidth=2.2, alpha=0.55)
        top.plot(w.in_laps, -w.place.change, "o", color=colour, markersize=5)
    if window.rejoins:
        at = [r.in_laps for r in window.rejoins]
        middle.bar(at, [r.traffic for r in window.rejoins], color=style.LINE, linewidth=0)
        middle.plot(at, [r.place for r in window.rejoins], "o-", color=style.ACCENT, markersize=3.5, linewidth=1.2)
        middle.set_ylim(0, None)
    else:
        style.write(middle, 1.0, 0.5, "under yellow the queue decides", color=style.MUTED)
    chances = window.green or window.yellow
    bottom.plot(range(1, count + 1), [100.0 * p for p in chances], color=style.ACTUAL, linewidth=1.6)
    bottom.set_ylim(0, 100 if window.green else max(10.0, 110.0 * max(chances, default=0.0)))
    bottom.set_xlabel("laps from now to the stop", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    what = "green again by then" if window.green else "a yellow before then"
    style.heading(
        canvas,
        f"{window.race}, {race_time(window.t)}: pit window of car {window.car}",
        "Places in class won against staying out (95 % of the simulation); place in class on rejoin (line), "
        f"cars up to 12 s ahead (bars); {what}.",
    )
    return canvas.done()


def fall_off_chart(window: PitWindow, *, ax: Axes | None = None) -> Figure:
    """Clean laps of the car's latest stints against the lap of the stint, with each stint's slope."""
    stints = window.fall_off[-STINTS:]
    canvas = style.canvas(2 * PANEL_ROWS, bottom=0.5, ax=ax)
    axes = canvas.add_axes(LEFT, 0.5, style.WIDTH - LEFT - 2.6, style.ROW * 2 * PANEL_ROWS - 0.1)
    _plain(axes, "lap time, s")
    for k, stint in enumerate(stints):
        shade = 0.35 + 0.65 * (k + 1) / len(stints)
        colour = (style.ACCENT, style.RETIRE, style.ACTUAL)[k % 3]
        laps = [n for n, _ in stint.points]
        axes.plot(laps, [s for _, s in stint.points], ".", color=colour, alpha=0.45 * shade, markersize=4)
        centre = sorted(laps)[len(laps) // 2]
        ends = [min(laps), max(laps)]
        axes.plot(
            ends,
            [stint.level_s + stint.slope_s * (n - centre) for n in ends],
            color=colour,
            alpha=shade,
            linewidth=1.8,
        )
        name = f"{stint.stint} {style.shorten(printable(surname(stint.driver)), 14)}  {stint.slope_s:+.3f} s a lap"
        style.write(axes, 1.02, 0.97 - 0.06 * k, name, color=colour, fontsize=style.SMALL, transform=axes.transAxes)
    if not stints:
        style.write(axes, 0.02, 0.5, "no stint with clean laps enough", color=style.MUTED, transform=axes.transAxes)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("lap of the stint", fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
    style.heading(
        canvas,
        f"{window.race}, {race_time(window.t)}: fall-off of car {window.car}",
        "Clean laps and their slope by stint and driver; positive: slower lap on lap, tyres and fuel together.",
    )
    return canvas.done()


def _plain(axes: Axes, label: str) -> None:
    axes.set_facecolor("none")
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(style.LINE)
    axes.tick_params(length=0, labelsize=style.SMALL, labelcolor=style.MUTED, labelfontfamily=style.FONT)
    axes.grid(axis="y", color=style.LINE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_ylabel(label, fontsize=style.SMALL, color=style.MUTED, family=style.FONT)
