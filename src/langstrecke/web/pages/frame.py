"""The frame around all pages: navigation, the strip of the followed race, theme; and the routes."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui
from nicegui.context import context

from langstrecke.web.pages import bell, news, odds, paddock, race, races, season, strategist, strip, team, whatif
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.following import desks_of
from langstrecke.web.pages.grids import number_script
from langstrecke.web.pages.theme import chart_themes, script, style_sheet
from langstrecke.web.pages.viewer import Viewer

if TYPE_CHECKING:
    from langstrecke.web.pitwall import Pitwall

PAGES: dict[str, tuple[str, Callable[[Pitwall, Viewer], Any]]] = {
    "/": ("Race", race.page),
    "/odds": ("Odds", odds.page),
    "/strategist": ("Strategist", strategist.page),
    "/what-if": ("What-if", whatif.page),
    "/team": ("Team plan", team.page),
    "/season": ("Season", season.page),
    "/paddock": ("Paddock", paddock.page),
    "/news": ("News", news.page),
    "/races": ("Races", races.page),
}


def register(pitwall: Pitwall) -> None:
    """Hang the pages on NiceGUI. Called once, before the server starts."""

    @ui.page("/", title="Langstrecke", dark=None)
    @ui.page("/{_:path}", title="Langstrecke", dark=None)
    def every_page() -> None:
        _frame(pitwall)


def head() -> str:
    """What stands in the head of every page; all of it comes from this machine."""
    themes = json.dumps(chart_themes())
    return (
        f"<style>{style_sheet()}</style><script>window.PW_THEMES = {themes};\n{number_script()}\n{script()}</script>"
    )


def _frame(pitwall: Pitwall) -> None:
    viewer = Viewer(context.client)
    context.client.on_delete(lambda: desks_of(pitwall).leave(viewer))
    ui.add_head_html(head())
    with ui.element("header").classes("pw-top"):
        ui.link("Skip to the page", "#pw-main").classes("skip")
        with ui.link(target="/").classes("pw-brand").props('aria-label="Langstrecke, the race"'):
            ui.element("i")
            ui.element("span").props("aria-hidden=true")
            ui.label("Langstrecke").style("display: contents")
        with ui.element("nav").classes("pw-nav").props('aria-label="Pages"'):
            for path, (title, _) in PAGES.items():
                ui.link(title, path)
        with ui.element("div").classes("pw-tools"):
            bell.bell(pitwall, viewer)
            bits.round_button("contrast", "Light or dark", lambda: None).on(
                "click", js_handler="() => pw.switchTheme()"
            )
    strip.strip(pitwall, viewer)
    router = context.client.sub_pages_router
    _mark(viewer, router.current_path)
    router.on_path_changed(partial(_mark, viewer))
    with ui.element("main").classes("pw-main").props("id=pw-main tabindex=-1"):
        routes: dict[str, Callable[..., Any]] = {}
        for path, (_, build) in PAGES.items():
            routes[path] = partial(_open, pitwall, viewer, build)
        ui.sub_pages(routes)


def _mark(viewer: Viewer, path: str) -> None:
    viewer.page_hears.clear()
    viewer.groups = {}
    own = path.partition("?")[0].rstrip("/") or "/"
    viewer.page = own
    viewer.client.run_javascript(f"pw.active({json.dumps(own)})")


def _open(pitwall: Pitwall, viewer: Viewer, build: Callable[[Pitwall, Viewer], Any]) -> Any:
    with ui.element("div").classes("pw-page"):
        return build(pitwall, viewer)
