"""The rules of a book boiled down to what holds for one driver, one crew, one race length: flat figures."""

from __future__ import annotations

from dataclasses import dataclass

from langstrecke.rulebooks.schema import CrewRule, DriverRule, Licence, RuleBook


@dataclass(frozen=True)
class DriverLimits:
    """Limits on one driver's time at the wheel. `None` and 0 mean: no such limit."""

    min_drive_s: float = 0.0
    min_shared: bool = False
    min_drivers_counted: int | None = None
    base_drive_s: float = 0.0
    max_drive_s: float | None = None
    max_in_window_s: float | None = None
    window_s: float | None = None
    max_continuous_s: float | None = None
    min_rest_s: float = 0.0
    all_must_start: bool = False
    fair_share: float = 0.0


@dataclass(frozen=True)
class CrewLimits:
    """Who may share a car."""

    min_drivers: int = 1
    max_drivers: int = 6
    min_bronze: int = 0
    min_silver_or_bronze: int = 0
    bronze_allowed: bool = True


def _applies(rule: DriverRule | CrewRule, class_name: str, hours: float) -> bool:
    in_class = not rule.classes or class_name in rule.classes
    return in_class and rule.from_h - 1e-9 <= hours <= rule.to_h + 1e-9


def driver_limits(book: RuleBook, class_name: str, licence: Licence | None, duration_s: float) -> DriverLimits:
    """What holds for a driver of this class and licence in a race this long.

    A driver whose licence is not known is held to the rules that hold for everybody only.
    """
    race_class = book.class_named(class_name).name
    found: dict[str, object] = {}
    for rule in book.driver_time:
        if not _applies(rule, race_class, duration_s / 3600) or (rule.licences and licence not in rule.licences):
            continue
        for key in DriverLimits.__dataclass_fields__:
            value = getattr(rule, key)
            if value is not None:
                found[key] = value
    return DriverLimits(**found)  # type: ignore[arg-type]


def crew_limits(book: RuleBook, class_name: str, duration_s: float) -> CrewLimits:
    """How many drivers of which licence a car of this class needs in a race this long."""
    race_class = book.class_named(class_name).name
    found: dict[str, object] = {}
    for rule in book.crew:
        if not _applies(rule, race_class, duration_s / 3600):
            continue
        for key in CrewLimits.__dataclass_fields__:
            value = getattr(rule, key)
            if value is not None:
                found[key] = value
    return CrewLimits(**found)  # type: ignore[arg-type]
