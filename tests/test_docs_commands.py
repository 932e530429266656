"""Every command line that the docs show is one: its verb exists, and so does each of its options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from langstrecke.cli.app import loaded
from langstrecke.cli.verbs import VERBS
from langstrecke.racecard import load_card
from langstrecke.racecard.apply import apply_patch
from langstrecke.racecard.patch import assignments

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
LINE = re.compile(r"^(?: {4}|\$ )?langstrecke (.+?)(?:\s{2,}#.*| +# .*)?$", re.MULTILINE)
SHOWN = [(page, line) for page in PAGES for line in dict.fromkeys(LINE.findall(page.read_text(encoding="utf-8")))]
CHANGED = re.compile(r"(?:forecast|what-if) (\S+) .*--set '?([\w.]+=[^\s']+)")
CHANGES = sorted({found.groups() for _, line in SHOWN if " --at" not in line and (found := CHANGED.search(line))})
VERB = {verb.words: verb for verb in VERBS}


def words_of(line: str) -> list[str]:
    text = line.split(" | ")[0].split(" > ")[0].split(" && ")[0].split("  ")[0]
    return shlex.split(text.rstrip("\\ "))


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=lambda value: value.name if isinstance(value, Path) else value)
def test_a_command_in_the_docs_is_one(page: Path, line: str) -> None:
    words = words_of(line)
    if words[0].startswith("-"):
        return  # langstrecke --version
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in VERB), None)
    assert name is not None, f"{page.name}: no verb {words[0]!r}"
    known = {opt for p in loaded(VERB[name]).params for opt in [*p.opts, *p.secondary_opts]} | {"--help"}
    options = {word.split("=")[0] for word in words if re.match(r"--?[a-zA-Z]", word)}
    assert options <= known, f"{page.name}: {options - known}"


@pytest.mark.parametrize(("card", "change"), CHANGES)
def test_a_change_in_the_docs_fits_its_card(card: str, change: str) -> None:
    assert apply_patch(load_card(card), assignments([change]))
