"""The forecast file: one JSON line per race, class and cutoff, written so that an interrupted run can go on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError

DIGITS = 7


@dataclass(frozen=True)
class Line:
    """One forecast: of one class of one race at one cutoff. Cars are sorted by number."""

    race: str
    car_class: str
    cutoff: float
    cars: tuple[str, ...]
    probabilities: NDArray[np.float64]  # row per car, column per in-class position
    source: str

    @property
    def key(self) -> tuple[str, str, float]:
        """What makes a line unique."""
        return self.race, self.car_class, self.cutoff

    def text(self) -> str:
        """The line as it stands in the file, its end included."""
        rows = [rounded(row) for row in self.probabilities]
        data = {
            "race": self.race,
            "class": self.car_class,
            "cutoff": self.cutoff,
            "cars": list(self.cars),
            "position_probabilities": rows,
            "source": self.source,
        }
        return json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n"


def rounded(row: NDArray[np.float64]) -> list[float]:
    """A row of probabilities rounded so that it still sums to 1: the largest takes what rounding lost."""
    values = [round(float(v), DIGITS) for v in row]
    top = max(range(len(values)), key=values.__getitem__)
    values[top] = round(1.0 - math.fsum(v for k, v in enumerate(values) if k != top), DIGITS)
    return values


def read_lines(path: Path) -> list[Line]:
    """All forecasts of a file. LangstreckeError naming the line for one that is none."""
    found: list[Line] = []
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise LangstreckeError(f"cannot be read: {error.strerror or error}", file=path) from None
    except UnicodeDecodeError:
        raise LangstreckeError("is no file of forecasts: not UTF-8 text", file=path) from None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            found.append(_parse(line, path, number))
    return found


def _parse(line: str, path: Path, number: int) -> Line:
    try:
        data: dict[str, Any] = json.loads(line)
        cars = tuple(str(c) for c in data["cars"])
        table = np.array(data["position_probabilities"], dtype=np.float64)
        if table.ndim != 2 or len(table) != len(cars) or not np.isfinite(table).all():
            raise ValueError("not one row of probabilities per car")
        race, name, cutoff = str(data["race"]), str(data["class"]), float(data["cutoff"])
        return Line(race, name, cutoff, cars, table, str(data.get("source", "")))
    except (ValueError, KeyError, TypeError) as error:
        why = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise LangstreckeError(f"not a forecast: {why}", file=path, line=number) from None


def mend(path: Path) -> set[tuple[str, str, float]]:
    """Cut a half-written last line off an unfinished file; returns the keys of the lines that stand in it.

    A file that does not exist has none. Raises LangstreckeError for a file that is something else.
    """
    if not path.exists():
        return set()
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return {line.key for line in read_lines(path)}


def append(path: Path, lines: Iterable[Line]) -> None:
    """Add lines at the end, in one write."""
    text = "".join(line.text() for line in lines)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=path) from None
