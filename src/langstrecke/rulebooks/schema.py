"""The rule book: what a race is played by, as Pydantic models.

Times are seconds (`_s`), speeds km/h (`_kph`), race lengths in rules hours (`_h`). Every table says where its
figures come from: `source` and `confidence` for the table, `sources` for single keys that differ. A key the file
does not set has the default below, which counts as `assumed`: see `RuleBook.provenance`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from langstrecke.rulebooks.points import OVERALL, PointsRules, PointsScale, Title
from langstrecke.rulebooks.sourced import Count, KeySource, Positive, RuleModel, Seconds, Share, Sourced

Licence = Literal["platinum", "gold", "silver", "bronze"]
Regime = Literal["imsa_fcy", "wec_fcy_sc", "le_mans_three_sc", "le_mans_one_sc", "sro_fcy_sc", "gtm_sc", "code_60"]
Groups = tuple[tuple[str, ...], ...]


class RaceClass(Sourced):
    """A class of cars. The rule book lists its classes from the fastest to the slowest."""

    name: str = Field(min_length=1)
    """As the timing files write it: DPi, LMP2, GTD, LMGTE Pro."""
    title: str = ""
    kind: Literal["prototype", "gt"]
    aliases: tuple[str, ...] = ()
    """Other spellings of this class in files and other years."""
    subclass_of: str | None = None
    """Scored apart but raced with the pace of this class (cups within one kind of car)."""


class CrewRule(Sourced):
    """Who may share a car, in races of `from_h` up to `to_h` hours. Empty `classes` means all."""

    classes: tuple[str, ...] = ()
    from_h: float = 0.0
    to_h: float = 1e6
    min_drivers: Annotated[int, Field(ge=1)] | None = None
    max_drivers: Annotated[int, Field(ge=1)] | None = None
    min_bronze: Count | None = None
    min_silver_or_bronze: Count | None = None
    """Drivers that are Silver or Bronze, the Bronze of `min_bronze` counted in."""
    bronze_allowed: bool | None = None


class DriverRule(Sourced):
    """Limits on time at the wheel. Empty `classes` or `licences` means all; a later rule overrides."""

    classes: tuple[str, ...] = ()
    licences: tuple[Licence, ...] = ()
    from_h: float = 0.0
    to_h: float = 1e6
    min_drive_s: Seconds | None = None
    """Least time at the wheel over the race."""
    min_shared: bool | None = None
    """The minimum is for all drivers of these licences of one car together."""
    min_drivers_counted: Count | None = None
    """Only this many drivers of these licences must reach `min_drive_s`; None: every one of them."""
    base_drive_s: Seconds | None = None
    """Least time for the drivers beyond `min_drivers_counted`."""
    max_drive_s: Positive | None = None
    max_in_window_s: Positive | None = None
    """At most this long at the wheel in any `window_s` of the race."""
    window_s: Positive | None = None
    max_continuous_s: Positive | None = None
    """At most this long without a rest of `min_rest_s`."""
    min_rest_s: Seconds | None = None
    all_must_start: bool | None = None
    """Every nominated driver must drive."""
    fair_share: Share | None = None
    """Least share of an equal share of the car's laps that each driver must drive, rounded up to whole laps."""


class RaceRules(Sourced):
    """How long a race is and how it ends."""

    duration_s: Positive
    limit: Literal["time", "laps", "time_or_distance"] = "time"
    """What ends the race; `time_or_distance` ends at whichever comes first."""
    distance_km: Positive | None = None
    laps: Annotated[int, Field(gt=0)] | None = None
    finish: Literal["leader_after_time", "leader_after_time_plus_lap", "leader_after_distance"] = "leader_after_time"
    """When the flag falls: at the leader's first crossing after the time, a lap later, or after the distance."""
    start: Literal["rolling", "standing"] = "rolling"
    classes: tuple[str, ...] = ()
    """Classes that take part in this event; empty: all."""
    red_flag_clock: Literal["runs", "stops"] = "runs"
    """Whether the race clock runs on under a red flag."""
    red_end_laps_back: Annotated[int, Field(ge=0, le=1)] = 1
    """A race that cannot be resumed ends as it stood when the leader ended this many laps before his last complete
    one. Default: "the end of the penultimate lap before the lap during which the signal was given" (FIA)."""
    max_cars: Annotated[int, Field(gt=0)] | None = None


class NeutralisationRules(Sourced):
    """What happens under yellow. `regime` picks the procedure; the figures fill it in."""

    regime: Regime
    fcy: bool = True
    """Full-course yellow at a set speed without a safety car (gaps stay). IMSA's is a safety car: False."""
    fcy_kph: Positive = 80.0
    fcy_pits_closed: bool = False
    """Pit entry closed under FCY, emergencies apart."""
    fcy_then_sc: bool = False
    """An FCY is usually followed by a safety car before the restart."""
    vsc: bool = False
    """A virtual safety car slows the field before a safety car comes out. Played as a safety car from the start."""
    safety_cars: Annotated[int, Field(ge=0, le=4)] = 1
    """Safety cars that gather groups of their own."""
    sc_kph: Positive = 120.0
    sc_pits_closed: bool = False
    """Pit entry closed at first when the safety car is out."""
    pits_closed_laps: Count = 0
    """Laps behind the safety car until the pits open to the first group of `pit_opening`."""
    pit_opening: Groups = ()
    """Classes in the order in which the pits open to them, one lap apart; empty: all at once."""
    pit_exit_held: bool = False
    """The pit exit is closed until the queue behind the (next) safety car has passed."""
    wave_by: Literal["none", "lapped_only", "ahead_of_class_leader"] = "none"
    """Who may drive round and join the back of the queue: cars a lap down on their class leader that stand
    between safety car and overall leader (`lapped_only`), or all ahead of their class leader in the queue."""
    wave_by_from_s: Seconds = 0.0
    wave_by_not_last_s: Seconds = 0.0
    wave_by_gap_s: Seconds = 0.0
    """At least this long between two wave-bys."""
    wave_by_min_race_s: Seconds = 0.0
    """No wave-by in scheduled races shorter than this."""
    wave_by_classes: tuple[str, ...] = ()
    """Classes whose cars may use it; empty: all."""
    class_split: Groups = ()
    """Order of groups of classes in the queue at the restart; empty: as they come."""
    class_split_not_last_s: Seconds = 0.0
    drop_back: bool = False
    """The queue is put in class order before the restart (Le Mans 2023)."""
    short_yellow_last_s: Seconds = 0.0
    """In the last part of the race a short procedure: pits open to all, no wave-by, no class split."""
    slow_zones: bool = False
    slow_zone_kph: Positive = 80.0


class PitRules(Sourced):
    """What may be done at a stop, and what a stop must last."""

    refuelling: bool = True
    energy_classes: tuple[str, ...] = ()
    """Classes whose stint is bounded by energy, not by fuel: a virtual tank in megajoules, set for each car and event
    by the balance of performance and refilled at a set rate. It is played as a tank: the `stint_laps` of a card are
    the laps that the energy of a stint lasts, its `refuel_s` the time to have it back."""
    fuel_and_tyres: Literal["together", "tyres_after_fuel"] = "together"
    pit_lane_kph: Positive = 60.0
    min_stop_s: Seconds = 0.0
    """Least time standing still."""
    min_pit_time_s: Seconds = 0.0
    """Least time from pit entry to pit exit for a stop."""
    min_refuel_s: Seconds = 0.0
    """Least time the hose is connected at a full stop."""
    min_refuel_by_class: dict[str, Seconds] = Field(default_factory=dict)
    """Least time empty to full, by class (a flow restriction: a part fill takes its share)."""
    short_stop_max_s: Seconds = 0.0
    """Refuelling up to this long counts as a splash and is exempt from `min_refuel_s`."""
    joker_stops: Count = 0
    """Stops that need not last `min_pit_time_s`."""
    joker_every_s: Seconds = 0.0
    """One joker in each period of this length; 0: `joker_stops` in all."""
    mandatory_stops: Count = 0
    mandatory_driver_change: bool = False
    """The mandatory stop must bring a driver change."""
    mandatory_from_s: Seconds = 0.0
    mandatory_to_s: Seconds = 0.0
    """The window for the mandatory stop in race time; 0: to the end."""
    technical_stop_s: Seconds = 0.0
    """One stop at least this long (24 h of Spa), from pit entry to exit."""
    technical_stop_from_s: Seconds = 0.0
    technical_stop_to_s: Seconds = 0.0
    technical_stop_green_only: bool = False
    max_stint_s: Seconds = 0.0
    """A car may not stay out longer than this; 0: no limit."""
    max_stint_neutralised_s: Seconds = 0.0
    """The same when a neutralisation fell in the stint."""

    @model_validator(mode="after")
    def _windows_hold(self) -> PitRules:
        for name in ("mandatory", "technical_stop"):
            start, end = getattr(self, f"{name}_from_s"), getattr(self, f"{name}_to_s")
            if end and end <= start:
                raise ValueError(f"{name}_to_s must lie after {name}_from_s")
        return self


class ClassificationRules(Sourced):
    """Who is classified, and in what order."""

    min_share_of_winner: Share = 0.7
    """Least share of the winner's laps (rounded down to whole laps)."""
    winner: Literal["overall", "class"] = "overall"
    """Whose distance counts: the overall winner's or that of the car's own class."""
    must_cross_line: bool = False
    """The car must take the flag."""
    last_lap_max_s: Seconds = 0.0
    """The lap to the flag may not last longer than this; 0: no limit."""
    order_by: Literal["laps_then_time"] = "laps_then_time"
    unclassified_last: bool = True


class RuleBook(RuleModel):
    """One season of one series."""

    id: str = Field(min_length=1)
    series: str
    series_name: str
    season: str
    scope: Literal["full", "points", "crew"] = "full"
    """`points`: only calendar and points are kept; the series cannot be simulated. `crew`: what binds one team's plan
    (a service of sim races); neutralisation is a stand-in, points are not kept."""
    event: str = ""
    """Set when the book has been fitted to one event by `for_event`."""
    note: str = ""
    gaps: dict[str, str] = Field(default_factory=dict)
    """What the book lacks, or what a simulated race does not obey, and why: told by `rules`."""
    classes: tuple[RaceClass, ...] = Field(min_length=1)
    race: RaceRules
    crew: tuple[CrewRule, ...] = ()
    driver_time: tuple[DriverRule, ...] = ()
    neutralisation: NeutralisationRules
    pit: PitRules
    classification: ClassificationRules
    points: PointsRules
    events: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """What differs at single events: the same tables, only the keys that change; and `aliases` of the event."""

    @model_validator(mode="after")
    def _classes_known(self) -> RuleBook:
        known = {c.name for c in self.classes}
        named: dict[str, tuple[str, ...]] = {
            "neutralisation.pit_opening": sum(self.neutralisation.pit_opening, ()),
            "neutralisation.class_split": sum(self.neutralisation.class_split, ()),
            "neutralisation.wave_by_classes": self.neutralisation.wave_by_classes,
            "pit.energy_classes": self.pit.energy_classes,
            "pit.min_refuel_by_class": tuple(self.pit.min_refuel_by_class),
            "race.classes": self.race.classes,
            "points.classes_excluded": self.points.classes_excluded,
        }
        named |= {f"points.titles[{i}].classes": title.classes for i, title in enumerate(self.points.titles)}
        named |= {f"crew[{i}].classes": rule.classes for i, rule in enumerate(self.crew)}
        named |= {f"driver_time[{i}].classes": rule.classes for i, rule in enumerate(self.driver_time)}
        for key, names in named.items():
            for name in names:
                if name not in known:
                    raise ValueError(f"{key}: no class is called {name!r} (known: {', '.join(sorted(known))})")
        return self

    def class_named(self, name: str) -> RaceClass:
        """The class with this name or alias, whatever its spelling. KeyError if there is none."""
        wanted = plain(name)
        for race_class in self.classes:
            if wanted in {plain(race_class.name), *map(plain, race_class.aliases)}:
                return race_class
        raise KeyError(name)

    def titles(self) -> tuple[Title, ...]:
        """What is won in this championship: its own titles, or those of its classes and of the overall order."""
        rules = self.points
        if rules.titles:
            return rules.titles
        whole = Title(table=OVERALL, kinds=rules.champions, source="points.scored_by")
        own = [
            Title(table=c.name, kinds=rules.champions, classes=(c.name,), source="points.scored_by")
            for c in self.classes
        ]
        return {"class": tuple(own), "overall": (whole,), "both": (whole, *own)}[rules.scored_by]

    def provenance(self, path: str) -> KeySource:
        """Source and confidence of a figure named by its path, for example `pit.min_pit_time_s`."""
        table, _, key = path.rpartition(".")
        node: Any = self
        for part in table.split("."):
            node = (
                node[int(part)] if part.isdigit() else node[part] if isinstance(node, dict) else getattr(node, part)
            )
        if not isinstance(node, Sourced) or key not in type(node).model_fields:
            raise KeyError(path)
        return node.origin(key)

    def points_scale(self, duration_s: float | None = None) -> PointsScale | None:
        """The scale for this event, or for a race of this length. None if the book has no points."""
        if self.points.race:
            return self.points.scales[self.points.race]
        hours = (self.race.duration_s if duration_s is None else duration_s) / 3600
        fitting = [b for b in self.points.by_duration if b.from_h <= hours + 1e-9]
        if not fitting:
            return None
        return self.points.scales[max(fitting, key=lambda b: b.from_h).scale]


@lru_cache(maxsize=1024)  # a judge asks a few names millions of times
def plain(name: str) -> str:
    """A class name without case, blanks and punctuation: `GTD PRO`, `GTDPRO` and `gtd-pro` are one."""
    return "".join(c for c in name.casefold() if c.isalnum())
