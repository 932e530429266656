"""The examples that forecast races run, say something and draw their figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from langstrecke.racecard import list_cards

EXAMPLES = Path(__file__).parent.parent / "examples"

CASES = {
    "who_wins_sebring_2021.py": ("imsa-2021-sebring", "#01"),
    "position_heatmap.py": ("le-mans-2019", "on the podium"),
    "edited_lineup.py": ("le-mans-2019", "Kevin in the #63"),
    "rain_or_shine.py": ("le-mans-2019", "wet: the winner covers"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_example_runs(name: str, tmp_path: Path) -> None:
    card, said = CASES[name]
    if card not in list_cards():
        pytest.skip(f"the card {card} is not shipped yet")
    figure = tmp_path / "figure.png"
    command = [sys.executable, EXAMPLES / name, "--races", "64", "--figure", figure]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert said in ran.stdout
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_every_forecast_example_is_run() -> None:
    on_disk = {p.name for p in EXAMPLES.glob("*.py") if "langstrecke.forecast" in p.read_text(encoding="utf-8")}
    assert on_disk == set(CASES)
