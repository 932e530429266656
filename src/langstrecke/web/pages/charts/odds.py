"""The chart of the page Odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langstrecke.web.pages.charts import base, hours_axis, line, share_axis
from langstrecke.web.pages.charts.race import wash
from langstrecke.web.pages.charts.race_series import Points


def odds_chart(
    lines: Mapping[str, Points],
    colours: Mapping[str, str],
    scale: Mapping[str, float],
    spans: Sequence[tuple[float, float, str]] = (),
) -> dict[str, Any]:
    """Odds of each car of a class over race time; neutralised times as a wash."""
    return base(
        grid={"left": 50, "right": 44, "top": 12, "bottom": 26},
        tooltip={"trigger": "axis", "confine": True, ":formatter": "pw_tip_odds"},
        xAxis=hours_axis(scale),
        yAxis=share_axis(),
        series=[wash(spans)] + [line(car, lines.get(car, []), colour, step="end") for car, colour in colours.items()],
    )
