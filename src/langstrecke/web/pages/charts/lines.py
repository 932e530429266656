"""The lines of the live charts, by the name of the chart and the group of cars it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langstrecke.live.charts import flag_history, gap_chart, position_chart
from langstrecke.web.pages.charts import hours_scale
from langstrecke.web.pages.charts.race import LONGEST_GAP_LAPS, flag_marks, shading
from langstrecke.web.pages.charts.race_series import Points, in_hours, thinned

if TYPE_CHECKING:
    from langstrecke.web.following.race import RaceHub

MOST_POINTS = 500
"""Points of a line: as many as a chart has pixels for (default)."""
NEAR = 6
"""The scale of the gap chart fits this many cars at the head of the class (default)."""


def of(hub: RaceHub, name: str, group: str) -> dict[str, Points]:
    """The lines of chart `name`: `gap` by `class|hours` (0: the whole race), `place` by class, `odds` by `class|win`
    (podium, overall), `flags` by `|hours`.
    """
    if name == "odds":
        return _odds(hub, group)
    if name == "flags":
        return {"flags": flag_marks(spans(hub))}
    cars = _cars(hub, group.partition("|")[0])
    if not cars:
        return {}
    if name == "gap":
        found = gap_chart(hub.state, cars, by="time")["series"]
        return {s["car"]: thinned(in_hours([[x, round(y, 1)] for x, y in s["points"]]), MOST_POINTS) for s in found}
    found = position_chart(hub.state, cars, car_class=group)["series"]
    return {s["car"]: thinned(s["points"], MOST_POINTS) for s in found}


def more(hub: RaceHub, name: str, group: str) -> dict[str, Any]:
    """What else of a chart changes as the race goes on: its scale."""
    if name == "gap":
        car_class, _, hours = group.partition("|")
        return {
            "yAxis": {"max": gap_scale(hub, car_class)},
            "xAxis": time_scale(hub, float(hours)),
            "wash": shading(spans(hub)),
        }
    if name == "odds":
        return {"xAxis": time_scale(hub), "wash": shading(spans(hub))}
    if name == "flags":
        scale = time_scale(hub, float(group.partition("|")[2]))
        return {"xAxis": {"min": scale["min"], "max": scale["max"]}}
    return {"xAxis": {"max": lap_scale(hub, group)}}


def gap_scale(hub: RaceHub, car_class: str) -> float:
    """Seconds at the foot of the gap chart: the head of the class fits, cars far back do not spoil it."""
    rows = hub.view.table.of_class(car_class) if hub.view.table is not None else ()
    gaps = [r.gap_s for r in rows[:NEAR] if r.gap_s is not None]
    laps = [r.best_lap_s for r in rows if r.best_lap_s is not None]
    top = LONGEST_GAP_LAPS * min(laps) if laps else 240.0
    wanted = min(top, max([45.0, *(1.25 * g for g in gaps)]))
    return next(float(s) for s in (60, 90, 120, 180, 240, 300, 420, 600, 900, 1200) if s >= wanted or s == 1200)


def time_scale(hub: RaceHub, window_h: float = 0.0) -> dict[str, float]:
    """Both ends of race time on the charts, in hours, and the distance of its ticks: the race so far, the end in
    steps, or the last `window_h` hours of it.
    """
    view = hub.view
    now = view.race_s / 3600.0
    if window_h and now > window_h:
        return {"min": round(now - window_h, 2), "max": round(now + 0.02 * window_h, 2), "interval": 0.25}
    duration = ((view.table.duration_s if view.table is not None else None) or 86_400.0) / 3600.0
    until = next(
        (h for h in (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0) if h >= 1.06 * now), duration
    )
    return {"min": 0.0} | hours_scale(min(until, duration) if 1.06 * now < duration else max(duration, now))


def lap_scale(hub: RaceHub, car_class: str) -> int:
    """The last lap of the place chart: it grows in steps."""
    table = hub.view.table
    laps = max([r.laps for r in table.of_class(car_class)], default=0) if table is not None else 0
    step = 20 if laps < 100 else 50
    return max(20, step * -(-laps // step))


def spans(hub: RaceHub) -> list[tuple[float, float, str]]:
    """(from, to, flag) in race seconds, so far."""
    if not hub.state.flags:
        return []
    return [(f["from_s"], f["to_s"], f["flag"]) for f in flag_history(hub.state)]


def _cars(hub: RaceHub, car_class: str) -> list[str]:
    return [car for car, log in hub.state.cars.items() if log.rows and log.rows[-1].car_class == car_class]


def _odds(hub: RaceHub, group: str) -> dict[str, Points]:
    car_class, _, metric = group.rpartition("|")
    found: dict[str, Points] = {}
    for point in hub.view.odds:
        for line in found.values() if point.apart else ():
            line.append([line[-1][0], None])  # here it ends: nothing was read from then on
        for car in point.cars:
            if car.car_class == car_class or (metric == "overall" and not car_class):
                found.setdefault(car.car, []).append([round(point.race_s / 3600.0, 4), getattr(car, metric)])
    return found
