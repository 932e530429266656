"""Rebuild what the README shows: the output of `make demo` and the picture. Run from the repository root."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from langstrecke.forecast import forecast
from langstrecke.plots import save, win_bars
from langstrecke.racecard import load_card

COMMAND = ["forecast", "imsa-2021-sebring", "--races", "10000", "--seed", "1"]


def demo_output() -> str:
    """What the demo prints, 118 columns wide and without colours."""
    report = ["--report", "out/imsa-2021-sebring.html"]
    shell = {**os.environ, "COLUMNS": "118", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "langstrecke", *COMMAND, *report]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=shell)
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def main() -> None:
    """Write README.md and docs/images."""
    readme = Path("README.md")
    block = "<!-- demo -->\n```text\n" + demo_output() + "\n```\n<!-- /demo -->"
    text = re.sub(r"<!-- demo -->.*<!-- /demo -->", lambda _: block, readme.read_text(encoding="utf-8"), flags=re.S)
    readme.write_text(text, encoding="utf-8")
    odds = forecast(load_card("imsa-2021-sebring"), races=10_000, seed=1)
    save(win_bars(odds, "DPi"), Path("docs/images/sebring-2021-wins.png"))


if __name__ == "__main__":
    main()
