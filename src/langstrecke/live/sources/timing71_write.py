"""A followed race kept as a recording of Timing71, which that program and this one can replay.

    write_timing71(state, "race.zip", start=1780171792.0)

Beside the usual columns there is one of our own, `Elapsed`: the race time of the last crossing, so that the race
comes out of the recording as it went in.
"""

from __future__ import annotations

import json
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from pathlib import Path
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.sources.timing71 import CONTROL, ELAPSED
from langstrecke.racestate.lap import Lap

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("Num", "text", "Car number"),
    ("State", "text", ""),
    ("Class", "class", ""),
    ("PIC", "numeric", "Position in class"),
    ("Driver", "text", ""),
    ("Team", "text", ""),
    ("Car", "text", ""),
    ("Laps", "numeric", ""),
    ("Gap", "delta", "Gap to leader"),
    ("Int", "delta", "Interval to car in front"),
    ("S1", "time", "Sector 1 time"),
    ("S2", "time", "Sector 2 time"),
    ("S3", "time", "Sector 3 time"),
    ("Last", "laptime", "Last lap time"),
    ("Best", "laptime", "Best lap time"),
    ("VFT", "numeric", "Energy remaining, per cent"),
    ("Pits", "numeric", ""),
    (ELAPSED, "time", "Race time of the last crossing"),
)
WHOLE_EVERY = 10
"""One frame in so many holds the whole table, as old recorders have it."""
MESSAGES = 100
"""Newest messages a whole frame carries."""
_OTHERWISE = {"safety_car": "sc", "finish": "chequered"}
"""Flags that Timing71 calls otherwise."""


@dataclass
class _Car:
    """What the table shows of a car."""

    number: str
    car_class: str
    team: str
    lap: Lap | None = None
    best_s: float = float("inf")
    stops: int = 0
    in_pit: bool = False
    energy: float | None = None
    estimated: bool = False


Event = tuple[float, int, str, Any]
"""Race time, order within it, kind, what happened."""


def write_timing71(state: FeedState, path: str | Path, *, start: float, name: str = "") -> int:
    """Write the race so far; `start` is the second (Unix time) of the green flag. The laps written.

    The file is written anew, all or nothing. LangstreckeError where there is no lap, or the file cannot be written.
    """
    place = Path(path)
    start = float(int(start))  # frames are named by whole seconds
    laps = sum(len(car.rows) for car in state.cars.values())
    if not laps:
        raise LangstreckeError("there is no lap to record yet", file=place)
    race_id = name or (state.hello.race_id if state.hello is not None else "race")
    manifest = {
        "name": race_id,
        "description": "Race",
        "colSpec": [[title, kind, about] if about else [title, kind] for title, kind, about in COLUMNS],
        "trackDataSpec": ["Air temp", "Track temp", "Humidity", "Wind speed"],
        "startTime": start * 1000.0,
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{race_id}#{start}")),
        "version": 1,
    }
    part = place.with_name(f"{place.name}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("manifest.json", json.dumps(manifest))
            before: dict[str, Any] | None = None
            for k, (second, frame) in enumerate(_frames(state, start)):
                stem = f"{start + second:011.0f}"
                diff = _diff(before, frame) if before is not None and k % WHOLE_EVERY else None
                if diff is None:
                    archive.writestr(f"{stem}.json", json.dumps({**frame, "manifest": manifest}))
                else:
                    archive.writestr(f"{stem}i.json", json.dumps(diff))
                before = frame
        part.replace(place)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=place) from None
    return laps


_ORDER = {"control": 1, "weather": 1, "pit": 2, "energy": 3}


def _in_lane(state: FeedState) -> set[str]:
    """Cars whose way through the pit lane the source has told."""
    return {told.car for told in state.beside if told.kind == "pit"}


def _events(state: FeedState) -> list[Event]:
    found: list[Event] = [(change.race_s, 0, "flag", change.flag) for change in state.flags]
    found += [(told.race_s, _ORDER[told.kind], told.kind, told) for told in state.beside]
    told_in_lane = _in_lane(state)
    for number, car in state.cars.items():
        for row in car.rows:
            found.append((row.elapsed_s, 3, "lap", row))
            if number not in told_in_lane and row.pit_time_s is not None and row.lap > 1:
                out_s = min(row.elapsed_s - row.lap_time_s + row.pit_time_s, row.elapsed_s)
                found.append((out_s, 2, "out", number))
    return sorted(found, key=lambda event: event[:2])


def _frames(state: FeedState, start: float) -> Iterator[tuple[int, dict[str, Any]]]:
    """(second of the race, whole frame) for every second in which something happened, and one for the grid."""
    cars = {
        entry.car: _Car(entry.car, entry.car_class, entry.team)
        for entry in (state.hello.entries if state.hello is not None else ())
    }
    shown: dict[str, Any] = {"flag": "none", "track": [["", "°C"], ["", "°C"], ["", "%"], ["", "kph"]], "said": []}
    duration = state.duration_s
    told_in_lane = _in_lane(state)
    events = _events(state)
    yield -1, _frame(cars, shown, None, duration, start)
    for second, happened in groupby(events, key=lambda event: ceil(event[0])):
        for at, _, kind, what in happened:
            _take(cars, shown, kind, what, at, told_in_lane, state)
        yield second, _frame(cars, shown, second, duration, start)
    if state.finished:
        second = max(ceil(state.race_s), second) + 1
        yield second, _frame(cars, shown, second, duration, start) | {"cars": _rows(cars, state.final_order)}


def _take(
    cars: dict[str, _Car], shown: dict[str, Any], kind: str, what: Any, at: float, told: set[str], state: FeedState
) -> None:
    match kind:
        case "flag":
            shown["flag"] = _OTHERWISE.get(what, what)
        case "control":
            shown["said"] = [[at, CONTROL.title(), what.text, "raceControl"], *shown["said"]][:MESSAGES]
        case "weather":
            values = (what.air_c, what.track_c, what.humidity, what.wind_kph)
            shown["track"] = [
                ["" if v is None else v, unit] for v, (_, unit) in zip(values, shown["track"], strict=True)
            ]
        case "pit":
            cars.setdefault(what.car, _Car(what.car, "", "")).in_pit = what.entering
        case "out":
            cars[what].in_pit = False
        case "energy":
            cars.setdefault(what.car, _Car(what.car, "", "")).energy = what.left
        case "lap":
            car = cars.setdefault(what.car, _Car(what.car, "", ""))
            car.lap, car.best_s = what, min(car.best_s, what.lap_time_s)
            car.car_class, car.team = what.car_class or car.car_class, what.team or car.team
            car.stops += what.in_pit
            car.estimated = state.estimated(what.car, what.lap)
            if what.car not in told:
                car.in_pit = what.in_pit


def _frame(
    cars: dict[str, _Car], shown: dict[str, Any], second: int | None, duration: float | None, start: float
) -> dict[str, Any]:
    session: dict[str, Any] = {"flagState": shown["flag"], "trackData": [list(cell) for cell in shown["track"]]}
    if second is not None:
        session["timeElapsed"] = float(second)
        if duration is not None:
            session["timeRemain"] = max(duration - second, 0.0)
    else:
        session |= {"pauseClocks": True} | ({"timeRemain": duration} if duration is not None else {})
    said = [[round((start + at) * 1000.0), *rest] for at, *rest in shown["said"]]
    return {"cars": _rows(cars), "session": session, "messages": said}


def _rows(cars: dict[str, _Car], final: tuple[str, ...] = ()) -> list[list[Any]]:
    places_of = {number: place for place, number in enumerate(final)}

    def key(car: _Car) -> tuple[float, ...]:
        on_the_road = (-car.lap.lap, car.lap.elapsed_s) if car.lap else (0, 0.0)
        return (places_of.get(car.number, len(final)), *on_the_road)

    order = sorted(cars.values(), key=key)
    places: dict[str, int] = defaultdict(int)
    rows: list[list[Any]] = []
    ahead: _Car | None = None
    for car in order:
        places[car.car_class] += 1
        lap = car.lap
        sectors = [[t if t is not None else "", ""] for t in ((lap.s1_s, lap.s2_s, lap.s3_s) if lap else (None,) * 3)]
        rows.append([
            car.number, "PIT" if car.in_pit else "RUN", car.car_class, places[car.car_class],
            (lap.driver if lap else "") or "", car.team, (lap.manufacturer if lap else "") or "",
            lap.lap if lap else 0,
            _behind(order[0].lap, lap), _behind(ahead.lap, lap) if ahead else "", *sectors,
            [lap.lap_time_s if lap else "", ""], [car.best_s if lap else "", ""],
            [car.energy if car.energy is not None else "", ""], str(car.stops),
            lap.elapsed_s if lap and not car.estimated else "",
        ])  # fmt: skip
        ahead = car
    return rows


def _behind(other: Lap | None, lap: Lap | None) -> Any:
    if other is None or lap is None or other is lap:
        return ""
    laps = other.lap - lap.lap
    return (f"{laps} lap" + "s" * (laps > 1)) if laps else round(lap.elapsed_s - other.elapsed_s, 3)


def _diff(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any] | None:
    """What changed, in dictdiffer's operations; None where only a whole frame tells it."""
    if len(old["cars"]) != len(new["cars"]) or old["session"].keys() != new["session"].keys():
        return None
    cars = [
        ["change", [row, column], [before, after]]
        for row, (left, right) in enumerate(zip(old["cars"], new["cars"], strict=True))
        for column, (before, after) in enumerate(zip(left, right, strict=True))
        if before != after
    ]
    session = [
        ["change", key, [value, new["session"][key]]]
        for key, value in old["session"].items()
        if value != new["session"][key]
    ]
    fresh = [message for message in new["messages"] if message not in old["messages"]]
    return {"cars": cars, "session": session, "highlight": [], "messages": fresh}
