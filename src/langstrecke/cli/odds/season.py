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

from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.names import named
from langstrecke.cli.terminal import console, progress_console
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.forecast.season import season_forecast, title_race
from langstrecke.forecast.season.result import SeasonForecast
from langstrecke.forecast.season.standings import OVERALL, Round
from langstrecke.formatting import percent, surname
from langstrecke.paddock.matching import fold
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import Patch, joined, read_patch
from langstrecke.report import screen
from langstrecke.report.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LONGEST_RACE = 24
"""Letters of a race's name in a list of rounds."""


def season_verb(
    season: Annotated[str, typer.Argument(help="Series and year: imsa-2021", metavar="SEASON")],
    after: Annotated[int, typer.Option(min=0, help="Rounds that count as they were; the rest is played")] = 0,
    seasons: Annotated[int, typer.Option(min=0, max=1_000_000, help="Seasons to play; 0: points only")] = 10_000,
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
    if figure is not None and not seasons:
        raise LangstreckeError("a figure of title odds needs seasons to be played", hint="--seasons 1000")
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
    if figure is not None or (report is not None and seasons):
        drawn = [_race_figure(found, shown, seed, threads, min(seasons, 1000), patch, line_ups)]
    if figure is not None:
        save_figure(drawn[0][1], figure)
    if report is not None:
        from langstrecke.report.season import write_season

        write_season(found, report, shown, drawn, (patch.title or "changed cards") if patch else "")
    progress_console.print(f"{found.simulated:,} seasons in {time.perf_counter() - began:.1f} s", style="dim")


def _chosen(found: SeasonForecast, title: str, car_class: str) -> list[tuple[str, str]]:
    """Titles to show: those of the class and of the kind asked for."""
    titles = list(dict.fromkeys(t for t, _ in found.titles))
    classes = list(dict.fromkeys(c for _, c in found.titles))
    kind = named("title", title, titles) if title else ""
    table = named("class", car_class, classes) if car_class else ""
    keys = [k for k in found.titles if (not table or k[1] == table) and (not kind or k[0] == kind)]
    if not keys:
        told = ", ".join(f"{c}: {t}" for t, c in found.titles)
        raise LangstreckeError(
            f"{found.season} has no title for the {kind} of {table}", hint=told or "it has none yet"
        )
    return keys


def _print(found: SeasonForecast, keys: list[tuple[str, str]], most: int) -> None:
    out = screen(console)
    told = ", ".join(f"{r.number} {_race(r)}" for r in found.rounds)
    out.print(f"[bold]{found.season}[/] after round {found.after} of {found.rounds[-1].number}: {escape(told)}")
    for key in keys:
        if key[0].startswith("endurance") and len(keys) > 12 and key[0] != "endurance drivers":
            continue
        out.print(_odds_table(found, key, most) if found.simulated else _points_table(found, key, most))
    for note in found.notes:
        out.print(note, style="dim", highlight=False)


def _odds_table(found: SeasonForecast, key: tuple[str, str], most: int) -> Table:
    table = Table("", "points", "title %", "top 3 %", "expected", "80 %", box=None, title=f"{key[1]}: {key[0]}")
    table.title_justify = "left"
    for column in table.columns[1:]:
        column.justify = "right"
    n = max(found.simulated, 1000)
    for c in found.titles[key][:most]:
        spread = f"{c.low:.0f}–{c.high:.0f}"
        cells = (
            f"{c.points:g}",
            percent(c.title, n, unit=False),
            percent(c.top3, n, unit=False),
            f"{c.expected:.0f}",
            spread,
        )
        table.add_row(escape(c.name), *cells)
    return table


def _points_table(found: SeasonForecast, key: tuple[str, str], most: int) -> Table:
    """The table of a season that is over: nothing is left to chance."""
    table = Table("", "", "points", box=None, title=f"{key[1]}: {key[0]}")
    table.title_justify = "left"
    table.columns[0].justify = table.columns[2].justify = "right"
    lines = found.titles[key]
    for c in lines[:most]:
        place = 1 + len({other.points for other in lines if other.points > c.points})
        table.add_row(str(place), escape(c.name), f"{c.points:g}")
    return table


def _race(rnd: Round) -> str:
    """A round in few letters: the race's name unless it is a long one, else the circuit."""
    if 0 < len(rnd.event.name) <= LONGEST_RACE:
        return rnd.event.name
    name, key = load_registry().circuits[rnd.event.circuit].name, rnd.event.circuit.replace("-", " ")
    if fold(name) == key:
        return name
    letters = len(key) <= 4 and key not in fold(name)
    return key.upper() if letters else key.title()  # COTA, Spa


def _race_figure(
    found: SeasonForecast,
    keys: list[tuple[str, str]],
    seed: int,
    threads: int | None,
    seasons: int,
    patch: Patch | None,
    line_ups: str,
) -> tuple[str, Figure]:
    """Odds of the first title shown after every round."""
    from langstrecke.plots.season import title_odds

    title, car_class = next((k for k in keys if k[0] == "drivers"), keys[0])
    steps = title_race(
        found.season, title, car_class, seasons=seasons, seed=seed, threads=threads, patch=patch, line_ups=line_ups
    )
    odds: dict[str, list[float]] = {}
    crews: dict[tuple[float, ...], list[str]] = {}
    lines = [{c.name: c.title for c in step.titles.get((title, car_class), ())} for step in steps]
    for name in dict.fromkeys(n for line in lines for n in line):
        odds[name] = [line.get(name, 0.0) for line in lines]
    for name, values in odds.items():
        crews.setdefault(tuple(values), []).append(name)
    ranked = sorted(crews.items(), key=lambda item: -(max(item[0]) + item[0][-1]))[:7]
    rounds = ["before", *map(_race, steps[0].rounds)]
    short = surname if title.endswith("drivers") else str
    named = [(" / ".join(short(n) for n in names[:3]), list(values)) for values, names in ranked if max(values) > 0]
    if not named:
        raise LangstreckeError(f"there is no race for the {title}' title of {car_class} to draw")
    series = load_registry().series[steps[0].rounds[0].series].name
    heading = f"{series} {steps[0].rounds[0].season}: the {title}' title, {car_class}"
    idle = [n for n, r in enumerate(steps[0].rounds, start=1) if not _scores(r, car_class)]
    now = found.after if found.simulated else None
    figure = title_odds(heading, rounds, named, named[0][0], idle, now, patch.title or "what-if" if patch else "")
    return heading, figure


def _scores(rnd: Round, car_class: str) -> bool:
    """Whether a class runs in a round and scores there."""
    classes = rnd.book.race.classes
    return (not classes or car_class in (*classes, OVERALL)) and car_class not in rnd.book.points.classes_excluded
