"""Series for the pit wall's charts, as plain values: gaps, places, flags."""

from __future__ import annotations

from typing import Any

from langstrecke.errors import NotFoundError
from langstrecke.live.state import RaceState


def gap_chart(
    state: RaceState, cars: list[str] | None = None, *, to: str | None = None, by: str = "lap"
) -> dict[str, Any]:
    """Gap in seconds of each car at the end of its laps, to car `to` or else to the leader of its class (the first to
    end that lap). Points are [lap or race time, gap]; ahead of `to` the gap is negative. `by` is "lap" or "time".

    Raises NotFoundError for a car without laps.
    """
    wanted = _known(state, cars)
    if to is not None:
        _known(state, [to])
    first: dict[str, dict[int, float]] = {}
    if to is None:
        for log in state.cars.values():
            for row in log.rows:
                best = first.setdefault(row.car_class, {})
                best[row.lap] = min(best.get(row.lap, row.elapsed_s), row.elapsed_s)
    series = []
    for car in wanted:
        rows = state.cars[car].rows
        points = []
        for row in rows:
            base = state.cars[to].crossing_of(row.lap) if to is not None else first[row.car_class][row.lap]
            if base is not None:
                at = row.lap if by == "lap" else round(row.elapsed_s, 3)
                points.append([at, round(row.elapsed_s - base, 3)])
        series.append({"car": car, "car_class": rows[-1].car_class, "points": points})
    return {"to": to, "by": by, "series": series}


def position_chart(
    state: RaceState, cars: list[str] | None = None, *, car_class: str | None = None
) -> dict[str, Any]:
    """Place at the end of each lap, [lap, place]: by the order in which the cars of the class (or all) ended it."""
    wanted = _known(state, cars)
    field = [log for log in state.cars.values() if log.rows and car_class in (None, log.rows[-1].car_class)]
    ends: dict[int, list[float]] = {}
    for log in field:
        for row in log.rows:
            ends.setdefault(row.lap, []).append(row.elapsed_s)
    places = {lap: {at: n for n, at in reversed(list(enumerate(sorted(times), 1)))} for lap, times in ends.items()}
    series = [
        {
            "car": log.car,
            "car_class": log.rows[-1].car_class,
            "points": [[row.lap, places[row.lap][row.elapsed_s]] for row in log.rows],
        }
        for log in field
        if log.car in wanted
    ]
    return {"car_class": car_class, "series": series}


def flag_history(state: RaceState) -> list[dict[str, Any]]:
    """Stretches of one flag as {flag, from_s, to_s}, the last one up to now."""
    changes = state.flags
    ends = [change.race_s for change in changes[1:]] + [state.race_s]
    return [
        {"flag": change.flag, "from_s": change.race_s, "to_s": max(end, change.race_s)}
        for change, end in zip(changes, ends, strict=True)
    ]


def _known(state: RaceState, cars: list[str] | None) -> list[str]:
    running = sorted(car for car, log in state.cars.items() if log.rows)
    if cars is None:
        return running
    for car in cars:
        if car not in running:
            raise NotFoundError.nearest("car with laps", car, running)
    return cars
