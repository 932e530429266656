"""Choosing a series with live timing, and seeing what of it runs now: a part of the page Races."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from langstrecke import services
from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.services import load_services
from langstrecke.racecard import list_cards
from langstrecke.web.pages import components as bits
from langstrecke.web.pages.components import esc

if TYPE_CHECKING:
    from langstrecke.web.pitwall import Pitwall

NO_CARD = "no card"


def series_panel(pitwall: Pitwall, follow: Callable[..., Awaitable[None]]) -> None:
    """A choice of series and card, a button that follows, one that asks the services what runs."""
    try:
        table = load_services(pitwall.settings.services)
    except LangstreckeError as error:
        bits.markup(bits.told(error))
        return
    names = {key: f"{key}: {(one.names or [key])[0]}" for key, one in table.series.items()}
    cards = {"": NO_CARD} | {card: card for card in list_cards()}
    with bits.row():
        series = bits.choice(names, next(iter(names)), lambda _: None, label="Series", width="17rem", search=True)
        card = bits.choice(cards, "", lambda _: None, label="Race card", width="13rem", search=True)

        async def press() -> None:
            name = str(series.value)
            await follow(race=str(card.value or f"{name}-live"), series=name)

        async def ask() -> None:
            runs.clear()
            with runs:
                bits.text("asking the services ...", "muted")
            try:
                found: list[Any] = await pitwall.ask(services.live_series)
            except LangstreckeError as error:
                found = []
                if not runs.is_deleted:
                    runs.clear()
                    with runs:
                        bits.markup(bits.told(error))
                return
            if runs.is_deleted:
                return
            runs.clear()
            with runs:
                rows = [(esc(one.series), _runs(one)) for one in found]
                bits.markup(bits.table(("Series", "Runs now"), rows))

        bits.button("Follow", press, icon="sensors")
        bits.button("What runs now", ask, icon="search")
    bits.text("The card gives crews, tanks, odds and advice; without one there is the timing table.", "note")
    runs = ui.element("div").classes("down")


def _runs(one: Any) -> str:
    if one.sessions:
        return f"<b>{esc('; '.join(one.sessions))}</b>"
    return f'<span class="muted">{esc(one.note or "nothing")}</span>'
