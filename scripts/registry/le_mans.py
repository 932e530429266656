"""The 24 Hours of Le Mans from 1923 on: every entry, whether it raced or not."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent, with_class_positions

_STATUS = {"DNF": "dnf", "NC": "not_classified", "DSQ": "disqualified", "DNS": "dns", "DNQ": "dnq"}
_STATUS |= {"DNP": "dnp", "DNA": "dna", "RES": "reserve"}
_WEC_SINCE = 2012
_PRACTICE = dt.timedelta(days=3)
"""Practice begins on Wednesday; the race starts on Saturday."""
_SOURCE = "results of the 24 Hours of Le Mans"


def read(folder: Path, raw: Raw) -> None:
    """Races and entries of `results_in.csv` and `races.csv`."""
    with (folder / "races.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["Cancelled"].strip() not in ("", "0"):
                continue
            day = dt.date.fromisoformat(row["Event_date"])
            year = row["Id"]
            raw.add_event(
                RawEvent(
                    f"le-mans-{year}",
                    "le-mans",
                    year,
                    "24 Hours of Le Mans",
                    "le-mans",
                    (day - _PRACTICE).isoformat(),
                    row["Event_date"],
                    (day + dt.timedelta(days=1)).isoformat(),
                    duration_s=86400,
                    also=_wec_season(int(year)),
                    source=_SOURCE,
                )
            )
    entries = []
    with (folder / "results_in.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            entry = _entry(row)
            if entry.event in raw.events:
                entries.append(entry)
    raw.entries += with_class_positions(entries)


def _wec_season(year: int) -> str:
    """The WEC season the race counted for: 2018 and 2019 both in the super season, 2020 in 2019-20."""
    if year < _WEC_SINCE:
        return ""
    return "wec-" + {2018: "2018-19", 2019: "2018-19", 2020: "2019-20"}.get(year, str(year))


def _entry(row: dict[str, str]) -> RawEntry:
    names = [n.strip() for n in row["Drivers"].split("|")]
    countries = [c.strip() for c in row["DrCtry"].split("|")]
    countries += [""] * (len(names) - len(countries))
    crew = tuple(RawDriver(n, c) for n, c in zip(names, countries, strict=False) if n)
    place = row["Pos"].strip()
    return RawEntry(
        event=f"le-mans-{row['Year']}",
        year=int(row["Year"]),
        car=row["No"].strip(),
        car_class=row["Class"].strip(),
        team=" ".join(row["Team"].split()),
        vehicle=" ".join(row["Chassis"].split()),
        crew=crew,
        position=int(place) if place.isdigit() else None,
        laps=int(row["Laps"]) if row["Laps"].strip().isdigit() else None,
        status="classified" if place.isdigit() else _STATUS.get(place, place.lower()),
        note=" ".join(row["Reason"].split()),
        team_country=row["TeamCtry"].strip(),
    )
