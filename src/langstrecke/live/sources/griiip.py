"""The Griiip service (WEC since 2026, ELMS, Le Mans Cup, Asian Le Mans, IMSA, DTM, GT World Challenge): its rows.

    reader = GriiipReader(ledger)
    reader.take("laps", rows)             # the same for an answer to a request and a message of the stream

Rows share pid (the car's number within the session), carNumber, classId, ts and elapsedTimeMillis (since the start;
negative where it does not apply). A lap that pits in carries the number of the in-lap, a pit-out that of the out-lap.
Described by wandabastyle/imsa_tui (WEC-SignalR-Field-Map) and ahmetfarukyilmaz/wec-stint-watcher (feed-schema).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from langstrecke.live.messages import FeedEntry
from langstrecke.live.sources.car_numbers import clean
from langstrecke.live.sources.flags import flag_of, is_known
from langstrecke.live.sources.ledger import Ledger

FITS_S = 1.0
"""A stamp this far from the sum of lap times does not fit it (default; Le Mans 2026 has steps of 0.3 s at most, and
rows stamped anew are late by minutes)."""
LONGEST_LAP_S = 6 * 3600.0
"""A longer lap is a misprint; a car repaired at Le Mans may be gone for hours."""
FINISH_AFTER_S = 600.0
"""So long after the chequered flag every car has crossed: two laps of the longest circuit (default)."""

CHANNELS = {
    "sessionInfo": "session-info",
    "sessionClock": "session-clock",
    "participants": "participants",
    "raceFlags": "race-flags",
    "laps": "laps",
    "pitIns": "pit-in",
    "pitOuts": "pit-out",
    "sectors": "sectors",
    "ranks": "ranks",
    "raceLogFirstPage": "racelog",
    "weather": "weather",
    "chequeredFlags": "race-flags",
}
"""Parts of the bootstrap answer -> channels."""


class GriiipReader:
    """Tells a ledger what rows of the service say. Rows may come twice, late and in any order."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.info: dict[str, Any] = {}
        self.note = ""
        """What was not understood, in words."""
        self.unreadable = 0
        """Rows left aside because something they need was missing or garbled."""
        self._cars: dict[str, str] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._aboard: dict[str, str] = {}
        self._vehicles: dict[str, str | None] = {}
        self._classes: dict[str, str] = {}
        self._laps: dict[str, dict[int, tuple[float, float | None]]] = {}
        self._stale: set[str] = set()
        self._in: set[tuple[str, int]] = set()
        self._out: dict[tuple[str, int], float] = {}
        self._sectors: dict[tuple[str, int], dict[int, float]] = {}
        self._swaps: dict[str, dict[float, tuple[str, str]]] = {}
        self._drove: dict[tuple[str, int], str | None] = {}
        self._ranks: dict[str, int] = {}
        self._clock: tuple[dt.datetime, float] | None = None
        self._chequered_s: float | None = None

    def take(self, channel: str, view: Any) -> None:
        """Rows of one channel. Channels that tell nothing the feed has a place for are left aside."""
        name = channel.removeprefix("lv-").lower()
        match name:
            case "_bootstrap":
                for part, value in (view if isinstance(view, dict) else {}).items():
                    if part in CHANNELS and value is not None:
                        self.take(CHANNELS[part], value)
            case "session-info":
                self._about(view)
            case "session-clock":
                self._time(view)
            case "participants":
                self._each(view, self._participant)
            case "race-flags":
                self._each(sorted(_rows(view), key=lambda row: str(row.get("ts") or "")), self._flag)
            case "laps":
                ordered = sorted(_rows(view), key=lambda row: (str(row.get("pid")), _int(row.get("lapNumber")) or 0))
                self._each(ordered, self._lap)
            case "pit-in" | "pit-out":
                ordered = sorted(_rows(view), key=lambda row: _number(row.get("elapsedTimeMillis")) or 0.0)
                self._each(ordered, self._pit_in if name == "pit-in" else self._pit_out)
            case "sectors" | "sector-cross-updates":
                self._each(view, self._sector)
            case "ranks":
                self._each(view, self._rank)
            case "racelog" | "racelog-items":
                self._each(list(_rows(view))[::-1], self._logged)
            case "weather":
                self._each(view, self._weather)
        for car in sorted(self._stale):
            self._tell(car)
        self._stale.clear()

    def clock_s(self, now: dt.datetime | None = None) -> float:
        """The race clock, run on from when the service told it."""
        if self._clock is None:
            return self.ledger.newest_s
        at, elapsed_s = self._clock
        passed = ((now or dt.datetime.now(dt.UTC)) - at).total_seconds()
        return max(elapsed_s + max(passed, 0.0), self.ledger.newest_s)

    def settle(self, clock_s: float) -> None:
        """The finish, once the flag has been out for so long that every car has come home."""
        if self._chequered_s is not None and clock_s >= self._chequered_s + FINISH_AFTER_S:
            order = tuple(sorted(self._ranks, key=lambda car: self._ranks[car]))
            self.ledger.finish(max(self._chequered_s, self.ledger.newest_s), order)

    def _each(self, view: Any, tell: Any) -> None:
        for row in _rows(view):
            try:
                tell(row)
            except (KeyError, TypeError, ValueError, AttributeError):
                self.unreadable += 1

    def _car(self, row: dict[str, Any]) -> str:
        """The car of a row: by its pid, so that it stays the same however its number is written."""
        pid = str(row.get("pid") if row.get("pid") not in (None, -1) else f"#{row.get('carNumber')}")
        number = clean(row.get("carNumber") or "")
        if pid not in self._cars:
            known = {car for other, car in self._cars.items() if other.startswith("#") == pid.startswith("#")}
            if not number or number in known:
                raise ValueError("no car")
            self._cars[pid] = number
        return self._cars[pid]

    def _class(self, row: dict[str, Any], car: str) -> str:
        word = str(row.get("classId") or "")
        entry = self.ledger.entry(car)
        return self._classes.get(word, word) or (entry.car_class if entry is not None else "")

    def _about(self, view: Any) -> None:
        if not isinstance(view, dict):
            self.unreadable += 1
            return
        self.info = view
        for row in _rows(view.get("sessionClasses")):
            self._classes[str(row.get("classId"))] = str(row.get("className") or row.get("classId") or "")
        start = _moment(view.get("startTime"))
        limit = view.get("sessionLengthLimit")
        seconds = _number(limit.get("timeLimitSeconds")) if isinstance(limit, dict) else None
        if seconds is not None and seconds > 0.0:
            self.ledger.duration_s = seconds
        if start is not None and self._clock is None:
            self._clock = (start, 0.0)

    def _time(self, view: Any) -> None:
        for row in _rows(view):
            elapsed = _number(row.get("elapsedTimeMillisNow"))
            at = _moment(row.get("tsNow"))
            if elapsed is None or elapsed < 0.0:
                elapsed, at = _number(row.get("elapsedTimeMillis")), _moment(row.get("ts"))
            if elapsed is not None and elapsed >= 0.0 and at is not None:
                self._clock = (at, elapsed / 1000.0)

    def _at(self, row: dict[str, Any]) -> float:
        """Race time of a row. ValueError where it has none."""
        elapsed = _number(row.get("elapsedTimeMillis"))
        if elapsed is not None and elapsed >= 0.0:
            return elapsed / 1000.0
        at = _moment(row.get("ts"))
        start = _moment(self.info.get("startTime"))
        if at is None or start is None or at < start:
            raise ValueError("no time")
        return (at - start).total_seconds()

    def _participant(self, row: dict[str, Any]) -> None:
        car = self._car(row)
        crew = {
            str(driver["externalDriverID"]): _name(driver)
            for driver in _rows(row.get("drivers"))
            if driver.get("externalDriverID") is not None and _name(driver)
        }
        self._names[car] = {**self._names.get(car, {}), **crew}
        aboard = str(row.get("currentDriverId") or "")
        if aboard:
            self._aboard[car] = aboard
        self.ledger.enter(
            FeedEntry(
                car=car, car_class=self._class(row, car),
                team=str(row.get("teamName") or row.get("displayName") or "")[:200],
                drivers=tuple(crew.values()),
            )
        )  # fmt: skip
        self._vehicles[car] = str(row.get("manufacturer") or "")[:200] or None

    def _flag(self, row: dict[str, Any]) -> None:
        word = row["flag"]
        if not is_known(word):
            self.note = f"the service shows a flag that is not known: {str(word)[:40]!r}"
            return
        flag = flag_of(word)
        if flag is None or (row.get("sectorNumbers") and flag != "slow_zone"):
            return
        at = self._at(row)
        if flag == "finish":
            self._chequered_s = at if self._chequered_s is None else min(self._chequered_s, at)
        self.ledger.flag(at, flag)

    def _lap(self, row: dict[str, Any]) -> None:
        car, lap, lap_s = self._car(row), int(row["lapNumber"]), float(row["lapTimeMillis"]) / 1000.0
        if lap < 1 or not 0.0 < lap_s <= LONGEST_LAP_S:
            raise ValueError("no lap")
        laps = self._laps.setdefault(car, {})
        if row.get("isDeleted"):
            laps.pop(lap, None)
            self.ledger.withdraw(car, lap)
            return
        if self.ledger.entry(car) is None:
            self.ledger.enter(FeedEntry(car=car, car_class=self._class(row, car)))
        try:
            at: float | None = self._at(row)
        except ValueError:
            at = None
        laps[lap] = (lap_s, at)
        if row.get("isEndedInPit"):
            self._in.add((car, lap))
        self._stale.add(car)

    def _tell(self, car: str) -> None:
        """Every lap of a car whose figures have changed: a crossing is known better when the laps around it are."""
        entry = self.ledger.entry(car)
        laps = self._laps.get(car, {})
        for lap, (elapsed, estimated) in crossings(laps).items():
            sectors = self._sectors.get((car, lap), {})
            driver = self._driver(car, elapsed) or self._drove.get((car, lap))
            self._drove[(car, lap)] = driver
            self.ledger.lap(
                {
                    "race_id": f"{self.ledger.race_id}/race", "car": car,
                    "car_class": entry.car_class if entry else "", "lap": lap, "driver": driver,
                    "lap_time_s": laps[lap][0], "elapsed_s": elapsed,
                    "s1_s": sectors.get(1), "s2_s": sectors.get(2), "s3_s": sectors.get(3),
                    "in_pit": (car, lap) in self._in, "pit_time_s": self._out.get((car, lap)),
                    "flag": self.ledger.flag_at(elapsed), "team": entry.team if entry else None,
                    "manufacturer": self._vehicles.get(car),
                },
                estimated=estimated,
            )  # fmt: skip

    def _driver(self, car: str, at: float) -> str | None:
        """Who crossed the line at a race time: by the swaps told, else who was aboard when the lap was told first."""
        swaps = self._swaps.get(car)
        if swaps:
            before = [swaps[when][1] for when in sorted(swaps) if when <= at]
            driver = before[-1] if before else swaps[min(swaps)][0]
        else:
            driver = self._aboard.get(car, "")
        return self._names.get(car, {}).get(driver)

    def _pit_in(self, row: dict[str, Any]) -> None:
        car, at, lap = self._car(row), self._at(row), _int(row.get("lapNumber"))
        if lap is not None and lap >= 1:
            self._in.add((car, lap))
            self._stale.add(car)
        self.ledger.pit(at, car, entering=True)

    def _pit_out(self, row: dict[str, Any]) -> None:
        car, at, lap = self._car(row), self._at(row), _int(row.get("lapNumber"))
        stood = _number(row.get("durationMillis"))
        if lap is not None and lap >= 1 and stood is not None and stood >= 0.0:
            self._out[(car, lap)] = stood / 1000.0
            self._stale.add(car)
        self.ledger.pit(at, car, entering=False)

    def _sector(self, row: dict[str, Any]) -> None:
        if "sectorTimeMillis" not in row:
            return
        car, lap, sector = self._car(row), int(row["lapNumber"]), int(row["sectorNumber"])
        self._sectors.setdefault((car, lap), {})[sector] = float(row["sectorTimeMillis"]) / 1000.0
        self._stale.add(car)

    def _rank(self, row: dict[str, Any]) -> None:
        place = _int(row.get("overallPosition"))
        if place is not None and place > 0 and not row.get("isDeleted"):
            self._ranks[self._car(row)] = place

    def _logged(self, row: dict[str, Any]) -> None:
        kind = str(row.get("type") or "")
        if kind == "RCMessage":
            self.ledger.control(self._at(row), str(row["text"]))
        elif kind == "DriverSwap":
            car = self._car(row)
            swap = (str(row.get("previousDriverId")), str(row.get("newDriverId")))
            self._swaps.setdefault(car, {})[self._at(row)] = swap

    def _weather(self, row: dict[str, Any]) -> None:
        humidity, wind = _number(row.get("humidity")), _number(row.get("windSpeedKph"))
        try:
            at = self._at(row)
        except ValueError:
            at = self.clock_s()
        self.ledger.weather(
            at,
            air_c=_number(row.get("temperature")),
            track_c=_number(row.get("trackTemperature")),
            humidity=humidity if humidity is not None and 0.0 <= humidity <= 100.0 else None,
            wind_kph=wind if wind is not None and wind >= 0.0 else None,
            sky=str(row["sky"])[:200] if row.get("sky") else None,
        )


def crossings(laps: dict[int, tuple[float, float | None]]) -> dict[int, tuple[float, bool]]:
    """When the laps of a car ended, and whether that is estimated, from {lap: (lap time, stamp)}.

    The service stamps a row anew when it changes (another lap is the best now), so a stamp may be later than the
    crossing by minutes, never earlier. Over laps in a row the crossings are a sum of lap times from one start: the
    latest that no stamp contradicts. A stamp that fits counts as it stands. Without any stamp the sum counts where
    it begins at the start of the race, as an estimate.
    """
    found: dict[int, tuple[float, bool]] = {}
    for run in _runs(sorted(laps)):
        sums: dict[int, float] = {}
        total = 0.0
        for lap in run:
            total += laps[lap][0]
            sums[lap] = total
        starts = [stamp - sums[lap] for lap in run if (stamp := laps[lap][1]) is not None]
        if not starts and run[0] != 1:
            continue
        start = min(starts) if starts else 0.0
        for lap in run:
            summed, stamp = start + sums[lap], laps[lap][1]
            fits = stamp is not None and abs(stamp - summed) <= FITS_S
            at = stamp if fits and stamp is not None else summed
            if at > 0.0:
                found[lap] = (round(at, 3), not starts)
    return found


def _runs(laps: list[int]) -> Iterator[list[int]]:
    """Laps in a row."""
    run: list[int] = []
    for lap in laps:
        if run and lap != run[-1] + 1:
            yield run
            run = []
        run.append(lap)
    if run:
        yield run


def race_of(info: dict[str, Any], series: str) -> str:
    """A race id out of what a session says of itself."""
    words = f"{series} {info.get('seasonName') or ''} {info.get('eventName') or ''} {info.get('sessionName') or ''}"
    return "-".join(re.findall(r"[a-z0-9]+", words.lower()))[:100].strip("-")


def _rows(view: Any) -> Iterator[dict[str, Any]]:
    """The rows of an answer: a list, one row, or {"items": [...]}, or lists by pid."""
    if isinstance(view, dict):
        if isinstance(view.get("items"), list):
            view = view["items"]
        elif view and all(isinstance(value, list) for value in view.values()):
            view = [row for rows in view.values() for row in rows]
        else:
            view = [view]
    for row in view if isinstance(view, list) else ():
        if isinstance(row, dict):
            yield row


def _name(driver: dict[str, Any]) -> str:
    return " ".join(str(driver.get("displayName") or "").split())[:200]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _int(value: Any) -> int | None:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(text: Any) -> dt.datetime | None:
    """A time of the service, which may have seven digits of a second."""
    try:
        found = dt.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", str(text)).replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.year < 2000:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)
