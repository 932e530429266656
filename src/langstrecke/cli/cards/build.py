"""The verbs `card build` and `card from`: a race card from the store, or from simulators' files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import said, warned
from langstrecke.formatting import plural
from langstrecke.services.requests.cards import BuildAsk, CardFromAsk


@asks(BuildAsk, "race")
def build_verb(
    ask: BuildAsk,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here; without it the card is printed.")
    ] = None,
    store: Store = None,
) -> None:
    """Build a race card from timing data in the store."""
    from langstrecke.racecard import card_text, grounds, write_card
    from langstrecke.services.racecards import build_result

    with progress("reading sessions") as step:
        card = build_result(settings_of(store), ask, step=step)
    for note in grounds(card):
        said(f"note: {note}")
    if out is None:
        sys.stdout.write(card_text(card))
        return
    write_card(card, out)
    cars, classes = plural(len(card.entries), "car"), plural(len(card.classes), "class", "classes")
    said(f"{ask.race}: {cars} in {classes} -> {out}")


@asks(CardFromAsk, "sources")
def from_verb(
    ask: CardFromAsk,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here; without it the card is printed.")
    ] = None,
) -> None:
    """Make a race card from result files of simulators: practice, qualifying, race."""
    from langstrecke.racecard import card_text, write_card
    from langstrecke.services.racecards import card_from_result

    card, notices = card_from_result(ask)
    warned(notices)
    if out is None:
        sys.stdout.write(card_text(card))
        return
    write_card(card, out)
    said(f"{card.race.name}: {plural(len(card.entries), 'car')} -> {out}; {card.race.note}")
