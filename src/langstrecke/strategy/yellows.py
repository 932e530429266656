"""When a yellow may fall, and when the one that is out may be over, by the card's rates: as the kernel plays them."""

from __future__ import annotations

import math
from statistics import NormalDist

from langstrecke.strategy.counterfactual.moment import Moment

STEPS = 15
"""Rates of equal probability that stand for what is not known of the rate."""


def yellow_chance(now: Moment, seconds: float) -> float:
    """Probability that a neutralisation falls within this time of green running, the rate being uncertain."""
    one = now.params.race[0]
    sd, mean = float(one.caution_log_sd), float(one.caution_rate)
    normal = NormalDist()
    rates = [mean * math.exp(sd * normal.inv_cdf((k + 0.5) / STEPS) - 0.5 * sd * sd) for k in range(STEPS)]
    spared = sum(math.exp(-(rate + float(one.fcy_rate)) * max(0.0, seconds)) for rate in rates) / STEPS
    return 1.0 - spared


def green_chance(now: Moment, seconds: float) -> float:
    """Probability that the yellow that is out now is over within this time; 1 under green."""
    if now.state.neutral == "":
        return 1.0
    one = now.params.race[0]
    if now.state.neutral == "fcy":
        return 1.0 - math.exp(-max(0.0, seconds) / (0.5 * float(one.fcy_s)))
    lasted = max(1.0, now.goes_on_s - now.state.neutral_since_s)
    lengths = NormalDist(math.log(float(one.caution_s)), max(0.05, float(one.caution_length_log_sd)))
    longer = 1.0 - lengths.cdf(math.log(lasted))
    if longer < 1e-6:
        return 1.0
    return 1.0 - (1.0 - lengths.cdf(math.log(lasted + max(0.0, seconds)))) / longer
