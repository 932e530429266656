"""Verbs of the paddock: career, teammates, versus, calendar, and `paddock` for what the registry holds."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError
from langstrecke.paddock import calendars, careers
from langstrecke.paddock.matching import fold
from langstrecke.paddock.model import NOT_ENTERED, NamePair
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.report import screen

Json = Annotated[bool, typer.Option("--json", help="JSON instead of a table")]
SeriesOption = Annotated[list[str] | None, typer.Option("--series", help="A series; repeat for more")]


def career_verb(
    driver: Annotated[str, typer.Argument(help="Name or id: 'Jan Magnussen'", show_default=False)],
    series: Annotated[str, typer.Option(help="Only this series, for example le-mans")] = "",
    since: Annotated[int | None, typer.Option(help="First year", show_default=False)] = None,
    until: Annotated[int | None, typer.Option(help="Last year", show_default=False)] = None,
    races: Annotated[bool, typer.Option("--races", help="A line for every race, not for every season")] = False,
    figure: Annotated[Path | None, typer.Option(help="Draw it into this file (svg, png, pdf)")] = None,
    as_json: Json = False,
) -> None:
    """What a driver entered, with whom, and how it ended."""
    check_figure(figure)
    registry = load_registry()
    found = careers.career(registry, driver, series=series, since=since, until=until)
    if figure is not None:
        _draw_career(registry, found, figure)
    if as_json:
        _print_json(found.to_json())
        return
    _print_taken(registry, driver)
    console.print(f"[bold]{escape(found.driver.name)}[/] {found.driver.country}  ({found.driver.id})")
    if not found.rows:
        where = f" in {registry.series_named(series).name}" if series else ""
        years = f" from {since}" * bool(since) + f" until {until}" * bool(until)
        console.print(f"The registry has no races of this driver{where}{years}.", highlight=False)
        return
    one_race_a_year = len({r.event.season for r in found.rows}) == len(found.rows)
    by_race = races or one_race_a_year
    screen(console).print(_race_table(registry, found, mates=races) if by_race else _season_table(found))
    wins = ", ".join(map(str, found.class_wins)) or "none"
    console.print(f"Entered {found.entered}, started {found.started}; class wins: {wins}.")
    if figure is not None:
        console.print(f"Drawn into {figure}.")


def _print_taken(registry: Registry, *names: str) -> None:
    """Say for whom a name was taken that is not the driver's own."""
    for name in names:
        person = registry.driver(name)
        if name != person.id and fold(name) not in {fold(n) for n in (person.name, *person.aliases)}:
            progress_console.print(f"{name!r} is taken for {person.name}", style="yellow", markup=False)


def _race_table(registry: Registry, found: careers.Career, *, mates: bool) -> Table:
    """A line for every race. The race is named where not all are the same."""
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
    table = Table("season", "series", "team", "car", "class", "starts", "class wins", "places in class", box=None)
    for line in careers.seasons(found):
        cells = [line.season, line.series, line.team, line.vehicle, line.car_class]
        counts = [str(line.started), str(line.class_wins or "")]
        style = "bold green" if line.class_wins else ""
        table.add_row(*map(escape, cells), *counts, " ".join(line.results), style=style)
    return table


def teammates_verb(
    driver: Annotated[str, typer.Argument(help="A driver", show_default=False)],
    other: Annotated[str, typer.Argument(help="Another; without one: everybody")] = "",
    as_json: Json = False,
) -> None:
    """With whom a driver shared a car, or the races two drivers shared."""
    registry = load_registry()
    if other:
        rows = careers.together(registry, driver, other)
        found = careers.Career(registry.driver(driver), tuple(rows))
        if as_json:
            _print_json(found.to_json() | {"other": registry.driver(other).name})
            return
        _print_taken(registry, driver, other)
        screen(console).print(
            _race_table(registry, found, mates=True)
            if rows
            else "They never shared a car, as far as the registry knows."
        )
        return
    mates = careers.team_mates(registry, driver)
    if as_json:
        _print_json(careers.mates_json(mates))
        return
    _print_taken(registry, driver)
    if not mates:
        console.print("Nobody shared a car with this driver, as far as the registry knows.")
        return
    table = Table("team mate", "", "races", "years", box=None)
    for mate, shared in mates:
        years = sorted({registry.events[e.event].year for e in shared})
        span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        table.add_row(escape(mate.name), mate.country, str(len(shared)), span)
    console.print(table)


def versus_verb(
    one: Annotated[str, typer.Argument(help="A driver", show_default=False)],
    other: Annotated[str, typer.Argument(help="The other", show_default=False)],
    as_json: Json = False,
) -> None:
    """Races in which two drivers drove different cars, and whose car came in ahead."""
    registry = load_registry()
    first, second = registry.driver(one), registry.driver(other)
    duels = careers.versus(registry, first.id, second.id)
    score = Counter(duel.ahead for duel in duels)
    if as_json:
        _print_json(careers.versus_json(registry, one, other))
        return
    _print_taken(registry, one, other)
    if not duels:
        console.print("They never raced against each other, as far as the registry knows.")
        return
    table = Table("date", "race", first.name, second.name, "ahead", box=None)
    for duel in duels:
        places = [f"{e.car_class} {careers.short_result(e)}" for e in (duel.one, duel.other)]
        ahead = registry.drivers[duel.ahead].name if duel.ahead else "–"
        race = calendars.race_title(registry, duel.event)
        table.add_row(duel.event.race_day.isoformat(), *map(escape, (race, *places, ahead)))
    screen(console).print(table)
    console.print(
        f"{first.name} {score[first.id]}, {second.name} {score[second.id]}, overall places counted.", highlight=False
    )


def calendar_verb(
    season: Annotated[int, typer.Option(help="Calendar year", show_default=False)],
    driver: Annotated[str, typer.Option(help="What keeps this driver busy")] = "",
    series: SeriesOption = None,
    against: Annotated[list[str] | None, typer.Option(help="Which races of this series are free; repeat")] = None,
    travel_days: Annotated[int, typer.Option(min=0, max=14, help="Free days needed between two meetings")] = 1,
    ics: Annotated[Path | None, typer.Option(help="Write the calendar as iCalendar")] = None,
    as_json: Json = False,
) -> None:
    """Where calendars clash: calendar --season 2019 --driver "Kevin Magnussen" --against le-mans."""
    registry = load_registry()
    if not driver and not series:
        raise LangstreckeError("whose calendar?", hint="--driver NAME, or --series f1, or both")
    found = calendars.report(registry, season, driver, series or (), against or (), travel_days)
    if ics is not None:
        try:
            ics.parent.mkdir(parents=True, exist_ok=True)
            calendars.write_ical(registry, found.meetings(), ics)
        except OSError as error:
            raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=ics) from None
    if as_json:
        _print_json(found.to_json())
        return
    _print_calendar(registry, list(found.busy), list(found.clashes), driver)
    _print_chances(registry, list(found.chances))
    if ics is not None:
        console.print(f"Written as iCalendar into {ics}.")


def _print_calendar(
    registry: Registry, busy: list[calendars.Meeting], hits: list[calendars.Clash], driver: str
) -> None:
    if not busy:
        console.print(f"The registry knows of nothing {registry.driver(driver).name} drove that year.")
        return
    table = Table("from", "to", "series", "race", box=None)
    for meeting in busy:
        start = f"{meeting.start}{'?' if meeting.assumed_start else ''}"
        table.add_row(start, str(meeting.end), meeting.series, escape(calendars.title(registry, meeting)))
    screen(console).print(table)
    if any(meeting.assumed_start for meeting in busy):
        console.print("? first day not known, taken to be two days before the race")
    for hit in hits:
        names = [calendars.title(registry, m) for m in (hit.one, hit.other)]
        overlap = f"{_count(hit.overlap_days, 'day')} in common"
        how = overlap if hit.overlap_days else f"{_count(hit.days_between, 'free day')} between them"
        line = f"[red]clash[/] {hit.other.start}: {escape(names[0])} and {escape(names[1])} ({how})"
        screen(console).print(line, highlight=False)


def _print_chances(registry: Registry, chances: list[calendars.Chance]) -> None:
    colour = {"free": "green", "tight": "yellow", "clash": "red"}
    for chance in chances:
        line = f"[{colour[chance.verdict]}]{chance.verdict}[/] {chance.meeting.start} to {chance.meeting.end}: "
        line += escape(calendars.title(registry, chance.meeting))
        for hit in chance.clashes:
            line += f"; {escape(calendars.title(registry, hit.other))} is {hit.other.start} to {hit.other.end}"
        screen(console).print(line, highlight=False)


def doubtful_verb(as_json: Json = False) -> None:
    """Names that may be one person; somebody has to decide, in aliases.toml."""
    _print_pairs(load_registry().doubtful, as_json)


def merged_verb(as_json: Json = False) -> None:
    """Names of different spelling that were taken for one person, with the reasons."""
    _print_pairs(load_registry().merged, as_json)


def _print_pairs(pairs: tuple[NamePair, ...], as_json: bool) -> None:
    if as_json:
        _print_json([asdict(pair) for pair in pairs])
        return
    table = Table("name", "other name", "score", "why", box=None)
    for pair in sorted(pairs, key=lambda p: (-p.score, p.one, p.other)):
        table.add_row(escape(pair.one), escape(pair.other), f"{pair.score:.0f}", escape("; ".join(pair.reasons)))
    screen(console).print(table)


def who_verb(
    name: Annotated[str, typer.Argument(help="A name as some file writes it: 'J. MAGNUSSEN'", show_default=False)],
    team: Annotated[str, typer.Option(help="The team it stands beside")] = "",
    year: Annotated[int | None, typer.Option(help="The year", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Which drivers a name may stand for, with a score and the reasons."""
    registry = load_registry()
    found = registry.match(name, team=team, year=year)
    if as_json:
        _print_json(
            [{"driver": m.driver.name, "id": m.driver.id, "score": m.score, "reasons": m.reasons} for m in found]
        )
        return
    if not found:
        registry.driver(name)  # says which names are near
    table = Table("driver", "id", "score", "why", box=None)
    for match in found:
        table.add_row(
            escape(match.driver.name), match.driver.id, f"{match.score:.0f}", escape("; ".join(match.reasons))
        )
    screen(console).print(table)


def entries_verb(
    race: Annotated[str, typer.Argument(help="A race: le-mans-2019", show_default=False)], as_json: Json = False
) -> None:
    """Who entered a race, with the result."""
    registry = load_registry()
    rows = registry.entries(race)
    if as_json:
        _print_json([asdict(entry) for entry in rows])
        return
    table = Table("", "class", "", "no.", "team", "car", "drivers", "laps", box=None)
    for entry in rows:
        names = ", ".join(registry.drivers[d].name for d in entry.drivers) + ("" if entry.complete else ", …")
        team = registry.teams[entry.team].name if entry.team else ""
        vehicle = registry.vehicles[entry.vehicle].name if entry.vehicle else ""
        place = str(entry.position or entry.status)
        cells = [place, entry.car_class, str(entry.class_position or ""), entry.car, team, vehicle, names]
        table.add_row(*map(escape, cells), "" if entry.laps is None else str(entry.laps))
    screen(console).print(table)


def _print_json(data: Any) -> None:
    console.print_json(json.dumps(data, ensure_ascii=False))


def _draw_career(registry: Registry, found: careers.Career, path: Path) -> None:
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
    title = f"{found.driver.name}: {_count(found.started, 'start')}, {_count(len(found.class_wins), 'class win')}"
    save_figure(career_figure(title, marks), path)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
