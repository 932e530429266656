"""What every kind of scenario is asked with, and the words they share."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from langstrecke.errors import CardError
from langstrecke.formatting import percent, signed
from langstrecke.racecard import Patch, read_patch


@dataclass(frozen=True)
class Ask:
    """A scenario's file and how it is to be played."""

    name: str
    data: dict[str, Any]
    races: int = 2_000
    seed: int = 1
    threads: int | None = None
    progress: Callable[[int, int], None] | None = None

    def need(self, key: str, kind: type = str) -> Any:
        """A value the file must have. CardError names the key."""
        value = self.data.get(key)
        if not isinstance(value, kind) or value in ("", []):
            wanted = "a text" if kind is str else "a list"
            raise CardError(f"a scenario of this kind needs {key!r}, {wanted}", file=self.name, key=key)
        return value

    def number(self, key: str, default: int) -> int:
        """A whole number the file may have."""
        value = self.data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise CardError(f"{key!r} must be a whole number, not {value!r}", file=self.name, key=key)
        return value

    def table(self, key: str, fields: dict[str, type]) -> dict[str, Any] | None:
        """A table the file may have, with all its fields; None without it."""
        value = self.data.get(key)
        if value is None:
            return None
        whole = isinstance(value, dict) and all(isinstance(value.get(f), kind) for f, kind in fields.items())
        if not whole:
            wanted = ", ".join(f"{f} ({'a number' if kind is int else 'a text'})" for f, kind in fields.items())
            raise CardError(f"{key!r} needs {wanted}", file=self.name, key=key)
        return dict(value)

    def variants(self) -> list[dict[str, Any]]:
        """The variants, each with a name; the first is what the others are held against."""
        found: list[dict[str, Any]] = self.need("variants", list)
        for number, variant in enumerate(found, start=1):
            if not isinstance(variant, dict) or not isinstance(variant.get("name"), str):
                raise CardError("a variant needs a name", file=self.name, key=f"variants[{number}].name")
            where = f"variants[{number}]"
            if not isinstance(variant.get("patch", ""), str):
                raise CardError("a patch is a text", file=self.name, key=f"{where}.patch")
            stops = variant.get("stops", [])
            if not isinstance(stops, list) or not all(isinstance(change, dict) for change in stops):
                raise CardError("stops are tables, [[variants.stops]]", file=self.name, key=f"{where}.stops")
        return found

    def patch(self, variant: dict[str, Any]) -> Patch | None:
        """The what-if of a variant."""
        text = variant.get("patch", "")
        return read_patch(text + "\n") if text else None

    def step(self, done: int, of: int) -> None:
        """Tell the progress."""
        if self.progress is not None:
            self.progress(done, of)


def sentence(text: str) -> str:
    """With a capital letter at the front."""
    return text[:1].upper() + text[1:]


def margin(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> float:
    """How far the difference of two shares may lie from the truth (95 %), races paired by their luck, in points."""
    apart = one.astype(float) - other.astype(float)
    return float(196 * np.std(apart) / math.sqrt(len(apart)))


def share_told(share: float, races: int) -> str:
    """`13.5 % (95 %: 12.6 to 14.5)`, the interval of the simulation by Wilson's score."""
    z2 = 1.96**2 / races
    middle, half = (share + z2 / 2) / (1 + z2), 1.96 * math.sqrt((share * (1 - share) + z2 / 4) / races) / (1 + z2)
    low, high = (percent(min(1.0, max(0.0, v)), races, unit=False) for v in (middle - half, middle + half))
    return f"{percent(share, races)} (95 %: {low} to {high})"


def difference(points: float, by_chance: float) -> str:
    """`+2.9 points, 95 %: +1.9 to +3.9`, or that it is no more than chance."""
    told = f"{signed(points)} points, 95 %: {signed(points - by_chance)} to {signed(points + by_chance)}"
    return told + (", no more than chance" if abs(points) <= by_chance else "")
