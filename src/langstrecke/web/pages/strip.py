"""The strip above all pages: the followed race, its clock and flag, gaps in the data, and the replay's controls."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.errors import LangstreckeError
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.following import SPEEDS, desk_of, look_at
from langstrecke.web.pages.strip_words import replay_words, strip_facts

if TYPE_CHECKING:
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall


LONGEST_DELAY_S = 120
"""Streams are a minute behind at most, television less (default)."""


def strip(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the strip; it is built anew when another race is looked at."""
    place = ui.element("div").classes("pw-strip").props('role=region aria-label="The race followed"')

    def build(_: Any = None) -> None:
        desk = desk_of(pitwall, viewer)
        viewer.frame_hears.pop("view", None)
        place.clear()
        place.set_visibility(desk is not None)
        if desk is not None:
            with place:
                _words(pitwall, viewer, desk)
                if desk.view.replayed:
                    _controls(viewer, desk)

    viewer.frame_hears["race"] = build
    build()


def live(name: str, words: str = "", tag: str = "span", classes: str = "") -> ui.element:
    """A place whose words the desk changes in all browsers at once."""
    element = ui.element(tag).props(f'data-live="{name}"').classes(classes)
    if words:
        element.props["innerHTML"] = bits.esc(words)
    return element


def _words(pitwall: Pitwall, viewer: Viewer, desk: Desk) -> None:
    facts = strip_facts(desk.view)
    viewer.run(f"pw.once('flag', () => pw.flag({json.dumps(facts['flag_name'])}, {json.dumps(facts['flag'])}));")
    hubs = {hub.ask.race: hub.view.title for hub in pitwall.hubs.all()}
    if len(hubs) > 1:
        bits.choice(hubs, desk.view.race, lambda e: look_at(viewer, e.value), width="14rem")
    else:
        bits.text(desk.view.title, "name")
    live("flag", facts["flag"], classes=f"flag flag-{facts['flag_name']}")
    with ui.element("span").classes("pw-clock"):
        live("clock", facts["clock"])
        live("left", facts["left"], "small")
    live("status", facts["status"], classes="muted")
    live("lost", facts["lost"], classes="gapchip")
    live("note", facts["note"], classes="warn")
    if not desk.view.replayed:
        _delay()


def _delay() -> None:
    """How far the pages are held back, to match a picture on television."""
    with ui.element("label").classes("pw-delay"):
        ui.label("Delay").style("display: contents")
        slider = ui.element("input").props(
            f'type=range min=0 max={LONGEST_DELAY_S} step=5 value=0 aria-label="Delay in seconds"'
        )
        slider.on("input", js_handler="(e) => pw.setDelay(e.target.value)")
        live("delayed", classes="note")


def _controls(viewer: Viewer, desk: Desk) -> None:
    view = desk.view
    duration = (view.table.duration_s if view.table is not None else None) or 43_200.0
    with ui.element("div").classes("pw-controls").props('role=group aria-label="Replay"'):

        async def play() -> None:
            await (desk.hub.go() if desk.view.status == "paused" else desk.hub.pause())

        paused = view.status == "paused"
        made = ui.button(icon="play_arrow" if paused else "pause", on_click=partial(_steer, play))
        made.props(f'flat round dense data-live=play aria-label="{"Play" if paused else "Pause"}"').classes("pw-play")
        speeds = {str(s): f"×{s:g}" for s in SPEEDS}
        now = f"{view.speed:g}"
        speeds.setdefault(now, f"×{now}" if view.speed else "full")

        hearing = False

        def speed(event: Any) -> Any:
            return None if hearing else _steer(partial(desk.hub.set_speed, float(event.value)))

        choice = bits.choice(speeds, now, speed, width="5.2rem")
        choice.props('aria-label="Speed of the replay"')

        def hear(view: Any) -> None:
            """Others steer the same replay: what they chose is shown, and not chosen once more."""
            nonlocal hearing
            told = f"{view.speed:g}"
            if told != choice.value:
                hearing = True
                choice.set_options(speeds | {told: f"×{told}" if view.speed else "full"}, value=told)
                hearing = False

        viewer.frame_hears["view"] = hear

        async def seek(event: Any) -> None:
            await _steer(partial(desk.hub.seek, float(event.args)))

        slider = ui.element("input").props(
            f'type=range min=0 max={duration:.0f} step=10 data-live=seek aria-label="Race time"'
        )
        # as a property of the slider its value would come back whenever the strip is drawn anew
        viewer.run(f"pw.once('seek', () => {{ {replay_words(view)} }});")
        slider.on("change", seek, js_handler="(e) => { emit(e.target.value); e.target.blur(); }")


async def _steer(act: Any) -> None:
    try:
        await act()
    except LangstreckeError as error:
        ui.notify(error.what)
