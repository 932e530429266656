"""Damaged, foreign and mislabelled timing files against the importer: python -m scripts.validate.filing [--seeds 6]

Each case is a folder with one file of a race that this script invents, spoilt in one way. After `langstrecke import`
it opens the store's file itself and counts. A case ends well in one of three ways: the store holds exactly the race;
or the report names the file; or the import ends in one error that names it and the store holds nothing. Anything else
is a silent fault. Nothing of the importer is used to judge it: the truth is the script's own list of laps, the store
is read by SQL.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import random
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

HEADER = (
    "NUMBER; DRIVER_NUMBER; LAP_NUMBER; LAP_TIME; LAP_IMPROVEMENT; CROSSING_FINISH_LINE_IN_PIT; S1; S1_IMPROVEMENT;"
    " S2; S2_IMPROVEMENT; S3; S3_IMPROVEMENT; KPH; ELAPSED; HOUR;S1_LARGE;S2_LARGE;S3_LARGE;TOP_SPEED;DRIVER_NAME;"
    "PIT_TIME;CLASS;GROUP;TEAM;MANUFACTURER;FLAG_AT_FL;"
)
CARS = (("7", "HYPERCAR", 90.0), ("8", "HYPERCAR", 90.4), ("007", "HYPERCAR", 91.0), ("92", "LMGT3", 104.0))
LAPS = 12
WHERE = "2023/Fuji/23_Analysis_Race.CSV"
RACE = "wec-2023-fuji"
Laps = dict[tuple[str, int], float]


def printed(seconds: float) -> str:
    """`1:30.200`."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{minutes}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{hours}:{int(minutes):02d}:{rest // 1000:02d}.{rest % 1000:03d}" if hours else text


def race(luck: random.Random, laps: int = LAPS) -> tuple[list[list[str]], Laps]:
    """Rows of a lap file, and its laps by car and number."""
    rows, truth = [], {}
    for car, car_class, pace in CARS:
        elapsed = 0.0
        for lap in range(1, laps + 1):
            seconds = round(pace + luck.uniform(0.0, 1.5), 3)
            elapsed = round(elapsed + seconds, 3)
            one, two = round(seconds * 0.3, 3), round(seconds * 0.4, 3)
            sectors = (one, two, round(seconds - one - two, 3))
            clock = 50_400 + elapsed
            hour = f"{int(clock // 3600):02d}:{int(clock // 60 % 60):02d}:{clock % 60:06.3f}"
            rows.append(
                [car, "1", str(lap), printed(seconds), "0", "", printed(sectors[0]), "0", printed(sectors[1]), "0",
                 printed(sectors[2]), "0", "190.0", printed(elapsed), hour, "", "", "", "", f"Ann DRIVER{car}", "",
                 car_class, "", f"Team {car}", "Toyota", "GF", ""]
            )  # fmt: skip
            truth[car, lap] = seconds
    return rows, truth


def text_of(rows: list[list[str]], header: str = HEADER, sep: str = ";", end: str = "\r\n") -> str:
    """The file as text."""
    return end.join([header.replace(";", sep), *(sep.join(row) for row in rows)]) + end


@dataclass
class Case:
    """A folder's files, and what may stand in the store afterwards: race -> its laps (None: whatever is told)."""

    files: dict[str, bytes]
    truth: dict[str, Laps]


Spoil = Callable[[random.Random], Case]
KINDS: dict[str, Spoil] = {}


def kind(function: Spoil) -> Spoil:
    """Enter a way of spoiling a file."""
    KINDS[function.__name__] = function
    return function


def of_bytes(change: Callable[[random.Random, bytes], bytes]) -> Spoil:
    """A case of one whole file whose bytes are changed."""

    def spoil(luck: random.Random) -> Case:
        rows, truth = race(luck)
        return Case({WHERE: change(luck, b"\xef\xbb\xbf" + text_of(rows).encode())}, {RACE: truth})

    return spoil


def of_rows(change: Callable[[random.Random, list[list[str]]], None], *, header: str = HEADER) -> Spoil:
    """A case of one file whose rows are changed before they are written."""

    def spoil(luck: random.Random) -> Case:
        rows, truth = race(luck)
        change(luck, rows)
        return Case({WHERE: text_of(rows, header).encode()}, {RACE: truth})

    return spoil


def _put(data: bytes, place: int, what: bytes, instead: int = 0) -> bytes:
    return data[:place] + what + data[place + instead :]


def _zip(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("laps.csv", data)
    return held.getvalue()


def _cell(column: int, *texts: str) -> Callable[[random.Random, list[list[str]]], None]:
    def change(luck: random.Random, rows: list[list[str]]) -> None:
        for _ in range(luck.randint(1, 4)):
            luck.choice(rows)[column] = luck.choice(texts)

    return change


def _swap(one: int, other: int) -> Callable[[random.Random, list[list[str]]], None]:
    def change(_: random.Random, rows: list[list[str]]) -> None:
        for row in rows:
            row[one], row[other] = row[other], row[one]

    return change


def _as_decimals(_: random.Random, rows: list[list[str]]) -> None:
    for row in rows:
        row[0] += ".0"


def _again(luck: random.Random, rows: list[list[str]]) -> None:
    row = list(luck.choice(rows))
    row[3] = printed(luck.uniform(85.0, 110.0))
    rows.insert(luck.randrange(len(rows)), row)


def _scaled(luck: random.Random, rows: list[list[str]]) -> None:
    for row in rows[luck.randrange(len(rows)) :]:
        row[13] = printed(luck.uniform(1.0, 9000.0))


def _lost(luck: random.Random, rows: list[list[str]]) -> None:
    for _ in range(luck.randint(1, 5)):
        rows.pop(luck.randrange(1, len(rows) - 1))


def _stacked(luck: random.Random, rows: list[list[str]]) -> None:
    rows += race(luck)[0]


DAMAGE: dict[str, Spoil] = {
    "cut": of_bytes(lambda luck, data: data[: luck.randrange(10, len(data) - 2)]),
    "cut_in_half_a_row": of_bytes(lambda luck, data: data[: -luck.randrange(3, 60)]),
    "nothing": of_bytes(lambda luck, data: b""),
    "only_a_mark": of_bytes(lambda luck, data: b"\xef\xbb\xbf\r\n"),
    "only_a_header": of_bytes(lambda luck, data: data[: data.index(b"\r\n") + 2]),
    "no_header": of_bytes(lambda luck, data: data[data.index(b"\r\n") + 2 :]),
    "noughts": of_bytes(lambda luck, data: _put(data, luck.randrange(len(data)), b"\0" * luck.randint(1, 40))),
    "rubbish": of_bytes(lambda luck, data: luck.randbytes(luck.randint(20, 4000))),
    "rubbish_inside": of_bytes(lambda luck, data: _put(data, luck.randrange(400, len(data)), luck.randbytes(30), 30)),
    "other_letters": of_bytes(lambda luck, data: data[3:].decode().replace("Ann", "André").encode("cp1252")),
    "utf16": of_bytes(lambda luck, data: data[3:].decode().encode("utf-16")),
    "utf16_without_mark": of_bytes(lambda luck, data: data[3:].decode().encode("utf-16-le")),
    "two_marks": of_bytes(lambda luck, data: b"\xef\xbb\xbf" + data),
    "old_line_ends": of_bytes(lambda luck, data: data.replace(b"\r\n", b"\r")),
    "web_page": of_bytes(lambda luck, data: b"<!DOCTYPE html><html><body>Not found</body></html>"),
    "login_page": of_bytes(lambda luck, data: b"<html>\n<head><title>Login; please, now;</title></head></html>\n"),
    "pdf": of_bytes(lambda luck, data: b"%PDF-1.7\n" + luck.randbytes(300)),
    "zip": of_bytes(lambda luck, data: _zip(data)),
    "gzip": of_bytes(lambda luck, data: gzip.compress(data)),
    "json_instead": of_bytes(lambda luck, data: json.dumps({"error": "not found"}).encode()),
    "broken_json": of_bytes(lambda luck, data: b'{"session": {"event_name": "Fuji"}, "participants": [{"number":'),
    "stray_quote": of_bytes(lambda luck, data: _put(data, luck.randrange(400, len(data)), b'"')),
    "stray_separator": of_bytes(lambda luck, data: _put(data, luck.randrange(400, len(data)), b";")),
    "stray_line_break": of_bytes(lambda luck, data: _put(data, luck.randrange(400, len(data)), b"\r\n")),
    "commas": of_bytes(lambda luck, data: data.replace(b";", b",")),
    "tabs": of_bytes(lambda luck, data: data.replace(b";", b"\t")),
    "sep_line": of_bytes(lambda luck, data: b"sep=;\r\n" + data[3:]),
    "decimal_commas": of_bytes(lambda luck, data: data.replace(b".", b",")),
    "title_above": of_bytes(lambda luck, data: b"6 Hours of Fuji 2023\r\n\r\n" + data[3:]),
    "two_files_in_one": of_bytes(lambda luck, data: data + data[3:]),
    "mixed_separators": of_bytes(
        lambda luck, data: data[: len(data) // 2] + data[len(data) // 2 :].replace(b";", b",")
    ),
    "no_lap_times": of_rows(lambda luck, rows: None, header=HEADER.replace(" LAP_TIME;", " SOMETHING;")),
    "no_numbers": of_rows(lambda luck, rows: None, header=HEADER.replace("NUMBER; DRIVER", "X; DRIVER", 1)),
    "no_elapsed": of_rows(lambda luck, rows: None, header=HEADER.replace(" ELAPSED;", " SOMETHING;")),
    "no_class": of_rows(lambda luck, rows: None, header=HEADER.replace("CLASS;", "SOMETHING;")),
    "lap_time_is_a_word": of_rows(_cell(3, "abc", "", "-", "PIT", "1:99.000", "-1:30.000", "0.000")),
    "lap_time_of_another": of_rows(_cell(3, "1:12.345", "3:01.001")),
    "lap_of_two_seconds": of_rows(_cell(3, "2.500", "0.900")),
    "elapsed_is_a_word": of_rows(_cell(13, "abc", "", "99:99:99.999")),
    "elapsed_of_another": of_rows(_cell(13, "2:01.000", "5:00:00.000")),
    "car_is_nobody": of_rows(_cell(0, "", "?", "Toyota GAZOO", "#7")),
    "car_as_a_decimal": of_rows(_as_decimals),
    "lap_is_a_word": of_rows(_cell(2, "", "x", "-3", "1e3")),
    "lap_of_another": of_rows(_cell(2, "40", "77")),
    "a_lap_twice": of_rows(_again),
    "laps_lost": of_rows(_lost),
    "laps_out_of_order": of_rows(lambda luck, rows: luck.shuffle(rows)),
    "elapsed_from_elsewhere": of_rows(_scaled),
    "lap_time_and_elapsed_swapped": of_rows(_swap(3, 13)),
    "two_races_stacked": of_rows(_stacked),
}
KINDS.update(DAMAGE)


@kind
def results_called_laps(luck: random.Random) -> Case:
    """A classification under the name of a lap file."""
    head = (
        "POSITION;NUMBER;TEAM;DRIVER_1;VEHICLE;TYRES;CLASS;GROUP;STATUS;LAPS;TOTAL_TIME;GAP_FIRST;FL_LAPNUM;FL_TIME;"
    )
    rows = [
        f"{n};{car};Team;Ann DRIVER;Toyota;M;{c};;Classified;{LAPS};18:00.0{n}0;;3;1:30.00{n};"
        for n, (car, c, _) in enumerate(CARS, 1)
    ]
    return Case({WHERE: "\r\n".join([head, *rows, ""]).encode()}, {RACE: {}})


@kind
def weather_called_laps(luck: random.Random) -> Case:
    """Readings of a weather station under the name of a lap file."""
    head = "TIME_UTC_SECONDS;TIME_UTC_STR;AIR_TEMP;TRACK_TEMP;HUMIDITY;PRESSURE;WIND_SPEED;WIND_DIRECTION;RAIN;"
    rows = [f"{1_694_314_800 + 60 * n};x;24.5;31.0;60;1013.2;18.0;180;0;" for n in range(9)]
    return Case({WHERE: "\r\n".join([head, *rows, ""]).encode()}, {RACE: {}})


@kind
def points_beside(luck: random.Random) -> Case:
    """A table that is no timing file at all, beside a race."""
    rows, truth = race(luck)
    foreign = luck.choice([b"Pos,Driver,Points\n1,Ann,25\n", b"a;b;c\n1;2;3\n", b"Team;City\nX;Y\n", b"x\n" * 5])
    return Case({WHERE: text_of(rows).encode(), "2023/Fuji/Points.csv": foreign}, {RACE: truth})


@kind
def wrong_folder(luck: random.Random) -> Case:
    """A file of one race in the folder of another, which has its own."""
    rows, truth = race(luck)
    others, _ = race(random.Random(luck.random()))
    name = luck.choice(["23_Analysis_Race (1).CSV", "Analysis.csv", "23_Analysis_Race_2nd download.CSV"])
    files = {
        WHERE: text_of(rows).encode(),
        f"2023/Fuji/{name}": text_of(others[: len(others) - luck.randint(1, 6)]).encode(),
    }
    return Case(files, {RACE: truth})


@kind
def wrong_series(luck: random.Random) -> Case:
    """A WEC race in a folder that names another series."""
    rows, truth = race(luck)
    where = luck.choice(["IMSA/2023/Fuji", "ELMS/2023/Fuji", "2023/Fuji/Porsche Carrera Cup", "2023/Fuji/04_DTM"])
    return Case({f"{where}/23_Analysis_Race.CSV": text_of(rows).encode()}, {RACE: truth})


@kind
def nobody_knows_the_event(luck: random.Random) -> Case:
    """A file whose name and folders say nothing."""
    rows, _ = race(luck)
    return Case({luck.choice(["laps.csv", "a/b.csv", "download (3).csv"]): text_of(rows).encode()}, {})


@kind
def practice_and_race(luck: random.Random) -> Case:
    """Practice beside the race: the race must stay alone."""
    rows, truth = race(luck)
    practice, _ = race(random.Random(luck.random()), laps=4)
    files = {WHERE: text_of(rows).encode(), "2023/Fuji/23_Analysis_Free Practice 1.CSV": text_of(practice).encode()}
    return Case(files, {RACE: truth})


@kind
def hours(luck: random.Random) -> Case:
    """The race hour by hour, one of the hours damaged: the last must stand, or the damage be told."""
    rows, truth = race(luck)
    files = {}
    for hour in (1, 2, 3):
        part = [row for row in rows if int(row[2]) <= hour * LAPS // 3]
        files[f"2023/Fuji/23_Analysis_Race_Hour {hour}.CSV"] = text_of(part).encode()
    spoilt = luck.choice(list(files)[:2])
    files[spoilt] = files[spoilt][: luck.randrange(300, len(files[spoilt]))]
    return Case(files, {RACE: truth})


@kind
def copies(luck: random.Random) -> Case:
    """The same file several times."""
    rows, truth = race(luck)
    names = [WHERE, "2023/Fuji/23_Analysis_Race (1).CSV", "2023/Fuji/23_Analysis_Race - Copy.CSV"]
    return Case(dict.fromkeys(names, text_of(rows).encode()), {RACE: truth})


def stored(path: Path) -> dict[str, Laps]:
    """The laps of every race in a store, read by SQL; empty where there is no store."""
    if not path.exists():
        return {}
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT race_id, car, lap, lap_time_s FROM laps WHERE race_id LIKE '%/race'"
        ).fetchall()
        twice = connection.execute("SELECT count(*) - count(DISTINCT (race_id, car, lap)) FROM laps").fetchone()
    found: dict[str, Laps] = {}
    for session, car, lap, seconds in rows:
        found.setdefault(str(session).removesuffix("/race"), {})[str(car), int(lap)] = float(seconds)
    if twice is not None and twice[0]:
        found["rows twice"] = {("", 0): 0.0}
    return found


def judged(case: Case, folder: Path, run: Callable[[Path, Path], tuple[int, str]]) -> str:
    """How a case ended: "right", "told", "refused", or a fault in words."""
    for name, data in case.files.items():
        place = folder / "in" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    code, output = run(folder / "in", folder / "store.duckdb")
    if "Traceback" in output or code not in (0, 2):
        return f"traceback or exit code {code}: {output[-300:]}"
    found = stored(folder / "store.duckdb")
    named = any(Path(name).name in output for name in case.files)
    if code == 2:
        if any(found.values()):
            return "an error, and rows in the store all the same"
        return "refused" if named else f"an error that names no file: {output[-200:]}"
    wanted = {race: laps for race, laps in case.truth.items() if laps}
    same = found.keys() == wanted.keys() and all(
        found[r].keys() == wanted[r].keys() and all(abs(found[r][k] - wanted[r][k]) < 0.0015 for k in wanted[r])
        for r in wanted
    )
    if same:
        return "right"
    if not named or "rows twice" in found:
        return f"silent: {_unlike(found, wanted)}"
    odd = sum(abs(wanted.get(r, {}).get(k, -1.0) - s) > 0.0015 for r, laps in found.items() for k, s in laps.items())
    return "told" if not odd else f"told, but with {odd} laps that nobody drove"


def _unlike(found: dict[str, Laps], wanted: dict[str, Laps]) -> str:
    counts = {race: len(laps) for race, laps in found.items()}
    return f"{counts} laps instead of { {race: len(laps) for race, laps in wanted.items()} }"


def by_command_line(folder: Path, store: Path) -> tuple[int, str]:
    """`langstrecke import FOLDER --json`: exit code, and all that it printed."""
    from langstrecke.cli.app import main

    out = io.StringIO()
    argv, sys.argv = sys.argv, ["langstrecke", "import", str(folder), "--store", str(store), "--json"]
    code = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException as error:
        return 70, f"Traceback {type(error).__name__}: {error}"
    finally:
        sys.argv = argv
    return code, out.getvalue()


def outcomes(seeds: int) -> Counter[tuple[str, str]]:
    """Kind and outcome of every case, counted."""
    found: Counter[tuple[str, str]] = Counter()
    for name, spoil in KINDS.items():
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                found[name, judged(spoil(random.Random(f"{name} {seed}")), Path(folder), by_command_line)] += 1
    return found


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    found = outcomes(parser.parse_args().seeds)
    fine = ("right", "told", "refused")
    total: Counter[str] = Counter()
    for (_, outcome), count in found.items():
        total[outcome if outcome in fine else "fault"] += count
    for (name, outcome), count in sorted(found.items()):
        if outcome not in fine:
            sys.stdout.write(f"{name}: {count} x {outcome}\n")
    told = ", ".join(f"{count} {name}" for name, count in total.most_common())
    sys.stdout.write(f"{sum(found.values())} files of {len(KINDS)} kinds: {told}\n")
    return 1 if total["fault"] else 0


if __name__ == "__main__":
    sys.exit(main())
