"""The verb `fetch`: an event out of a public archive of results, into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from langstrecke.cli.asking import asks, request, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.services.requests.fetch import FetchAsk, FetchCalendarAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.fetch import FetchAnswer, FetchCalendarAnswer, FetchLine

CALENDAR = "calendar"
"""`fetch calendar imsa 2026` lists a season's events."""
_UNITS = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))

Event = Annotated[
    list[str] | None,
    typer.Argument(metavar="EVENT", help="Name, circuit, number or date; without it the list", show_default=False),
]


@asks(FetchAsk, "series", "season", leave=("event",))
def fetch_verb(ask: FetchAsk, event: Event = None, store: Store = None, as_json: Json = False) -> None:
    """Fetch an event from a public archive into the store; fetch calendar SERIES SEASON lists a season.

    langstrecke fetch imsa 2026 sebring; langstrecke fetch le-mans 2024; langstrecke fetch calendar wec 2024. Official
    before provisional, the last hour, CSV before JSON, never PDF. What is here is not asked for again.
    """
    words = " ".join(event or [])
    if ask.series == CALENDAR:
        _calendar(ask, words, as_json)
        return
    from langstrecke.services.fetch import fetch_event

    def planned(plan: FetchAnswer) -> None:
        if not as_json:
            _print_plan(plan)

    with progress("asking the archive") as step:
        ask = request(FetchAsk, {**ask.model_dump(), "event": words})
        answer = fetch_event(settings_of(store), ask, step=step, planned=planned)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    elif not ask.dry_run:
        _print_outcome(answer)
    if answer.faults or answer.not_imported:
        raise typer.Exit(1)


def _calendar(ask: FetchAsk, season: str, as_json: bool) -> None:
    """`fetch calendar SERIES SEASON`: what stood for the season is the series, and the event's words the season."""
    from langstrecke.services.fetch import fetch_calendar

    if not season:
        raise LangstreckeError("of which season?", hint="langstrecke fetch calendar imsa 2026")
    values = {"series": ask.season, "season": season, "offline": ask.offline, "to": ask.to, "hosts": ask.hosts}
    with progress("asking the archive"):
        answer = fetch_calendar(settings_of(), request(FetchCalendarAsk, values))
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        _print_calendar(answer)


def _print_calendar(answer: FetchCalendarAnswer) -> None:
    from rich.table import Table

    dated = any(event.start for event in answer.events)
    table = Table("no.", "event", *(["dates"] if dated else []), header_style="bold")
    for event in answer.events:
        days = " to ".join(str(day) for day in dict.fromkeys((event.start, event.end)) if day)
        table.add_row(f"{event.number:02d}" if event.number else "", escape(event.name), *([days] if dated else []))
    console.print(table)
    console.print(
        f"{plural(len(answer.events), 'event')} of {answer.series} {answer.season} at {answer.url}: numbers are the "
        "archive's order, not rounds; test days and other series' weekends are among them",
        highlight=False,
    )


def _print_plan(plan: FetchAnswer) -> None:
    from rich.table import Table

    console.print(
        f"[bold]{escape(plan.event)}[/], {plan.series} {plan.season}, from {escape(plan.url)}", highlight=False
    )
    table = Table("session", "what", "file", "size", header_style="bold")
    for file in plan.files:
        session = file.session.partition("_")[2] or file.session
        table.add_row(escape(session), file.kind, escape(file.path.rpartition("/")[2]), _size(file))
    console.print(table)
    unsized = f", and {plan.unsized} whose size is not told" if plan.unsized else ""
    console.print(f"{plural(len(plan.files), 'file')}, {bytes_(plan.size)}{unsized}; into {escape(plan.folder)}",
                  highlight=False, soft_wrap=True)  # fmt: skip
    for note in plan.notes:
        progress_console.print(f"note: {escape(note)}", highlight=False, soft_wrap=True)
    console.print(f"[dim]{escape(plan.owner)}: {escape(plan.notice)}[/]", highlight=False, soft_wrap=True)


def _print_outcome(answer: FetchAnswer) -> None:
    counts = {
        how: sum(file.how == how for file in answer.files) for how in ("fetched", "unchanged", "kept", "failed")
    }
    words = {"kept": "here already", "failed": "not fetched"}
    told = ", ".join(f"{number} {words.get(how, how)}" for how, number in counts.items() if number)
    asked = plural(answer.requests, "request")
    console.print(f"files: {told} ({bytes_(answer.size)}, {asked})", highlight=False)
    for fault in answer.faults:
        progress_console.print(f"[bold red]not fetched:[/] {escape(fault)}", highlight=False, soft_wrap=True)
    if answer.not_imported:
        what = f"[bold red]not imported:[/] {escape(answer.not_imported)}; the files are kept"
        progress_console.print(what, highlight=False, soft_wrap=True)
    if (report := answer.imported) is None:
        return
    console.print(
        f"store: {plural(report.imported, 'file')} imported ({plural(report.laps, 'lap')}), "
        f"{report.unchanged} unchanged{f', {report.failed} not readable' if report.failed else ''} "
        f"in {escape(report.store or '')}",
        highlight=False,
        soft_wrap=True,
    )
    for note in report.notes:
        progress_console.print(
            f"  {escape(note.file)}: {escape('; '.join(note.notes))}", highlight=False, soft_wrap=True
        )
    if report.races:
        races = ", ".join(report.races)
        console.print(
            f"races: {races}; langstrecke forecast {report.races[0]} plays it", highlight=False, soft_wrap=True
        )


def _size(file: FetchLine) -> str:
    return "?" if file.size is None else f"{'about ' if file.about else ''}{bytes_(file.size)}"


def bytes_(size: int) -> str:
    """A size as a person reads it: `1.2 MiB`."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return plural(size, "byte")
