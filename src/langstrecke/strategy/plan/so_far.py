"""What of a car's race is driven at a moment: its stints, who drove them, and where it stands, to plan on from."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.live import live_card
from langstrecke.forecast.live.restart import goes_on_s
from langstrecke.formatting import fuel_range, plural, race_time
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.model import LiveCar, LiveState, Spell
from langstrecke.racestate.state import live_state
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.plan.schedule import Begin, Run
from langstrecke.timing.derive.stints import pit_stops, stints


@dataclass(frozen=True)
class SoFar:
    """A car's race until `at_s`. `card` has its tanks brought up to date by the stints seen."""

    at_s: float
    card: RaceCard
    runs: tuple[Run, ...]
    """The stints that are over. Fuel and tyres of them are not known."""
    drivers: tuple[int, ...]
    """Who drove them, by his place in the crew, and then who drives the stint under way, if one is."""
    begin: Begin
    notes: tuple[str, ...]
    """What is taken to be so without being known."""


def so_far(card: RaceCard, laps: pl.DataFrame | RaceFold, at_s: float, car: str) -> SoFar:
    """The race of a car until race time `at_s`, from laps of timing (`timing.schema.LAPS`).

    LangstreckeError before its first lap, after the end, for a car that is out of the race, and where the timing
    names a driver the card does not know: what he has driven could not be counted.
    """
    entry = card.entries[car_index(card, car)]
    if at_s >= card.race.duration_s:
        raise LangstreckeError(f"the race is over at {race_time(at_s)}: nothing is left to plan")
    fold = laps if isinstance(laps, RaceFold) else fold_of(laps)
    state = live_state(fold, card, at_s)
    live = state.car(car)
    if live.laps == 0:
        raise LangstreckeError(f"car {car} has not crossed the line by {race_time(at_s)}", hint="plan without --at")
    if live.status == "retired?":
        since = race_time(live.crossed_s)
        raise LangstreckeError(f"car {car} has not been seen since {since}: it is probably out of the race")
    played = live_card(card, fold.laps(), state, None)
    own = played.entries[car_index(played, car)]
    figures = played.classes[own.car_class]
    tank = own.stint_laps or figures.stint_laps
    driven = fold.laps().filter((pl.col("car") == car) & (pl.col("elapsed_s") <= at_s))
    table = stints(driven)
    lane = {row["out_lap"]: row["pit_time_s"] or row["lost_s"] for row in pit_stops(driven).iter_rows(named=True)}
    runs: list[Run] = []
    drivers: list[int] = []
    start = entry.start_s
    for row in table.iter_rows(named=True):
        if runs:
            stop_s = lane.get(row["first_lap"])
            start = runs[-1].end_s + (stop_s if stop_s is not None and stop_s > 0.0 else figures.lane_s)
        drivers.append(_driver(entry, live.spells, row["start_s"], row["end_s"], row["first_lap"]))
        if row["in_lap"] is not None:
            stop_s = start - runs[-1].end_s if runs else 0.0
            runs.append(Run(start, row["end_s"], row["laps"], row["first_lap"], tank, 0.0, False, stop_s, stop_s))
    every = figures.tyres_every
    on_set = (table.height - 1) % every + 1
    laps_in_stint = 0 if live.in_pit else live.stint_laps
    age = sum(run.laps for run in runs[len(runs) - (on_set if live.in_pit else on_set - 1) :]) + laps_in_stint
    begin = Begin(
        t=live.crossed_s if state.still_since_s is None else goes_on_s(state), lap=live.laps, start_s=start,
        laps=laps_in_stint, left=max(0.0, tank - live.fuel_laps),
        on_set=on_set, age=age, in_pit=live.in_pit, paid_s=live.paid_s, stops_s=live.stops_s,
        longest_stop_s=live.longest_stop_s,
    )  # fmt: skip
    tank_sd = figures.stint_laps_sd if load_rulebook(card.race.rulebook).pit.refuelling else None
    return SoFar(at_s, played, tuple(runs), tuple(drivers), begin, _notes(live, begin, every, tank_sd, state))


def _driver(entry: Entry, spells: tuple[Spell, ...], start_s: float, end_s: float, lap: int) -> int:
    """Who of the crew drove most of a stretch of race time."""
    names = [driver.name for driver in entry.drivers]
    shares = [0.0] * len(names)
    for spell in spells:
        if spell.driver in names:
            shares[names.index(spell.driver)] += max(0.0, min(spell.end_s, end_s) - max(spell.start_s, start_s))
    if not any(shares):
        raise LangstreckeError(
            f"the timing does not say which of {', '.join(names)} drove car {entry.car} from lap {lap}",
            hint="put the driver it names into the card: a what-if with entries.NUMBER.drivers",
        )
    return shares.index(max(shares))


def _notes(live: LiveCar, begin: Begin, every: int, tank_sd: float | None, state: LiveState) -> tuple[str, ...]:
    found = [f"worked out at {race_time(state.t)}: what was driven until then is fixed"]
    if tank_sd is not None:
        sd = math.hypot(tank_sd, live.fuel_laps_sd)
        found.append(f"fuel for {begin.left:.1f} laps on board ({fuel_range(begin.left, sd)})")
    if every > 1:
        found.append(f"timing does not tell of tyres: taken to be changed every {plural(every, 'stint')}")
    if state.still_since_s is not None:
        since, on = race_time(state.still_since_s), race_time(begin.t)
        found.append(f"no car has crossed the line since {since}: planned as if the race went on, green, at {on}")
    elif state.neutral:
        found.append("the race is neutralised: the rest is planned as if it went green now")
    if live.status == "overdue":
        found.append(f"car {live.car} is overdue by {live.overdue_s:.0f} s")
    return tuple(found)
