"""The chart of the page Odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langstrecke.web.pages.charts import base, hours_axis, line, share_axis
from langstrecke.web.pages.charts_race import wash
from langstrecke.web.pages.race_series import Points

TIP = (
    "ps => ps.length ? pw_hms(3600 * ps[0].value[0]) + ps.slice().sort((a, b) => b.value[1] - a.value[1])"
    ".filter(p => p.value[1] >= 0.002).map(p => '<br>' + p.marker + '#' + pw_text(p.seriesName) + ' ' + pw_pct(p.value[1]) + ' %').join('') : ''"
)


def odds_chart(
    lines: Mapping[str, Points],
    colours: Mapping[str, str],
    until_h: float,
    spans: Sequence[tuple[float, float, str]] = (),
) -> dict[str, Any]:
    """Odds of each car of a class over race time; neutralised times as a wash."""
    return base(
        grid={"left": 50, "right": 44, "top": 12, "bottom": 26},
        tooltip={"trigger": "axis", "confine": True, ":formatter": TIP},
        xAxis=hours_axis(until_h),
        yAxis=share_axis(),
        series=[wash(spans)] + [line(car, lines.get(car, []), colour, step="end") for car, colour in colours.items()],
    )
