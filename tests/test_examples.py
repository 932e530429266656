"""The examples: each one question, one short script, one figure; they run, say something, and end with a figure."""

from __future__ import annotations

import ast
import contextlib
import io
import runpy
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))
RACES = "64"
LONGEST = 40
NEEDS = {"plan_of_a_car": "ortools"}
"""Examples that need an extra, and its library."""


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_runs(script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(NEEDS.get(script.stem, "langstrecke"))
    figure = tmp_path / "figure.png"
    races = ["--races", RACES] if '"--races"' in script.read_text(encoding="utf-8") else []
    monkeypatch.setattr(sys, "argv", [script.name, *races, "--out", str(figure)])
    monkeypatch.chdir(tmp_path)
    said = io.StringIO()
    with mpl.rc_context({"backend": "Agg"}), contextlib.redirect_stdout(said):
        runpy.run_path(str(script), run_name="__main__")
    assert said.getvalue().strip()
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_there_are_enough_for_a_gallery() -> None:
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("script", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_asks_one_question_and_says_what_to_conclude(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    title, line, *rest = (ast.get_docstring(ast.parse(text)) or "").splitlines()
    assert title.endswith("?")
    assert line == "=" * len(title)
    assert len(" ".join(rest).split()) >= 20
    assert len(text.splitlines()) < LONGEST
    assert "import langstrecke as ls" in text


@pytest.mark.parametrize("script", EXAMPLES[:1], ids=lambda path: path.stem)
def test_an_example_tells_how_it_is_used(script: Path) -> None:
    ran = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0
    assert "--out" in ran.stdout
