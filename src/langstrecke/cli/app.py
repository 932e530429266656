"""The Typer application all verb modules hang their verbs on."""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.markup import escape

from langstrecke.errors import LangstreckeError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

app = typer.Typer(
    name="langstrecke",
    help="Endurance-racing workbench: timing files in, scored odds out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

console = Console()
"""Where tables go (standard output)."""

progress_console = Console(stderr=True)
"""Where progress bars, warnings and errors go, so that standard output stays clean for --json."""


def main() -> None:
    """Entry point of the command line: an error the user can mend is one line and exit code 2."""
    try:
        app()
    except LangstreckeError as error:
        progress_console.print(f"[bold red]error:[/] {escape(error.message())}", highlight=False, soft_wrap=True)
        sys.exit(2)
    except SystemExit as end:  # Typer turns Ctrl-C into this
        if end.code == INTERRUPTED:
            progress_console.print("interrupted")
        raise
