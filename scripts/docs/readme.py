"""Rebuild what the README and docs/start/first-forecast.md show: outputs of verbs, the record. Run from the root."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

DEMO = ["forecast", "imsa-2021-sebring", "--races", "10000", "--seed", "1"]
SHORT = (
    (DEMO, (0, 11)),
    (["what-if", "imsa-2021-sebring", "--set", "entries.01.penalty_s=60"], (0, 7)),
    (["calendar", "--season", "2019", "--driver", "Kevin Magnussen", "--against", "le-mans"], (0, 1)),
)
"""The README's commands, and which lines of their output it shows."""
WIDTH = "118"


def output(*command: str) -> list[str]:
    """What a verb prints, without colours."""
    shell = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    run = [sys.executable, "-m", "langstrecke", *command]
    done = subprocess.run(run, capture_output=True, text=True, check=True, env=shell)
    return [line.rstrip() for line in done.stdout.rstrip().splitlines()]


def commands() -> str:
    """The README's commands with the beginning of their answers."""
    told = []
    for command, (first, last) in SHORT:
        lines = output(*command)
        typed = " ".join(f'"{word}"' if " " in word else word for word in command if word not in ("--seed", "1"))
        cut = [line for line in lines[first:last] if line]
        told.append("\n".join([f"$ langstrecke {typed}", *cut]))
    return "```text\n" + "\n...\n\n".join(told) + "\n```"


def record() -> str:
    """Three figures of docs/validation.md."""
    text = Path("docs/validation.md").read_text(encoding="utf-8").split("\n### ")[0]  # the first part
    races = re.search(r"^## (.+?): (\d+) races$", text, re.MULTILINE)
    rows = {
        r[0]: r
        for r in re.findall(r"^\| ([\d.]+) \| ([\d.]+ %) \| [^|]+ \| [^|]+ \| [^|]+ \| ([\d.]+) \|$", text, re.M)
    }
    assert races is not None
    before, half = rows["0"], rows["0.5"]
    return (
        f"Over the {races[2]} races of {races[1]}, each forecast from what was known by then, the log loss of the "
        f"class winner is {before[1]} below the best baseline's before the start and {half[1]} below at half "
        f"distance; chances miss how often things happen by {100 * float(before[2]):.1f} points (calibration error "
        "before the start)."
    )


def put(path: Path, mark: str, text: str) -> None:
    """Put a text between two marks of a page."""
    page = path.read_text(encoding="utf-8")
    kept = f"<!-- {mark} -->{text}<!-- /{mark} -->"
    page = re.sub(rf"<!-- {mark} -->.*<!-- /{mark} -->", lambda _: kept, page, flags=re.DOTALL)
    path.write_text(page, encoding="utf-8")


def main() -> None:
    """Write both pages."""
    put(Path("README.md"), "commands", f"\n{commands()}\n")
    put(Path("README.md"), "record", record())
    demo = "\n".join(output(*DEMO, "--report", "out/imsa-2021-sebring.html"))
    put(Path("docs/start/first-forecast.md"), "demo", f"\n```text\n{demo}\n```\n")


if __name__ == "__main__":
    main()
