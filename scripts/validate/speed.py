"""How fast the simulation is, how its cost grows with the field, and how much memory it takes.

Usage: python -m scripts.validate.speed [--threads 2] [--quick] [--kernel] [--reference FOLDER] [--json FILE]
`--kernel`: only what racing and compiling cost on one core, beside a reference, the `src` folder of another checkout.
Wall time says what one waits for, processor time what it costs; on a busy machine only the second is to be trusted.
The load average at the start stands in the result.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from scripts.validate import kernel_speed

from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.shipped import load_card
from langstrecke.simulation import simulate

CARD = "le-mans-2019"
MEMORY_CARD = "imsa-2021-mid-ohio"
FIELDS = (6, 12, 25, 50, 61, 100)


def timed(card: RaceCard, races: int, threads: int) -> dict[str, Any]:
    """Play races of a card that is compiled already."""
    simulate(card, races=8, threads=1)
    wall, used = time.perf_counter(), time.process_time()
    outcome = simulate(card, races=races, threads=threads)
    wall, used = time.perf_counter() - wall, time.process_time() - used
    return {
        "card": card.race.id,
        "cars": len(card.entries),
        "races": races,
        "threads": threads,
        "car_laps": outcome.car_laps,
        "wall_s": round(wall, 2),
        "processor_s": round(used, 2),
        "car_laps_per_processor_second": round(outcome.car_laps / used),
        "nanoseconds_per_car_lap": round(1e9 * used / outcome.car_laps, 1),
    }


def field_of(card: RaceCard, cars: int) -> RaceCard:
    """The card with so many cars, classes mixed as in the full field: every k-th entry, or entries once more."""
    whole = len(card.entries)
    entries = []
    for k in range(cars):
        entry = card.entries[k * whole // cars if cars <= whole else k % whole]
        drivers = tuple(d.model_copy(update={"name": f"{d.name} {k}"}) for d in entry.drivers)
        entries.append(entry.model_copy(update={"car": f"{k + 1}", "grid": k + 1, "drivers": drivers}))
    return card.model_copy(update={"entries": tuple(entries)})


def peak_memory_mb(races: int) -> float:
    """Peak resident memory of a process of its own that plays so many races."""
    code = (
        "import resource; from langstrecke.racecard.shipped import load_card\n"
        "from langstrecke.simulation import simulate\n"
        f"simulate(load_card({MEMORY_CARD!r}), races={races})\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return round(float(done.stdout), 1)


def measure(threads: int, *, quick: bool = False) -> dict[str, Any]:
    """Everything, as one JSON-able table."""
    card = load_card(CARD)
    share = 20 if quick else 1
    found: dict[str, Any] = {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "one_core": timed(card, 1000 // share, 1),
        "ten_thousand": timed(card, 10_000 // share, threads),
    }
    found["fields"] = [timed(field_of(card, cars), max(20, 20_000 // share // cars), 1) for cars in FIELDS]
    found["peak_memory_mb"] = {str(n): peak_memory_mb(n) for n in (10_000 // share, 100_000 // share)}
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--quick", action="store_true", help="a twentieth of the races")
    parser.add_argument("--kernel", action="store_true", help="only racing and compiling, on one core")
    parser.add_argument("--reference", type=Path, help="src folder of another checkout, measured in turns")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    kernel = kernel_speed.measure(options.reference)
    kernel_speed.show(kernel)
    if options.kernel:
        if options.json:
            options.json.write_text(json.dumps(kernel, indent=1), encoding="utf-8")
        return
    found = measure(options.threads, quick=options.quick) | {"kernel": kernel}
    print(f"load average {found['load']}, {found['cores']} cores")
    for row in (found["one_core"], found["ten_thousand"], *found["fields"]):
        print(
            f"{row['cars']:4} cars, {row['races']:6} races, {row['threads']} threads: {row['wall_s']:7.1f} s, "
            f"{row['processor_s']:7.1f} s of processor time, {row['nanoseconds_per_car_lap']:6.1f} ns a car-lap, "
            f"{row['car_laps_per_processor_second'] / 1e6:.1f} million car-laps a second and core"
        )
    print("peak memory (MB) by races:", found["peak_memory_mb"])
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
