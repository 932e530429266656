"""Verbs of people: career, teammates, versus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.asking import asks, held, settings_of
from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.options import Figure, Json, Store
from langstrecke.cli.terminal import console, noted, print_json, progress_console, screen
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.services.requests.paddock import CareerAsk, DriversAsk

if TYPE_CHECKING:
    from langstrecke.paddock import careers
    from langstrecke.paddock.registry import Registry


@asks(CareerAsk, "driver")
def career_verb(
    ask: CareerAsk,
    races: Annotated[bool, typer.Option("--races", help="A line for every race, not for every season")] = False,
    store: Store = None,
    figure: Figure = None,
    as_json: Json = False,
) -> None:
    """What a driver entered, with whom, and how it ended."""
    from langstrecke.services.answers.paddock import CareerAnswer
    from langstrecke.services.paddock import career_result
    from langstrecke.services.raced import raced

    check_figure(figure)
    settings = settings_of(held(store))
    registry, covers = raced(settings)
    found = career_result(settings, ask)
    if figure is not None:
        _draw_career(registry, found, figure)
    if as_json:
        print_json(CareerAnswer.of(found, covers=list(covers)))
        return
    print_taken(registry, ask.driver)
    console.print(f"[bold]{escape(found.driver.name)}[/] {found.driver.country}  ({found.driver.id})")
    if not found.rows:
        where = f" in {registry.series_named(ask.series).name}" if ask.series else ""
        years = f" from {ask.since}" * bool(ask.since) + f" until {ask.until}" * bool(ask.until)
        console.print(f"There are no races of this driver{where}{years} here.", highlight=False)
        noted(covers)
        return
    one_race_a_year = len({r.event.season for r in found.rows}) == len(found.rows)
    by_race = races or one_race_a_year
    wins = ", ".join(map(str, found.class_wins)) or "none"
    console.print(f"Entered {plural(found.entered, 'race')}, started {found.started}; class wins: {wins}.")
    screen().print(_race_table(registry, found, mates=races) if by_race else _season_table(found))
    noted(covers)
    if figure is not None:
        console.print(f"Drawn into {figure}.")


def print_taken(registry: Registry, *names: str) -> None:
    """Say for whom a name was taken that is not the driver's own."""
    from langstrecke.paddock.matching import fold

    for name in names:
        person = registry.driver(name)
        if name != person.id and fold(name) not in {fold(n) for n in (person.name, *person.aliases)}:
            progress_console.print(f"{name!r} is taken for {person.name}", style="yellow", markup=False)


def _race_table(registry: Registry, found: careers.Career, *, mates: bool) -> Table:
    """A line for every race. The race is named where not all are the same."""
    from langstrecke.paddock import calendars

    several = len({(row.event.series, row.event.circuit) for row in found.rows}) > 1
    headings = ["date", *(["race"] if several else []), "class", "no.", "team", "car", *(["with"] if mates else [])]
    table = Table(*headings, "result", box=None)
    table.columns[0].no_wrap = True
    for row in found.rows:
        race = calendars.race_title(registry, row.event)
        cells = [str(row.event.race_day), *([race] if several else [])]
        cells += [row.entry.car_class, row.entry.car, row.team, row.vehicle]
        cells += [", ".join(row.mates)] if mates else []
        style = "bold green" if row.entry.class_win else ""
        table.add_row(*map(escape, [*cells, row.result]), style=style)
    return table


def _season_table(found: careers.Career) -> Table:
    from langstrecke.paddock import careers

    table = Table("season", "series", "team", "car", "class", "starts", "class wins", "places in class", box=None)
    for line in careers.seasons(found):
        cells = [line.season, line.series, line.team, line.vehicle, line.car_class]
        counts = [str(line.started), str(line.class_wins or "")]
        style = "bold green" if line.class_wins else ""
        table.add_row(*map(escape, cells), *counts, " ".join(line.results), style=style)
    return table


@asks(DriversAsk, "driver", "other")
def teammates_verb(ask: DriversAsk, store: Store = None, as_json: Json = False) -> None:
    """With whom a driver shared a car, or the races two drivers shared."""
    from langstrecke.paddock import careers
    from langstrecke.services.paddock import teammates, together_result
    from langstrecke.services.raced import raced

    settings = settings_of(held(store))
    registry, covers = raced(settings)
    if as_json:
        print_json(teammates(settings, ask))
        return
    if ask.other:
        found = together_result(settings, ask)
        print_taken(registry, ask.driver, ask.other)
        screen().print(
            _race_table(registry, found, mates=True)
            if found.rows
            else "They never shared a car, as far as is known here."
        )
        noted(covers)
        return
    mates = careers.team_mates(registry, ask.driver)
    print_taken(registry, ask.driver)
    if not mates:
        console.print("Nobody shared a car with this driver, as far as is known here.")
        noted(covers)
        return
    table = Table("team mate", "", "races", "years", box=None)
    for mate, shared in mates:
        years = sorted({registry.events[e.event].year for e in shared})
        span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        table.add_row(escape(mate.name), mate.country, str(len(shared)), span)
    console.print(table)
    noted(covers)


@asks(DriversAsk, "driver", "other")
def versus_verb(ask: DriversAsk, store: Store = None, as_json: Json = False) -> None:
    """Races in which two drivers drove different cars, and whose car came in ahead."""
    from langstrecke.paddock import calendars, careers
    from langstrecke.services.paddock import versus
    from langstrecke.services.raced import raced

    settings = settings_of(held(store))
    registry, covers = raced(settings)
    answer = versus(settings, ask)
    if as_json:
        print_json(answer)
        return
    first, second = registry.driver(ask.driver), registry.driver(ask.other)
    duels = careers.versus(registry, first.id, second.id)
    print_taken(registry, ask.driver, ask.other)
    if not duels:
        console.print("They never raced against each other, as far as is known here.")
        noted(covers)
        return
    score = f"{first.name} {answer.ahead[0]}, {second.name} {answer.ahead[1]}"
    console.print(f"Ahead by overall place: {score}.", highlight=False)
    table = Table("date", "race", first.name, second.name, "ahead", box=None)
    for duel in duels:
        results = [f"{e.car_class} {careers.short_result(e)}" for e in (duel.one, duel.other)]
        ahead = registry.drivers[duel.ahead].name if duel.ahead else "–"
        race = calendars.race_title(registry, duel.event)
        table.add_row(duel.event.race_day.isoformat(), *map(escape, (race, *results, ahead)))
    screen().print(table)
    noted(covers)


def _draw_career(registry: Registry, found: careers.Career, path: Path) -> None:
    from langstrecke.paddock.model import NOT_ENTERED
    from langstrecke.plots.career import Mark, career_figure

    if not found.rows:
        raise LangstreckeError(f"there is nothing to draw for {found.driver.name}")
    marks = [
        Mark(
            day=row.event.race_day,
            place=row.entry.class_position or row.entry.position,
            series=registry.series[row.event.series].short,
            team=row.team,
            win=row.entry.class_win,
            started=row.entry.started,
            entered=row.entry.status not in NOT_ENTERED,
        )
        for row in found.rows
    ]
    title = f"{found.driver.name}: {plural(found.started, 'start')}, {plural(len(found.class_wins), 'class win')}"
    save_figure(career_figure(title, marks), path)
