"""One compilation: every way to race uses the same machine code, and whoever waits for it is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from factories import make_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.simulation import prepare, simulate, simulate_laps
from langstrecke.simulation.compile import compile_race, expected_laps
from langstrecke.simulation.kernel.entries import play
from langstrecke.simulation.kernel.parts import Part
from langstrecke.simulation.kernel.snapshot import blank_snapshot
from langstrecke.simulation.places import places
from langstrecke.simulation.planned_stops import with_stops
from langstrecke.simulation.prepare import COMPILING
from langstrecke.simulation.simulate import simulate_params
from langstrecke.simulation.watch import simulate_watched


def small_card() -> RaceCard:
    return make_card(sizes={"DPi": 3, "GTD": 3}, duration_s=2400.0)


def every_way_to_race(card: RaceCard) -> list[int]:
    """Counts, figures, single cars with planned stops and moments, a season's places, a trace, a race under way."""
    params = compile_race(card)
    n = len(card.entries)
    cars, classes = tuple(e.car for e in card.entries), tuple(e.car_class for e in card.entries)
    under_way = blank_snapshot(n, 600.0, 2400.0)
    under_way.car["since"] = 550.0 + np.arange(n)
    counted = simulate(card, races=3, figures=True)
    watched = simulate_watched(with_stops(params, 1, [(9, -1.0, -1, -1, 0)]), [1], races=3, moments=(900.0, 1800.0))
    pace, drivers = np.tile(params.car["pace"], (3, 1)), np.tile(params.car["driver_pace"], (3, 1, 1))
    grid = np.tile(params.car["grid_s"], (3, 1))
    season = places(params, 1, 0, pace, drivers, grid, (1200.0,), expected_laps(card))
    rest = simulate_params(
        params, cars=cars, classes=classes, class_names=tuple(card.classes), races=3, snapshot=under_way
    )
    laps = simulate_laps(card, race=2)
    return [counted.car_laps, int(watched.cars.sum()), int(season.in_class.sum()), rest.car_laps, len(laps)]


def test_every_way_to_race_is_compiled_once() -> None:
    compiled: Any = play
    every_way_to_race(small_card())
    assert len(compiled.signatures) == 1


def signatures_of_parts() -> set[int]:
    """For how many argument types the kernel's functions were compiled in this process."""
    modules = [m for name, m in sys.modules.items() if name.startswith("langstrecke.simulation.kernel.")]
    return {len(part.overloads) for m in modules for part in vars(m).values() if isinstance(part, Part)}


def test_ready_means_nothing_to_say() -> None:
    prepare()
    said: list[str] = []
    assert prepare(said.append) == 0.0
    assert said == []


@pytest.mark.slow
def test_two_processes_compile_at_once_and_a_third_finds_it_done(tmp_path: Path) -> None:
    code = (
        "import json\n"
        "from test_compiling import every_way_to_race, signatures_of_parts, small_card\n"
        "from langstrecke.simulation import prepare\n"
        "said = []\n"
        "seconds = prepare(said.append)\n"
        "print(json.dumps([said, seconds, every_way_to_race(small_card()), said, sorted(signatures_of_parts())]))"
    )
    here = Path(__file__).parent
    places_to_look = [str(here), str(here.parent), str(here.parents[1] / "src")]
    shell = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(places_to_look)}

    def process() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", code]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=shell)

    found = []
    for count in (2, 1):
        for one in [process() for _ in range(count)]:
            out, problems = one.communicate()
            assert one.returncode == 0, problems
            found.append(json.loads(out))
    first, second, third = found
    assert {told for one in (first, second) for told in one[0]} == {COMPILING}
    compiled = first if first[0] else second  # one may have come when the other was done
    assert compiled[1] > 0.0
    assert compiled[4] == [1]  # no function was compiled twice
    assert third[0] == third[3] == []
    assert third[1] == 0.0
    assert first[2] == second[2] == third[2] == every_way_to_race(small_card())


TINY = """
import sys
from numba.core import codegen, compiler_machinery
if sys.argv[1] == "moved":  # Numba has no such class any more
    del codegen.JITCodeLibrary
elif sys.argv[1] == "changed":  # it has, and builds its pipelines otherwise
    compiler_machinery.PassManager.add_pass_after = None
from langstrecke.simulation.kernel import jit

@jit.hot
def half(x):
    return x // 2

@jit.kernel
def third(x):
    return half(x) + x // 3

@jit.entry
def whole(x):
    return half(x) + third(x)

print(jit.joined(), whole(12))
"""


@pytest.mark.parametrize(("numba", "joined"), [("as it is", True), ("moved", False), ("changed", False)])
def test_a_numba_that_does_not_join_parts_compiles_function_by_function(
    numba: str, joined: bool, tmp_path: Path
) -> None:
    program = tmp_path / "tiny.py"
    program.write_text(TINY, encoding="utf-8")
    source = Path(__file__).parents[2] / "src"
    shell = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(source)}
    command = [sys.executable, str(program), numba]
    for _ in range(2):  # compiled, then from the cache
        done = subprocess.run(command, capture_output=True, text=True, env=shell)
        assert done.stdout.split() == [str(joined), "16"], done.stderr
