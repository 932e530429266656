"""The page Team plan: a plan from a dozen numbers, no race card needed (docs/sim-racing.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.services.requests.team import TeamPlanAsk
from langstrecke.strategy.plan.team.ask import OF_A_DRIVER, QUESTIONS, written
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.charts.plan import plan_chart
from langstrecke.web.pages.components import esc
from langstrecke.web.pages.job_view import JobView

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

FIRST = 2
"""Rows for drivers at first (default)."""


def page(pitwall: Pitwall, viewer: Viewer) -> None:
    """Build the page."""
    _TeamPlan(pitwall)


class _TeamPlan:
    def __init__(self, pitwall: Pitwall) -> None:
        self._pitwall = pitwall
        self._own = False
        self._drivers: list[dict[str, ui.input]] = []
        with ui.element("div").classes("split whatif"):
            with bits.column():
                with bits.panel("A dozen numbers", "no race card or timing file needed"):
                    with ui.element("div").classes("across"):
                        self._fields = {q.path: _field(q.text.strip(" ."), self._write, q.default) for q in QUESTIONS}
                    bits.heading("Drivers", 3)
                    self._rows = ui.element("div").classes("down")
                    for _ in range(FIRST):
                        self._driver()
                    bits.button("Another driver", self._driver, icon="person_add")
                with bits.panel("The team file", "every key: docs/sim-racing.md; edit it as you like"):
                    self._box = _area("The team file as TOML", self._edited)
                    with bits.row():
                        bits.button("Download", self._download, icon="download")
                        bits.button("From the fields again", self._again, icon="undo")
            with bits.column():
                with bits.panel("The plan"):
                    with bits.row():
                        bits.button("Plan", self._plan, icon="event_note", strong=True)
                        bits.text("1,000 races for the odds", "note")
                    self._job = JobView(pitwall)
                    self._out = ui.element("div").classes("down")
                    with self._out:
                        bits.text("Fill in tank, use, lap and pit loss, then plan.", "muted")
                with bits.panel("In the race", "driven stints stay, the rest is planned again"):
                    self._sheet = _area("Driven stints: driver,laps,end", lambda: None)
                    self._sheet.props('placeholder="driver,laps,end"')

    def _driver(self) -> None:
        with self._rows, bits.row():
            made = {"name": _field("Name", self._write)}
            for q in OF_A_DRIVER:
                label = q.text.strip().removeprefix("his ")
                made[q.path[1]] = _field(label[0].upper() + label[1:], self._write)
        self._drivers.append(made)

    def _text(self) -> str:
        answers = {path: field.value or "" for path, field in self._fields.items()}
        return written(answers, [{k: f.value or "" for k, f in row.items()} for row in self._drivers])

    def _write(self) -> None:
        """The fields into the file, once they make one; a file edited by hand is left alone."""
        if self._own:
            return
        try:
            self._box.value = self._text()
        except LangstreckeError:
            self._box.value = ""

    def _edited(self) -> None:
        text = self._box.value or ""
        try:
            self._own = bool(text.strip()) and text != self._text()
        except LangstreckeError:
            self._own = bool(text.strip())

    def _again(self) -> None:
        self._own = False
        self._write()

    def _download(self) -> None:
        ui.download.content(self._box.value or "", "team.toml", "application/toml")

    def _plan(self) -> None:
        self._out.clear()
        try:
            text = (self._box.value or "") if self._own else self._text()
        except LangstreckeError as error:
            self._job.say(error)
            return
        ask = TeamPlanAsk.model_validate({"team": text + "\n", "driven": self._sheet.value or ""})
        self._job.start(lambda: self._pitwall.start(services.team_plan, ask), self._show)

    def _show(self, found: Any) -> None:
        self._out.clear()
        with self._out:
            if found.change:
                bits.text(f"Against the plan: {found.change}", "strong")
            chart = plan_chart(found.stints, found.stints[-1].end_s / 3600.0)
            drivers = len({s.driver for s in found.stints})
            bits.chart(chart).style(f"height: {54 + 34 * drivers}px; width: 100%")
            head = ("", "Driver", "Own clock", "From", "Laps", f"+{found.unit}", "Spare", "Stop", "Tyres", "")
            rows = [
                (
                    str(n),
                    esc(s.driver),
                    f"{datetime.fromisoformat(s.own_start):%a %H:%M}",
                    race_time(s.start_s, short=True),
                    str(s.laps),
                    f"{s.fuel_added if n > 1 else s.fuel:.1f}",
                    f"{s.spare_laps:.1f}",
                    f"{s.stop_s:.0f} s" if n > 1 else "",
                    esc(s.tyres) if n > 1 else "",
                    esc("; ".join((["driven"] if s.status == "driven" else []) + s.why)),
                )
                for n, s in enumerate(found.stints, 1)
            ]
            bits.markup(bits.table(head, rows, figures=(0, 3, 4, 5, 6, 7)))
            for broken in found.violations:
                bits.text(f"not kept: {broken}", "bad")
            for words in found.said:
                bits.text(words)
            shares = {s.driver: f" ({s.laps} laps, fair share {s.least})" for s in found.fair_share}
            wheel = (f"{d} {race_time(s, short=True)}{shares.get(d, '')}" for d, s in found.drive_time_s.items())
            bits.text("At the wheel: " + ", ".join(wheel))
            for words in [*(found.odds.premises if found.odds else []), *found.notes]:
                bits.text(words, "note")


def _field(label: str, changed: Callable[[], None], value: str = "") -> ui.input:
    made = ui.input(label, value=value, on_change=lambda _: changed())
    return made.props("dense outlined debounce=300 stack-label").style("width: 18.5rem; max-width: 100%")


def _area(label: str, changed: Callable[[], None]) -> ui.textarea:
    def heard(_: Any) -> None:
        changed()

    made = ui.textarea(on_change=heard)
    made.props(f'outlined dense autogrow spellcheck=false aria-label="{esc(label)}" debounce=400')
    return made.classes("code").style("width: 100%")
