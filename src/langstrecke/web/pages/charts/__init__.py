"""What all charts share: plain ECharts options. Colours of axes and text come with the theme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GRID = {"left": 46, "right": 16, "top": 14, "bottom": 26, "containLabel": False}

HOURS_JS = "v => { const m = Math.round(v * 60); return Math.floor(m / 60) + ':' + String(m % 60).padStart(2, '0'); }"
"""Writes hours of the race as `6:30`."""
PERCENT_JS = "v => Math.round(100 * v) + ' %'"


def base(**more: Any) -> dict[str, Any]:
    """Options every chart begins with: no animation, a tooltip that keeps inside the chart, a quiet grid."""
    return {
        "animation": False,
        "grid": dict(GRID),
        "tooltip": {"trigger": "axis", "confine": True, "axisPointer": {"type": "line", "lineStyle": {"width": 1}}},
    } | more


def hours_scale(until: float) -> dict[str, float]:
    """End and distance of ticks of an axis in hours."""
    step = next(s for s in (0.25, 0.5, 1, 2, 3, 4, 6) if until / s <= 12 or s == 6)
    return {"max": until, "interval": step}


def hours_axis(scale: Mapping[str, float]) -> dict[str, Any]:
    """Race time in hours along the bottom; `scale` has `max`, `interval` and perhaps `min`."""
    return {
        "type": "value",
        "min": 0,
        "axisLabel": {":formatter": HOURS_JS, "showMinLabel": True, "showMaxLabel": True, "hideOverlap": True},
        "splitLine": {"show": False},
        "axisPointer": {"label": {"show": False}},
    } | dict(scale)


def share_axis(top: float | None = None) -> dict[str, Any]:
    """A probability up the side."""
    return {"type": "value", "min": 0, "max": top, "axisLabel": {":formatter": PERCENT_JS}, "splitNumber": 4}


def line(name: str, points: list[Any], colour: str, **more: Any) -> dict[str, Any]:
    """A car's line, its number at the end."""
    return {
        "type": "line",
        "id": name,
        "name": name,
        "data": points,
        "showSymbol": False,
        "lineStyle": {"width": 1.8, "color": colour},
        "itemStyle": {"color": colour},
        "endLabel": {
            "show": True,
            "formatter": "{a}",
            "color": colour,
            "fontSize": 11,
            "fontWeight": 600,
            "distance": 4,
        },
        "labelLayout": {"moveOverlap": "shiftY"},
        "emphasis": {"focus": "series", "lineStyle": {"width": 2.6}},
        "blur": {"lineStyle": {"opacity": 0.25}},
        "sampling": "none",
    } | more
