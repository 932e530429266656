"""Charts of the page Paddock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from langstrecke.plots.style import ACTUAL, RETIRE
from langstrecke.web.pages.charts import base
from langstrecke.web.pages.theme import CARS

NO_PLACE = "no place"
VERDICT_COLOURS = {
    "busy": "#8c96a3",
    "free": "#3f9a67",
    "tight": "#cc8a2b",
    "clash": "#c2503f",
    "not known": "#8c96a3",
}


def career_chart(races: Sequence[tuple[str, str, int | None, str, bool]]) -> dict[str, Any]:
    """Places in class over the years; wins in amber, no place at the bottom.

    `races` is (series, date, place in class or None, what happened, class win).
    """
    worst = max([place for _, _, place, _, _ in races if place] or [1])
    bottom = worst + max(2, worst // 8)
    series = []
    for n, name in enumerate(dict.fromkeys(r[0] for r in races)):
        colour = CARS[n % len(CARS)]
        points = [
            {
                "value": [date, place or bottom],
                "name": words,
                "itemStyle": {
                    "color": ACTUAL if won else colour if place else "transparent",
                    "borderColor": ACTUAL if won else colour if place else RETIRE,
                    "borderWidth": 1.5,
                },
            }
            for own, date, place, words, won in races
            if own == name
        ]
        series.append(
            {"type": "scatter", "name": name, "data": points, "symbolSize": 9, "itemStyle": {"color": colour}}
        )
    first, last = min(r[1] for r in races), max(r[1] for r in races)
    begin = (dt.date.fromisoformat(first) - dt.timedelta(days=120)).isoformat()
    end = (dt.date.fromisoformat(last) + dt.timedelta(days=120)).isoformat()
    return base(
        grid={"left": 62, "right": 18, "top": 32, "bottom": 26},
        legend={"top": 0, "left": 0, "itemWidth": 10, "itemHeight": 10, "icon": "circle", "type": "scroll"},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis={"type": "time", "min": begin, "max": end, "splitLine": {"show": False}, "minInterval": 31_536_000_000},
        yAxis={
            "type": "value",
            "inverse": True,
            "min": 1,
            "max": bottom,
            "minInterval": 1,
            "axisLabel": {":formatter": f"v => v === {bottom} ? '{NO_PLACE}' : v < {bottom} - 1 ? 'P' + v : ''"},
        },
        series=series,
    )


def year_chart(year: int, meetings: Sequence[tuple[str, str, str, str, str]]) -> dict[str, Any]:
    """A year of meetings as bars, a row for each series; (series, title, first day, last day, verdict or busy)."""
    rows = list(dict.fromkeys(_row(m) for m in meetings))
    data = [
        {
            "value": [rows.index(_row(m)), m[2], _after(m[3])],
            "name": f"{m[1]}: {m[2]} to {m[3]}" + ("" if m[4] == "busy" else f" ({m[4]})"),
            "itemStyle": {"color": VERDICT_COLOURS[m[4]]},
        }
        for m in meetings
    ]
    return base(
        grid={"left": 230, "right": 14, "top": 6, "bottom": 26},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis={"type": "time", "min": f"{year}-01-01", "max": f"{year}-12-31", "axisLabel": {"formatter": "{MMM}"}},
        yAxis={"type": "category", "data": rows, "inverse": True, "splitLine": {"show": True}},
        series=[{"type": "custom", ":renderItem": "pw_bar(16, 3)", "encode": {"x": [1, 2], "y": 0}, "data": data}],
    )


def _row(meeting: tuple[str, str, str, str, str]) -> str:
    return meeting[0] if meeting[4] == "busy" else f"{meeting[0]}, wanted"


def _after(day: str) -> str:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).isoformat()
