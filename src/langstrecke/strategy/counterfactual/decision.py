"""One decision in a race under way: what a pit wall may change, from `key=value`, checked against the race."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural, race_time
from langstrecke.racecard.problems import near
from langstrecke.rulebooks.legality import Stint, violations
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy.counterfactual.moment import Moment
from langstrecke.strategy.lookup import clock_of, driver_index
from langstrecke.timing.clock import span_s
from langstrecke.timing.people import person

KEYS = ("stop", "fuel", "tyres", "driver", "penalty", "repair")
TYRES = {"keep": 0, "new": 1}
TIMING_S = 60.0
"""A limit missed by less is not held against a driver: laps do not tell to the second who drove (default)."""


@dataclass(frozen=True)
class Decision:
    """When a car stops next and what is done there. `lap` is the lap at whose end it comes in; 0: as the tank asks.

    `fuel` is laps on board as it leaves (negative: as usual), `tyres` -1 as usual, 0 keep, 1 new, `driver` the place
    in the crew (-1: as usual), `lost_s` what a penalty or a repair costs before anything else.
    """

    lap: int = 0
    fuel: float = -1.0
    tyres: int = -1
    driver: int = -1
    lost_s: float = 0.0

    def describe(self, now: Moment, index: int) -> str:
        """The decision in words."""
        crew = now.card.entries[index].drivers
        lap = now.state.cars[index].laps
        if self.lap <= 0:
            parts = ["stays out until the tank asks"]
        elif self.lap <= lap + 1:
            parts = [f"stops at once, lap {self.lap}"]
        else:
            parts = [f"stops at the end of lap {self.lap}, in {plural(self.lap - lap, 'lap')}"]
        if self.fuel >= 0:
            parts.append(f"leaves with {plural(round(self.fuel), 'lap')} of fuel")
        if self.tyres >= 0:
            parts.append("new tyres" if self.tyres else "keeps the tyres")
        if self.driver >= 0:
            parts.append(f"{crew[self.driver].name} drives")
        if self.lost_s:
            parts.append(f"{self.lost_s:.0f} s lost first")
        return ", ".join(parts)


def split(settings: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """What of `key=value` texts is the decision, and what changes the card. LangstreckeError for a misspelt key."""
    own: dict[str, str] = {}
    rest: list[str] = []
    for text in settings:
        key, mark, value = text.partition("=")
        name = key.strip()
        if name in KEYS and mark:
            own[name] = value.strip().strip("\"'")
        elif mark and "." not in name:
            raise LangstreckeError(f"{name!r} is no decision", hint=near(name, list(KEYS)))
        else:
            rest.append(text)
    return own, rest


def decided(now: Moment, index: int, words: dict[str, str], actual: Decision) -> Decision:
    """The decision asked for; where the words say nothing, the actual one. LangstreckeError for what cannot be."""
    found = replace(actual, lost_s=0.0)
    if "stop" in words:
        found = replace(found, lap=_lap(now, index, words["stop"]))
    if "fuel" in words:
        found = replace(found, fuel=_fuel(now, index, words["fuel"]))
    if "tyres" in words:
        if words["tyres"] not in TYRES:
            raise LangstreckeError(f"tyres={words['tyres']} is not understood", hint="write tyres=new or tyres=keep")
        found = replace(found, tyres=TYRES[words["tyres"]])
    if "driver" in words:
        found = replace(found, driver=driver_index(now.card.entries[index], words["driver"]))
    for key in ("penalty", "repair"):
        if key in words:
            found = replace(found, lost_s=found.lost_s + _seconds(key, words[key]))
    if found.lap <= 0 and any(key in words for key in ("fuel", "tyres", "driver")):
        car = now.card.entries[index].car
        raise LangstreckeError(f"car {car} made no stop more; say when it should", hint="--set stop=now")
    return found


def _lap(now: Moment, index: int, text: str) -> int:
    own = now.state.cars[index]
    if own.in_pit and text != "now" and text.lower().removeprefix("lap").strip() != str(own.laps):
        raise LangstreckeError(
            f"car {own.car} is in the pits at {race_time(now.t)}", hint="ask for an earlier moment"
        )
    first = own.laps if own.in_pit else own.laps + 1
    last = _last_lap(now, index)
    if text == "now":
        return first
    if text == "stay":
        return last
    number = text.lower().removeprefix("lap").strip()
    if not number.isdigit():
        raise LangstreckeError(f"stop={text} is not understood", hint="write stop=now, stop=stay or stop='lap 286'")
    lap = int(number)
    if lap < first:
        hint = f"the next it can stop at the end of is lap {first}"
        raise LangstreckeError(f"car {own.car} has driven lap {lap} at {race_time(now.t)}", hint=hint)
    if lap > last:
        left = now.fuel_left(index)
        raise LangstreckeError(
            f"car {own.car} has fuel for {left:.1f} laps more, not until lap {lap}", hint=f"lap {last} at the latest"
        )
    return lap


def _last_lap(now: Moment, index: int) -> int:
    """The last lap at whose end the car can stop: the fuel lasts so long, and the race."""
    own = now.state.cars[index]
    reach = math.floor(now.fuel_left(index)) if int(now.params.race[0].refuelling) == 1 else 10**6
    return own.laps + max(2, min(reach, math.ceil(now.to_go_s() / now.lap_s(index))))


def _fuel(now: Moment, index: int, text: str) -> float:
    if int(now.params.race[0].refuelling) != 1:
        raise LangstreckeError("nobody refuels in this race", hint="leave fuel out")
    tank = float(now.params.car["stint_laps"][index])
    if text == "full":
        return tank
    try:
        laps = float(text.lower().removesuffix("laps").strip())
    except ValueError:
        laps = math.nan
    if not 0.0 < laps <= tank + 0.5:
        raise LangstreckeError(
            f"fuel={text} is not understood or does not fit the tank",
            hint=f"write fuel=full, or laps of fuel to leave with, {tank:.0f} at most",
        )
    return min(laps, tank)


def _seconds(key: str, text: str) -> float:
    try:
        lost = float(text)
    except ValueError:
        try:
            lost = span_s(text)
        except LangstreckeError:
            lost = math.nan
    if not 0.0 <= lost <= 86_400.0:
        raise LangstreckeError(f"{key}={text} is no time lost", hint=f"write {key}=30 (seconds) or {key}=0:12:00")
    return lost


def actual_decision(now: Moment, index: int, laps: pl.DataFrame) -> tuple[Decision, str]:
    """What the car really did: its next stop after the moment and who got in, with the time of it in words."""
    own = now.state.cars[index]
    rows = laps.filter((pl.col("car") == own.car) & (pl.col("lap") >= own.laps)).sort("lap")
    if not own.in_pit:
        rows = rows.filter(pl.col("lap") > own.laps)
    stops = rows.filter(pl.col("in_pit"))
    if stops.is_empty():
        return Decision(), "made no stop more"
    lap, at = int(stops["lap"][0]), float(stops["elapsed_s"][0])
    after = rows.filter(pl.col("lap") == lap + 1)
    crew = {person(d.name): d for d in now.card.entries[index].drivers}
    name = str(after["driver"][0]) if after.height and after["driver"][0] else ""
    who = crew.get(person(name)) if name else None
    driver = now.card.entries[index].drivers.index(who) if who is not None else -1
    words = f"came in on lap {lap}, at {race_time(at)} ({clock_of(now.card, at):%H:%M:%S})"
    if who is not None and who.name != own.driver:
        words += f", {who.name} took over"
    return Decision(lap=lap, driver=driver), words


def forbidden(now: Moment, index: int, decision: Decision) -> str:
    """The rule that keeps the chosen driver from the stint that follows, in words; empty where none does.

    Judged by `rulebooks.legality` from what everybody has driven so far and a full stint of the driver's to come.
    """
    if decision.driver < 0 or decision.lap <= 0:
        return ""
    entry, own = now.card.entries[index], now.state.cars[index]
    licences = {d.name: d.licence for d in entry.drivers}
    stints = [
        Stint(spell.driver, licences[spell.driver], spell.start_s, spell.end_s)
        for spell in own.spells
        if spell.driver is not None
    ]
    leaves = own.crossed_s + (decision.lap - own.laps) * now.lap_s(index)
    if own.driver is not None and leaves > own.crossed_s:
        stints.append(Stint(own.driver, licences[own.driver], own.crossed_s, leaves))
    tank = decision.fuel if decision.fuel >= 0 else float(now.params.car["stint_laps"][index])
    until = min(leaves + tank * now.lap_s(index), now.goes_on_s + now.to_go_s())
    who = entry.drivers[decision.driver].name
    if until > leaves:
        stints.append(Stint(who, licences[who], leaves, until))
    book = load_rulebook(now.card.race.rulebook)
    try:
        judged = violations(
            book, entry.car_class, now.card.race.duration_s, stints, finished=False, tolerance_s=TIMING_S
        )
    except KeyError:  # a class the book does not list has no limits
        return ""
    return next((v.text for v in judged if v.driver == who and ("driv" in v.rule)), "")
