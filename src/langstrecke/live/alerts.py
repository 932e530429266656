"""What a strategist wants to be told of the cars watched: pit stops, lead changes, driver time, odds, trouble.

    new = alerts(before, now, watched={"01"}, told=told)
    told |= {alert.key for alert in new}

A pure comparison of two tables (and two sets of odds). Every alert has a key; one whose key is in `told` is not
given again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from langstrecke.formatting import percent, plural, race_time
from langstrecke.live.table import TimingRow, TimingTable
from langstrecke.racestate.status import UNSEEN

Kind = Literal["pit in", "pit out", "lead", "driver time", "odds", "overdue", "pit call", "driver change", "flag"]

LIMIT_NEAR_S = 900.0
"""Driver time left of which a warning is given: half a stint, so that the next stop can still be used (default)."""
CALL_LAPS = 3.0
"""Green laps of fuel left at which a car is called in (default): one to hear it, one to come round, one to spare."""
FLAG_WORDS = {"fcy": "full-course yellow", "safety_car": "safety car", "red": "red flag", "green": "green again"}
"""Flags that are told; a slow zone and the chequered flag are not."""
ODDS_DROP = 0.10
"""A fall of the probability of a class win by this much is told (default)."""


@dataclass(frozen=True)
class Alert:
    """One thing to tell."""

    kind: Kind
    car: str
    """Empty where it is for everybody: a flag."""
    race_s: float
    text: str
    key: str
    """The same for the same event, however often the tables are compared."""


def alerts(
    before: TimingTable | None,
    now: TimingTable,
    *,
    watched: Collection[str],
    told: Collection[str] = (),
    odds_before: Mapping[str, float] | None = None,
    odds_now: Mapping[str, float] | None = None,
    limit_near_s: float = LIMIT_NEAR_S,
    odds_drop: float = ODDS_DROP,
) -> tuple[Alert, ...]:
    """Alerts for the watched cars, in race order. Odds are probabilities of a class win by car.

    Rows in doubt give no alerts on places: a lead that hangs on a lost message is not told as a change.
    """
    old = {row.car: row for row in before.rows} if before is not None else {}
    found: list[Alert] = [*_flag(before, now)]
    for row in now.rows:
        if row.car in watched:
            found += _of_car(old.get(row.car), row, now.race_s, limit_near_s)
            found += _call(row, now, limit_near_s)
            found += _lead(before, now, row)
            found += _odds(row, now.race_s, odds_before or {}, odds_now or {}, odds_drop)
    fresh = {alert.key: alert for alert in found if alert.key not in told}
    return tuple(fresh.values())


def _of_car(old: TimingRow | None, row: TimingRow, at_s: float, near_s: float) -> Iterator[Alert]:
    car = row.car
    if old is not None and row.in_pit and (not old.in_pit or row.laps > old.laps):
        yield Alert(
            "pit in",
            car,
            at_s,
            f"#{car} is in the pits after {plural(row.stint_laps, 'lap')}",
            f"in {car} {row.laps}",
        )
    if old is not None and row.stops > old.stops:
        lasted = f" after {row.last_stop_s:.0f} s" if row.last_stop_s is not None else ""
        yield Alert("pit out", car, at_s, f"#{car} is out again{lasted}: {row.driver}", f"out {car} {row.stops}")
    if row.status in UNSEEN:
        text = f"#{car} is overdue by {row.overdue_s:.0f} s"
        yield Alert("overdue", car, at_s, text, f"overdue {car} {row.laps}")
    for driver in row.drivers:
        if not driver.on_board or row.status not in ("running", "in the pits"):
            continue
        for what, left in (("driver time", driver.left_s), ("time without a rest", driver.continuous_left_s)):
            if left is not None and left <= near_s:
                text = f"#{car}: {driver.driver} has {left / 60.0:.0f} min of {what} left"
                key = f"limit {car} {driver.driver} {what} {row.stops if what != 'driver time' else ''}".strip()
                yield Alert("driver time", car, at_s, text, key)


def _flag(before: TimingTable | None, now: TimingTable) -> Iterator[Alert]:
    """A neutralisation that begins or ends."""
    if before is None or before.flag == now.flag or now.flag not in FLAG_WORDS:
        return
    if now.flag == "green" and before.flag not in ("fcy", "safety_car", "red"):
        return
    text = f"{FLAG_WORDS[now.flag]} at {race_time(now.race_s)}"
    yield Alert("flag", "", now.race_s, text, f"flag {now.flag} {now.race_s:.0f}")


def _call(row: TimingRow, now: TimingTable, near_s: float) -> Iterator[Alert]:
    """The tank asks for a stop before the flag is due; and who is on board may not drive another stint."""
    fuel = row.fuel_left_laps
    if fuel is None or fuel > CALL_LAPS or row.in_pit or row.status != "running" or row.uncertain:
        return
    lap_s = row.last_lap_s or row.best_lap_s
    if now.left_s is not None and lap_s is not None and now.left_s < fuel * lap_s:
        return
    left = plural(int(fuel), "lap")
    text = f"#{row.car}: fuel for {left}, box" if fuel >= 1.0 else f"#{row.car}: the tank is empty by the card, box"
    yield Alert("pit call", row.car, now.race_s, text, f"call {row.car} {row.stops}")
    aboard = next((d for d in row.drivers if d.on_board), None)
    limits = [s for s in (aboard.left_s, aboard.continuous_left_s) if s is not None] if aboard is not None else []
    if aboard is not None and limits and min(limits) <= max(near_s, row.stint_s):
        text = (
            f"#{row.car}: change the driver at this stop, {aboard.driver} may drive {min(limits) / 60.0:.0f} min more"
        )
        yield Alert("driver change", row.car, now.race_s, text, f"change {row.car} {row.stops}")


def _lead(before: TimingTable | None, now: TimingTable, row: TimingRow) -> Iterator[Alert]:
    if before is None or row.uncertain:
        return
    old = next((r for r in before.rows if r.car == row.car), None)
    if old is None or old.position_in_class is None or old.uncertain:
        return
    if row.position_in_class == 1 and old.position_in_class != 1:
        yield Alert("lead", row.car, now.race_s, f"#{row.car} leads {row.car_class}", f"lead {row.car} {row.laps}")
    if row.position_in_class != 1 and old.position_in_class == 1:
        leader = now.of_class(row.car_class)[0].car
        text = f"#{row.car} has lost the lead of {row.car_class} to #{leader}"
        yield Alert("lead", row.car, now.race_s, text, f"lost {row.car} {row.laps}")


def _odds(
    row: TimingRow, at_s: float, before: Mapping[str, float], now: Mapping[str, float], drop: float
) -> Iterator[Alert]:
    if row.car in before and row.car in now and before[row.car] - now[row.car] >= drop:
        text = f"#{row.car}: class win {percent(before[row.car])} -> {percent(now[row.car])}"
        yield Alert("odds", row.car, at_s, text, f"odds {row.car} {row.laps} {now[row.car]:.2f}")
