"""Alerts for chosen cars: a bell in the frame with their list, toasts, and the browser's own notifications."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.formatting import race_time
from langstrecke.plots.class_colours import class_colour
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.following import desk_of

if TYPE_CHECKING:
    from langstrecke.live.alerts import Alert
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

KEPT = "langstrecke-alerts"
"""Where the browser keeps the chosen cars."""
SHOWN = 40
"""Alerts of the list (default)."""
TOASTS = 3
"""Toasts for one update: more would hide the page (default)."""


def bell(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the bell and its list."""
    seen = {"count": 0}
    with ui.button(icon="notifications").props('flat round dense aria-label="Alerts"') as button:
        button.style("color: var(--muted) !important")
        badge = ui.badge("0", color="primary").props("floating rounded")
        badge.set_visibility(False)
        with ui.menu().props('anchor="bottom right" self="top right" max-height=80vh').classes("pw-bell") as menu:
            body = ui.element("div").classes("down").style("padding: 12px 14px; width: min(430px, 92vw)")

    def open_list() -> None:
        seen["count"] = 0
        badge.set_visibility(False)
        body.clear()
        with body:
            _list(pitwall, viewer)

    def hear(new: list[Alert]) -> None:
        for alert in new[-TOASTS:]:
            ui.notify(alert.text, position="bottom-right", timeout=6000, close_button="Close")
        if viewer.notify:
            text = "\n".join(a.text for a in new[-TOASTS:])
            viewer.run(f"pw.notify('Langstrecke', {json.dumps(text)}, {json.dumps(new[-1].key)});")
        seen["count"] += len(new)
        badge.text = str(min(seen["count"], 99))
        badge.set_visibility(not menu.value)

    async def recall() -> None:
        try:
            kept = await ui.run_javascript(f"return pw.read({json.dumps(KEPT)})", timeout=10)
        except TimeoutError:  # the tab is gone, or busy: then nothing was chosen
            return
        viewer.alert_cars |= {car for car in str(kept or "").split(",") if car}

    menu.on("before-show", open_list)
    viewer.frame_hears["alerts"] = hear
    viewer.client.on_connect(recall)


def _list(pitwall: Pitwall, viewer: Viewer) -> None:
    desk = desk_of(pitwall, viewer)
    bits.heading("Alerts")
    if desk is None:
        bits.text("Follow a race first; then choose the cars to be told about.", "muted")
        return
    bits.text(
        "Told of: stops, pit calls, the lead, driver time running out, odds that drop, cars overdue, flags.",
        "note",
    )
    for car_class in desk.classes:
        with ui.element("div").classes("across tight"):
            bits.markup(bits.chip(car_class))
            for car in sorted(desk.cars(car_class), key=lambda c: (len(c), c)):
                _car(viewer, car, car_class)
    with bits.row():
        box = ui.checkbox("Also as notifications of the browser", value=viewer.notify)

        async def ask() -> None:
            if box.value:
                try:
                    answer = await ui.run_javascript("return await pw.consent()", timeout=120)
                except TimeoutError:
                    answer = "denied"
                viewer.notify = answer == "granted"
                if not viewer.notify:
                    box.value = False
                    ui.notify("The browser does not allow notifications for this page.")
            else:
                viewer.notify = False

        box.on_value_change(ask)
    mine = [a for a in reversed(desk.view.alerts) if a.car in viewer.alert_cars or not a.car][:SHOWN]
    rows = "".join(f'<li><span class="at">{race_time(a.race_s)}</span><span>{esc(a.text)}</span></li>' for a in mine)
    if mine:
        bits.markup(f'<ul class="lines">{rows}</ul>')
    else:
        bits.text("Nothing yet for the chosen cars." if viewer.alert_cars else "No car chosen.", "muted")


def _car(viewer: Viewer, car: str, car_class: str) -> None:
    def press() -> None:
        viewer.alert_cars ^= {car}
        viewer.run(f"pw.write({json.dumps(KEPT)}, {json.dumps(','.join(sorted(viewer.alert_cars)))});")
        made.props(f'aria-pressed="{"true" if car in viewer.alert_cars else "false"}"')

    made: Any = ui.element("button").classes("chip plain").props("type=button")
    made.props(f'aria-pressed="{"true" if car in viewer.alert_cars else "false"}"')
    made.style(f"--class: {class_colour(car_class)}")
    with made:
        ui.label(f"#{car}").style("display: contents")
    made.on("click", press)
