"""What the circuit and the race direction contribute: passing, neutralisations, rain."""

from __future__ import annotations

import numpy as np

from langstrecke.paddock.climate import rain_against
from langstrecke.ratings.archive import RaceMeta
from langstrecke.ratings.pooling import Evidence, RatePrior, pool, pool_rate
from langstrecke.ratings.prior_fit import split_cautions
from langstrecke.ratings.race_facts import Measured, RaceFacts
from langstrecke.ratings.race_priors import RacePriors
from langstrecke.ratings.regions import regime, region
from langstrecke.ratings.sessions import SessionInfo
from langstrecke.ratings.stops import LONG_RACE_S

Past = list[tuple[SessionInfo, RaceFacts]]
"""Races that may be known, in order of time."""

CIRCUIT_CAUTIONS = 6.0
"""How many neutralisations the series' rate counts for against the circuit's own (documented default)."""

RED_SHARE = {"imsa": 0.015, "le-mans": 0.03, "wec": 0.03}
"""Share of neutralisations that become a red flag (documented default: two in 130 in the IMSA files)."""


def overtaking(past: Past, race: RaceMeta, priors: RacePriors) -> float:
    """The simulation's passing figure in seconds, pooled from the series to the circuit."""
    target = Evidence(race.race_id, race.series, race.circuit, Measured(0.0, 0.0))
    evidence = [
        Evidence(i.race_id, i.series, i.circuit, f.overtaking)
        for i, f in past
        if f.overtaking is not None and region(i.series) == region(race.series)
    ]
    return float(np.exp(pool(priors.of_series(race.series, race.season).overtaking, evidence, target).value))


def neutralisation(past: Past, race: RaceMeta, priors: RacePriors) -> dict[str, float]:
    """Rates, lengths and lap ratios of neutralisations, under the names of the card's table; circuit -> series."""
    prior = priors.of_series(race.series, race.season)
    rules = regime(race.series, race.season)
    series = [(i, f) for i, f in past if regime(i.series, i.season) == rules]
    here = [(i, f) for i, f in series if i.circuit == race.circuit]

    def counts(races: Past) -> tuple[float, float]:
        number = sum(len(split_cautions(f, i.series)[0]) - any(c.opening for c in f.cautions[:1]) for i, f in races)
        return float(max(number, 0)), sum(f.green_h for _, f in races)

    rate = pool_rate(prior.cautions, counts(series), counts(here), CIRCUIT_CAUTIONS)
    sprint = race.duration_s <= LONG_RACE_S
    alike = [(i, f) for i, f in series if (f.length_s <= LONG_RACE_S) == sprint]
    lengths = np.log([x for i, f in alike for x in split_cautions(f, i.series)[0] if x > 120] or [1.0])
    usual = prior.log_length_sprint if sprint else prior.log_length
    length = (usual.mean * 8 + float(lengths.sum())) / (8 + (len(lengths) if lengths.any() else 0))
    opening = sum(any(c.opening for c in f.cautions[:1]) for _, f in series)
    target = Evidence(race.race_id, race.series, race.circuit, Measured(0.0, 0.0))
    ratios = [Evidence(i.race_id, i.series, i.circuit, f.lap_ratio) for i, f in series if f.lap_ratio is not None]
    ratio = float(np.clip(pool(prior.lap_ratio, ratios, target).value, 1.2, 4.0))
    fcy = pool_rate(
        RatePrior(max(prior.fcy.per_h, 1e-6), prior.fcy.events),
        (
            float(sum(len(split_cautions(f, i.series)[1]) for i, f in series)),
            sum(f.green_h for _, f in series),
        ),
    )
    return {
        "rate_per_h": rate.per_h,
        "rate_log_sd": float(np.hypot(rate.log_sd, 0.2)),
        "start_share": (prior.opening * 6 + opening) / (6 + len(series)),
        "length_s": float(np.exp(length)),
        "length_log_sd": float(np.hypot(prior.length_log_sd, usual.sd)),
        "lap_ratio": ratio,
        "catch_up_ratio": min(ratio, 1.5),
        "slow_zone_per_h": prior.zones.per_h,
        "slow_zone_length_s": prior.zone_s,
        "fcy_per_h": fcy.per_h if prior.fcy.per_h > 0 else 0.0,
        "fcy_length_s": prior.fcy_length_s,
        "red_share": RED_SHARE.get(race.series, 0.02),
    }


def wet_at_the_start(rain_per_h: float) -> float:
    """Chance of a wet start: a shower in the half hour before (documented default)."""
    return float(np.clip(rain_per_h * 0.5, 0.0, 0.2))


def weather(past: Past, race: RaceMeta, priors: RacePriors) -> dict[str, float]:
    """Showers and what they cost, under the names of the card's table.

    How often showers come is pooled over the series' earlier races, each hour counting by how often it rains at that
    circuit in that month (`paddock.climate`), and brought to this race's circuit and month the same way.
    """
    prior = priors.of_series(race.series, race.season)
    series = [(i, f) for i, f in past if i.series == race.series]
    hours = sum(f.length_s / 3600 * rain_against(i.circuit, i.start.month, prior.rain_share) for i, f in series)
    usual = pool_rate(prior.showers, (float(sum(len(f.showers) for _, f in series)), hours)).per_h
    per_h = usual * rain_against(race.circuit, race.date.month, prior.rain_share)
    target = Evidence(race.race_id, race.series, race.circuit, Measured(0.0, 0.0))
    ratios = [Evidence(i.race_id, i.series, i.circuit, f.wet_ratio) for i, f in past if f.wet_ratio is not None]
    wet = pool(prior.wet_ratio, ratios, target).value
    lengths = [x for _, f in series for x in f.showers]
    return {
        "rain_per_h": per_h,
        "wet_start": wet_at_the_start(per_h),
        "rain_length_s": float(np.clip(np.mean([2700.0, *lengths[-10:]]), 1200.0, 7200.0)),
        "wet_ratio": float(np.clip(wet, 1.03, 1.3)),
    }
