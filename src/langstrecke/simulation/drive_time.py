"""What the rule book says of time at the wheel, driver by driver, as the kernel takes it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks.limits import driver_limits
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.kernel.params import MAX_DRIVERS

UNLIMITED = 1.0e12


def drive_times(card: RaceCard, book: RuleBook) -> dict[str, NDArray[np.float64]]:
    """Minimum and maximum times at the wheel for this race length, per car and driver."""
    n = len(card.entries)
    duration = card.race.duration_s
    out = {
        "min_drive": np.zeros((n, MAX_DRIVERS)),
        "max_drive": np.full((n, MAX_DRIVERS), UNLIMITED),
        "max_continuous": np.zeros(n),
        "min_rest": np.zeros(n),
        "window": np.zeros(n),
        "window_max": np.full(n, UNLIMITED),
        "all_start": np.zeros(n),
    }
    limits_of = lru_cache(maxsize=None)(lambda name, licence: driver_limits(book, name, licence, duration))
    for i, entry in enumerate(card.entries):
        counted: dict[str, int] = {}
        try:
            limits = [limits_of(entry.car_class, d.licence) for d in entry.drivers]
        except KeyError:
            continue  # a class the rule book does not list is held to no driver times
        for d, limit in enumerate(limits):
            least = limit.min_drive_s
            licence = entry.drivers[d].licence or ""
            if limit.min_shared:
                sharing = sum(1 for other in entry.drivers if other.licence == entry.drivers[d].licence)
                least /= max(1, sharing)
            if limit.min_drivers_counted is not None:
                counted[licence] = counted.get(licence, 0) + 1
                if counted[licence] > limit.min_drivers_counted:
                    least = limit.base_drive_s
            out["min_drive"][i, d] = max(least, limit.base_drive_s)
            if limit.max_drive_s:
                out["max_drive"][i, d] = limit.max_drive_s
            if limit.max_continuous_s:
                out["max_continuous"][i] = limit.max_continuous_s
            out["min_rest"][i] = max(out["min_rest"][i], limit.min_rest_s)
            if limit.window_s and limit.max_in_window_s:
                out["window"][i] = limit.window_s
                out["window_max"][i] = min(out["window_max"][i], limit.max_in_window_s)
            out["all_start"][i] = max(out["all_start"][i], float(limit.all_must_start))
    return out
