"""The laps of an iRacing session: rows of `lap_chart_data` or `lap_data`, into the canonical tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError
from langstrecke.timing.readers.json_text import table, text, whole
from langstrecke.timing.readers.sim_session import (
    SessionKind,
    SimSession,
    Tables,
    Tally,
    drives_of,
    own_numbers,
    sim_session,
)

_UNIT_S = 1e-4
_CLOSE_S = 0.02
"""A lap time and the step of the session's clock agree to the tick of 1/60 s."""
_LONGEST = 30 * 3600 * 10_000
INVALID, PITTED = 1, 2
"""Bits of `flags`; of the others (4 off track, 8 black flag, 256 discontinuity, 2048 tow ...) none is needed here."""


def lap_session(place: Path, listed: list[Any], info: dict[str, Any], tally: Tally) -> SimSession:
    """The session of a list of laps. Row 0 of a car is its start, not a lap."""
    by_car: dict[int, dict[int, dict[str, Any]]] = {}
    for row in map(table, listed):
        group = whole(row.get("group_id"))
        group = group if group is not None else whole(row.get("cust_id"))
        num = whole(row.get("lap_number"))
        if group is None or num is None or not 0 <= num <= 100_000:
            tally.add("lap without a car or a number dropped")
        elif num in by_car.setdefault(group, {}):
            tally.add("lap listed twice dropped", f"lap {num} of {text(row.get('name')) or group}")
        else:
            by_car[group][num] = row
    groups = [list(laps.values()) for laps in by_car.values()]
    if not groups:
        raise TimingFileError("holds no lap that can be read", file=place)
    printed = [next((n for row in own if (n := text(row.get("car_number")))), "") for own in groups]
    cars = own_numbers([n if n.isalnum() and n.isascii() else "" for n in printed], tally)
    green = min((t for laps in by_car.values() if (t := _clock(laps.get(0))) is not None), default=None)
    lap_rows, sheet, drives = [], [], []
    for car, laps in zip(cars, by_car.values(), strict=True):
        numbers = sorted(num for num in laps if num > 0)
        if numbers != list(range(1, len(numbers) + 1)):
            tally.add("car of which laps are missing", f"car {car}")
        names = [text(laps[num].get("display_name")) or None for num in numbers]
        drives += drives_of(car, numbers, names)
        done = {row["lap"]: row for row in _timed(car, laps, numbers, green, tally)}
        lap_rows += [{**row, "driver": names[numbers.index(num)]} for num, row in done.items()]
        for num, name in zip(numbers, names, strict=True):
            flags, at = whole(laps[num].get("flags")), whole(laps[num].get("lap_position"))
            counted = not flags & INVALID if flags is not None else None
            position = at if at is not None and 1 <= at <= len(cars) else None
            sheet.append(
                {
                    "car": car,
                    "lap": num,
                    "driver": name,
                    "timed": num in done,
                    "counted": counted,
                    "position": position,
                }
            )
    if not lap_rows:
        raise TimingFileError("holds no lap with a time", file=place)
    name = text(info.get("simsession_name")) or "laps"
    kind: SessionKind = "race" if whole(info.get("simsession_number")) in (0, None) else "practice"
    if kind == "practice" and "qual" in name.casefold():
        kind = "qualifying"
    venue = text(table(info.get("track")).get("track_name"))
    tables = Tables(lap_rows, sheet=sheet, drives=drives)
    began = text(info.get("start_time")) or None
    return sim_session("iracing", kind, name, venue, place.stem, tables, began=began)


def _clock(row: dict[str, Any] | None) -> float | None:
    at = whole((row or {}).get("session_time"))
    return at * _UNIT_S if at is not None and 0 <= at < _LONGEST else None


def _timed(
    car: str, laps: dict[int, dict[str, Any]], numbers: list[int], green: float | None, tally: Tally
) -> list[dict[str, Any]]:
    """The laps of a car that have a time. The clock at the line is the witness for the lap time and the other way
    round: a lap whose two figures disagree is dropped, one without a time is taken from the clock.
    """
    out: list[dict[str, Any]] = []
    elapsed = 0.0
    whole_so_far = True  # every lap before has a time, so sums of lap times are elapsed times
    for num in numbers:
        row, place = laps[num], f"car {car}, lap {num}"
        printed = whole(row.get("lap_time"))
        time = printed * _UNIT_S if printed is not None and 0 < printed < _LONGEST else None
        now, before = _clock(row), _clock(laps.get(num - 1))
        step = now - before if now is not None and before is not None and now > before else None
        if time is None and step is not None:
            tally.add("lap without a time, taken from the session's clock", place)
            time = step
        elif time is None:
            tally.add("lap without a time dropped", place)
            whole_so_far = False
            continue
        elif step is not None and abs(step - time) > _CLOSE_S and num == 1:
            tally.add("first lap whose time is not that of the session's clock", place)
        elif step is not None and abs(step - time) > _CLOSE_S:
            tally.add("lap dropped whose time is not that of the session's clock", place)
            whole_so_far = False
            continue
        elapsed += time
        at = now - green if now is not None and green is not None else (elapsed if whole_so_far else None)
        if at is None or (out and at <= out[-1]["elapsed_s"]):
            tally.add("lap dropped of which it is not known when it was driven", place)
            continue
        flags = whole(row.get("flags"))
        events = row.get("lap_events")
        pitted = bool(flags & PITTED) if flags is not None else None
        if pitted is None and isinstance(events, list):
            pitted = "pitted" in events
        out.append(
            {
                "car": car, "lap": num, "lap_time_s": round(time, 4), "elapsed_s": round(at, 4), "in_pit": pitted,
                "team": text(row.get("name")) or None,
            }
        )  # fmt: skip
    return out
