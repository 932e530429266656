"""The timing table as rows of a grid: made once for all viewers, sent as what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langstrecke.formatting import gap, surname
from langstrecke.live.table import TimingRow, TimingTable
from langstrecke.web.pages import grids

Row = dict[str, Any]

STATUS_WORDS = {
    "running": "",
    "in the pits": "Pit",
    "overdue": "Late",
    "retired?": "Out?",
    "finished": "Flag",
    "not started": "–",
}


def rows_of(table: TimingTable) -> dict[str, Row]:
    """A grid row for every car, by its number. `o` is its place in the order."""
    return {row.car: _row(row, place) for place, row in enumerate(table.rows, start=1)}


def _row(row: TimingRow, place: int) -> Row:
    aboard = next((d for d in row.drivers if d.on_board), None)
    limits = [s for s in (aboard.left_s, aboard.continuous_left_s) if s is not None] if aboard else []
    left = min(limits) if limits else None
    last_fresh = row.last_lap_s is not None and row.last_lap_s == row.best_lap_s
    return {
        "id": row.car,
        "o": place,
        "car_class": row.car_class,
        "pos": row.position,
        "pic": row.position_in_class,
        "car": row.car,
        "team": row.team,
        "driver": surname(row.driver) if row.driver else "",
        "left": round(left / 60.0) if left is not None else None,
        "laps": row.laps,
        "gap": "" if row.position_in_class == 1 else gap(row.gap_laps, row.gap_s),
        "ogap": "" if row.position == 1 else gap(row.overall_gap_laps, row.overall_gap_s),
        "int": "" if row.position_in_class == 1 else gap(row.interval_laps, row.interval_s),
        "last": row.last_lap_s,
        "best": row.best_lap_s,
        "pb": last_fresh,
        "stint": row.stint_laps,
        "stint_m": round(row.stint_s / 60.0),
        "fuel": None if row.fuel_left_laps is None else round(row.fuel_left_laps, 1),
        "stops": row.stops,
        "stop_s": row.last_stop_s,
        "state": STATUS_WORDS.get(row.status, row.status),
        "unsure": row.uncertain,
        "why": row.why,
    }


def changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Row]:
    """For every car the fields that changed, with its id; a car that is new has all its fields."""
    found = []
    for car, row in after.items():
        old = before.get(car)
        if old is None:
            found.append(row)
        elif old != row:
            found.append({"id": car} | {key: value for key, value in row.items() if old.get(key) != value})
    return found


def table_options(rows: Mapping[str, Row], colours: Mapping[str, str], car_class: str) -> dict[str, Any]:
    """The grid of the timing table. All classes are in it; `pw.filters` says which are in sight."""
    hidden = not car_class
    columns = [
        grids.figure("o", "", 1, hide=True, sort="asc"),
        grids.figure("pos", "Pos", 42, pinned="left"),
        grids.figure("pic", "PIC", 42, pinned="left", headerTooltip="Place in class"),
        grids.column(
            "car", "Car", 60, pinned="left", cellClass="c-car", **{":cellRenderer": grids.class_bar(colours)}
        ),
        grids.column("state", "", 40, cellClass="c-pit", tooltipField="why"),
        grids.column("driver", "Driver", 100, tooltipField="team"),
        grids.figure(
            "left", "Left", 48, how="p.value == null ? '' : pw_hm(60 * p.value)",
            headerTooltip="How long the driver on board may still drive",
            **{":cellClassRules": "({'c-warn': p => p.value > 0 && p.value <= 20, 'c-bad': p => p.value === 0})"},
        ),
        grids.figure("laps", "Laps", 46),
        grids.figure("gap", "Gap", 80, hide=hidden, headerTooltip="To the leader of the class", sortable=False),
        grids.figure("ogap", "Gap", 80, hide=not hidden, headerTooltip="To the leader", sortable=False),
        grids.figure("int", "Interval", 80, headerTooltip="To the car ahead in the class", sortable=False),
        grids.figure(
            "last", "Last lap", 74, how="pw_lap(p.value)", **{":cellClassRules": "({'c-best': p => p.data.pb})"}
        ),
        grids.figure("stint", "Stint", 46, headerTooltip="Laps since the last stop"),
        grids.figure(
            "fuel", "Fuel", 46, how="p.value == null ? '' : p.value.toFixed(0) + ' L'",
            headerTooltip="Green laps until the tank is empty",
            **{":cellClassRules": "({'c-warn': p => p.value != null && p.value <= 2})"},
        ),
        grids.figure("stops", "Stops", 46),
        grids.figure("best", "Best lap", 74, how="pw_lap(p.value)", cellClass="c-sub"),
        grids.figure(
            "stint_m", "Age", 46, how="pw_hm(60 * p.value)", cellClass="c-sub", headerTooltip="Since the last stop"
        ),
        grids.figure(
            "stop_s", "Last stop", 66, how="p.value == null ? '' : p.value.toFixed(1) + ' s'", cellClass="c-sub"
        ),
        grids.column("team", "Team", 170, cellClass="c-sub", flex=1, minWidth=150),
    ]  # fmt: skip
    return grids.options(
        columns,
        list(rows.values()),
        **{
            ":isExternalFilterPresent": "() => !!pw.filters.race",
            ":doesExternalFilterPass": "n => n.data.car_class === pw.filters.race",
            ":rowClassRules": "({'r-unsure': p => p.data.unsure, 'r-out': p => p.data.state === 'Out?'})",
            "tooltipShowDelay": 400,
            "rowSelection": {
                "mode": "multiRow",
                "checkboxes": False,
                "headerCheckbox": False,
                "enableClickSelection": True,
            },
        },
    )
