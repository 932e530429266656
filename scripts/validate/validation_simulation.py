"""The part of docs/validation.md on the simulation itself, from what its own scripts found.

Each table is made from the file a script wrote with --json: lifelike.py, legality.py, crn.py, speed.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPTS = ("lifelike", "legality", "crn", "speed")


def simulation_part(folder: Path) -> list[str]:
    """The lines of the part; tables whose file is missing are left out. Files are `<script>.json` in the folder."""
    makers: dict[str, Callable[[Any], list[str]]] = {
        "lifelike": lifelike,
        "legality": legality,
        "crn": crn,
        "speed": speed,
    }
    text = ["## The simulation", ""]
    for name in SCRIPTS:
        path = folder / f"{name}.json"
        if path.is_file():
            text += [*makers[name](json.loads(path.read_text("utf-8"))), ""]
    return text


def lifelike(rows: list[dict[str, Any]]) -> list[str]:
    """How often the real value lay in the simulated 90 % interval."""
    races = len({r["race"] for r in rows})
    out = [
        f"### Like real races? {races} races (`scripts/validate/lifelike.py`, `before` cards; asked: 80 % inside)",
        "",
        "| figure | cases | inside the 90 % interval | below it | real, mean | simulated, mean of medians |",
        "|---|---|---|---|---|---|",
    ]
    for figure in dict.fromkeys(r["figure"] for r in rows):
        mine = [r for r in rows if r["figure"] == figure]
        inside, below = (100 * sum(r[k] for r in mine) / len(mine) for k in ("inside", "below"))
        real, median = (sum(r[k] for r in mine) / len(mine) for k in ("real", "median"))
        name = figure.replace("_", " ")
        out.append(f"| {name} | {len(mine)} | {inside:.0f} % | {below:.0f} % | {real:.1f} | {median:.1f} |")
    return out


def legality(rows: list[dict[str, Any]]) -> list[str]:
    """Rules broken, judged from the laps."""
    out = [
        "### Rules broken (`scripts/validate/legality.py`; judged from lap tables, no code shared with the kernel)",
        "",
        "| rule book | card | cars | races | car-stints | violations |",
        "|---|---|---|---|---|---|",
    ]
    for r in rows:
        card = "made for it" if r["card"].startswith("legality-") else r["card"]
        out.append(
            f"| {r['book']} | {card} | {r['cars']} | {r['races']:,} | {r['car_stints']:,} | {r['violations']:,} |"
        )
    return out


def crn(rows: list[dict[str, Any]]) -> list[str]:
    """What the same luck is worth."""
    quantities = [k for k, v in rows[0].items() if isinstance(v, dict)]
    out = [
        "### The same luck (`scripts/validate/crn.py`): how many times fewer races a comparison needs (asked: 5)",
        "",
        "| card | car | change | " + " | ".join(quantities) + " |",
        "|---|---|---|" + "---|" * len(quantities),
    ]
    for r in rows:
        ratios = [r[q]["fewer_races"] for q in quantities]
        cells = ["all the same" if x is None else f"{x:.1f}" for x in ratios]
        out.append(f"| {r['card']} | {r['car']} | {r['change']} | " + " | ".join(cells) + " |")
    return [*out, "", "Where a change turns wins around those races have to differ: luck can save little there."]


def speed(found: dict[str, Any]) -> list[str]:
    """Car-laps a second, fields from 6 to 100 cars, memory."""
    ten = found["ten_thousand"]
    out = [
        f"### Speed (`scripts/validate/speed.py`, load average {found['load'][0]:.1f} at the start)",
        "",
        f"{ten['races']:,} races of {ten['card']} ({ten['cars']} cars, {ten['threads']} threads): "
        f"{ten['wall_s']:.0f} s on the clock, {ten['processor_s']:.0f} s of processor time, "
        f"{ten['car_laps_per_processor_second'] / 1e6:.1f} million car-laps per processor second.",
        "",
        "| cars | " + " | ".join(str(f["cars"]) for f in found["fields"]) + " |",
        "|---|" + "---|" * len(found["fields"]),
        "| ns a car-lap | " + " | ".join(f"{f['nanoseconds_per_car_lap']:.0f}" for f in found["fields"]) + " |",
    ]
    memory = ", ".join(f"{mb:.0f} MB with {int(n):,} races" for n, mb in found["peak_memory_mb"].items())
    return [*out, "", f"Peak memory: {memory}."]
