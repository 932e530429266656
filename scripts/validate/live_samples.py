"""Counts the samples of live services by itself, and compares with the tables of `langstrecke follow`.

    python scripts/validate/live_samples.py SAMPLES_FOLDER

The counts share nothing with the readers: the standard library only.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any


def count_timing71(path: Path) -> dict[str, Any]:
    """Cars in their last order with their laps, crossings seen one by one, changes of flag to a flag."""
    with zipfile.ZipFile(path) as archive:
        names = sorted(name for name in archive.namelist() if name[0].isdigit())
        frames = [(name, json.loads(archive.read(name))) for name in names]
    cars: list[list[Any]] = []
    session: dict[str, Any] = {}
    laps: dict[str, set[int]] = {}
    flags: list[str] = []
    for name, frame in frames:
        if name.endswith("i.json"):
            for kind, path_to, change in frame["cars"]:
                assert kind == "change"
                at: Any = cars
                for key in path_to[:-1]:
                    at = at[key]
                at[path_to[-1]] = change[1]
            for kind, path_to, change in frame["session"]:
                if kind == "change" and path_to == "flagState":
                    session["flagState"] = change[1]
        else:
            cars, session = frame["cars"], frame["session"]
        if not flags or flags[-1] != session["flagState"]:
            flags.append(session["flagState"])
        for car in cars:
            laps.setdefault(car[0], set()).add(car[7])
    return {
        "order": [(car[0], car[7]) for car in cars],
        "laps": sum(max(seen) for seen in laps.values()),
        "states of the lap counters": sum(len(seen) for seen in laps.values()),
        "missing": sum(max(seen) + 1 - len(seen) for seen in laps.values()),
        "flags": [flag for flag in flags if flag != "none"],
    }


def count_griiip(folder: Path) -> dict[str, Any]:
    """Cars with their laps, in the order of their last crossing by the clock of their last row, and the rows."""
    rows = json.loads((folder / "live_laps.json").read_text())
    newest: dict[str, tuple[int, str]] = {}
    for row in rows:
        newest[row["carNumber"]] = max(newest.get(row["carNumber"], (0, "")), (row["lapNumber"], row["ts"]))
    order = sorted(newest, key=lambda car: (-newest[car][0], newest[car][1]))
    return {"order": [(car, newest[car][0]) for car in order], "laps": len(rows)}


def count_swiss(folder: Path) -> dict[str, Any]:
    """Cars with their laps in the order the service ranks them, and their places in class."""
    results = json.loads((folder / "swiss_timing.json").read_text())["content"]["full"]["Results"]
    who = json.loads((folder / "swiss_comp_detail.json").read_text())["content"]["full"]["Competitors"]
    ranked = sorted(results.items(), key=lambda pair: pair[1]["MainResult"]["Rank"])
    return {
        "order": [(who[key]["Bib"], row["MainResult"]["TotalLapCount"]) for key, row in ranked],
        "places in class": [row["MainResult"]["ClassRank"] for _, row in ranked],
    }


def followed(*args: str) -> dict[str, Any]:
    """What the command line says."""
    done = subprocess.run(
        [sys.executable, "-m", "langstrecke", "follow", *args, "--json"], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare_timing71(path: Path) -> bool:
    """Print both counts; whether they are equal."""
    own, told = count_timing71(path), followed(str(path), "--until-end")
    order = [(row["car"], row["laps"]) for row in told["table"]]
    same = bool(
        order == own["order"]
        and told["laps"] == own["laps"]
        and told["laps_missing"] == own["missing"]
        and told["flag_changes"] == len(own["flags"])
    )
    print(f"{path.name}: {len(order)} cars, {own['laps']} laps, {own['missing']} missing, {len(own['flags'])} flags")
    print(f"  with the lap 0 of each car {own['states of the lap counters']}; flags {', '.join(own['flags'])}")
    print(f"  the table of follow is {'equal' if same else 'NOT equal: ' + str(order)}")
    return same


def compare_board(name: str, own: dict[str, Any], told: list[tuple[str, int]]) -> bool:
    """Print both counts; whether they are equal."""
    same = bool(told == own["order"])
    laps = own.get("laps", sum(laps for _, laps in own["order"]))
    print(f"{name}: {len(own['order'])} cars, {laps} laps")
    print(f"  the table is {'equal' if same else 'NOT equal: ' + str(told)}")
    return same


def read_griiip(folder: Path) -> list[tuple[str, int]]:
    """The table our reader makes of the answers."""
    from langstrecke.live.sources.griiip import GriiipReader
    from langstrecke.live.sources.ledger import Ledger

    ledger = Ledger("sample")
    reader = GriiipReader(ledger)
    for channel in ("session-info", "session-clock", "participants", "race-flags", "laps", "pit-in", "pit-out"):
        reader.take(channel, json.loads((folder / f"live_{channel}.json").read_text()))
    return table_of(ledger)


def read_swiss(folder: Path) -> list[tuple[str, int]]:
    """The table our reader makes of the pages."""
    from langstrecke.live.sources.board_race import BoardRace
    from langstrecke.live.sources.swiss_timing import SwissReader

    race = BoardRace("sample", slack_s=12.0)
    race.ledger.duration_s = 86_400.0
    pages = [json.loads((folder / f"swiss_{name}.json").read_text()) for name in ("comp_detail", "timing")]
    SwissReader(race).take(*pages)
    return table_of(race.ledger)


def table_of(ledger: Any) -> list[tuple[str, int]]:
    """Cars and laps of the timing table of what a ledger has told."""
    from langstrecke.live import FeedState, timing_table

    state = FeedState()
    for message in (ledger.hello, *ledger.messages):
        state.apply(message)
    return [(row.car, row.laps) for row in timing_table(state).rows]


def main(folder: Path) -> int:
    """Compare every sample there is; 0 where all are equal."""
    results = [compare_timing71(path) for path in sorted((folder / "timing71").glob("*.zip"))]
    griiip, swiss = folder / "griiip", folder / "swiss_timing"
    if griiip.is_dir():
        results.append(compare_board("Griiip, Le Mans 2026", count_griiip(griiip), read_griiip(griiip)))
    if swiss.is_dir():
        results.append(compare_board("Swiss Timing, Spa 2026", count_swiss(swiss), read_swiss(swiss)))
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
