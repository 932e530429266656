"""A plan for one car: where it stops, what is done there, who drives when; judged by the rule book's own judge."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from langstrecke.display import Shown, shows_itself
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural, race_time
from langstrecke.language import tr
from langstrecke.racecard.ground import grounds, listed
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.rulebooks.legality import Stint, Stop, Violation, violations
from langstrecke.rulebooks.limits import DriverLimits, driver_limits
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import compile_race
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.plan.availability import Wish, read_availability
from langstrecke.strategy.plan.rota import Rota, clash, solve
from langstrecke.strategy.plan.rota_rules import MARGIN_S, Problem
from langstrecke.strategy.plan.schedule import Begin, Policy, Run, schedule
from langstrecke.strategy.plan.so_far import SoFar
from langstrecke.timing.clock import DAY_S

if TYPE_CHECKING:
    import polars as pl

TRIES = 4
"""The rota is made on a timeline at the crew's mean pace, then timed with its own drivers; if a limit is missed by
that, it is made again on that timeline with more slack."""


@dataclass(frozen=True)
class PlanStint:
    """One stint: who, when (race time), how far, with what."""

    driver: str
    licence: str | None
    start_s: float
    end_s: float
    laps: int
    first_lap: int
    fuel: float | None
    """Laps of fuel on board as it begins; None for a driven stint: timing does not tell."""
    added: float | None
    """Laps of fuel added at the stop before it."""
    tyres: str
    """`new` or `keep`; `?` for a driven stint."""
    stop_s: float
    """What the stop before it costs; 0 for the first."""
    still_s: float
    dark: float
    """Share of it in the dark."""
    why: tuple[str, ...] = ()
    """What the stop before it is for, where it is not the usual."""
    state: Literal["planned", "under way", "driven"] = "planned"


@shows_itself
@dataclass(frozen=True)
class Plan:
    """Stops and rota of one car.

    `proven`: no rota costs less. Else `gap_s` is how many seconds another could be better at most, `gap` the same as
    a share of `cost_s`; all three are None where the time did for no more than a legal rota.
    """

    race: str
    car: str
    car_class: str
    team: str
    stints: tuple[PlanStint, ...]
    drivers: tuple[str, ...]
    cost_s: float | None
    gap_s: float | None
    proven: bool
    seconds: float
    violations: tuple[Violation, ...]
    rulebook: str = ""
    """Id of the rule book it is made and judged by."""
    judged: bool = True
    """False for a class that the book does not list."""
    notes: tuple[str, ...] = ()
    """What the plan rests on that is not known for sure."""
    at_s: float | None = None
    """Race time it was worked out at; None before the race."""

    @property
    def verdict(self) -> str:
        """What the judge of the rules says, the book named."""
        if self.violations:
            return "; ".join(v.text for v in self.violations)
        if not self.judged:
            untold = "{book} has no class {name}: its rules are not judged"
            return tr(untold, book=self.rulebook, name=self.car_class)
        return tr("every rule of {book} is kept", book=self.rulebook)

    @property
    def gap(self) -> float | None:
        """`gap_s` as a share of the cost."""
        return None if self.gap_s is None or self.cost_s is None else self.gap_s / max(1.0, abs(self.cost_s))

    def driven_s(self, driver: str) -> float:
        """Seconds a driver is at the wheel."""
        return sum(s.end_s - s.start_s for s in self.stints if s.driver == driver)

    def to_frame(self) -> pl.DataFrame:
        """A row a stint, the fields of `PlanStint`: race seconds, laps of fuel, what the stop before it costs."""
        import polars as pl

        return pl.DataFrame([asdict(stint) for stint in self.stints], infer_schema_length=None)

    def _shown(self) -> Shown:
        rows = [
            (str(n), s.driver, race_time(s.start_s), race_time(s.end_s), str(s.laps), s.tyres if n > 1 else "")
            for n, s in enumerate(self.stints, start=1)
        ]
        sure = "no better rota, proven" if self.proven else "a good rota, not proven the best"
        title = f"{self.race}, car {self.car}: {plural(len(self.stints) - 1, 'stop')}"
        head = ("", "driver", "from", "to", "laps", "tyres")
        return Shown(title, head, rows, (f"{self.verdict}; {sure}.", *self.notes), 2)

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke plan --json`. Times are race seconds, fuel is laps on board."""
        return {
            "race": self.race,
            "car": self.car,
            "class": self.car_class,
            "at_s": None if self.at_s is None else round(self.at_s, 1),
            "stints": [
                {
                    "driver": s.driver,
                    "start_s": round(s.start_s, 1),
                    "end_s": round(s.end_s, 1),
                    "laps": s.laps,
                    "fuel": None if s.fuel is None else round(s.fuel, 2),
                    "tyres": s.tyres,
                    "why": list(s.why),
                    "state": s.state,
                }
                for s in self.stints
            ],
            "stops": [
                {
                    "lap": s.first_lap - 1,
                    "fuel_added": None if s.added is None else round(s.added, 2),
                    "tyres": s.tyres,
                    "driver": s.driver,
                    "cost_s": round(s.stop_s, 1),
                    "made": s.state != "planned",
                }
                for s in self.stints[1:]
            ],
            "drive_time_s": {d: round(self.driven_s(d), 1) for d in self.drivers},
            "rulebook": self.rulebook,
            "judged": self.judged,
            "legal": not self.violations,
            "violations": [v.text for v in self.violations],
            "proven": self.proven,
            "rota_cost_s": None if self.cost_s is None else round(self.cost_s, 1),
            "gap": None if self.gap is None else round(self.gap, 4),
            "gap_s": None if self.gap_s is None else round(self.gap_s, 1),
            "solve_s": round(self.seconds, 2),
            "notes": list(self.notes),
        }


def make_plan(
    card: RaceCard,
    car: str,
    *,
    drivers: str | Path | None = None,
    wishes: Sequence[Wish] | None = None,
    policy: Policy | None = None,
    limit_s: float = 6.0,
    book: RuleBook | None = None,
    driven: SoFar | None = None,
) -> Plan:
    """Stops and driver rota of a car under every rule of its rule book.

    `drivers` is a file of availability (see `strategy.availability`), or `wishes` gives the same as data. With
    `driven` (`strategy.plan.so_far`) the rest of the race is planned: what is driven stays as it is.
    NotFoundError for an unknown car or driver; LangstreckeError names the rules that clash where no rota obeys them.
    """
    card = driven.card if driven is not None else card
    entry = card.entries[car_index(card, car)]
    book = book or load_rulebook(card.race.rulebook)
    known = tuple(wishes) if wishes is not None else tuple(Wish() for _ in entry.drivers)
    if drivers is not None:
        known = read_availability(drivers, card, entry)
    limits = crew_driver_limits(card, book, entry)
    begin, past, fixed = (driven.begin, driven.runs, driven.drivers) if driven is not None else (None, (), ())
    runs = past + schedule(card, book, entry, policy, begin=begin)
    margin = MARGIN_S
    for _ in range(TRIES):
        problem = _problem(card, entry, runs, limits, known, margin, fixed)
        rota = solve(problem, limit_s)
        if rota is None and margin > 30.0:  # the slack is ours, not the rule book's
            margin = 30.0
            problem = _problem(card, entry, runs, limits, known, margin, fixed)
            rota = solve(problem, limit_s)
        if rota is None:
            rules = clash(problem)
            raise LangstreckeError(
                f"no rota of car {car} obeys all of: " + "; ".join(rules),
                hint="leave one of them out, or add a driver",
            )
        timed = past + _timed(card, book, entry, policy, rota.drivers[len(past) :], begin)
        plan = _plan(card, entry, timed, rota, book, driven)
        away = _while_away(plan, known)
        if len(timed) == len(runs) and not away and (not plan.violations or not _of_drivers(plan.violations)):
            return plan
        runs, margin = timed, margin + 120.0
    return replace(plan, notes=(*plan.notes, *away))


def _while_away(plan: Plan, wishes: Sequence[Wish]) -> list[str]:
    """Stints still to drive of a driver who is not available then, in words."""
    return [
        f"{s.driver} would drive from {race_time(s.start_s)} to {race_time(s.end_s)}, when he is not available"
        for s in plan.stints
        if s.state == "planned"
        for begin, end in wishes[plan.drivers.index(s.driver)].unavailable
        if s.start_s < end and begin < s.end_s
    ]


def crew_driver_limits(card: RaceCard, book: RuleBook, entry: Entry) -> tuple[DriverLimits, ...]:
    """The limits of each driver; none in a class the rule book does not list."""
    try:
        return tuple(driver_limits(book, entry.car_class, d.licence, card.race.duration_s) for d in entry.drivers)
    except KeyError:
        return tuple(DriverLimits() for _ in entry.drivers)


def judge(card: RaceCard, book: RuleBook, entry: Entry, stints: Sequence[PlanStint]) -> tuple[Violation, ...]:
    """What `rulebooks.legality` finds wrong with these stints and stops."""
    try:
        name = book.class_named(entry.car_class).name
    except KeyError:
        return ()
    licences = {d.name: d.licence for d in entry.drivers}
    tank = entry.stint_laps or card.classes[entry.car_class].stint_laps
    figures = card.classes[entry.car_class]
    drove = [Stint(s.driver, licences[s.driver], s.start_s, s.end_s) for s in stints]
    stops = []
    for before, after in itertools.pairwise(stints):
        if after.added is None:  # made already: what was done there is not known
            stops.append(Stop(before.end_s, after.start_s, fuel_s=0.0, driver_change=before.driver != after.driver))
            continue
        share = min(1.0, after.added / tank) if book.pit.refuelling else 0.0
        stops.append(
            Stop(
                entry_s=before.end_s,
                exit_s=after.start_s,
                fuel_s=max(figures.refuel_s, book.pit.min_refuel_by_class.get(name, 0.0)) * share,
                fuel_share=share,
                driver_change=before.driver != after.driver,
            )
        )
    nominated = [(d.name, d.licence) for d in entry.drivers]
    return tuple(violations(book, name, card.race.duration_s, drove, stops, nominated=nominated))


def _of_drivers(found: Sequence[Violation]) -> bool:
    return any(v.driver is not None or "drive time" in v.rule for v in found)


def _timed(
    card: RaceCard, book: RuleBook, entry: Entry, policy: Policy | None, drivers: Sequence[int], begin: Begin | None
) -> tuple[Run, ...]:
    """The stops again, with each stint at its driver's pace."""
    return schedule(card, book, entry, policy, [entry.drivers[d].pace_s for d in drivers], begin)


def _problem(
    card: RaceCard,
    entry: Entry,
    runs: tuple[Run, ...],
    limits: tuple[DriverLimits, ...],
    wishes: tuple[Wish, ...],
    margin_s: float,
    fixed: tuple[int, ...] = (),
) -> Problem:
    nights = night(card)
    dark = tuple(dark_share(nights, run.start_s, run.end_s) for run in runs)
    return Problem(
        entry=entry,
        runs=runs,
        limits=limits,
        wishes=wishes,
        dark=dark,
        wet=tuple(_wet_share(card, run) for run in runs),
        # The field is bunched in the first stint and thins out; in the dark it is as thick as by day.
        busy=tuple(1.5 if n == 0 else 1.0 for n in range(len(runs))),
        margin_s=margin_s,
        fixed=fixed,
    )


def night(card: RaceCard) -> tuple[tuple[float, float], ...]:
    """The nights of the race in race time, by the kernel's dusk and dawn."""
    params = compile_race(card.model_copy(update={"entries": card.entries[:1], "result": ()}))
    dusk, dawn = float(params.race[0].night_from_s), float(params.race[0].night_until_s)
    length = (dawn - dusk) % DAY_S
    nights = ((dusk + day * DAY_S, dusk + day * DAY_S + length) for day in (-1, 0, 1))
    return tuple((begin, end) for begin, end in nights if end > 0 and begin < card.race.duration_s)


def dark_share(nights: Sequence[tuple[float, float]], begin: float, end: float) -> float:
    """Share of a span of race time in the dark."""
    covered = sum(max(0.0, min(end, dawn) - max(begin, dusk)) for dusk, dawn in nights)
    return covered / max(1.0, end - begin)


def _wet_share(card: RaceCard, run: Run) -> float:
    """Share of a stint in the rain of the card's weather scenario; 0 without one."""
    scenario = card.weather.scenario or ()
    total = 0.0
    for at, (begin, intensity) in enumerate(scenario):
        end = scenario[at + 1][0] if at + 1 < len(scenario) else card.race.duration_s
        if intensity > 0:
            total += max(0.0, min(end, run.end_s) - max(begin, run.start_s))
    return total / max(1.0, run.end_s - run.start_s)


def _plan(
    card: RaceCard, entry: Entry, runs: tuple[Run, ...], rota: Rota, book: RuleBook, driven: SoFar | None = None
) -> Plan:
    # The last driver takes what is left where his pace makes one stint more.
    chosen = [*rota.drivers, *[rota.drivers[-1]] * len(runs)][: len(runs)]
    nights = night(card)
    over = len(driven.runs) if driven is not None else 0
    known = len(driven.drivers) if driven is not None else 0  # the stint under way included
    stints = tuple(
        PlanStint(
            driver=entry.drivers[d].name,
            licence=entry.drivers[d].licence,
            start_s=run.start_s,
            end_s=run.end_s,
            laps=run.laps,
            first_lap=run.first_lap,
            fuel=None if n < known else run.fuel,
            added=None if n < known else run.added,
            tyres="?" if n < known else "new" if run.new_tyres else "keep",
            stop_s=run.start_s - runs[n - 1].end_s if 0 < n < known else run.stop_s,
            still_s=run.still_s,
            dark=dark_share(nights, run.start_s, run.end_s),
            why=run.why,
            state="driven" if n < over else "under way" if n < known else "planned",
        )
        for n, (run, d) in enumerate(zip(runs, chosen, strict=True))
    )
    plan = Plan(
        race=card.race.id,
        car=entry.car,
        car_class=entry.car_class,
        team=entry.team,
        stints=stints,
        drivers=tuple(d.name for d in entry.drivers),
        cost_s=rota.cost_s,
        gap_s=rota.gap_s,
        proven=rota.proven,
        seconds=rota.seconds,
        violations=(),
        rulebook=book.id,
        judged=listed(book, entry.car_class),
        notes=(*(driven.notes if driven is not None else ()), *grounds(card)),
        at_s=driven.at_s if driven is not None else None,
    )
    return replace(plan, violations=judge(card, book, entry, stints))
