"""Who looks: what one open page has chosen, and what it wants to hear of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from nicegui import Client


@dataclass(eq=False)
class Viewer:
    """One browser tab."""

    client: Client
    page: str = "/"
    """Path of the page in sight."""
    race: str = ""
    """Id of the followed race it looks at; empty: none yet."""
    car_class: str = ""
    """The class its tables and charts show; empty: all."""
    car: str = ""
    """The car the strategist works for."""
    what_if: tuple[str, str] = ("", "")
    """The card and the text of the what-if under way."""
    alert_cars: set[str] = field(default_factory=set)
    """Cars it wants to be told about; empty: none."""
    notify: bool = False
    """Whether it may show notifications of the browser."""
    groups: dict[str, str] = field(default_factory=dict)
    """The live charts in sight, by name, and what each shows."""
    page_hears: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """What the page in sight wants to know, by topic; emptied when another page is opened."""
    frame_hears: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    """What the frame wants to know, whatever page is in sight."""

    def hear(self, topic: str, what: Any) -> None:
        """Hand news to whoever of this tab listens."""
        for listeners in (self.frame_hears, self.page_hears):
            listener = listeners.get(topic)
            if listener is not None:
                with self.client:
                    listener(what)

    def run(self, *scripts: str) -> None:
        """Run scripts in this tab, in one message."""
        wanted = " ".join(s for s in scripts if s)
        if wanted and not self.client.is_deleted:
            self.client.run_javascript(wanted)
