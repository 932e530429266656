"""Crews that files name in part: filled up from the season's nearest race, or named as too small."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from factories import small_card
from langstrecke.racecard import grounds
from langstrecke.racecard.build import build_card
from langstrecke.simulation import simulate_laps
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder
from langstrecke.timing.write import write_alkamel

MID_OHIO, ROAD_AMERICA = "imsa-2021-mid-ohio", "imsa-2021-road-america"
FIRST = simulate_laps(small_card(id=MID_OHIO, date=dt.date(2021, 5, 16)), race=5)
LATER = simulate_laps(small_card(id=ROAD_AMERICA, date=dt.date(2021, 8, 8)), race=6)
CAR = FIRST.filter(pl.col("car_class") == "GTLM")["car"][0]


def crew(laps: pl.DataFrame, car: str) -> list[str]:
    return laps.filter(pl.col("car") == car)["driver"].unique(maintain_order=True).to_list()


def stored(folder: Path, first: pl.DataFrame, later: pl.DataFrame) -> Store:
    for laps, name in (
        (first, "imsa/2021/08-mid-ohio-sports-car-course/202105161410-race-laps.csv"),
        (later, "imsa/2021/15-road-america/202108081435-race-laps.csv"),
    ):
        (folder / name).parent.mkdir(parents=True)
        write_alkamel(laps, folder / name)
    store = open_store(folder / "store.duckdb")
    import_folder(store, folder)
    assert set(store.races()["race_id"]) == {MID_OHIO, ROAD_AMERICA}
    return store


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langstrecke.ratings.archive.default_cache", lambda: tmp_path / "cache")


STOPPED = FIRST.filter((pl.col("car") != CAR) | (pl.col("lap") <= 5))
"""The car stopped with its first driver at the wheel, and no result names the others."""


def test_who_shares_the_car_elsewhere_fills_a_crew(tmp_path: Path) -> None:
    assert len(crew(STOPPED, CAR)) == 1
    whole = crew(LATER, CAR)
    assert len(whole) >= 2
    with stored(tmp_path, STOPPED, LATER) as store:
        card = build_card(MID_OHIO, store)
    assert [d.name for d in card.entry(CAR).drivers] == sorted(whole, key=lambda n: n != crew(STOPPED, CAR)[0])
    missing = ", ".join(name for name in whole if name not in crew(STOPPED, CAR))
    told = f"the files name part of the crew of car {CAR}: {missing} taken from another race of the season"
    assert told in card.race.unsure
    for entry in card.entries:  # whoever is whole stays
        if len(crew(STOPPED, entry.car)) >= 2:
            assert {d.name for d in entry.drivers} == set(crew(STOPPED, entry.car))


def test_a_crew_nobody_completes_is_named(tmp_path: Path) -> None:
    elsewhere = LATER.with_columns(  # another driver has the car there, and its crew sits in others
        pl.when(pl.col("car") == CAR).then(pl.lit("Somebody ELSE")).otherwise(pl.col("driver")).alias("driver")
    )
    with stored(tmp_path, STOPPED, elsewhere) as store:
        card = build_card(MID_OHIO, store)
    assert len(card.entry(CAR).drivers) == 1
    assert (
        f"car {CAR}: fewer drivers are known than the rules ask for, so those drive longer than they may"
        in grounds(card)
    )


def test_who_sits_elsewhere_in_the_race_is_not_taken(tmp_path: Path) -> None:
    other = next(e for e in FIRST["car"].unique(maintain_order=True).to_list() if e != CAR)
    mate = next(n for n in crew(LATER, CAR) if n not in crew(STOPPED, CAR))
    moved = STOPPED.with_columns(
        pl.when((pl.col("car") == other) & (pl.col("lap") > 3))
        .then(pl.lit(mate))
        .otherwise(pl.col("driver"))
        .alias("driver")
    )
    with stored(tmp_path, moved, LATER) as store:
        card = build_card(MID_OHIO, store)
    assert len(card.entry(CAR).drivers) == 1
