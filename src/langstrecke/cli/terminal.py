"""Where verbs write: tables and JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

console = Console()
"""Where tables go (standard output)."""

progress_console = Console(stderr=True)
"""Where progress, warnings and errors go, so that standard output stays clean for --json."""


PIPED_WIDTH = 118
"""Width of tables that go where nobody says how wide it is."""


def screen() -> Console:
    """Where tables go: the terminal as wide as it is, or a file or pipe with room to be read."""
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(file=console.file, width=PIPED_WIDTH)


def said(text: str) -> None:
    """A word beside the answer (standard error), as it stands."""
    progress_console.print(text, highlight=False, markup=False, soft_wrap=True)


def warned(texts: Iterable[str]) -> None:
    """Warnings, a line each."""
    for text in texts:
        progress_console.print("warning:", style="yellow", end=" ")
        said(text)


def noted(notes: Iterable[str]) -> None:
    """What an answer rests on, a line each below it."""
    from rich.text import Text

    from langstrecke.formatting import printable
    from langstrecke.language import tr

    for note in notes:
        screen().print(Text.assemble((tr("note  "), "yellow"), printable(note)), soft_wrap=True)


def print_json(answer: Any) -> None:
    """An answer as JSON on standard output."""
    sys.stdout.write(json_text(answer))


def write_json(answer: Any, to: str | Path) -> None:
    """An answer as JSON: into a file, or on standard output for `-`."""
    if str(to) == "-":
        print_json(answer)
        return
    from langstrecke.report.files import write_whole

    write_whole(to, json_text(answer))


def json_text(answer: Any) -> str:
    """An answer as JSON, as every verb writes it."""
    from langstrecke.services.answers.common import plain

    return json.dumps(plain(answer), ensure_ascii=False, indent=1) + "\n"


def grid(*left: str, right: tuple[str, ...] = (), title: Any = None) -> Table:
    """A table as most verbs show it; columns of `right` stand right of those of `left`, aligned so."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim"
    )
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right")
    return table
