"""Verbs of the store: import, races."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from langstrecke.cli.terminal import console, progress_console
from langstrecke.formatting import duration, plural
from langstrecke.store import default_path, open_store
from langstrecke.store.importing import ImportReport, import_paths

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="The store's file.", show_default=f"{default_path().name} in the data folder"),
]
_SHOWN_NOTES = 12


def import_verb(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Folders of timing files, or files.")],
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Import timing files into the store; what is there already is left alone.

    Layouts, at any depth: YEAR/NN-EVENT/YYYYMMDDHHMM-SESSION-{laps,results,weather}.csv (IMSA),
    YEAR/EVENT/{Analysis,Classification}.csv and YEAR/EVENT_Nh.{csv,json} (WEC), lemans_YEAR_{laps,pits}.csv.
    """
    bar = Progress(
        TextColumn("reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
        console=progress_console,
        transient=True,
    )
    with open_store(store) as opened, bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=escape(name))

        report = import_paths(opened, paths, progress=progress)
        place = opened.path
    if as_json:
        typer.echo(json.dumps({"store": str(place), **asdict(report)}, indent=2, ensure_ascii=False))
        return
    _print_report(report, place)


def _print_report(report: ImportReport, place: Path) -> None:
    console.print(
        f"{plural(report.imported, 'file')} imported ({plural(report.laps, 'lap')}, "
        f"{plural(len(report.sessions), 'session')}, {plural(len(report.races), 'race')}), "
        f"{report.unchanged} unchanged"
        + (f", {report.replaced} replaced" if report.replaced else "")
        + f" in {escape(str(place))}",
        highlight=False,
        soft_wrap=True,
    )
    if report.other:
        progress_console.print(f"passed over in no known layout: {plural(report.other, 'file')}")
    if report.failed:
        progress_console.print(f"[bold red]could not be read: {plural(report.failed, 'file')}[/]")
    if report.dropped:
        files = sum(not note.failed for note in report.notes)
        places = plural(report.dropped, "place")
        progress_console.print(f"[yellow]left out or mended: {places} in {plural(files, 'file')}[/]")
    for note in sorted(report.notes, key=lambda n: not n.failed)[:_SHOWN_NOTES]:
        text = "; ".join(note.notes)
        progress_console.print(f"  {escape(note.file)}: {escape(text)}", highlight=False, soft_wrap=True)
    if len(report.notes) > _SHOWN_NOTES:
        progress_console.print(f"  ... and {len(report.notes) - _SHOWN_NOTES} more files (--json lists all)")


def races_verb(
    series: Annotated[str | None, typer.Option(help="Only this series: imsa, wec, le-mans.")] = None,
    season: Annotated[int | None, typer.Option(help="Only this season.")] = None,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the races as JSON.")] = False,
) -> None:
    """List the races in the store."""
    with open_store(store, read_only=True) as opened:
        found = opened.races(series, season)
    if as_json:
        rows = [{key: _plain(value) for key, value in row.items()} for row in found.iter_rows(named=True)]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("race", "event", "date", "length", header_style="bold")
    for row in found.iter_rows(named=True):
        length = _length(row["duration_s"]) + ("" if row["duration_known"] else " ?")
        table.add_row(row["race_id"], row["event"], str(row["date"] or ""), length)
    console.print(table)
    console.print(plural(found.height, "race"))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _length(seconds: float | None) -> str:
    return duration(seconds, minutes=True) if seconds is not None else ""
