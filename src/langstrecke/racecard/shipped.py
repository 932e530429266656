"""The cards that come with the package."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from langstrecke.errors import NotFoundError
from langstrecke.racecard.io import read_card
from langstrecke.racecard.schema import RaceCard


def _folder() -> Traversable:
    return files("langstrecke.racecard") / "data"


def list_cards() -> tuple[str, ...]:
    """Names of all cards that come with the package, as `load_card` takes them, in order."""
    folder = _folder()
    if not folder.is_dir():
        return ()
    names = (f.name for f in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def shipped_facts() -> Iterator[dict[str, Any]]:
    """The line of every shipped card as `card_facts` has it, in order.

    Shipped cards are sound (a test says so) and name their cars last: the head is read, the cars are counted.
    """
    for name in list_cards():
        text = card_text(name)
        head, *entries = text.split("\n[[entries]]\n")
        data = tomllib.loads(head)
        race = data["race"]
        yield {
            "card": name,
            "race": race["name"],
            "series": race["series"],
            "season": race["season"],
            "date": race["date"].isoformat(),
            "duration_s": float(race["duration_s"]),
            "classes": list(data["classes"]),
            "cars": len(entries),
            "knowledge": race["knowledge"],
            "result": "\n[[result]]\n" in text,
        }


def card_text(name: str) -> str:
    """The file of a shipped card as it stands. NotFoundError names the nearest."""
    if name not in list_cards():
        raise NotFoundError.nearest("race card", name, list(list_cards()))
    return (_folder() / f"{name}.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=32)
def _shipped(name: str) -> RaceCard:
    with as_file(_folder() / f"{name}.toml") as path:
        return read_card(path)


def load_card(name_or_path: str | Path) -> RaceCard:
    """A shipped card by name (`imsa-2021-sebring`), or a card of one's own by path.

    NotFoundError names the nearest shipped cards.
    """
    name = str(name_or_path)
    if name in list_cards():
        return _shipped(name)
    if isinstance(name_or_path, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        return read_card(Path(name))
    raise NotFoundError.nearest(
        "race card", name, list(list_cards()), hint="langstrecke card list names them all; a path works too"
    )
