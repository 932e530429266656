"""The tables of the HTML report."""

from __future__ import annotations

from langstrecke.forecast import CarForecast, Forecast
from langstrecke.formatting import is_out, percent, points
from langstrecke.language import decimals, tr
from langstrecke.report.html import Html, join, table, tag
from langstrecke.report.words import EVIDENCE, crew

MOVED = 0.005
"""Chances that changed by less than this are left out of the table of changes."""

MOST_MOVED = 12
UNMOVED = "No car's chance of a class win moves by {points} points or more."


def _n(content: str | Html, cls: str = "") -> Html:
    return tag("td", content, cls=f"n {cls}".strip())


def _heads(left: tuple[str, ...], right: tuple[str, ...]) -> list[Html]:
    kept = {"Win %", "Place", "Actual"}  # what a narrow screen has room for
    return [tag("th", tr(h), scope="col") for h in left] + [
        tag("th", tr(h), scope="col", cls="n keep" if h in kept else "n") for h in right
    ]


def class_table(forecast: Forecast, car_class: str) -> Html:
    """The figures of a class, best chances first."""
    cars = forecast.in_class(car_class)
    known = any(car.actual for car in forecast.cars)
    overall = any(car.overall_win > 0 for car in cars) and len(forecast.classes) > 1
    right = ("Grid", "Win %", "Podium", *(("Overall",) if overall else ()), "Place", "Mean laps", "Stops", "Out %")
    rows = []
    for car in cars:
        won = car.actual is not None and car.actual.position_in_class == 1
        cells = join([*_car_cells(car), *_odds_cells(forecast, car, overall), *(_actual_cells(car) if known else [])])
        rows.append(tag("tr", cells, cls="won") if won else tag("tr", cells))
    heads = _heads(("Car", "Team and drivers"), right + (("Actual", "Actual laps") if known else ()))
    body = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *rows))
    return tag("div", body, cls="scroll odds-table")


def _car_cells(car: CarForecast) -> list[Html]:
    what = tag("td", tag("strong", car.team or car.vehicle), tag("span", crew(car), cls="sub"), cls="who")
    return [tag("td", car.car, cls="car"), what]


def _odds_cells(forecast: Forecast, car: CarForecast, overall: bool) -> list[Html]:
    n = forecast.simulated
    win = join(
        [
            tag("strong", percent(car.win, n, unit=False)),
            " ",
            tag("span", decimals(f"±{196 * car.se.win:.1f}"), cls="se"),
            tag("span", "", cls="bar", style=f"--share:{100 * car.win:.1f}%"),
        ]
    )
    return [
        _n(str(car.grid or "")),
        _n(win, "keep"),
        _n(percent(car.podium, n, unit=False)),
        *([_n(percent(car.overall_win, n, unit=False))] if overall else []),
        _n(decimals(f"{car.expected_position:.1f}"), "keep"),
        _n(f"{car.expected_laps:.0f}"),
        _n(decimals(f"{car.stops:.1f}")),
        _n(percent(car.retire, n, unit=False)),
    ]


def _actual_cells(car: CarForecast) -> list[Html]:
    actual = car.actual
    if actual is None:
        return [_n(""), _n("")]
    place = f"P{actual.position_in_class}" if actual.position_in_class is not None else actual.status or "–"
    out = is_out(actual.status) or actual.position_in_class is None
    laps = str(actual.laps) if actual.laps is not None else ""
    return [_n(place, "out keep" if out else "really keep"), _n(laps)]


def line_ups(forecast: Forecast) -> Html:
    """Who drives what, and what each rating rests on."""
    rows = []
    for figures in forecast.classes:
        for car in (c for c in forecast.cars if c.car_class == figures.name):
            badges = [
                tag(
                    "span",
                    driver.name,
                    tag("small", f" {driver.licence[0].upper()}") if driver.licence else None,
                    cls=f"badge {driver.evidence}",
                    title=tr(EVIDENCE.get(driver.evidence, driver.evidence)),
                )
                for driver in car.drivers
            ]
            what = tag("td", car.team, tag("span", car.vehicle, cls="sub") if car.vehicle else None, cls="who")
            rows.append([tag("td", car.car, cls="car"), tag("td", car.car_class), what, tag("td", *badges)])
    return table([tr(head) for head in ("Car", "Class", "Team", "Drivers")], rows)


def change_table(forecast: Forecast, before: Forecast) -> Html:
    """The cars whose chances a what-if moves most."""
    moved = []
    for car in forecast.cars:
        old = next((c for c in before.cars if c.car == car.car), None)
        gain = car.win - (old.win if old else 0.0)
        if old is None or abs(gain) >= MOVED:
            moved.append((car, old, gain))
    moved.sort(key=lambda row: -abs(row[2]))
    rows = [
        [
            tag("td", car.car, cls="car"),
            tag("td", car.car_class),
            tag("td", tag("strong", car.team), tag("span", crew(car), cls="sub"), cls="who"),
            _n(percent(old.win, before.simulated, unit=False) if old else tr("new")),
            _n(tag("strong", percent(car.win, forecast.simulated, unit=False))),
            _n(points(gain)),
        ]
        for car, old, gain in moved[:MOST_MOVED]
    ]
    if not rows:
        return tag("p", tr(UNMOVED, points=decimals(f"{100 * MOVED:g}")))
    return table(_heads(("Car", "Class", "Team and drivers"), ("Before %", "Now %", "Change")), rows)
