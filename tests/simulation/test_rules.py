"""Rules of single series, seen in the lap tables of simulated races."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from factories import make_card
from langstrecke.racecard.schema import CircuitInfo, Neutralisation, RaceCard
from langstrecke.racecard.shipped import load_card
from langstrecke.rulebooks.judge import judge_laps
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation import simulate, simulate_laps
from langstrecke.simulation.trace import simulate_lap_tables

CALM = {"retire_per_h": 0.0, "repair_per_h": 0.0, "incident_per_h": 0.0, "penalty_per_h": 0.0}
CALM |= {"stop_trouble": 0.0, "stop_scatter_s": 0.1}
YELLOWS = Neutralisation(rate_per_h=3.0, length_s=900.0, start_share=0.0)


def altered(name: str, **tables: dict[str, object]) -> RuleBook:
    """A rule book with single figures changed."""
    book = load_rulebook(name)
    changes = {table: getattr(book, table).model_copy(update=figures) for table, figures in tables.items()}
    return book.model_copy(update=changes)


def tables(card: RaceCard, book: RuleBook, races: int) -> pl.DataFrame:
    return pl.concat(
        simulate_laps(card, race=k, seed=3, book=book).with_columns(pl.lit(k).alias("race")) for k in range(races)
    )


def test_a_car_in_the_pits_when_the_yellow_falls_leaves_them_slowly() -> None:
    """The lap that begins with a stop under green and ends under yellow is longer than one that ends under green."""
    card = make_card(duration_s=7200.0, rulebook="wec-2016", neutralisation=YELLOWS, figures=CALM)
    book = altered("wec-2016", neutralisation={"pit_exit_held": False})
    laps = tables(card, book, 60).with_columns(pl.col("flag").shift(1).over("race", "car").alias("before"))
    out = laps.filter(pl.col("pit_time_s").is_not_null() & (pl.col("before") == "green"))
    out = out.with_columns((pl.col("lap_time_s") - pl.col("pit_time_s")).alias("driven"))
    typical = (
        out.filter(pl.col("flag") == "green").group_by("car_class").agg(pl.col("driven").median().alias("usual"))
    )
    caught = out.filter(pl.col("flag") != "green").join(typical, on="car_class")
    assert caught.height > 20
    assert (caught["driven"] / caught["usual"]).median() > 1.15


def test_le_mans_holds_cars_at_the_pit_exit_until_the_next_safety_car() -> None:
    card = make_card(
        sizes={"DPi": 6, "GTD": 8}, duration_s=10800.0, rulebook="le-mans-2019", neutralisation=YELLOWS, figures=CALM
    )
    held, free = (
        tables(card, altered("le-mans-2019", neutralisation={"pit_exit_held": rule}), 15)
        .with_columns(pl.col("flag").shift(1).over("race", "car").alias("before"))
        .filter(pl.col("pit_time_s").is_not_null() & (pl.col("before") == "safety_car"))["pit_time_s"]
        for rule in (True, False)
    )
    assert held.len() > 50
    # a third of the lap between two safety cars: half of that on average, less what the stop itself takes
    assert held.mean() > free.mean() + 15.0
    assert held.max() < free.max() + 200.0


def test_the_race_ends_at_its_distance() -> None:
    book = altered("wec-2016", race={"limit": "time_or_distance", "distance_km": 300.0})
    card = make_card(duration_s=10800.0, rulebook="wec-2016", figures=CALM).model_copy(
        update={"circuit": CircuitInfo(id="test", length_km=6.0)}
    )
    outcome = simulate(card, races=20, book=book, figures=True)
    assert np.array_equal(outcome.figures[:, 0, 0], np.full(20, 50.0))
    # cars know where it ends: the last stop is a splash
    laps = tables(card, book, 10).filter((pl.col("car_class") == "DPi") & pl.col("pit_time_s").is_not_null())
    stops = laps.group_by("race", "car").agg(pl.col("pit_time_s").first().alias("first"), pl.col("pit_time_s").last())
    assert (stops["pit_time_s"] < stops["first"] - 5.0).mean() > 0.75
    untimed = simulate(card, races=20, figures=True, book=altered("wec-2016", race={"limit": "time"}))
    assert (untimed.figures[:, 0, 0] > 60).all()


def test_jokers_are_the_only_short_stops_and_one_to_a_period() -> None:
    pit: dict[str, object] = {"min_pit_time_s": 120.0, "joker_stops": 2, "joker_every_s": 7200.0}
    pit |= {"technical_stop_s": 0.0}
    book = altered("spa-24h-2018", pit=pit)
    card = make_card(sizes={"GTD": 6}, duration_s=21600.0, rulebook="spa-24h-2018", figures=CALM)
    card = card.model_copy(update={"classes": {"Pro": card.classes["GTD"]}})
    card = card.model_copy(update={"entries": tuple(e.model_copy(update={"car_class": "Pro"}) for e in card.entries)})
    crews = {e.car: [(d.name, d.licence) for d in e.drivers] for e in card.entries}
    for race in range(5):
        laps = simulate_laps(card, race=race, book=book)
        for verdict in judge_laps(book, 21600.0, laps, crews, crew_rules=False):
            short = [s for s in verdict.stops if s.pit_time_s < 119.9]
            assert len(short) == 2
            assert len({int(s.entry_s // 7200) for s in short}) == 2
            assert [v for v in verdict.violations if v.rule == "minimum pit time"] == []


@pytest.mark.parametrize("closed", [True, False])
def test_a_full_course_yellow_may_close_the_pits(closed: bool) -> None:
    yellows = Neutralisation(rate_per_h=0.0, start_share=0.0, fcy_per_h=2.0, fcy_length_s=600.0)
    card = make_card(duration_s=10800.0, rulebook="wec-2016", figures=CALM, neutralisation=yellows)
    laps = tables(card, altered("wec-2016", neutralisation={"fcy_pits_closed": closed}), 15)
    share = laps.filter(pl.col("in_pit"))["flag"].eq("fcy").mean()
    assert isinstance(share, float)
    assert share < 0.25 if closed else share > 0.25


def test_wave_by_gives_lapped_cars_their_lap_back() -> None:
    """With it more cars finish on the lap of their class winner."""
    sizes = {"DPi": 4, "GTD": 10}
    card = make_card(sizes=sizes, duration_s=21600.0, neutralisation=YELLOWS, figures=CALM)
    on_lead_lap = []
    for rule in ("ahead_of_class_leader", "none"):
        book = altered("imsa-2021", neutralisation={"wave_by": rule})
        on_lead_lap.append(simulate(card, races=60, figures=True, book=book).figures[:, 1, 3].mean())
    assert on_lead_lap[0] > on_lead_lap[1] + 0.5


def test_sro_safety_cars_follow_a_full_course_yellow() -> None:
    card = make_card(
        sizes={"GTD": 6}, duration_s=10800.0, rulebook="spa-24h-2018", neutralisation=YELLOWS, figures=CALM
    )
    seen = []
    for follows in (True, False):
        laps = tables(card, altered("spa-24h-2018", neutralisation={"fcy_then_sc": follows}), 5).sort("elapsed_s")
        turns = laps.filter(pl.col("flag") != pl.col("flag").shift(1).over("race"))["flag"].to_list()
        seen.append(turns.count("fcy"))
    assert seen[0] > 5
    assert seen[1] == 0


def test_repairs_do_not_lead_to_broken_rules() -> None:
    """A car that was in the garage still changes drivers in the window, or is parked."""
    card = load_card("adac-gt-masters-2019-most-1")
    book = load_rulebook(card.race.rulebook)
    crews = {e.car: [(d.name, d.licence) for d in e.drivers] for e in card.entries}
    repaired = 0
    for laps in simulate_lap_tables(card, range(60), seed=2):
        judged = judge_laps(book, card.race.duration_s, laps, crews, crew_rules=False)
        assert [v.violations for v in judged if v.violations] == []
        repaired += sum(any(s.pit_time_s > 300.0 for s in v.stops) for v in judged)
    assert repaired > 5


def test_a_race_stopped_too_late_to_be_resumed_counts_back_to_the_lap_before() -> None:
    """Every car's result is its first crossing after the leader ended the lap that counts, or its last before."""
    yellows = Neutralisation(rate_per_h=1.2, red_share=1.0, red_length_s=36000.0, start_share=0.0)
    card = make_card(duration_s=7200.0, rulebook="wec-2016", neutralisation=yellows, figures=CALM)
    outcome = simulate(card, races=60, seed=3, figures=True)
    for back in (0, 1):
        book = altered("wec-2016", race={"red_end_laps_back": back})
        told = simulate(card, races=60, seed=3, figures=True, book=book).figures[:, 0, 0]
        for race in range(12):
            laps = simulate_laps(card, race=race, seed=3, book=book)
            if laps["elapsed_s"].max() > 7200.0:  # never stopped
                continue
            assert told[race] == laps["lap"].max() - back
    reds = outcome.figures[:, 0, 7]
    assert set(reds.tolist()) <= {0.0, 1.0}
    assert reds.mean() > 0.6
    assert outcome.retired.sum() == 0  # whoever runs when the race is ended is classified


def test_a_clock_that_stops_lets_every_race_go_its_whole_length() -> None:
    yellows = Neutralisation(rate_per_h=1.2, red_share=1.0, red_length_s=3600.0, start_share=0.0)
    card = make_card(duration_s=7200.0, rulebook="wec-2016", neutralisation=yellows, figures=CALM)
    book = altered("wec-2016", race={"red_flag_clock": "stops"})
    for race in range(5):
        laps = simulate_laps(card, race=race, seed=3, book=book)
        assert laps["elapsed_s"].max() >= 7200.0


def test_a_car_back_from_a_long_repair_makes_its_mandatory_stops_or_is_parked() -> None:
    figures = {**CALM, "repair_per_h": 0.5, "repair_s": 5400.0, "repair_length_log_sd": 0.3}
    card = make_card(duration_s=10800.0, rulebook="blancpain-endurance-2019", drivers=2, figures=figures)
    book = load_rulebook("blancpain-endurance-2019")
    book = book.model_copy(update={"classes": load_rulebook("imsa-2021").classes})
    few = 0
    for race in range(60):
        laps = simulate_laps(card, race=race, seed=5, book=book)
        finished = laps.group_by("car").agg(pl.col("elapsed_s").max(), pl.col("pit_time_s").count().alias("stops"))
        finished = finished.filter(pl.col("elapsed_s") >= 10800.0)
        few += finished.filter(pl.col("stops") < book.pit.mandatory_stops).height
    assert few == 0


def test_the_tracks_pace_wanders_by_as_much_as_the_card_says_and_for_everybody_alike() -> None:
    """Two classes' green laps rise and fall together; without the wandering they do not."""

    def hourly(sd: float) -> tuple[float, float]:
        card = make_card(
            duration_s=43200.0, rulebook="wec-2016", neutralisation=Neutralisation(rate_per_h=0.0), figures=CALM
        )
        card = card.model_copy(update={"circuit": card.circuit.model_copy(update={"track_sd": sd})})
        spread, agree = [], []
        for race in range(12):
            laps = simulate_laps(card, race=race, seed=3).filter(pl.col("flag") == "green")
            laps = laps.filter(pl.col("pit_time_s").is_null() & (pl.col("lap") > 1))
            usual = pl.col("lap_time_s").median().over("car")
            hours = (
                laps.with_columns(
                    (pl.col("lap_time_s") / usual - 1).alias("off"), (pl.col("elapsed_s") // 3600).alias("h")
                )
                .group_by("car_class", "h")
                .agg(pl.col("off").median())
                .pivot(on="car_class", index="h", values="off")
                .filter(pl.col("h") < 12)
            )
            both = hours.drop("h").to_numpy()
            spread.append(both.mean(axis=1).std())
            agree.append(np.corrcoef(both.T)[0, 1])
        return float(np.mean(spread)), float(np.mean(agree))

    calm, wandering = hourly(0.0), hourly(0.01)
    assert calm[0] < 0.002
    assert 0.005 < wandering[0] < 0.011  # hours of one race lie nearer each other than those of all races
    assert wandering[1] > 0.9


def test_the_dark_is_where_the_card_puts_it() -> None:
    figures = {**CALM, "night_s": 10.0}
    card = make_card(
        duration_s=21600.0, rulebook="wec-2016", neutralisation=Neutralisation(rate_per_h=0.0), figures=figures
    )
    circuit = card.circuit.model_copy(update={"dusk": dt.time(14, 0), "dawn": dt.time(16, 30)})
    card = card.model_copy(update={"circuit": circuit})
    start = card.race.start_time.hour * 3600.0
    laps = simulate_laps(card, race=0, seed=3).filter(pl.col("pit_time_s").is_null() & (pl.col("lap") > 1))
    laps = laps.with_columns((pl.col("lap_time_s") - pl.col("lap_time_s").median().over("car")).alias("off"))
    begun = pl.col("elapsed_s") - pl.col("lap_time_s") + start
    dark = laps.filter((begun > 14 * 3600 + 200) & (begun < 16.5 * 3600 - 200))["off"].median()
    light = laps.filter((begun < 14 * 3600 - 200) | (begun > 16.5 * 3600 + 200))["off"].median()
    assert dark - light == pytest.approx(10.0, abs=1.0)
