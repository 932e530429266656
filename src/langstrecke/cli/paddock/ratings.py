"""The verbs `ratings drivers` and `ratings cars`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.terminal import console, progress_console
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.ratings.rate import shared_history
from langstrecke.ratings.tables import Rated, rated_cars, rated_drivers
from langstrecke.store import open_store

Series = Annotated[str | None, typer.Option(help="Only this series: imsa, wec, le-mans.")]
Year = Annotated[int | None, typer.Option(help="Only this season; ratings are those at its end.")]
Class = Annotated[str | None, typer.Option("--class", help="Only this class.")]
StoreFile = Annotated[Path | None, typer.Option("--store", help="The store's file.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Drawing = Annotated[Path | None, typer.Option("--figure", help="Draw the rows of the table (svg, png, pdf).")]
Top = Annotated[int, typer.Option("--top", min=1, help="Rows of the table.")]


def drivers_verb(
    series: Series = None,
    year: Year = None,
    car_class: Class = None,
    store: StoreFile = None,
    as_json: Json = False,
    top: Top = 40,
    figure: Drawing = None,
) -> None:
    """Drivers by skill, cars set aside."""
    check_figure(figure)
    found = rated_drivers(_archive(store), shared_history("all"), series=series, season=year, car_class=car_class)
    _draw(found[:top], _title("Drivers", series, year, car_class), figure)
    _show(found, "licence", as_json, top)


def cars_verb(
    series: Series = None,
    year: Year = None,
    car_class: Class = None,
    store: StoreFile = None,
    as_json: Json = False,
    top: Top = 40,
    figure: Drawing = None,
) -> None:
    """Cars by what lasts of their pace, drivers set aside."""
    check_figure(figure)
    found = rated_cars(_archive(store), shared_history("all"), series=series, season=year, car_class=car_class)
    _draw(found[:top], _title("Cars", series, year, car_class), figure)
    _show(found, "make", as_json, top)


def _archive(place: Path | None) -> Archive:
    bar = Progress(
        TextColumn("reading sessions"), BarColumn(), MofNCompleteColumn(), console=progress_console, transient=True
    )
    with open_store(place, read_only=True) as store, bar:
        task = bar.add_task("", total=None)
        return open_archive(store, progress=lambda done, total: bar.update(task, completed=done, total=total))


def _title(what: str, series: str | None, year: int | None, car_class: str | None) -> str:
    chosen = [w for w in (series, str(year) if year else None, car_class) if w]
    return f"{what} by pace" + (f": {' '.join(chosen)}" if chosen else "")


def _draw(rows: list[Rated], title: str, path: Path | None) -> None:
    if path is None:
        return
    from langstrecke.plots.ratings import rating_intervals

    told = "Per cent of a lap against the mean of all listed; left is faster. Bars: 90 %."
    save_figure(
        rating_intervals(title, [(r.name, r.detail.replace("none", ""), r.low, r.pace, r.high) for r in rows], told),
        path,
    )


def _show(found: list[Rated], detail: str, as_json: bool, top: int) -> None:
    if as_json:
        typer.echo(json.dumps([_plain(r, detail) for r in found], indent=2, ensure_ascii=False))
        return
    table = Table("", detail, box=SIMPLE_HEAD, header_style="bold")
    for column in ("pace %", "90 % interval", "laps"):
        table.add_column(column, justify="right")
    for r in found[:top]:
        interval = f"{r.low:+.2f} .. {r.high:+.2f}"
        table.add_row(Text(r.name), Text(r.detail), f"{r.pace:+.2f}", interval, f"{r.laps:,}")
    console.print(table)
    if len(found) > top:
        console.print(f"... and {len(found) - top} more (--top, --json)")
    console.print("Percent of a lap against the mean of all listed; negative is faster.")


def _plain(rated: Rated, detail: str) -> dict[str, object]:
    row = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(rated).items()}
    row[detail] = row.pop("detail")
    return row
