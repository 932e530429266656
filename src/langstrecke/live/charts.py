"""Series for the pit wall's charts, as plain values: gaps, places, flags."""

from __future__ import annotations

from typing import Any

import polars as pl

from langstrecke.errors import NotFoundError
from langstrecke.live.feed_state import FeedState
from langstrecke.timing.derive import class_gaps


def gap_chart(
    state: FeedState, cars: list[str] | None = None, *, to: str | None = None, by: str = "lap"
) -> dict[str, Any]:
    """Gap in seconds of each car at the end of its laps, to car `to` or else to the leader of its class (the first to
    end that lap, as `timing.derive.class_gaps` has it). Points are [lap or race time, gap]; ahead of `to` the gap is
    negative. `by` is "lap" or "time".

    Raises NotFoundError for a car without laps.
    """
    wanted = _known(state, cars)
    if to is not None:
        _known(state, [to])
    frame = state.laps().filter(pl.col("car_class").is_in([state.cars[car].rows[-1].car_class for car in wanted]))
    series: dict[str, list[list[float]]] = {car: [] for car in wanted}
    for car, lap, at, gap in class_gaps(frame).select("car", "lap", "elapsed_s", "gap_s").iter_rows():
        if car in series:
            base = state.cars[to].crossing_of(lap) if to is not None else at - gap
            if base is not None:
                series[car].append([lap if by == "lap" else round(at, 3), round(at - base, 3)])
    told = [{"car": c, "car_class": state.cars[c].rows[-1].car_class, "points": series[c]} for c in wanted]
    return {"to": to, "by": by, "series": told}


def position_chart(
    state: FeedState, cars: list[str] | None = None, *, car_class: str | None = None
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


def flag_history(state: FeedState) -> list[dict[str, Any]]:
    """Stretches of one flag as {flag, from_s, to_s}, the last one up to now."""
    return [{"flag": flag, "from_s": a, "to_s": b} for flag, a, b in state.flag_spans(state.race_s)]


def _known(state: FeedState, cars: list[str] | None) -> list[str]:
    running = sorted(car for car, log in state.cars.items() if log.rows)
    if cars is None:
        return running
    for car in cars:
        if car not in running:
            raise NotFoundError.nearest("car with laps", car, running)
    return cars
