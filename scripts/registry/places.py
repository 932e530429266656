"""Circuits by the names the sources use."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from langstrecke.paddock.matching import fold, slug


@cache
def _known() -> dict[str, str]:
    text = (files("langstrecke.paddock") / "data" / "circuits.csv").read_text("utf-8")
    known: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        names = [row["id"], row["name"], *row["aliases"].split("|")]
        known |= {fold(name): row["id"] for name in names if name}
    return known


def circuit_of(name: str) -> str:
    """The id of the circuit with this name. An unknown one is an error: it belongs into circuits.csv."""
    known = _known()
    found = known.get(fold(name)) or known.get(fold(slug(name)))
    if found is None:
        raise KeyError(f"circuit {name!r} is not in circuits.csv")
    return found
