"""How long a person waits before a verb does anything: processor seconds of whole runs, beside their reference.

Usage: python -m scripts.validate.startup [--runs 5] [--json FILE]
The reference is an empty Typer application with as many verbs, timed in the same run. Byte code is there (the first
run of each makes it), the kernel is compiled, of several runs the best counts. Racing is left out of `forecast`: the
races' processor time is that of more races, scaled.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from langstrecke.cli.verbs import VERBS

VERB = [sys.executable, "-m", "langstrecke"]
RACES = 1000
MORE_RACES = 3000
ASKED = {"--help": 0.6, "--version": 0.6, "card list": 1.0, "rules --list": 1.0, "forecast, racing left out": 2.0}
"""Processor seconds asked for; --help and --version at most 1.5 times the reference besides."""


def seconds(command: list[str], runs: int) -> float:
    """The least processor time of several runs of a command, its children's included, after one that is not timed."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    found = []
    for run in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run:
            found.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(found)


def empty_application(folder: Path) -> Path:
    """A Typer application with as many verbs as ours, which do nothing."""
    verbs = "\n".join(
        f'@app.command("verb-{n}")\ndef verb_{n}() -> None:\n    """Do nothing."""' for n in range(len(VERBS))
    )
    place = folder / "empty.py"
    place.write_text(f"import typer\n\napp = typer.Typer()\n\n{verbs}\n\n\napp()\n", encoding="utf-8")
    return place


def measure(runs: int) -> dict[str, float]:
    """Processor seconds by what was run."""
    with tempfile.TemporaryDirectory() as folder:
        found = {
            "empty Typer application": seconds([sys.executable, str(empty_application(Path(folder))), "--help"], runs)
        }
    for words in ("--help", "--version", "card list", "rules --list"):
        found[words] = seconds([*VERB, *words.split()], runs)
    few, more = (
        seconds([*VERB, "forecast", "imsa-2021-sebring", "--races", str(n), "--threads", "1"], max(2, runs // 2))
        for n in (RACES, MORE_RACES)
    )
    found["forecast of 1000 races"] = few
    found["forecast, racing left out"] = few - (more - few) * RACES / (MORE_RACES - RACES)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    found = measure(options.runs)
    reference = found["empty Typer application"]
    for name, used in found.items():
        limit = f", asked {ASKED[name]:.1f} s" if name in ASKED else ""
        print(f"{name:28} {used:5.2f} s{limit}, {used / reference:4.1f} x the empty application")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
