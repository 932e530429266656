"""What the verb that follows a race gives."""

from __future__ import annotations

from typing import Any

from langstrecke.services.answers.common import Answer


class FollowAnswer(Answer):
    """A followed race at one moment, with the table as `live.table` has it."""

    race: str
    source: str
    """In words."""
    race_s: float
    duration_s: float | None
    flag: str | None
    finished: bool
    """The race is over; False where the recording or the service broke off before."""
    cars: int
    laps: int
    """Laps told, of all cars: the crossings of the line. A car's lap 0, before its first crossing, is none."""
    laps_missing: int
    """Laps that must have been driven and were not told."""
    laps_estimated: int
    """Laps told without times that fit: the crossing is when it was seen, or the lap time the mean of the car."""
    flag_changes: int
    """Flags told, the first green among them."""
    uncertain: int
    """Cars whose row may be wrong; `why` in the row says for what reason."""
    weather: dict[str, Any] | None
    control: list[dict[str, Any]]
    """Messages of race control, the oldest first."""
    untold: tuple[str, ...]
    """What the source never tells, such as pit stops: a 0 in their column says nothing."""
    trouble: str
    """What is wrong with the source, in words."""
    recording: str | None
    """The file the race was kept in."""
    table: list[dict[str, Any]]
    """A row a car, in race order."""


class SeriesAnswer(Answer):
    """A series with live timing, and what of it runs now."""

    series: str
    name: str
    owner: str
    sessions: tuple[str, ...]
    """In words; empty where nothing runs, or that is not known."""
    note: str
    """Why it is not known."""
