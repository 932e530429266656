"""From the readable state of a race to the kernel's snapshot of it."""

from __future__ import annotations

import math

from langstrecke.forecast.live.fits import LiveFits
from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.racestate.model import LiveCar, LiveState
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import OUT, RUNS, STOPPED, Snapshot, blank_snapshot
from langstrecke.timing.people import person

LEAST = 0.01
"""Chances below this count as none."""
SPARE_LAPS = 0.8
"""Laps of fuel beyond the distance with which the kernel does not stop; its own figure and a little."""
QUEUE_SHARE = 0.9
"""A field that stands still stands within this share of a lap of the quickest class (default)."""
GONE = 0.985
"""A car with this chance or more of not coming back is out (default: keeps hopeless cars off the road)."""


def to_snapshot(state: LiveState, card: RaceCard, params: Params, fits: LiveFits) -> Snapshot:
    """The kernel's view of a state; `params` are the card's, compiled."""
    snapshot = blank_snapshot(len(card.entries), state.t, state.end)
    moment = snapshot.moment
    moment["neutral"] = 1 if state.neutral == "safety_car" else 0
    moment["fcy"] = 1 if state.neutral == "fcy" else 0
    moment["caution_since"] = state.neutral_since_s
    moment["wet"] = state.wetness
    race = params.race[0]
    since = _since(state, card)
    for i, (car, entry) in enumerate(zip(state.cars, card.entries, strict=True)):
        row = snapshot.car[i]
        row["lap"] = car.laps
        row["since"] = since[i] if car.laps else float(params.car["grid_s"][i])
        row["stops"] = car.stops
        row["in_pit"] = 1 if car.in_pit else 0
        row["paid_s"] = car.paid_s
        row["fuel_used"] = car.fuel_laps
        row["saves"], row["saves_to"] = _saves(car, card.classes[entry.car_class], entry, state, fits)
        row["tyre_age"] = float(car.stint_laps)
        every = card.classes[entry.car_class].tyres_every
        row["tyre_stints"] = car.stops % every
        row["wet_tyres"] = 1 if state.wetness > 0.0 else 0
        inside = [s for s in car.stops_s if race.window_open_s <= s <= race.window_close_s]
        row["window_done"] = 1 if inside else 0
        row["technical"] = 1 if 0.0 < race.technical_stop_s <= car.longest_stop_s else 0
        _drivers(row, car, entry)
        row["status"], row["out_chance"], row["expected_back_s"] = _status(car, fits)
    return snapshot


def _since(state: LiveState, card: RaceCard) -> list[float]:
    """Last crossing of every car. Where the race stands still the time it has stood is left out, and the field drawn
    together so that all are on their lap yet: it sets off in the order in which it stopped.
    """
    if state.still_since_s is None:
        return [car.crossed_s for car in state.cars]
    ago = {c.car: state.still_since_s - c.crossed_s for c in state.cars if c.overdue_s == 0.0 and c.laps}
    lap_s = QUEUE_SHARE * min((card.classes[c.car_class].lap_s for c in state.cars if c.car in ago), default=0.0)
    squeeze = min(1.0, lap_s / max([*ago.values(), 1.0]))
    return [state.t - squeeze * ago[c.car] if c.car in ago else c.crossed_s for c in state.cars]


def _saves(
    car: LiveCar, figures: ClassFigures, entry: Entry, state: LiveState, fits: LiveFits
) -> tuple[float, float]:
    """The chance that a car goes to the end on what it has, and the fuel (in green laps) that takes.

    The kernel stops what cannot reach the end on its tank; real crews save fuel when it nearly does, and some have
    more on board than was seen. That happens in this share of the races; in the others it has what was seen.
    """
    left = state.end - max(car.crossed_s, state.still_since_s or 0.0)
    if car.in_pit or left <= 0.0 or car.overdue_s > 0.0:
        return 0.0, 0.0
    to_go = math.ceil(left / (figures.lap_s + entry.pace_s))
    lacking = (car.fuel_laps + to_go) / (entry.stint_laps or figures.stint_laps) - 1.0
    chance = fits.goes_through(lacking, state.end - state.t)
    return (chance, to_go + SPARE_LAPS) if chance >= LEAST else (0.0, 0.0)


def _status(car: LiveCar, fits: LiveFits) -> tuple[int, float, float]:
    if car.overdue_s == 0.0:
        return RUNS, 0.0, 0.0
    out = 1.0 - fits.back_chance(car.overdue_s, in_pit=car.in_pit)
    if out >= GONE:
        return OUT, 1.0, 0.0
    return STOPPED, out, fits.back_wait_s(car.overdue_s, in_pit=car.in_pit)


def _drivers(row: object, car: LiveCar, entry: Entry) -> None:
    index = {person(d.name): k for k, d in enumerate(entry.drivers)}
    record: dict[str, object] = row  # type: ignore[assignment]  # a record indexes like a dict
    if car.driver is not None:
        record["driver"] = index[person(car.driver)]
    record["turn_since"] = car.driver_since_s
    record["turn_stints"] = car.turn_stints
    driven = record["driven"]
    rest = record["rest_since"]
    for name, seconds in car.driven_s:
        driven[index[person(name)]] = seconds  # type: ignore[index]
    for name, when in car.last_out_s:
        rest[index[person(name)]] = when  # type: ignore[index]
