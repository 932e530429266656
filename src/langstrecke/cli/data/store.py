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
from langstrecke.store import Store, default_path, open_store
from langstrecke.store.importing import ImportReport, import_paths

StoreOption = Annotated[
    Path | None,
    typer.Option("--store", help="The store's file.", show_default=f"{default_path().name} in the data folder"),
]
_SHOWN_NOTES = 12


def import_verb(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Folders of timing files, or files.")],
    series: Annotated[
        str | None, typer.Option(help="The series of all files that do not tell it themselves.")
    ] = None,
    season: Annotated[str | None, typer.Option(help="Their season: 2025, 2018-2019.")] = None,
    event: Annotated[str | None, typer.Option(help='Their event: Spa, "6 Hours of Fuji".')] = None,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Import timing files into the store; what is there already is left alone.

    Files are known by their content: laps, results, weather and pit stops of Al Kamel (CSV, JSON), dossiers of
    Le Mans, NLS sectors, simulators' results, and a lap table of one's own (car, lap, lap_time; docs/data.md).
    Series, season, event and session are told by content, names and folders; what they leave open, by the options.
    """
    from langstrecke.store.importing import Options

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

        report = import_paths(opened, paths, options=Options(series, season, event), progress=progress)
        place = opened.path
    if as_json:
        typer.echo(json.dumps({"store": str(place), **asdict(report)}, indent=2, ensure_ascii=False))
        return
    _print_report(report, place)


def _print_report(report: ImportReport, place: Path) -> None:
    console.print(
        f"{_count(report.imported, 'file')} imported ({_count(report.laps, 'lap')}, "
        f"{_count(len(report.sessions), 'session')}, {_count(len(report.races), 'race')}), "
        f"{report.unchanged} unchanged"
        + (f", {report.replaced} replaced" if report.replaced else "")
        + (f", {report.superseded} superseded by better ones" if report.superseded else "")
        + (f", {report.copies} copies" if report.copies else "")
        + f" in {escape(str(place))}",
        highlight=False,
        soft_wrap=True,
    )
    if report.other:
        progress_console.print(f"no timing files, left out: {_count(report.other, 'file')}")
    if report.failed:
        progress_console.print(f"[bold red]could not be read or filed: {_count(report.failed, 'file')}[/]")
    if report.dropped:
        files = sum(not note.failed for note in report.notes)
        places = _count(report.dropped, "place")
        progress_console.print(f"[yellow]left out or mended: {places} in {_count(files, 'file')}[/]")
    for note in sorted(report.notes, key=lambda n: not n.failed)[:_SHOWN_NOTES]:
        text = "; ".join(note.notes)
        progress_console.print(f"  {escape(note.file)}: {escape(text)}", highlight=False, soft_wrap=True)
    if len(report.notes) > _SHOWN_NOTES:
        progress_console.print(f"  ... and {len(report.notes) - _SHOWN_NOTES} more files (--json lists all)")


def races_verb(
    context: typer.Context,
    series: Annotated[str | None, typer.Option(help="Only this series: imsa, wec, le-mans.")] = None,
    season: Annotated[int | None, typer.Option(help="Only this season.")] = None,
    why: Annotated[
        str | None, typer.Option(metavar="RACE", help="What decided where this race's files went.")
    ] = None,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the races as JSON, with their sessions.")] = False,
) -> None:
    """List the races in the store, or tell what decided where a race's files were filed."""
    if context.invoked_subcommand is not None:
        return
    with open_store(store, read_only=True) as opened:
        if why is not None:
            _print_why(opened, why, as_json=as_json)
            return
        found = opened.races(series, season)
        sessions, sources = opened.sessions(), opened.sources()
    if as_json:
        rows = [
            {
                **{key: _plain(value) for key, value in row.items()},
                "sessions": [
                    _session(session, sources)
                    for session in sessions.iter_rows(named=True)
                    if session["race_id"] == row["race_id"]
                ],
            }
            for row in found.iter_rows(named=True)
        ]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table("race", "event", "date", "length", header_style="bold")
    for row in found.iter_rows(named=True):
        length = _hours(row["duration_s"]) + ("" if row["duration_known"] else " ?")
        table.add_row(row["race_id"], row["event"], str(row["date"] or ""), length)
    console.print(table)
    console.print(_count(found.height, "race"))


def _session(row: dict[str, object], sources: dict[str, dict[str, list[dict[str, object]]]]) -> dict[str, object]:
    """A session as `races --json` tells it."""
    files = sources.get(str(row["session_id"]), {"sources": [], "superseded": []})
    return {
        "session_id": row["session_id"],
        "kind": row["kind"],
        "name": row["name"],
        "start": _plain(row["start"]),
        "laps": row["laps"],
        "cars": row["cars"],
        "winner": row["winner"],
        "stops": row["stops"],
        "sources": files["sources"],
        "superseded_sources": files["superseded"],
    }


def _print_why(store: Store, race_id: str, *, as_json: bool) -> None:
    told = store.why(race_id)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    shown = ""
    for file in told:
        if file["session"] != shown:
            shown = file["session"]
            console.print(f"[bold]{escape(shown)}[/]", highlight=False)
        reason = f": {file['reason']}" if file["reason"] else ""
        console.print(f"  {file['role']} {escape(file['file'])}{escape(reason)}", highlight=False, soft_wrap=True)
        for fact, decided in file["decided"].items():
            line = (
                f"{fact} {decided['is']}, from {decided['from']}" if decided["is"] else f"{fact}: {decided['from']}"
            )
            console.print(f"    [dim]{escape(line)}[/]", highlight=False, soft_wrap=True)
        for note in file["notes"]:
            console.print(f"    [yellow]{escape(note)}[/]", highlight=False, soft_wrap=True)


def remove_verb(
    race: Annotated[str, typer.Argument(metavar="RACE", help="Its id, as `races` lists it.")],
    store: StoreOption = None,
) -> None:
    """Take a race, with all sessions of its event, out of the store again."""
    from langstrecke.store.importing.remove import remove_race

    with open_store(store) as opened:
        files = remove_race(opened, race)
    console.print(f"{race} removed; its {_count(len(files), 'file')} can be imported again", highlight=False)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _hours(seconds: float | None) -> str:
    if seconds is None:
        return ""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h" + (f" {minutes:02d}" if minutes else "")
