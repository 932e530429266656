"""The verb `card build`: a race card from the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import said
from langstrecke.formatting import plural
from langstrecke.services.requests.cards import BuildAsk


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
