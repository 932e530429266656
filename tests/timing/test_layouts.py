"""Every layout in real use, each in several spellings: the same laps; and no cell that vanishes unsaid."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import langstrecke
import made_timing as made
from langstrecke.errors import TimingFileError
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate_laps
from langstrecke.timing import derive
from langstrecke.timing.files import TimingFile, load
from langstrecke.timing.readers import alkamel
from langstrecke.timing.write import write_alkamel
from made_timing import GRIDS, Race
from timing_files import WEC, WEC_2024_HEADER, clock, hour

RACE = Race(laps=6)
FULL = WEC_2024_HEADER


def same(file: TimingFile, race: Race = RACE) -> None:
    """The laps are those of the race."""
    assert file.laps is not None
    want = {
        (car, lap): s for place, (car, _, _) in enumerate(race.grid) for lap, s in enumerate(race.times(place), 1)
    }
    got = {(car, lap): s for car, lap, s in file.laps.select("car", "lap", "lap_time_s").rows()}
    assert got == want
    assert file.stops.select("car", "in_lap").rows() == sorted(
        (car, lap) for car, _, _ in race.grid for lap in race.pits
    )


def written(path: Path, header: str = FULL, change: Callable[[list[str]], list[str]] = list, **how: str) -> Path:
    return made.write_text(path, [header, *change(made.lap_rows(RACE))], **how)


def without(*names: str) -> tuple[str, Callable[[list[str]], list[str]]]:
    """A header without columns, and rows without their cells."""
    cells = FULL.split(";")
    keep = [n for n, cell in enumerate(cells) if cell.strip() not in names]

    def change(rows: list[str]) -> list[str]:
        return [";".join(row.split(";")[n] for n in keep) for row in rows]

    return ";".join(cells[n] for n in keep), change


@pytest.mark.parametrize(
    "header",
    [
        FULL, FULL.replace("LAP_NUMBER", "LAPNUMBER").replace("LAP_TIME", "LAPTIME"), FULL.rstrip(";"),
        FULL.replace("; ", ";"), FULL.lower(), '"' + FULL.replace(";", '";"') + '"',
    ],
    ids=["2024", "2019", "no separator at the end", "no blanks", "small letters", "quoted"],
)  # fmt: skip
def test_headers(tmp_path: Path, header: str) -> None:
    same(load(written(tmp_path / "a.csv", header)))


@pytest.mark.parametrize("sep", [",", "\t", "|"])
def test_separators(tmp_path: Path, sep: str) -> None:
    same(load(made.write_laps(tmp_path / "a.csv", RACE, sep=sep)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    file = load(
        written(tmp_path / "a.csv", change=lambda rows: [r.replace("Ann", "Zoë") for r in rows], encoding=encoding)
    )
    same(file)
    assert file.table["driver"].unique().sort().to_list()[0].startswith("Zoë")


def test_rows_without_the_last_separator(tmp_path: Path) -> None:
    same(load(written(tmp_path / "a.csv", change=lambda rows: [row.rstrip(";") for row in rows])))


@pytest.mark.parametrize("first", ["sep=;", "6 Hours of Fuji 2023", "Race\r\n"])
def test_lines_above_the_header(tmp_path: Path, first: str) -> None:
    same(load(made.write_text(tmp_path / "a.csv", [first, FULL, *made.lap_rows(RACE)])))


@pytest.mark.parametrize(
    "names", [("DRIVER_NAME",), ("TEAM",), ("CLASS",), ("DRIVER_NAME", "TEAM", "CLASS", "GROUP")]
)
def test_columns_that_are_missing(tmp_path: Path, names: tuple[str, ...]) -> None:
    header, change = without(*names)
    file = load(written(tmp_path / "a.csv", header, change))
    same(file)
    if "CLASS" in names:
        assert file.table["car_class"].unique().to_list() == ["ALL"]
        assert any("without classes" in notice.what for notice in file.notices)
    if "DRIVER_NAME" in names:
        assert any("without a driver" in notice.what for notice in file.notices)


def test_sections_beside_the_sectors(tmp_path: Path) -> None:
    header = FULL + "IM1_time;IM1_elapsed;FL_time;FL_elapsed;"
    same(load(written(tmp_path / "a.csv", header, lambda rows: [row + "10.1;10.1;20.2;90.2;" for row in rows])))


def test_decimal_commas(tmp_path: Path) -> None:
    same(load(written(tmp_path / "a.csv", change=lambda rows: [row.replace(".", ",") for row in rows])))


@pytest.mark.parametrize(("sep", "comma"), [(",", False), (";", True), ("\t", True), (";", False)])
def test_the_plain_lap_table(tmp_path: Path, sep: str, comma: bool) -> None:
    file = load(made.write_text(tmp_path / "a.csv", made.plain_rows(RACE, sep, comma=comma)))
    assert file.provider == "plain"
    same(file)
    assert any("without elapsed times" in notice.what for notice in file.notices)


@pytest.mark.parametrize(
    "header",
    [
        "No;Runde;Rundenzeit;Klasse;Fahrer;Box",
        "Startnummer;Runde;Zeit;Klasse;Fahrer;Box",
        "Car #;Lap;Time;Class;Driver;Pit",
    ],
)
def test_words_over_a_plain_lap_table(tmp_path: Path, header: str) -> None:
    same(load(made.write_text(tmp_path / "a.csv", [header, *made.plain_rows(RACE, ";")[1:]])))


def test_a_plain_table_says_its_race(tmp_path: Path) -> None:
    rows = ["car,lap,lap_time,series,season,event,date"]
    rows += [f"7,{lap},1:40.{lap}00,Club Cup,2026,Hockenheim,2026-05-09" for lap in (1, 2)]
    said = load(made.write_text(tmp_path / "a.csv", rows)).said
    assert (said.series, said.season, said.event, str(said.day)) == ("Club Cup", "2026", "Hockenheim", "2026-05-09")


@pytest.mark.parametrize("extra", ["Pos", "Gap", "Laps"])
def test_a_list_of_results_is_no_lap_table(tmp_path: Path, extra: str) -> None:
    path = made.write_text(tmp_path / "a.csv", [f"Car #,Lap,Time,{extra}", "7,12,1:40.1,1", "8,11,1:40.2,2"])
    with pytest.raises(TimingFileError, match="no timing file we know"):
        load(path)


def test_time_cards_results_and_stops_as_json(tmp_path: Path) -> None:
    race = Race(GRIDS["imsa"])
    said = {
        "championship_name": "IMSA WeatherTech SportsCar Championship",
        "event_name": "Rolex 24",
        "session_date": "25/01/2025",
    }
    file = load(made.write_json(tmp_path / "laps.JSON", made.time_cards(race, **said)))
    same(file, race)
    assert (file.said.event, str(file.said.day)) == ("Rolex 24", "2025-01-25")
    results = load(made.write_json(tmp_path / "results.JSON", made.result_json(race, **said)))
    assert results.table.select("car", "position", "gap_laps").rows() == [
        ("01", 1, None),
        ("1", 2, 1),
        ("57", None, 1),
    ]
    assert results.table["licences"].to_list()[0] == ["gold"]
    pits = load(made.write_json(tmp_path / "pits.JSON", made.pit_json(race, **said)))
    assert pits.kind == "pits"
    assert pits.table["pit_time_s"].to_list() == [55.5] * 3


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"participants": []}', '{"classification": []}', '{"participants": [{"laps": [{}]}]}']
)
def test_json_of_no_use_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TimingFileError, match=r"a\.json"):
        load(made.write_json(tmp_path / "a.json", text))


def nls_rows(race: Race) -> list[str]:
    header = (
        "STNR;KLASSEKURZ;FAHRZEUG;TEAM;RUNDE_NR;TAGESZEIT;RUNDENZEIT;RUNDENZEIT_IN_SEKUNDEN;SEKTOR1_ZEIT;SEKTOR2_ZEIT;"
        "SEKTOR3_ZEIT;SEKTOR4_ZEIT;SEKTOR5_ZEIT;INPIT;PITSTOPDURATION;FAHRER_NR;FAHRER1_VORNAME;FAHRER1_NAME;"
        "FAHRER2_VORNAME;FAHRER2_NAME"
    )
    rows = [header]
    for place, (car, _, make) in enumerate(race.grid):
        elapsed = 120.0 * place  # start groups
        for lap, seconds in enumerate(race.times(place), 1):
            elapsed += seconds
            fifth = f"{seconds / 5:.3f}".replace(".", ",")
            rows.append(
                f"{car};SP9 PRO;{make} GT3;Team {car};{lap};{hour(race.began + elapsed)};"
                f"{clock(seconds).replace('.', ',')};"
                f"{f'{seconds:.3f}'.replace('.', ',')};{fifth};{fifth};{fifth};{fifth};{fifth};"
                f"{'J' if lap in race.pits else 'N'};;1;Ann;MÜLLER{place};Bo;KURZ"
            )
    return rows


def test_sector_files_of_the_nls(tmp_path: Path) -> None:
    race = Race(GRIDS["wec"], laps=4, seconds=500.0, began=43_200.0)
    file = load(made.write_text(tmp_path / "NLS$RENNEN_SEKTORZEITEN.CSV", nls_rows(race), encoding="cp1252"))
    assert file.provider == "nls"
    same(file, race)
    first = file.table.filter(pl.col("lap") == 1).sort("elapsed_s")
    assert first["elapsed_s"].to_list() == pytest.approx([500.1, 630.1, 760.1])
    assert file.table["driver"].unique().sort().to_list() == ["Ann Müller0", "Ann Müller1", "Ann Müller2"]


def test_what_the_workbench_writes_itself(tmp_path: Path) -> None:
    laps = simulate_laps(load_card("imsa-2021-long-beach"), seed=3)
    write_alkamel(laps, tmp_path / "sim.csv")
    read, written = (table.drop("race_id").sort("car", "lap") for table in (load(tmp_path / "sim.csv").table, laps))
    milliseconds = (pl.col("clock_time").cast(pl.Int64) // 1_000_000 * 1_000_000).cast(pl.Time)  # all the format has
    assert_frame_equal(read, written.with_columns(clock_time=milliseconds), check_exact=True)


# --- no cell vanishes unsaid ----------------------------------------------------------------------------------------


def results(path: Path, rows: list[str], header: str = WEC) -> TimingFile:
    return load(made.write_text(path, [header, *rows]))


def row(position: str = "1", car: str = "7", status: str = "Classified", gap: str = "", laps: str = "6") -> str:
    return f"{position};{car};Team;Ann A;;;;Toyota X;M;HYPERCAR;;;{status};{laps};9:00.000;{gap};;3;1:30.100;190.0;"


@pytest.mark.parametrize(("text", "place"), [("1", 1), ("1.0", 1), ("1,0", 1), ("2.00", 2), ("x", None), ("", None)])
def test_positions(tmp_path: Path, text: str, place: int | None) -> None:
    file = results(tmp_path / "r.csv", [row(position=text), row(position="", car="8", status="Not started")])
    assert file.table["position"].to_list() == [place, None]
    assert any("position that is no number" in n.what for n in file.notices) == (text == "x")


@pytest.mark.parametrize(
    ("status", "place", "told"),
    [
        ("Classified", 1, False),
        ("CLASSIFIED", 1, False),
        ("Running", 1, True),
        ("Finished", 1, False),
        ("Gewertet", 1, False),
        ("Klassifiziert im Ziel", 1, True),
        ("Not classified", None, False),
        ("DNF", None, False),
        ("Retired", None, False),
        ("Ausgefallen", None, False),
        ("DSQ - fuel", None, False),
        ("Disqualified", None, False),
        ("", 1, False),
    ],
)  # fmt: skip
def test_status_words(tmp_path: Path, status: str, place: int | None, told: bool) -> None:
    file = results(tmp_path / "r.csv", [row(status=status)])
    assert file.table["position"].to_list() == [place]
    assert any("status" in notice.what for notice in file.notices) == told


@pytest.mark.parametrize(
    ("gap", "laps", "seconds"),
    [
        ("+12.345", None, 12.345),
        ("12.345", None, 12.345),
        ("+1 L", 1, None),
        ("1 Lap", 1, None),
        ("2 Laps", 2, None),
        ("+3L", 3, None),
        ("1 Lap + 3.200", 1, 3.2),
        ("1 Tour", 1, None),
        ("2 Runden", 2, None),
        ("-1 lap", 1, None),
        ("+1:02.300", None, 62.3),
        ("1:02,300", None, 62.3),
        ("-", None, None),
        ("", None, None),
    ],
)  # fmt: skip
def test_gaps(tmp_path: Path, gap: str, laps: int | None, seconds: float | None) -> None:
    table = results(tmp_path / "r.csv", [row(), row(position="2", car="8", gap=gap)])
    assert table.table.select("gap_laps", "gap_s").rows()[1] == (laps, seconds)
    assert table.notices == ()


def test_a_gap_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    file = results(tmp_path / "r.csv", [row(), row(position="2", car="8", gap="a bit")])
    assert [n.count for n in file.notices if "gap" in n.what] == [1]


@pytest.mark.parametrize(
    "header",
    [
        "DRIVER_FIRSTNAME;DRIVER_SECONDNAME;DRIVER_LICENSE;DRIVER_COUNTRY",
        "DRIVER1_FIRSTNAME;DRIVER1_SECONDNAME;DRIVER1_LICENSE;DRIVER1_COUNTRY",
    ],
)
def test_drivers_of_one_seat(tmp_path: Path, header: str) -> None:
    head = f"POSITION;NUMBER;STATUS;LAPS;TOTAL_TIME;TEAM;VEHICLE;{header};"
    table = results(
        tmp_path / "r.csv", ["1;13;Classified;26;46:41.553;Team X;Car X;Ann;EXAMPLE;Silver;DEU;"], head
    ).table
    assert (table["drivers"].to_list(), table["licences"].to_list()) == ([["Ann Example"]], [["silver"]])


@pytest.mark.parametrize("names", ["Ann EXAMPLE / Bo KURZ", "Ann EXAMPLE, Bo KURZ", "Ann EXAMPLE | Bo KURZ"])
def test_drivers_in_one_cell(tmp_path: Path, names: str) -> None:
    head = "POSITION;NUMBER;STATUS;LAPS;TOTAL_TIME;TEAM;CLASS;DRIVERS;"
    table = results(tmp_path / "r.csv", [f"1;13;Classified;26;46:41.553;Team X;GT4;{names};"], head).table
    assert table["drivers"].to_list() == [["Ann Example", "Bo Kurz"]]


WEATHER = "TIME_UTC_SECONDS;TIME_UTC_STR;AIR_TEMP;TRACK_TEMP;HUMIDITY;PRESSURE;WIND_SPEED;WIND_DIRECTION;RAIN;"


@pytest.mark.parametrize(
    ("cells", "want", "told"),
    [
        ("24.5;31.0;60;1013.2;18.0;180;0", (24.5, 31.0, 1013.2, 5.0), ""),
        ("24,5;31,0;60;1013,2;18,0;180;0", (24.5, 31.0, 1013.2, 5.0), ""),
        ("24.5;0.0;60;1013.2;18.0;180;0", (24.5, None, 1013.2, 5.0), "dead sensor"),
        ("24.5;31.0;60;0;18.0;180;0", (24.5, 31.0, None, 5.0), "pressure of 0"),
        ("77.0;86.0;60;30.0;10.0;180;0", (25.0, 30.0, 1015.917, 4.4704), ""),
        ("77.0;86.0;60;1013.2;10.0;180;0", (25.0, 30.0, 1013.2, 4.4704), "Fahrenheit"),
        ("77.0;86.0;60;0;10.0;180;0", (25.0, 30.0, None, 4.4704), "Fahrenheit"),
        ("24.5;warm;60;1013.2;18.0;180;0", (24.5, None, 1013.2, 5.0), "no number left out of track_c"),
        ("1.0;0.0;60;1013.2;18.0;180;0", (1.0, 0.0, 1013.2, 5.0), ""),
    ],
)
def test_weather(tmp_path: Path, cells: str, want: tuple[float | None, ...], told: str) -> None:
    rows = [f"{1_679_158_200 + 60 * n};x;{cells};" for n in range(3)]
    file = load(made.write_text(tmp_path / "w.csv", [WEATHER, *rows]))
    got = file.table.select("air_c", "track_c", "pressure_hpa", "wind_mps").rows()[0]
    assert got == pytest.approx(want)
    assert any(told in notice.what for notice in file.notices) == bool(told)
    assert told or file.notices == ()


# --- stops ----------------------------------------------------------------------------------------------------------


def queue(
    race: Race, first: int, laps: int, *, flag: str = "SF", time: str = "0:01:00.000", really: str = ""
) -> list[str]:
    """Rows of a race whose whole field is led through the pit lane; the car `really` stops there for two minutes."""
    rows = []
    for text in made.lap_rows(race):
        cells = text.split(";")
        lap = int(cells[2])
        inside, after = first <= lap < first + laps, first < lap <= first + laps
        cells[5] = "B" if inside else ""
        cells[20] = ("0:03:00.000" if cells[0] == really and lap == first + laps else time) if after else ""
        cells[25] = flag if inside or after else "GF"
        rows.append(";".join(cells))
    return rows


QUIET = Race(tuple((str(n), "HYPERCAR", "Toyota") for n in range(1, 9)), laps=10, pits=frozenset())


@pytest.mark.parametrize("cars", [2, 8])
@pytest.mark.parametrize("laps", [2, 3, 5])
def test_led_through_the_pit_lane_is_no_stop(tmp_path: Path, laps: int, cars: int) -> None:
    race = Race(QUIET.grid[:cars], laps=10, pits=frozenset())
    file = load(made.write_text(tmp_path / "a.csv", [FULL, *queue(race, 3, laps)]))
    assert file.stops.is_empty()
    assert derive.stints(file.table).height == cars
    assert [n.count for n in file.notices if "behind the safety car" in n.what] == [laps * cars]


def test_who_really_stops_in_the_queue_has_stopped(tmp_path: Path) -> None:
    file = load(made.write_text(tmp_path / "a.csv", [FULL, *queue(QUIET, 3, 3, really="4")]))
    assert file.stops.select("car", "in_lap").rows() == [("4", 5)]


def test_all_stopping_once_under_yellow_are_stops(tmp_path: Path) -> None:
    rows = queue(QUIET, 3, 1, flag="FCY")
    rows = [row.replace("0:01:00.000", f"0:01:{int(row.split(';')[0]) * 6:02d}.000") for row in rows]
    assert load(made.write_text(tmp_path / "a.csv", [FULL, *rows])).stops.height == 8


def test_all_stopping_on_one_green_lap_are_stops(tmp_path: Path) -> None:
    assert load(made.write_text(tmp_path / "a.csv", [FULL, *queue(QUIET, 3, 3, flag="GF")])).stops.height == 24


@pytest.mark.parametrize("time", ["0:01:00.000", "1:00.000", "60.0", "60,0"])
def test_a_stop_told_by_its_time_alone(tmp_path: Path, time: str) -> None:
    rows = [row.replace(";B;", ";;").replace("0:01:00.000", time) for row in made.lap_rows(RACE)]
    file = load(made.write_text(tmp_path / "a.csv", [FULL, *rows]))
    assert file.stops.select("car", "in_lap", "pit_time_s").rows() == [
        ("51", 3, 60.0),
        ("8", 3, 60.0),
        ("92", 3, 60.0),
    ]
    assert [n.count for n in file.notices if "by its time in the pit lane alone" in n.what] == [3]


def test_a_lap_of_two_seconds_is_no_lap(tmp_path: Path) -> None:
    rows = made.lap_rows(RACE)
    cells = rows[4].split(";")
    cells[3], cells[6], cells[8], cells[10] = "2.500", "0.500", "1.000", "1.000"
    file = load(made.write_text(tmp_path / "a.csv", [FULL, *rows[:4], ";".join(cells), *rows[5:]]))
    assert file.table.height == 17
    assert any("far too short" in notice.what for notice in file.notices)


@pytest.mark.parametrize(("jump", "kinds"), [(3600.0, []), (1500.0, ["red"])])
def test_a_clock_change_is_no_red_flag(tmp_path: Path, jump: float, kinds: list[str]) -> None:
    rows = []
    for text in made.lap_rows(Race(laps=30, pits=frozenset())):
        cells = text.split(";")
        elapsed = float(cells[13].split(":")[-1]) + 60 * float(cells[13].split(":")[-2])
        elapsed += 3600 * float(cells[13].split(":")[-3]) if cells[13].count(":") == 2 else 0
        cells[14] = hour(50_400.0 + elapsed + (jump if elapsed > 1500.0 else 0.0))
        rows.append(";".join(cells))
    file = langstrecke.load(made.write_text(tmp_path / "a.csv", [FULL, *rows]))
    assert file.periods["kind"].to_list() == kinds


@pytest.mark.parametrize("text", ["sep=;\n", "sep=,\r\n\r\n", "\ufeff", "\n\n"])
def test_a_file_of_nothing_is_refused_by_every_reader(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    for read in (load, alkamel.read_laps, alkamel.read_results, alkamel.read_weather):
        with pytest.raises(TimingFileError):
            read(tmp_path / "a.csv")
