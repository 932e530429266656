"""The verb `season`: odds of the titles of a championship, and its tables."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from langstrecke.cli.app import app, console, progress_console
from langstrecke.cli.drawn import check_figure, save_figure
from langstrecke.errors import NotFoundError
from langstrecke.forecast.names import surname
from langstrecke.forecast.season import SeasonForecast, season_forecast, title_race
from langstrecke.forecast.season_real import KINDS, OVERALL, Round
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import joined, read_patch
from langstrecke.report import screen
from langstrecke.report.files import write_whole
from langstrecke.report.words import percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@app.command("season")
def season_verb(
    season: Annotated[str, typer.Argument(help="Series and year: imsa-2021", metavar="SEASON")],
    after: Annotated[int, typer.Option(min=0, help="Rounds that count as they were; the rest is played")] = 0,
    seasons: Annotated[int, typer.Option(min=1, max=1_000_000, help="Seasons to play")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same seasons")] = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="All cores without it")] = None,
    what_if: Annotated[
        list[Path] | None, typer.Option("--what-if", metavar="PATCH.toml", help="Change the cards")
    ] = None,
    line_ups: Annotated[
        str, typer.Option(help="entered: as in each round; last: those of the next round")
    ] = "entered",
    car_class: Annotated[str, typer.Option("--class", help="Only this class; overall where the title is")] = "",
    title: Annotated[str, typer.Option(help="drivers, teams, makes, 'endurance drivers' ...")] = "",
    json_to: Annotated[str | None, typer.Option("--json", metavar="FILE|-", help="Write JSON; - prints it")] = None,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a one-file HTML report")] = None,
    figure: Annotated[Path | None, typer.Option(help="Draw title odds after every round (svg, png, pdf)")] = None,
    most: Annotated[int, typer.Option(min=1, help="Lines of a table")] = 8,
) -> None:
    """Title odds of a season: the points so far, and the remaining rounds played many times."""
    began = time.perf_counter()
    check_figure(figure)
    if line_ups not in ("entered", "last"):
        raise NotFoundError.nearest("kind of line-ups", line_ups, ["entered", "last"])
    patch = joined([read_patch(path) for path in what_if]) if what_if else None
    found = season_forecast(
        season, after=after, seasons=seasons, seed=seed, threads=threads, patch=patch, line_ups=line_ups
    )
    shown = _chosen(found, title, car_class)
    if json_to == "-":
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    elif json_to is not None:
        write_whole(json_to, json.dumps(found.to_json(), ensure_ascii=False, indent=1) + "\n")
    if json_to != "-":
        _print(found, shown, most)
    drawn = []
    if figure is not None or report is not None:
        drawn = [_race_figure(season, shown, seed, threads, min(seasons, 1000))]
    if figure is not None:
        save_figure(drawn[0][1], figure)
    if report is not None:
        from langstrecke.cli.season_page import write_season

        write_season(found, report, drawn)
    progress_console.print(f"{found.simulated:,} seasons in {time.perf_counter() - began:.1f} s", style="dim")


def _chosen(found: SeasonForecast, title: str, car_class: str) -> list[tuple[str, str]]:
    """Titles to show: those asked for, by default the championship's drivers and the rest in brief."""
    classes = list(dict.fromkeys(c for _, c in found.titles))
    if car_class and car_class not in classes:
        raise NotFoundError.nearest("class", car_class, classes)
    titles = list(dict.fromkeys(t for t, _ in found.titles))
    if title and title not in titles:
        raise NotFoundError.nearest("title", title, titles)
    keys = [k for k in found.titles if (not car_class or k[1] == car_class) and (not title or k[0] == title)]
    order = {name: n for n, name in enumerate([*KINDS, *(f"endurance {k}" for k in KINDS)])}
    top = next(iter(next(r for r in found.rounds).book.classes)).name
    return sorted(keys, key=lambda k: (k[1] not in (top, "overall"), k[1], order.get(k[0], 9)))


def _print(found: SeasonForecast, keys: list[tuple[str, str]], most: int) -> None:
    out = screen(console)
    told = ", ".join(f"{r.number} {r.event.circuit}" for r in found.rounds)
    out.print(f"[bold]{found.season}[/] after round {found.after} of {found.rounds[-1].number}: {told}")
    for key in keys:
        if key[0].startswith("endurance") and len(keys) > 12 and key[0] != "endurance drivers":
            continue
        table = Table("", "points", "title %", "top 3 %", "expected", "80 %", box=None, title=f"{key[1]}: {key[0]}")
        table.title_justify = "left"
        for column in table.columns[1:]:
            column.justify = "right"
        for c in found.titles[key][:most]:
            n = max(found.simulated, 1000)
            spread = f"{c.low:.0f}–{c.high:.0f}" if found.simulated else ""
            cells = (f"{c.points:.0f}", percent(c.title, n), percent(c.top3, n), f"{c.expected:.0f}", spread)
            table.add_row(escape(c.name), *cells)
        out.print(table)
    for note in found.notes:
        out.print(note, style="dim", highlight=False)


def _race_figure(
    season: str, keys: list[tuple[str, str]], seed: int, threads: int | None, seasons: int
) -> tuple[str, Figure]:
    """Odds of the first title shown after every round."""
    from langstrecke.plots.season import title_odds

    title, car_class = next((k for k in keys if k[0] == "drivers"), keys[0])
    steps = title_race(season, title, car_class, seasons=seasons, seed=seed, threads=threads)
    odds: dict[str, list[float]] = {}
    crews: dict[tuple[float, ...], list[str]] = {}
    lines = [{c.name: c.title for c in step.titles.get((title, car_class), ())} for step in steps]
    for name in dict.fromkeys(n for line in lines for n in line):
        odds[name] = [line.get(name, 0.0) for line in lines]
    for name, values in odds.items():
        crews.setdefault(tuple(values), []).append(name)
    ranked = sorted(crews.items(), key=lambda item: -(max(item[0]) + item[0][-1]))[:7]
    rounds = ["before", *(r.event.name or r.event.circuit for r in steps[0].rounds)]
    named = [(" / ".join(surname(n) for n in names[:3]), list(values)) for values, names in ranked if max(values) > 0]
    series = load_registry().series[steps[0].rounds[0].series].name
    heading = f"{series} {steps[0].rounds[0].season}: the {title}' title, {car_class}"
    idle = [n for n, r in enumerate(steps[0].rounds, start=1) if not _scores(r, car_class)]
    return heading, title_odds(heading, rounds, named, named[0][0] if named else "", idle)


def _scores(rnd: Round, car_class: str) -> bool:
    """Whether a class runs in a round and scores there."""
    classes = rnd.book.race.classes
    return (not classes or car_class in (*classes, OVERALL)) and car_class not in rnd.book.points.classes_excluded
