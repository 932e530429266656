"""What result files of simulators say of a race: pace by driver, fuel, fall-off, stops; each with its count."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.timing.readers.sim_session import SimSession

SLOWEST = 1.07
"""A lap slower than this times the class's quick lap of the session is no racing lap (default)."""
PRIOR_LAPS = 8.0
"""A driver's pace is drawn to his class's by as much as so many laps would (default)."""
LEAST_LAPS = 5
"""Clean laps from which a driver counts as timed."""


@dataclass(frozen=True)
class Pace:
    """One driver's pace against the class's mean, seconds a lap."""

    pace_s: float
    sd_s: float
    laps: int


@dataclass(frozen=True)
class Stops:
    """What stops cost: driving through, and a full tank. Seconds; `seen` is how many were timed."""

    lane_s: float | None
    refuel_s: float
    seen: int


def clean_laps(sessions: Sequence[SimSession]) -> pl.DataFrame:
    """The racing laps of all sessions, with `session`, `age` (laps since the stop) and `off` (against the class's
    median in that session).
    """
    frames = []
    # Lap files of iRacing name no class; the results beside them do.
    classes = {car: c for s in sessions for car, c in s.results.select("car", "car_class").rows() if c}
    for number, session in enumerate(sessions):
        if session.laps.is_empty():
            continue
        pit = pl.col("in_pit").fill_null(False)
        named = pl.col("car").replace_strict(classes, default=None, return_dtype=pl.String)
        laps = session.laps.sort("car", "lap").with_columns(
            car_class=pl.coalesce("car_class", named, pl.lit("car")),
            session=pl.lit(number),
            out=pit.shift(1).over("car").fill_null(False),
            stint=pit.shift(1).over("car").fill_null(False).cast(pl.Int32).cum_sum().over("car"),
        )
        laps = laps.with_columns(age=pl.int_range(pl.len()).over("car", "stint"))
        laps = laps.filter(~pit & ~pl.col("out") & (pl.col("lap") > 1))
        quick = pl.col("lap_time_s").quantile(0.1).over("car_class")
        laps = laps.filter(pl.col("lap_time_s") <= SLOWEST * quick)
        frames.append(laps.with_columns(off=pl.col("lap_time_s") - pl.col("lap_time_s").median().over("car_class")))
    columns = ["session", "car", "car_class", "driver", "lap", "age", "stint", "lap_time_s", "off"]
    return pl.concat([f.select(columns) for f in frames]) if frames else pl.DataFrame(schema=dict.fromkeys(columns))


def driver_paces(clean: pl.DataFrame, car_class: str) -> dict[str, Pace]:
    """Pace by driver's name, shrunk towards the class's mean where laps are few."""
    out: dict[str, Pace] = {}
    own = clean.filter(pl.col("car_class") == car_class).drop_nulls("driver")
    if own.is_empty():
        return out
    spread = _spread(own["off"].to_numpy())
    for (name,), rows in own.group_by("driver", maintain_order=True):
        n = rows.height
        mean = float(rows["off"].median() or 0.0)  # type: ignore[arg-type]
        out[str(name)] = Pace(mean * n / (n + PRIOR_LAPS), spread / np.sqrt(n + PRIOR_LAPS), n)
    return out


def fall_off(clean: pl.DataFrame, car_class: str) -> float | None:
    """Seconds a lap lost per lap of a stint, tyres and lighter fuel together; None where stints are too short."""
    rows = clean.filter(pl.col("car_class") == car_class)
    x, y = [], []
    for _, stint in rows.group_by("session", "car", "stint"):
        if stint.height >= 6:
            x.append(stint["age"].to_numpy() - float(stint["age"].mean() or 0.0))  # type: ignore[arg-type]
            y.append(stint["lap_time_s"].to_numpy() - float(stint["lap_time_s"].mean() or 0.0))  # type: ignore[arg-type]
    if not x:
        return None
    ages, times = np.concatenate(x), np.concatenate(y)
    return float(np.clip((ages @ times) / max(1e-9, ages @ ages), -0.2, 0.5))


def tank_laps(sessions: Sequence[SimSession], cars: set[tuple[int, str]]) -> float | None:
    """Laps a full tank lasts, by what the cars' fuel falls on laps without a stop; None where fuel is hidden."""
    falls: list[float] = []
    for number, session in enumerate(sessions):
        sheet = session.sheet.filter(pl.col("fuel").is_not_null()).sort("car", "lap")
        step = pl.col("fuel").shift(1).over("car") - pl.col("fuel")
        follows = pl.col("lap") == pl.col("lap").shift(1).over("car") + 1
        rows = sheet.with_columns(fall=step).filter(follows & (pl.col("fall") > 0))
        falls += [fall for car, fall in rows.select("car", "fall").rows() if (number, car) in cars]
    return 1.0 / float(np.median(falls)) if len(falls) >= 3 else None


def stop_costs(sessions: Sequence[SimSession], cars: set[tuple[int, str]]) -> Stops:
    """What a stop costs over two clean laps of the car, split by how much fuel came in where that is told."""
    lost, added = [], []
    for number, session in enumerate(sessions):
        fuel = {(car, lap): left for car, lap, left in session.sheet.select("car", "lap", "fuel").rows()}
        for (car,), laps in session.laps.sort("lap").group_by("car", maintain_order=True):
            if (number, str(car)) not in cars:
                continue
            rows = laps.select("lap", "lap_time_s", "in_pit").rows()
            usual = float(np.median([t for n, t, pit in rows if not pit and n > 1] or [np.nan]))
            for (n, into, pit), (after, out, _) in itertools.pairwise(rows):
                cost = into + out - 2 * usual
                if pit and after == n + 1 and 5.0 < cost < 600.0:
                    lost.append(cost)
                    before, then = fuel.get((car, n)), fuel.get((car, after))
                    added.append(then - before if before is not None and then is not None else np.nan)
    if not lost:
        return Stops(None, 0.0, 0)
    costs, shares = np.array(lost), np.array(added)
    known = ~np.isnan(shares) & (shares > 0.02)
    if known.sum() >= 4 and float(np.ptp(shares[known])) > 0.2:
        slope, lane = np.polyfit(shares[known], costs[known], 1)
        if slope > 0 and lane > 5.0:
            return Stops(float(lane), float(slope), int(known.sum()))
    return Stops(float(np.median(costs)), 0.0, len(lost))


def _spread(values: NDArray[np.float64]) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values)))) if len(values) else 0.5


def noise(clean: pl.DataFrame, car_class: str) -> tuple[float, float]:
    """Spread of a driver's laps around his own median: (symmetric part, mean of the right tail)."""
    own = clean.filter(pl.col("car_class") == car_class).drop_nulls("driver")
    usual = pl.col("lap_time_s").median().over("session", "driver")
    rest = own.select(pl.col("lap_time_s") - usual).to_series().to_numpy()
    if len(rest) < 20:
        return 0.5, 0.4
    return max(0.05, 0.7 * _spread(rest)), float(np.clip(rest.mean(), 0.0, 3.0))
