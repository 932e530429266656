"""Langstrecke beside others in one run, written into docs/performance.md: python -m scripts.validate.performance

Processor time of one core, so that a busy machine does not blur the ratios. The bare loops are what a person writes
first, in plain Python and with NumPy over many races at once: a lap time with noise is added to every car, the order
taken at the end, with nothing of racing in it. endurancepy reads the same file where it is installed
(`pip install endurancepy`); nothing of it is used otherwise.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import langstrecke as ls
from langstrecke.simulation import simulate, simulate_laps
from langstrecke.timing.write import write_alkamel

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
CARD = "imsa-2021-sebring"
RACES, BARE_RACES = 400, 4


def cost(work: Callable[[], object]) -> float:
    """Processor seconds of the better of two runs."""

    def once() -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return min(once(), once())


def bare_race(cars: int, laps: int) -> list[int]:
    """What a person writes first."""
    at = [0.0] * cars
    for _ in range(laps):
        for car in range(cars):
            at[car] += 110.0 + 0.1 * car + random.gauss(0.0, 0.5)
    return sorted(range(cars), key=at.__getitem__)


def bare_races(races: int, cars: int, laps: int) -> np.ndarray[Any, Any]:
    """The same with NumPy, many races at once."""
    draws = np.random.default_rng(1)
    at = np.zeros((races, cars))
    pace = 110.0 + 0.1 * np.arange(cars)
    for _ in range(laps):
        at += pace + draws.normal(0.0, 0.5, (races, cars))
    return np.argsort(at, axis=1)


def peer(file: Path) -> float | None:
    """Processor seconds endurancepy takes for the file; None where it is not installed."""
    if importlib.util.find_spec("endurancepy") is None:
        return None
    reader = importlib.import_module("endurancepy.alkamel.analysis")
    return cost(lambda: reader.read_analysis(str(file)))


def started(*arguments: str) -> float:
    """Processor seconds of a fresh interpreter, the better of two runs."""

    def once() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return min(once(), once())


def main() -> None:
    """Measure and write the table."""
    card = ls.load_card(CARD)
    laps = simulate_laps(card, race=1)
    cars, rounds = laps["car"].n_unique(), laps.height
    played = cost(lambda: simulate(card, races=RACES, threads=1)) / (RACES * rounds)
    per_car = rounds // cars
    bare = cost(lambda: [bare_race(cars, per_car) for _ in range(BARE_RACES)]) / (BARE_RACES * cars * per_car)
    stacked = cost(lambda: bare_races(RACES, cars, per_car)) / (RACES * cars * per_car)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "laps.csv"
        write_alkamel(laps, file)
        read = cost(lambda: ls.load(file))
        parsed = cost(lambda: pl.read_csv(file, separator=";", infer_schema=False))
        other = peer(file)
    empty, version, front = started("-c", "pass"), started("-m", "langstrecke", "--version"), started(
        "-c", "import langstrecke"
    )  # fmt: skip
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = (
        ("car-laps a processor second", f"{1 / played / 1e6:.1f} million", "a bare Python loop without any racing",
         f"{1 / bare / 1e6:.2f} million", f"{bare / played:.1f} times as many"),
        ("", "", "a bare NumPy loop without any racing, 400 races at once",
         f"{1 / stacked / 1e6:.1f} million", f"1/{played / stacked:.0f} as many"),
        (f"reading a lap file, {rounds:,} rows", f"{1000 * read:.0f} ms", "Polars parsing the same file as text only",
         f"{1000 * parsed:.0f} ms", f"{read / parsed:.1f} times as long"),
        ("", "", f"endurancepy {version_of('endurancepy')}, laps table" if other else "endurancepy, not installed",
         f"{1000 * other:.0f} ms" if other else "", f"1/{other / read:.0f} of the time" if other else ""),
        ("`langstrecke --version`", f"{1000 * version:.0f} ms", "an empty Python", f"{1000 * empty:.0f} ms",
         f"{version / empty:.1f} times as long"),
        ("`import langstrecke`", f"{1000 * front:.0f} ms", "an empty Python", f"{1000 * empty:.0f} ms",
         f"{front / empty:.1f} times as long"),
        ("memory of all this in one process", f"{memory:.0f} MiB", "", "", ""),
    )  # fmt: skip
    table = [
        "| | Langstrecke | beside | | ratio |",
        "|---|---|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    where = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, one core used."
    text = "\n".join([where, "", *table])
    page = PAGE.read_text(encoding="utf-8")
    page = re.sub(
        r"<!-- table -->.*<!-- /table -->", lambda _: f"<!-- table -->\n{text}\n<!-- /table -->", page, flags=re.S
    )
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
