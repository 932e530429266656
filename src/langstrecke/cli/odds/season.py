"""The verb `season`: odds of the titles of a championship, and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from langstrecke.cli.asking import asks, request, settings_of
from langstrecke.cli.figures import check_figure, save_figure
from langstrecke.cli.names import named
from langstrecke.cli.options import Figure, JsonTo, Report, Threads
from langstrecke.cli.progress import progress
from langstrecke.cli.terminal import noted, progress_console, screen, write_json
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent, plural, surname
from langstrecke.services.requests.odds import SeasonAsk, TitleRaceAsk

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from langstrecke.forecast.season.result import SeasonForecast
    from langstrecke.forecast.season.standings import Round


LONGEST_RACE = 24
"""Letters of a race's name in a list of rounds."""
DRAWN_SEASONS = 1000
"""Seasons played after each round for the figure, at most (default)."""


@asks(SeasonAsk, "season")
def season_verb(
    ask: SeasonAsk,
    car_class: Annotated[str, typer.Option("--class", help="Only this class; overall where the title is")] = "",
    title: Annotated[str, typer.Option(help="drivers, teams, makes, 'endurance drivers' ...")] = "",
    json_to: JsonTo = None,
    report: Report = None,
    figure: Figure = None,
    most: Annotated[int, typer.Option(min=1, help="Lines of a table")] = 8,
    threads: Threads = None,
) -> None:
    """Title odds of a season: the points so far, and the remaining rounds played many times."""
    from langstrecke.services.answers.odds import SeasonAnswer
    from langstrecke.services.odds import season_covers, season_result, title_race_result
    from langstrecke.services.what_ifs import patch_of

    check_figure(figure)
    if figure is not None and not ask.seasons:
        raise LangstreckeError("a figure of title odds needs seasons to be played", hint="--seasons 1000")
    settings = settings_of(threads=threads)
    patch = patch_of(ask)
    drawn = []
    with progress("seasons") as step:
        found = season_result(settings, ask, step=step)
        seconds = step.seconds
        shown = _chosen(found, title, car_class)
        if figure is not None or (report is not None and ask.seasons):
            if not shown:
                raise LangstreckeError(f"{found.season} has no title to draw yet")
            kind, of_class = next((k for k in shown if k[0] == "drivers"), shown[0])
            values = ask.model_dump(exclude={"after", "seasons"}) | {"title": kind, "car_class": of_class}
            each = request(TitleRaceAsk, values | {"seasons": min(ask.seasons, DRAWN_SEASONS)})
            steps = title_race_result(settings, each, step=step)
            drawn = [_race_figure(found, steps, kind, of_class, (patch.title or "what-if") if patch.edits else "")]
    if json_to is not None:
        write_json(SeasonAnswer.of(found, covers=season_covers()), json_to)
    if json_to != "-":
        _print(found, shown, most)
        noted([season_covers()])
    if figure is not None:
        save_figure(drawn[0][1], figure)
    if report is not None:
        from langstrecke.report.season import write_season

        write_season(found, report, shown, drawn, (patch.title or "changed cards") if patch.edits else "")
    progress_console.print(f"{plural(found.simulated, 'season')} in {seconds:.1f} s", style="dim")


def _chosen(found: SeasonForecast, title: str, car_class: str) -> list[tuple[str, str]]:
    """Titles to show: those of the class and of the kind asked for. None where nobody has a point or a chance yet."""
    if not found.titles and not title and not car_class:
        return []
    titles = list(dict.fromkeys(t for t, _ in found.titles))
    classes = list(dict.fromkeys(c for _, c in found.titles))
    if title in ("drivers", "teams", "makes") and title not in titles:
        kinds = dict.fromkeys(kind for r in found.rounds for t in r.book.titles() for kind in t.kinds)
        told = ", ".join(titles or kinds)
        raise LangstreckeError(f"{found.season} has no {title}' title here", hint=f"titles: {told}")
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
    out = screen()
    if headline := found.headline(keys):
        out.print(Text(headline, "bold"))
    told = ", ".join(f"{r.number} {_race(r)}" for r in found.rounds)
    out.print(f"[bold]{found.season}[/] after round {found.after} of {found.rounds[-1].number}: {escape(told)}")
    if found.what_if:
        out.print(f"What if: {escape(found.what_if)}. Before is the same seasons without it, on the same luck.")
    for key in keys:
        if key[0].startswith("endurance") and len(keys) > 12 and key[0] != "endurance drivers":
            continue
        out.print(_odds_table(found, key, most) if found.simulated else _points_table(found, key, most))
    for note in found.told([c for _, c in keys]):
        out.print(note, style="dim", highlight=False)


def _odds_table(found: SeasonForecast, key: tuple[str, str], most: int) -> Table:
    table = Table("", "points", "title %", "top 3 %", "expected", "80 %", box=None, title=f"{key[1]}: {key[0]}")
    table.title_justify = "left"
    if found.what_if:
        table.add_column("before %")
        table.add_column("change, 95 %")
    for column in table.columns[1:]:
        column.justify = "right"
    n = found.simulated
    for c in found.titles[key][:most]:
        spread = f"{c.low:.0f}–{c.high:.0f}"
        cells: tuple[str, ...] = (
            f"{c.points:g}",
            percent(c.title, n, unit=False),
            percent(c.top3, n, unit=False),
            f"{c.expected:.0f}",
            spread,
        )
        if c.before is not None:
            cells += (percent(c.before, n, unit=False), f"{100 * c.change_low:+.1f} to {100 * c.change_high:+.1f}")
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
    from langstrecke.paddock.matching import fold
    from langstrecke.paddock.registry import load_registry

    name, key = load_registry().circuits[rnd.event.circuit].name, rnd.event.circuit.replace("-", " ")
    if fold(name) == key:
        return name
    initials = "".join(word[0] for word in fold(name).split())
    letters = len(key) <= 4 and (key not in fold(name) or key == initials)
    return key.upper() if letters else key.title()  # COTA, VIR, Spa


def _race_figure(
    found: SeasonForecast, steps: list[SeasonForecast], title: str, car_class: str, what_if: str
) -> tuple[str, Drawing]:
    """Odds of a title after every round."""
    from langstrecke.paddock.registry import load_registry
    from langstrecke.plots.season import title_odds

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
    figure = title_odds(heading, rounds, named, named[0][0], idle, now, what_if)
    return heading, figure


def _scores(rnd: Round, car_class: str) -> bool:
    """Whether a class runs in a round and scores there."""
    from langstrecke.rulebooks.points import OVERALL

    classes = rnd.book.race.classes
    return (not classes or car_class in (*classes, OVERALL)) and car_class not in rnd.book.points.classes_excluded
