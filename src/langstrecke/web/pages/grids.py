"""Columns of the grids, as plain options of AG Grid; formatting happens in the browser, on figures in seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

LAP = "pw_lap(p.value)"

_TIME_JS = """
window.pw_lap = (s) => { if (s == null) return ""; const m = Math.floor(s / 60), r = (s - 60 * m).toFixed(3);
  return m ? m + ":" + r.padStart(6, "0") : r; };
window.pw_hms = (s) => { if (s == null) return ""; const t = Math.max(0, Math.round(s)), h = Math.floor(t / 3600),
  m = Math.floor(t / 60) % 60; return h + ":" + String(m).padStart(2, "0") + ":" + String(t % 60).padStart(2, "0"); };
window.pw_hm = (s) => { if (s == null) return ""; const n = s < 0 ? "−" : "", t = Math.round(Math.abs(s) / 60);
  return n + Math.floor(t / 60) + ":" + String(t % 60).padStart(2, "0"); };
window.pw_pct = (p) => { if (p == null) return ""; const v = (100 * p).toFixed(1);
  return p <= 0 ? "0" : p >= 1 ? "100" : v === "0.0" ? "<0.1" : v === "100.0" ? ">99.9" : v; };
"""
"""How figures are written in a browser, by the rules of `langstrecke.formatting`; the script of every page has it."""


def number_script() -> str:
    """The JavaScript that writes lap times, gaps and probabilities."""
    return _TIME_JS.strip()


def column(field: str, title: str, width: int, *, how: str = "", **more: Any) -> dict[str, Any]:
    """A column; `how` is a JavaScript expression of `p`, the cell's parameters, that writes its value."""
    found: dict[str, Any] = {"field": field, "headerName": title, "width": width, "minWidth": min(width, 40)}
    if how:
        found[":valueFormatter"] = f"p => {how}"
    return found | more


def figure(field: str, title: str, width: int, *, how: str = "", **more: Any) -> dict[str, Any]:
    """A column of figures, right-aligned."""
    more["cellClass"] = f"ag-right-aligned-cell {more.get('cellClass', '')}".strip()
    return column(field, title, width, how=how, type="rightAligned", **more)


def class_bar(colours: Mapping[str, str]) -> str:
    """JavaScript for a cell with a bar in the colour of the row's class; the text is text, never markup."""
    table = json.dumps(dict(colours))
    return (
        "p => { const e = document.createElement('span'), b = document.createElement('i'); b.className = 'cls'; "
        f"b.style.background = ({table})[p.data.car_class] || 'transparent'; "
        "e.append(b, p.value == null ? '' : String(p.value)); return e; }"
    )


def options(columns: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
    """Options of a grid in the house's manner: rows known by their `id`, no menus, columns as wide as they are."""
    return {
        "columnDefs": list(columns),
        "rowData": list(rows),
        "defaultColDef": {
            "sortable": True,
            "resizable": True,
            "suppressHeaderMenuButton": True,
            "suppressMovable": True,
        },
        ":getRowId": "p => p.data.id",
        "suppressCellFocus": False,
        "suppressDragLeaveHidesColumns": True,
        "animateRows": False,
        "headerHeight": 28,
        "rowHeight": 25,
        "suppressNoRowsOverlay": True,
    } | more
