"""Importing folders: identifiers, layouts, twice, changed, failed, interrupted."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import timing_files as tf
from langstrecke.errors import TimingFileError
from langstrecke.store import ENTRIES, RACES, SESSIONS, Store, open_store
from langstrecke.store.importing import Options, import_folder, import_paths
from langstrecke.store.importing.events import inferred_s
from langstrecke.store.importing.find import find_files
from langstrecke.timing.schema import LAPS, RESULTS, WEATHER
from timing_files import WEC, dossier_files

CARS = {"01": ("DPi", 110.0), "1": ("GTDPRO", 122.0), "10": ("DPi", 110.5)}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store.duckdb") as opened:
        yield opened


def race_files(event: Path, stamp: str = "202503151010", laps: int = 90) -> None:
    tf.imsa_laps(event / f"{stamp}-race-laps.csv", tf.plain_race(CARS, laps))


def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store, for comparing before and after."""
    tables = ("races", "sessions", "files", "session_sources", "laps", "results", "weather", "entries", "entry_lists")
    query = "SELECT * FROM {} ORDER BY ALL"
    return {table: store.connection.execute(query.format(table)).fetchall() for table in tables}


def test_one_imsa_event(tmp_path: Path, store: Store) -> None:
    tf.imsa_event(tmp_path / "imsa")
    report = import_folder(store, tmp_path / "imsa")
    assert (report.files, report.imported, report.failed, report.laps) == (5, 5, 0, 45)
    assert report.races == ["imsa-2021-sebring"]
    races = store.races()
    assert races.schema == RACES
    race = races.row(0, named=True)
    assert race["race_id"] == "imsa-2021-sebring"
    assert race["date"] == dt.date(2021, 3, 20)
    assert race["start_time"] == dt.datetime(2021, 3, 20, 10, 0)  # the hour of day less the elapsed time
    assert (race["duration_s"], race["duration_known"]) == (43200.0, True)
    assert race["source"].endswith("2021/05-sebring-international-raceway/202103201010-race-laps.csv")
    sessions = store.sessions("imsa-2021-sebring")
    assert sessions.schema == SESSIONS
    assert sessions["session_id"].to_list() == [
        "imsa-2021-sebring/practice-1", "imsa-2021-sebring/qualifying-gtd-position", "imsa-2021-sebring/race",
    ]  # fmt: skip
    assert sessions["kind"].to_list() == ["practice", "qualifying", "race"]
    assert sessions["start"][0] == dt.datetime(2021, 3, 18, 9, 5)


def test_tables_come_back_canonical(tmp_path: Path, store: Store) -> None:
    event = tf.imsa_event(tmp_path / "imsa")
    import_folder(store, tmp_path)
    laps = store.laps("imsa-2021-sebring/race")
    assert laps.schema == LAPS
    assert laps["race_id"].unique().to_list() == ["imsa-2021-sebring/race"]
    assert laps.equals(store.laps("imsa-2021-sebring"))
    assert store.results("imsa-2021-sebring/race").schema == RESULTS
    assert store.results("imsa-2021-sebring/race")["car"].to_list() == ["01", "1", "10", "74"]
    assert store.weather("imsa-2021-sebring/race").schema == WEATHER
    assert store.weather("imsa-2021-sebring/race").height == 2
    assert store.weather("imsa-2021-sebring/practice-1").is_empty()
    assert event.is_dir()


def test_entries_do_not_tell_the_finishing_order(tmp_path: Path, store: Store) -> None:
    tf.imsa_event(tmp_path)
    import_folder(store, tmp_path)
    entries = store.entries("imsa-2021-sebring")
    assert entries.schema == ENTRIES
    assert entries.select("car_class", "car").rows() == [
        ("DPi", "01"), ("DPi", "10"), ("GTDPRO", "1"), ("LMP3", "74"),
    ]  # fmt: skip
    assert entries["origin"].unique().to_list() == ["results"]
    assert entries["licences"].to_list()[0] == ["gold", "platinum"]


def test_importing_twice_changes_nothing(tmp_path: Path, store: Store) -> None:
    tf.imsa_event(tmp_path / "imsa")
    import_folder(store, tmp_path)
    before = dump(store)
    again = import_folder(store, tmp_path)
    assert (again.imported, again.unchanged) == (0, 5)
    event = import_folder(store, tmp_path / "imsa" / "2021" / "05-sebring-international-raceway")
    assert (event.imported, event.unchanged) == (0, 5)
    assert dump(store) == before


def test_a_changed_file_replaces_its_session(tmp_path: Path, store: Store) -> None:
    event = tf.imsa_event(tmp_path)
    import_folder(store, tmp_path)
    tf.imsa_laps(event / "202103201010-race-laps.csv", tf.plain_race(CARS, 12))
    report = import_folder(store, tmp_path)
    assert (report.imported, report.replaced, report.unchanged) == (1, 1, 4)
    assert store.laps("imsa-2021-sebring")["lap"].max() == 12
    assert store.laps("imsa-2021-sebring").height == 36
    assert store.results("imsa-2021-sebring").height == 4
    assert store.races().height == 1
    assert store.races()["duration_s"].to_list() == [43200.0]


def test_a_file_that_became_another_race_says_which_race_went(tmp_path: Path, store: Store) -> None:
    tf.imsa_laps(tmp_path / "laps.csv", tf.plain_race(CARS, 90))
    import_folder(store, tmp_path, options=Options("imsa", "2024", "Sebring"))
    tf.imsa_laps(tmp_path / "laps.csv", tf.plain_race(CARS, 60))
    report = import_folder(store, tmp_path, options=Options("imsa", "2025", "Sebring"))
    assert store.races()["race_id"].to_list() == ["imsa-2025-sebring"]
    (note,) = [n for n in report.notes if "has left the store" in " ".join(n.notes)]
    assert "imsa-2024-sebring" in note.notes[0]


@pytest.mark.parametrize("root", ["", "imsa", "imsa/2025", "imsa/2025/03-some-new-circuit"])
def test_an_unknown_event_of_a_future_year_at_any_level(tmp_path: Path, root: str) -> None:
    race_files(tmp_path / "imsa" / "2025" / "03-some-new-circuit")
    with open_store(tmp_path / f"s{len(root)}.duckdb") as store:
        import_folder(store, tmp_path / root)
        race = store.race("imsa-2025-some-new-circuit")
    assert (race["circuit"], race["season"]) == ("some-new-circuit", 2025)
    assert (race["duration_s"], race["duration_known"]) == (9600.0, False)  # 90 laps of 110 s: nearest under it
    assert race["source"].endswith("202503151010-race-laps.csv")


def test_race_ids_tell_apart_what_shares_a_circuit(tmp_path: Path, store: Store) -> None:
    year = tmp_path / "imsa" / "2021"
    race_files(year / "12-6h---watkins-glen-international", "202106271040")
    race_files(year / "13-weathertech-240---wgi", "202107021810")
    race_files(year / "02-daytona-international-speedway", "202101301540")
    tf.imsa_laps(
        year / "01-roar-before-the-24" / "202101241405-r24h-qualifying-race-laps.csv", tf.plain_race(CARS, 50)
    )
    tf.imsa_laps(year / "01-roar-before-the-24" / "202101221130-session-1-laps.csv", tf.plain_race(CARS, 5))
    tf.imsa_laps(year / "23-some-test-at-sebring" / "202111221130-session-1-laps.csv", tf.plain_race(CARS, 5))
    race_files(year / "30-a-second-mid-ohio", "202111301540")
    race_files(year / "29-mid-ohio-sports-car-course", "202111201540")
    import_folder(store, tmp_path)
    assert sorted(store.races()["race_id"]) == [
        "imsa-2021-daytona", "imsa-2021-daytona-qualifying-race", "imsa-2021-mid-ohio", "imsa-2021-mid-ohio-2",
        "imsa-2021-watkins-glen", "imsa-2021-watkins-glen-240",
    ]  # fmt: skip
    lengths = dict(store.races().select("race_id", "duration_s").rows())
    assert lengths["imsa-2021-watkins-glen"] == 21600.0
    assert lengths["imsa-2021-watkins-glen-240"] == 9600.0
    assert lengths["imsa-2021-daytona-qualifying-race"] == 6000.0
    roar = store.sessions("imsa-2021-daytona-qualifying-race")
    assert roar["session_id"].to_list()[0] == "imsa-2021-daytona-qualifying-race/session-1"
    tests = store.sessions().filter(pl.col("race_id").is_null())
    assert tests["session_id"].to_list() == ["imsa-2021-sebring-test/session-1"]
    assert tests["kind"].to_list() == ["test"]


def test_an_event_before_its_race(tmp_path: Path, store: Store) -> None:
    event = tmp_path / "2026" / "04-long-beach-street-circuit"
    race_columns = "POSITION,NUMBER,STATUS,LAPS,TOTAL_TIME,GAP_FIRST,GAP_PREVIOUS,FL_LAPNUM,FL_TIME,FL_KPH"
    header = tf.RESULT_HEADER.replace(race_columns, "POS,NUMBER,LAP,TIME,GAP_FIRST,GAP_PREVIOUS,KPH, LAPS")
    tf.imsa_laps(event / "202604170945-practice-1-laps.csv", tf.plain_race(CARS, 6))
    row = "1,31,5,1:46.212,-,-,204.0,27,W,GTP,,,Cadillac V-Series.R,M,A,B,Gold,,GBR,"
    tf.write_file(event / "202604170945-practice-1-results.csv", header, [row])
    import_folder(store, tmp_path)
    race = store.race("imsa-2026-long-beach")
    assert (race["source"], race["start_time"], race["duration_s"]) == (None, None, 6000.0)
    assert store.entries("imsa-2026-long-beach").select("car", "origin").rows() == [("31", "session_results")]
    race_files(event, "202604181405", laps=60)
    import_folder(store, tmp_path)
    race = store.race("imsa-2026-long-beach")
    assert (race["date"], race["duration_s"]) == (dt.date(2026, 4, 18), 6000.0)
    assert race["source"].endswith("2026/04-long-beach-street-circuit/202604181405-race-laps.csv")


def test_wec_of_both_ages_and_the_dossiers(tmp_path: Path, store: Store) -> None:
    spa = tmp_path / "wec" / "2015" / "Spa"
    laps = tf.plain_race({"7": ("LMP1", 120.0)}, 181, flag=None, sep=";")
    tf.write_file(spa / "Analysis.csv", tf.WEC_2015_HEADER, laps)
    row = "1;7;Audi;Marcel FÄSSLER;;;;Audi R18;M;LMP1;H;;Classified;181;6:02'00.000;;;4;2'00.000;210.0;"
    tf.write_file(spa / "Classification.csv", WEC, [row])
    (spa / "Grid.csv").write_text('"96 33 ",- 17 -,,,\n')
    fuji = tmp_path / "wec" / "2024"
    rows = [row + "1;1;1;" for row in tf.plain_race({"7": ("HYPERCAR", 100.0)}, 9, sep=";")]
    tf.write_file(fuji / "fuji_6h.csv", tf.WEC_2024_HEADER, rows, end="\r\n")
    car = {"carNumber": "7", "drivers": [{"name": "Kamui KOBAYASHI"}], "class": "HYPERCAR", "team": "Toyota"}
    listed = {"name": "6 Hours of Fuji", "season": 2024, "date": "2024-09-15", "race": {"timeLimit": "06:00:00.000"},
              "startingGrid": {"entries": [{"position": 1, "car": car}]}}  # fmt: skip
    (fuji / "fuji_6h.json").write_text(json.dumps(listed))
    dossier_files(tmp_path / "lemans")
    report = import_folder(store, tmp_path)
    assert report.races == ["le-mans-2018", "wec-2015-spa", "wec-2024-fuji"]
    assert (report.other, report.dropped, report.failed) == (1, 0, 0)
    assert "starting grid" in report.notes[0].notes[0]
    assert store.race("wec-2015-spa")["date"] == dt.date(2015, 5, 2)
    assert store.entries("wec-2015-spa")["drivers"].to_list() == [["Marcel Fässler"]]
    fuji_race = store.race("wec-2024-fuji")
    assert (fuji_race["event"], fuji_race["date"]) == ("6 Hours of Fuji", dt.date(2024, 9, 15))
    assert fuji_race["duration_s"] == 21600.0
    assert store.entries("wec-2024-fuji").select("drivers", "origin").rows() == [(["Kamui Kobayashi"], "entry_list")]
    le_mans = store.race("le-mans-2018")
    assert (le_mans["series"], le_mans["circuit"], le_mans["duration_s"]) == ("le-mans", "le-mans", 86400.0)
    entries = store.entries("le-mans-2018")
    assert entries["vehicle"].to_list() == ["Rebellion R13 - Gibson", None]
    assert store.laps("le-mans-2018")["pit_time_s"].drop_nulls().len() == 3
    pits = tmp_path / "lemans" / "lemans_2018_pits.csv"
    pits.write_text(pits.read_text().replace("1:06.127;1:06.127", "1:06.127;1:06.128"))
    assert import_folder(store, tmp_path).replaced == 2  # stops belong to the laps too


def test_a_bad_file_is_left_out_and_named(tmp_path: Path, store: Store) -> None:
    event = tf.imsa_event(tmp_path)
    (event / "202103180905-practice-1-laps.csv").write_bytes(b"\x00\x01")
    (tmp_path / "notes.csv").write_text("a,b\n")
    report = import_folder(store, tmp_path)
    assert (report.imported, report.failed, report.other) == (4, 1, 1)
    (note,) = [note for note in report.notes if note.failed]
    assert note.file.endswith("practice-1-laps.csv")
    assert note.notes == ("line 1: is binary, not a timing file",)
    assert "imsa-2021-sebring/practice-1" not in store.sessions()["session_id"].to_list()


def test_dropped_rows_are_counted(tmp_path: Path, store: Store) -> None:
    event = tf.imsa_event(tmp_path)
    path = event / "202103201010-race-laps.csv"
    path.write_bytes(path.read_bytes()[:-30])
    report = import_folder(store, tmp_path)
    assert report.dropped == 1
    assert "cut off" in report.notes[0].notes[0]


def test_what_cannot_be_imported_is_an_error(tmp_path: Path, store: Store) -> None:
    with pytest.raises(TimingFileError, match="no such file or folder"):
        import_folder(store, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(TimingFileError, match="holds no timing file"):
        import_folder(store, tmp_path / "empty")
    bad = tmp_path / "imsa" / "2025" / "01-x" / "202501010101-race-laps.csv"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"\x00")
    with pytest.raises(TimingFileError, match=r"202501010101-race-laps\.csv: cannot be imported: line 1: is binary"):
        import_folder(store, bad)
    assert store.races().is_empty()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_import_that_fails_half_way_leaves_the_store_as_it_was(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    tf.imsa_event(tmp_path / "a")
    import_folder(store, tmp_path / "a")
    before = dump(store)
    race_files(tmp_path / "b" / "2025" / "03-some-new-circuit")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("langstrecke.store.importing.write._write_entries", fail)
    with pytest.raises(error):
        import_folder(store, tmp_path / "b")
    assert dump(store) == before
    monkeypatch.undo()
    store.close()
    with open_store(tmp_path / "store.duckdb") as opened:
        assert dump(opened) == before
        import_folder(opened, tmp_path / "b")
        assert opened.races().height == 2


def test_an_interrupt_while_reading_changes_nothing(tmp_path: Path, store: Store) -> None:
    tf.imsa_event(tmp_path)

    def stop(done: int, total: int, name: str) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(store, tmp_path, progress=stop)
    assert store.races().is_empty()


def test_progress_counts_every_file(tmp_path: Path, store: Store) -> None:
    tf.imsa_event(tmp_path)
    seen: list[tuple[int, int]] = []
    import_folder(store, tmp_path, progress=lambda done, total, name: seen.append((done, total)))
    assert seen == [(done, 5) for done in range(6)]


def test_several_paths_in_one_go(tmp_path: Path, store: Store) -> None:
    event = tf.imsa_event(tmp_path)
    race_files(tmp_path / "2025" / "03-some-new-circuit")
    copy = tmp_path / "copy" / "2021"
    shutil.copytree(event, copy / event.name)
    report = import_paths(store, [event, tmp_path / "2025", event])
    assert (report.files, report.imported) == (6, 6)
    before = store.laps("imsa-2021-sebring")
    assert import_paths(store, [copy]).copies == 5
    assert store.laps("imsa-2021-sebring").equals(before)
    assert import_paths(store, [copy, event]).unchanged == 10


@pytest.mark.parametrize(
    ("elapsed", "length"),
    [(9680.0, 9600.0), (6042.0, 6000.0), (43261.4, 43200.0), (86442.8, 86400.0), (35999.0, 36000.0)],
)
def test_inferred_lengths(elapsed: float, length: float) -> None:
    assert inferred_s(elapsed) == length


def test_hidden_files_are_passed_over_and_links_followed(tmp_path: Path) -> None:
    race_files(tmp_path / ".hidden" / "2025" / "03-x")
    race_files(tmp_path / "2025" / "03-x")
    (tmp_path / "readme.txt").write_text("x")
    (tmp_path / "other.csv").write_text("x")
    elsewhere = tmp_path / "elsewhere" / "2025" / "04-y"
    race_files(elsewhere)
    linked = tmp_path / "2025" / "linked"
    linked.symlink_to(elsewhere, target_is_directory=True)
    (elsewhere / "back").symlink_to(tmp_path / "2025", target_is_directory=True)  # leads round in a circle
    found = [str(path.relative_to(tmp_path / "2025")) for path in find_files(tmp_path / "2025")]
    assert found == ["03-x/202503151010-race-laps.csv", "linked/202503151010-race-laps.csv"]
    assert "other.csv" in {path.name for path in find_files(tmp_path)}
