"""The verbs `card list`, `card show` and `card check`."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from langstrecke.cli.terminal import console
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.formatting import duration, printable, surname
from langstrecke.racecard import RaceCard, card_facts, card_json, check_card, list_cards, load_card, warnings_of
from langstrecke.report import screen
from langstrecke.rulebooks import load_rulebook

ROOMY = 100
"""From this width on the list of cards has all its columns."""

Json = Annotated[bool, typer.Option("--json", help="JSON instead of tables")]


def list_verb(as_json: Json = False) -> None:
    """Name all shipped cards."""
    cards = [(name, load_card(name)) for name in list_cards()]
    if as_json:
        _print_json([card_facts(name, card) for name, card in cards])
        return
    if not cards:
        console.print("no cards are shipped with this installation")
        return
    out = screen(console)
    longest = max(len(name) for name in list_cards())
    fixed = {"card": longest, "date": 10, "length": 10, "cars": 4, "knowledge": 9}
    if out.width < ROOMY:
        fixed = {"card": longest, "date": 10, "cars": 4}
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=0, header_style="dim", width=min(out.width, 118)
    )
    for column, width in fixed.items():
        table.add_column(column, no_wrap=True, width=width, justify="right" if column == "cars" else "left")
    table.add_column("race", no_wrap=True, overflow="ellipsis", ratio=1)
    for name, card in cards:
        facts = card_facts(name, card)
        cells = {"card": name, "date": facts["date"], "cars": str(facts["cars"])}
        cells |= {"length": duration(card.race.duration_s, minutes=True), "knowledge": card.race.knowledge}
        table.add_row(*(Text(cells[column]) for column in fixed), Text(printable(card.race.name)))
    out.print(table)


def show_verb(
    card: Annotated[str, typer.Argument(help="A shipped card's name or a path", metavar="CARD")],
    as_json: Json = False,
) -> None:
    """Show what a card holds."""
    found = load_card(card)
    if as_json:
        _print_json(card_json(found))
        return
    _print_race(found)
    _print_classes(found)
    _print_entries(found)


def check_verb(
    card: Annotated[str, typer.Argument(help="A path, or a shipped card's name", metavar="CARD")],
    as_json: Json = False,
) -> None:
    """Say everything that is wrong with a card; exit code 1 if anything is."""
    found, problems = _checked(card)
    if found is not None:
        problems = _rulebook_problems(found, card)
    warnings = warnings_of(found) if found is not None else []
    if as_json:
        _print_json({"ok": not problems, "problems": [_as_data(p) for p in problems], "warnings": warnings})
    else:
        for problem in problems:
            console.print(Text.assemble(("error: ", "bold red"), problem.message()), soft_wrap=True)
        for warning in warnings:
            console.print(Text.assemble(("warning: ", "yellow"), warning), soft_wrap=True)
        if found is not None and not problems:
            cars = f"{len(found.entries)} cars in {len(found.classes)} classes"
            console.print(Text(f"{card}: a sound card, {cars}"), soft_wrap=True)
    if problems:
        raise typer.Exit(1)


def _checked(card: str) -> tuple[RaceCard | None, list[CardError]]:
    """A shipped card is checked like any other file; a name that is neither is a NotFoundError."""
    try:
        if card.endswith(".toml") or "/" in card or "\\" in card:
            return check_card(card)
        return load_card(card), []
    except NotFoundError:
        raise
    except CardError as error:
        return None, [error]


def _rulebook_problems(card: RaceCard, name: str) -> list[CardError]:
    try:
        load_rulebook(card.race.rulebook)
    except LangstreckeError as error:
        return [CardError(error.what, file=name, key="race.rulebook", hint=error.hint)]
    return []


def _as_data(problem: CardError) -> dict[str, Any]:
    return {key: getattr(problem, key) for key in ("file", "line", "key", "what", "hint")}


def _print_json(data: Any) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _table(*names: str, right: tuple[str, ...] = ("cars",)) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for name in names:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


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
    numbers = ("cars", "lap s", "± s", "stint laps", "fuel s", "lane s", "out /h", "repair /h")
    table = _table("class", *numbers, right=numbers)
    for name, c in card.classes.items():
        row = [len(card.cars_of(name)), f"{c.lap_s:.2f}", f"{c.lap_s_sd:.2f}", f"{c.stint_laps:.1f}"]
        row += [f"{c.refuel_s:.0f}", f"{c.lane_s:.0f}", f"{c.retire_per_h:.4f}", f"{c.repair_per_h:.4f}"]
        table.add_row(Text(printable(name), style="bold"), *(str(cell) for cell in row))
    console.print(table)
    console.print()


def _print_entries(card: RaceCard) -> None:
    out = screen(console)
    right = ("grid", "pace s", "±")
    table = _table("car", "class", "team, vehicle, drivers (pace s)", *right, right=right)
    for e in card.entries:
        crew = ", ".join(f"{surname(d.name)} {d.pace_s:+.2f}" for d in e.drivers)
        vehicle = f", {printable(e.vehicle)}" if e.vehicle else ""
        what = Text.assemble(printable(e.team), (vehicle, "dim"), "\n", (crew, "cyan"))
        figures = (str(e.grid or ""), f"{e.pace_s:+.2f}", f"{e.pace_s_sd:.2f}")
        table.add_row(Text(printable(e.car), style="bold"), Text(printable(e.car_class)), what, *figures)
    out.print(table)
