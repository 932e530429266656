"""The chart of the page What-if: how odds change, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langstrecke.formatting import signed
from langstrecke.web.pages.charts import base

BETTER, WORSE, SAME = "#3f9a67", "#c2503f", "#8c96a3"


@dataclass(frozen=True)
class Step:
    """A change with its 95 % interval."""

    label: str
    value: float
    low: float
    high: float


def change_chart(steps: Sequence[Step], unit: str, *, scale: float = 1.0, digits: int = 1) -> dict[str, Any]:
    """Changes as dots with their intervals; what the interval cannot tell from nothing is grey."""
    names = [s.label for s in steps]
    whiskers, dots = [], []
    for n, s in enumerate(steps):
        colour = SAME if s.low <= 0 <= s.high else BETTER if s.value > 0 else WORSE
        value, low, high = (round(scale * v, 4) for v in (s.value, s.low, s.high))
        words = f"{s.label}: {signed(value, digits)} ({signed(low, digits)} to {signed(high, digits)}) {unit}"
        whiskers.append({"value": [n, low, high], "name": words, "itemStyle": {"color": colour}})
        dots.append({"value": [value, n], "name": words, "itemStyle": {"color": colour}})
    reach = 1.12 * max([abs(scale * v) for s in steps for v in (s.low, s.high)] or [0.0]) or 1.0
    return base(
        grid={"left": 216, "right": 18, "top": 4, "bottom": 40},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis={
            "type": "value",
            "min": -reach,
            "max": reach,
            "name": unit,
            "nameLocation": "middle",
            "nameGap": 24,
            "splitNumber": 4,
            "axisLabel": {
                ":formatter": f"v => (v > 0 ? '+' : '') + v.toFixed({digits}).replace('-', '−')",
                "showMinLabel": False,
                "showMaxLabel": False,
            },
        },
        yAxis={
            "type": "category",
            "data": names,
            "inverse": True,
            "axisLine": {"show": False},
            "axisLabel": {"width": 204, "overflow": "truncate"},
        },
        series=[
            {"type": "custom", ":renderItem": "pw_whisker", "encode": {"x": [1, 2], "y": 0}, "data": whiskers},
            {
                "type": "scatter",
                "symbolSize": 9,
                "data": dots,
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"show": False},
                    "lineStyle": {"color": SAME, "type": "solid", "width": 1},
                    "data": [{"xAxis": 0}],
                },
            },
        ],
    )
