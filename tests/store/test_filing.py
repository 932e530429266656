"""Which file becomes which session of which race: the kinds that providers' trees hold, each in many spellings."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import made_timing as made
from langstrecke.errors import TimingFileError
from langstrecke.store import Store, open_store
from langstrecke.store.importing import ImportReport, Options, import_paths
from made_timing import GRIDS, Race

IMSA = "01_IMSA WeatherTech SportsCar Championship"
SPA_2023 = "12_2023/04_SPA FRANCORCHAMPS/267_FIA WEC"
NOTHING = Options()
RACE = Race(laps=8)
PRACTICE = Race(laps=4, seconds=91.0, began=36_000.0)


def filed(folder: Path, *, options: Options = NOTHING, twice: bool = True) -> tuple[Store, ImportReport]:
    """The folder imported, and imported again, which must change nothing."""
    store = open_store(folder.parent / f"{folder.name}.duckdb")
    report = import_paths(store, [folder], options=options)
    if twice:
        before = tables(store)
        again = import_paths(store, [folder], options=options)
        assert again.imported == 0
        assert tables(store) == before
    return store, report


def tables(store: Store) -> dict[str, list[tuple[object, ...]]]:
    names = ("races", "sessions", "files", "session_sources", "laps", "results", "weather", "entries", "entry_lists")
    return {n: store.connection.execute(f"SELECT * FROM {n} ORDER BY ALL").fetchall() for n in names}


@dataclass(frozen=True)
class Tree:
    """A tree of files and what it must become: session -> laps of all cars (None: no lap file)."""

    name: str
    build: Callable[[Path], object]
    sessions: dict[str, int | None]
    winner: dict[str, str] | None = None


TREES: list[Tree] = []


def tree(name: str, sessions: dict[str, int | None], winner: dict[str, str] | None = None) -> Callable[..., object]:
    def keep(build: Callable[[Path], object]) -> Callable[[Path], object]:
        TREES.append(Tree(name, build, sessions, winner))
        return build

    return keep


def many(name: str, paths: list[str], sessions: dict[str, int | None], race: Race = RACE) -> None:
    """The same race under several paths, one tree each."""
    for path in paths:

        def build(folder: Path, path: str = path) -> None:
            made.write_laps(folder / path, race)

        TREES.append(Tree(f"{name}: {path}", build, sessions))


FUJI = {"wec-2023-fuji/race": 24}
SPA = {"wec-2023-spa/race": 24}
many(
    "one race, however its tree is built",
    [
        f"{SPA_2023}/202304291245_Race/Hour 6/23_Analysis_Race_Hour 6.CSV",
        f"{SPA_2023}/202304291245_Race/23_Analysis_Race.CSV",
        f"{SPA_2023}/202304291245_Race/06_Hour 6/23_AnalysisEnduranceWithSections_Race_Hour 6.CSV",
        "2023/Spa/Analysis.csv", "2023/Spa-Francorchamps/Analysis.csv", "2023/spa/23_Time Cards_Race.CSV",
        "WEC/2023/Spa/laps.csv", "wec/2023/spa_6h.csv", "2023/6 Hours of Spa/Race.csv", "WEC 2023/Spa/race_laps.csv",
        "FIA WEC/2023/04 Spa/Analysis_Race.CSV", "Spa/2023/Analysis.csv", "flat/WEC_2023_Spa_Race_laps.csv",
        "2023-04-29 Spa/Analysis.csv", "2023/04-spa/202304291245-race-laps.csv", "2023/Spa/23_Analysis_Race (1).CSV",
        "2023/TotalEnergies 6 Hours of Spa-Francorchamps/202304291245_Race/23_Analysis_Race.CSV",
        "wec-2023-spa.csv", "2023/Spa/Rennen/Rundenzeiten.csv", "2023/Spa/Course/23_Analysis_Course.CSV",
    ],
    SPA,
)  # fmt: skip
many(
    "Le Mans has many names",
    [
        "2023/Le Mans/Analysis.csv", "2023/LeMans/Analysis.csv", "2023/24 Heures du Mans/Analysis.csv",
        "2023/le_mans_24h.csv",
        "12_2023/05_LE MANS/276_FIA WEC/202306101600_Race/Hour 24/23_Analysis_Race_Hour 24.CSV",
        "2023/24 Hours of Le Mans/23_Analysis_Race.CSV", "lemans_2023_laps.csv",
        "2023/Circuit de la Sarthe/Analysis.csv",
    ],
    {"le-mans-2023/race": 24},
)  # fmt: skip
many(
    "Le Mans in the name of what is elsewhere",
    [
        "2024/Lone Star Le Mans/Analysis.csv",
        "2024/lone_star_le_mans_6h.csv",
        "2024/COTA/Analysis.csv",
        "2024/Austin/Race.csv",
    ],
    {"wec-2024-cota/race": 24},
)
many(
    "named by its distance",
    ["2025/qatar_1812km.csv", "2025/Losail/Analysis.csv", "2025/Qatar 1812 km/Race.CSV"],
    {"wec-2025-lusail/race": 24},
)
many(
    "IMSA",
    [
        f"24_2024/16_Tire Rack.com Battle on the Bricks/{IMSA}/202409221240_Race/06_Hour 6/23_Time Cards_Race.CSV",
        "2024/17-tire-rack.com-battle-on-the-bricks/202409221230-race-laps.csv", "imsa/2024/Indianapolis/Race.csv",
        f"24_2024/16_Indianapolis Motor Speedway RC/{IMSA}s/202409221240_Race/23_Time Cards_Race_Official.CSV",
    ],
    {"imsa-2024-indianapolis/race": 24},
    Race(GRIDS["imsa"], laps=8),
)  # fmt: skip
many(
    "a season over two years",
    ["08_2018-2019/07_SPA FRANCORCHAMPS/267_FIA WEC/201905041330_Race/Hour 6/23_Analysis_Race_Hour 6.CSV"],
    {"wec-2018-19-spa-2/race": 24},
)
many(
    "its first race there",
    ["08_2018-2019/01_SPA FRANCORCHAMPS/267_FIA WEC/201805051330_Race/23_Analysis_Race.CSV"],
    {"wec-2018-19-spa/race": 24},
)
for series, where, expected in (
    ("elms", "2023/Spa/ELMS/Analysis.csv", "elms-2023-spa"),
    ("elms", "2023/Spa/Analysis.csv", "elms-2023-spa"),
    ("elms", "19_2024/06_AUTODROMO DO ALGARVE/300_European Le Mans Series/202410191330_Race/23_Analysis_Race.CSV",
     "elms-2024-portimao"),
    ("alms", "Asian Le Mans Series/2023-2024/Sepang/Analysis.csv", "alms-2023-24-sepang"),
    ("le-mans-cup", "2023/Spa/Michelin Le Mans Cup/Analysis.csv", "le-mans-cup-2023-spa"),
    ("le-mans-cup", "2023/Le Mans/Road to Le Mans/Analysis.csv", "le-mans-cup-2023-le-mans"),
    ("imsa-pilot-challenge",
     "24_2024/05_Sebring/03_IMSA Michelin Pilot Challenge/202403151425_Race/23_Time Cards_Race.CSV",
     "imsa-pilot-challenge-2024-sebring"),
    ("imsa-pilot-challenge", "imsa/2024/Sebring/Race.csv", "imsa-pilot-challenge-2024-sebring"),
    ("porsche-carrera-cup", "imsa/2024/Sebring/Porsche Carrera Cup North America/Race.csv",
     "porsche-carrera-cup-2024-sebring"),
    ("porsche-carrera-cup", "2024/Sebring/Race.csv", "porsche-carrera-cup-2024-sebring"),
    ("lamborghini-super-trofeo", "imsa/2024/Sebring/Lamborghini Super Trofeo/Race.csv",
     "lamborghini-super-trofeo-2024-sebring"),
):  # fmt: skip
    race = Race(GRIDS[series], laps=8)
    many(f"{series} is no other series", [where], {f"{expected}/race": 8 * len(race.grid)}, race)


@tree("practice beside the race", {**FUJI, "wec-2023-fuji/free-practice-1": 12})
def _(folder: Path) -> None:
    made.write_laps(folder / "2023/Fuji/23_Analysis_Race_Hour 6.CSV", RACE)
    made.write_laps(folder / "2023/Fuji/23_Analysis_Free Practice 1.CSV", PRACTICE)


@tree("all sessions of a weekend in one folder", {
    **FUJI, "wec-2023-fuji/free-practice-1": 12, "wec-2023-fuji/free-practice-2": 15, "wec-2023-fuji/qualifying": 9,
    "wec-2023-fuji/warm-up": 6, "wec-2023-fuji/hyperpole": 6,
})  # fmt: skip
def _(folder: Path) -> None:
    for name, laps in (
        ("Free Practice 1", 4),
        ("Free Practice 2", 5),
        ("Qualifying", 3),
        ("Warm Up", 2),
        ("Hyperpole", 2),
        ("Race", 8),
    ):
        made.write_laps(folder / "2023/Fuji" / f"23_Analysis_{name}.CSV", Race(laps=laps))


@tree("hours of a race", FUJI)
def _(folder: Path) -> None:
    for n in range(1, 7):
        made.write_laps(folder / f"2023/Fuji/23_Analysis_Race_Hour {n}.CSV", RACE.until(n + 2))


@tree("hours of a race in folders", {"imsa-2024-daytona/race": 24})
def _(folder: Path) -> None:
    place = folder / f"24_2024/02_Daytona International Speedway/{IMSA}/202401271340_Race"
    for n in (1, 2, 10, 24):
        race = Race(GRIDS["imsa"], laps={1: 2, 2: 3, 10: 5, 24: 8}[n])
        made.write_laps(place / f"{n:02d}_Hour {n}" / "23_Time Cards_Race.CSV", race)


@tree("hours beside the whole race", FUJI)
def _(folder: Path) -> None:
    made.write_laps(folder / "2023/Fuji/23_Analysis_Race.CSV", RACE)
    for n in (1, 5):
        made.write_laps(folder / f"2023/Fuji/23_Analysis_Race_Hour {n}.CSV", RACE.until(n + 1))


@tree("an early download beside the last hour", FUJI)
def _(folder: Path) -> None:
    made.write_laps(folder / "2023/Fuji/23_Analysis_Race.CSV", RACE.until(3))
    made.write_laps(folder / "2023/Fuji/23_Analysis_Race_Hour 6.CSV", RACE)


def statuses(*names: str) -> Callable[[Path], None]:
    """Result lists of one race; the last is the right one, with the second car first."""

    def build(folder: Path) -> None:
        for place, name in enumerate(names):
            right = place == len(names) - 1
            made.write_results(folder / "2023/Fuji" / f"{name}.CSV", RACE, [1, 0, 2] if right else [0, 1, 2])

    return build


for names in (
    ("03_Classification_Race_Provisional", "03_Classification_Race_Official"),
    ("03_Classification_Race_Unofficial", "03_Classification_Race_Provisional"),
    ("03_Classification_Race_Provisional", "03_Classification_Race"),
    ("03_Classification_Race", "03_Classification_Race_Official"),
    ("03_Results_Race_Unofficial", "03_Results_Race_Provisional", "03_Results_Race_Official"),
    ("03_Classification_Race_Official", "03_Classification_Race_Official_Amended"),
    ("03_Classification_Race_Official_Revised 1", "03_Classification_Race_Official_Revised 2"),
    ("03_Classification_Race_Hour 5", "03_Classification_Race_Hour 6"),
    ("03_Classification_Race_Hour 5_Official", "03_Classification_Race_Hour 6"),
    ("Classement_Course_Provisoire", "Classement_Course_Officiel"),
    ("Ergebnis_Rennen_vorläufig", "Ergebnis_Rennen_offiziell"),
):
    TREES.append(
        Tree(f"status: {names}", statuses(*names), {"wec-2023-fuji/race": None}, {"wec-2023-fuji/race": "51"})
    )

for one, two in (
    ("Race 1", "Race 2"),
    ("Race1", "Race2"),
    ("race_1", "race_2"),
    ("Rennen 1", "Rennen 2"),
    ("Course 1", "Course 2"),
    ("R1", "R2"),
):

    def double(folder: Path, one: str = one, two: str = two) -> None:
        made.write_laps(
            folder / f"2023/Sepang/{one}.CSV" if one == "R1" else folder / f"2023/Sepang/23_Analysis_{one}.CSV", RACE
        )
        made.write_laps(
            folder / f"2023/Sepang/{two}.CSV" if one == "R1" else folder / f"2023/Sepang/23_Analysis_{two}.CSV",
            Race(laps=5, seconds=92.0),
        )

    TREES.append(
        Tree(f"two races: {one}, {two}", double, {"wec-2023-sepang-1/race": 24, "wec-2023-sepang-2/race": 15})
    )


@tree("two races in folders of their own", {"wec-2023-sepang-1/race": 24, "wec-2023-sepang-2/race": 15})
def _(folder: Path) -> None:
    place = folder / "12_2023/04_SEPANG/267_FIA WEC"
    made.write_laps(place / "202304291245_Race 1" / "23_Analysis_Race 1.CSV", RACE)
    made.write_laps(place / "202304301245_Race 2" / "23_Analysis_Race 2.CSV", Race(laps=5, seconds=92.0))


@tree("two series at one event", {"wec-2023-spa/race": 24, "elms-2023-spa/race": 18})
def _(folder: Path) -> None:
    made.write_laps(folder / "WEC/2023/Spa/Analysis.csv", RACE)
    made.write_laps(folder / "ELMS/2023/Spa/Analysis.csv", Race(GRIDS["elms"], laps=6, seconds=95.0))


@tree("support races in the event's own folder", {
    "wec-2023-spa/race": 24, "elms-2023-spa/race": 18, "porsche-carrera-cup-2023-spa/race": 20,
})  # fmt: skip
def _(folder: Path) -> None:
    made.write_laps(folder / "2023/Spa/23_Analysis_Race.CSV", RACE)
    made.write_laps(folder / "2023/Spa/23_Analysis_Race (1).CSV", Race(GRIDS["elms"], laps=6, seconds=95.0))
    made.write_laps(folder / "2023/Spa/Porsche Carrera Cup_Race.CSV", Race(GRIDS["porsche-carrera-cup"], laps=4))


@tree("two events at one circuit, by the days", {"imsa-2020-sebring/race": 24, "imsa-2020-sebring-2/race": 18})
def _(folder: Path) -> None:
    race = Race(GRIDS["imsa"], laps=8)
    made.write_laps(folder / "2020/05-sebring/202007181730-race-laps.csv", race)
    made.write_laps(folder / "2020/12-sebring/202011141010-race-laps.csv", Race(GRIDS["imsa"], laps=6, seconds=93.0))


@tree("two events at one circuit, by their length", {"wec-2021-bahrain/race": 18, "wec-2021-bahrain-2/race": 24})
def _(folder: Path) -> None:
    made.write_laps(folder / "2021/bahrain_6h.csv", Race(laps=6))
    made.write_laps(folder / "2021/bahrain_8h.csv", Race(laps=8, seconds=94.0))


@tree("a week apart at one circuit", {"wec-2021-bahrain/race": 18, "wec-2021-bahrain-2/race": 24})
def _(folder: Path) -> None:
    place = folder / "10_2021"
    made.write_laps(place / "05_BAHRAIN/267_FIA WEC/202110301100_Race/23_Analysis_Race.CSV", Race(laps=6))
    made.write_laps(
        place / "06_BAHRAIN/267_FIA WEC/202111061400_Race/23_Analysis_Race.CSV", Race(laps=8, seconds=94.0)
    )


@tree(
    "a test weeks away is no part of the race", {"imsa-2024-daytona/race": 24, "imsa-2024-daytona-test/session-1": 12}
)
def _(folder: Path) -> None:
    made.write_laps(
        folder / "2024/02-daytona-international-speedway/202401271340-race-laps.csv", Race(GRIDS["imsa"], laps=8)
    )
    made.write_laps(
        folder / "2024/24-daytona-international-speedway/202411150900-session-1-laps.csv", Race(GRIDS["imsa"], laps=4)
    )


@tree("the prologue", {"wec-2023-sebring-prologue/session-1": 12, "wec-2023-sebring/race": 24})
def _(folder: Path) -> None:
    made.write_laps(
        folder / "12_2023/01_PROLOGUE SEBRING/267_FIA WEC/202303111000_Session 1/23_Analysis_Session 1.CSV", PRACTICE
    )
    made.write_laps(
        folder / "12_2023/02_SEBRING/267_FIA WEC/202303171200_Race/Hour 8/23_Analysis_Race_Hour 8.CSV", RACE
    )


@tree("copies and downloads again", FUJI)
def _(folder: Path) -> None:
    first = made.write_laps(folder / "2023/Fuji/23_Analysis_Race.CSV", RACE)
    for name in ("23_Analysis_Race (1).CSV", "23_Analysis_Race - Copy.CSV", "23_Analysis_Race - Kopie (2).CSV"):
        shutil.copyfile(first, first.with_name(name))
    (folder / "backup" / "2023" / "Fuji").mkdir(parents=True)
    shutil.copyfile(first, folder / "backup" / "2023" / "Fuji" / first.name)


@tree("a cut download beside a whole one", FUJI)
def _(folder: Path) -> None:
    whole = made.write_laps(folder / "2023/Fuji/23_Analysis_Race (1).CSV", RACE)
    cut = whole.read_bytes()
    whole.with_name("23_Analysis_Race.CSV").write_bytes(cut[: len(cut) * 2 // 3])


@tree("weather and results without a class take the series of the laps beside them", FUJI)
def _(folder: Path) -> None:
    made.write_laps(folder / "2023/Fuji/23_Time Cards_Race.CSV", RACE)
    made.write_weather(folder / "2023/Fuji/26_Weather_Race.CSV", stamp=1_694_314_800)


@tree("JSON of an IMSA weekend", {"imsa-2025-daytona/race": 24})
def _(folder: Path) -> None:
    race = Race(GRIDS["imsa"], laps=8)
    said = {
        "championship_name": "IMSA WeatherTech SportsCar Championship", "event_name": "Rolex 24 at Daytona",
        "session_name": "Race", "session_date": "25/01/2025", "circuit": {"name": "Daytona International Speedway"},
    }  # fmt: skip
    place = folder / f"25_2025/02_Daytona/{IMSA}/202501251340_Race/24_Hour 24"
    made.write_json(place / "23_Time Cards_Race.JSON", made.time_cards(race, **said))
    made.write_json(place / "03_Results_Race_Official.JSON", made.result_json(race, **said))
    made.write_json(place / "20_Pit Stops Time Cards_Race.JSON", made.pit_json(race, **said))


@tree("JSON without a folder tells its own race", {"imsa-2025-daytona/race": 24})
def _(folder: Path) -> None:
    said = {
        "championship_name": "IMSA WeatherTech SportsCar Championship", "event_name": "Rolex 24 at Daytona",
        "session_name": "Race", "session_date": "25/01/2025", "circuit": {"name": "Daytona International Speedway"},
    }  # fmt: skip
    made.write_json(folder / "download.json", made.time_cards(Race(GRIDS["imsa"], laps=8), **said))


def test_there_are_enough_kinds() -> None:
    assert len(TREES) >= 60


@pytest.mark.parametrize("case", TREES, ids=lambda case: case.name)
def test_a_tree_becomes_its_sessions(tmp_path: Path, case: Tree) -> None:
    folder = tmp_path / "in"
    case.build(folder)
    store, report = filed(folder)
    with store:
        found = dict(store.sessions().select("session_id", "laps").rows())
        assert found == {name: laps or 0 for name, laps in case.sessions.items()}
        assert report.failed == 0
        for name, laps in case.sessions.items():
            assert store.laps(name).height == (laps or 0)
            assert store.laps(name).select("car", "lap").is_unique().all()
        for name, winner in (case.winner or {}).items():
            rows = store.results(name)
            assert rows.height == 3
            assert rows.filter(pl.col("position") == 1)["car"].to_list() == [winner]
            assert store.sessions().filter(pl.col("session_id") == name)["winner"].to_list() == [winner]


def test_kinds_of_sessions(tmp_path: Path) -> None:
    for name in ("Free Practice 1", "Qualifying", "Warm Up", "Test Day", "Race"):
        made.write_laps(tmp_path / "in" / "2023/Fuji" / f"23_Analysis_{name}.CSV", Race(laps=3 + len(name)))
    store, _ = filed(tmp_path / "in")
    with store:
        assert set(store.sessions()["kind"]) == {"practice", "qualifying", "warm-up", "test", "race"}
        assert store.races()["race_id"].to_list() == ["wec-2023-fuji"]


def test_a_file_of_another_race_under_the_same_name_is_refused_by_name(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/2023/Fuji/Analysis.csv", RACE)
    made.write_laps(tmp_path / "in/2023/Fuji/Analysis (2).csv", Race(laps=5, seconds=101.0))
    store, report = filed(tmp_path / "in", twice=False)
    with store:
        assert store.laps("wec-2023-fuji").height == 24
    (note,) = [note for note in report.notes if note.failed]
    assert note.file.endswith("Analysis (2).csv")
    assert "first laps are not those of" in note.notes[0]


def test_the_same_file_under_two_events_is_told(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/2023/Fuji/Analysis.csv", RACE)
    made.write_laps(tmp_path / "in/2023/Spa/Analysis.csv", RACE)
    store, report = filed(tmp_path / "in", twice=False)
    with store:
        assert sorted(store.races()["race_id"]) == ["wec-2023-fuji", "wec-2023-spa"]
    assert sum("the same file stands for" in text for note in report.notes for text in note.notes) == 2


def test_what_is_not_told_is_asked_for(tmp_path: Path) -> None:
    lmp2 = Race((("22", "LMP2", "Oreca"), ("23", "LMP2", "Oreca")), laps=5)
    made.write_laps(tmp_path / "in/2023/Spa/Analysis.csv", lmp2)
    with open_store(tmp_path / "s.duckdb") as store:
        with pytest.raises(
            TimingFileError, match=r"Analysis\.csv: cannot be filed: nothing says of which series .*--series"
        ):
            import_paths(store, [tmp_path / "in"])
        assert store.races().is_empty()
        report = import_paths(store, [tmp_path / "in"], options=Options(series="ELMS"))
        assert report.races == ["elms-2023-spa"]
    made.write_laps(tmp_path / "flat/laps.csv", RACE)
    with open_store(tmp_path / "t.duckdb") as store:
        with pytest.raises(TimingFileError, match="--season; nor of which event: --event"):
            import_paths(store, [tmp_path / "flat"])
        report = import_paths(store, [tmp_path / "flat"], options=Options(season="2023", event="Fuji"))
        assert report.races == ["wec-2023-fuji"]


def test_content_stands_against_what_an_option_or_folder_says(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/imsa/2023/Fuji/Analysis.csv", RACE)
    with open_store(tmp_path / "s.duckdb") as store:
        report = import_paths(store, [tmp_path / "in"])
        assert report.races == ["wec-2023-fuji"]
        assert "says imsa, but its classes (HYPERCAR, LMGT3) are those of wec" in report.notes[0].notes[0]


def test_a_best_lap_list_is_no_result_of_a_race(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/2023/Fuji/23_Analysis_Race.CSV", RACE)
    made.write_best_laps(tmp_path / "in/2023/Fuji/03_Classification_Race.CSV", RACE)
    made.write_best_laps(tmp_path / "in/2023/Fuji/03_Classification_Qualifying.CSV", PRACTICE)
    store, report = filed(tmp_path / "in", twice=False)
    with store:
        assert store.results("wec-2023-fuji").is_empty()
        assert store.results("wec-2023-fuji/qualifying").height == 3
    (note,) = [note for note in report.notes if note.failed]
    assert note.file.endswith("03_Classification_Race.CSV")
    assert "a list of best laps" in note.notes[0]


def test_results_that_do_not_fit_the_laps_are_told(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/2023/Fuji/23_Analysis_Race.CSV", RACE)
    made.write_results(tmp_path / "in/2023/Fuji/03_Classification_Race.CSV", Race(laps=40))
    store, report = filed(tmp_path / "in", twice=False)
    store.close()
    assert any(
        "its winner drove 40 laps, the leader of the lap file 8" in text
        for note in report.notes
        for text in note.notes
    )


def test_weather_of_another_day_is_told(tmp_path: Path) -> None:
    place = tmp_path / "in/12_2023/04_SPA FRANCORCHAMPS/267_FIA WEC/202304291245_Race"
    made.write_laps(place / "23_Analysis_Race.CSV", RACE)
    made.write_weather(place / "26_Weather_Race.CSV", stamp=1_600_000_000)
    store, report = filed(tmp_path / "in", twice=False)
    store.close()
    assert any(
        "its readings are of 2020-09-13, the session is of 2023-04-29" in t for n in report.notes for t in n.notes
    )


def test_pit_times_of_a_file_of_their_own_meet_the_laps(tmp_path: Path) -> None:
    race = Race(GRIDS["imsa"], laps=8)
    place = tmp_path / f"in/25_2025/05_Sebring/{IMSA}/202503151010_Race"
    made.write_json(place / "23_Time Cards_Race.JSON", made.time_cards(race))
    made.write_json(place / "20_Pit Stops Time Cards_Race.JSON", made.pit_json(race))
    store, _ = filed(tmp_path / "in")
    with store:
        timed = store.laps("imsa-2025-sebring").drop_nulls("pit_time_s")
        assert timed.select("lap", "pit_time_s").unique().rows() == [(4, 55.5)]
        assert timed.height == 3


def test_why_tells_where_each_fact_is_from_and_what_was_superseded(tmp_path: Path) -> None:
    for n in (5, 6):
        made.write_laps(tmp_path / f"in/2023/Fuji/23_Analysis_Race_Hour {n}.CSV", RACE.until(n))
    store, _ = filed(tmp_path / "in")
    with store:
        best, other = store.why("wec-2023-fuji")
        assert (best["role"], other["role"], other["reason"]) == ("source", "superseded", "as of hour 5")
        assert best["decided"]["series"] == {"is": "wec", "from": "its classes (HYPERCAR, LMGT3)"}
        assert best["decided"]["event"] == {"is": "fuji", "from": "the folder 'Fuji'"}
        listed = store.sources()["wec-2023-fuji/race"]
        assert [len(listed["sources"]), len(listed["superseded"])] == [1, 1]


def test_a_drivers_name_in_the_laps_reaches_entries_whose_result_names_none(tmp_path: Path) -> None:
    made.write_laps(tmp_path / "in/2023/Fuji/23_Analysis_Race.CSV", RACE)
    header = "POSITION;NUMBER;STATUS;LAPS;TOTAL_TIME;GAP_FIRST;FL_LAPNUM;FL_TIME;TEAM;VEHICLE;"
    rows = [
        f"{n};{car};Classified;8;12:00.000;;2;1:30.100;Team {car};X;" for n, (car, _, _) in enumerate(RACE.grid, 1)
    ]
    made.write_text(tmp_path / "in/2023/Fuji/03_Results_Race.CSV", [header, *rows])
    store, _ = filed(tmp_path / "in")
    with store:
        entries = store.entries("wec-2023-fuji")
        assert entries.filter(pl.col("car") == "8")["drivers"].to_list() == [["Ann Example0"]]
        assert dict(entries.select("car", "car_class").rows()) == {car: c for car, c, _ in RACE.grid}
