"""How a championship is scored, as Pydantic models: scales, marks of a race, and the titles there are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from langstrecke.rulebooks.sourced import Count, Positive, RuleModel, Seconds, Share, Sourced

Kind = Literal["drivers", "teams", "makes"]
OVERALL = "overall"
"""The table of a championship that is scored by the overall order."""


class PointsScale(Sourced):
    """Points by place, the first place first; `rest` for every classified car beyond."""

    positions: tuple[float, ...] = Field(min_length=1)
    rest: float = 0.0

    def points(self, position: int) -> float:
        """Points for a place, counted from 1."""
        if position < 1:
            raise ValueError("places count from 1")
        return self.positions[position - 1] if position <= len(self.positions) else self.rest


class Intermediate(Sourced):
    """Points given for the order at a moment of the race."""

    at_s: Positive
    scale: str
    cup: str = ""
    """A championship of its own (IMSA Endurance Cup); empty: they count towards the main one."""


class ByDuration(RuleModel):
    """Which scale a race of at least `from_h` hours uses."""

    from_h: float
    scale: str


class Title(Sourced):
    """A title scored over a group of cars of its own.

    A championship whose titles are those of its classes, or of the overall order, needs none: see `scored_by`.
    """

    table: str = Field(min_length=1)
    """What the title is called where the class stands elsewhere: LMP, GT, LMP1 private."""
    kinds: tuple[Kind, ...] = Field(min_length=1)
    classes: tuple[str, ...] = ()
    """Classes whose cars are ranked against each other, in the overall order; empty: all cars."""
    cars: tuple[str, ...] = ()
    """Entries nominated for it, the others being invisible; empty: every car that may score."""
    extra_cars: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Event -> entries that may score there too (third cars of a make at Le Mans)."""
    cars_counted: Count = 0
    """How many cars of a make score in a race, each by its own place. 0: the makes are ranked by their best car, the
    others being invisible."""
    pole: bool = True
    """Whether the point for the pole counts here."""

    def nominated(self, event: str) -> frozenset[str]:
        """The nominated entries at one event."""
        return frozenset((*self.cars, *self.extra_cars.get(event, ())))


class PointsRules(Sourced):
    """How a championship is scored. An event may name its own scale with `race`."""

    race: str = ""
    """Scale of this event; empty: by `by_duration`."""
    scales: dict[str, PointsScale] = Field(default_factory=dict)
    by_duration: tuple[ByDuration, ...] = ()
    qualifying: str = ""
    """Scale for the qualifying order; empty: none."""
    pole: float = 0.0
    fastest_lap: float = 0.0
    intermediate: tuple[Intermediate, ...] = ()
    scored_by: Literal["class", "overall", "both"] = "class"
    """`both`: the main title by the overall order, and a cup for each class by the order in class."""
    champions: tuple[Kind, ...] = ("drivers",)
    titles: tuple[Title, ...] = ()
    """Titles scored over groups of cars of their own, in place of `scored_by` and `champions`."""
    teams_score: Literal["best_car", "best_car_ranked", "each_car"] = "best_car"
    """A team collects the points of its best car of a race; or teams are ranked by their best car, the others being
    invisible; or every car has a line of its own."""
    partial: str = ""
    """What is known to be missing or wrong in the tables this book gives; told wherever they are shown."""
    eligible: Literal["all", "full_season", "no_guests"] = "all"
    """Which entries score."""
    guests: tuple[str, ...] = ()
    """Entries known to run race by race, which score nothing."""
    ineligible_hold_place: bool = False
    """Cars that cannot score keep their place, so that nobody moves up for points."""
    dropped: Count = 0
    """Worst results of a season that do not count."""
    classes_excluded: tuple[str, ...] = ()
    """Classes that score nothing in this event (IMSA LMP2 and LMP3 at Daytona)."""
    min_drive_s: Seconds = 0.0
    """A driver must have been at the wheel this long to score."""
    min_share_of_class_winner: Share = 0.0
    """Share of the winner's distance needed to score, beyond being classified."""
    half_below_share: Share = 0.0
    """Half points if less than this share of the scheduled distance was run."""

    @model_validator(mode="after")
    def _scales_exist(self) -> PointsRules:
        named = [self.race, self.qualifying, *(b.scale for b in self.by_duration)]
        named += [i.scale for i in self.intermediate]
        for name in named:
            if name and name not in self.scales:
                known = ", ".join(self.scales) or "none"
                raise ValueError(f"no points scale is called {name!r} (known: {known})")
        return self
