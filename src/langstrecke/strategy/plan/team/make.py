"""A team's plan made: the stops, then who drives, then the stops again at their pace, until both agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.racecard.schema import Driver, Entry
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy.plan import dark_share
from langstrecke.strategy.plan.availability import Wish
from langstrecke.strategy.plan.rota import Rota, clash, solve
from langstrecke.strategy.plan.rota_rules import MARGIN_S, Problem
from langstrecke.strategy.plan.team.model import FairShare, Saving, TeamPlan, TeamStint
from langstrecke.strategy.plan.team.rules import Binding, bind
from langstrecke.strategy.plan.team.schema import Team
from langstrecke.strategy.plan.team.stints import Begin, Leg, length_s, timeline
from langstrecke.strategy.plan.team.zones import Spans, away, spans

TRIES = 5
"""A rota is timed with its own drivers; where that moves a stint out of somebody's hours it is made again."""
MARGINS_S = (MARGIN_S, 30.0, 0.0)
"""Slack kept on drive-time limits, the first that leaves a rota (default)."""
GRACE_LAPS = 2.0
"""A driver comes in within so many laps of his hours (default)."""
LEAST_SAVING = 0.75
"""Nobody saves more than a quarter of the fuel (default)."""
_SLACK_S = 1.0


def plan_team(
    team: Team,
    *,
    driven: Sequence[Leg] = (),
    begin: Begin | None = None,
    planned: Sequence[tuple[float, int]] = (),
    limit_s: float = 6.0,
    beside: Path | None = None,
) -> TeamPlan:
    """Stops, fuel and rota of a team's car.

    `driven` are stints already driven, `begin` where the race stands after them, `planned` who was to drive from
    which race time on (a plan made again keeps to it where that costs little). `beside` is the folder a rule book
    file is looked for in. LangstreckeError names the rules and hours that clash where no rota obeys them.
    """
    over = length_s(team)
    binding = bind(team, over, beside)
    hours = tuple(away(team, d, over + 7200.0) for d in range(len(team.driver)))
    gone = tuple(_shrunk(spans_, grace_s(team)) for spans_ in hours)
    night = spans(team, team.race.night, team.race.zone, over + 7200.0, "race.night")
    notes = _notes(team, binding)
    legs = (*driven, *timeline(team, binding, (), gone, begin))
    if len(legs) == len(driven):
        raise LangstreckeError("the race is over: nothing is left to plan")
    rota: Rota | None = None
    for attempt in range(TRIES):
        rota = _rota(team, binding, legs, len(driven), gone, night, planned, limit_s)
        drivers = rota.drivers[len(driven) :]
        timed = (*driven, *timeline(team, binding, drivers, gone, begin))
        # A rota made on stints that differ by a lap from those driven is as good; in the race it has to be quick.
        same = [leg.laps for leg in timed] == [leg.laps for leg in legs]
        same = same or (len(timed) == len(legs) and (bool(driven) or attempt > 0))
        legs = tuple(replace(leg, driver=_driver(rota, n, leg)) for n, leg in enumerate(timed))
        if same and not _violations(team, binding, legs, len(driven), gone):
            break
    assert rota is not None
    return TeamPlan(
        team=team,
        stints=tuple(_stint(team, leg, night, n < len(driven)) for n, leg in enumerate(legs)),
        away=hours,
        shares=_shares(team, binding, legs),
        saving=_saving(team, binding, legs, gone) if not driven else None,
        lap_of_fuel_s=team.car.use / team.car.refuel if team.car.refuel else None,
        flag_s=_flag(team, legs),
        cost_s=rota.cost_s,
        gap_s=rota.gap_s,
        proven=rota.proven,
        seconds=rota.seconds,
        violations=tuple(_violations(team, binding, legs, len(driven), gone)),
        notes=notes,
    )


def grace_s(team: Team) -> float:
    """Seconds a driver can be kept beyond his hours, or wanted before them."""
    return team.race.grace if team.race.grace is not None else GRACE_LAPS * team.car.lap


def _shrunk(gone: Spans, grace: float) -> Spans:
    return tuple((a + grace if a > 0 else a, b - grace) for a, b in gone if b - a > 2 * grace)


def _driver(rota: Rota, n: int, leg: Leg) -> int:
    return rota.drivers[n] if n < len(rota.drivers) else rota.drivers[-1]


def _rota(
    team: Team, binding: Binding, legs: Sequence[Leg], fixed: int, gone: tuple[Spans, ...], night: Spans,
    planned: Sequence[tuple[float, int]], limit_s: float,
) -> Rota:  # fmt: skip
    entry = Entry.model_validate(
        {
            "car": team.car.number,
            "class": binding.race_class,
            "drivers": [
                Driver(name=d.name, licence=d.licence, pace_s=team.pace_s(n)) for n, d in enumerate(team.driver)
            ],
        }
    )
    runs = tuple(leg.run() for leg in legs)
    wishes = tuple(
        Wish(
            unavailable=gone[n], max_drive_s=d.max_drive, min_rest_s=d.rest, night_s=d.night, wet_s=d.wet,
            share=d.share, starts=d.starts and not fixed, finishes=d.finishes, stints=d.stints,
            back_to_back_s=d.back_to_back,
        )
        for n, d in enumerate(team.driver)
    )  # fmt: skip
    problem = Problem(
        entry=entry,
        runs=runs,
        limits=binding.limits,
        wishes=wishes,
        dark=tuple(dark_share(night, run.start_s, run.end_s) for run in runs),
        wet=(0.0,) * len(runs),
        busy=(1.0,) * len(runs),
        least_laps=binding.least_laps(sum(run.laps for run in runs)),
        fixed=tuple(leg.driver or 0 for leg in legs[:fixed]),
        planned=tuple(_planned_at(planned, 0.5 * (run.start_s + run.end_s)) for run in runs),
    )
    limited = any(
        limit.min_drive_s or limit.max_drive_s or limit.max_continuous_s or limit.min_rest_s or limit.window_s
        for limit in binding.limits
    )
    for margin in MARGINS_S if limited else (0.0,):
        problem = replace(problem, margin_s=margin)
        rota = solve(problem, limit_s)
        if rota is not None:
            return rota
    raise LangstreckeError(
        f"no rota for {team.race.name} obeys all of: " + "; ".join(clash(problem)),
        hint="give up one of them, or add a driver",
    )


def _planned_at(planned: Sequence[tuple[float, int]], t: float) -> int | None:
    return next((d for since, d in reversed(planned) if since <= t), None)


def _stint(team: Team, leg: Leg, night: Spans, driven: bool) -> TeamStint:
    return TeamStint(
        driver=team.driver[leg.driver or 0].name,
        start_s=leg.start_s,
        end_s=leg.end_s,
        laps=leg.laps,
        first_lap=leg.first_lap,
        fuel=leg.fuel,
        added=leg.added,
        spare_laps=leg.left / leg.use,
        tyres="new" if leg.new_tyres else "keep",
        stop_s=leg.stop_s,
        still_s=leg.still_s,
        dark=dark_share(night, leg.start_s, leg.end_s),
        driven=driven,
        why=leg.why,
    )


def _shares(team: Team, binding: Binding, legs: Sequence[Leg]) -> tuple[FairShare, ...]:
    least = binding.least_laps(sum(leg.laps for leg in legs))
    return tuple(
        FairShare(d.name, sum(leg.laps for leg in legs if leg.driver == n), least[n])
        for n, d in enumerate(team.driver)
        if least
    )


def _violations(team: Team, binding: Binding, legs: Sequence[Leg], fixed: int, gone: tuple[Spans, ...]) -> list[str]:
    """What the timed plan does not keep; judged apart from the rota's own model."""
    found = []
    for leg in legs[fixed:]:
        d = leg.driver or 0
        for a, b in gone[d]:
            late = min(leg.end_s, b) - max(leg.start_s, a)
            if late > _SLACK_S:
                name = team.driver[d].name
                found.append(f"{name} is away for {race_time(late)} of the stint from {race_time(leg.start_s)}")
    for n, driver in enumerate(team.driver):
        own = [leg for leg in legs if leg.driver == n]
        total = sum(leg.end_s - leg.start_s for leg in own)
        limit = binding.limits[n]
        most = min(limit.max_drive_s or 1e12, driver.max_drive or 1e12)
        if total > most + _SLACK_S:
            found.append(f"{driver.name} drives {race_time(total)}, {race_time(total - most)} more than he may")
        if total < limit.min_drive_s - _SLACK_S and not limit.min_shared and limit.min_drivers_counted is None:
            found.append(
                f"{driver.name} drives {race_time(total)}, {race_time(limit.min_drive_s - total)} too little"
            )
        if limit.all_must_start and not own:
            found.append(f"{driver.name} does not drive")
    for share in _shares(team, binding, legs):
        if share.laps < share.least:
            found.append(f"{share.driver} drives {share.laps} laps; the fair share is {share.least}")
    pit = binding.pit
    if pit.mandatory_stops:
        close = pit.mandatory_to_s or length_s(team)
        made = sum(pit.mandatory_from_s <= leg.end_s <= close for leg in legs[:-1])
        if made < pit.mandatory_stops:
            found.append(f"{made} of {pit.mandatory_stops} mandatory stops in the window")
    if pit.max_stint_s:
        found += [
            f"the stint from {race_time(leg.start_s)} lasts {race_time(leg.end_s - leg.start_s)}, more than the limit"
            for leg in legs[fixed:]
            if leg.end_s - leg.start_s > pit.max_stint_s + _SLACK_S
        ]
    return found


def _saving(team: Team, binding: Binding, legs: Sequence[Leg], gone: tuple[Spans, ...]) -> Saving | None:
    """The least saving that spares a stop, by halving; None where none of a quarter does."""
    if not team.car.refuel or len(legs) < 2:
        return None
    drivers = [leg.driver for leg in legs]

    def stops(ratio: float) -> tuple[Leg, ...]:
        return timeline(team, binding, drivers, gone, None, ratio)

    low, high = LEAST_SAVING, 1.0
    if len(stops(low)) >= len(legs):
        return None
    while high - low > 0.0005:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if len(stops(middle)) < len(legs) else (low, middle)
    fewer = stops(low)
    laps = sum(leg.laps for leg in legs)
    use = sum(leg.use * leg.laps for leg in legs) / laps
    gain = sum(leg.stop_s for leg in legs) - sum(leg.stop_s for leg in fewer)
    return Saving(use * low, 1.0 - low, len(fewer) - 1, gain, gain / laps)


def _flag(team: Team, legs: Sequence[Leg]) -> float | None:
    """The flag falls at the first crossing after time is up: how much earlier the car must come for one lap more."""
    if team.race.length is None:
        return None
    return legs[-1].end_s - team.race.length


def _notes(team: Team, binding: Binding) -> tuple[str, ...]:
    """What is not known, said where the plan is read."""
    inherited = binding.book.id != "none" and binding.book.note == load_rulebook("none").note
    found = [f"rule book {binding.book.id}: {binding.book.note}"] if binding.book.note and not inherited else []
    car = team.car
    if car.refuel is not None and not car.driver_s and len(team.driver) > 1:
        found.append("driver_s is not given: a change of driver is taken to cost no time beyond the stop")
    if not car.tyres_s:
        found.append("tyres_s is not given: tyres are taken to cost no time beyond the stop")
    if not car.tyre_lap or not car.fuel_lap:
        missing = " and ".join(k for k in ("tyre_lap", "fuel_lap") if not getattr(car, k))
        found.append(f"{missing} not given: every lap of a stint is taken to be equally quick")
    if any(d.here or d.away for d in team.driver):
        found.append(f"hours are kept to {grace_s(team):.0f} s before and after (race.grace)")
    if all(d.lap is None and d.pace is None for d in team.driver) and len(team.driver) > 1:
        found.append("no driver's pace is given: all are taken to be equally quick")
    if team.race.length is not None:
        found.append("the flag is taken to fall at this car's first crossing after time is up; the leader's decides")
    return tuple(found)
