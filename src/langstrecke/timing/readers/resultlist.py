"""From text columns to the canonical result table: IMSA races and sessions, WEC classifications."""

from __future__ import annotations

import re

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import class_name, driver_name, maker_of
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve
from langstrecke.timing.readers.laps import CAR, NO_CLASS
from langstrecke.timing.readers.numbers import wholes
from langstrecke.timing.readers.status import gaps, placed, still_open
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.readers.times import durations
from langstrecke.timing.schema import RESULTS

_LICENCES = {
    "platinum": "platinum", "platinium": "platinum", "gold": "gold", "silver": "silver", "bronze": "bronze",
    "p": "platinum", "g": "gold", "s": "silver", "b": "bronze",
}  # fmt: skip
NEEDED = ("NUMBER",)
_MOST_DRIVERS = 9


def is_race(columns: tuple[str, ...]) -> bool | None:
    """Whether a result list with these columns is of a race (True), of best laps (False), or none (None)."""
    names = set(columns)
    if "NUMBER" not in names or not names & {"POSITION", "POS"}:
        return None
    if names & {"STATUS", "TOTAL_TIME"}:
        return True
    return False if names & {"TIME", "FL_TIME", "LAPS"} else None


def build_results(table: TextTable) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical result table in published order, and what had to be dropped or left out."""
    race = is_race(table.columns)
    if race is None:
        what = "not a result file: the header lacks POSITION or what was achieved (STATUS, TOTAL_TIME, TIME, LAPS)"
        raise TimingFileError(what, file=table.path, line=1)
    place = "POSITION" if "POSITION" in table.columns else "POS"
    best, best_lap = ("FL_TIME", "FL_LAPNUM") if race else ("TIME", "LAP")
    laps_down, gap_time, gap_read = gaps(table.text("GAP_FIRST"))
    crew = _crews(table)
    texts = table.text("CLASS")
    total, fastest, laps = table.text("TOTAL_TIME"), table.text(best), table.text("LAPS")
    car = table.text("NUMBER")
    frame = pl.DataFrame(
        {
            "line": table.frame["line"],
            "position": wholes(table.text(place)),
            "position_odd": wholes(table.text(place)).is_null() & ~table.text(place).is_in(["", "-"]),
            "car": car.str.replace(r"^(\d{1,4})\.0$", "$1"),
            "car_text": car,
            "car_class": [class_name(text) or text for text in texts],
            "class_known": [class_name(text) is not None for text in texts],
            "status": table.text("STATUS").replace("", None),
            "laps": wholes(laps),
            "laps_odd": wholes(laps).is_null() & (laps != ""),
            "total_time_s": durations(total),
            "total_odd": ~total.is_in(["", "-"]) & durations(total).is_null(),
            "gap_s": durations(gap_time),
            "gap_odd": ~gap_read,
            "gap_laps": laps_down,
            "fastest_lap": wholes(table.text(best_lap)),
            "fastest_lap_s": durations(fastest),
            "fastest_odd": ~fastest.is_in(["", "-"]) & durations(fastest).is_null(),
            "team": table.text("TEAM").str.replace_all(r"\s+", " ").replace("", None),
            "vehicle": table.text("VEHICLE").str.replace_all(r"\s+", " ").replace("", None),
            "tyres": table.text("TYRES").replace("", None),
            **crew,
        }
    )
    sieve = Sieve(frame, list(table.notices))
    _check(sieve)
    if sieve.frame.is_empty():
        raise TimingFileError("holds no result that can be read", file=table.path, line=2)
    return _finish(sieve, table.path.stem, race=race), sieve.notices


def _check(sieve: Sieve) -> None:
    col = pl.col
    sieve.note(col("car") != col("car_text"), "car number written as a decimal, read as a whole one")
    sieve.drop(~col("car").str.contains(CAR), "row dropped without a car number")
    if not sieve.frame.is_empty() and (sieve.frame["car_class"] == "").all():
        sieve.notices.append(Notice(f"file without classes: all its cars are taken as one class, {NO_CLASS!r}"))
        sieve.frame = sieve.frame.with_columns(car_class=pl.lit(NO_CLASS), class_known=pl.lit(True))
    sieve.drop(col("car_class") == "", "result of a car without a class dropped")
    sieve.drop(col("car").is_first_distinct().not_(), "second result of one car dropped")
    sieve.drop(col("laps_odd"), "result dropped with an impossible number of laps")
    for name in sieve.frame.filter(~col("class_known"))["car_class"].unique().sort():
        sieve.note(col("car_class") == name, f"car in the unknown class {name!r}, kept as written")
    sieve.note(col("position_odd"), "position that is no number left out")
    sieve.note(col("total_odd"), "impossible total time left out")
    sieve.note(col("fastest_odd"), "impossible fastest lap left out")
    sieve.note(col("gap_odd"), "gap to the first car that cannot be read left out")
    twice = col("position").is_not_null() & col("position").is_duplicated()
    sieve.blank(twice, ["position"], "place held by two cars left out")


def _finish(sieve: Sieve, stem: str, *, race: bool) -> pl.DataFrame:
    if race:
        _keep_places(sieve)
    frame = sieve.frame
    leader = pl.col("position") == 1
    frame = frame.with_columns(
        race_id=pl.lit(stem),
        position_in_class=pl.col("position").rank("ordinal").over("car_class").cast(pl.Int32),
        gap_s=pl.when(leader & pl.col("gap_laps").is_null()).then(pl.col("gap_s").fill_null(0.0)).otherwise("gap_s"),
        manufacturer=pl.Series([maker_of(text or "") for text in frame["vehicle"]], dtype=pl.String),
    )
    return frame.select(RESULTS.names()).cast(RESULTS)


def _keep_places(sieve: Sieve) -> None:
    """Al Kamel numbers every line; only cars that are classified have a place."""
    for status in sieve.frame["status"].drop_nulls().unique().sort():
        if placed(status) is None:
            sieve.note(pl.col("status") == status, f"status {status!r} is not known: the printed place is kept")
        elif still_open(status):
            sieve.note(pl.col("status") == status, f"status {status!r}: the list is of a race that was not over")
    known = {status: placed(status) is not False for status in sieve.frame["status"].drop_nulls().unique()}
    keep = pl.col("status").replace_strict(known, default=True, return_dtype=pl.Boolean)
    # A car that did nothing is in no order, whatever its line's number says.
    idle = (pl.col("laps") == 0).fill_null(False) & pl.col("total_time_s").is_null() & pl.col("status").is_null()
    sieve.frame = sieve.frame.with_columns(position=pl.when(keep & ~idle).then("position"))


def _crews(table: TextTable) -> dict[str, pl.Series]:
    """Drivers in published order with licence and country beside each; empty places are left out."""
    names, licences, countries = [], [], []
    blank = [""] * table.frame.height
    for n in ("", *map(str, range(1, _MOST_DRIVERS + 1))):
        if f"DRIVER{n}_SECONDNAME" in table.columns:  # IMSA; without a number in series of one driver a car
            first, second = table.text(f"DRIVER{n}_FIRSTNAME"), table.text(f"DRIVER{n}_SECONDNAME")
            names.append((first + " " + second).to_list())
            licences.append(table.text(f"DRIVER{n}_LICENSE").to_list())
            countries.append(table.text(f"DRIVER{n}_COUNTRY").to_list())
        elif n and f"DRIVER_{n}" in table.columns:  # WEC
            names.append(table.text(f"DRIVER_{n}").to_list())
            licences.append(blank)
            countries.append(blank)
    together = next((name for name in ("DRIVERS", "DRIVER", "DRIVER_NAME") if name in table.columns), None)
    crews: dict[str, list[list[str | None]]] = {"drivers": [], "licences": [], "countries": []}
    joined = table.text(together).to_list() if together and not names else blank
    for row in range(table.frame.height):
        seats = [k for k in range(len(names)) if names[k][row].strip()]
        if not names:
            people = [part for part in re.split(r"\s*[/|;&]\s*|,\s+", joined[row]) if part.strip()]
            crews["drivers"].append([driver_name(part) for part in people])
            crews["licences"].append([None] * len(people))
            crews["countries"].append([None] * len(people))
            continue
        crews["drivers"].append([driver_name(names[k][row]) for k in seats])
        crews["licences"].append([_LICENCES.get(licences[k][row].lower()) for k in seats])
        crews["countries"].append([countries[k][row] or None for k in seats])
    return {key: pl.Series(key, rows, dtype=pl.List(pl.String)) for key, rows in crews.items()}
