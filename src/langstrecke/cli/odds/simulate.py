"""The verbs `simulate` (one race lap by lap) and `bench` (how fast)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.names import named
from langstrecke.cli.terminal import console
from langstrecke.errors import LangstreckeError
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate_laps
from langstrecke.simulation.bench import all_threads, measure
from langstrecke.timing.derive import class_gaps, classification, neutralisations
from langstrecke.timing.write import write_alkamel


def simulate_verb(
    card: Annotated[str, typer.Argument(help="A shipped card (langstrecke card list) or a path", metavar="CARD")],
    race: Annotated[int, typer.Option(min=0, help="Number of the race within the seed")] = 0,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    laps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the laps: .parquet, or .csv as an Al Kamel file")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the gaps to the class leader (.svg, .png, .pdf)")
    ] = None,
    car_class: Annotated[
        str | None, typer.Option("--class", help="The class to draw; the fastest without it")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the classification as JSON")] = False,
) -> None:
    """Play one race and show how it ended; --laps keeps every lap, as real timing data would look."""
    check_figure(figure)
    played = load_card(card)
    classes = list(played.classes)
    fastest = min(classes, key=lambda c: played.classes[c].lap_s)
    hint = f"the card has {', '.join(classes)}"
    drawn = fastest if car_class is None else named("class", car_class, classes, hint=hint)
    table = simulate_laps(played, race=race, seed=seed)
    order = classification(table)
    if laps is not None:
        _write(table, laps)
    if figure is not None:
        _draw(table, order, drawn, f"{played.race.name}, race {race} of seed {seed}", figure)
    rows = order.select("position", "position_in_class", "car", "car_class", "team", "laps", "total_time_s")
    if as_json:
        sys.stdout.write(json.dumps(rows.to_dicts(), indent=1) + "\n")
        return
    shown = Table(title=f"{card}: race {race} of seed {seed}")
    for column in ("place", "in class", "car", "class", "team", "laps"):
        shown.add_column(column, justify="right" if column in ("place", "in class", "car", "laps") else "left")
    for row in rows.to_dicts():
        shown.add_row(
            str(row["position"]),
            str(row["position_in_class"]),
            row["car"],
            row["car_class"],
            row["team"],
            str(row["laps"]),
        )
    console.print(shown)
    for what, path in (("laps", laps), ("figure", figure)):
        if path is not None:
            console.print(f"{what}: {path}", highlight=False, markup=False, soft_wrap=True)


def _draw(table: pl.DataFrame, order: pl.DataFrame, car_class: str, race: str, path: Path) -> None:
    from langstrecke.plots.race import car_gaps, race_gaps

    cars = car_gaps(class_gaps(table), order.filter(pl.col("car_class") == car_class)["car"].to_list())
    yellows = [(a / 3600.0, b / 3600.0) for a, b in neutralisations(table).select("start_s", "end_s").rows()]
    legend = "The three best in colour; a dot is a stop, shaded: neutralised."
    save_figure(race_gaps(cars, f"{race}: {car_class}", legend, yellows), path)


def _write(table: pl.DataFrame, path: Path) -> None:
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


def bench_verb(
    card: Annotated[list[str] | None, typer.Option(metavar="CARD", help="Card to time; may be repeated")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="One and all cores without it")] = None,
    races: Annotated[int | None, typer.Option(min=1, help="Two seconds' worth without it")] = None,
    engine: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="threads, ray or cuda; may be repeated")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Of a Ray cluster; without it one is started here")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Car-laps per second on shipped cards, compilation left out."""
    counts = (threads,) if threads else all_threads()
    cards = [load_card(name) for name in card or ["le-mans-2019", "imsa-2021-sebring"]]
    speeds = [
        speed
        for one in cards
        for name in engine or ["threads"]
        for speed in measure(one, threads=counts, races=races, engine=name, address=address)
    ]
    if as_json:
        sys.stdout.write(json.dumps([speed.to_json() for speed in speeds], indent=1) + "\n")
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
