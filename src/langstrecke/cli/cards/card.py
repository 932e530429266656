"""The verbs `card list`, `card show` and `card check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from langstrecke.cli.asking import asks, settings_of
from langstrecke.cli.options import Json
from langstrecke.cli.terminal import console, grid, noted, print_json, screen
from langstrecke.formatting import duration, plural, printable, surname
from langstrecke.services.requests.cards import CardAsk

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard

ROOMY = 100
"""From this width on the list of cards has all its columns."""


def list_verb(as_json: Json = False) -> None:
    """Name all shipped cards."""
    from rich.box import SIMPLE_HEAD

    from langstrecke.services.racecards import cards

    found = cards(settings_of())
    if as_json:
        print_json(found)
        return
    if not found:
        console.print("no cards are shipped with this installation")
        return
    out = screen()
    longest = max(len(line.card) for line in found)
    fixed = {"card": longest, "date": 10, "length": 10, "cars": 4, "knowledge": 9}
    if out.width < ROOMY:
        fixed = {"card": longest, "date": 10, "cars": 4}
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, header_style="dim", width=min(out.width, 118)
    )
    for column, width in fixed.items():
        table.add_column(column, no_wrap=True, width=width, justify="right" if column == "cars" else "left")
    table.add_column("race", no_wrap=True, overflow="ellipsis", ratio=1)
    for line in found:
        cells = {"card": line.card, "date": line.date.isoformat(), "cars": str(line.cars)}
        cells |= {"length": duration(line.duration_s, minutes=True), "knowledge": line.knowledge}
        table.add_row(*(Text(cells[column]) for column in fixed), Text(printable(line.race)))
    out.print(table)


@asks(CardAsk, "card")
def show_verb(ask: CardAsk, as_json: Json = False) -> None:
    """Show what a card holds."""
    from langstrecke.racecard import grounds, load_card
    from langstrecke.services.racecards import card

    if as_json:
        print_json(card(settings_of(), ask))
        return
    found = load_card(ask.card)
    _print_race(found)
    _print_classes(found)
    _print_entries(found)
    noted(grounds(found))


@asks(CardAsk, "card")
def check_verb(ask: CardAsk, as_json: Json = False) -> None:
    """Say everything that is wrong with a card; exit code 1 if anything is."""
    from langstrecke.racecard.shipped import load_card
    from langstrecke.services.racecards import check

    found = check(settings_of(), ask)
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            console.print(Text.assemble(("error: ", "bold red"), problem.text()), soft_wrap=True)
        for warning in found.warnings:
            console.print(Text.assemble(("warning: ", "yellow"), warning), soft_wrap=True)
        if found.ok:
            card = load_card(ask.card)
            cars = f"{plural(len(card.entries), 'car')} in {plural(len(card.classes), 'class', 'classes')}"
            console.print(Text(f"{ask.card}: a sound card, {cars}"), soft_wrap=True)
        noted(found.grounds)
    if not found.ok:
        raise typer.Exit(1)


def _print_race(card: RaceCard) -> None:
    race, circuit, n = card.race, card.circuit, card.neutralisation
    length = f", {circuit.length_km:g} km" if circuit.length_km else ""
    where = f"{printable(circuit.name or circuit.id)}{length}, {race.date.isoformat()}"
    where += f", {duration(race.duration_s, minutes=True)}"
    console.print(Text.assemble((printable(race.name), "bold"), "  ", (where, "dim")))
    rate = f"{n.rate_per_h:.2f} safety cars an hour of {n.length_s / 60:.0f} min"
    rate += f", {n.fcy_per_h:.2f} full-course yellows" if n.fcy_per_h else ""
    rate += f", {n.slow_zone_per_h:.2f} slow zones" if n.slow_zone_per_h else ""
    rain = f"rain {card.weather.rain_per_h:.2f} showers an hour, wet start {100 * card.weather.wet_start:.0f} %"
    for line in (f"rule book {race.rulebook}, knowledge {race.knowledge}", rate, rain, printable(race.note)):
        if line:
            console.print(Text(line))
    console.print()


def _print_classes(card: RaceCard) -> None:
    numbers = ("cars", "lap s", "sd s", "stint laps", "fuel s", "lane s", "out /h", "repair /h")
    table = grid("class", right=numbers)
    for name, c in card.classes.items():
        row = [len(card.cars_of(name)), f"{c.lap_s:.2f}", f"{c.lap_s_sd:.2f}", f"{c.stint_laps:.1f}"]
        row += [f"{c.refuel_s:.0f}", f"{c.lane_s:.0f}", f"{c.retire_per_h:.4f}", f"{c.repair_per_h:.4f}"]
        table.add_row(Text(printable(name), style="bold"), *(str(cell) for cell in row))
    console.print(table)
    console.print()


def _print_entries(card: RaceCard) -> None:
    out = screen()
    right = ("grid", "pace s", "sd")
    table = grid("car", "class", "team, vehicle, drivers (pace s)", right=right)
    for e in card.entries:
        crew = ", ".join(f"{surname(d.name)} {d.pace_s:+.2f}" for d in e.drivers)
        vehicle = f", {printable(e.vehicle)}" if e.vehicle else ""
        what = Text.assemble(printable(e.team), (vehicle, "dim"), "\n", (crew, "cyan"))
        figures = (str(e.grid or ""), f"{e.pace_s:+.2f}", f"{e.pace_s_sd:.2f}")
        table.add_row(Text(printable(e.car), style="bold"), Text(printable(e.car_class)), what, *figures)
    out.print(table)
