"""One desk for each followed race: it turns what the hub shows into what browsers need, once for all viewers.

Rows and lines go out as what has changed since the last time; each viewer is sent the same text. Who opens a page
gets the desk's present rows and lines with it, so what comes next fits.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from langstrecke.web.pages.charts import lines
from langstrecke.web.pages.charts.race_series import Points, tails
from langstrecke.web.pages.race_rows import Row, changes, rows_of
from langstrecke.web.pages.sectors import Sectors
from langstrecke.web.pages.strip_words import strip_words

if TYPE_CHECKING:
    from langstrecke.live.alerts import Alert
    from langstrecke.web.following.race import RaceHub
    from langstrecke.web.pages.viewer import Viewer

log = logging.getLogger("langstrecke.web")

CHARTS_EVERY_S = 2.0
"""Shortest wall-clock time between two updates of charts (default)."""
QUIET_S = 2.5
"""Silence of the hub after which what was held back goes out: a race over or paused says no more (default)."""


class Desk:
    """What all viewers of one race share."""

    def __init__(self, hub: RaceHub) -> None:
        self.hub = hub
        self.viewers: set[Viewer] = set()
        self._sectors = Sectors()
        self.rows: dict[str, Row] = self._rows(hub.view)
        self.alerts: list[Alert] = []
        self._told: set[str] = set()
        self._lines: dict[tuple[str, str], dict[str, Points]] = {}
        self._drawn: dict[tuple[str, str], float] = {}
        self._heard_at = time.monotonic()
        self._quiet: asyncio.TimerHandle | None = None
        self._odds_at: float | None = None
        self._end = hub.listen(self._changed)

    @property
    def view(self) -> Any:
        """What the hub shows now."""
        return self.hub.view

    @property
    def classes(self) -> list[str]:
        """The classes in the order of the card; those it does not know, and without a card, by their leaders."""
        known = list(self.hub.card.classes) if self.hub.card is not None else []
        seen = dict.fromkeys(r["car_class"] for r in sorted(self.rows.values(), key=lambda r: r["o"]))
        return [c for c in known if c in seen] + [c for c in seen if c not in known]

    def cars(self, car_class: str) -> list[str]:
        """The cars of a class in their present order; of all where there is none."""
        rows = sorted(self.rows.values(), key=lambda r: r["o"])
        return [r["car"] for r in rows if not car_class or r["car_class"] == car_class]

    def colour_order(self, car_class: str) -> list[str]:
        """The cars of a class in an order that does not change during the race, for their colours."""
        return sorted(self.cars(car_class), key=lambda c: (len(c.lstrip("0")), c))

    def lines(self, name: str, group: str) -> dict[str, Points]:
        """The lines of a chart as the viewers have them: worked out once, then kept up to date while in sight."""
        key = (name, group)
        if key not in self._lines:
            self._lines[key] = lines.of(self.hub, name, group)
        return self._lines[key]

    def close(self) -> None:
        """Stop listening to the hub."""
        self._end()
        if self._quiet is not None:
            self._quiet.cancel()

    # --- what changed -----------------------------------------------------------------------------------------------

    def _changed(self, view: Any) -> None:
        self._heard_at = time.monotonic()
        try:
            self._update(view)
        except Exception:
            log.exception("a desk could not keep up")  # the hub would hide it
            raise
        self._look_again()

    def _look_again(self) -> None:
        """What goes out at most every so often must not be left at the last but one word."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(QUIET_S, self._once_quiet)

    def _once_quiet(self) -> None:
        self._update(self.view)
        if any(self._drawn.get(key, 0.0) < self._heard_at for key in self._lines):
            self._look_again()

    def _update(self, view: Any) -> None:
        if not self.viewers:
            self.rows, self._lines = self._rows(view), {}
            return
        scripts = {"strip": strip_words(view)}
        if view.table is not None:
            rows = self._rows(view)
            if set(self.rows) - set(rows) or len(rows) - len(self.rows) > 4:
                scripts["race"] = f"pw.reset({_json(list(rows.values()))});"
            elif patches := changes(self.rows, rows):
                scripts["race"] = f"pw.rows({_json(patches)});"
            self.rows = rows
        charts = self._grown()
        odds = view.newest_odds
        news = odds is not None and odds.race_s != self._odds_at
        self._odds_at = odds.race_s if odds is not None else None
        fresh = [a for a in view.alerts if a.key not in self._told]
        self._told.update(a.key for a in fresh)
        self.alerts = [*self.alerts, *fresh][-200:]
        for viewer in list(self.viewers):
            viewer.run(
                scripts["strip"], scripts.get("race", "") if viewer.page == "/" else "", *charts_of(viewer, charts)
            )
            viewer.hear("view", view)
            if news:
                viewer.hear("odds", view)
            mine = [a for a in fresh if a.car in viewer.alert_cars or (not a.car and viewer.alert_cars)]
            if mine:
                viewer.hear("alerts", mine)

    def _rows(self, view: Any) -> dict[str, Row]:
        return rows_of(view.table, self._sectors.look(self.hub.state)) if view.table else {}

    def _grown(self) -> dict[tuple[str, str], str]:
        """What the charts need. One chart at an update, the one that waits longest: pages stay quick meanwhile."""
        wanted = {(name, viewer.groups[name]) for viewer in self.viewers for name in viewer.groups}
        self._lines = {key: found for key, found in self._lines.items() if key in wanted}
        now = time.monotonic()
        due = [key for key in wanted if now - self._drawn.get(key, 0.0) >= CHARTS_EVERY_S]
        if not due:
            return {}
        name, group = min(due, key=lambda key: (self._drawn.get(key, 0.0), key))
        self._drawn[name, group] = now
        before = self._lines.get((name, group))
        after = self._lines[name, group] = lines.of(self.hub, name, group)
        if before is None:
            return {}
        whole, points = tails(before, after)
        told = (name, group, whole, points, lines.more(self.hub, name, group))
        return {(name, group): f"pw.lines({', '.join(_json(part) for part in told)});"}


def charts_of(viewer: Viewer, charts: dict[tuple[str, str], str]) -> Iterable[str]:
    """The scripts for the charts a viewer has in sight."""
    return [charts[name, group] for name, group in viewer.groups.items() if (name, group) in charts]


def _json(data: Any) -> str:
    """JSON that may stand in a script."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")


class Desks:
    """The desks of a pit wall, one for each followed race that has viewers."""

    def __init__(self) -> None:
        self._desks: dict[str, Desk] = {}

    def of(self, hub: RaceHub) -> Desk:
        """The desk of a race; a new one where the hub is another than before."""
        desk = self._desks.get(hub.ask.race)
        if desk is None or desk.hub is not hub:
            if desk is not None:
                desk.close()
            desk = self._desks[hub.ask.race] = Desk(hub)
        return desk

    def leave(self, viewer: Viewer) -> None:
        """A viewer looks at no race any more."""
        for desk in self._desks.values():
            desk.viewers.discard(viewer)

    def drop(self, race: str) -> None:
        """A race is no longer followed."""
        desk = self._desks.pop(race, None)
        if desk is not None:
            desk.close()
