"""The laps of one car in an rFactor 2 result file: read, then settled among the file's own figures.

A lap is told four times over: its time, its three sectors, when it began and when the next began. Where they disagree
the figure that stands alone is the wrong one; where nothing settles it, the lap is dropped.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any

from langstrecke.timing.readers.sim_session import Tally

_CLOSE_S = 0.002
"""Figures are printed to a tenth of a millisecond."""
_LONGEST_S = 30 * 3600.0
_TYRES = {"tyre_fl": "twfl", "tyre_fr": "twfr", "tyre_rl": "twrl", "tyre_rr": "twrr"}
_SHARES = {"fuel": "fuel", "fuel_used": "fuelUsed", "energy": "ve", "energy_used": "veUsed", **_TYRES}


@dataclass(frozen=True)
class Lap:
    """One lap as printed; None where the file has none."""

    num: int
    time_s: float | None
    et: float | None  # when it began, on the clock of the session
    sectors: tuple[float | None, float | None, float | None]
    pit: bool
    kph: float | None
    sheet: dict[str, Any] = field(default_factory=dict)

    @property
    def added_s(self) -> float | None:
        """The sum of the sectors; None where one is missing."""
        known = [s for s in self.sectors if s is not None]
        return sum(known) if len(known) == 3 else None


@dataclass(frozen=True)
class Timed:
    """One lap that is believed; `end_s` on the clock of the session."""

    num: int
    time_s: float
    end_s: float
    sectors: tuple[float | None, float | None, float | None]
    pit: bool
    kph: float | None


def read_laps(driver: ET.Element, car: str, cars: int, tally: Tally) -> list[Lap]:
    """The `Lap` elements of a car, ordered by number; doubled numbers and unreadable ones are dropped and counted."""
    found: dict[int, Lap] = {}
    for element in driver.findall("Lap"):
        text = element.get("num", "")
        num = int(text) if re.fullmatch(r"\d{1,5}", text) else 0
        if num < 1:
            tally.add("lap without a number dropped", f"car {car}")
        elif num in found:
            tally.add("lap listed twice dropped", f"car {car}, lap {num}")
        else:
            found[num] = _lap(element, num, car, cars, tally)
    numbers = sorted(found)
    if numbers != list(range(1, len(numbers) + 1)):
        tally.add("car of which laps are missing", f"car {car}")
    return [found[num] for num in numbers]


def _lap(element: ET.Element, num: int, car: str, cars: int, tally: Tally) -> Lap:
    place = f"car {car}, lap {num}"
    position = element.get("p", "")
    at = int(position) if re.fullmatch(r"\d{1,4}", position) else None
    if position and (at is None or not 1 <= at <= cars):
        tally.add("impossible place on a lap left out", place)
        at = None
    sheet: dict[str, Any] = {"position": at}
    for name, key in _SHARES.items():
        sheet[name] = _share(element.get(key), place, tally)
    sheet["front"] = _compound(element.get("fcompound") or element.get("FL"))
    sheet["rear"] = _compound(element.get("rcompound") or element.get("RL"))
    sectors = [_figure(element.get(key), place, tally) for key in ("s1", "s2", "s3")]
    return Lap(
        num=num,
        time_s=_figure(element.text, place, tally) or None,
        et=_figure(element.get("et"), place, tally),
        sectors=(sectors[0], sectors[1], sectors[2]),
        pit=element.get("pit", "0").strip() not in ("", "0"),
        kph=_speed(element.get("topspeed")),
        sheet=sheet,
    )


def _figure(printed: str | None, place: str, tally: Tally) -> float | None:
    text = (printed or "").strip()
    if not text or text.startswith("--") or text == "-1.000":
        return None
    if not re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) or float(text) > _LONGEST_S:
        tally.add("figure of a lap that cannot be read, left out", place)
        return None
    return float(text)


def _share(printed: str | None, place: str, tally: Tally) -> float | None:
    """A share of 0 to 1; None where hidden (printed as -1)."""
    text = (printed or "").strip()
    if not text or text.startswith("-"):
        return None
    if not re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) or float(text) > 1.001:
        tally.add("fuel, energy or tyre that is no share of 0 to 1, left out", place)
        return None
    return float(text)


def _speed(printed: str | None) -> float | None:
    text = (printed or "").strip()
    out = float(text) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", text) else None
    return out if out is not None and 0 < out < 500 else None


def _compound(printed: str | None) -> str | None:
    """`0,Medium` -> `Medium`."""
    text = (printed or "").strip()
    return (text.split(",", 1)[1] if "," in text else text).strip() or None


def settle(laps: list[Lap], green: float, finish_s: float | None, car: str, tally: Tally) -> list[Timed]:
    """The laps that are believed, with their ends; `finish_s` (race time) ends the last lap of a finisher."""
    over = green + finish_s if finish_s is not None else None
    printed = _printed_starts(laps, over, car, tally)
    filled = _filled(laps, printed, over)
    out: list[Timed] = []
    for at, lap in enumerate(laps):
        place = f"car {car}, lap {lap.num}"
        time = _time(lap, _span(laps, printed, over, at), _span(laps, filled, over, at), place, tally)
        if time is None:
            continue
        begin, after = filled[at], _after(laps, filled, over, at)
        end = begin + time if begin is not None else after
        if end is None:
            tally.add("lap dropped of which it is not known when it was driven", place)
            continue
        if out and end <= out[-1].end_s:
            tally.add("lap dropped that ends before the lap before it", place)
            continue
        sectors = lap.sectors
        if lap.added_s is not None and abs(lap.added_s - time) > _CLOSE_S:
            tally.add("lap whose sectors do not add up; its sectors left out", place)
            sectors = (None, None, None)
        out.append(Timed(lap.num, round(time, 4), end, sectors, lap.pit, lap.kph))
    return out


Starts = list[float | None]


def _after(laps: list[Lap], starts: Starts, over: float | None, at: int) -> float | None:
    """When the lap at this place ended: as the next began, or as the car finished."""
    if at + 1 == len(laps):
        return over
    return starts[at + 1] if laps[at + 1].num == laps[at].num + 1 else None


def _span(laps: list[Lap], starts: Starts, over: float | None, at: int) -> float | None:
    begin, after = starts[at], _after(laps, starts, over, at)
    return after - begin if begin is not None and after is not None else None


def _printed_starts(laps: list[Lap], over: float | None, car: str, tally: Tally) -> Starts:
    """The starts as printed, without those that neither the lap before nor the lap itself bears out.

    A misprinted start makes one of the two too long and the other too short by the same amount.
    """
    starts: Starts = [lap.et for lap in laps]

    def off(at: int) -> float:
        span, time = _span(laps, starts, over, at), laps[at].time_s
        return span - time if span is not None and time is not None else 0.0

    for at, lap in enumerate(laps):
        if abs(off(at)) <= _CLOSE_S:
            continue
        if at:
            wrong = abs(off(at - 1)) > _CLOSE_S and abs(off(at - 1) + off(at)) <= 2 * _CLOSE_S
        else:
            wrong = lap.added_s is not None and abs(lap.added_s - (lap.time_s or 0.0)) <= _CLOSE_S
        if wrong:
            tally.add("misprinted start of a lap, taken from the laps beside it", f"car {car}, lap {lap.num}")
            starts[at] = None
    return starts


def _filled(laps: list[Lap], printed: Starts, over: float | None) -> Starts:
    """The starts, with those that are missing taken from the lap before or the lap itself."""
    starts = list(printed)
    for at in range(1, len(laps)):
        begin, time = starts[at - 1], laps[at - 1].time_s
        if starts[at] is None and laps[at].num == laps[at - 1].num + 1 and begin is not None and time is not None:
            starts[at] = begin + time
    for at in range(len(laps) - 1, -1, -1):
        after, time = _after(laps, starts, over, at), laps[at].time_s
        if starts[at] is None and after is not None and time is not None:
            starts[at] = after - time
    return starts


def _time(lap: Lap, printed: float | None, filled: float | None, place: str, tally: Tally) -> float | None:
    """The lap's time by the vote of what is printed; `filled` is the span where a start came from other laps."""
    time, added = lap.time_s, lap.added_s
    if time is None:
        if filled is None or filled <= 0:
            tally.add("lap without a time dropped", place)
            return None
        tally.add("lap without a time, taken from when it and the next began", place)
        return filled
    witnesses = [w for w in (printed, added) if w is not None]
    if not witnesses or any(abs(w - time) <= _CLOSE_S for w in witnesses):
        if printed is not None and abs(printed - time) > _CLOSE_S:
            tally.add("lap longer or shorter than when it and the next began", place)
        return time
    if printed is not None and added is not None and abs(printed - added) <= _CLOSE_S:
        tally.add("misprinted lap time, taken from its sectors and from when it and the next began", place)
        return printed
    tally.add("lap dropped whose time fits neither its sectors nor when it and the next began", place)
    return None
