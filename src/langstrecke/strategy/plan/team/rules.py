"""What binds a team's plan: its rule book, with the team file's own rules on top."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from langstrecke.errors import CardError, LangstreckeError
from langstrecke.formatting import plural
from langstrecke.rulebooks.limits import CrewLimits, DriverLimits, crew_limits, driver_limits
from langstrecke.rulebooks.load import list_rulebooks, load_rulebook, read_rulebook
from langstrecke.rulebooks.schema import PitRules, RuleBook
from langstrecke.strategy.plan.team.schema import Team


@dataclass(frozen=True)
class Binding:
    """Rules of one car's plan."""

    book: RuleBook
    race_class: str
    pit: PitRules
    limits: tuple[DriverLimits, ...]
    crew: CrewLimits
    fair_share: float

    def least_laps(self, laps: int) -> tuple[int, ...]:
        """Laps each driver must drive of so many by the car; empty without a fair share.

        iRacing: the car's laps over its drivers, 25 % of that, rounded up.
        """
        if not self.fair_share:
            return ()
        drivers = len(self.limits)
        return (math.ceil(self.fair_share * laps / drivers - 1e-9),) * drivers


def book_of(team: Team, beside: Path | None = None) -> RuleBook:
    """The rule book the team file names: an id, or a file (looked for beside the team file)."""
    name = team.rules.book
    if name.endswith(".toml"):
        if beside is None:
            raise CardError("a rule book file is read only beside a team file", key="rules.book")
        return read_rulebook(beside / name)
    try:
        return load_rulebook(name)
    except LangstreckeError as error:
        known = ", ".join(n for n in ("none", "iracing", "acc", "lmu") if n in list_rulebooks())
        hint = f"for sim races: {known}; others: langstrecke rules --list; or a file of your own"
        raise CardError(error.what, key="rules.book", hint=hint) from None


def bind(team: Team, length_s: float, beside: Path | None = None) -> Binding:
    """The rules of this team in a race this long. CardError where the crew is too small or too large for them."""
    book, own = book_of(team, beside), team.rules
    name = own.race_class or book.classes[0].name
    try:
        race_class = book.class_named(name).name
    except KeyError:
        known = ", ".join(c.name for c in book.classes)
        raise CardError(f"{book.id} has no class {name!r}", key="rules.class", hint=f"known: {known}") from None
    limits = tuple(_limits(team, driver_limits(book, race_class, d.licence, length_s)) for d in team.driver)
    crew = crew_limits(book, race_class, length_s)
    crew = replace(
        crew,
        min_drivers=own.min_drivers if own.min_drivers is not None else crew.min_drivers,
        max_drivers=own.max_drivers if own.max_drivers is not None else max(crew.max_drivers, _most(book)),
    )
    count = len(team.driver)
    if not crew.min_drivers <= count <= crew.max_drivers:
        few = count < crew.min_drivers
        bound = f"at least {crew.min_drivers}" if few else f"at most {crew.max_drivers}"
        raise CardError(f"{plural(count, 'driver')}; {book.id} asks for {bound}", key="driver")
    share = own.fair_share if own.fair_share is not None else max((limit.fair_share for limit in limits), default=0.0)
    return Binding(book, race_class, _pit(team, book), limits, crew, share)


def _most(book: RuleBook) -> int:
    """A book that says nothing of crew sizes allows any."""
    return 0 if any(rule.max_drivers is not None for rule in book.crew) else 60


def _limits(team: Team, limit: DriverLimits) -> DriverLimits:
    own = team.rules
    changes: dict[str, object] = {}
    if own.max_drive is not None:
        changes["max_drive_s"] = own.max_drive
    if own.min_drive is not None:
        changes["min_drive_s"] = own.min_drive
    if own.max_in_a_row is not None:
        changes["max_continuous_s"] = own.max_in_a_row
    if own.rest is not None:
        changes["min_rest_s"] = own.rest
    if own.everybody_drives is not None:
        changes["all_must_start"] = own.everybody_drives
    return replace(limit, **changes)  # type: ignore[arg-type]


def _pit(team: Team, book: RuleBook) -> PitRules:
    own, pit = team.rules, book.pit
    changes: dict[str, object] = {}
    if own.mandatory_stops is not None:
        changes["mandatory_stops"] = own.mandatory_stops
    if own.window is not None:
        changes |= {"mandatory_from_s": own.window[0], "mandatory_to_s": own.window[1]}
        changes.setdefault("mandatory_stops", max(1, pit.mandatory_stops))
    if own.min_pit_time is not None:
        changes["min_pit_time_s"] = own.min_pit_time
    if own.max_stint is not None:
        changes["max_stint_s"] = own.max_stint
    if team.car.refuel is None:
        changes["refuelling"] = False
    if team.car.tyres_after_fuel:
        changes["fuel_and_tyres"] = "tyres_after_fuel"
    return pit.model_copy(update=changes)
