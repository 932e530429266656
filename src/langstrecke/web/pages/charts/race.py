"""Charts of the page Race: gaps, places, flags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langstrecke.formatting import race_time
from langstrecke.web.pages.charts import base, hours_axis, line
from langstrecke.web.pages.charts.race_series import Points
from langstrecke.web.pages.theme import FLAG_COLOURS, FLAG_WORDS

LONGEST_GAP_LAPS = 2.2
"""The gap chart ends there; cars further back are in the table."""


def shading(spans: Sequence[tuple[float, float, str]]) -> dict[str, Any]:
    """Neutralised times as a wash behind the lines."""
    return {
        "silent": True,
        "data": [
            [
                {"xAxis": begin / 3600.0, "itemStyle": {"color": FLAG_COLOURS.get(flag, "#888"), "opacity": 0.14}},
                {"xAxis": end / 3600.0},
            ]
            for begin, end, flag in spans
            if flag not in ("green", "finish", "none")
        ],
    }


def gap_chart(
    gaps: Mapping[str, Points],
    colours: Mapping[str, str],
    shown: Sequence[str],
    scale: Mapping[str, float],
    scale_s: float,
    spans: Sequence[tuple[float, float, str]] = (),
) -> dict[str, Any]:
    """Gap to the class leader over the race; the leader is at the top. Cars not in `shown` are there, not drawn."""
    series = [wash(spans)] + [line(car, gaps.get(car, []), colours[car], clip=True) for car in colours]
    return base(
        grid={"left": 50, "right": 40, "top": 10, "bottom": 24},
        legend={"show": False, "selected": {car: car in set(shown) for car in colours}},
        tooltip={"trigger": "axis", "confine": True, ":formatter": "pw_tip_gap"},
        xAxis=hours_axis(scale),
        yAxis={
            "type": "value",
            "inverse": True,
            "min": 0,
            "max": scale_s,
            "axisLabel": {":formatter": "v => v ? '+' + Math.round(v) + ' s' : 'leader'"},
            "splitNumber": 4,
        },
        series=series,
    )


def place_chart(
    places: Mapping[str, Points],
    colours: Mapping[str, str],
    shown: Sequence[str],
    until_lap: int,
) -> dict[str, Any]:
    """Place in class at the end of each lap."""
    series = [line(car, places.get(car, []), colours[car]) for car in colours]
    return base(
        grid={"left": 34, "right": 40, "top": 10, "bottom": 24},
        legend={"show": False, "selected": {car: car in set(shown) for car in colours}},
        tooltip={"trigger": "axis", "confine": True, ":formatter": "pw_tip_place"},
        xAxis={
            "type": "value",
            "min": 0,
            "max": until_lap,
            "splitLine": {"show": False},
            "axisLabel": {"formatter": "lap {value}"},
        },
        yAxis={
            "type": "value",
            "inverse": True,
            "min": 1,
            "max": max(2, len(colours)),
            "minInterval": 1,
            "axisLabel": {"formatter": "P{value}"},
            "splitNumber": min(6, max(2, len(colours) - 1)),
        },
        series=series,
    )


def wash(spans: Sequence[tuple[float, float, str]]) -> dict[str, Any]:
    """A line without points that carries the neutralised times."""
    return {"type": "line", "id": "wash", "data": [], "silent": True, "markArea": shading(spans)}


def flag_strip(spans: Sequence[tuple[float, float, str]], scale: Mapping[str, float]) -> dict[str, Any]:
    """Flags over the race as one band."""
    return base(
        grid={"left": 50, "right": 40, "top": 0, "bottom": 0},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis={"type": "value", "min": scale["min"], "max": scale["max"], "show": False},
        yAxis={"type": "category", "data": ["flag"], "show": False},
        series=[
            {
                "type": "custom",
                "id": "flags",
                ":renderItem": "pw_bar(10, 1.5)",
                "clip": True,
                "encode": {"x": [1, 2], "y": 0},
                "data": flag_marks(spans),
            }
        ],
    )


def flag_marks(spans: Sequence[tuple[float, float, str]]) -> list[dict[str, Any]]:
    """The pieces of the band."""
    return [
        {
            "value": [0, begin / 3600.0, end / 3600.0],
            "name": f"{FLAG_WORDS.get(flag, flag)}, {race_time(begin, short=True)} to {race_time(end, short=True)}",
            "itemStyle": {"color": FLAG_COLOURS.get(flag, "#888888"), "opacity": 0.5 if flag == "green" else 1},
        }
        for begin, end, flag in spans
    ]
