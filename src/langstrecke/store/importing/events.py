"""Names and lengths: from events to circuits, race ids, session ids and scheduled durations."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

from langstrecke.store.importing.layouts import Source, race_extra

_STANDARD_MINUTES = (40, 45, 60, 90, 100, 120, 160, 180, 240, 360, 480, 600, 720, 1440)
_LAP_SLACK_S = 600.0
"""A timed race ends with the lap under way; no lap, and no safety-car lap, lasts longer."""


@dataclass(frozen=True)
class Naming:
    """The identifiers of one event. `race_id` is the race its other sessions belong to (none for a test)."""

    circuit: str
    base: str
    race_id: str | None
    prefix: str  # of the ids of all sessions but further races

    def session(self, source: Source, name: str) -> tuple[str, str | None]:
        """Session id and race id of a source whose session is called `name` within the event."""
        if source.session_kind != "race":
            return f"{self.prefix}/{name}", self.race_id
        race = _joined(self.base, _race_words(source))
        return f"{race}/race", race

    def numbered(self, number: int) -> Naming:
        """The same for the n-th event that would carry these identifiers."""
        race = f"{self.race_id}-{number}" if self.race_id else None
        return Naming(self.circuit, f"{self.base}-{number}", race, f"{self.prefix}-{number}")


@cache
def tables() -> dict[str, Any]:
    """The data table `tables.toml`."""
    text = resources.files("langstrecke.store.importing").joinpath("tables.toml").read_text("utf-8")
    return tomllib.loads(text)


def circuit_slug(event: str) -> str:
    """The circuit behind an event's slug; an unknown event's own slug."""
    for circuit in tables()["circuit"]:
        if any(_within(match, event) for match in circuit["match"]):
            return str(circuit["slug"])
    return event or "unknown"


def circuit_name(circuit: str) -> str:
    """The circuit's full name; the slug in words where it is not known."""
    for row in tables()["circuit"]:
        if row["slug"] == circuit:
            return str(row["name"])
    return circuit.replace("-", " ").title()


def _within(words: str, text: str) -> bool:
    return f"-{words}-" in f"-{text}-"


def name_event(sources: list[Source]) -> Naming:
    """Identifiers of the event the `sources` belong to.

    `<series>-<season>-<circuit>`; the 24 h of Le Mans is its own series ("le-mans-2019"). What sets a race
    apart follows: "imsa-2021-watkins-glen-240", "imsa-2021-daytona-qualifying-race". A test without a race
    (the Roar of 2023, the February test at Sebring) has no race id.
    """
    first = sources[0]
    circuit = circuit_slug(first.event)
    base = f"{first.series}-{first.season}"
    if circuit != first.series:
        base = f"{base}-{circuit}"
    for extra in tables()["extra"]:
        if _within(extra["match"], first.event):
            base = f"{base}-{extra['suffix']}"
    races = sorted((source for source in sources if source.session_kind == "race"), key=lambda s: s.session)
    if races:
        race_id = _joined(base, _race_words(races[0]))
        return Naming(circuit, base, race_id, race_id)
    words = first.event.split("-")
    if "test" in words or "roar" in words:
        return Naming(circuit, base, None, f"{base}-{'roar' if 'roar' in words else 'test'}")
    return Naming(circuit, base, base, base)


def _race_words(source: Source) -> str:
    added = race_extra(source.session)
    # The race of the Roar is the qualifying race for the 24 h, whatever its file is called.
    return "qualifying-race" if not added and "roar" in source.event.split("-") else added


def _joined(base: str, added: str) -> str:
    return f"{base}-{added}" if added else base


def scheduled_s(race_id: str, source: Source, circuit: str, limit_s: float | None) -> float | None:
    """The scheduled length of a race in seconds, where a file or the table of regulations gives it.

    `limit_s` is a length printed in the data itself; then what the file's name says; then the table.
    """
    if limit_s:
        return limit_s
    if source.hours:
        return source.hours * 3600.0
    for row in tables()["length"]:
        low, high = row["seasons"]
        fits = row["series"] == source.series and low <= source.season <= high
        if fits and "race" in row:
            fits = race_id.endswith("-" + row["race"])
        if fits and "circuits" in row:
            fits = circuit in row["circuits"]
        if fits:
            return float(row["minutes"] * 60)
    return None


def inferred_s(leader_elapsed_s: float) -> float:
    """The scheduled length a race most likely had: the longest usual one the leader just exceeded.

    Where none fits (a race cut short) the nearest usual length.
    """
    usual = [minutes * 60.0 for minutes in _STANDARD_MINUTES]
    under = [length for length in usual if 0.0 <= leader_elapsed_s - length + 5.0 <= _LAP_SLACK_S]
    return max(under) if under else min(usual, key=lambda length: abs(length - leader_elapsed_s))


def known_date(race_id: str) -> date | None:
    """The day of a race whose files do not print it."""
    day = tables()["dates"].get(race_id)
    return day if isinstance(day, date) else None
