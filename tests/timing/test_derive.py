"""Stints, stops, neutralised periods and clean laps, on races whose truth is known."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from langstrecke.timing import derive
from langstrecke.timing.schema import LAPS, RESULTS
from race_maker import make_race

PERIODS = [(2000.0, 2900.0, "fcy"), (6000.0, 6500.0, "safety_car"), (6500.0, 7000.0, "fcy")]


@pytest.fixture(scope="module")
def race() -> pl.DataFrame:
    return make_race(periods=PERIODS)


def test_stints_of_one_car(race: pl.DataFrame) -> None:
    stints = derive.stints(race)
    assert stints.schema == derive.STINTS
    car = stints.filter(pl.col("car") == "02")
    assert car["first_lap"].to_list()[:3] == [1, 26, 51]
    assert car["laps"].to_list()[:2] == [25, 25]
    assert car["out_lap"].to_list()[:3] == [None, 26, 51]
    assert car["in_lap"].to_list()[0] == 25
    assert car["in_lap"].to_list()[-1] is None
    assert car["driver_stint"].to_list() == list(range(1, car.height + 1))
    assert car["start_s"].to_list()[1:] == pytest.approx(car["end_s"].to_list()[:-1])
    assert stints["laps"].sum() == race.height


def test_a_double_stint_of_one_driver_is_one_drive(race: pl.DataFrame) -> None:
    one = race.filter(pl.col("car") == "02").with_columns(driver=pl.lit("Jan Magnussen"))
    assert derive.stints(one)["driver_stint"].unique().to_list() == [1]


def test_pit_stops(race: pl.DataFrame) -> None:
    periods = derive.neutralisations(race)
    stops = derive.pit_stops(race, periods)
    assert stops.schema == derive.STOPS
    first = stops.filter(pl.col("car") == "02").row(0, named=True)
    assert (first["in_lap"], first["out_lap"], first["pit_time_s"]) == (25, 26, 60.0)
    assert first["driver_change"] is True
    assert stops.filter(pl.col("flag") == "green")["lost_s"].median() == pytest.approx(60.0, abs=3.0)
    assert set(stops["flag"].unique()) <= {"green", "fcy", "safety_car"}
    assert stops.height == race["in_pit"].sum()


def test_a_car_that_never_comes_out_has_a_stop_without_an_end(race: pl.DataFrame) -> None:
    lost = race.filter((pl.col("car") == "02") & (pl.col("lap") <= 25))
    stop = derive.pit_stops(lost).row(0, named=True)
    assert (stop["out_lap"], stop["pit_time_s"], stop["driver_change"]) == (None, None, None)


def test_periods_from_flags(race: pl.DataFrame) -> None:
    periods = derive.neutralisations(race)
    assert periods.schema == derive.PERIODS
    assert periods["kind"].to_list() == ["fcy", "safety_car", "fcy"]
    assert periods["source"].unique().to_list() == ["flags"]
    for row, (start, end, _) in zip(periods.iter_rows(named=True), PERIODS, strict=True):
        assert row["start_s"] == pytest.approx(start, abs=45.0)
        assert row["end_s"] == pytest.approx(end, abs=45.0)


def test_the_lap_a_caution_began_on_is_part_green() -> None:
    """With few cars the gap between two crossings is wide; the lap times say where in it the flag fell."""
    race = make_race(cars=3, periods=[(3333.0, 4200.0, "fcy")], length_s=7200.0, stint_laps=1000)
    (start,) = derive.neutralisations(race)["start_s"].to_list()
    assert start == pytest.approx(3333.0, abs=6.0)
    laps = derive.lap_quality(race)
    split = laps.filter(pl.col("green_share").is_between(0.02, 0.98))
    assert split.height >= 3
    assert not split["clean"].any()


def test_periods_from_the_pace_of_the_field() -> None:
    race = make_race(periods=PERIODS, flags=False)
    periods = derive.neutralisations(race)
    assert periods["source"].unique().to_list() == ["pace"]
    spans = periods.select("start_s", "end_s").rows()
    assert len(spans) == 2  # one kind cannot be told from the other
    for (start, end), (true_start, true_end) in zip(spans, [(2000.0, 2900.0), (6000.0, 7000.0)], strict=True):
        assert start == pytest.approx(true_start, abs=20.0)
        assert end == pytest.approx(true_end, abs=20.0)


def test_rain_is_no_neutralisation_and_no_outlier() -> None:
    race = make_race(wet=(3000.0, 7000.0, 0.86), flags=False)
    assert derive.neutralisations(race).is_empty()
    laps = derive.lap_quality(race)
    wet = laps.filter(pl.col("elapsed_s").is_between(3400.0, 6900.0) & (pl.col("reason") == "outlier"))
    assert wet.height < 0.01 * laps.height


def test_a_race_without_incident_has_no_period() -> None:
    for flags in (True, False):
        assert derive.neutralisations(make_race(flags=flags)).is_empty()


def test_ten_minutes_without_a_crossing_are_a_red_flag() -> None:
    race = make_race(periods=[(2000.0, 2500.0, "fcy")], length_s=5000.0)
    shift = pl.when(pl.col("elapsed_s") > 2400.0).then(2000.0).otherwise(0.0)
    stopped = race.with_columns(elapsed_s=pl.col("elapsed_s") + shift)
    assert derive.neutralisations(stopped)["kind"].to_list() == ["fcy", "red", "fcy"]
    kinds = derive.neutralisations(stopped.with_columns(flag=pl.lit(None, dtype=LAPS["flag"])))["kind"]
    assert "red" in kinds.to_list()


def test_a_race_clock_that_stood_is_noted() -> None:
    race = make_race(periods=[(2000.0, 2500.0, "red")], length_s=5000.0)
    late = pl.when(pl.col("elapsed_s") > 2200.0).then(pl.duration(minutes=40)).otherwise(pl.duration())
    moved = race.with_columns(
        clock_time=(pl.lit(dt.datetime(2021, 3, 20)).dt.combine(pl.col("clock_time")) + late).dt.time()
    )
    (period,) = derive.neutralisations(moved).rows(named=True)
    assert (period["kind"], period["stopped_s"]) == ("red", pytest.approx(2400.0, abs=1.0))
    unflagged = moved.with_columns(flag=pl.lit("green", dtype=LAPS["flag"]))
    (period,) = derive.neutralisations(unflagged).rows(named=True)
    assert (period["kind"], period["start_s"]) == ("red", pytest.approx(period["end_s"]))


def test_lap_quality_names_a_reason_for_every_lap_it_rejects(race: pl.DataFrame) -> None:
    spun = race.with_columns(
        lap_time_s=pl.when((pl.col("car") == "02") & (pl.col("lap") == 10)).then(130.0).otherwise("lap_time_s")
    )
    laps = derive.lap_quality(spun)
    assert laps.columns[: len(LAPS)] == LAPS.names()
    assert laps.select("car", "lap").equals(race.select("car", "lap"))
    assert (laps["clean"] == laps["reason"].is_null()).all()
    reasons = dict(laps.filter(pl.col("car") == "02").select("lap", "reason").rows())
    assert reasons[1] == "first_lap"
    assert reasons[10] == "outlier"
    assert reasons[25] == "in_lap"
    assert reasons[26] == "out_lap"
    assert {"neutralised", "restart"} <= set(reasons.values())
    clean = laps.filter("clean")
    ratio = clean["lap_time_s"] / clean.select(pl.col("lap_time_s").median().over("car")).to_series()
    assert ratio.max() < 1.03  # type: ignore[operator]
    assert clean.height > 0.5 * laps.height


def test_empty_tables_give_empty_tables() -> None:
    nothing = pl.DataFrame(schema=LAPS)
    assert derive.neutralisations(nothing).schema == derive.PERIODS
    assert derive.stints(nothing).schema == derive.STINTS
    assert derive.pit_stops(nothing).schema == derive.STOPS
    assert derive.lap_quality(nothing).height == 0
    assert derive.classification(nothing).schema == RESULTS


def test_classification_by_laps_and_time(race: pl.DataFrame) -> None:
    order = derive.classification(race)
    assert order.schema == RESULTS
    assert order["position"].to_list() == list(range(1, 21))
    assert order["laps"].is_sorted(descending=True)
    assert order["status"].unique().to_list() == ["from laps"]
    assert order.filter(pl.col("car_class") == "GTD")["position_in_class"].to_list() == list(range(1, 11))
