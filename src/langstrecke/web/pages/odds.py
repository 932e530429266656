"""The page Odds: chances of every car of a class over race time, and what moved them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.formatting import percent, plural, points, race_time
from langstrecke.plots.class_colours import class_colour
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts import lines
from langstrecke.web.pages.charts.odds import odds_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.following import desk_of
from langstrecke.web.pages.theme import car_colours

if TYPE_CHECKING:
    from langstrecke.web.following.models import HubView
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

METRICS = {"win": "Class win", "podium": "Class podium", "overall": "Overall win"}
MOVES = 24
"""What moved the odds: lines of the list (default)."""
SINCE_S = 1800.0
"""The table tells the change against the odds of this long ago (default)."""


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    place = ui.element("div").classes("down")

    def build(_: Any = None) -> None:
        place.clear()
        with place:
            desk = desk_of(pitwall, viewer)
            if desk is None:
                bits.empty(
                    "No race is followed yet", "Odds are read while a race runs: replay one, or follow a feed."
                )
                bits.button("Choose a race", lambda: ui.navigate.to("/races"), strong=True)
            else:
                _Odds(viewer, desk)

    viewer.page_hears["race"] = build
    build()


class _Odds:
    def __init__(self, viewer: Viewer, desk: Desk) -> None:
        self._viewer, self._desk = viewer, desk
        self._metric = "win"
        self._waits = not desk.view.odds
        self._told = (False, "")
        self._body = ui.element("div").classes("down")
        viewer.page_hears["odds"] = self._hear
        viewer.page_hears["view"] = self._still
        with self._body:
            if self._waits:
                self._note = bits.text(_waiting(desk.view), "muted")
            else:
                self._build()

    def _still(self, view: HubView) -> None:
        if self._waits and self._note.text != _waiting(view):
            self._note.text = _waiting(view)
        if not self._waits and (view.odds_old, view.status) != self._told:
            self._tell(view)

    def _hear(self, view: HubView) -> None:
        if self._waits:
            self._waits = False
            self._body.clear()
            with self._body:
                self._build()
        else:
            self._tell(view)

    def _build(self) -> None:
        desk, viewer = self._desk, self._viewer
        classes = desk.classes
        if viewer.car_class not in classes:
            viewer.car_class = classes[0] if classes else ""
        with bits.row():
            bits.Pressed({c: c for c in classes}, viewer.car_class, self._choose_class)
            ui.element("span").style("width: 14px")
            bits.Pressed(METRICS, self._metric, self._choose_metric)
        with ui.element("div").classes("split wide-left"):
            with bits.panel("Odds over the race", classes="odds"):
                self._chart = ui.element("div")
                self._rest = bits.text("", "note")
            with bits.column():
                with bits.panel("Now", "change of the class win, in points"):
                    self._table = bits.markup("")
                with bits.panel("What moved them", "class win"):
                    self._moves = bits.markup("")
        self._draw()

    def _choose_class(self, name: str) -> None:
        self._viewer.car_class = name
        self._draw()

    def _choose_metric(self, metric: str) -> None:
        self._metric = metric
        self._draw()

    def _draw(self) -> None:
        desk, car_class = self._desk, self._viewer.car_class
        group = f"{car_class}|{self._metric}"
        self._viewer.groups = {"odds": group}
        self._colours = car_colours(desk.colour_order(car_class))
        options = odds_chart(
            desk.lines("odds", group), self._colours, lines.time_scale(desk.hub), lines.spans(desk.hub)
        )
        self._chart.clear()
        with self._chart:
            bits.chart(options).classes("chart tall").props(f'data-live=odds data-group="{esc(group)}"')
        self._tell(desk.view)

    def _tell(self, view: HubView) -> None:
        self._told = (view.odds_old, view.status)
        self._table.content = odds_table(view, self._viewer.car_class, self._colours)
        self._moves.content = moves_list(view, self._viewer.car_class)
        self._rest.text = rest_words(view)


def rest_words(view: HubView) -> str:
    """Of which moment the newest odds are, and what they rest on."""
    newest = view.newest_odds
    if newest is None:
        return f"They rest on {view.odds_note}."
    told = f"{plural(newest.races, 'race')} from {race_time(newest.race_s)}."
    if view.status == "over":
        told = f"The race is over: these were its last odds, {told}"
    elif view.odds_old:
        told = f"OLD: of {race_time(newest.race_s)}, the race is at {race_time(view.race_s)}; new ones come."
    return f"{told} They rest on {view.odds_note}."


def _waiting(view: HubView) -> str:
    return f"Odds of {view.title}: {view.odds_note or 'they come with the first laps'} …"


def odds_table(view: HubView, car_class: str, colours: dict[str, str]) -> str:
    """The newest odds of a class as a table."""
    newest = view.newest_odds
    if newest is None:
        return ""
    then = next((p for p in reversed(view.odds) if p.race_s <= newest.race_s - SINCE_S), view.odds[0])
    old = {c.car: c.win for c in then.cars}
    rows = {r.car: r for r in view.table.rows} if view.table is not None else {}
    colour = class_colour(car_class)
    cells = []
    for c in sorted((c for c in newest.cars if c.car_class == car_class), key=lambda c: (-c.win, -c.podium)):
        row = rows.get(c.car)
        change = c.win - old.get(c.car, c.win)
        tone = "muted" if abs(change) < 0.01 else "good" if change > 0 else "bad"
        cells.append(
            (
                f'<span class="dot" style="background:{colours.get(c.car, "#888")}"></span><b>#{esc(c.car)}</b>',
                esc(row.position_in_class if row is not None and row.position_in_class else ""),
                bits.odds_cell(c.win, colour),
                f'<span class="{tone}">{points(change)}</span>',
                esc(percent(c.podium, newest.races, unit=False)),
                esc(percent(c.overall, newest.races, unit=False)),
            )
        )
    head = ("Car", "P", "Win %", f"Since {race_time(then.race_s, short=True)}", "Podium %", "Overall %")
    return bits.table(head, cells, figures=range(1, 6))


def moves_list(view: HubView, car_class: str) -> str:
    """What moved the odds of a class, the newest first."""
    items = []
    for point in reversed(view.odds):
        for m in point.moved:
            if m.car_class != car_class:
                continue
            tone = "good" if m.win > m.win_before else "bad"
            why = f' <span class="muted">{esc("; ".join(m.why))}</span>' if m.why else ""
            items.append(
                f'<li><span class="at">{race_time(point.race_s)}</span><span><b>#{esc(m.car)}</b> '
                f"{esc(percent(m.win_before, unit=False))} → "
                f'<span class="{tone} strong">{esc(percent(m.win))}</span>{why}</span></li>'
            )
        if len(items) >= MOVES:
            break
    if not items:
        return '<p class="muted">Nothing has moved them yet.</p>'
    return f'<ul class="lines scroll moves">{"".join(items[:MOVES])}</ul>'
