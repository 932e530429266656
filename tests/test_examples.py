"""The examples run, say something and draw their figure."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from langstrecke.racecard import list_cards, load_card
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel

EXAMPLES = Path(__file__).parent.parent / "examples"

CASES = {
    "who_wins_sebring_2021.py": ("imsa-2021-sebring", "#01"),
    "position_heatmap.py": ("le-mans-2019", "on the podium"),
    "edited_lineup.py": ("le-mans-2019", "Kevin in the #63"),
    "rain_or_shine.py": ("le-mans-2019", "wet: the winner covers"),
}

ALONE = {
    "gaps_of_one_race.py": ("GTD: #", "gaps.png"),
    "strategy_son_for_rockenfeller.py": ("rota legal: True", "plan.png"),
    "timing_field_speed.py": ("neutralised period", "field_speed.png"),
}
"""Those without `--races`: what they say, and a figure they leave where they are run."""


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


@pytest.mark.parametrize("name", ALONE)
def test_an_example_runs_as_it_is(name: str, tmp_path: Path) -> None:
    said, figure = ALONE[name]
    command = [sys.executable, str(EXAMPLES / name)]
    if name == "timing_field_speed.py":
        write_alkamel(simulate_laps(load_card("imsa-2021-sebring"), race=1), tmp_path / "laps.csv")
        command.append("laps.csv")
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert said in ran.stdout
    assert (tmp_path / figure).read_bytes().startswith(b"\x89PNG")


def test_every_example_is_run_and_uses_the_front_door() -> None:
    scripts = {p.name: p.read_text(encoding="utf-8") for p in EXAMPLES.glob("*.py")}
    assert set(scripts) == {*CASES, *ALONE}
    assert [name for name, text in scripts.items() if "import langstrecke as ls" not in text] == []
