"""What a viewer of a followed race is sent: the whole table once, then what has changed since the last message.

Texts are made once for all viewers that have seen the same: `RaceHub.encoded` keeps them until the next change.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import WebSocket

from langstrecke.web.following.models import HubView
from langstrecke.web.following.race import RaceHub

RUNNING = frozenset({"stint_s", "drivers", "overdue_s"})
"""Of a row: what runs on with the race clock. It is sent with a row that has changed otherwise."""
LINE = ("race", "title", "status", "source", "replayed", "speed", "race_s", "note", "odds_note", "viewers")
"""A followed race in one line."""
DIGITS = 3
"""Of seconds."""
FIRST_ALERTS = 50
"""Alerts a new viewer is sent (default)."""


Make = Callable[["HubView | None", HubView], "dict[str, Any] | None"]
"""What of a part is to be told to whoever has seen a view before; None: nothing."""
_tables: dict[int, tuple[HubView, dict[str, Any]]] = {}
"""The newest tables as plain values, by the view they are of."""
KEPT_TABLES = 4


async def show(socket: WebSocket, hub: RaceHub) -> None:
    """Send a viewer what it does not know yet, until it goes. Whoever is slow skips some, and misses nothing."""
    before: HubView | None = None
    async for view in hub.views():
        known = before.version if before is not None else -1
        for name, make in (("table", _table), ("odds", _odds), ("alerts", _alerts)):
            text = hub.encoded(f"{name} {known}", partial(_text, make, before))
            if text:
                await socket.send_text(text)
        before = view


def _text(make: Make, before: HubView | None, view: HubView) -> str:
    told = make(before, view)
    return as_text(told) if told is not None else ""


def line_of(view: HubView) -> dict[str, Any]:
    """A view in one line."""
    return {name: getattr(view, name) for name in LINE}


def _table(before: HubView | None, view: HubView) -> dict[str, Any] | None:
    wall = view.wall.isoformat()
    if before is None or before.table is None or view.table is None:
        table = table_json(view) if view.table is not None else None
        return {"kind": "table", "wall": wall, **line_of(view), "table": table}
    told: dict[str, Any] = {"kind": "changes", "wall": wall, "race_s": round(view.race_s, DIGITS)}
    old, new = line_of(before), line_of(view)
    told |= {key: value for key, value in new.items() if key != "race_s" and old[key] != value}
    then, now = table_json(before), table_json(view)
    rows, known = now["rows"], {row["car"]: row for row in then["rows"]}
    apart = ("rows", "race_s", "left_s")
    changed = {key: value for key, value in now.items() if key not in apart and then.get(key) != value}
    if changed:
        told["table"] = changed
    patches = [patch for row in rows if (patch := _patch(known.get(row["car"]), row))]
    if patches:
        told["rows"] = patches
    order = [row["car"] for row in rows]
    if order != list(known):
        told["order"] = order
    return told


def _patch(old: dict[str, Any] | None, new: dict[str, Any]) -> dict[str, Any] | None:
    """What has changed of a row, with its car; None where only the clock has run on."""
    if old is None:
        return new
    changed = {key for key, value in new.items() if old[key] != value}
    if not changed - RUNNING:
        return None
    return {"car": new["car"]} | {key: value for key, value in new.items() if key in changed}


def _odds(before: HubView | None, view: HubView) -> dict[str, Any] | None:
    newest = view.newest_odds
    if before is not None and (before.newest_odds, before.odds_note, before.odds_old) == (
        newest, view.odds_note, view.odds_old,
    ):  # fmt: skip
        return None
    told = {"kind": "odds", "note": view.odds_note, "old": view.odds_old}
    return told | {"newest": newest.model_dump() if newest is not None else None}


def _alerts(before: HubView | None, view: HubView) -> dict[str, Any] | None:
    """The newest to a new viewer, then those that are new."""
    known = {alert.key for alert in before.alerts} if before is not None else set()
    fresh = [vars(alert) for alert in view.alerts if alert.key not in known]
    if before is None:
        fresh = fresh[-FIRST_ALERTS:]
    return {"kind": "alerts", "alerts": fresh} if fresh or before is None else None


def table_json(view: HubView) -> dict[str, Any]:
    """The table as plain values, seconds to the millisecond."""
    assert view.table is not None
    known = _tables.get(id(view))
    if known is None or known[0] is not view:
        while len(_tables) >= KEPT_TABLES:
            del _tables[next(iter(_tables))]
        known = _tables[id(view)] = (view, _plain(view.table.to_json()))
    return known[1]


def _plain(value: Any) -> Any:
    """Plain values: numbers rounded, those JSON does not know as null."""
    if isinstance(value, float):
        return round(value, DIGITS) if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def as_text(data: Any) -> str:
    """Data as JSON; a number JSON does not know becomes null."""
    try:
        return json.dumps(data, ensure_ascii=False, allow_nan=False, default=str, separators=(",", ":"))
    except ValueError:  # rare: looking for such numbers each time would cost more than the rest
        return json.dumps(_plain(data), ensure_ascii=False, allow_nan=False, default=str, separators=(",", ":"))
