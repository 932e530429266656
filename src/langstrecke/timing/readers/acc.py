"""Assetto Corsa Competizione: the result files of a server (`191003_235558_R.json`) or of the game itself.

    session = acc.read("191003_235558_R.json")
    session.laps, session.results, session.drives

UTF-16 without byte-order mark as the server writes it, or UTF-8. ACC lists laps in the order they were finished, as
car, driver, lap time and sectors in milliseconds, and says neither when a lap began nor who pitted: elapsed times are
sums of lap times, `in_pit` is true before a change of driver and otherwise null. A race's first lap is counted from
before the start; where the car's total time allows, it is set right. Cars are listed in finishing order.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.json_text import number, read_json, rows, table, text, whole
from langstrecke.timing.readers.sim_session import (
    SessionKind,
    SimSession,
    Tables,
    Tally,
    drives_of,
    own_numbers,
    sim_session,
)

CUPS = {0: "", 1: "Pro-Am", 2: "Am", 3: "Silver", 4: "National"}
"""`cupCategory` (ACC Server Admin Handbook v8, "Entry list")."""

_LONGEST_MS = 30 * 3_600_000
_SLACK_MS = 5_000
"""A first lap that is this much longer than the car's total leaves room for was counted from before the start."""
_KINDS: dict[str, SessionKind] = {
    "r": "race", "q": "qualifying", "fp": "practice", "p": "practice", "0": "practice", "4": "qualifying",
    "10": "race",
}  # fmt: skip
"""`sessionType` without its number: letters on a server (FP, Q, R), a code in the game's own files."""


@dataclass(frozen=True)
class _Car:
    car_id: int | None
    number: str
    vehicle: str | None
    manufacturer: str | None
    car_class: str | None
    team: str | None
    drivers: tuple[str, ...]
    laps: int | None
    total_ms: int | None
    best_ms: int | None
    penalty_ms: int = 0  # of total_ms, added after the race


@dataclass(frozen=True)
class _Lap:
    at: int  # place in the file, from 1
    driver: int | None
    ms: int
    splits: tuple[int, ...]
    counted: bool | None


def read(path: str | Path, *, notices: list[Notice] | None = None) -> SimSession:
    """The session of an ACC result file. Raises `TimingFileError` for anything that is none; laps and cars that
    cannot be believed are left out and counted in `notices`.
    """
    place = Path(path)
    data, sure = read_json(place, kind="ACC result file")
    tally = Tally()
    if not sure:
        tally.add("text with bytes that are no letters; names may be wrong")
    head = table(table(data).get("sessionDef")) or table(data)
    result = table(table(data).get("sessionResult") or table(data).get("snapShot"))
    laps = table(data).get("laps")
    if "sessionType" not in head or not (result or isinstance(laps, list)):
        raise TimingFileError("is no ACC result file: it names no session with a result", file=place)
    kind = _kind(head["sessionType"], place)
    cars = _cars(result, _added(table(data)), tally)
    by_car = _laps(laps, tally)
    owners = _owners(cars, by_car, tally)
    if not owners and not cars:
        raise TimingFileError("holds neither a car nor a lap that can be read", file=place)
    tables = _tables(kind, owners, tally)
    tell(tally.notices(), path, notices)
    return sim_session("acc", kind, str(head["sessionType"]), text(head.get("trackName")), place.stem, tables)


def _kind(value: Any, place: Path) -> SessionKind:
    word = str(value).casefold()
    kind = _KINDS.get(word) or _KINDS.get(word.rstrip("0123456789"))
    if kind is None:
        raise TimingFileError(f"has the unknown session type {str(value)[:20]!r}", file=place, key="sessionType")
    return kind


@lru_cache(maxsize=1)
def _models() -> dict[int, dict[str, str]]:
    source = (files("langstrecke.timing.readers") / "acc_cars.csv").read_text(encoding="utf-8")
    return {int(row["model"]): row for row in csv.DictReader(source.splitlines())}


def _added(data: dict[str, Any]) -> dict[int, int]:
    """Milliseconds of penalty by carId that the total time holds but no lap does."""
    out: dict[int, int] = {}
    for row in [*rows(data.get("penalties")), *rows(data.get("post_race_penalties"))]:
        penalty = table(row)
        car, value = whole(penalty.get("carId")), whole(penalty.get("penaltyValue"))
        if penalty.get("penalty") == "PostRaceTime" and car is not None and value is not None and 0 < value < 3600:
            out[car] = out.get(car, 0) + 1000 * value
    return out


def _cars(result: dict[str, Any], added: dict[int, int], tally: Tally) -> list[_Car]:
    lines = result.get("leaderBoardLines")
    if not isinstance(lines, list):
        tally.add("result without the list of cars (leaderBoardLines): no order, no names")
        return []
    found = []
    for at, line in enumerate(lines, 1):
        car, timing = table(table(line).get("car")), table(table(line).get("timing"))
        if not car:
            tally.add("car of the result that cannot be read, left out", f"line {at} of the result")
            continue
        found.append(replace(_car(car, timing, at, tally), penalty_ms=added.get(whole(car.get("carId")) or -1, 0)))
    return found


def _car(car: dict[str, Any], timing: dict[str, Any], at: int, tally: Tally) -> _Car:
    place = f"line {at} of the result"
    race_number, model, cup = whole(car.get("raceNumber")), whole(car.get("carModel")), whole(car.get("cupCategory"))
    known = _models().get(model) if model is not None else None
    if known is None:
        tally.add("car whose model is not known" if model is not None else "car without a model", place)
    group = text(car.get("carGroup")) or (known["group"] if known else "")
    names = [text(table(d).get("firstName")) + " " + text(table(d).get("lastName")) for d in rows(car.get("drivers"))]
    count, total, best = (whole(timing.get(key)) for key in ("lapCount", "totalTime", "bestLap"))
    if count is None or count < 0 or count > 10_000:
        tally.add("car without a count of laps", place)
        count = None
    return _Car(
        car_id=whole(car.get("carId")),
        number=str(race_number) if race_number is not None and 0 <= race_number <= 99_999 else "",
        vehicle=known["vehicle"] if known else (f"ACC car model {model}" if model is not None else None),
        manufacturer=known["manufacturer"] if known else None,
        car_class=" ".join(part for part in (group, CUPS.get(cup or 0, "")) if part) or None,
        team=text(car.get("teamName")) or None,
        drivers=tuple(name.strip() or f"driver {n}" for n, name in enumerate(names, 1)),
        laps=count,
        total_ms=total if total is not None and 0 < total < _LONGEST_MS else None,
        best_ms=best if best is not None and 0 < best < _LONGEST_MS else None,
    )


def _laps(value: Any, tally: Tally) -> dict[int, list[_Lap]]:
    """The laps of each carId, in the order driven."""
    if not isinstance(value, list):
        tally.add("file without laps")
        return {}
    found: dict[int, list[_Lap]] = {}
    for at, row in enumerate(value, 1):
        lap, place = table(row), f"lap {at} of the list"
        car, ms = whole(lap.get("carId")), whole(lap.get("laptime", lap.get("lapTime")))
        if car is None:
            tally.add("lap without a car dropped; later laps of its car may be numbered one too low", place)
            continue
        splits = tuple(whole(s) or 0 for s in rows(lap.get("splits")))
        added = sum(splits) if len(splits) == 3 and min(splits) > 0 else None
        if ms is None or not 0 < ms < _LONGEST_MS or (added is not None and added != ms):
            # Kept as a lap without a time: the laps after it keep their numbers.
            tally.add("lap dropped whose time cannot be read or is not the sum of its sectors", place)
            ms = 0
        counted = lap.get("isValidForBest")
        who = whole(lap.get("driverIndex", lap.get("driverId")))
        found.setdefault(car, []).append(
            _Lap(at, who, ms, splits if added == ms else (), counted if isinstance(counted, bool) else None)
        )
    return found


def _owners(cars: list[_Car], laps: dict[int, list[_Lap]], tally: Tally) -> list[tuple[_Car, list[_Lap]]]:
    """Each car with its laps; a car without a `carId` gets the laps nobody claims that fit its count and best lap."""
    ids = [car.car_id for car in cars if car.car_id is not None]
    orphans = {car_id: found for car_id, found in laps.items() if car_id not in ids}
    out, seen = [], set()
    for at, car in enumerate(cars, 1):
        own: list[_Lap] = []
        if car.car_id is not None and car.car_id in seen:
            tally.add("car listed twice; its laps stand with the first", f"line {at} of the result")
        elif car.car_id is not None:
            own = laps.get(car.car_id, [])
            seen.add(car.car_id)
        else:
            fits = [i for i, found in orphans.items() if _fits(car, found)]
            if len(fits) == 1:
                own = orphans.pop(fits[0])
                tally.add("car without its id: the laps that fit its count and best lap taken", f"line {at}")
            else:
                tally.add("car without its id: which laps are its own is not known", f"line {at} of the result")
        if car.laps is not None and car.laps != len(own) and laps:
            tally.add("car whose count of laps is not that of its laps listed", f"line {at} of the result")
        out.append((car, own))
    for car_id, found in orphans.items():
        if cars:
            tally.add("car of the laps that the result does not list", f"carId {car_id}")
        out.append((_Car(car_id, "", None, None, None, None, (), None, None, None), found))
    return out


def _fits(car: _Car, laps: list[_Lap]) -> bool:
    best = min((lap.ms for lap in laps if lap.ms), default=None)
    return car.laps == len(laps) and (car.best_ms is None or car.best_ms == best)


def _tables(kind: SessionKind, owners: list[tuple[_Car, list[_Lap]]], tally: Tally) -> Tables:
    listed = [car for car, _ in owners if car.laps is not None or car.number]
    numbers = own_numbers([car.number or (f"id{car.car_id}" if car.car_id else "") for car, _ in owners], tally)
    lap_rows, sheet, drives, results = [], [], [], []
    classes: dict[str | None, int] = {}
    leader = listed[0] if listed else None
    for rank, ((car, laps), own) in enumerate(zip(owners, numbers, strict=True), 1):
        names = [_name(car, lap, own, tally) for lap in laps]
        changes = [i for i in range(len(laps) - 1) if names[i] and names[i + 1] and names[i] != names[i + 1]]
        drives += drives_of(own, range(1, len(laps) + 1), names)
        for n, (lap, name) in enumerate(zip(laps, names, strict=True), 1):
            sheet.append({"car": own, "lap": n, "driver": name, "timed": lap.ms > 0, "counted": lap.counted})
        for n, ms, splits, elapsed in _timed(car, laps, kind, own, tally):
            s1, s2, s3 = splits or (None, None, None)
            lap_rows.append(
                {
                    "car": own, "car_class": car.car_class, "lap": n, "driver": names[n - 1], "lap_time_s": ms / 1000,
                    "elapsed_s": elapsed / 1000, "s1_s": s1, "s2_s": s2, "s3_s": s3,
                    "in_pit": True if n - 1 in changes else None, "team": car.team,
                    "manufacturer": car.manufacturer,
                }
            )  # fmt: skip
        if car in listed:
            classes[car.car_class] = classes.get(car.car_class, 0) + 1
            results.append(_result(car, laps, own, rank, classes[car.car_class], leader, kind, tally))
    if kind == "race":
        _check_order([car for car in listed if car.laps], tally)
    return Tables(lap_rows, results, sheet, drives)


def _name(car: _Car, lap: _Lap, own: str, tally: Tally) -> str | None:
    index = 0 if lap.driver is None and len(car.drivers) == 1 else lap.driver
    if not car.drivers:
        return f"driver {index + 1}" if index is not None and 0 <= index < 100 else None
    if index is None or not 0 <= index < len(car.drivers):
        tally.add(
            "lap of a driver the car does not list, left without a name", f"car {own}, lap {lap.at} of the list"
        )
        return None
    return car.drivers[index]


def _timed(
    car: _Car, laps: list[_Lap], kind: SessionKind, own: str, tally: Tally
) -> list[tuple[int, int, tuple[float, ...], int]]:
    """Lap number, time, sectors in seconds and elapsed time of the laps that have a time.

    From a lap without one on, elapsed times are too short: such laps are dropped with it.
    """
    times, splits = [lap.ms for lap in laps], [lap.splits for lap in laps]
    gap = times.index(0) if 0 in times else len(times)
    if gap < len(times):
        tally.add("lap dropped that follows one without a time", f"car {own}", len([t for t in times[gap:] if t]))
    if kind == "race" and laps and gap == len(times):
        first = car.total_ms - car.penalty_ms - sum(times[1:]) if car.total_ms is not None else None
        if first is not None and times[0] - first > _SLACK_MS and first >= 0.98 * min(times):
            tally.add("first lap counted from before the start; its time taken from the car's total", f"car {own}")
            splits[0] = (splits[0][0] - (times[0] - first), *splits[0][1:]) if splits[0] else ()
            splits[0] = splits[0] if splits[0] and splits[0][0] > 0 else ()
            times[0] = first
        elif first is None or abs(times[0] - first) > _SLACK_MS:
            what = "car whose lap times do not add up to its total: its elapsed times may be wrong by minutes"
            tally.add(what, f"car {own}")
    out, elapsed = [], 0
    for n, (ms, split) in enumerate(zip(times[:gap], splits[:gap], strict=True), 1):
        elapsed += ms
        out.append((n, ms, tuple(s / 1000 for s in split), elapsed))
    return out


def _result(
    car: _Car, laps: list[_Lap], own: str, rank: int, in_class: int, leader: _Car | None, kind: SessionKind,
    tally: Tally,
) -> dict[str, Any]:  # fmt: skip
    drove = bool(car.laps or laps)
    times = [lap.ms for lap in laps if lap.ms and lap.counted is not False]
    best = car.best_ms
    if best is not None and laps and best not in [lap.ms for lap in laps]:
        tally.add("best lap that is none of the car's laps, left out", f"car {own}")
        best = None
    gap_laps = (leader.laps or 0) - (car.laps or 0) if leader and drove and kind == "race" else None
    gap = None
    if gap_laps == 0 and leader and leader.total_ms and car.total_ms:
        gap = (car.total_ms - leader.total_ms) / 1000
    return {
        "position": rank if drove else None, "car": own, "car_class": car.car_class,
        "position_in_class": in_class if drove else None, "status": "Classified" if drove else "DNS",
        "laps": car.laps if car.laps is not None else (len(laps) or None),
        "total_time_s": car.total_ms / 1000 if car.total_ms and kind == "race" else None,
        "gap_s": gap, "gap_laps": gap_laps,
        "fastest_lap": next((n for n, lap in enumerate(laps, 1) if lap.ms == best), None) if best and times else None,
        "fastest_lap_s": best / 1000 if best else None, "team": car.team, "vehicle": car.vehicle,
        "manufacturer": car.manufacturer, "drivers": list(car.drivers), "licences": [None] * len(car.drivers),
        "countries": [None] * len(car.drivers),
    }  # fmt: skip


def _check_order(cars: list[_Car], tally: Tally) -> None:
    """ACC lists cars by laps and total time, penalties included; anything else is told."""
    keys = [(-(car.laps or 0), number(car.total_ms) or 0.0) for car in cars]
    if keys != sorted(keys):
        tally.add("place in the result that laps and total times do not bear out; kept as published")
