"""Swiss Timing's documents of a session (SRO: GT World Challenge): standings, and the competitors they are keyed by.

A standing names competitors by id alone; who they are stands in the document beside it, `..._COMP_DETAIL_...` for
`..._TIMING_...`. Neither holds laps.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import class_name, driver_name
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.document import open_document
from langstrecke.timing.readers.entrylist import ENTRIES
from langstrecke.timing.readers.json_text import table, text, whole
from langstrecke.timing.readers.resultlist import build_results
from langstrecke.timing.readers.said import Said, day_of
from langstrecke.timing.readers.text import TextTable

_OUT = {4: "Not classified", 8: "Disqualified", 16: "Not started"}
"""Bits of `Status`; a car without them runs, or has finished."""


def kind_of(data: object) -> str | None:
    """`results` or `entries`; None for JSON of any other kind."""
    full = _full(data)
    if isinstance(full.get("Results"), dict) and "UntInfo" in full:
        return "results"
    if isinstance(full.get("Competitors"), dict) and "Classes" in full:
        return "entries"
    return None


def read_results(data: object, path: Path) -> tuple[pl.DataFrame, list[Notice], bool]:
    """The standing as `schema.RESULTS`, and whether it is a race's.

    TimingFileError where the competitors' document does not lie beside it.
    """
    full = _full(data)
    beside = path.with_name(path.name.replace("_TIMING_", "_COMP_DETAIL_"))
    if beside == path or not beside.is_file():
        raise TimingFileError(
            "is a standing of Swiss Timing that names cars by id only", file=path,
            hint="the document with COMP_DETAIL in its name has to lie beside it",
        )  # fmt: skip
    detail = _full(json.loads(open_document(beside).text))
    classes = _classes(detail)
    over = table(full.get("UntInfo")).get("ChequeredFlag") is True
    lines: list[dict[str, str]] = []
    unknown = 0
    ranked = [(key, table(table(row).get("MainResult"))) for key, row in table(full["Results"]).items()]
    first = min((row for _, row in ranked if whole(row.get("Rank"))), key=lambda row: row["Rank"], default={})
    race = bool(first) and bool(text(first.get("TotalTime"))) and first.get("RankingTime") == first.get("TotalTime")
    for key, row in sorted(ranked, key=lambda item: whole(item[1].get("Rank")) or 10_000):
        who = table(table(detail.get("Competitors")).get(key))
        if not text(who.get("Bib")):
            unknown += 1
            continue
        lines.append(_line(row, who, classes, race, over))
    if not lines:
        raise TimingFileError("names no car that did anything", file=path)
    results, found = build_results(_table(lines, path))
    if unknown:
        found.append(Notice("car of the standing that is not among the competitors", unknown))
    if not over:
        found.append(Notice("standing of a session that was not over"))
    return results, found, race


def read_entries(data: object, path: Path) -> pl.DataFrame:
    """The competitors as `entrylist.ENTRIES`, ordered by class and car."""
    full = _full(data)
    classes = _classes(full)
    entries = [
        {
            "car": text(who.get("Bib")),
            "car_class": class_name(named := classes.get(text(who.get("ClassId")), "")) or named or None,
            "team": text(who.get("TeamName")) or None,
            "manufacturer": text(who.get("ManufacturerName")) or None,
            "drivers": [driver_name(f"{first} {last}".strip()) for first, last, _, _ in _crew(who)],
            "grid_position": None,
        }
        for who in map(table, table(full.get("Competitors")).values())
        if text(who.get("Bib"))
    ]
    if not entries:
        raise TimingFileError("names no car", file=path)
    return pl.DataFrame(entries, schema=ENTRIES).sort("car_class", "car")


def said(data: object) -> Said:
    """The day a standing's session began."""
    return Said(day=day_of(text(table(_full(data).get("UntInfo")).get("StartRealTime"))))


def _full(data: object) -> dict[str, Any]:
    return table(table(table(data).get("content")).get("full"))


def _classes(full: dict[str, Any]) -> dict[str, str]:
    """Classes by id: "Pro-AM Cup" is Pro-Am to the rule books."""
    return {
        key: text(table(value).get("Name")).removesuffix(" Cup") for key, value in table(full.get("Classes")).items()
    }


def _line(
    row: dict[str, Any], who: dict[str, Any], classes: dict[str, str], race: bool, over: bool
) -> dict[str, str]:
    status = whole(row.get("Status")) or 0
    out = next((word for bit, word in _OUT.items() if status & bit), "")
    best = table(row.get("BestTime"))
    line = {
        "NUMBER": text(who.get("Bib")),
        "CLASS": classes.get(text(who.get("ClassId")), ""),
        "TEAM": text(who.get("TeamName")),
        "VEHICLE": text(who.get("CarTypeName")),
        "LAPS": str(whole(row.get("TotalLapCount")) or 0),
        "GAP_FIRST": text(row.get("Behind")),
        "FL_LAPNUM": str(whole(best.get("LapNumber")) or ""),
    }
    if race:
        line |= {
            "POSITION": str(whole(row.get("Rank")) or ""),
            "STATUS": out or ("Classified" if over else "Running"),
            "TOTAL_TIME": text(row.get("TotalTime")),
            "FL_TIME": text(best.get("Time")),
        }
    else:
        line |= {"POS": str(whole(row.get("Rank")) or ""), "TIME": text(best.get("Time"))}
    for n, (first, last, licence, country) in enumerate(_crew(who), 1):
        line |= {
            f"DRIVER{n}_FIRSTNAME": first,
            f"DRIVER{n}_SECONDNAME": last,
            f"DRIVER{n}_LICENSE": licence,
            f"DRIVER{n}_COUNTRY": country,
        }
    return line


def _crew(who: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    drivers = sorted(map(table, table(who.get("Drivers")).values()), key=lambda one: whole(one.get("ListIndex")) or 0)
    keys = ("FirstName", "LastName", "LicenseTypeName", "CountryCode")
    return [(text(d.get(keys[0])), text(d.get(keys[1])), text(d.get(keys[2])), text(d.get(keys[3]))) for d in drivers]


def _table(lines: list[dict[str, str]], path: Path) -> TextTable:
    names = list(dict.fromkeys(name for line in lines for name in line))
    columns = {name: [line.get(name, "") for line in lines] for name in names}
    frame = pl.DataFrame(
        {"line": range(1, len(lines) + 1), **columns}, schema_overrides=dict.fromkeys(names, pl.String)
    )
    return TextTable(path, frame, ",", tuple(names))
