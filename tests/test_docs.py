"""The docs keep up with the house: files they name exist, trips go one way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "langstrecke"
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def trips() -> dict[str, list[str]]:
    """Heading of a trip -> the file of every step."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Three trips")[2]
    parts = re.split(r"^### (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        title: re.findall(r"^\d+\. `([\w/.]+)`", body, re.MULTILINE)
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


def test_there_are_three_trips() -> None:
    assert [len(steps) >= 8 for steps in trips().values()] == [True, True, True]


@pytest.mark.parametrize("trip", list(trips()))
def test_a_trip_names_files_that_exist_and_none_twice(trip: str) -> None:
    steps = trips()[trip]
    assert [s for s in steps if not (SRC / s).is_file()] == []
    assert len(set(steps)) == len(steps)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_files_named_in_the_docs_exist(page: Path) -> None:
    """Paths in backticks with a slash and a suffix are files of the package or of the repository."""
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|md|css|js))`", text))
    places = (ROOT, SRC, page.parent, ROOT / "tests", ROOT / "src", SRC / "news", SRC / "paddock", SRC / "simulation")
    gone = [n for n in sorted(named) if "<" not in n and not any((p / n).exists() for p in places)]
    assert gone == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_resolve(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []
