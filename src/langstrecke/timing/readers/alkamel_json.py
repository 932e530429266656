"""Al Kamel's JSON files of 2024 and later: time cards, results, pit stops.

Each holds a `session` (championship, event, session, date, circuit) beside `participants` with their laps,
`classification` or `pit_stop_analysis`. The rows are laid out as those of the CSV files and read by the same code.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.dossier import build_pits
from langstrecke.timing.readers.laps import build_laps
from langstrecke.timing.readers.resultlist import build_results
from langstrecke.timing.readers.said import Said, day_of
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.readers.times import parse_duration

Data = dict[str, Any]

_RESULT = {
    "POSITION": "position", "NUMBER": "number", "CLASS": "class", "TEAM": "team", "VEHICLE": "vehicle",
    "STATUS": "status", "LAPS": "laps", "TOTAL_TIME": "elapsed_time", "GAP_FIRST": "gap_first",
    "FL_TIME": "fastest_lap_time", "FL_LAPNUM": "fastest_lap_number", "TYRES": "tires",
}  # fmt: skip
_MOST_DRIVERS = 9


def kind_of(data: object) -> str | None:
    """`laps`, `results` or `pits`; None for JSON of any other kind."""
    if not isinstance(data, dict):
        return None
    if isinstance(data.get("pit_stop_analysis"), list):
        return "pits"
    if isinstance(data.get("classification"), list):
        return "results"
    cars = data.get("participants")
    if isinstance(cars, list) and any(isinstance(car, dict) and isinstance(car.get("laps"), list) for car in cars):
        return "laps"
    return None


def read_laps(data: Data, path: Path) -> tuple[pl.DataFrame, list[Notice]]:
    """The laps of a time card file as `schema.LAPS`. No flags and no pit times are printed there."""
    rows, odd = [], 0
    for car in _dicts(data["participants"]):
        crew = {_text(d.get("number")): _full_name(d) for d in _dicts(car.get("drivers"))}
        for lap in _dicts(car.get("laps")):
            sectors = {_text(s.get("index")): _text(s.get("time")) for s in _dicts(lap.get("sector_times"))}
            three = len(sectors) == 3
            odd += bool(lap.get("manually_invalidated"))
            rows.append(
                {
                    "NUMBER": _text(car.get("number")),
                    "LAP_NUMBER": _text(lap.get("number")),
                    "LAP_TIME": _text(lap.get("time")),
                    "CROSSING_FINISH_LINE_IN_PIT": "B" if _true(lap.get("crossing_pit_finish_lane")) else "",
                    "S1": sectors.get("1", "") if three else "",
                    "S2": sectors.get("2", "") if three else "",
                    "S3": sectors.get("3", "") if three else "",
                    "KPH": _text(lap.get("average_speed_kph")),
                    "ELAPSED": _text(lap.get("session_elapsed")),
                    "HOUR": _hour(_text(lap.get("hour"))),
                    "DRIVER_NAME": crew.get(_text(lap.get("driver_number")), ""),
                    "CLASS": _text(car.get("class")),
                    "TEAM": _text(car.get("team")),
                    "MANUFACTURER": _text(car.get("manufacturer")) or _text(car.get("vehicle")),
                }
            )
    table = _table(rows, path)
    laps, found = build_laps(table, table.text("MANUFACTURER"))
    if odd:
        found.append(Notice("lap that the stewards took away; its time is kept", odd))
    return laps, found


def read_results(data: Data, path: Path) -> tuple[pl.DataFrame, list[Notice]]:
    """The result list as `schema.RESULTS`."""
    rows = []
    race = any("elapsed_time" in row or "status" in row for row in _dicts(data["classification"]))
    for row in _dicts(data["classification"]):
        line = {name: _text(row.get(key)) for name, key in _RESULT.items()}
        if not line["STATUS"] and "not_finished" in row:
            line["STATUS"] = "Not finished" if _true(row["not_finished"]) else "Classified"
        if not race:
            line = {**line, "POS": line["POSITION"], "TIME": line["FL_TIME"] or _text(row.get("time"))}
            del line["POSITION"], line["STATUS"], line["TOTAL_TIME"]
        for n, driver in enumerate(_dicts(row.get("drivers")), 1):
            line |= {
                f"DRIVER{n}_FIRSTNAME": _text(driver.get("firstname")),
                f"DRIVER{n}_SECONDNAME": _text(driver.get("surname")),
                f"DRIVER{n}_LICENSE": _text(driver.get("license")),
                f"DRIVER{n}_COUNTRY": _text(driver.get("country")),
            }
        rows.append(line)
    return build_results(_table(rows, path))


def read_pits(data: Data, path: Path) -> tuple[pl.DataFrame, list[Notice]]:
    """The pit stops as `dossier.PITS`."""
    rows = [
        {
            "NUMBER": _text(car.get("number")),
            "STOP": _text(stop.get("pit_stop_number")) or str(place),
            "IN_TIME": _hour(_text(stop.get("in_time"))),
            "OUT_TIME": _hour(_text(stop.get("out_time"))),
            "PIT_TIME": _text(stop.get("pit_time")),
            "IN_DRIVER": _name(stop, "in_driver"),
            "OUT_DRIVER": _name(stop, "out_driver"),
        }
        for car in _dicts(data["pit_stop_analysis"])
        for place, stop in enumerate(_dicts(car.get("pit_stops")), 1)
    ]
    return build_pits(_table(rows, path))


def said(data: Data) -> Said:
    """What the file's `session` says."""
    session = data.get("session")
    if not isinstance(session, dict):
        return Said()
    circuit = session.get("circuit")
    final = session.get("finalize_type")
    limit = final.get("time_in_seconds") if isinstance(final, dict) else None
    return Said(
        series=_text(session.get("championship_name")) or None,
        event=_text(session.get("event_name")) or None,
        session=_text(session.get("session_name")) or None,
        circuit=(_text(circuit.get("name")) if isinstance(circuit, dict) else "") or None,
        day=day_of(_text(session.get("session_date"))),
        limit_s=float(limit) if isinstance(limit, int | float) and 600 <= limit <= 100_000 else None,
    )


def _table(rows: list[dict[str, str]], path: Path) -> TextTable:
    if not rows:
        raise TimingFileError("names no car that did anything", file=path)
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name, "") for row in rows] for name in names}
    frame = pl.DataFrame(
        {"line": range(1, len(rows) + 1), **columns}, schema_overrides=dict.fromkeys(names, pl.String)
    )
    return TextTable(path, frame, ",", tuple(names))


def _dicts(value: object) -> Iterable[Data]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _true(value: object) -> bool:
    return value is True or str(value).strip().lower() in ("true", "1", "b", "yes")


def _full_name(driver: Data) -> str:
    return f"{_text(driver.get('firstname'))} {_text(driver.get('surname'))}".strip()


def _name(stop: Data, who: str) -> str:
    return f"{_text(stop.get(f'{who}_firstname'))} {_text(stop.get(f'{who}_surname'))}".strip()


def _hour(text: str) -> str:
    """The hour of day in "13:49:46.113" or "1/25/2025 1:42:36 PM", as 24 hours."""
    words = text.split()
    clock = next((word for word in words if ":" in word), "")
    if not words or words[-1].upper() not in ("AM", "PM"):
        return clock
    seconds = parse_duration(clock)
    if seconds is None:
        return ""
    hour, rest = divmod(seconds % 43_200, 3600)
    hour += 12 if words[-1].upper() == "PM" else 0
    return f"{int(hour):02d}:{int(rest // 60):02d}:{rest % 60:06.3f}"
