"""Figures of a race that is known itself: for a what-if on a past race its own yellows and weather count, not the
average of its series.
"""

from __future__ import annotations

import numpy as np

from langstrecke.ratings.pooling import RatePrior, pool_rate
from langstrecke.ratings.prior_fit import split_cautions
from langstrecke.ratings.race_facts import RaceFacts

PRIOR_EVENTS = 1.0
"""What was known before weighs as much as one neutralisation (default)."""


def neutralisation_as_it_was(before: dict[str, float], own: RaceFacts, series: str) -> dict[str, float]:
    """The card's neutralisation figures for a race that has been run.

    Slow zones are left out: the laps they slowed are in the fitted pace of such a race already.
    """
    cars, speeds = split_cautions(own, series)
    rate = pool_rate(RatePrior(max(before["rate_per_h"], 1e-3), PRIOR_EVENTS), (float(len(cars)), own.green_h))
    fcy = pool_rate(RatePrior(max(before["fcy_per_h"], 1e-3), PRIOR_EVENTS), (float(len(speeds)), own.green_h))
    logs = np.log([max(x, 60.0) for x in cars] or [before["length_s"]])
    figures = dict(before)
    figures["rate_per_h"] = rate.per_h
    figures["rate_log_sd"] = rate.log_sd
    figures["length_s"] = float(np.exp((np.log(before["length_s"]) + logs.sum()) / (1 + len(logs))))
    if len(cars) >= 3:
        figures["length_log_sd"] = float(np.clip(logs.std(ddof=1), 0.2, before["length_log_sd"]))
    if own.lap_ratio is not None:
        figures["lap_ratio"] = float(np.clip(own.lap_ratio.value, 1.2, 4.0))
        figures["catch_up_ratio"] = min(figures["lap_ratio"], before["catch_up_ratio"])
    figures["fcy_per_h"] = fcy.per_h if before["fcy_per_h"] > 0 else 0.0
    figures["start_share"] = 0.7 if any(c.opening for c in own.cautions[:1]) else 0.02
    figures["slow_zone_per_h"] = 0.0
    figures["red_share"] = 0.0 if own.green_h * 3600 > 0.6 * own.length_s else before["red_share"]
    return figures


def weather_as_it_was(before: dict[str, float], own: RaceFacts) -> dict[str, float]:
    """The card's weather for a race that has been run: dry if it was dry."""
    figures = dict(before)
    figures["wet_start"] = 0.0
    figures["rain_per_h"] = len(own.showers) * 3600.0 / own.length_s
    if own.showers:
        figures["rain_length_s"] = float(np.clip(np.mean(own.showers), 600.0, 7200.0))
    return figures
