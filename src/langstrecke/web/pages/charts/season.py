"""Charts of the page Season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langstrecke.web.pages.charts import base, line, share_axis
from langstrecke.web.pages.theme import CARS


def points_chart(rows: Sequence[Mapping[str, Any]], colour: str) -> dict[str, Any]:
    """Points at the end of the season: mean, the middle 80 % of seasons, and the points of now."""
    names = [str(r["name"]) for r in rows]
    lows = [float(r["low"]) for r in rows]
    tops = [max(float(r["high"]), float(r["points"])) for r in rows]
    now = max(float(r["points"]) for r in rows)
    if now > 0.4 * min(lows):  # early in a season the points of now lie far to the left of all others
        lows += [float(r["points"]) for r in rows]
    bottom, top = 50 * (min(lows) // 50), 50 * (max(tops) // 50 + 1)
    return base(
        grid={"left": 150, "right": 20, "top": 6, "bottom": 26},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis={"type": "value", "min": bottom, "max": top, "splitNumber": 4},
        yAxis={
            "type": "category",
            "data": names,
            "inverse": True,
            "axisLabel": {"width": 138, "overflow": "truncate"},
            "axisLine": {"show": False},
        },
        series=[
            {
                "type": "custom",
                ":renderItem": "pw_whisker",
                "itemStyle": {"color": colour},
                "encode": {"x": [1, 2], "y": 0},
                "data": [
                    {
                        "value": [n, r["low"], r["high"]],
                        "name": f"{names[n]}: {r['low']:.0f} to {r['high']:.0f} points",
                    }
                    for n, r in enumerate(rows)
                ],
            },
            {
                "type": "scatter",
                "symbolSize": 9,
                "itemStyle": {"color": colour},
                "data": [
                    {"value": [r["expected"], n], "name": f"{names[n]}: {r['expected']:.0f} points on average"}
                    for n, r in enumerate(rows)
                ],
            },
            {
                "type": "scatter",
                "symbol": "rect",
                "symbolSize": [2, 11],
                "itemStyle": {"color": "#8c96a3"},
                "data": [
                    {"value": [r["points"], n], "name": f"{names[n]}: {r['points']:.0f} points now"}
                    for n, r in enumerate(rows)
                    if r["points"] >= bottom
                ],
            },
        ],
    )


def title_chart(rounds: Sequence[str], lines: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    """Odds of a title after every round, a line for each contender."""
    return base(
        grid={"left": 46, "right": 170, "top": 14, "bottom": 44},
        xAxis={
            "type": "category",
            "data": list(rounds),
            "boundaryGap": False,
            "axisLabel": {"interval": 0, "rotate": 0, "width": 92, "overflow": "truncate", "hideOverlap": True},
        },
        yAxis=share_axis(1.0),
        series=[
            line(name, [round(v, 4) for v in values], CARS[n % len(CARS)], showSymbol=True, symbolSize=5)
            for n, (name, values) in enumerate(lines.items())
        ],
    )
