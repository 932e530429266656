"""Importing twice, in parts, in any order, from any folder: the same store."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import made_timing as made
from langstrecke.errors import TimingFileError
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_paths
from langstrecke.store.importing.remove import remove_race
from made_timing import GRIDS, Race

RACE = Race(laps=8)


@pytest.fixture(scope="module")
def weekend(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files that say little by themselves, contradict, repeat and outdate each other."""
    folder = tmp_path_factory.mktemp("files")
    fuji = folder / "2023" / "Fuji"
    for n in (1, 3, 6):
        made.write_laps(fuji / f"23_Analysis_Race_Hour {n}.CSV", RACE.until(n + 2))
    shutil.copyfile(fuji / "23_Analysis_Race_Hour 6.CSV", fuji / "23_Analysis_Race_Hour 6 (1).CSV")
    made.write_laps(fuji / "23_Analysis_Free Practice 1.CSV", Race(laps=4, seconds=91.0))
    made.write_results(fuji / "03_Classification_Race_Provisional.CSV", RACE, [0, 1, 2])
    made.write_results(fuji / "03_Classification_Race_Official.CSV", RACE, [1, 0, 2])
    made.write_weather(fuji / "26_Weather_Race.CSV", stamp=1_694_314_800)
    made.write_laps(fuji / "Analysis of another.csv", Race(laps=5, seconds=99.0))
    made.write_laps(folder / "2023" / "Sepang" / "Race 1.CSV", RACE)
    made.write_laps(folder / "2023" / "Sepang" / "Race 2.CSV", Race(laps=5, seconds=92.0))
    made.write_laps(folder / "2021" / "bahrain_8h.csv", RACE)
    made.write_laps(folder / "2021" / "bahrain_6h.csv", Race(laps=6, seconds=93.0))
    test = folder / "2024" / "24-daytona-international-speedway" / "202411150900-session-1-laps.csv"
    made.write_laps(test, Race(GRIDS["imsa"], laps=4))
    race = folder / "2024" / "02-daytona-international-speedway" / "202401271340-race-laps.csv"
    made.write_laps(race, Race(GRIDS["imsa"], laps=8))
    (fuji / "broken.csv").write_bytes(b"\x00\x01")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def tables(store: Store) -> dict[str, list[tuple[object, ...]]]:
    names = ("races", "sessions", "files", "session_sources", "laps", "results", "weather", "entries", "entry_lists")
    return {n: store.connection.execute(f"SELECT * FROM {n} ORDER BY ALL").fetchall() for n in names}


def put_in(store: Store, paths: list[Path]) -> None:
    with contextlib.suppress(TimingFileError):  # not one of them can be read or filed by itself
        import_paths(store, paths)


@pytest.fixture(scope="module")
def together(weekend: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[object, ...]]]:
    with open_store(tmp_path_factory.mktemp("together") / "s.duckdb") as store:
        import_paths(store, weekend)
        assert store.sessions().height == 8
        return tables(store)


@settings(max_examples=25)
@given(data=st.data())
def test_any_order_and_any_parts_give_the_same_store(
    weekend: list[Path],
    together: dict[str, list[tuple[object, ...]]],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(weekend))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order) - 1), max_size=6)))
    with open_store(tmp_path_factory.mktemp("parts", numbered=True) / "s.duckdb") as store:
        for begin, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
            put_in(store, order[begin:end])
        again = data.draw(st.lists(st.sampled_from(weekend), max_size=4))
        put_in(store, again or weekend[:1])
        assert tables(store) == together


def test_one_file_at_a_time_from_the_last_to_the_first(
    weekend: list[Path], together: dict[str, list[tuple[object, ...]]], tmp_path: Path
) -> None:
    with open_store(tmp_path / "s.duckdb") as store:
        for path in weekend[::-1]:
            put_in(store, [path])
        assert tables(store) == together


def test_a_folder_and_its_files_are_the_same(
    weekend: list[Path], together: dict[str, list[tuple[object, ...]]], tmp_path: Path
) -> None:
    root = weekend[0].parents[1]
    while root.name in ("2021", "2023", "2024") or root.parent.name in ("2021", "2023", "2024"):
        root = root.parent
    with open_store(tmp_path / "s.duckdb") as store:
        import_paths(store, [root / "2023" / "Fuji", root])
        assert tables(store) == together


@settings(max_examples=10)
@given(race=st.sampled_from(["wec-2023-fuji", "wec-2023-sepang-1", "wec-2021-bahrain-2", "imsa-2024-daytona"]))
def test_removed_and_imported_again_it_is_as_it_was(
    weekend: list[Path],
    together: dict[str, list[tuple[object, ...]]],
    tmp_path_factory: pytest.TempPathFactory,
    race: str,
) -> None:
    with open_store(tmp_path_factory.mktemp("removed", numbered=True) / "s.duckdb") as store:
        import_paths(store, weekend)
        gone = remove_race(store, race)
        assert gone
        assert race not in store.races()["race_id"].to_list()
        import_paths(store, weekend)
        assert tables(store) == together
