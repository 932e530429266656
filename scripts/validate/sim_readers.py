"""Do the readers of simulators' files count what is in them? A second count, by other means, beside each.

Usage: python -m scripts.validate.sim_readers FILE_OR_FOLDER...
For every file it counts laps, stops, swaps, laps with a fuel figure and the winner from the raw text (regular
expressions and plain JSON, nothing of the readers) and prints both counts; it ends with 1 where they differ. Laps the
reader dropped are told by its notices, so what is compared is every lap listed and those with a time that is printed.
"""

from __future__ import annotations

import itertools
import json
import re
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from typing import Any

from langstrecke.errors import TimingFileError
from langstrecke.timing.readers import simulators
from langstrecke.timing.readers.sim_session import SimSession

Counts = dict[str, Any]


def raw_text(path: Path) -> str:
    """The file as text, whatever its code page."""
    data = path.read_bytes()
    if data[:2] == b"\xff\xfe" or data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace").lstrip("\ufeff")
    return data.decode("latin-1")


def count_acc(text: str) -> Counts:
    """Laps and swaps from the list of laps, the winner from the first line of the result."""
    data = json.loads(text)
    laps = data.get("laps") or []
    lines = (data.get("sessionResult") or {}).get("leaderBoardLines") or []
    order = defaultdict(list)
    for lap in laps:
        order[lap["carId"]].append(lap["driverIndex"])
    swaps = sum(a != b for who in order.values() for a, b in itertools.pairwise(who))
    winner = [d["lastName"] for d in lines[0]["car"]["drivers"]] if lines else None
    return {
        "laps": len(laps), "fuel": 0, "swaps": swaps, "stops": swaps, "winner": winner,
        "laps of result": [line["timing"]["lapCount"] for line in lines],
    }  # fmt: skip


def count_rfactor2(text: str) -> Counts:
    """By the lines of the file: `<Lap `, `pit="1"`, `<Swap`, `fuel="0...`, `<Position>1<`."""
    cars = re.split(r"<Driver>", text)[1:]
    swaps, winner = 0, None
    for car in cars:
        count = int((re.search(r"<Laps>(\d+)<", car) or [0, 0])[1])
        who = [m[3].strip() for m in re.finditer(r'<Swap startLap="(\d+)" endLap="(\d+)">([^<]*)<', car)]
        swaps += sum(a != b for a, b in itertools.pairwise(who)) if count else 0
        if "<Position>1<" in car:
            named = re.search(r"<Name>([^<]*)<", car)
            winner = [w for w in dict.fromkeys(who) if w] or ([named[1]] if named else [])
    return {
        "laps": len(re.findall(r"<Lap ", text)),
        "fuel": len(re.findall(r'<Lap [^>]*\bfuel="[01]\.', text)),
        "swaps": swaps,
        "stops": len(re.findall(r'<Lap [^>]*\bpit="1"', text)),
        "winner": winner,
        "laps of result": sorted(map(int, re.findall(r"<Laps>(\d{1,6})</Laps>\s*<Pitstops>", text))),
    }


def count_iracing(text: str) -> Counts:
    """Laps of the race's rows, or of the list of laps."""
    data = json.loads(text)
    if isinstance(data, list):
        laps = [row for row in data if row["lap_number"] > 0]
        order: dict[Any, list[Any]] = defaultdict(list)
        for row in sorted(laps, key=lambda r: r["lap_number"]):
            order[row["group_id"]].append(row["display_name"])
        swaps = sum(a != b for who in order.values() for a, b in itertools.pairwise(who))
        stops = sum(bool(row["flags"] & 2) for row in laps)
        return {"laps": len(laps), "fuel": 0, "swaps": swaps, "stops": stops, "winner": None, "laps of result": []}
    race = next(s for s in data["session_results"] if s["simsession_number"] == 0)["results"]
    first = next(row for row in race if row["finish_position"] == 0)
    members = first.get("driver_results") or [first]
    return {
        "laps": 0, "fuel": 0, "swaps": 0, "stops": 0, "winner": [m["display_name"] for m in members],
        "laps of result": [row["laps_complete"] for row in race],
    }  # fmt: skip


def counted(session: SimSession) -> Counts:
    """The same counts by the reader's tables."""
    results = session.results
    winner = results.filter(position=1)["drivers"].to_list()
    laps = [row or 0 for row in results["laps"].to_list()]
    per_lap = session.drives.drop_nulls("first_lap")
    rfactor = session.simulator == "rfactor2"
    stops = session.laps["in_pit"].sum()
    return {
        "laps": session.sheet.height,
        "fuel": session.sheet["fuel"].drop_nulls().len(),
        "swaps": per_lap.height - per_lap["car"].n_unique(),
        "stops": int(stops or 0),
        "winner": winner[0] if winner else None,
        "laps of result": sorted(laps) if rfactor else laps,
    }


def compare(path: Path) -> list[str]:
    """What differs between the two counts; empty where nothing does or the file is refused for holding nothing."""
    text = raw_text(path)
    try:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            session = simulators.read(path)
    except TimingFileError as error:
        print(f"{path.name}: refused: {error.what}")
        return [] if "<Lap " not in text and '"laptime"' not in text else ["refused though it holds laps"]
    if session.simulator == "rfactor2":
        raw = count_rfactor2(text)
    else:
        body = text[: text.rindex("}" if text.lstrip()[0] == "{" else "]") + 1]
        raw = count_acc(body) if session.simulator == "acc" else count_iracing(body)
    own = counted(session)
    if raw["winner"] is not None and own["winner"] is not None:
        same = all(any(r in o for o in own["winner"]) or not r.isascii() for r in raw["winner"])
        raw["winner"] = own["winner"] if same else raw["winner"]
    dropped = own["laps"] - session.laps.height
    found = [f"{key}: {raw[key]} in the file, {own[key]} by the reader" for key in raw if raw[key] != own[key]]
    if session.simulator == "rfactor2" and raw["stops"] > own["stops"] >= raw["stops"] - dropped:
        found = [line for line in found if not line.startswith("stops")]  # in-laps among the laps without a time
    counts = ", ".join(f"{key} {own[key]}" for key in ("laps", "stops", "swaps", "fuel", "winner"))
    print(f"{path.name}: {counts}; {dropped} without a time, {len(told)} notices{'' if not found else ' DIFFERS'}")
    return found


def main(arguments: list[str]) -> int:
    """Compare every file named, or in the folders named."""
    bad = 0
    for name in arguments:
        for path in sorted(Path(name).rglob("*")) if Path(name).is_dir() else [Path(name)]:
            if path.is_file() and path.suffix in (".json", ".xml"):
                for line in compare(path):
                    print(f"  {line}")
                    bad += 1
    print("all counts agree" if not bad else f"{bad} counts differ")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
