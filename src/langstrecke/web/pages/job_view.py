"""A job on a page: a bar that fills, a button that stops it, and what is shown once it is over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from langstrecke.errors import LangstreckeError
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.kept import kept_of

if TYPE_CHECKING:
    from langstrecke.web.pitwall import Pitwall


LEFT_S = 1.0
"""How often it is looked whether the page is still there."""


class JobView:
    """A place for one job after another; starting one stops the one before."""

    def __init__(self, pitwall: Pitwall) -> None:
        self._pitwall = pitwall
        self._number = self._keep = ""
        self._kept = kept_of(pitwall)
        with ui.element("div").classes("across job").props('role=status aria-live="polite"') as self._row:
            self._bar = ui.linear_progress(0, show_value=False).props("size=6px rounded instant-feedback")
            self._bar.classes("grow").props('aria-label="Progress"')
            self._text = ui.label("").classes("note")
            self._stop = bits.button("Cancel", self.cancel, icon="close")
        self._row.set_visibility(False)
        self._said = ui.element("div").classes("down")

    def start(self, start: Callable[[], str], done: Callable[[Any], None], *, keep: str = "") -> None:
        """Start a job (`start` returns its id) and call `done(result)` on the page; an error is shown instead.

        With `keep`, a name of what is asked, the job goes on when the page is left, and its answer is kept.
        """
        self.cancel()
        self._said.clear()
        try:
            number = start()
        except LangstreckeError as error:
            self.say(error)
            return
        if keep:
            self._kept.running[keep] = number
        self._go_with(number, done, keep)

    def recall(self, keep: str, done: Callable[[Any], None]) -> bool:
        """Show what was asked before under this name: the answer kept, the job that runs. Whether there is any."""
        known = keep in self._kept.answers
        if known:
            done(self._kept.answers[keep])
        number = self._kept.running.get(keep, "")
        if number:
            self._go_with(number, done, keep)
        return known or bool(number)

    def _go_with(self, number: str, done: Callable[[Any], None], keep: str) -> None:
        self._number, self._keep = number, keep
        self._bar.value = 0
        self._text.text = "waiting"
        self._row.set_visibility(True)
        background_tasks.create(self._follow(number, done, keep))
        if not keep:
            background_tasks.create(self._watch(number))

    def cancel(self) -> None:
        """Stop the job under way, if there is one."""
        if self._number:
            with contextlib.suppress(LangstreckeError):  # it is over and forgotten
                self._pitwall.jobs.cancel(self._number)
            self._kept.running.pop(self._keep, None)
            self._number = ""
            self._row.set_visibility(False)

    def leave(self) -> None:
        """Look no longer at the job under way, nor at what was said of one; a job that is kept goes on."""
        self._said.clear()
        if self._keep:
            self._number = self._keep = ""
            self._row.set_visibility(False)
        else:
            self.cancel()

    def say(self, error: LangstreckeError) -> None:
        """Show an error."""
        self._said.clear()
        with self._said:
            bits.markup(bits.told(error))

    async def _watch(self, number: str) -> None:
        """A job nobody waits for any more is stopped: the page was left, or the browser closed."""
        while number == self._number:
            await asyncio.sleep(LEFT_S)
            if self._row.is_deleted:
                self._pitwall.jobs.cancel(number)
                return

    async def _follow(self, number: str, done: Callable[[Any], None], keep: str) -> None:
        async for state in self._pitwall.jobs.follow(number):
            if self._row.is_deleted or number != self._number:
                if keep:
                    continue
                return
            self._bar.value = round(state.share, 3)
            counted = f"{state.done:,.0f} of {state.total:,.0f}" if state.total > 1 else ""
            self._text.text = " ".join(t for t in (state.text or state.state, counted) if t)
        if keep and self._kept.running.get(keep) == number:
            del self._kept.running[keep]
            with contextlib.suppress(LangstreckeError):
                self._kept.put(keep, self._pitwall.jobs.result(number))
        if self._row.is_deleted or number != self._number:
            return
        self._row.set_visibility(False)
        self._number = ""
        try:
            result = self._pitwall.jobs.result(number)
        except LangstreckeError as error:
            self.say(error)
            return
        with self._said.parent_slot or self._said:
            done(result)
