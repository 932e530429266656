"""How likely a plan holds: the race played many times with the plan's own stops, through yellows, rain and mishaps.

A small card is made from the team's numbers; its one car plays it in the simulation's kernel with the planned stops
as orders. A plan holds in a race where the car makes as many stops as planned, nobody is at the wheel while away, and
every rule on drivers is kept. What the numbers do not say (`[risk]` left at 0) does not happen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.racecard.schema import (
    CircuitInfo,
    ClassFigures,
    Driver,
    Entry,
    Neutralisation,
    RaceCard,
    RaceInfo,
    Weather,
)
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.compile import compile_race, expected_laps
from langstrecke.simulation.kernel.entries import TRACED
from langstrecke.simulation.kernel.params import PLAN, records
from langstrecke.simulation.kernel.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.kernel.state import ROW_DRIVER, ROW_END, ROW_IN_PIT, ROW_LAP, ROW_PIT_S, ROW_SIZE
from langstrecke.simulation.rows import play_rows
from langstrecke.strategy.plan.team.make import grace_s
from langstrecke.strategy.plan.team.model import TeamPlan
from langstrecke.strategy.plan.team.rules import Binding, bind
from langstrecke.strategy.plan.team.stints import Begin, length_s

RACES = 1000
"""Races played (default)."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class DriverRisk:
    """In which share of the races a driver is wanted in hours he is away, or a rule on him is broken."""

    driver: str
    away: float
    rule: float


@dataclass(frozen=True)
class PlanOdds:
    """How often the plan held, and what went otherwise. Shares of the races played."""

    races: int
    seed: int
    holds: float
    holds_se: float
    more_stops: float
    fewer_stops: float
    drivers: tuple[DriverRisk, ...]
    starts_s: tuple[tuple[float, float, float], ...]
    """10 %, half and 90 % of when each stint still to drive began, over the races in which it did."""
    laps: tuple[int, int, int]
    """10 %, half and 90 % of the laps."""
    premises: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "races": self.races,
            "seed": self.seed,
            "holds": round(self.holds, 4),
            "holds_se": round(self.holds_se, 4),
            "more_stops": round(self.more_stops, 4),
            "fewer_stops": round(self.fewer_stops, 4),
            "drivers": [
                {"driver": d.driver, "away": round(d.away, 4), "rule": round(d.rule, 4)} for d in self.drivers
            ],
            "stint_starts_s": [[round(x, 1) for x in row] for row in self.starts_s],
            "laps": list(self.laps),
            "premises": list(self.premises),
        }


def card_of(plan: TeamPlan) -> RaceCard:
    """The card of this one car."""
    team = plan.team
    car, risk, race = team.car, team.risk, team.race
    laps = car.tank / car.use
    figures = ClassFigures(
        lap_s=car.lap,
        lap_s_sd=risk.lap_sd * car.lap,
        noise_s=risk.scatter_s,
        noise_tail_s=risk.scatter_s,
        stint_laps=laps,
        stint_laps_sd=risk.use_sd * laps,
        lane_s=car.pit_loss,
        refuel_s=car.tank / car.refuel if car.refuel else 0.0,
        tyres_s=car.tyres_s,
        driver_change_s=car.driver_s,
        tyres_every=car.tyre_stints,
        tyre_lap_s=car.tyre_lap,
        fuel_lap_s=car.fuel_lap,
        retire_per_h=0.0,
        repair_per_h=risk.repairs_per_h,
        repair_s=max(1.0, risk.repair),
        incident_per_h=risk.offs_per_h,
        incident_s=risk.off_s,
        penalty_per_h=0.0,
        caution_stop_share=1.0,
    )
    crew = tuple(Driver(name=d.name, licence=d.licence, pace_s=team.pace_s(n)) for n, d in enumerate(team.driver))
    return RaceCard(
        race=RaceInfo(
            id="team",
            name=race.name,
            series="none",
            season=race.start.year,
            date=race.start.date(),
            start_time=dt.time(12),
            rulebook="none",
            duration_s=length_s(team) if race.laps is None else 2.0 * length_s(team),
            max_laps=race.laps,
        ),
        circuit=CircuitInfo(id="team"),
        neutralisation=Neutralisation(
            rate_per_h=risk.yellows_per_h, length_s=max(1.0, risk.yellow),
            start_share=0.1 if risk.yellows_per_h else 0.0,
        ),
        weather=Weather(
            wet_start=risk.start_wet, rain_per_h=risk.rain_per_h, rain_length_s=max(1.0, risk.rain),
            wet_ratio=risk.wet_ratio,
        ),
        classes={"car": figures},
        entries=(Entry.model_validate({"car": car.number, "class": "car", "drivers": crew}),),
    )  # fmt: skip


def plan_odds(
    plan: TeamPlan,
    *,
    begin: Begin | None = None,
    races: int = RACES,
    seed: int = 1,
    beside: Path | None = None,
    progress: Progress | None = None,
) -> PlanOdds:
    """Play the plan's race `races` times. The same seed gives the same odds.

    With `begin` (of `driven.Driven`) a race under way is played on from there: the car comes in after its driven
    stints, on a dry track under green.
    """
    card = card_of(plan)
    book = load_rulebook("none")
    pit = bind(plan.team, length_s(plan.team), beside).pit
    book = book.model_copy(
        update={
            "pit": book.pit.model_copy(
                update={
                    "refuelling": pit.refuelling,
                    "fuel_and_tyres": pit.fuel_and_tyres,
                    "min_pit_time_s": pit.min_pit_time_s,
                }
            )
        }
    )
    names = [d.name for d in plan.team.driver]
    params = compile_race(card, book)
    ahead = [(before, s) for before, s in zip(plan.stints, plan.stints[1:], strict=False) if not s.driven]
    orders = records(len(ahead), PLAN).reshape(1, len(ahead)) if ahead else params.plan
    for n, (before, stint) in enumerate(ahead):
        orders[0, n].lap = before.first_lap + before.laps - 1
        orders[0, n].fuel = -1.0  # full, or to the flag
        orders[0, n].tyres = int(stint.tyres == "new")
        orders[0, n].driver = names.index(stint.driver)
        orders[0, n].hold = 1
    cars = params.car.copy()
    cars["first_driver"][0] = names.index(plan.stints[0].driver)
    params = params._replace(plan=orders, car=cars.view(np.recarray))
    rows = np.zeros((expected_laps(card), ROW_SIZE), np.float64)
    start = None if begin is None else _under_way(plan, begin, float(params.race[0].duration_s))
    count = _Count(plan, bind(plan.team, length_s(plan.team), beside), races, begin)
    for race in range(races):
        written = play_rows(params, seed, race, 1, start=start, trace=rows).race[0, TRACED]
        count.add(race, rows[: int(written)])
        if progress is not None and (race % 50 == 49 or race + 1 == races):
            progress(race + 1, races)
    return count.odds(seed)


def _under_way(plan: TeamPlan, begin: Begin, end_s: float) -> Snapshot:
    """The race as the car comes in: its fuel, tyres and crew."""
    team = plan.team
    snapshot = blank_snapshot(1, begin.t, end_s)
    car = snapshot.car[0]
    car["lap"], car["since"], car["stops"], car["in_pit"] = begin.lap, begin.t, len(begin.stops), 1
    car["driver"] = begin.driver or 0
    left = begin.left if begin.left is not None else team.car.tank
    car["fuel_used"] = (team.car.tank - left) / team.car.use
    car["tyre_age"], car["tyre_stints"] = begin.age, max(0, begin.on_set - 1)
    driven = [s for s in plan.stints if s.driven]
    for d, driver in enumerate(team.driver):
        own = [s for s in driven if s.driver == driver.name]
        car["driven"][d] = sum(s.end_s - s.start_s for s in own)
        if own and d != begin.driver:
            car["rest_since"][d] = own[-1].end_s
    turn = next((n for n, s in enumerate(reversed(driven)) if s.driver != driven[-1].driver), len(driven))
    car["turn_since"], car["turn_stints"] = driven[-turn].start_s, turn
    return snapshot


class _Count:
    """What the races come to: those of the stints still to drive, what is driven counted in where it matters."""

    def __init__(self, plan: TeamPlan, binding: Binding, races: int, begin: Begin | None = None) -> None:
        crew = len(plan.team.driver)
        self.driven = [s for s in plan.stints if s.driven]
        self.begin_s, self.begin_lap = (begin.t, begin.lap) if begin is not None else (0.0, 0)
        self.plan, self.binding, self.races, self.grace = plan, binding, races, 2.0 * grace_s(plan.team)
        self.held = np.zeros(races, bool)
        self.extra = np.zeros(races, int)
        self.away, self.rule = np.zeros((races, crew), bool), np.zeros((races, crew), bool)
        self.starts = np.full((races, len(plan.stints) - len(self.driven)), np.nan)
        self.laps = np.zeros(races, int)

    def add(self, race: int, rows: NDArray[np.float64]) -> None:
        """One race's laps."""
        rows = rows[np.argsort(rows[:, ROW_LAP])]
        ends, driver = rows[:, ROW_END], rows[:, ROW_DRIVER].astype(int)
        into_pit = np.flatnonzero(rows[:-1, ROW_IN_PIT] > 0.0)
        firsts = np.array([0, *(into_pit + 1)])
        lasts = np.array([*into_pit, len(rows) - 1])
        before = np.where(firsts > 0, ends[firsts - 1], self.begin_s)
        begins = before + np.where((firsts > 0) | (self.begin_lap > 0), rows[firsts, ROW_PIT_S], 0.0)
        ahead = self.starts.shape[1]
        self.extra[race] = len(firsts) - ahead
        kept = min(len(firsts), ahead)
        self.starts[race, :kept] = begins[:kept]
        self.laps[race] = self.begin_lap + len(rows)
        who = driver[lasts]
        least = self.binding.least_laps(self.begin_lap + len(rows))
        for d, gone in enumerate(self.plan.away):
            own = np.flatnonzero(who == d)
            spans = [(begins[n], ends[lasts[n]]) for n in own]
            self.away[race, d] = any(min(e, b) - max(s, a) > self.grace for s, e in spans for a, b in gone)
            done = [s for s in self.driven if s.driver == self.plan.team.driver[d].name]
            total = sum(e - s for s, e in spans) + sum(s.end_s - s.start_s for s in done)
            limit, wish = self.binding.limits[d], self.plan.team.driver[d]
            most = min(limit.max_drive_s or 1e12, wish.max_drive or 1e12)
            laps = int(sum(lasts[n] - firsts[n] + 1 for n in own)) + sum(s.laps for s in done)
            short = limit.min_drive_s if not limit.min_shared and limit.min_drivers_counted is None else 0.0
            self.rule[race, d] = (
                total > most
                or total < short
                or (bool(least) and laps < least[d])
                or (limit.all_must_start and not len(own) and not done)
            )
        self.held[race] = self.extra[race] == 0 and not self.away[race].any() and not self.rule[race].any()

    def odds(self, seed: int) -> PlanOdds:
        """The shares."""
        p = float(self.held.mean())
        starts = []
        for column in self.starts.T:
            known = column[~np.isnan(column)]
            low, mid, high = np.quantile(known, [0.1, 0.5, 0.9]) if len(known) else (np.nan,) * 3
            starts.append((float(low), float(mid), float(high)))
        low, mid, high = (int(x) for x in np.quantile(self.laps, [0.1, 0.5, 0.9]))
        names = [d.name for d in self.plan.team.driver]
        return PlanOdds(
            races=self.races,
            seed=seed,
            holds=p,
            holds_se=float(np.sqrt(p * (1.0 - p) / self.races)),
            more_stops=float((self.extra > 0).mean()),
            fewer_stops=float((self.extra < 0).mean()),
            drivers=tuple(
                DriverRisk(name, float(self.away[:, d].mean()), float(self.rule[:, d].mean()))
                for d, name in enumerate(names)
            ),
            starts_s=tuple(starts),
            laps=(low, mid, high),
            premises=_premises(self.plan),
        )


def _premises(plan: TeamPlan) -> tuple[str, ...]:
    """What the odds rest on, in words."""
    risk = plan.team.risk
    found = []
    if any(s.driven for s in plan.stints):
        found.append("from the moment the car comes in after its driven stints; dry and green then")
    if risk.yellows_per_h:
        found.append(f"{risk.yellows_per_h:g} yellows an hour of about {risk.yellow / 60:.0f} min, pits open")
    else:
        found.append("no yellows: [risk] yellows_per_h is not given")
    if risk.rain_per_h or risk.start_wet:
        found.append(f"{risk.rain_per_h:g} showers an hour of about {risk.rain / 60:.0f} min")
    else:
        found.append("no rain: [risk] rain_per_h is not given")
    found.append(
        f"use known to {100 * risk.use_sd:g} %, lap time to {100 * risk.lap_sd:g} %, {risk.offs_per_h:g} offs and "
        f"{risk.repairs_per_h:g} repairs an hour; the car never retires"
    )
    if any(d.use is not None for d in plan.team.driver):
        found.append("every driver uses the car's fuel a lap here; a driver's own use is in the plan only")
    return tuple(found)
