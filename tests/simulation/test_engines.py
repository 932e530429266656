"""Every engine plays the same races: threads, plain Python, Ray, and the CUDA source in Numba's simulator."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from factories import make_card
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard.schema import Neutralisation, RaceCard, Weather
from langstrecke.simulation import Outcome, simulate

COUNTS = ("class_positions", "overall_positions", "laps", "laps_squared", "retired", "unclassified", "stops")


def small_card() -> RaceCard:
    return make_card(
        sizes={"DPi": 3, "GTD": 3},
        duration_s=2400.0,
        weather=Weather(rain_per_h=1.0),
        neutralisation=Neutralisation(rate_per_h=2.0),
    )


def counts(outcome: Outcome) -> dict[str, Any]:
    return {name: getattr(outcome, name).tolist() for name in COUNTS} | {"car_laps": outcome.car_laps}


def elsewhere(engine: str, **settings: str) -> dict[str, Any]:
    """The counts of the same races, played in a process with these Numba settings."""
    code = (
        "import json, warnings; warnings.simplefilter('ignore')\n"
        "from test_engines import counts, small_card\n"
        "from langstrecke.simulation import simulate\n"
        f"print(json.dumps(counts(simulate(small_card(), races=3, seed=9, threads=1, engine={engine!r}))))"
    )
    here = Path(__file__).parent
    places = [str(here), str(here.parent), str(here.parents[1] / "src")]
    shell = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=shell)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_plain_python_is_its_own_reference() -> None:
    assert elsewhere("threads", NUMBA_DISABLE_JIT="1") == counts(simulate(small_card(), races=3, seed=9))


def test_cuda_source_in_the_simulator() -> None:
    found = elsewhere("cuda", NUMBA_DISABLE_JIT="1", NUMBA_ENABLE_CUDASIM="1")
    assert found == counts(simulate(small_card(), races=3, seed=9))


@pytest.mark.slow
def test_ray_plays_the_same_races() -> None:
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    one = simulate(small_card(), races=150, seed=4, figures=True)
    two = simulate(small_card(), races=150, seed=4, figures=True, engine="ray")
    assert counts(one) == counts(two)
    assert np.array_equal(one.figures, two.figures, equal_nan=True)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds Ray's workers in /proc")
def test_a_killed_ray_worker_loses_nothing() -> None:
    """A worker dies in mid-chunk, by SIGKILL: its races are played again and the counts are the same."""
    pytest.importorskip("ray", reason="the extra `cluster` is not installed")
    card, races = make_card(sizes={"DPi": 8, "GTD": 12}, duration_s=43200.0), 6000
    killed: list[int] = []

    def kill_one() -> None:
        give_up = time.monotonic() + 120.0
        while not killed and time.monotonic() < give_up:
            killed.extend(pid for pid in playing_workers()[:1])
            time.sleep(0.02)
        for pid in killed:
            time.sleep(0.1)
            os.kill(pid, signal.SIGKILL)

    hunter = threading.Thread(target=kill_one)
    hunter.start()
    two = simulate(card, races=races, seed=4, engine="ray")
    hunter.join()
    assert killed
    assert not Path(f"/proc/{killed[0]}").exists()
    assert counts(two) == counts(simulate(card, races=races, seed=4))


def playing_workers() -> list[int]:
    """Processes of Ray that are playing a chunk right now."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if (entry / "cmdline").read_bytes().startswith(b"ray::_play"):
                    found.append(int(entry.name))
    return found


def test_engines_that_are_not_there_say_so() -> None:
    with pytest.raises(NotFoundError, match="threads"):
        simulate(small_card(), races=1, engine="thread")
    from numba import cuda

    if not cuda.is_available():
        with pytest.raises(LangstreckeError, match="no CUDA device"):
            simulate(small_card(), races=1, engine="cuda")


def test_memory_does_not_grow_with_races() -> None:
    small, large = (simulate(small_card(), races=n) for n in (64, 640))
    assert [getattr(small, name).shape for name in COUNTS] == [getattr(large, name).shape for name in COUNTS]
    assert large.figures.size == 0
