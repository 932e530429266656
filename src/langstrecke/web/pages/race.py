"""The page Race: timing table, gaps and places of chosen cars, flags."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui
from nicegui.element import Element

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.plots.class_colours import class_colour
from langstrecke.racecard import list_cards
from langstrecke.services.requests.data import RacesAsk
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts import lines
from langstrecke.web.pages.charts.race import flag_strip, gap_chart, place_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.following import desk_of, follow_race
from langstrecke.web.pages.race_news import Meanwhile, RaceControl
from langstrecke.web.pages.race_rows import COLUMNS, table_options
from langstrecke.web.pages.theme import car_colours

if TYPE_CHECKING:
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

ALL = "All"
SHOWN_CARS = 6
"""Cars drawn at first: the head of the class (default)."""
TABLE_FIRST_S = 0.15
SUGGESTED = 8
WINDOWS = {"0": "Race", "2": "2 h"}
"""How much of the race the gap chart shows."""


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    place = ui.element("div").classes("down")

    def build(_: Any = None) -> None:
        place.clear()
        with place:
            desk = desk_of(pitwall, viewer)
            if desk is None:
                _nothing_followed(pitwall, viewer)
            else:
                _Race(viewer, desk)

    viewer.page_hears["race"] = build
    build()


def _nothing_followed(pitwall: Pitwall, viewer: Viewer) -> None:
    """What a newcomer sees: stored races, one press from being replayed."""
    bits.empty("No race is followed yet", "Replay a stored race as if it were live, race a card, or follow a feed.")
    said = ui.element("div")

    async def replay(race: str) -> None:
        said.clear()
        try:
            await follow_race(pitwall, viewer, race=race, speed=60)
        except LangstreckeError as error:
            with said:
                bits.markup(bits.told(error))

    stored = ui.element("div").classes("down")

    async def load() -> None:
        try:
            found = await pitwall.ask(services.races, RacesAsk.model_validate({}))
        except LangstreckeError as error:
            found = []
            if pitwall.settings.store.exists() and not stored.is_deleted:  # what cannot be read is not empty
                with stored:
                    bits.markup(bits.told(error))
                return
        if stored.is_deleted:
            return
        cards = set(list_cards())
        found.sort(key=lambda r: (r.race_id in cards, r.duration_s or 0.0, str(r.date or "")), reverse=True)
        with stored:
            if not found:
                with bits.row():
                    bits.text("The store is empty.", "muted")
                    bits.button("Import timing files, or race a card", lambda: ui.navigate.to("/races"), strong=True)
                return
            with bits.panel("Stored races", f"{min(SUGGESTED, len(found))} of {len(found)}, the longest first"):
                for race in found[:SUGGESTED]:
                    with bits.row():
                        bits.button("Replay ×60", partial(replay, race.race_id), icon="play_arrow")
                        bits.text(race.event, "strong")
                        bits.text(f"{race.race_id}, {race.date or ''}", "muted")
            bits.button("All races, cards and feeds", lambda: ui.navigate.to("/races"))

    background_tasks.create(load())


class _Race:
    def __init__(self, viewer: Viewer, desk: Desk) -> None:
        self._viewer, self._desk = viewer, desk
        self._shown: set[str] = set()
        self._window = "0"
        self._chips: dict[str, Element] = {}
        self._control: RaceControl | None = None
        viewer.page_hears["view"] = self._hear
        self._waits = not desk.rows
        self._body = ui.element("div").classes("down")
        with self._body:
            if self._waits:
                bits.text(f"Waiting for the first car of {desk.view.title} to cross the line …", "muted")
            else:
                self._build()

    def _hear(self, _: Any) -> None:
        if self._control is not None:
            self._control.look()
        if self._waits and self._desk.rows:
            self._waits = False
            self._body.clear()
            with self._body:
                self._build()

    def _build(self) -> None:
        desk, viewer = self._desk, self._viewer
        classes = desk.classes
        Meanwhile(viewer, desk)
        if viewer.car_class not in classes:
            viewer.car_class = ""
        with bits.row():
            options = {"": ALL} | {c: c for c in classes}
            bits.Pressed(options, viewer.car_class, self._choose_class)
            self._column_menu()
            bits.text("Rows in italics hang on messages that have not come. Double click (or p) pins a car.", "note")
        colours = {c: class_colour(c, classes) for c in classes}
        with ui.element("div").classes("race-grid"):
            options = table_options(desk.rows, colours, viewer.car_class)
            grid = ui.aggrid(options, theme="quartz", auto_size_columns=False)
            grid.classes("timing").props("data-live=table")
            viewer.run(f"pw.show({json.dumps(viewer.car_class)});")  # also where the grid stands already
            with bits.column("beside"):
                self._charts = ui.element("div").classes("down race-charts")
                self._control = RaceControl(desk)
        background_tasks.create(self._draw_soon())

    def _column_menu(self) -> None:
        """Which columns the table shows; the browser remembers."""
        with ui.button("Columns", icon="view_column").props("flat dense"), ui.menu(), bits.column():
            for name, words in COLUMNS.items():
                script = f"(on) => pw.column({json.dumps(name)}, on)"
                box = ui.checkbox(words, value=True).props("dense").style("padding: 3px 12px")
                box.on("update:model-value", js_handler=script)

    def _choose_window(self, hours: str) -> None:
        self._window = hours
        self._draw()

    def _choose_class(self, name: str) -> None:
        self._viewer.car_class = name
        self._shown.clear()
        self._viewer.run(f"pw.show({json.dumps(name)});")
        self._draw()

    async def _draw_soon(self) -> None:
        """The charts, once the table is on its way: it is what people look for first."""
        await asyncio.sleep(TABLE_FIRST_S)
        if not self._charts.is_deleted:
            self._draw()

    # --- charts -----------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        desk = self._desk
        car_class = self._viewer.car_class or next(iter(desk.classes), "")
        gap, flags = f"{car_class}|{self._window}", f"|{self._window}"
        self._viewer.groups = {"gap": gap, "place": car_class, "flags": flags}
        ordered = desk.cars(car_class)
        colours = car_colours(desk.colour_order(car_class))
        if not self._shown & set(ordered):
            self._shown = set(ordered[:SHOWN_CARS])
        scale = lines.time_scale(desk.hub, float(self._window))
        spans = lines.spans(desk.hub)
        self._charts.clear()
        with self._charts:
            shown = sorted(self._shown)
            with bits.panel() as part:
                part.props('aria-label="Gap to the class leader"')
                with ui.element("div").classes("head"):
                    bits.heading("Gap to the class leader")
                    bits.text(car_class, "note")
                    with ui.element("span").classes("end"):
                        bits.Pressed(WINDOWS, self._window, self._choose_window)
                strip = bits.chart(flag_strip(spans, scale)).classes("flags")
                strip.props(f'data-live=flags data-group="{flags}" aria-label="Flags of the race"')
                chart = gap_chart(
                    desk.lines("gap", gap), colours, shown, scale, lines.gap_scale(desk.hub, car_class), spans
                )
                bits.chart(chart).classes("chart").props(f'data-live=gap data-group="{esc(gap)}"')
            with bits.panel("Place in class", "at the end of each lap"):
                chart = place_chart(
                    desk.lines("place", car_class), colours, shown, lines.lap_scale(desk.hub, car_class)
                )
                bits.chart(chart).classes("chart").props(f'data-live=place data-group="{esc(car_class)}"')
            with ui.element("div").classes("across tight").props('role=group aria-label="Cars in the charts"'):
                self._chips = {}
                for car in ordered:
                    self._chip(car, colours[car])
                bits.text("cars in the charts", "note")

    def _chip(self, car: str, colour: str) -> None:
        made = ui.element("button").classes("chip").props("type=button").style(f"--class: {colour}")
        made.props(f'aria-pressed="{"true" if car in self._shown else "false"}" aria-label="Car {esc(car)}"')
        with made:
            ui.label(f"#{car}").style("display: contents")
        made.on("click", partial(self._toggle, car))
        self._chips[car] = made

    def _toggle(self, car: str) -> None:
        self._shown ^= {car}
        on = car in self._shown
        self._chips[car].props(f'aria-pressed="{"true" if on else "false"}"')
        self._viewer.run(f'pw.select(["gap", "place"], {json.dumps([car])}, {json.dumps(on)});')
