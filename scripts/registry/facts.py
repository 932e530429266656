"""Calendars, entries and results gathered from public pages, and the driver categorisation lists."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from scripts.registry.places import circuit_of
from scripts.registry.raw import Raw, RawDriver, RawEntry, RawEvent, with_class_positions

_SERIES = {
    "ADAC GT Masters": "adac-gt-masters",
    "Blancpain GT Series Endurance Cup": "blancpain-endurance",
    "Blancpain GT Series Sprint Cup": "blancpain-sprint",
    "Blancpain GT Series GT World Challenge Europe (sprint)": "blancpain-sprint",
    "GT World Challenge Europe Endurance Cup": "gtwce-endurance",
    "GT World Challenge Europe Sprint Cup": "gtwce-sprint",
    "FIA WEC": "wec",
    "IMSA WeatherTech": "imsa",
}
_RATINGS = {"P": "platinum", "G": "gold", "S": "silver", "B": "bronze"}


def read(folder: Path, ratings: Path, raw: Raw) -> None:
    """The fact files and the categorisation list."""
    _calendars(folder / "calendars.csv", raw)
    for season in ("2018", "2019"):
        _masters(folder, season, raw)
        _blancpain(folder / f"blancpain_endurance_{season}.csv", season, raw)
    _spa(folder / "spa24h_2018_entries.csv", raw)
    for row in _rows(ratings):
        raw.licences.append((row["driver_name"], int(row["year"]), _RATINGS[row["rating"].strip()]))


def read_extra(path: Path, raw: Raw) -> None:
    """Events of calendars that no other source has, kept by hand."""
    for row in _rows(path):
        season, circuit = row["season"], row["circuit"]
        spa = row["series"] == "spa-24h"  # the one race of its series, and a round of a championship
        name = f"{row['series']}-{season}"
        if not spa and row["series"] != "n24":
            name += f"-{circuit}"
        if row["series"] == "nls":  # every round at one circuit
            name += f"-{row['round']}"
        raw.add_event(
            RawEvent(
                name,
                row["series"],
                season,
                row["name"],
                circuit,
                row["start"],
                row["race_day"],
                row["end"],
                row["round"],
                int(row["duration_s"]),
                also=f"gtwce-endurance-{season}" if spa else "",
                source=row["source"],
                confidence=row["confidence"],
            )
        )


def read_entries(path: Path, raw: Raw) -> None:
    """Entries of races that no result file covers, kept by hand."""
    for row in _rows(path):
        crew, complete = _names(row["drivers"])
        raw.entries.append(
            RawEntry(
                row["event"],
                int(raw.events[row["event"]].race_day[:4]),
                row["car"],
                row["class"],
                row["team"],
                row["vehicle"],
                crew,
                int(row["position"]) if row["position"] else None,
                int(row["class_position"]) if row["class_position"] else None,
                status=row["status"],
                complete=complete and row["crew"] != "incomplete",
            )
        )


def correct(path: Path, raw: Raw) -> None:
    """Decisions of the stewards that came after the result files: a car moved behind another, or its class."""
    for row in _rows(path):
        of_race = [e for e in raw.entries if e.event == row["event"]]
        placed = sorted((e for e in of_race if e.position is not None), key=lambda e: e.position or 0)
        moved = next(e for e in placed if e.car == row["car"])
        rest = [e for e in placed if e is not moved]
        if row["behind"] == "class":
            behind = max(i for i, e in enumerate(rest) if e.car_class == moved.car_class)
        else:
            behind = next(i for i, e in enumerate(rest) if e.car == row["behind"])
        order = [*rest[: behind + 1], replace(moved, note=row["reason"]), *rest[behind + 1 :]]
        renumbered = [replace(e, position=place, class_position=None) for place, e in enumerate(order, start=1)]
        others = [e for e in of_race if e.position is None]
        raw.entries = [e for e in raw.entries if e.event != row["event"]]
        raw.entries += with_class_positions([*renumbered, *others])


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield {key: (value or "").strip() for key, value in row.items() if key}


def _seconds(text: str) -> int:
    """`2 h 40` -> 9600, `100 min` -> 6000; laps and other text -> 0."""
    if match := re.match(r"(\d+) h(?: (\d+))?", text):
        return int(match[1]) * 3600 + int(match[2] or 0) * 60
    if match := re.match(r"(\d+) min", text):
        return int(match[1]) * 60
    return 0


def _calendars(path: Path, raw: Raw) -> None:
    seen: dict[str, int] = {}
    for row in _rows(path):
        series = _SERIES.get(row["series"])
        if series is None:  # Le Mans and IndyCar have better sources
            continue
        season, circuit = row["season"], circuit_of(row["circuit"])
        start, end = row["start_date"] or row["end_date"], row["end_date"]
        base, also = f"{series}-{season}-{circuit}", ""
        if circuit == "le-mans":
            continue
        if circuit == "spa" and series in ("blancpain-endurance", "gtwce-endurance"):
            base, also, series = f"spa-24h-{season}", f"{series}-{season}", "spa-24h"
        if "240" in row["event"]:
            base += "-240"
        seen[base] = seen.get(base, 0) + 1
        sprint = series in ("adac-gt-masters", "blancpain-sprint", "gtwce-sprint")
        # One row stands for a meeting; a sprint meeting has a race on each of its last two days.
        ids = [f"{base}-1", f"{base}-2"] if sprint else [base if seen[base] == 1 else f"{base}-{seen[base]}"]
        for index, race_id in enumerate(ids):
            day = end
            if sprint and index == 0:
                day = _day_before(end)
            seconds = 3600 if sprint else _seconds(row["duration_or_distance"])
            race_day = _day_before(day) if seconds >= 86400 else day
            raw.add_event(
                RawEvent(
                    race_id,
                    series,
                    season,
                    row["event"],
                    circuit,
                    min(start, race_day),
                    race_day,
                    day,
                    row["round"],
                    seconds,
                    also,
                    "public pages on the calendar",
                    row["confidence"],
                )
            )


def _day_before(day: str) -> str:
    return (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()


def _names(text: str) -> tuple[tuple[RawDriver, ...], bool]:
    """A crew, and whether it is whole. `Robin Frijns and others` and bracketed remarks are not."""
    complete = "others" not in text and "(" not in text
    text = re.sub(r"\([^)]*\)|\band others\b", "", text)
    names = [name.strip() for name in text.split("/")]
    return tuple(RawDriver(n) for n in names if " " in n), complete and all(" " in n for n in names if n)


def _outcome(place: str) -> tuple[int | None, str]:
    if place.isdigit():
        return int(place), "classified"
    return None, {"DNF": "dnf", "DNS": "dns"}.get(place, "unknown")


def _masters(folder: Path, season: str, raw: Raw) -> None:
    numbers = {
        frozenset(d.name for d in _names(row["drivers"])[0]): row["number"]
        for row in _rows(folder / f"gtmasters_{season}_entries.csv")
    }
    for row in _rows(folder / f"gtmasters_{season}_results.csv"):
        race = row["race"]
        crew, complete = _names(row["drivers"])
        if not race.isdigit() or not crew:  # which of two races is not told
            continue
        race_id = f"adac-gt-masters-{season}-{circuit_of(row['circuit'])}-{2 - int(race) % 2}"
        position, status = _outcome(row["position"])
        raw.entries.append(
            RawEntry(
                race_id,
                int(season),
                numbers.get(frozenset(d.name for d in crew), ""),
                "GT3",
                row["team"],
                row["car"],
                crew,
                position,
                position,
                None,
                status,
                "",
                "",
                complete,
            )
        )


def _blancpain(path: Path, season: str, raw: Raw) -> None:
    for row in _rows(path):
        if row["record"] != "result" or not row["position"]:
            continue
        circuit = circuit_of(row["circuit"])
        if circuit == "spa" and season == "2018":  # the entry list of that race has more
            continue
        race_id = f"spa-24h-{season}" if circuit == "spa" else f"blancpain-endurance-{season}-{circuit}"
        crew, complete = _names(row["drivers"])
        position, status = _outcome(row["position"])
        if not crew:
            continue
        raw.entries.append(
            RawEntry(
                race_id,
                int(season),
                row["number"],
                "GT3",
                row["team"],
                row["car"],
                crew,
                position,
                None,
                None,
                status,
                "",
                "",
                complete,
            )
        )


def _spa(path: Path, raw: Raw) -> None:
    for row in _rows(path):
        crew, complete = _names(row["drivers"])
        place = row["final_overall"]
        status = {"classified": "classified", "not classified": "not_classified", "retired": "dnf"}
        raw.entries.append(
            RawEntry(
                "spa-24h-2018",
                2018,
                row["number"],
                row["cup"] or "GT3",
                row["team"],
                row["car"],
                crew,
                int(place) if place.isdigit() else None,
                int(row["class_position"]) if row["class_position"].isdigit() else None,
                int(row["laps"]) if row["laps"].isdigit() else None,
                status.get(row["status"], "unknown"),
                "",
                "",
                complete,
            )
        )
