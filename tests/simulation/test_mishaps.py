"""Mistakes, penalties and the undercut, seen from outside: lap tables and classifications of simulated races."""

from __future__ import annotations

import numpy as np
import polars as pl

from factories import make_card
from langstrecke.racecard.schema import CircuitInfo, Driver, Neutralisation, RaceCard
from langstrecke.simulation import simulate, simulate_laps

QUIET = Neutralisation(rate_per_h=0.0, start_share=0.0)
CALM = {
    "retire_per_h": 0.0,
    "repair_per_h": 0.0,
    "incident_per_h": 0.0,
    "penalty_per_h": 0.0,
    "stop_trouble": 0.0,
    "stop_scatter_s": 0.1,
    "noise_s": 0.1,
    "noise_tail_s": 0.05,
}


def laps_of(card: RaceCard, races: int) -> pl.DataFrame:
    return pl.concat(simulate_laps(card, race=k, seed=5).with_columns(pl.lit(k).alias("race")) for k in range(races))


def with_crews(card: RaceCard, *licences: str) -> RaceCard:
    """Car by car, a crew of one licence."""
    entries = tuple(
        e.model_copy(
            update={
                "pace_s": 0.0,
                "drivers": tuple(Driver.model_validate({"name": d.name, "licence": licence}) for d in e.drivers),
            }
        )
        for e, licence in zip(card.entries, licences, strict=True)
    )
    return card.model_copy(update={"entries": entries})


def test_bronze_drivers_make_more_mistakes_and_a_class_keeps_its_mean() -> None:
    figures = CALM | {"incident_per_h": 3.0, "incident_s": 20.0}
    card = make_card(sizes={"GTD": 2}, drivers=2, neutralisation=QUIET, figures=figures, duration_s=3600.0)
    laps = laps_of(with_crews(card, "platinum", "bronze"), 400)
    lost = laps.filter(
        (pl.col("lap") > 1) & ~pl.col("in_pit") & pl.col("pit_time_s").is_null() & (pl.col("lap_time_s") > 122.0)
    )
    by_car = dict(lost.group_by("car").len().iter_rows())
    # 1.60 against 0.81 (scripts/fit/mistakes.py); about 1,000 mistakes, 10 % is three standard errors
    assert abs(by_car["2"] / by_car["1"] - 1.60 / 0.81) < 0.25
    mixed = laps_of(with_crews(card, "gold", "gold"), 400)
    same = mixed.filter(
        (pl.col("lap") > 1) & ~pl.col("in_pit") & pl.col("pit_time_s").is_null() & (pl.col("lap_time_s") > 122.0)
    )
    assert abs(same.height / lost.height - 1.0) < 0.15


def test_a_drive_through_costs_the_way_through_the_lane() -> None:
    card = make_card(sizes={"GTD": 1}, neutralisation=QUIET, figures=CALM, duration_s=7200.0)
    strict = CALM | {"penalty_per_h": 2.0}
    fined = make_card(sizes={"GTD": 1}, neutralisation=QUIET, figures=strict, duration_s=7200.0)
    clean, slow = laps_of(card, 150), laps_of(fined, 150)
    usual = clean.filter(pl.col("pit_time_s").is_null() & ~pl.col("in_pit") & (pl.col("lap") > 1))["lap_time_s"]
    road = slow.filter(pl.col("pit_time_s").is_null() & ~pl.col("in_pit") & (pl.col("lap") > 1))
    served = road.filter(pl.col("lap_time_s") > usual.max() + 5.0)
    hours = road["lap_time_s"].sum() / 3600.0
    assert abs(served.height / hours - 2.0) < 0.35
    assert abs(served["lap_time_s"].mean() - usual.mean() - 30.0) < 1.0  # lane_s of the card


def test_nobody_serves_a_penalty_under_yellow() -> None:
    always = Neutralisation(rate_per_h=60.0, length_s=7200.0, start_share=1.0)
    figures = CALM | {"penalty_per_h": 20.0}
    card = make_card(sizes={"GTD": 2}, neutralisation=always, figures=figures, rulebook="wec-2016")
    fair = make_card(sizes={"GTD": 2}, neutralisation=always, figures=CALM, rulebook="wec-2016")
    late = {"lap": 4}
    one, other = (
        laps_of(c, 20).filter((pl.col("lap") >= late["lap"]) & (pl.col("flag") != "green"))["lap_time_s"].mean()
        for c in (card, fair)
    )
    assert abs(one - other) < 3.0


def test_a_car_held_up_stops_early_for_a_free_track_and_no_more_often() -> None:
    """The quicker car starts behind: where it cannot pass it undercuts, where passing is easy it has no need to."""
    card = make_card(sizes={"GTD": 2}, neutralisation=QUIET, figures=CALM, duration_s=7200.0, rulebook="wec-2016")
    slow, quick = card.entries
    entries = (slow.model_copy(update={"pace_s": 0.5}), quick.model_copy(update={"pace_s": -0.5}))
    first, stops = {}, {}
    for name, overtaking_s in (("hard", 1000.0), ("easy", 0.05)):
        circuit = CircuitInfo(id="test", length_km=6.0, overtaking_s=overtaking_s)
        changed = card.model_copy(update={"entries": entries, "circuit": circuit})
        mine = laps_of(changed, 80).filter(pl.col("in_pit") & (pl.col("car") == "2"))
        first[name] = mine.group_by("race").agg(pl.col("lap").min())["lap"].mean()
        stops[name] = mine.height / 80
    assert first["hard"] < first["easy"] - 1.0
    assert abs(stops["hard"] - stops["easy"]) < 0.1


def test_mishaps_are_the_same_luck_for_any_number_of_threads() -> None:
    card = make_card(figures={"penalty_per_h": 1.0, "incident_per_h": 1.0})
    one, two = (simulate(card, races=60, seed=4, threads=n, figures=True) for n in (1, 2))
    assert np.array_equal(one.figures, two.figures)
