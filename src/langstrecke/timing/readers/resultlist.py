"""From text columns to the canonical result table: IMSA races and sessions, WEC classifications."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import class_name, driver_name, maker_of
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.readers.times import durations
from langstrecke.timing.schema import RESULTS

_LICENCES = {
    "platinum": "platinum", "platinium": "platinum", "gold": "gold", "silver": "silver", "bronze": "bronze",
    "p": "platinum", "g": "gold", "s": "silver", "b": "bronze",
}  # fmt: skip
NEEDED = ("NUMBER", "CLASS", "LAPS")
_MOST_DRIVERS = 9


def build_results(table: TextTable) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical result table in published order, and what had to be dropped or left out."""
    place = "POSITION" if "POSITION" in table.columns else "POS"
    columns = ("POSITION", "STATUS", "FL_TIME") if place == "POSITION" else ("POS", "TIME")
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise TimingFileError(f"not a result file: the header lacks {', '.join(missing)}", file=table.path, line=1)
    race = "STATUS" in table.columns
    best, best_lap = ("FL_TIME", "FL_LAPNUM") if race else ("TIME", "LAP")
    gap = table.text("GAP_FIRST").str.strip_prefix("+")
    laps_down = gap.str.extract(r"^-?(\d{1,4}) [Ll]aps?$", 1).cast(pl.Int32, strict=False)
    crew = _crews(table)
    texts = table.text("CLASS")
    total = table.text("TOTAL_TIME")
    fastest = table.text(best)
    frame = pl.DataFrame(
        {
            "line": table.frame["line"],
            "position": _whole(table.text(place)),
            "car": table.text("NUMBER"),
            "car_class": [class_name(text) or text for text in texts],
            "class_known": [class_name(text) is not None for text in texts],
            "status": table.text("STATUS").replace("", None),
            "laps": _whole(table.text("LAPS")),
            "total_time_s": durations(total),
            "total_odd": total.ne("") & durations(total).is_null(),
            "gap_s": durations(gap),
            "gap_laps": laps_down,
            "fastest_lap": _whole(table.text(best_lap)),
            "fastest_lap_s": durations(fastest),
            "fastest_odd": fastest.ne("") & durations(fastest).is_null(),
            "team": table.text("TEAM").str.replace_all(r"\s+", " ").replace("", None),
            "vehicle": table.text("VEHICLE").str.replace_all(r"\s+", " ").replace("", None),
            "tyres": (table.text("TIRES") if "TIRES" in table.columns else table.text("TYRES")).replace("", None),
            **crew,
        }
    )
    sieve = Sieve(frame, list(table.notices))
    _check(sieve)
    if sieve.frame.is_empty():
        raise TimingFileError("holds no result that can be read", file=table.path, line=2)
    return _finish(sieve.frame, table.path.stem, race=race), sieve.notices


def _whole(text: pl.Series) -> pl.Series:
    good = text.str.contains(r"^\d{1,5}$")
    return text.zip_with(good, pl.Series([None], dtype=pl.String)).cast(pl.Int32, strict=False)


def _check(sieve: Sieve) -> None:
    col = pl.col
    sieve.drop(~col("car").str.contains(r"^[0-9A-Za-z]{1,6}$"), "row dropped without a car number")
    sieve.drop(col("car_class") == "", "result of a car without a class dropped")
    sieve.drop(col("car").is_first_distinct().not_(), "second result of one car dropped")
    sieve.drop(col("laps").is_null(), "result dropped with an impossible number of laps")
    sieve.note(~col("class_known"), "car in an unknown class, kept as written")
    sieve.note(col("total_odd"), "impossible total time left out")
    sieve.note(col("fastest_odd"), "impossible fastest lap left out")
    twice = col("position").is_not_null() & col("position").is_duplicated()
    sieve.blank(twice, ["position"], "place held by two cars left out")


def _finish(frame: pl.DataFrame, stem: str, *, race: bool) -> pl.DataFrame:
    if race:
        # Al Kamel numbers every line; only classified cars have a place.
        placed = pl.col("status").str.to_lowercase().str.strip_chars() == "classified"
        frame = frame.with_columns(position=pl.when(placed).then("position"))
    leader = pl.col("position") == 1
    frame = frame.with_columns(
        race_id=pl.lit(stem),
        position_in_class=pl.col("position").rank("ordinal").over("car_class").cast(pl.Int32),
        gap_s=pl.when(leader & pl.col("gap_laps").is_null()).then(pl.col("gap_s").fill_null(0.0)).otherwise("gap_s"),
        manufacturer=pl.Series([maker_of(text or "") for text in frame["vehicle"]], dtype=pl.String),
    )
    return frame.select(RESULTS.names()).cast(RESULTS)


def _crews(table: TextTable) -> dict[str, pl.Series]:
    """Drivers in published order with licence and country beside each; empty places are left out."""
    names, licences, countries = [], [], []
    for n in range(1, _MOST_DRIVERS + 1):
        if f"DRIVER{n}_SECONDNAME" in table.columns:  # IMSA
            first, second = table.text(f"DRIVER{n}_FIRSTNAME"), table.text(f"DRIVER{n}_SECONDNAME")
            names.append((first + " " + second).to_list())
            licences.append(table.text(f"DRIVER{n}_LICENSE").to_list())
            countries.append(table.text(f"DRIVER{n}_COUNTRY").to_list())
        elif f"DRIVER_{n}" in table.columns:  # WEC
            names.append(table.text(f"DRIVER_{n}").to_list())
            licences.append([""] * table.frame.height)
            countries.append([""] * table.frame.height)
    crews: dict[str, list[list[str | None]]] = {"drivers": [], "licences": [], "countries": []}
    for row in range(table.frame.height):
        seats = [k for k in range(len(names)) if names[k][row].strip()]
        crews["drivers"].append([driver_name(names[k][row]) for k in seats])
        crews["licences"].append([_LICENCES.get(licences[k][row].lower()) for k in seats])
        crews["countries"].append([countries[k][row] or None for k in seats])
    return {key: pl.Series(key, rows, dtype=pl.List(pl.String)) for key, rows in crews.items()}
