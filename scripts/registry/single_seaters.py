"""Formula 1 and IndyCar calendars, and who drove in IndyCar 2018 to 2021."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from scripts.registry.places import circuit_of
from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent

# The stored calendar gives Detroit the day of Road America a week later; and two races in Iowa have no place.
_INDYCAR_2022_DAYS = {"Chevrolet Detroit Grand Prix": ("2022-06-03", "2022-06-05")}
_IOWA = "HY-VEE"
# Names of the stored calendar that are slips, or say the country twice.
_NAMES = {
    "Hungaria Grand Prix": "Hungarian Grand Prix",
    "Sakhir Grand Prix (Bahrain)": "Sakhir Grand Prix",
    "Steiermark (Austrian) Grand Prix": "Styrian Grand Prix",
    "70th Anniversary (British) Grand Prix": "70th Anniversary Grand Prix",
}


def read(folder: Path, raw: Raw) -> None:
    """All calendars under the folder."""
    for path in sorted((folder / "f1").glob("*.json")):
        _calendar(path, "f1", path.stem, raw)
    for path in sorted((folder / "indycar").glob("history_*.json")):
        _history(path, raw)
    seasons = {event.season for event in raw.events.values() if event.series == "indycar"}
    for path in sorted((folder / "indycar").glob("20*.json")):
        if path.stem not in seasons:
            _calendar(path, "indycar", path.stem, raw)


def _calendar(path: Path, series: str, season: str, raw: Raw) -> None:
    taken: set[str] = set()
    for race in json.loads(path.read_text("utf-8"))["races"]:
        name = race["name"]
        location = race["location"] or ("Iowa" if name.startswith(_IOWA) else "")
        circuit = circuit_of(location)
        if series == "indycar" and location.startswith("Speedway") and "500" not in name:
            circuit = "indianapolis"
        days = [dt.date.fromisoformat(str(at)[:10]) for at in race["sessions"].values()]
        race_day = days[-1].isoformat()
        # A session dated weeks off is a slip of the calendar: no meeting is longer than five days.
        start = min(day for day in days if (days[-1] - day).days < 5).isoformat()
        if name in _INDYCAR_2022_DAYS:
            start, race_day = _INDYCAR_2022_DAYS[name]
        name = _NAMES.get(name, name)
        if series == "f1" and not name.endswith("Grand Prix"):
            name += " Grand Prix"
        race_id = _free(f"{series}-{season}-{circuit}", taken)
        raw.add_event(
            RawEvent(
                race_id,
                series,
                season,
                name,
                circuit,
                start,
                race_day,
                race_day,
                round=str(race["round"]),
                source="calendar of the series with session times",
                confidence="medium" if series == "indycar" else "high",
            )
        )


def _free(race_id: str, taken: set[str]) -> str:
    wanted, number = race_id, 2
    while wanted in taken:
        wanted, number = f"{race_id}-{number}", number + 1
    taken.add(wanted)
    return wanted


def _history(path: Path, raw: Raw) -> None:
    data = json.loads(path.read_text("utf-8"))
    season = str(data["season"])
    taken: set[str] = set()
    for race in data["rounds"]:
        circuit = circuit_of(race["venue"])
        race_id = _free(f"indycar-{season}-{circuit}", taken)
        raw.add_event(
            RawEvent(
                race_id,
                "indycar",
                season,
                race["name"],
                circuit,
                race["date"],
                race["date"],
                race["date"],
                round=str(race["round"]),
                source=data["source_page"] + ", Wikipedia",
            )
        )
        raw.entries += [_entry(row, race_id, int(season)) for row in race.get("results", [])]


def _entry(row: dict[str, Any], race_id: str, season: int) -> RawEntry:
    position = row.get("position")
    started = row.get("status") not in ("Did not start", "Did Not Start", "DNS", "Withdrew")
    return RawEntry(
        event=race_id,
        year=season,
        car="",
        car_class="IndyCar",
        team=row.get("team") or "",
        vehicle=f"Dallara-{row['engine']}" if row.get("engine") else "Dallara",
        crew=(RawDriver(row["driver"]),),
        position=int(position) if position else None,
        class_position=int(position) if position else None,
        laps=int(row["laps"]) if row.get("laps") is not None else None,
        status="classified" if started else "dns",
    )
