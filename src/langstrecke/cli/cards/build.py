"""The verb `card build`: a race card from the store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from langstrecke.cli.terminal import progress_console
from langstrecke.racecard.build import archive_for, build_card
from langstrecke.racecard.io import write_card
from langstrecke.racecard.text import card_text
from langstrecke.ratings.archive import Archive
from langstrecke.store import Store, open_store


class Knowledge(StrEnum):
    """What a card may know."""

    before = "before"
    full = "full"


def build_verb(
    race_id: Annotated[str, typer.Argument(metavar="RACE_ID", help="A race of the store: langstrecke races")],
    knowledge: Annotated[
        Knowledge,
        typer.Option(help="before: the weekend's earlier sessions and earlier races; full: the race itself too."),
    ] = Knowledge.before,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write here; without it the card is printed.")
    ] = None,
    store: Annotated[
        Path | None, typer.Option("--store", help="The store's file.", show_default="in the data folder")
    ] = None,
) -> None:
    """Build a race card from timing data in the store."""
    with open_store(store, read_only=True) as opened:
        archive = read_archive(opened, race_id, knowledge.value)
        card = build_card(race_id, opened, knowledge.value, archive=archive)
    if out is None:
        typer.echo(card_text(card), nl=False)
        return
    write_card(card, out)
    progress_console.print(
        f"{race_id}: {len(card.entries)} cars in {len(card.classes)} classes -> {escape(str(out))}", highlight=False
    )


def read_archive(store: Store, race_id: str, knowledge: str) -> Archive:
    """The sessions a card may know, boiled down, with a bar while those not met before are read."""
    bar = Progress(
        TextColumn("reading sessions"), BarColumn(), MofNCompleteColumn(), console=progress_console, transient=True
    )
    with bar:
        task = bar.add_task("", total=None)
        return archive_for(
            store, race_id, knowledge, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
