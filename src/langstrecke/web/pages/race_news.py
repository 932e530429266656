"""What race control said, and what happened while nobody looked: parts of the page Race."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke.formatting import duration, race_time
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.components import esc

if TYPE_CHECKING:
    from langstrecke.web.pages.desk import Desk
    from langstrecke.web.pages.viewer import Viewer

SHOWN_MESSAGES = 40
"""Messages of race control in the list (default)."""
SHOWN_ALERTS = 14
"""Lines of what happened meanwhile (default)."""
FOR_ALL = ("flag", "lead", "overdue")
"""What everybody is told who comes back; of chosen cars all is told."""


class RaceControl:
    """The messages of race control, the newest first; nothing where the source tells none."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._count = 0
        with bits.panel("Race control") as self._panel:
            self._list = bits.markup("").classes("said")
        self.look()

    def look(self) -> None:
        """Show what has come."""
        said = self._desk.hub.state.controls
        if len(said) != self._count:
            self._count = len(said)
            lines = [
                f'<li><span class="at">{race_time(one.race_s)}</span><span>{esc(one.text)}</span></li>'
                for one in reversed(said[-SHOWN_MESSAGES:])
            ]
            self._list.content = f'<ul class="lines">{"".join(lines)}</ul>'
        self._panel.set_visibility(bool(said))


class Meanwhile:
    """A summary for whoever comes back to the page after a minute or more."""

    def __init__(self, viewer: Viewer, desk: Desk) -> None:
        self._viewer, self._desk = viewer, desk
        self._place = ui.element("div")
        ui.on("pw_back", self._back)

    def _back(self, event: Any) -> None:
        if self._place.is_deleted:
            return
        seconds = float((event.args or {}).get("seconds") or 0.0)
        view = self._desk.view
        since_s = view.race_s - seconds * max(view.speed, 1.0)
        told = [
            a for a in view.alerts if a.race_s >= since_s and (a.kind in FOR_ALL or a.car in self._viewer.alert_cars)
        ]
        self._place.clear()
        with self._place, ui.element("div").classes("away down").props("role=status"):
            bits.heading(f"While you were away ({duration(seconds)}, from {race_time(max(since_s, 0.0))})")
            lines = "".join(
                f'<li><span class="at">{race_time(a.race_s)}</span><span>{esc(a.text)}</span></li>'
                for a in told[-SHOWN_ALERTS:]
            )
            if len(told) > SHOWN_ALERTS:
                bits.text(f"the last {SHOWN_ALERTS} of {len(told)}", "note")
            bits.markup(f'<ul class="lines">{lines}</ul>' if told else "Nothing of note.")
            with bits.row():
                bits.button("Close", self._place.clear, icon="close")
