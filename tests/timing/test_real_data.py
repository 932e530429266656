"""The real files: every one is read, nothing is lost, and what is derived is stable. Needs ../shared/data."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import langstrecke
from langstrecke.errors import TimingFileError
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from langstrecke.timing import derive
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, dossier
from langstrecke.timing.schema import LAPS
from langstrecke.timing.write import write_alkamel

pytestmark = pytest.mark.data


def race_laps(data: Path) -> list[Path]:
    return sorted((data / "imsa").rglob("*race-laps.csv"))


def test_lap_files_lose_no_lap(data: Path) -> None:
    paths = [
        *race_laps(data),
        *sorted((data / "wec").rglob("Analysis.csv")),
        *sorted((data / "wec/2024").glob("*.csv")),
    ]
    assert len(paths) >= 46
    for path in paths:
        notices: list[Notice] = []
        laps = alkamel.read_laps(path, notices=notices)
        rows = path.read_text("utf-8-sig").count("\n") - 1
        assert laps.height == rows, path
        # One hour of day in Bahrain 2015 is misprinted; there is nothing else to complain about.
        assert [n.what for n in notices] in ([], ["hour of day that fits no other lap left out"]), path
        assert laps.select((pl.col("elapsed_s").diff().over("car") > 0).fill_null(True).all()).item()


def test_grids_are_refused_as_layouts(data: Path) -> None:
    for path in sorted((data / "wec").rglob("Grid.csv")):
        with pytest.raises(TimingFileError, match="laid out for the page"):
            langstrecke.load(path)


def test_elapsed_runs_on_through_real_laps(data: Path) -> None:
    laps = alkamel.read_laps(data / "wec/2024/le_mans_24h.csv")
    step = laps.select(pl.col("elapsed_s").diff().over("car") - pl.col("lap_time_s")).to_series().drop_nulls()
    assert step.abs().max() < 0.002  # type: ignore[operator]


def test_le_mans_2015_hours_without_seconds(data: Path) -> None:
    laps = alkamel.read_laps(data / "wec/2015/Le_Mans/Analysis.csv")
    assert laps["clock_time"].dt.second().unique().to_list() == [0]
    assert laps["clock_time"][0].strftime("%H:%M") == "15:03"


@pytest.mark.parametrize(("year", "stops", "winner", "laps"), [(2018, 1639, "8", 388), (2019, 1657, "8", 385)])
def test_dossiers_join_every_stop(data: Path, year: int, stops: int, winner: str, laps: int) -> None:
    notices: list[Notice] = []
    table = dossier.read_laps(data / f"lemans/lemans_{year}_laps.csv", notices=notices)
    assert notices == []
    assert table.schema == LAPS
    assert table["pit_time_s"].drop_nulls().len() == stops
    first = derive.classification(table).row(0, named=True)
    assert (first["car"], first["laps"]) == (winner, laps)


def test_sebring_2021_has_eight_cautions(data: Path) -> None:
    path = next((data / "imsa/2021").rglob("202103201010-race-laps.csv"))
    laps = alkamel.read_laps(path)
    periods = derive.neutralisations(laps)
    assert periods["kind"].to_list() == ["fcy"] * 8
    assert (periods["end_s"] - periods["start_s"]).sum() == pytest.approx(8_882.0, abs=30.0)
    quality = derive.lap_quality(laps, periods)
    assert 0.7 < quality["clean"].mean() < 0.8  # type: ignore[operator]


def test_pace_finds_what_the_flags_say(data: Path) -> None:
    """Flags are dropped, the periods derived from pace, and compared: over all IMSA races of the data."""
    both = either = found = flagged = invented = 0.0
    for path in race_laps(data):
        laps = alkamel.read_laps(path)
        real = [(r["start_s"], r["end_s"]) for r in derive.neutralisations(laps).iter_rows(named=True)]
        pace = derive.neutralisations_from_pace(laps.with_columns(flag=pl.lit(None, dtype=LAPS["flag"])))
        guess = [(r["start_s"], r["end_s"]) for r in pace.iter_rows(named=True)]
        shared = sum(max(0.0, min(b, d) - max(a, c)) for a, b in real for c, d in guess)
        both += shared
        either += sum(b - a for a, b in real) + sum(d - c for c, d in guess) - shared
        flagged += len(real)
        found += sum(any(min(b, d) - max(a, c) > 0.5 * (b - a) for c, d in guess) for a, b in real)
        invented += sum(not any(min(b, d) > max(a, c) for a, b in real) for c, d in guess)
    print(f"intersection over union {both / either:.3f}, {found:.0f} of {flagged:.0f} found, {invented:.0f} invented")
    assert both / either > 0.90
    assert found >= 0.97 * flagged
    assert invented == 0


def test_order_by_laps_is_the_official_order_where_there_was_no_penalty(data: Path) -> None:
    equal = 0
    for path in race_laps(data):
        results = path.with_name(path.name.replace("-laps", "-results"))
        order = derive.classification(alkamel.read_laps(path)).select("car", "position")
        official = alkamel.read_results(results).select("car", official="position")
        equal += order.join(official, on="car").select((pl.col("position") == pl.col("official")).all()).item()
    assert equal >= 25


def test_written_and_read_back(data: Path, tmp_path: Path) -> None:
    laps = alkamel.read_laps(data / "wec/2024/le_mans_24h.csv")
    write_alkamel(laps, tmp_path / "again.csv", dialect="wec")
    assert alkamel.read_laps(tmp_path / "again.csv").drop("race_id").equals(laps.drop("race_id"))


def test_one_season_in_the_store(data: Path, tmp_path: Path) -> None:
    with open_store(tmp_path / "store.duckdb") as store:
        report = import_folder(store, data / "imsa" / "2021")
        assert report.failed == report.dropped == 0
        assert sorted(report.races) == [
            f"imsa-2021-{name}" for name in (
                "daytona", "daytona-qualifying-race", "laguna-seca", "lime-rock", "long-beach", "mid-ohio",
                "road-america", "road-atlanta", "sebring", "vir", "watkins-glen", "watkins-glen-240",
            )
        ]  # fmt: skip
        races = store.races()
        assert races["duration_known"].all()
        for race_id in report.races:
            entries = store.entries(race_id)
            assert entries.select("car_class", "car").equals(
                entries.select("car_class", "car").sort("car_class", "car")
            )
        sebring = store.entries("imsa-2021-sebring")
        assert sebring.height == 37
        assert sebring.filter(pl.col("car") == "01")["drivers"].to_list() == [
            ["Renger van der Zande", "Kevin Magnussen", "Scott Dixon"]
        ]
        assert store.laps("imsa-2021-daytona").is_empty()
        assert not store.results("imsa-2021-daytona").is_empty()
