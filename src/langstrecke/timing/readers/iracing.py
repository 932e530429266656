"""iRacing: results and laps as its Data API gives them (`/data/results/get`, `lap_chart_data`, `lap_data`), as JSON.

    session = iracing.read("result-36788868.json")  # the order, drivers' laps, no lap times
    session = iracing.read("lap-chart.json")        # lap times, who drove which laps

A result file holds practice, qualifying and race; the race is read, else the last. Lap files are the list of laps as
the chunks hold it, joined, or an object with that list under `laps`. Times are ten-thousandths of a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.iracing_laps import lap_session
from langstrecke.timing.readers.json_text import read_json, rows, table, text, whole
from langstrecke.timing.readers.sim_session import (
    SessionKind,
    SimSession,
    Tables,
    Tally,
    own_numbers,
    settle_places,
    sim_session,
)

_UNIT_S = 1e-4
_LONGEST = 30 * 3600 * 10_000
_KINDS: tuple[tuple[str, SessionKind], ...] = (
    ("qual", "qualifying"), ("practice", "practice"), ("warmup", "practice"), ("test", "practice"), ("race", "race"),
)  # fmt: skip


def read(path: str | Path, *, notices: list[Notice] | None = None) -> SimSession:
    """The session of a result or lap file. Raises `TimingFileError` for anything that is none; rows that cannot be
    believed are left out and counted in `notices`.
    """
    place = Path(path)
    data, sure = read_json(place, kind="iRacing file")
    tally = Tally()
    if not sure:
        tally.add("text with bytes that are no letters; names may be wrong")
    if isinstance(data, dict) and "session_results" not in data and isinstance(data.get("data"), dict):
        data = data["data"]  # as the site's own export wraps it
    laps = _laps_of(data)
    if laps is not None:
        session = lap_session(place, laps, table(table(data).get("session_info")), tally)
    elif isinstance(data, dict) and "session_results" in data:
        session = _results(place, data, tally)
    elif isinstance(data, dict) and "chunk_info" in data:
        raise TimingFileError(
            "names the chunks its laps are in, but holds none", file=place, hint="join the lists of the chunk files"
        )
    else:
        raise TimingFileError("is no iRacing result or lap file", file=place)
    tell(tally.notices(), path, notices)
    return session


def _laps_of(data: Any) -> list[Any] | None:
    for found in (data, table(data).get("laps"), table(data).get("lap_data"), table(data).get("data")):
        if isinstance(found, list) and any("lap_number" in table(row) for row in found[:50]):
            return found
    return None


def kind_of(name: str) -> SessionKind:
    """Kind of a session by its English name; a heat, feature or anything else is a race."""
    low = name.casefold()
    return next((kind for word, kind in _KINDS if word in low), "race")


def _results(place: Path, data: dict[str, Any], tally: Tally) -> SimSession:
    sessions = [table(s) for s in rows(data.get("session_results"))]
    held = [s for s in sessions if rows(s.get("results"))]
    if not held:
        raise TimingFileError("holds no session with results", file=place, key="session_results")
    named = [(s, text(s.get("simsession_type_name")) or text(s.get("simsession_name"))) for s in held]
    main = next(
        (pair for pair in named if whole(pair[0].get("simsession_number")) == 0),
        named[0],
    )
    session, name = main
    kind = kind_of(name)
    classes = {
        whole(table(c).get("car_class_id")): text(table(c).get("name")) or text(table(c).get("short_name"))
        for c in rows(data.get("car_classes"))
    }
    result, drives = _cars(rows(session.get("results")), classes, kind, tally)
    if not result:
        raise TimingFileError("holds no car that can be read", file=place, key="session_results")
    track = table(data.get("track"))
    config = text(track.get("config_name"))
    venue = " ".join(part for part in (text(track.get("track_name")), config) if part and part != "N/A")
    began = text(data.get("start_time")) or None
    return sim_session("iracing", kind, name, venue, place.stem, Tables(results=result, drives=drives), began=began)


def _cars(
    listed: list[Any], classes: dict[int | None, str], kind: SessionKind, tally: Tally
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    cars = [row for row in map(table, listed) if row]
    if len(cars) < len(listed):
        tally.add("row of the result that cannot be read, left out", count=len(listed) - len(cars))
    printed = [text(table(row.get("livery")).get("car_number")) or text(row.get("car_number")) for row in cars]
    numbers = own_numbers([n if n.isalnum() and n.isascii() else "" for n in printed], tally)
    places = [_place(row, "finish_position") for row in cars]
    if None in places:
        tally.add("car without a place in the result", count=places.count(None))
    places = settle_places(places, numbers, tally)
    first = next((row for row, place in zip(cars, places, strict=True) if place == 1), None)
    most = whole(first.get("laps_complete")) if first else None
    out, drives = [], []
    for row, car, place in zip(cars, numbers, places, strict=True):
        own = _drives(row, car, tally)
        drives += own
        out.append(_result(row, car, place, own, classes, most, kind, tally))
    out.sort(key=lambda row: (row["position"] is None, row["position"] or 0))
    if kind == "race":
        _check_order(out, tally)
    return out, drives


def _place(row: dict[str, Any], key: str) -> int | None:
    at = whole(row.get(key))
    return at + 1 if at is not None and at >= 0 else None


def _drives(row: dict[str, Any], car: str, tally: Tally) -> list[dict[str, Any]]:
    """Laps by driver: of a team's `driver_results`, or of the one driver."""
    total = whole(row.get("laps_complete"))
    members = [table(d) for d in rows(row.get("driver_results"))]
    if not members:
        name = text(row.get("display_name"))
        return [{"car": car, "driver": name, "laps": total}] if name and total else []
    found: list[dict[str, Any]] = []
    for member in members:
        name, laps = text(member.get("display_name")), whole(member.get("laps_complete"))
        if not name or laps is None or laps < 0:
            tally.add("driver of a team that cannot be read, left out", f"car {car}")
        elif laps:
            found.append({"car": car, "driver": name, "laps": laps})
    if total is not None and total != sum(int(row["laps"]) for row in found):
        tally.add("team whose drivers' laps do not add up to its own", f"car {car}")
    return found


def _result(
    row: dict[str, Any], car: str, place: int | None, drives: list[dict[str, Any]], classes: dict[int | None, str],
    most: int | None, kind: SessionKind, tally: Tally,
) -> dict[str, Any]:  # fmt: skip
    laps = whole(row.get("laps_complete"))
    if laps is None or laps < 0 or laps > 100_000:
        tally.add("car without a count of laps", f"car {car}")
        laps = None
    best, number = whole(row.get("best_lap_time")), whole(row.get("best_lap_num"))
    average = whole(row.get("average_lap"))
    if best is not None and not 0 < best < _LONGEST:
        best = None
    if best is not None and average is not None and 0 < average < best - 1:
        tally.add("best lap slower than the car's average, left out", f"car {car}")
        best = None
    if number is not None and (number < 1 or (laps is not None and number > laps)):
        if number > 0:
            tally.add("number of the best lap beyond the car's laps, left out", f"car {car}")
        number = None
    behind = most - laps if most is not None and laps is not None and kind == "race" else None
    interval = whole(row.get("interval"))
    gap = interval * _UNIT_S if behind == 0 and interval is not None and 0 <= interval < _LONGEST else None
    team = [text(table(d).get("display_name")) for d in rows(row.get("driver_results"))]
    drivers = [name for name in team if name] or [name for name in [text(row.get("display_name"))] if name]
    status = text(row.get("reason_out"))
    return {
        "position": place, "car": car,
        "car_class": classes.get(whole(row.get("car_class_id"))) or text(row.get("car_class_name")) or None,
        "position_in_class": _place(row, "finish_position_in_class"),
        "status": "Classified" if status == "Running" else status or None, "laps": laps,
        "gap_s": round(gap, 4) if gap is not None else None, "gap_laps": behind,
        "fastest_lap": number if best is not None else None, "fastest_lap_s": best * _UNIT_S if best else None,
        "team": text(row.get("display_name")) or None if team else None,
        "vehicle": text(row.get("car_name")) or None, "drivers": drivers, "licences": [None] * len(drivers),
        "countries": [None] * len(drivers),
    }  # fmt: skip


def _check_order(result: list[dict[str, Any]], tally: Tally) -> None:
    placed = [row for row in result if row["position"] is not None and row["laps"] is not None]
    keys = [(-row["laps"], row["gap_s"] if row["gap_s"] is not None else 0.0) for row in placed]
    if keys != sorted(keys):
        tally.add("places in the result that laps and gaps do not bear out; kept as published")
