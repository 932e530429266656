"""The verb `rules`: one rule book, all of them, or what differs between two."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.terminal import console
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.paddock.registry import load_registry
from langstrecke.report import screen
from langstrecke.rulebooks import RuleBook, for_event, list_rulebooks, load_rulebook, read_rulebook
from langstrecke.rulebooks.describe import differences, figures
from langstrecke.rulebooks.load import own_rulebooks

_COLOURS = {"high": "green", "medium": "yellow", "low": "red", "assumed": "magenta"}


def rules_verb(
    what: Annotated[
        list[str] | None,
        typer.Argument(help="A series (imsa), rule book (imsa-2021) or file; or: diff ONE OTHER", show_default=False),
    ] = None,
    season: Annotated[str, typer.Option(help="Season of the series; the newest without it")] = "",
    event: Annotated[str, typer.Option(help="As it holds at this event (sebring)")] = "",
    sources: Annotated[bool, typer.Option("--sources", help="Where every figure comes from")] = False,
    list_all: Annotated[bool, typer.Option("--list", help="Ids of all rule books")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Print a rule book, or compare two: langstrecke rules imsa --season 2021; rules diff wec-2016 wec-2024."""
    if list_all or not what:
        _print_list(as_json)
    elif what[0] == "diff":
        if len(what) != 3:
            raise LangstreckeError("two rule books are needed to compare", hint="rules diff wec-2016 wec-2024")
        _print_diff(_book(what[1], "", event), _book(what[2], "", event), as_json)
    elif len(what) > 1:
        hint = f"rules {what[0]} --season {what[1]}" if what[1][:4].isdigit() else "rules diff ONE OTHER"
        raise LangstreckeError(f"one series at a time, not {len(what)}", hint=f"or: {hint}")
    else:
        _print_book(_book(what[0], season, event), sources, as_json)


def _book(name: str, season: str, event: str) -> RuleBook:
    if name.endswith(".toml") or "/" in name or "\\" in name:
        if season:
            raise LangstreckeError("a file is of one season", hint="leave --season out")
        book = read_rulebook(name)
    else:
        book = load_rulebook("-".join(filter(None, (_series(name), season))))
    return _at_event(book, event) if event else book


def _series(name: str) -> str:
    """The id behind a series' full name (`24 Hours of Le Mans`); anything else as it stands."""
    try:
        return load_registry().series_named(name).rulebook or name
    except NotFoundError:
        return name


def _at_event(book: RuleBook, event: str) -> RuleBook:
    """The book as it holds at an event; NotFoundError for one that neither book nor calendar knows."""
    fitted = for_event(book, event)
    if fitted.event in book.events:
        return fitted
    races = [e for e in load_registry().events.values() if e.series == book.series and e.season == book.season]
    known = {e.circuit for e in races} | {e.id.removeprefix(f"{book.series}-{book.season}-") for e in races}
    if races and fitted.event not in known:
        raise NotFoundError.nearest(f"event of {book.id}", event, sorted(known | set(book.events)))
    return fitted


def _print_list(as_json: bool) -> None:
    if as_json:
        console.print_json(json.dumps(list_rulebooks()))
        return
    table = Table("rule book", "series", "season", "classes", box=None)
    table.columns[0].no_wrap = True
    table.columns[0].min_width = max(map(len, list_rulebooks()))
    own = own_rulebooks()
    for rulebook_id in list_rulebooks():
        book = load_rulebook(rulebook_id)
        kept = ", ".join(c.name for c in book.classes) if book.scope == "full" else "calendar and points only"
        name = f"{book.series_name} (your own)" if rulebook_id in own else book.series_name
        table.add_row(book.id, *map(escape, (name, book.season, kept)))
    screen(console).print(table)


def _print_book(book: RuleBook, sources: bool, as_json: bool) -> None:
    if as_json:
        console.print_json(json.dumps(book.model_dump(mode="json", exclude={"events"} if book.event else None)))
        return
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
    screen(console).print(table)
    if not sources:
        console.print("\nHow sure each figure is stands at the end of its line; --sources names where it comes from.")


def _print_diff(one: RuleBook, other: RuleBook, as_json: bool) -> None:
    rows = differences(one, other)
    if as_json:
        keys = ("section", "name", one.id, other.id)
        console.print_json(json.dumps([dict(zip(keys, row, strict=True)) for row in rows]))
        return
    table = Table("", "", one.id, other.id, box=None)
    section = ""
    for row in rows:
        table.add_row("" if row[0] == section else f"[bold]{escape(row[0])}[/]", *map(escape, row[1:]))
        section = row[0]
    screen(console).print(table if rows else f"{one.id} and {other.id} say the same.")
