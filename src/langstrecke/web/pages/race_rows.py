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


NO_SECTORS: Row = {"s1": None, "s2": None, "s3": None, "m1": 0, "m2": 0, "m3": 0}
BY_ORDER: dict[str, Any] = {":comparator": "(a, b, m, n) => m.data.o - n.data.o"}
"""Gaps are words; cars are sorted by them as they stand."""
COLUMNS = {
    "car_class": "Class", "driver": "Driver", "left": "Driver time left", "laps": "Laps", "s1": "Sector 1",
    "s2": "Sector 2", "s3": "Sector 3", "net": "Net place", "stint": "Stint", "fuel": "Fuel", "stops": "Stops",
    "best": "Best lap", "stint_m": "Age of the stint", "stop_s": "Last stop", "team": "Team",
}  # fmt: skip
"""Columns a person may leave out."""


def rows_of(table: TimingTable, sectors: Mapping[str, Row] | None = None) -> dict[str, Row]:
    """A grid row for every car, by its number. `o` is its place in the order; `sectors` are those of the last lap."""
    fastest: dict[str, float] = {}
    for row in table.rows:
        if row.best_lap_s is not None:
            fastest[row.car_class] = min(row.best_lap_s, fastest.get(row.car_class, row.best_lap_s))
    told = "pit stops" not in table.untold
    return {
        row.car: _row(row, place, fastest.get(row.car_class), told=told) | (sectors or {}).get(row.car, NO_SECTORS)
        for place, row in enumerate(table.rows, start=1)
    }


def _row(row: TimingRow, place: int, fastest: float | None, *, told: bool) -> Row:
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
        "sb": last_fresh and row.best_lap_s == fastest,
        "bb": row.best_lap_s is not None and row.best_lap_s == fastest,
        "net": row.net_position,
        "owed": row.stops_owed,
        "int_n": None if row.position is None else 1e6 * row.interval_laps + (row.interval_s or 0.0),
        "stint": row.stint_laps,
        "stint_m": round(row.stint_s / 60.0),
        "fuel": None if row.fuel_left_laps is None else round(row.fuel_left_laps, 1),
        "stops": row.stops if told else None,
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
        grids.figure("pos", "Pos", 40, pinned="left"),
        grids.figure("pic", "PIC", 40, headerTooltip="Place in class"),
        grids.column(
            "car", "Car", 56, pinned="left", cellClass="c-car", **{":cellRenderer": grids.class_bar(colours)}
        ),
        grids.column("state", "", 44, cellClass="c-pit", tooltipField="why"),
        grids.column("car_class", "Class", 58, cellClass="c-sub"),
        grids.column("driver", "Driver", 98, tooltipField="team"),
        grids.figure("laps", "Laps", 44),
        grids.figure("gap", "Gap", 72, hide=hidden, headerTooltip="To the leader of the class", **BY_ORDER),
        grids.figure("ogap", "Gap", 72, hide=not hidden, headerTooltip="To the leader", **BY_ORDER),
        grids.figure(
            "int", "Interval", 72, headerTooltip="To the car ahead in the class",
            **{":comparator": "(a, b, m, n) => (m.data.int_n ?? 1e9) - (n.data.int_n ?? 1e9)"},
        ),
        grids.figure(
            "last", "Last lap", 68, how="pw_lap(p.value)",
            headerTooltip="Green: the car's best; purple: the best of its class",
            **{":cellClassRules": "({'c-best': p => p.data.pb && !p.data.sb, 'c-purple': p => p.data.sb})"},
        ),
        grids.figure(
            "fuel", "Fuel for", 60,
            how="p.value == null ? '' : Math.floor(p.value) + (Math.floor(p.value) === 1 ? ' lap' : ' laps')",
            headerTooltip="Green laps until the tank is empty",
            **{":cellClassRules": "({'c-warn': p => p.value != null && p.value <= 2})"},
        ),
        grids.figure("stint", "Stint", 44, headerTooltip="Laps since the last stop"),
        grids.figure("stops", "Stops", 46),
        grids.figure(
            "net", "Net", 46, how="p.value == null ? '' : p.value + (p.data.owed ? ' (' + p.data.owed + ')' : '')",
            headerTooltip="Place in class once everyone has made the stops still owed (how many)",
        ),
        grids.figure(
            "left", "Left", 46, how="p.value == null ? '' : pw_hm(60 * p.value)",
            headerTooltip="How long the driver on board may still drive",
            **{":cellClassRules": "({'c-warn': p => p.value > 0 && p.value <= 20, 'c-bad': p => p.value === 0})"},
        ),
        *(
            grids.figure(
                f"s{k}", f"S{k}", 48, how="p.value == null ? '' : p.value.toFixed(1)",
                headerTooltip=f"Sector {k} of the last lap",
                **{":cellClassRules": f"({{'c-best': p => p.data.m{k} === 1, 'c-purple': p => p.data.m{k} === 2}})"},
            )
            for k in (1, 2, 3)
        ),
        grids.figure(
            "best", "Best lap", 70, how="pw_lap(p.value)", cellClass="c-sub",
            **{":cellClassRules": "({'c-purple': p => p.data.bb})"},
        ),
        grids.figure(
            "stint_m", "Age", 46, how="pw_hm(60 * p.value)", cellClass="c-sub", headerTooltip="Since the last stop"
        ),
        grids.figure(
            "stop_s", "Last stop", 66, how="p.value == null ? '' : p.value.toFixed(1) + ' s'", cellClass="c-sub"
        ),
        # no flex: a grid whose one flexed column is hidden before it is measured (a phone) shows no row, ever
        grids.column("team", "Team", 220, cellClass="c-sub", minWidth=150),
    ]  # fmt: skip
    return grids.options(
        columns,
        list(rows.values()),
        **{
            ":isExternalFilterPresent": "() => !!pw.filters.race",
            ":doesExternalFilterPass": "n => n.data.car_class === pw.filters.race",
            ":rowClassRules": "({'r-unsure': p => p.data.unsure, 'r-out': p => p.data.state === 'Out?', "
            "'r-pin': p => pw.pins.has(p.data.id)})",
            ":postSortRows": "pw.pinFirst",
            ":onGridSizeChanged": "p => pw.fit(p.api, p.clientWidth)",
            ":onCellDoubleClicked": "p => pw.pin(p.data.id)",
            ":onCellKeyDown": "p => { if (p.event.key === 'p') pw.pin(p.data.id); }",
            "tooltipShowDelay": 400,
            "rowSelection": {
                "mode": "multiRow",
                "checkboxes": False,
                "headerCheckbox": False,
                "enableClickSelection": True,
            },
        },
    )
