"""Verbs of the store: import, races."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, progress_console
from langstrecke.formatting import duration, plural
from langstrecke.services.requests.data import ImportPathsAsk, RacesAsk

if TYPE_CHECKING:
    from langstrecke.services.answers.data import ImportAnswer

_SHOWN_NOTES = 12


@asks(ImportPathsAsk, "paths")
def import_verb(ask: ImportPathsAsk, store: Store = None, as_json: Json = False) -> None:
    """Import timing files into the store; what is there already is left alone.

    Layouts, at any depth: YEAR/NN-EVENT/YYYYMMDDHHMM-SESSION-{laps,results,weather}.csv (IMSA),
    YEAR/EVENT/{Analysis,Classification}.csv and YEAR/EVENT_Nh.{csv,json} (WEC), lemans_YEAR_{laps,pits}.csv.
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
        + f" in {escape(report.store or '')}",
        highlight=False,
        soft_wrap=True,
    )
    if report.other:
        progress_console.print(f"passed over in no known layout: {plural(report.other, 'file')}")
    if report.failed:
        progress_console.print(f"[bold red]could not be read: {plural(report.failed, 'file')}[/]")
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
def races_verb(ask: RacesAsk, store: Store = None, as_json: Json = False) -> None:
    """List the races in the store."""
    from rich.table import Table

    from langstrecke.services.data import races

    found = races(settings_of(store), ask)
    if as_json:
        print_json(found)
        return
    table = Table("race", "event", "date", "length", header_style="bold")
    for race in found:
        length = duration(race.duration_s, minutes=True) if race.duration_s is not None else ""
        table.add_row(race.race_id, race.event, str(race.date or ""), length + ("" if race.duration_known else " ?"))
    console.print(table)
    console.print(plural(len(found), "race"))
