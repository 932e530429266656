"""The verbs `ratings drivers` and `ratings cars`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.options import Figure, Json, Store
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, grid, noted, print_json
from langstrecke.services.answers.paddock import RatingLine
from langstrecke.services.requests.paddock import RatingsAsk

Top = Annotated[int, typer.Option("--top", min=1, help="Rows of the table")]


@asks(RatingsAsk)
def drivers_verb(
    ask: RatingsAsk, store: Store = None, top: Top = 40, figure: Figure = None, as_json: Json = False
) -> None:
    """Drivers by skill, cars set aside."""
    from langstrecke.services.ratings import rated_drivers

    check_figure(figure)
    with progress("reading sessions") as step:
        found = rated_drivers(settings_of(store), ask, step=step)
    _draw(found[:top], _title("Drivers", ask), figure)
    _show(found, "licence", as_json, top)


@asks(RatingsAsk)
def cars_verb(
    ask: RatingsAsk, store: Store = None, top: Top = 40, figure: Figure = None, as_json: Json = False
) -> None:
    """Cars by what lasts of their pace, drivers set aside."""
    from langstrecke.services.ratings import rated_cars

    check_figure(figure)
    with progress("reading sessions") as step:
        found = rated_cars(settings_of(store), ask, step=step)
    _draw(found[:top], _title("Cars", ask), figure)
    _show(found, "make", as_json, top)


def _title(what: str, ask: RatingsAsk) -> str:
    chosen = [w for w in (ask.series, str(ask.year) if ask.year else None, ask.car_class) if w]
    return f"{what} by pace" + (f": {' '.join(chosen)}" if chosen else "")


def _detail(row: RatingLine) -> str:
    return row.licence or row.make or ""


def _draw(rows: list[RatingLine], title: str, path: Path | None) -> None:
    if path is None:
        return
    from langstrecke.plots.ratings import rating_intervals

    told = "Per cent of a lap against the mean of all listed; left is faster. Bars: 90 %."
    lines = [(r.name, _detail(r).replace("none", ""), r.low, r.pace, r.high) for r in rows]
    save_figure(rating_intervals(title, lines, told), path)


def _show(found: list[RatingLine], detail: str, as_json: bool, top: int) -> None:
    if as_json:
        print_json(found)
        return
    table = grid("", detail, right=("pace %", "90 % interval", "laps"))
    for r in found[:top]:
        interval = f"{r.low:+.2f} .. {r.high:+.2f}"
        table.add_row(Text(r.name), Text(_detail(r)), f"{r.pace:+.2f}", interval, f"{r.laps:,}")
    console.print(table)
    if len(found) > top:
        console.print(f"... and {len(found) - top} more (--top, --json)")
    console.print("Percent of a lap against the mean of all listed; negative is faster.")
    noted(["rated from the races in the store and no others: langstrecke races lists them"])
