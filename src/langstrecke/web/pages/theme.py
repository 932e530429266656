"""Colours of the pages: the project's own (`plots.style`), and a palette for the cars in a chart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from langstrecke.plots.style import COLOURS, DARK

LIGHT_ONLY = {"wash": "#f3f6fa", "raised": "#ffffff", "rail": "#eef2f7", "good": "#20744a", "warn": "#8f5c00"}
DARK_ONLY = {"wash": "#191f28", "raised": "#171c24", "rail": "#0d1116", "good": "#5fc492", "warn": "#efb84a"}
"""What a page needs besides the colours of a figure."""

CARS = (
    "#3f82cf", "#e07b39", "#35a06b", "#b565c9", "#d9a520", "#25a4ab", "#d0555b", "#8a7ad6", "#7f9a2f", "#c46a9c",
    "#5f8f8a", "#a9765a",
)  # fmt: skip
"""Lines of cars in one chart: of one lightness, to be told apart on light and dark paper."""

FLAG_COLOURS = {
    "green": "#3f9a67",
    "fcy": "#e2b93b",
    "safety_car": "#e08a2e",
    "slow_zone": "#b9a24a",
    "red": "#c2503f",
    "finish": "#6b7684",
    "gap": "#8c5bb5",
}
"""Flags as the timing names them, and a gap in the data."""

FLAG_WORDS = {
    "green": "Green",
    "fcy": "Full-course yellow",
    "safety_car": "Safety car",
    "slow_zone": "Slow zone",
    "red": "Red flag",
    "finish": "Finish",
    "gap": "Gap in the data",
}


def car_colours(cars: Sequence[str]) -> dict[str, str]:
    """A colour for each car of a class, by the order given, so that a car keeps it from chart to chart."""
    return {car: CARS[n % len(CARS)] for n, car in enumerate(cars)}


def _variables(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def style_sheet() -> str:
    """The CSS of all pages; nothing in it is fetched."""
    light, dark = _variables(COLOURS | LIGHT_ONLY), _variables(DARK | DARK_ONLY)
    flags = "\n".join(f".flag-{name} {{ --flag: {colour}; }}" for name, colour in FLAG_COLOURS.items())
    rules = (files("langstrecke.web.pages") / "static" / "pitwall.css").read_text("utf-8")
    return f":root {{ {light} }}\nbody.body--dark {{ {dark} }}\n{flags}\n{rules}"


def script() -> str:
    """The pages' own JavaScript: theme switch, keys, notifications, rows of grids, how a race is watched, files."""
    static = files("langstrecke.web.pages") / "static"
    return "\n".join((static / name).read_text("utf-8") for name in ("pitwall.js", "watching.js", "dropping.js"))


def chart_theme(colours: dict[str, str]) -> dict[str, object]:
    """An ECharts theme in the colours of a page."""
    axis = {
        "axisLine": {"lineStyle": {"color": colours["line"]}},
        "axisTick": {"show": False},
        "axisLabel": {"color": colours["muted"], "fontSize": 11},
        "nameTextStyle": {"color": colours["muted"], "fontSize": 11},
        "splitLine": {"lineStyle": {"color": colours["line"], "opacity": 0.7}},
    }
    return {
        "backgroundColor": "transparent",
        "color": list(CARS),
        "textStyle": {"fontFamily": FONT, "color": colours["ink"]},
        "categoryAxis": axis,
        "valueAxis": axis,
        "timeAxis": axis,
        "legend": {"textStyle": {"color": colours["muted"], "fontSize": 11}},
        "tooltip": {
            "backgroundColor": colours["paper"],
            "borderColor": colours["line"],
            "borderWidth": 1,
            "textStyle": {"color": colours["ink"], "fontSize": 12},
        },
        "dataZoom": {
            "borderColor": colours["line"],
            "fillerColor": "rgba(128,140,155,.18)",
            "handleStyle": {"color": colours["muted"]},
            "textStyle": {"color": colours["muted"]},
        },
    }


FONT = '"Inter", "Segoe UI", Roboto, system-ui, -apple-system, "Helvetica Neue", sans-serif'


@lru_cache(maxsize=1)
def chart_themes() -> dict[str, dict[str, object]]:
    """The ECharts themes `light` and `dark`; the script sets them when the page's own changes."""
    return {"light": chart_theme(COLOURS | LIGHT_ONLY), "dark": chart_theme(DARK | DARK_ONLY)}
