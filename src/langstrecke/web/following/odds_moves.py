"""What happened in a race between two timing tables, in short sentences: stops, leads, flags, cars that are late."""

from __future__ import annotations

from langstrecke.live.table import TimingRow, TimingTable
from langstrecke.racestate.status import UNSEEN

FLAGS = {
    "green": "green flag",
    "fcy": "full-course yellow",
    "safety_car": "safety car",
    "red": "red flag",
    "slow_zone": "slow zone",
    "finish": "chequered flag",
}
SLOW_S = 20.0
"""Time lost on the class leader beyond this is told (default)."""

Event = tuple[str, str, str]
"""Car ("" for the whole field), its class, what happened."""


def happened(then: TimingTable, now: TimingTable) -> list[Event]:
    """Events between two tables, those of the whole field first."""
    found: list[Event] = []
    if now.flag != then.flag and now.flag is not None:
        found.append(("", "", FLAGS.get(now.flag, now.flag)))
    old = {row.car: row for row in then.rows}
    leaders = {row.car_class: row.car for row in then.rows if row.position_in_class == 1}
    for row in now.rows:
        before = old.get(row.car)
        if before is not None:
            found += [(row.car, row.car_class, text) for text in _of_car(before, row, leaders)]
    return found


def _of_car(before: TimingRow, row: TimingRow, leaders: dict[str, str]) -> list[str]:
    found = []
    name = f"#{row.car}"
    if row.status in UNSEEN and before.status not in UNSEEN:
        found.append(f"{name} is late")
    if row.status not in UNSEEN and before.status in UNSEEN:
        found.append(f"{name} is back and gains")
    if row.position_in_class == 1 and leaders.get(row.car_class) not in (None, row.car):
        found.append(f"{name} leads")
    stops = row.stops - before.stops + (row.in_pit and not before.in_pit)
    if stops > 0:
        long = row.last_stop_s
        found.append(f"{name} stopped" + (f" ({long:.0f} s)" if long is not None and not row.in_pit else ""))
    if row.gap_laps > before.gap_laps and before.laps:
        found.append(f"{name} lost a lap")
    elif stops <= 0 and row.gap_s is not None and before.gap_s is not None and row.gap_s > before.gap_s + SLOW_S:
        found.append(f"{name} lost {row.gap_s - before.gap_s:.0f} s on the leader")
    if before.driver and row.driver and row.driver != before.driver:
        found.append(f"{row.driver} drives {name} now")
    return found
