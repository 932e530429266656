"""The verb `rules`: one rule book, all of them, or what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import option, request, settings_of
from langstrecke.cli.options import Json
from langstrecke.cli.terminal import console, print_json, screen
from langstrecke.errors import LangstreckeError
from langstrecke.services.requests.paddock import RulesAsk, RulesDiffAsk

if TYPE_CHECKING:
    from langstrecke.rulebooks import RuleBook

_COLOURS = {"high": "green", "medium": "yellow", "low": "red", "assumed": "magenta"}


def rules_verb(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="A series (imsa), rule book (imsa-2021) or file; or: diff ONE OTHER", show_default=False),
    ] = None,
    season: Annotated[str, option(RulesAsk, "season")] = "",
    event: Annotated[str, option(RulesAsk, "event")] = "",
    sources: Annotated[bool, typer.Option("--sources", help="Where every figure comes from")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="Ids of all rule books")] = False,
    as_json: Json = False,
) -> None:
    """Print a rule book, or compare two: langstrecke rules imsa --season 2021; rules diff wec-2016 wec-2024."""
    from langstrecke.services import paddock

    if list_all or not what:
        _print_list(as_json)
    elif what[0] == "diff":
        if len(what) != 3:
            raise LangstreckeError("two rule books are needed to compare", hint="rules diff wec-2016 wec-2024")
        _print_diff(request(RulesDiffAsk, {"one": what[1], "other": what[2], "event": event}), as_json)
    elif len(what) > 1:
        hint = f"rules {what[0]} --season {what[1]}" if what[1][:4].isdigit() else "rules diff ONE OTHER"
        raise LangstreckeError(f"one series at a time, not {len(what)}", hint=f"or: {hint}")
    else:
        ask = request(RulesAsk, {"book": what[0], "season": season, "event": event})
        if as_json:
            print_json(paddock.rules(settings_of(), ask))
        else:
            _print_book(paddock.rules_result(settings_of(), ask), sources)


def _print_list(as_json: bool) -> None:
    from langstrecke.services.paddock import rulebooks

    books = rulebooks(settings_of())
    if as_json:
        print_json(books)
        return
    table = Table("rule book", "series", "season", "classes", box=None)
    table.columns[0].no_wrap = True
    table.columns[0].min_width = max(len(book.id) for book in books)
    for book in books:
        kept = ", ".join(book.classes) if book.scope == "full" else "calendar and points only"
        name = f"{book.series} (your own)" if book.own else book.series
        table.add_row(book.id, *map(escape, (name, book.season, kept)))
    screen().print(table)


def _print_book(book: RuleBook, sources: bool) -> None:
    from langstrecke.rulebooks.describe import figures

    title = f"{book.series_name} {book.season}" + (f", {book.event}" if book.event else "")
    console.print(f"[bold]{escape(title)}[/]  ({book.id})")
    if book.note:
        console.print(f"[yellow]{escape(book.note)}[/]")
    if book.scope == "points":
        console.print("[yellow]Kept for calendar and points only; it cannot be simulated.[/]")
    section = ""
    table = Table(box=None, show_header=False, pad_edge=False)
    for figure in figures(book):
        if figure.default and not sources:
            continue
        if figure.section != section:
            section = figure.section
            table.add_row("", "", "")
            table.add_row(f"[bold]{escape(section)}[/]", "", "")
        colour = _COLOURS[figure.confidence]
        about = f"[{colour}]{figure.confidence}[/]" + (f": {escape(figure.source)}" if sources else "")
        table.add_row(escape(figure.name), escape(figure.value), about)
    screen().print(table)
    if not sources:
        console.print("\nHow sure each figure is stands at the end of its line; --sources names where it comes from.")


def _print_diff(ask: RulesDiffAsk, as_json: bool) -> None:
    from langstrecke.services.paddock import rules_diff

    found = rules_diff(settings_of(), ask)
    if as_json:
        print_json(found)
        return
    if not found.lines:
        screen().print(f"{found.one} and {found.other} say the same.")
        return
    table = Table("", "", found.one, found.other, box=None)
    section = ""
    for line in found.lines:
        first = "" if line.section == section else f"[bold]{escape(line.section)}[/]"
        table.add_row(first, *map(escape, (line.name, line.one, line.other)))
        section = line.section
    screen().print(table)
