"""The verbs `call` and `audit`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from langstrecke.cli.strategy.what_if import running
from langstrecke.cli.strategy.what_if_past import places, points
from langstrecke.cli.terminal import console
from langstrecke.formatting import plural, printable, race_time, surname
from langstrecke.racecard import load_card
from langstrecke.report import screen
from langstrecke.strategy.audit import Audit, Scored, audit
from langstrecke.strategy.call import Call, call
from langstrecke.strategy.counterfactual.moment import moment, race_laps
from langstrecke.strategy.lookup import car_index, clock_of, race_seconds

StoreOption = Annotated[Path | None, typer.Option("--store", help="The store's file")]
CardOption = Annotated[str | None, typer.Option("--card", metavar="CARD", help="Another card than the race's own")]


def call_verb(
    race: Annotated[str, typer.Argument(help="A race of the store (langstrecke races)", metavar="RACE")],
    at: Annotated[str, typer.Option(help="Race time H:MM:SS, or clock time @HH:MM:SS")],
    car: Annotated[str, typer.Option(help="Number of the car")],
    races: Annotated[int | None, typer.Option(min=2, help="Races for each option; as time allows without it")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    card: CardOption = None,
    store: StoreOption = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.png", help="The options, best first")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Pit or stay: what each option open at a moment is worth against staying out, and why."""
    given = load_card(card or race)
    car_index(given, car)
    t = race_seconds(given, at)
    found = call(moment(given, race_laps(race, store), t), car, races=races, seed=seed)
    if figure is not None:
        _call_figure(found, f"{given.race.name}, {race_time(t)}: car {car}", figure)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    out = screen(console)
    when = f"{race_time(t)} of race time ({clock_of(given, t):%H:%M:%S})"
    out.print(Text.assemble((printable(given.race.name), "bold"), f"  car {car} at {when}"))
    for reason in found.reasons:
        out.print(Text("  " + reason))
    table = Table(box=SIMPLE_HEAD, show_edge=False)
    table.add_column("against staying out")
    for name in ("class win, points", "podium, points", "place in class"):
        table.add_column(name, justify="right")
    for a in found.answers:
        table.add_row(Text(a.option.title), points(a.win), points(a.podium), places(a.place))
    out.print(table)
    for c in found.contingencies:
        change = f"{places(c.stop.place)} places"
        laps = plural(c.laps, "lap")
        out.print(Text(f"a yellow in {laps}: {c.advice} (stopping against staying out: {change})"))
    out.print(f"{plural(found.races, 'race')} for each option, same luck, seed {seed}", style="dim", highlight=False)


def _call_figure(found: Call, title: str, path: Path) -> None:
    from langstrecke.plots import save
    from langstrecke.plots.strategy import Step, difference_bars

    rows = [Step(a.option.title, -a.place.change, -a.place.high, -a.place.low) for a in found.answers]
    legend = "Places in class won against staying out until the tank asks, with the 95 % interval of the simulation."
    save(difference_bars(rows, title, legend, "places"), path)


def audit_verb(
    race: Annotated[str, typer.Argument(help="A race of the store (langstrecke races)", metavar="RACE")],
    cars: Annotated[list[str] | None, typer.Option("--car", help="Only this car; may be repeated")] = None,
    classes: Annotated[list[str] | None, typer.Option("--class", help="Only this class; may be repeated")] = None,
    count: Annotated[int, typer.Option(min=1, help="Best and worst calls shown of each class")] = 5,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1)] = 1,
    card: CardOption = None,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of tables")] = False,
) -> None:
    """Score every stop of a real race as a decision at its time, with what was known then."""
    given = load_card(card or race)
    for car in cars or []:
        car_index(given, car)
    with running("stops", 1) as step:
        found = audit(given, race_laps(race, store), cars=cars or (), classes=classes or (), seed=seed, progress=step)
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
        return
    out = screen(console)
    kinds = {k: sum(s.kind == k for s in found.stops) for k in ("choice", "forced", "repair")}
    out.print(Text(printable(given.race.name), "bold"))
    text = (
        f"{kinds['choice']} stops were a choice, {kinds['forced']} were not (empty tank), {kinds['repair']} were long"
    )
    out.print(Text(text, "dim"))
    for name in found.classes():
        out.print(_table(found, name, count))


def _table(found: Audit, name: str, count: int) -> Table:
    table = Table(title=Text(name, "bold cyan"), title_justify="left", box=SIMPLE_HEAD, show_edge=False)
    for column in ("", "car", "time", "lap", "flag", "place", "fuel left", "places won", "class win, points"):
        table.add_column(column, justify="left" if column in ("", "flag") else "right")
    table.add_column("driver")
    for word, rows in (("best", found.best(name, count)), ("worst", found.worst(name, count))):
        for n, s in enumerate(rows):
            table.add_row(word if n == 0 else "", *_cells(s))
        if word == "best":
            table.add_section()
    return table


def _cells(s: Scored) -> list[str]:
    assert s.answer is not None
    driver = surname(s.driver_in)
    if s.driver_out and s.driver_out != s.driver_in:
        driver += f" → {surname(s.driver_out)}"
    return [
        s.car,
        race_time(s.t),
        str(s.lap),
        s.flag,
        str(s.place),
        f"{s.fuel_left:.0f} laps",
        f"{s.gain:+.2f} ± {1.96 * s.answer.place.se:.2f}",
        points(s.answer.win),
        driver,
    ]
