"""Points and ± have one meaning wherever they are printed, and it stands beside them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.racecard import write_card
from meanings import unexplained

CARD = "card.toml"
VERBS = (
    ["forecast", CARD, "--races", "64"],
    ["what-if", CARD, "--set", "entries.01.penalty_s=60", "--races", "64"],
    ["optimise", CARD, "--car", "01", "--candidates", "6", "--error", "0.2"],
    ["card", "show", CARD],
    ["scenario", "run", "scenario.toml", "--races", "64"],
    ["plan", CARD, "--car", "01"],
    ["rules", "imsa-2021"],
)
SCENARIO = """
title = "x"
question = "x"
kind = "race"
card = "adac-gt-masters-2019-sachsenring-1"
class = "GT3"
watch = "14"
known = ["x"]
estimated = ["x"]
unknown = ["x"]
[[variants]]
name = "as it is"
[[variants]]
name = "slower"
patch = '''
[set]
entries.14.pace_s = { plus = 0.2 }
'''
"""


@pytest.mark.parametrize("words", VERBS, ids=lambda words: words[0])
def test_what_a_verb_prints_says_what_its_figures_mean(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_card(small_card(), tmp_path / CARD)
    Path("scenario.toml").write_text(SCENARIO, encoding="utf-8")
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    assert unexplained(done.stdout) == []


def test_what_is_not_explained_is_found() -> None:
    assert unexplained("win 3.1 ± 0.4") == ["±"]
    assert unexplained("win +-0.4 %") == ["±"]
    assert unexplained("class win +3.1 points") == ["points"]
    assert unexplained("points are percentage points; every ± is the simulation's 95 %\n +3.1 points ± 0.4") == []
    assert unexplained("+3.1 points, 95 %: +2.7 to +3.5") == []


@pytest.mark.parametrize("page", sorted(Path(__file__).parents[2].glob("docs/*.md")), ids=lambda p: p.name)
def test_a_page_that_uses_plus_minus_says_what_it_is(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    if "±" in text:
        assert re.search(r"95 %|standard (error|deviation)", text)
