"""The plan of a car as a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langstrecke.formatting import plural, race_time, surname
from langstrecke.web.pages.charts import base, hours_axis, hours_scale
from langstrecke.web.pages.theme import CARS


def plan_chart(
    stints: Sequence[Any], until_h: float, now_h: float | None = None, colours: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Who drives when: a row a driver, a bar a stint with its laps; a tick where new tyres are put on.

    `stints` have driver, start_s, end_s, laps and tyres (`services.answers.strategy.Stint`).
    """
    drivers = list(dict.fromkeys(s.driver for s in stints))
    tints = colours or {d: CARS[n % len(CARS)] for n, d in enumerate(drivers)}
    data = [
        {
            "value": [
                drivers.index(s.driver),
                s.start_s / 3600.0,
                s.end_s / 3600.0,
                s.laps,
                int(n > 0 and s.tyres == "new"),
            ],
            "name": f"{s.driver}, {plural(s.laps, 'lap')}, "
            + f"{race_time(s.start_s, short=True)} to {race_time(s.end_s, short=True)}"
            + (", new tyres" if s.tyres == "new" else "")
            + (f", {_state(s)}" if _state(s) != "planned" else ""),
            "itemStyle": {"color": tints[s.driver], "opacity": 0.45 if _state(s) == "driven" else 1.0},
        }
        for n, s in enumerate(stints)
    ]
    series: dict[str, Any] = {
        "type": "custom",
        ":renderItem": "pw_stint",
        "encode": {"x": [1, 2], "y": 0},
        "data": data,
    }
    if now_h is not None:
        series["markLine"] = {
            "symbol": "none",
            "silent": True,
            "lineStyle": {"color": "#c2503f", "type": "solid", "width": 1.5},
            "label": {"formatter": "now", "position": "start", "fontSize": 11, "color": "#c2503f"},
            "data": [{"xAxis": round(now_h, 4)}],
        }
    return base(
        grid={"left": 104, "right": 20, "top": 18, "bottom": 26},
        tooltip={"trigger": "item", "confine": True, "formatter": "{b}"},
        xAxis=hours_axis(hours_scale(until_h)),
        yAxis={
            "type": "category",
            "data": [surname(d) for d in drivers],
            "inverse": True,
            "axisLine": {"show": False},
            "splitLine": {"show": True},
        },
        series=[series],
    )


def _state(stint: Any) -> str:
    """planned, under way or driven; stints of a team plan only know whether they are driven."""
    return str(getattr(stint, "state", "") or ("driven" if getattr(stint, "driven", False) else "planned"))
