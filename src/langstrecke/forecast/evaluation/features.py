"""What a sceptic would look at: before the start, qualifying, practice and form; later, position and gap in class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.evaluation.truth import Order, classified_laps
from langstrecke.store import Store

Floats = NDArray[np.float64]

BEFORE = ("qualifying_place", "qualifying_gap", "practice_gap", "form")
UNDER_WAY = ("log_place", "laps_down", "log_gap_s", "far_down")

GAP_CAP = 0.06
"""Gaps to the best lap of the class beyond this share say no more (an aborted run, a car that was repaired)."""
GAP_UNIT_S = 5.0
FAR_LAPS = 5.0
"""From about this many laps down on, one more no longer matters."""


@dataclass
class Form:
    """How cars finished so far in time: the running mean of the share of the class they beat, shrunk to a half."""

    weight: float = 2.0
    _seen: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def of(self, series: str, car: str) -> float:
        """Form of a car number in a series before the race at hand."""
        seen = self._seen[series, car][-6:]
        return (0.5 * self.weight + sum(seen)) / (self.weight + len(seen))

    def absorb(self, series: str, orders: dict[str, Order]) -> None:
        """Add the finishing orders of a race."""
        for order in orders.values():
            n = sum(len(g) for g in order)
            place = 0
            for group in order:
                for car in group:
                    share = 1.0 - (place + 0.5 * (len(group) - 1)) / max(n - 1, 1)
                    self._seen[series, car].append(share)
                place += len(group)


def before_features(store: Store, race: dict[str, object], cars: tuple[str, ...], form: Form) -> Floats:
    """Columns `BEFORE` for cars of one class; what is missing is the middle of the class."""
    race_id, series = str(race["race_id"]), str(race["series"])
    start = _start(store, race_id)
    quali: dict[str, float] = {}
    practice: dict[str, float] = {}
    if start is not None:
        rows = store.sessions(race_id).filter((pl.col("start") < start) & (pl.col("session_id") != f"{race_id}/race"))
        for row in rows.iter_rows(named=True):
            best = _best_laps(store, row["session_id"], cars)
            if row["kind"] == "qualifying":
                quali |= {c: b for c, b in best.items() if b < quali.get(c, np.inf)}
            else:
                practice |= {c: b for c, b in best.items() if b < practice.get(c, np.inf)}
    columns = [
        np.log(_places(quali, cars)),
        _gaps(quali, cars),
        _gaps(practice, cars),
        np.array([form.of(series, c) for c in cars]),
    ]
    return np.column_stack(columns)


def _start(store: Store, race_id: str) -> dt.datetime | None:
    row = store.sessions(race_id).filter(pl.col("session_id") == f"{race_id}/race")
    start: dt.datetime | None = row["start"][0] if row.height else None
    return start


def _best_laps(store: Store, session_id: str, cars: tuple[str, ...]) -> dict[str, float]:
    try:
        results = store.results(session_id)
        found = {r["car"]: r["fastest_lap_s"] for r in results.iter_rows(named=True)}
        if not any(found.values()):
            laps = store.laps(session_id)
            found = dict(laps.group_by("car").agg(pl.col("lap_time_s").min()).iter_rows())
    except LangstreckeError:
        return {}
    return {c: float(found[c]) for c in cars if found.get(c)}


def _places(times: dict[str, float], cars: tuple[str, ...]) -> Floats:
    """Place by time; cars without one share the places behind, and all the middle where nobody has one."""
    if not times:
        return np.full(len(cars), 0.5 * (len(cars) + 1))
    own = np.array([times.get(c, np.inf) for c in cars])
    ahead = (own[None, :] < own[:, None]).sum(axis=1)
    equal = (own[None, :] == own[:, None]).sum(axis=1)
    return np.asarray(1.0 + ahead + 0.5 * (equal - 1), dtype=np.float64)


def _gaps(times: dict[str, float], cars: tuple[str, ...]) -> Floats:
    """Gap to the best of the class as a share of it, at most `GAP_CAP`; the class's median for cars without."""
    if not times:
        return np.zeros(len(cars))
    best = min(times.values())
    known = {c: min(t / best - 1.0, GAP_CAP) for c, t in times.items()}
    middle = float(np.median(list(known.values())))
    return np.array([known.get(c, middle) for c in cars])


def under_way_features(laps: pl.DataFrame, cars: tuple[str, ...], t: float) -> Floats:
    """Columns `UNDER_WAY` for cars of one class at race time t: place, laps down and gap in seconds.

    The gap counts on the lap a car has completed last, against the first of its class to complete that lap.
    """
    rows = laps.filter((pl.col("elapsed_s") <= t) & pl.col("car").is_in(list(cars)))
    now = {r["car"]: r for r in classified_laps(rows, t).iter_rows(named=True)}
    first = dict(rows.group_by("lap").agg(pl.col("elapsed_s").min()).iter_rows())
    lead = max((r["laps"] for r in now.values()), default=0)
    key = {c: (-now[c]["laps"], now[c]["crossed_s"]) if c in now else (0, 0.0) for c in cars}
    table = np.zeros((len(cars), len(UNDER_WAY)))
    for i, car in enumerate(cars):
        ahead = sum(key[o] < key[car] for o in cars)
        equal = sum(key[o] == key[car] for o in cars)
        down = lead - (now[car]["laps"] if car in now else 0)
        gap = now[car]["crossed_s"] - first[now[car]["laps"]] if car in now else t
        table[i] = (
            np.log(1.0 + ahead + 0.5 * (equal - 1)),
            min(down, FAR_LAPS),
            np.log1p(max(gap, 0.0) / GAP_UNIT_S),
            float(down >= FAR_LAPS),
        )
    return table
