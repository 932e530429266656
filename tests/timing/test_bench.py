"""How long reading takes. Skipped unless asked for: pytest tests/test_timing_bench.py --benchmark-only"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from langstrecke.timing import derive
from langstrecke.timing.readers import alkamel, dossier
from langstrecke.timing.write import write_alkamel
from race_maker import make_race


def test_read_a_race_of_nineteen_thousand_laps(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    race = make_race(cars=60, length_s=86_400.0 * 0.385)
    path = tmp_path / "race.csv"
    write_alkamel(race, path)
    benchmark(lambda: alkamel.read_laps(path))


def test_write_a_race(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    race = make_race(cars=40, length_s=21_600.0)
    benchmark(lambda: write_alkamel(race, tmp_path / "race.csv"))


def test_periods_from_pace(benchmark: BenchmarkFixture) -> None:
    race = make_race(cars=40, length_s=21_600.0, periods=[(4000.0, 5000.0, "fcy")], flags=False)
    benchmark(lambda: derive.neutralisations(race))


@pytest.mark.data
def test_read_le_mans_2019(benchmark: BenchmarkFixture, data: Path) -> None:
    benchmark(lambda: dossier.read_laps(data / "lemans/lemans_2019_laps.csv"))


@pytest.mark.data
def test_import_a_season(benchmark: BenchmarkFixture, data: Path, tmp_path: Path) -> None:
    places = iter(range(1000))

    def once() -> None:
        with open_store(tmp_path / f"{next(places)}.duckdb") as store:
            import_folder(store, data / "imsa" / "2021")

    benchmark.pedantic(once, rounds=2)
