"""The race for a title: odds after every round as lines, and final points as bars with their spread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from langstrecke.formatting import percent
from langstrecke.plots import style


def title_odds(
    title: str,
    rounds: Sequence[str],
    lines: Sequence[tuple[str, Sequence[float]]],
    champion: str = "",
    idle: Collection[int] = (),
    now: int | None = None,
    what_if: str = "",
    *,
    ax: Axes | None = None,
) -> Figure:
    """Chance of the title after each round, a line per contender; `rounds[0]` is before the season.

    `idle`: rounds in which the class does not score, shaded. `now`: the round after which the forecast beside the
    figure stands, marked. `what_if`: the change the rounds ahead are played with.
    """
    canvas = style.canvas(14, bottom=0.95, ax=ax)
    axes = canvas.add_axes(0.53, 0.95, 0.70 * style.WIDTH, canvas.height - 0.95 - style.TOP)
    axes.set_facecolor("none")
    for spine in axes.spines.values():
        spine.set_visible(False)
    xs = range(len(rounds))
    for n in idle:
        axes.axvspan(n - 0.5, n + 0.5, color=style.LINE, alpha=0.45, linewidth=0)
    if now is not None:
        axes.axvline(now, color=style.MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    ends = sorted(((odds[-1], n) for n, (_, odds) in enumerate(lines)), reverse=True)
    heights = _apart([value for value, _ in ends])
    for (value, n), height in zip(ends, heights, strict=True):
        name, odds = lines[n]
        colour = style.SHADES[n % len(style.SHADES)]
        axes.plot(xs, odds, color=colour, linewidth=2.2 if n < 3 else 1.4, marker="o", markersize=3.5)
        bold = "bold" if name == champion else "normal"
        text = f"{style.shorten(name, 30)}  {percent(value)}"
        style.write(axes, len(rounds) - 1 + 0.02 * len(rounds), height, text, color=colour, fontsize=8.5, weight=bold)
    axes.set_xlim(-0.2, len(rounds) - 1 + 0.05)
    axes.set_ylim(-0.03, 1.03)
    axes.set_xticks(list(xs), [style.shorten(name, 20) for name in rounds], rotation=35, ha="right")
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"], parse_math=False)
    axes.tick_params(length=0, labelsize=style.SMALL, labelcolor=style.MUTED, labelfontfamily=style.FONT)
    axes.grid(axis="y", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    told = "Chance of the title before the season and after each round; the last point is the real table."
    told += " Shaded: the class does not score." if idle else ""
    told += " Dashed: this forecast." if now is not None else ""
    if what_if:
        told = f"What if: {style.shorten(what_if, 60)}. {told.replace('; the last point is the real table', '')}"
    style.heading(canvas, title, told)
    return canvas.done()


def _apart(values: Sequence[float], gap: float = 0.055) -> list[float]:
    """Heights of labels, given from the top down, that do not overlap: whoever is in the way moves up."""
    out: list[float] = []
    for value in reversed(values):
        out.append(max(value, out[-1] + gap) if out else value)
    return out[::-1]


def final_points(
    title: str,
    rows: Sequence[tuple[str, str, float, float, float, float, float]],
    legend: str,
    *,
    ax: Axes | None = None,
) -> Figure:
    """Points at the end of the season: (mark, name, now, low, expected, high, chance of the title), best first."""
    canvas = style.canvas(len(rows), ax=ax)
    axes = style.row_axes(canvas, len(rows), style.LABELS, style.WIDTH - 0.75)
    top = max(row[5] for row in rows)
    now, bars = max(row[2] for row in rows), min(row[3] for row in rows)
    # Early in a season points say nothing yet: the axis begins where the bars do.
    left = bars if now < 0.25 * bars else min(min(row[2], row[3]) for row in rows)
    low = max(0.0, left - 0.03 * top)
    axes.set_xlim(low, 1.02 * top)
    for n, (_, _, now, p10, mean, p90, chance) in enumerate(rows):
        if now >= low:  # else the axis does not begin there
            axes.plot([now, now], [n - 0.3, n + 0.3], color=style.MUTED, linewidth=2)
            axes.plot([now, mean], [n, n], color=style.MUTED, linewidth=0.8)
        axes.plot([p10, p90], [n, n], color=style.ACCENT, linewidth=5, alpha=0.4, solid_capstyle="butt")
        axes.plot(mean, n, "o", markersize=6, color=style.ACCENT)
        style.write(axes, top + 0.03 * (top - low), n, percent(chance), fontsize=8.5, weight="bold")
    axes.grid(axis="x", color=style.LINE, linewidth=0.6)
    style.car_labels(canvas, axes, [(row[0], row[1]) for row in rows], set())
    style.heading(canvas, title, legend)
    return canvas.done()


def variants_bars(
    title: str,
    rows: Sequence[tuple[str, float, float, float | None]],
    legend: str,
    words: Sequence[str] = (),
    *,
    ax: Axes | None = None,
) -> Figure:
    """Shares side by side: (name, solid, pale, grey mark or None), a row each; `words` name the three in the text."""
    canvas = style.canvas(len(rows), ax=ax)
    left = min(3.6, 0.35 + 0.078 * max(len(style.shorten(row[0], 44)) for row in rows))
    told = [_shares(row, words) for row in rows]
    right = 0.35 + 0.085 * max(len(text) for text in told)
    axes = style.row_axes(canvas, len(rows), left, style.WIDTH - right)
    top = min(1.0, max(0.05, 1.02 * max(max(a, b, c or 0.0) for _, a, b, c in rows)))
    axes.set_xlim(0, top)
    style.percent_ticks(axes, top)
    inch = canvas.inch(axes)
    for n, (name, solid, pale, mark) in enumerate(rows):
        axes.barh(n, pale, height=0.62, color=style.ACCENT, alpha=0.22, linewidth=0)
        axes.barh(n, solid, height=0.62, color=style.ACCENT, linewidth=0)
        if mark is not None:
            axes.plot([mark, mark], [n - 0.36, n + 0.36], color=style.MUTED, linewidth=2.5)
        style.write(axes, max(solid, pale, mark or 0.0) + 0.1 * inch * top, n, told[n], fontsize=8.5, weight="bold")
        place = {"transform": axes.get_yaxis_transform()}
        style.write(axes, (0.1 - left) * inch, n, style.shorten(name, 44), fontsize=8.5, **place)
    style.heading(canvas, title, legend)
    return canvas.done()


def _shares(row: tuple[str, float, float, float | None], words: Sequence[str]) -> str:
    """The shares of a row as text, each with its word where there are any."""
    _, solid, pale, mark = row
    shown = [solid, *([pale] if words else []), *([mark] if mark is not None else [])]
    names = words or [""] * len(shown)
    return " · ".join(f"{word} {percent(share)}".strip() for word, share in zip(names, shown, strict=False))


LANE = 30
"""Letters of a series' name beside its meetings."""
VERDICTS = {
    "own": style.MUTED,
    "free": style.ACCENT,
    "tight": style.ACTUAL,
    "clash": style.RETIRE,
    "not known": style.MUTED,
}


def days_of_a_year(title: str, year: int, meetings: Sequence[Mapping[str, Any]], *, ax: Axes | None = None) -> Figure:
    """A year's meetings as bars: his own, and those he was free for or not."""
    first = dt.date(year, 1, 1)
    lanes = list(dict.fromkeys(str(m["series"]) for m in sorted(meetings, key=lambda m: m["verdict"] != "own")))
    names = {str(m["series"]): str(m.get("series_name", m["series"])) for m in meetings}
    labels = names
    widest = max(len(style.shorten(name, LANE)) for name in labels.values())
    canvas = style.canvas(len(lanes) * 2, ax=ax)
    left = 0.3 + 0.085 * widest
    axes = style.row_axes(canvas, len(lanes) * 2, left, style.WIDTH - 0.2)
    axes.set_xlim(0, 366)
    starts = [(dt.date(year, month, 1) - first).days for month in range(1, 13)]
    axes.set_xticks(starts, [f"{dt.date(year, m, 1):%b}" for m in range(1, 13)])
    axes.grid(axis="x", color=style.LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    inch = canvas.inch(axes)
    for n, lane in enumerate(lanes):
        name = style.shorten(labels[lane], LANE)
        style.write(axes, (0.1 - left) * inch, 2 * n, name, weight="bold", transform=axes.get_yaxis_transform())
        for meeting in (m for m in meetings if m["series"] == lane):
            begin = (dt.date.fromisoformat(str(meeting["start"])) - first).days
            length = (dt.date.fromisoformat(str(meeting["end"])) - first).days - begin + 1
            axes.barh(2 * n, length, left=begin, height=1.1, color=VERDICTS[str(meeting["verdict"])], linewidth=0)
    legend = "Grey: his own races. Blue: free. Amber: too little time to travel. Red: racing elsewhere."
    style.heading(canvas, title, legend)
    return canvas.done()
