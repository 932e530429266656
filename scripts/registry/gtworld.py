"""GT World Challenge Europe 2021 and 2022: the final result table of every race."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from scripts.registry.places import circuit_of
from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent, with_class_positions

_CLASSES = {"pro": "Pro", "silver": "Silver", "gold": "Gold", "bronze": "Bronze", "pro-am": "Pro-Am", "am": "Am"}
_HOURS = {"spa": 24, "paul-ricard": 6}
# Race days of the calendar as published by the series; 2021 agrees with the facts file.
_DAYS = {
    "2021": {
        "monza": "04-18",
        "paul-ricard": "05-29",
        "spa": "07-31",
        "nurburgring": "09-05",
        "barcelona": "10-10",
        "magny-cours": "05-08",
        "zandvoort": "06-19",
        "misano": "07-03",
        "brands-hatch": "08-28",
        "valencia": "09-25",
    },
    "2022": {
        "imola": "04-03",
        "paul-ricard": "06-04",
        "spa": "07-30",
        "hockenheim": "09-04",
        "barcelona": "10-02",
        "brands-hatch": "04-30",
        "magny-cours": "05-14",
        "zandvoort": "06-18",
        "misano": "07-02",
        "valencia": "09-17",
    },
}


def read(folder: Path, raw: Raw) -> None:
    """All races of all seasons under the folder."""
    for path in sorted(folder.glob("*/*/Races/*.csv")):
        if path.stem in ("Main_Race", "Race_1", "Race_2"):
            _race(path, raw)


def _race(path: Path, raw: Raw) -> None:
    season, place = path.parts[-4], path.parts[-3].replace("_", " ")
    circuit = circuit_of(place)
    day = dt.date.fromisoformat(f"{season}-{_DAYS[season][circuit]}")
    sprint = path.stem != "Main_Race"
    also = ""
    if sprint:
        number = path.stem[-1]
        series, race_id = "gtwce-sprint", f"gtwce-sprint-{season}-{circuit}-{number}"
        day += dt.timedelta(days=int(number) - 1)
        seconds = 3600
    elif circuit == "spa":
        series, race_id, also, seconds = "spa-24h", f"spa-24h-{season}", f"gtwce-endurance-{season}", 86400
    else:
        series, race_id = "gtwce-endurance", f"gtwce-endurance-{season}-{circuit}"
        seconds = _HOURS.get(circuit, 3) * 3600
    end = day + dt.timedelta(days=1) if seconds == 86400 else day
    raw.add_event(
        RawEvent(
            race_id,
            series,
            season,
            "",
            circuit,
            day.isoformat(),
            day.isoformat(),
            end.isoformat(),
            duration_s=seconds,
            also=also,
            source="GT World Challenge Europe results",
            confidence="high" if season == "2021" else "medium",
        )
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{(k or "").strip(): (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)]
    raw.entries += with_class_positions([_entry(row, race_id, int(season)) for row in rows])


def _entry(row: dict[str, str], race_id: str, season: int) -> RawEntry:
    place = row["Pos"]
    cup = row["Class"].casefold().removesuffix(" cup").strip()
    return RawEntry(
        event=race_id,
        year=season,
        car=row["Car #"],
        car_class=_CLASSES.get(cup, row["Class"]),
        team=row["Team"],
        vehicle=row["Car"],
        crew=tuple(RawDriver(name.strip()) for name in row["Drivers"].split(",") if name.strip()),
        position=int(place) if place.isdigit() else None,
        laps=int(row["Laps"]) if row["Laps"].isdigit() else None,
        status="classified" if place.isdigit() else {"DQ": "disqualified", "DNS": "dns"}.get(place, "not_classified"),
    )
