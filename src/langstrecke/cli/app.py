"""The Typer application: every verb of `verbs`, loaded when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from langstrecke.cli.verbs import FAMILIES, GROUPS, VERBS, Verb
from langstrecke.errors import LangstreckeError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

_VERBS = {verb.words: verb for group in GROUPS for verb in VERBS if verb.group == group}
_ORDER = list(dict.fromkeys(word for words in _VERBS for word in words.split()))


class VerbGroup(TyperGroup):
    """Verbs that stand in for themselves, by name and line of help, until one is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Verbs in the order of their groups."""
        return [name for name in _ORDER if name in self.commands]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The verb meant, its module loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        family = f"{self.name} " if self.name in FAMILIES else ""
        verb = _VERBS.get(f"{family}{name}")
        return name, command if verb is None else loaded(verb), rest


class VerbCommand(TyperCommand):
    """A verb. `--json` alone and `--json -` print with every verb, with those too that can write a file."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words as typed, `--json` as this verb takes it."""
        flag = next((getattr(p, "is_flag", False) for p in self.params if "--json" in p.opts), None)
        if flag is not None and "--json" in args:
            at = args.index("--json") + 1
            after = args[at] if at < len(args) else "--"
            if flag and after == "-":
                args = [*args[:at], *args[at + 1 :]]
            elif not flag and after.startswith("-") and after != "-":
                args = [*args[:at], "-", *args[at:]]
        return super().parse_args(ctx, args)


def loaded(verb: Verb) -> Any:
    """The verb as a command with its options and help."""
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    function = getattr(import_module(f"langstrecke.cli.{verb.module}"), verb.function)
    below = [other for other in VERBS if other.words.startswith(f"{verb.words} ")]
    if not below:
        alone.command(verb.words.split()[-1], cls=VerbCommand)(function)
        return typer.main.get_command(alone)
    # A verb with verbs of its own (`races`, `races remove`) does its work where none of them is called.
    alone.callback(invoke_without_command=True)(function)
    for other in below:
        alone.command(other.words.split()[-1], cls=VerbCommand)(
            getattr(import_module(f"langstrecke.cli.{other.module}"), other.function)
        )
    return typer.main.get_command(alone)


app = typer.Typer(
    name="langstrecke",
    cls=VerbGroup,
    help="Endurance-racing workbench: timing files in, scored odds out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from langstrecke import __version__

        typer.echo(f"langstrecke {__version__}")
        raise typer.Exit


@app.callback()
def _langstrecke(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Endurance-racing workbench: timing files in, scored odds out."""


def _stand_in() -> None:
    """Stands for a verb in lists of verbs."""


def _hang() -> None:
    """Hang all verbs on the application."""
    families: dict[str, typer.Typer] = {}
    for verb in VERBS:
        first, *more = verb.words.split()
        if first in _VERBS and more:
            continue  # `loaded` hangs it on its verb
        if not more:
            app.command(first, help=verb.line, rich_help_panel=verb.group)(_stand_in)
            continue
        if first not in families:
            families[first] = typer.Typer(cls=VerbGroup, no_args_is_help=True)
            app.add_typer(families[first], name=first, help=FAMILIES[first], rich_help_panel=verb.group)
        families[first].command(more[0], help=verb.line)(_stand_in)


_hang()


def main() -> None:
    """Entry point of the command line: an error the user can mend is one line and exit code 2."""
    try:
        app()
    except LangstreckeError as error:
        from rich.markup import escape

        from langstrecke.cli.terminal import progress_console

        progress_console.print(f"[bold red]error:[/] {escape(error.message())}", highlight=False, soft_wrap=True)
        sys.exit(2)
    except SystemExit as end:  # Typer turns Ctrl-C into this
        if end.code == INTERRUPTED:
            sys.stderr.write("interrupted\n")
        raise
