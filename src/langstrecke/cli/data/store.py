"""Verbs of the store: import, races."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, progress_console
from langstrecke.formatting import duration, plural
from langstrecke.services.requests.data import ImportPathsAsk, RaceAsk, RacesAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.data import ImportAnswer
    from langstrecke.services.settings import Settings

_SHOWN_NOTES = 12


@asks(ImportPathsAsk, "paths")
def import_verb(ask: ImportPathsAsk, store: Store = None, as_json: Json = False) -> None:
    """Import timing files into the store; what is there already is left alone.

    Files are known by their content: laps, results, weather and pit stops of Al Kamel (CSV, JSON), dossiers of
    Le Mans, NLS sectors, simulators' results, and a lap table of one's own (car, lap, lap_time; docs/data.md).
    Series, season, event and session are told by content, names and folders; what they leave open, by the options.
    """
    from langstrecke.services.imports import import_paths

    with progress("reading") as step:
        report = import_paths(settings_of(store), ask, step=step)
    if as_json:
        print_json(report)
    else:
        _print_report(report)


def _print_report(report: ImportAnswer) -> None:
    console.print(
        f"{plural(report.imported, 'file')} imported ({plural(report.laps, 'lap')}, "
        f"{plural(len(report.sessions), 'session')}, {plural(len(report.races), 'race')}), "
        f"{report.unchanged} unchanged"
        + (f", {report.replaced} replaced" if report.replaced else "")
        + (f", {report.superseded} superseded by better ones" if report.superseded else "")
        + (f", {plural(report.copies, 'copy', 'copies')}" if report.copies else "")
        + f" in {escape(report.store or '')}",
        highlight=False,
        soft_wrap=True,
    )
    if report.other:
        progress_console.print(f"no timing files, left out: {plural(report.other, 'file')}")
    if report.failed:
        progress_console.print(f"[bold red]could not be read or filed: {plural(report.failed, 'file')}[/]")
    if report.dropped:
        files = sum(not note.failed for note in report.notes)
        progress_console.print(
            f"[yellow]left out or mended: {plural(report.dropped, 'place')} in {plural(files, 'file')}[/]"
        )
    for note in sorted(report.notes, key=lambda n: not n.failed)[:_SHOWN_NOTES]:
        text = "; ".join(note.notes)
        progress_console.print(f"  {escape(note.file)}: {escape(text)}", highlight=False, soft_wrap=True)
    if len(report.notes) > _SHOWN_NOTES:
        more = plural(len(report.notes) - _SHOWN_NOTES, "more file", "more files")
        progress_console.print(f"  ... and {more} (--json lists all)")


@asks(RacesAsk)
def races_verb(
    ask: RacesAsk,
    context: typer.Context,
    why: Annotated[str | None, typer.Option(metavar="RACE", help="What decided where its files were filed.")] = None,
    store: Store = None,
    as_json: Json = False,
) -> None:
    """List the races in the store, or tell what decided where a race's files were filed."""
    from rich.table import Table

    from langstrecke.services.data import races

    if context.invoked_subcommand is not None:
        return
    if why is not None:
        _print_why(settings_of(store), why, as_json=as_json)
        return
    found = races(settings_of(store), ask)
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("No such race here; langstrecke import FOLDER or fetch SERIES SEASON EVENT brings some.")
        return
    table = Table("race", "event", "date", "length", header_style="bold")
    for race in found:
        length = duration(race.duration_s, minutes=True) if race.duration_s is not None else ""
        table.add_row(race.race_id, race.event, str(race.date or ""), length + ("" if race.duration_known else " ?"))
    console.print(table)
    console.print(plural(len(found), "race"))


def _print_why(settings: Settings, race: str, *, as_json: bool) -> None:
    from langstrecke.services.data import why

    told = why(settings, RaceAsk(race=race))
    if as_json:
        print_json(told)
        return
    shown = ""
    for file in told:
        if file.session != shown:
            shown = file.session
            console.print(f"[bold]{escape(shown)}[/]", highlight=False)
        reason = f": {file.reason}" if file.reason else ""
        console.print(f"  {file.role} {escape(file.file + reason)}", highlight=False, soft_wrap=True)
        for fact, decided in file.decided.items():
            line = f"{fact} {decided.is_}, from {decided.from_}" if decided.is_ else f"{fact}: {decided.from_}"
            console.print(f"    [dim]{escape(line)}[/]", highlight=False, soft_wrap=True)
        for note in file.notes:
            console.print(f"    [yellow]{escape(note)}[/]", highlight=False, soft_wrap=True)


@asks(RaceAsk, "race")
def remove_verb(ask: RaceAsk, store: Store = None, as_json: Json = False) -> None:
    """Take a race, with all sessions of its event, out of the store again."""
    from langstrecke.services.data import remove

    gone = remove(settings_of(store), ask)
    if as_json:
        print_json(gone)
    else:
        console.print(f"{gone.race} removed; its {plural(len(gone.files), 'file')} can be imported again")
