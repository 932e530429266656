"""The tank before a race: by the class's own stints, not by those of another car of its kind."""

from __future__ import annotations

import math

import pytest

from langstrecke.ratings.pooling import Evidence
from langstrecke.ratings.race_facts import Measured
from langstrecke.ratings.race_priors import load_race_priors
from langstrecke.ratings.rate_tank import tank_s

PRIORS = load_race_priors("all")
GTP, DPI = (PRIORS.tanks[f"imsa.{c}"].mean for c in ("GTP", "DPi"))


def shown(car_class: str, season: int, log_s: float, circuit: str = "sebring", se: float = 0.015) -> Evidence:
    at = log_s + PRIORS.windows.get(circuit, 0.0)
    return Evidence(f"imsa-{season}-{circuit}-{car_class}", f"imsa {car_class}", circuit, Measured(at, se), season)


def told(car_class: str, season: int, *evidence: Evidence, long: bool = True) -> float:
    """Log seconds at Watkins Glen less its thirst."""
    target = Evidence("to-come", f"imsa {car_class}", "watkins-glen", Measured(0.0, 0.0), season)
    ids = {e.race_id for e in evidence} if long else set[str]()
    return tank_s(evidence, ids, target, PRIORS).value - PRIORS.windows["watkins-glen"]


def test_a_smaller_car_of_the_kind_does_not_shrink_the_tank() -> None:
    assert DPI < GTP - 0.2
    dpis = [shown("DPi", 2022, DPI, c) for c in ("sebring", "watkins-glen", "road-atlanta", "long-beach")]
    assert told("GTP", 2023, *dpis) == pytest.approx(GTP, abs=1e-9)


def test_another_class_tells_by_how_far_it_was_off_its_own_tank() -> None:
    thirsty = shown("DPi", 2022, DPI - 0.1, "watkins-glen")
    assert GTP - 0.1 < told("GTP", 2023, thirsty) < GTP


def test_the_season_under_way_counts_for_more_than_the_last_one() -> None:
    mean = PRIORS.tanks["imsa.LMP2"].mean
    last = [shown("LMP2", 2022, mean - 0.05, c) for c in ("sebring", "watkins-glen", "road-atlanta")]
    this = shown("LMP2", 2023, mean + 0.05)
    assert told("LMP2", 2023, *last) < mean < told("LMP2", 2023, *last, this)
    assert told("LMP2", 2022, *last, this) < mean


def test_a_short_race_far_below_tells_nothing_and_one_above_does() -> None:
    below, above = shown("GTP", 2023, GTP - 0.2, se=0.1), shown("GTP", 2023, GTP + 0.1, se=0.1)
    assert told("GTP", 2023, below, long=False) == pytest.approx(GTP, abs=1e-9)
    assert told("GTP", 2023, above, long=False) > GTP


def test_a_class_never_seen_goes_by_its_kind() -> None:
    assert math.isfinite(told("P", 2023, shown("GTP", 2023, GTP)))
