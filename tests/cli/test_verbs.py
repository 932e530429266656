"""The table of verbs: what it says is so, the docs name every verb, and starting loads nothing that takes time."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.testing import CliRunner

import langstrecke
from langstrecke.cli import app
from langstrecke.cli.verbs import FAMILIES, GROUPS, VERBS, Verb

DOCS = Path(__file__).parents[2] / "docs" / "verbs.md"

HEAVY = {
    "numpy", "scipy", "numba", "polars", "duckdb", "matplotlib", "tomlkit", "rapidfuzz", "nicegui", "fastapi",
    "spacy", "ortools",
}  # fmt: skip
LIGHT = {"langstrecke", "langstrecke.cli", "langstrecke.cli.app", "langstrecke.cli.verbs", "langstrecke.errors"}
"""The project's modules that the command line loads before a verb is known."""


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words)
def test_a_verb_is_what_its_row_says(verb: Verb) -> None:
    function = getattr(import_module(f"langstrecke.cli.{verb.module}"), verb.function)
    assert " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split()) == verb.line
    first, *more = verb.words.split()
    assert (first in FAMILIES) == (bool(more) and first not in {other.words for other in VERBS})


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.words)
def test_a_verb_tells_its_options(verb: Verb) -> None:
    told = CliRunner().invoke(app, [*verb.words.split(), "--help"], env={"COLUMNS": "60"}, catch_exceptions=False)
    assert told.exit_code == 0
    assert "Options" in told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 60


def test_no_verb_stands_twice() -> None:
    words = [verb.words for verb in VERBS]
    assert len(set(words)) == len(words)
    assert {verb.group for verb in VERBS} == set(GROUPS)


def test_help_shows_the_groups_in_order_in_few_columns() -> None:
    told = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "60"}).stdout
    assert max(map(len, told.splitlines())) <= 60
    panels = re.findall(r"^╭─ (\w+) ─", told, re.MULTILINE)
    assert panels == ["Options", *GROUPS]
    for verb in VERBS:
        assert re.search(rf"^│ {verb.words.split()[0]} ", told, re.MULTILINE)


def test_the_docs_name_every_verb_in_its_group() -> None:
    named: dict[str, list[str]] = {}
    for group, rows in re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", DOCS.read_text(encoding="utf-8"), re.M | re.S):
        named[group] = re.findall(r"^\| `([\w -]+)` \|", rows, re.MULTILINE)
    assert named == {group: [v.words for v in VERBS if v.group == group] for group in GROUPS}


def test_a_wrong_word_gets_the_near_one() -> None:
    told = CliRunner().invoke(app, ["forecst"])
    assert told.exit_code == 2
    assert "Did you mean 'forecast'?" in told.output
    assert "Did you mean 'show'?" in CliRunner().invoke(app, ["card", "shw"]).output


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"langstrecke {langstrecke.__version__}\n"


def loaded_by(code: str) -> set[str]:
    """Modules a fresh interpreter holds after this code."""
    code = f"{code}\nimport sys\nprint(*sorted(sys.modules), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


def test_starting_loads_no_verb() -> None:
    modules = loaded_by("import langstrecke.cli")
    assert {m for m in modules if m.split(".")[0] == "langstrecke"} == LIGHT
    assert not {m.split(".")[0] for m in modules} & (HEAVY | {"pydantic", "rich"})


def test_a_verbs_module_loads_nothing_heavy() -> None:
    names = sorted({f"langstrecke.cli.{verb.module}" for verb in VERBS})
    modules = loaded_by("import importlib\n" + "\n".join(f"importlib.import_module({name!r})" for name in names))
    assert not {m.split(".")[0] for m in modules} & HEAVY
    rooms = {m.split(".")[1] for m in modules if m.startswith("langstrecke.")}
    assert rooms == {"cli", "errors", "formatting", "language", "services"}


def test_help_and_completion_load_no_verb() -> None:
    asked = "import os, typer.testing\nfrom langstrecke.cli import app\n"
    for words in (["--help"], ["card", "--help"], ["--version"]):
        modules = loaded_by(f"{asked}typer.testing.CliRunner().invoke(app, {words})")
        assert {m for m in modules if m.split(".")[0] == "langstrecke"} == LIGHT
    completed = (
        "import os, sys\nos.environ |= {'_LANGSTRECKE_COMPLETE': 'complete_bash', 'COMP_WORDS': 'langstrecke for',"
        " 'COMP_CWORD': '1'}\nfrom langstrecke.cli import app\n"
        "try:\n    app(prog_name='langstrecke')\nexcept SystemExit:\n    pass"
    )
    modules = loaded_by(completed)
    assert {m for m in modules if m.split(".")[0] == "langstrecke"} == LIGHT


def test_shells_complete_verbs() -> None:
    env = {"_LANGSTRECKE_COMPLETE": "complete_bash", "COMP_WORDS": "langstrecke for", "COMP_CWORD": "1"}
    told = CliRunner().invoke(app, [], env=env, prog_name="langstrecke")
    assert told.stdout.split() == ["forecast"]
