"""rFactor 2 and Le Mans Ultimate: the XML files in `UserData/Log/Results`.

    session = rfactor2.read("2024_05_12_20_01_33-83R1.xml")
    session.laps, session.results, session.sheet  # the sheet: fuel, energy and tyres lap by lap

Times are seconds. A lap's `et` is when it began, on the clock of the session; in a race elapsed times count from the
green flag, the first `et` of lap 1. `in_pit` marks the in-lap; how long a car stood is not in the file. A file with
more than one session gives the race, else the last.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import maker_of
from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.json_text import decoded, read_bytes
from langstrecke.timing.readers.rfactor2_laps import Lap, read_laps, settle
from langstrecke.timing.readers.sim_session import (
    SessionKind,
    SimSession,
    Tables,
    Tally,
    drives_of,
    own_numbers,
    settle_places,
    sim_session,
)

_SESSIONS: dict[str, SessionKind] = {
    "TestDay": "practice", "Practice": "practice", "Warmup": "practice", "Qualify": "qualifying", "Race": "race",
}  # fmt: skip
"""Elements of a session, with or without a number behind (Practice1)."""
_STATUS = {"Finished Normally": "Classified", "None": "Not classified", "": "Not classified"}
"""`FinishStatus` in the words of `schema.RESULTS`; DNF and DQ are the same in both."""
_DOCTYPE = re.compile(r"<!DOCTYPE\s+\w+\s*(\[.*?\])?\s*>", re.DOTALL)
_HARMLESS = re.compile(r"\[\s*(<!ENTITY\s+\w+\s+\"[^\"&%<]{0,100}\"\s*>\s*)?\]")
"""The one declaration these games write; any other (nested or outside entities) is refused."""
_BARE = re.compile(r"&(?!#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z]\w{0,30};)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TOLERANCE_S = 0.02
_FORBIDDEN = "declares entities, which no result file does; it is not read"


def read(path: str | Path, *, notices: list[Notice] | None = None) -> SimSession:
    """The session of a result file. Raises `TimingFileError` for anything that is none; laps that cannot be believed
    are left out or mended from the file's own other figures, each kind counted in `notices`.
    """
    place = Path(path)
    tally = Tally()
    root = _tree(place, tally)
    results = root if root.tag == "RaceResults" else root.find("RaceResults")
    if results is None:
        raise TimingFileError("is no rFactor 2 result file: it has no RaceResults", file=place)
    element, kind = _session(results, place)
    drivers = element.findall("Driver")
    if not drivers:
        raise TimingFileError(f"lists no car in the session {element.tag}", file=place)
    tables = _tables(drivers, kind, tally)
    minutes = _whole(_text(element, "Minutes"))
    began = _text(element, "TimeString") or None
    track = _text(results, "TrackCourse") or _text(results, "TrackVenue")
    tell(tally.notices(), path, notices)
    duration = 60.0 * minutes if minutes is not None and 0 < minutes <= 30 * 60 else None
    return sim_session("rfactor2", kind, element.tag, track, place.stem, tables, duration_s=duration, began=began)


def _tree(place: Path, tally: Tally) -> ET.Element:
    """The file's elements, parsed without its document type: nothing is left to expand."""
    text, sure = decoded(read_bytes(place))
    if not sure:
        tally.add("text that is no UTF-8, read as Windows-1252; names may be wrong")
    # The declaration names an encoding that was settled above, and the parser is given text.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    end = text.rfind("</rFactorXML>")
    if end >= 0 and text[end + len("</rFactorXML>") :].strip():
        tally.add("text behind the end of the XML, left out")
        text = text[: end + len("</rFactorXML>")]
    found = _DOCTYPE.search(text)
    if found and found[1] and not _HARMLESS.fullmatch(found[1]):
        raise TimingFileError(_FORBIDDEN, file=place)
    text = _DOCTYPE.sub("", text, count=1)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise TimingFileError(_FORBIDDEN, file=place)
    text, controls = _CONTROL.subn("", text)
    text, bare = _BARE.subn("&amp;", text)
    if controls or bare:
        tally.add("character left out or mended that XML does not allow", count=controls + bare)
    try:
        return ET.fromstring(text)
    except ET.ParseError as error:
        line, _ = error.position
        cut = "no element found" in str(error) or line >= text.rstrip().count("\n") + 1
        what = "is cut off: the XML ends too early" if cut else f"is no whole XML file: {error.msg.split(':')[0]}"
        raise TimingFileError(what, file=place, line=line) from None


def _session(results: ET.Element, place: Path) -> tuple[ET.Element, SessionKind]:
    found = [(e, _SESSIONS[name]) for e in results if (name := e.tag.rstrip("0123456789")) in _SESSIONS]
    if not found:
        raise TimingFileError("holds no session: the game was left before one ended", file=place)
    return next((pair for pair in reversed(found) if pair[1] == "race"), found[-1])


def _text(element: ET.Element, name: str) -> str:
    return " ".join((element.findtext(name) or "").split())


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,7}(\.\d{1,6})?", text) else None


def _tables(drivers: list[ET.Element], kind: SessionKind, tally: Tally) -> Tables:
    names = [_text(d, "Name") for d in drivers]
    cars = own_numbers([_number(d) for d in drivers], tally)
    laps = [read_laps(d, car, len(drivers), tally) for d, car in zip(drivers, cars, strict=True)]
    green = _green(laps) if kind == "race" else 0.0
    lap_rows, sheet, drives, ends = [], [], [], []
    stops: dict[str, int] = {}
    for element, name, car, own in zip(drivers, names, cars, laps, strict=True):
        finish = _seconds(_text(element, "FinishTime"))
        done = settle(own, green, finish if kind == "race" else None, car, tally)
        who = _who(element, name, own, car, tally)
        ends.append(done[-1].end_s - green if done and own and done[-1].num == own[-1].num else None)
        drives += drives_of(car, [lap.num for lap in own], [who[lap.num] for lap in own])
        timed = {lap.num for lap in done}
        for lap in own:
            sheet.append({"car": car, "lap": lap.num, "driver": who[lap.num], "timed": lap.num in timed, **lap.sheet})
        for row in done:
            lap_rows.append(
                {
                    "car": car, "car_class": _text(element, "CarClass") or None, "lap": row.num,
                    "driver": who[row.num], "lap_time_s": row.time_s, "elapsed_s": round(row.end_s - green, 4),
                    "s1_s": row.sectors[0], "s2_s": row.sectors[1], "s3_s": row.sectors[2], "in_pit": row.pit,
                    "kph": row.kph, "team": _text(element, "TeamName") or None,
                    "manufacturer": maker_of(_text(element, "CarType")) or maker_of(_text(element, "VehName")),
                }
            )  # fmt: skip
        told = _whole(_text(element, "Pitstops"))
        if told is not None and 0 <= told <= 500:
            stops[car] = told
            if own and told != sum(lap.pit for lap in own):
                tally.add("car whose count of stops is not that of its in-laps", f"car {car}")
    results = _results(drivers, names, cars, laps, ends, drives, kind, tally)
    return Tables(lap_rows, results, sheet, drives, stops)


def _number(driver: ET.Element) -> str:
    given = re.sub(r"[^0-9A-Za-z]", "", _text(driver, "CarNumber"))[:6]
    if given:
        return given
    inside = re.search(r"#\s*(\d{1,4})", _text(driver, "VehName"))
    return inside[1] if inside else ""


def _green(laps: list[list[Lap]]) -> float:
    """When the race began on the clock of the session: what most cars' first laps say."""
    starts = Counter(own[0].et for own in laps if own and own[0].num == 1 and own[0].et is not None)
    if not starts:
        return 0.0
    often = max(starts.values())
    return min(start for start, count in starts.items() if count == often)


def _who(element: ET.Element, name: str, laps: list[Lap], car: str, tally: Tally) -> dict[int, str | None]:
    """The driver of each lap: the first swap that spans it, else the car's driver. A swap without a name is his."""
    spans = []
    for swap in element.findall("Swap"):
        first, last = _whole(swap.get("startLap", "")), _whole(swap.get("endLap", ""))
        if first is None or last is None or first > last or first < 0:
            tally.add("swap of drivers that cannot be read, left out", f"car {car}")
            continue
        spans.append((first, last, " ".join((swap.text or "").split()) or name))
    out: dict[int, str | None] = {}
    for lap in laps:
        inside = [who for first, last, who in spans if first <= lap.num <= last]
        if spans and not inside:
            tally.add("lap that no swap of drivers covers, taken as the car's named driver's", f"car {car}")
        out[lap.num] = inside[0] if inside else (name or None)
    return out


def _results(
    drivers: list[ET.Element], names: list[str], cars: list[str], laps: list[list[Lap]], ends: list[float | None],
    drives: list[dict[str, Any]], kind: SessionKind, tally: Tally,
) -> list[dict[str, Any]]:  # fmt: skip
    def places(key: str) -> list[int | None]:
        return [None if (p := _whole(_text(d, key))) == -1 else p for d in drivers]

    overall = places("Position")
    for d, car, place in zip(drivers, cars, overall, strict=True):
        if place is None and _text(d, "Position") != "-1":
            tally.add("car without a place in the result", f"car {car}")
    overall = settle_places(overall, cars, tally)
    rows = []
    for d, name, car, own, end, place, in_class in zip(
        drivers, names, cars, laps, ends, overall, places("ClassPosition"), strict=True
    ):
        count, total = _whole(_text(d, "Laps")), _seconds(_text(d, "FinishTime"))
        if count is None or count != len(own):
            tally.add("car whose count of laps is not that of its laps listed", f"car {car}")
        if total is not None and end is not None and kind == "race" and abs(total - end) > _TOLERANCE_S:
            tally.add("finish time that the last lap does not bear out, left out", f"car {car}")
            total = None
        best, best_lap = _best(d, own, car, tally)
        team = list(dict.fromkeys(row["driver"] for row in drives if row["car"] == car)) or ([name] if name else [])
        status = _text(d, "FinishStatus")
        rows.append(
            {
                "position": place, "car": car, "car_class": _text(d, "CarClass") or None,
                "position_in_class": in_class if in_class and 1 <= in_class <= len(cars) else None,
                "status": _STATUS.get(status, status), "laps": count if count is not None else len(own),
                "total_time_s": total if kind == "race" else None, "fastest_lap": best_lap, "fastest_lap_s": best,
                "team": _text(d, "TeamName") or None,
                "vehicle": _text(d, "CarType") or _text(d, "VehName") or None,
                "manufacturer": maker_of(_text(d, "CarType")) or maker_of(_text(d, "VehName")), "drivers": team,
                "licences": [None] * len(team), "countries": [None] * len(team),
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (row["position"] is None, row["position"] or 0))
    if kind == "race" and rows and rows[0]["position"] == 1:
        _gaps(rows, tally)
    return rows


def _gaps(rows: list[dict[str, Any]], tally: Tally) -> None:
    first = rows[0]
    for row in rows:
        if row["position"] is None:
            continue
        row["gap_laps"] = first["laps"] - row["laps"]
        if row["gap_laps"] == 0 and first["total_time_s"] and row["total_time_s"]:
            row["gap_s"] = round(row["total_time_s"] - first["total_time_s"], 4)
    done = [row for row in rows if row["position"] is not None and row["status"] == "Classified"]
    keys = [(-row["laps"], row["total_time_s"] or 0.0) for row in done]
    if keys != sorted(keys):
        tally.add("places in the result that laps and finish times do not bear out; kept as published")


def _best(driver: ET.Element, laps: list[Lap], car: str, tally: Tally) -> tuple[float | None, int | None]:
    """The published best lap and its number; left out where no lap of the car is it though all have a time."""
    best = _seconds(_text(driver, "BestLapTime"))
    if best is None or best <= 0:
        return None, None
    number = next((lap.num for lap in laps if lap.time_s is not None and abs(lap.time_s - best) < 0.0005), None)
    if number is None and laps and all(lap.time_s is not None for lap in laps):
        tally.add("best lap that is none of the car's laps, left out", f"car {car}")
        return None, None
    return best, number
