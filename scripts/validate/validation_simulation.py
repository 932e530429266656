"""The part of docs/validation.md on the simulation itself, from what its own scripts found.

Each table is made from the file a script wrote with --json: lifelike.py, legality.py, crn.py, speed.py.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

SCRIPTS = ("lifelike", "distance", "legality", "crn", "speed")
FILES = {"distance": "lifelike"}
"""Parts made from another script's file."""


def simulation_part(folder: Path) -> list[str]:
    """The lines of the part; tables whose file is missing are left out. Files are `<script>.json` in the folder."""
    makers: dict[str, Callable[[Any], list[str]]] = {
        "lifelike": lifelike,
        "distance": distance,
        "legality": legality,
        "crn": crn,
        "speed": speed,
    }
    text = ["## The simulation", ""]
    for name in SCRIPTS:
        path = folder / f"{FILES.get(name, name)}.json"
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


def distance(rows: list[dict[str, Any]]) -> list[str]:
    """How far the class winner drove: by class, and race by race for the fastest class."""
    laps = [r for r in rows if r["figure"] == "winner_laps"]
    fastest = _fastest(laps)
    stopped = sum(r["stopped"] for r in fastest)
    out = [
        "### How far the winner drives (`before` cards; median of the simulated races against the real laps)",
        "",
        f"Of the fastest class, a card a race: {_shares(fastest)} (asked: 75 % within 5 %, all but stopped races "
        f"within 12 %); without the {stopped} that were stopped by a red flag or cut short {_shares(_run(fastest))}.",
        "",
        "`sure of itself`: how often the median is within 5 % of the card's own simulated races: what a card right "
        "in everything would reach; `at best`: the same for the number chosen for nothing but that; `given`: within "
        "5 % had the time under neutralisation been known beforehand.",
        "",
        "| class | races | within 5 % | 12 % | inside 90 % | mean error | sure of itself | at best | given |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in [*sorted({r["class"] for r in laps}), "all"]:
        mine = [r for r in laps if name in ("all", r["class"])]
        error = sum(_error(r) for r in mine) / len(mine)
        inside = sum(r["inside"] for r in mine) / len(mine)
        own = sum(r["own"][0] for r in mine) / len(mine)
        best = sum(r["best"] for r in mine) / len(mine)
        given = sum(abs(r["given"] / r["real"] - 1) <= 0.05 for r in mine) / len(mine)
        cells = [_near(mine, 0.05), _near(mine, 0.12), inside]
        told = " | ".join(f"{100 * cell:.0f} %" for cell in cells)
        out.append(
            f"| {name} | {len(mine)} | {told} | {100 * error:+.1f} % | {100 * own:.0f} % | "
            f"{100 * best:.0f} % | {100 * given:.0f} % |"
        )
    out += [
        "",
        *_other_years(fastest),
        "",
        "| race | class | laps, 90 % | really | error | neutralised, simulated | really | given |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in sorted(_fastest(laps), key=lambda r: -abs(_error(r))):
        stopped = ", stopped" if r["stopped"] else ""
        out.append(
            f"| {r['race']}{stopped} | {r['class']} | {r['median']:.0f} ({r['low']:.0f} to {r['high']:.0f}) | "
            f"{r['real']:.0f} | {100 * _error(r):+.1f} % | {r['neutral'] / 60:.0f} min | "
            f"{r['neutral_real'] / 60:.0f} min | {100 * (r['given'] / r['real'] - 1):+.1f} % |"
        )
    return out


def _other_years(rows: list[dict[str, Any]]) -> list[str]:
    """What is to be had without any simulation: the same race in other years."""
    told = []
    for name, mine in (("all", rows), ("none that was stopped", _run(rows))):
        years: dict[str, list[float]] = {}
        for r in mine:
            years.setdefault(r["event"], []).append(r["real"])
        held = [laps for laps in years.values() if len(laps) > 1]
        races = sum(map(len, held))
        others = sum(
            abs(statistics.median([*laps[:i], *laps[i + 1 :]]) / laps[i] - 1) <= 0.05
            for laps in held
            for i in range(len(laps))
        )
        # the best number lies where some race begins or ceases to be near it
        best = sum(max(sum(abs(1.05 * low / x - 1) <= 0.0500001 for x in laps) for low in laps) for laps in held)
        told.append(
            f"{races} races ({name}): the median of the others {100 * others / races:.0f} %, the best single number "
            f"chosen afterwards {100 * best / races:.0f} %"
        )
    return [
        "Without any simulation, races of which other runnings of the same length are held, within 5 %; "
        + "; ".join(told)
        + ". The last is no forecast: with two to four runnings of a race it is too good."
    ]


def _error(row: dict[str, Any]) -> float:
    return float(row["median"] / row["real"] - 1)


def _near(rows: list[dict[str, Any]], share: float) -> float:
    return sum(abs(_error(r)) <= share for r in rows) / max(1, len(rows))


def _shares(rows: list[dict[str, Any]]) -> str:
    return " and ".join(f"{100 * _near(rows, share):.0f} % within {100 * share:.0f} %" for share in (0.05, 0.12))


def _fastest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first class of each race: classes stand in the order of their lap times."""
    return list({r["race"]: r for r in reversed(rows)}.values())[::-1]


def _run(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [r for r in rows if not r["stopped"]]


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
