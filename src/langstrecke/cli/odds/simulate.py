"""The verbs `simulate` (one race lap by lap) and `bench` (how fast)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.names import named
from langstrecke.cli.options import Figure, Json
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import console, print_json, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.services.requests.odds import BenchAsk, SimulateAsk

if TYPE_CHECKING:
    import polars as pl

    from langstrecke.services.answers.odds import PlaceLine


@asks(SimulateAsk, "card")
def simulate_verb(
    ask: SimulateAsk,
    laps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the laps: .parquet, or .csv as an Al Kamel file")
    ] = None,
    figure: Figure = None,
    car_class: Annotated[
        str | None, typer.Option("--class", help="The class to draw; the fastest without it")
    ] = None,
    as_json: Json = False,
) -> None:
    """Play one race and show how it ended; --laps keeps every lap, as real timing data would look."""
    from rich.markup import escape
    from rich.table import Table

    from langstrecke.racecard.ground import grounds
    from langstrecke.services.odds import places, simulate_result
    from langstrecke.services.racecards import card_of

    check_figure(figure)
    card = card_of(settings_of(), ask.card)
    classes = list(card.classes)
    fastest = min(classes, key=lambda c: card.classes[c].lap_s)
    drawn = (
        fastest
        if car_class is None
        else named("class", car_class, classes, hint=f"the card has {', '.join(classes)}")
    )
    with progress("simulate") as step:
        table = simulate_result(settings_of(), ask, step=step)
    rows = places(table)
    for note in grounds(card):
        progress_console.print(f"[yellow]note[/]  {escape(note)}", highlight=False, soft_wrap=True)
    if laps is not None:
        _write(table, laps)
    if figure is not None:
        _draw(table, rows, drawn, f"{card.race.name}, race {ask.race} of seed {ask.seed}", figure)
    if as_json:
        print_json(rows)
        return
    shown = Table(title=f"{ask.card}: race {ask.race} of seed {ask.seed}")
    for column in ("place", "in class", "car", "class", "team", "laps"):
        shown.add_column(column, justify="right" if column in ("place", "in class", "car", "laps") else "left")
    for row in rows:
        cells = (row.position, row.position_in_class, row.car, row.car_class, row.team or "", row.laps)
        shown.add_row(*map(str, cells))
    console.print(shown)
    for what, path in (("laps", laps), ("figure", figure)):
        if path is not None:
            console.print(f"{what}: {path}", highlight=False, markup=False, soft_wrap=True)


def _draw(table: pl.DataFrame, order: list[PlaceLine], car_class: str, race: str, path: Path) -> None:
    from langstrecke.plots.race import car_gaps, race_gaps
    from langstrecke.timing.derive import class_gaps, neutralisations

    cars = car_gaps(class_gaps(table), [row.car for row in order if row.car_class == car_class])
    yellows = [(a / 3600.0, b / 3600.0) for a, b in neutralisations(table).select("start_s", "end_s").rows()]
    legend = "The three best in colour; a dot is a stop, shaded: neutralised."
    save_figure(race_gaps(cars, f"{race}: {car_class}", legend, yellows), path)


def _write(table: pl.DataFrame, path: Path) -> None:
    from langstrecke.timing.write import write_alkamel

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            table.write_parquet(path)
        elif path.suffix == ".csv":
            write_alkamel(table, path)
        else:
            raise LangstreckeError("what kind of file is wanted?", file=path, hint="end its name in .parquet or .csv")
    except OSError as error:
        raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=path) from None


@asks(BenchAsk)
def bench_verb(
    ask: BenchAsk,
    threads: Annotated[int | None, typer.Option(min=1, help="One and all cores without it")] = None,
    address: Annotated[str | None, typer.Option(help="Of a Ray cluster; without it one is started here")] = None,
    as_json: Json = False,
) -> None:
    """Car-laps per second on shipped cards, compilation left out."""
    from rich.table import Table

    from langstrecke.services.kernel import bench

    with progress("bench") as step:
        speeds = bench(settings_of(threads=threads, address=address), ask, step=step)
    if as_json:
        print_json(speeds)
        return
    shown = Table()
    for column in ("card", "engine", "threads", "races", "seconds", "million car-laps/s"):
        shown.add_column(column, justify="left" if column in ("card", "engine") else "right")
    for speed in speeds:
        shown.add_row(
            speed.card,
            speed.engine,
            str(speed.threads),
            f"{speed.races:,}",
            f"{speed.seconds:.2f}",
            f"{speed.car_laps_per_second / 1e6:.1f}",
        )
    console.print(shown)
