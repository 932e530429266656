"""What the paddock's verbs give."""

from __future__ import annotations

from typing import Any

from langstrecke.services.answers.common import Answer


class CareerAnswer(Answer):
    """What a driver entered."""

    driver: str
    entered: int
    started: int
    class_wins: list[int]
    rows: list[dict[str, Any]]
    covers: list[str]
    """Of which series and seasons results are held, and which races of the store count."""


class TogetherAnswer(CareerAnswer):
    """The races two drivers shared a car in."""

    other: str


class MateLine(Answer):
    """A team mate and the races shared."""

    driver: str
    id: str
    races: list[str]


class MatesAnswer(Answer):
    """Who shared a car with a driver, most often first."""

    driver: str
    mates: list[MateLine]
    covers: list[str]
    """Of which series and seasons results are held, and which races of the store count."""


class VersusAnswer(Answer):
    """Races in which two drivers drove different cars, and how often either came in ahead."""

    drivers: tuple[str, str]
    ahead: tuple[int, int]
    rows: list[dict[str, Any]]
    covers: list[str]
    """Of which series and seasons results are held, and which races of the store count."""


class CalendarAnswer(Answer):
    """Where calendars clash."""

    season: int
    driver: str | None
    travel_days: int
    meetings: list[dict[str, Any]]
    clashes: list[dict[str, Any]]
    chances: list[dict[str, Any]]
    """`verdict`: free, tight, clash, or not known where a calendar that may stand in the way is not held."""
    unknown: list[str]
    """Calendars that are not held, or in part only."""
    covers: list[str]
    """Of which series and seasons results are held, and which races of the store count."""


class WhoLine(Answer):
    """A driver a name may stand for."""

    driver: str
    id: str
    score: float
    reasons: list[str]


class PairLine(Answer):
    """Two names that are, or may be, one person."""

    one: str
    other: str
    score: float
    reasons: list[str]
    driver: str
    """Id of the person both were taken for; empty where it is open."""


class RatingLine(Answer):
    """A driver or a car by pace: per cent of a lap against the mean of all listed, negative is faster."""

    name: str
    pace: float
    low: float
    high: float
    laps: int
    licence: str | None = None
    make: str | None = None


class RulebookLine(Answer):
    """A rule book in one line."""

    id: str
    series: str
    season: str
    classes: list[str]
    scope: str
    own: bool
    """Whether it is one of the user's own."""


class RulesAnswer(Answer):
    """A rule book: its data, and its figures in words."""

    id: str
    book: dict[str, Any]
    figures: list[dict[str, Any]]


class RulesDiffLine(Answer):
    """One figure two rule books differ in."""

    section: str
    name: str
    one: str
    other: str


class RulesDiffAnswer(Answer):
    """What differs between two rule books, named by their ids."""

    one: str
    other: str
    lines: list[RulesDiffLine]
