"""What a race shows besides pace, recovered from races our own simulation wrote."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.shipped import load_card
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.pace.session import fit_session
from langstrecke.ratings.race_facts import RaceFacts, race_facts
from langstrecke.simulation import simulate_laps


@pytest.fixture(scope="module")
def card() -> RaceCard:
    found = load_card("imsa-2021-sebring")
    dry = found.weather.model_copy(update={"wet_start": 0.0, "rain_per_h": 0.0})
    return found.model_copy(update={"weather": dry})


def facts_of(laps: pl.DataFrame) -> RaceFacts:
    found = annotate(laps)
    return race_facts(found, tuple(p for c in found.classes if (p := fit_session(found, c)) is not None))


@pytest.fixture(scope="module")
def races(card: RaceCard) -> list[tuple[pl.DataFrame, RaceFacts]]:
    laps = [simulate_laps(card, race=i, seed=3) for i in range(4)]
    return [(table, facts_of(table)) for table in laps]


def test_cautions_are_counted_and_measured(races: list[tuple[pl.DataFrame, RaceFacts]]) -> None:
    for laps, facts in races:
        flag = pl.col("flag").cast(pl.String)
        share = laps.filter(flag.is_in(["fcy", "safety_car"]) & flag.is_not_null()).height / laps.height
        neutral = sum(c.length_s for c in facts.cautions) / facts.length_s
        assert (share > 0) == bool(facts.cautions)
        # neutralised laps are about twice as long as green ones
        assert neutral == pytest.approx(2 * share / (1 + share), abs=0.08)
        assert all(c.length_s > 30 for c in facts.cautions)
        assert facts.green_h == pytest.approx((1 - neutral) * facts.length_s / 3600, abs=0.02)


def test_the_tank_and_the_stops_are_recovered(card: RaceCard, races: list[tuple[pl.DataFrame, RaceFacts]]) -> None:
    for name, figures in card.classes.items():
        classes = [c for _, f in races for c in f.classes if c.car_class == name]
        lap = figures.lap_s
        window = [np.exp(c.measured["log_window_s"].value) / lap for c in classes if "log_window_s" in c.measured]
        assert np.median(window) == pytest.approx(figures.stint_laps, rel=0.12)
        total = [
            f.lane_s + c.measured["refuel"].value
            for _, f in races
            for c in f.classes
            if c.car_class == name and "refuel" in c.measured and f.lane_s is not None
        ]
        assert np.median(total) == pytest.approx(figures.lane_s + figures.refuel_s, rel=0.2)


def test_retirements_are_those_who_stopped_running(races: list[tuple[pl.DataFrame, RaceFacts]]) -> None:
    for laps, facts in races:
        end = laps["elapsed_s"].max()
        last = laps.group_by("car").agg(pl.col("elapsed_s").max())
        assert isinstance(end, float)
        gone = set(last.filter(pl.col("elapsed_s") < end - 900)["car"])
        counted = {car for c in facts.classes for car in c.car_retired}
        assert gone <= counted
        assert len(counted) <= len(gone) + 6
        hours = sum(c.car_hours for c in facts.classes)
        assert hours == pytest.approx(float(last["elapsed_s"].sum()) / 3600, rel=0.05)


def test_facts_do_not_depend_on_the_order_of_rows(races: list[tuple[pl.DataFrame, RaceFacts]]) -> None:
    laps, facts = races[0]
    assert facts_of(laps.sample(fraction=1.0, shuffle=True, seed=8)) == facts


def test_noise_and_traffic_are_recovered(card: RaceCard, races: list[tuple[pl.DataFrame, RaceFacts]]) -> None:
    """The whole of the noise, and what it costs to pass (being passed is charged to the lap after)."""
    for name in ("DPi", "LMP2", "GTD"):
        figures = card.classes[name]
        classes = [c.measured for _, f in races for c in f.classes if c.car_class == name]
        spread = [np.hypot(np.exp(m["log_sigma"].value), np.exp(m["log_tau"].value)) for m in classes]
        truth = float(np.hypot(figures.noise_s, figures.noise_tail_s))
        assert np.median(spread) * figures.lap_s == pytest.approx(truth, rel=0.25)
    prototype = card.classes["DPi"]
    cost = [c.measured["passes"].value for _, f in races for c in f.classes if c.car_class == "DPi"]
    assert np.median(cost) * prototype.lap_s == pytest.approx(prototype.lapping_s, rel=0.4, abs=0.05)
