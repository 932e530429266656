"""What the kernel costs: car-laps per processor second, and what compiling adds to the first run of each way to race.

Part of `scripts.validate.speed`. Each figure is taken in processes of their own, in turns with those of the reference
(another checkout of the project, for instance `git worktree add ../before 91f83cc`), and the best of several counts:
on a busy machine nothing else can be compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parents[2] / "src"
ROUNDS = 3
RACING = """
import json, time
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate
card = load_card("le-mans-2019")
simulate(card, races=8, threads=1)
best = 0.0
for _ in range(12):
    began = time.process_time()
    laps = simulate(card, races=40, threads=1).car_laps
    best = max(best, laps / (time.process_time() - began))
print(json.dumps(best))
"""
WAYS = {
    "forecast": "simulate(card, races=64, figures=True)",
    "simulate": "simulate_laps(card, race=1)",
    "what-if, call": "simulate_watched(params, [0], races=32, moments=(3600.0,))",
    "season": "places(params, 1, 0, *paces)",
    "odds of serve": "simulate_params(params, races=64, snapshot=blank_snapshot(n, 60.0, 43200.0), **names)",
}
"""Ways to race, in the order in which they are tried on an empty cache."""
FIRST = """
import json, sys, time
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate, simulate_laps
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.kernel.snapshot import blank_snapshot
from langstrecke.simulation.places import places
from langstrecke.simulation.watch import simulate_watched
try:
    from langstrecke.simulation.simulate import simulate_params
except ImportError:
    from langstrecke.simulation.engine import simulate_params
card = load_card("imsa-2021-sebring")
params, n = compile_race(card), len(card.entries)
names = {"cars": tuple(e.car for e in card.entries), "classes": tuple(e.car_class for e in card.entries),
         "class_names": tuple(card.classes)}
paces = tuple(params.car[name][None] for name in ("pace", "driver_pace", "grid_s"))
began = time.process_time()
eval(sys.argv[1])
print(json.dumps(time.process_time() - began))
"""


def _run(source: Path, cache: Path, code: str, *arguments: str) -> float:
    """What the code prints, run on the project that lies in `source`."""
    shell = {**os.environ, "PYTHONPATH": str(source), "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=shell)
    return float(json.loads(done.stdout.splitlines()[-1]))


def measure(reference: Path | None) -> dict[str, Any]:
    """Both figures of this project, and of the reference (its `src` folder) where one is given."""
    sources = {"here": HERE} | ({"reference": reference} if reference else {})
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        caches = {name: Path(folder) / name for name in sources}
        for name, source in sources.items():
            over = {}
            for way, code in WAYS.items():
                first = _run(source, caches[name], FIRST, code)
                over[way] = round(first - _run(source, caches[name], FIRST, code), 1)
            found[name] = {"first_run_over_warm_s": over, "car_laps_per_processor_second": 0}
        for _ in range(ROUNDS):
            for name, source in sources.items():
                rate = round(_run(source, caches[name], RACING))
                found[name]["car_laps_per_processor_second"] = max(found[name]["car_laps_per_processor_second"], rate)
    return found


def show(found: dict[str, Any]) -> None:
    """Print the table: processor seconds of the first run over a warm one, and the rate of racing."""
    names = list(found)
    print(f"{'':44}" + "".join(f"{name:>12}" for name in names))
    for way in WAYS:
        over = "".join(f"{found[name]['first_run_over_warm_s'][way]:12.1f}" for name in names)
        print(f"{'first ' + way + ', over a warm one (processor s)':44}{over}")
    rates = "".join(f"{found[name]['car_laps_per_processor_second'] / 1e6:12.2f}" for name in names)
    print(f"{'Le Mans 2019, one core (million car-laps/s)':44}{rates}")
