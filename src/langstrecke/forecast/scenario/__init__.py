"""Scenarios: questions as files. Each is played and answered in sentences with numbers.

A file names a card, a season or a calendar, what to watch, the variants to hold against each other (what-ifs), what
is known, estimated and unknown, and remarks that close the answer. The shipped ones lie in `forecast/scenarios`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from langstrecke.errors import CardError, NotFoundError
from langstrecke.forecast.scenario.calendar import calendar_answer
from langstrecke.forecast.scenario.question import Ask
from langstrecke.forecast.scenario.race import race_answer
from langstrecke.forecast.scenario.season import season_answer
from langstrecke.racecard.io import read_text

KINDS: dict[str, Callable[[Ask], tuple[list[str], dict[str, Any]]]] = {
    "race": race_answer,
    "season": season_answer,
    "calendar": calendar_answer,
}


@dataclass(frozen=True)
class Scenario:
    """A question as the file puts it."""

    name: str
    title: str
    question: str
    kind: str
    known: tuple[str, ...]
    estimated: tuple[str, ...]
    unknown: tuple[str, ...]
    data: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What came out: sentences, and the figures behind them."""

    scenario: Scenario
    sentences: tuple[str, ...]
    figures: dict[str, Any]
    """Plain numbers; kind `race`: `variants` (name, shares per car); `season`: titles; `calendar`: meetings."""
    races: int
    seed: int

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        s = self.scenario
        return {
            "scenario": s.name,
            "title": s.title,
            "question": s.question,
            "answer": list(self.sentences),
            "known": list(s.known),
            "estimated": list(s.estimated),
            "unknown": list(s.unknown),
            "figures": self.figures,
            "races": self.races,
            "seed": self.seed,
        }


def list_scenarios() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    folder = files("langstrecke.forecast.scenario") / "data"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def load_scenario(name: str | Path) -> Scenario:
    """A shipped scenario by name or one of your own by path. NotFoundError names the nearest."""
    if str(name) in list_scenarios():
        text = (files("langstrecke.forecast.scenario") / "data" / f"{name}.toml").read_text("utf-8")
    elif Path(name).suffix == ".toml":
        text, _ = read_text(name, kind="scenario")
    else:
        hint = "langstrecke scenario list names them all; a path works too"
        raise NotFoundError.nearest("scenario", str(name), list(list_scenarios()), hint=hint)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CardError(f"not TOML: {error}", file=str(name)) from None
    for key in ("title", "question", "kind"):
        if not isinstance(data.get(key), str):
            raise CardError(f"a scenario needs {key!r}", file=str(name), key=key)
    if data["kind"] not in KINDS:
        raise NotFoundError.nearest("kind of scenario", data["kind"], list(KINDS))
    _lines(data, "remarks", str(name))
    said = {key: _lines(data, key, str(name)) for key in ("known", "estimated", "unknown")}
    return Scenario(Path(name).stem, data["title"], data["question"], data["kind"], **said, data=data)


def _lines(data: dict[str, Any], key: str, file: str) -> tuple[str, ...]:
    lines = data.get(key, [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise CardError(f"{key!r} must be a list of sentences", file=file, key=key)
    return tuple(lines)


def run_scenario(
    scenario: Scenario,
    *,
    races: int = 2_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Answer:
    """Play a scenario and answer it."""
    ask = Ask(scenario.name, scenario.data, races, seed, threads, progress)
    sentences, figures = KINDS[scenario.kind](ask)
    return Answer(scenario, tuple(sentences), figures, races, seed)
