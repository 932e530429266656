"""A forecast in the terminal: one table per class and a summary, from 80 columns up."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from langstrecke.forecast import CarForecast, ClassForecast, Forecast
from langstrecke.formatting import is_out, percent, plural, printable
from langstrecke.language import NOT_TRANSLATED, decimals, german, tr
from langstrecke.report.words import crew, distance, message, race_line, verdicts

WIDE = 108
"""From this width on team and drivers have a column each and the odds a bar."""

ROOMY = 116
"""From this width on the played odds stand beside the final ones, where there is no what-if to compare."""

WIDEST = 140
"""Beyond this width a line is hard to follow from the car to its odds."""

BAR = 8
"""Length of the bar of a certain winner, in characters."""

FEW_RACES = 1000
"""Below so many races the terminal says how coarse their odds are; chances are whole per cents there."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"


def forecast_view(forecast: Forecast, width: int, before: Forecast | None = None) -> Iterator[RenderableType]:
    """What the terminal shows of a forecast; `before` is the forecast without the what-if."""
    yield _title(forecast)
    for figures in forecast.classes:
        yield class_table(forecast, figures, width, before)
    lines = [_overall(forecast)]
    lines += [Text.assemble((f"{printable(name)}: ", "bold"), told) for name, told in verdicts(forecast)]
    yield Group(*lines)
    if german():
        yield Text(NOT_TRANSLATED, "dim")
    notes = [*few_races(forecast.simulated), *forecast.notes, *filter(None, [forecast.calibration])]
    if notes:
        yield Group(*(Text.assemble((tr("note  "), "yellow"), printable(note)) for note in notes))


def few_races(races: int) -> list[str]:
    """How coarse odds of few races are: the 95 % range of a chance of one half, by the binomial."""
    if races >= FEW_RACES:
        return []
    points = 100 * 1.96 * 0.5 / math.sqrt(races)
    told = tr(
        "{races} played: a chance is good to within {points} points at best",
        races=plural(races, "race"),
        points=f"{min(points, 50):.0f}",
    )
    return [told]


def _title(forecast: Forecast) -> RenderableType:
    race = forecast.race
    lines = [Text.assemble((printable(race.name), "bold"), "  ", (race_line(forecast), "dim"))]
    lines += [Text.assemble((tr("what if  "), "yellow"), printable(change)) for change in forecast.changes]
    lines.append(Text(message(forecast)))
    return Group(*lines)


def class_table(forecast: Forecast, figures: ClassForecast, width: int, before: Forecast | None = None) -> Table:
    """The cars of one class by their chance of winning it."""
    cars = forecast.in_class(figures.name)
    wide = width >= WIDE
    roomy = width >= ROOMY and before is None
    facts = " · ".join(t for t in (plural(len(cars), "car"), distance(figures)) if t)
    table = Table(
        title=Text.assemble((printable(figures.name), "bold cyan"), ("  " + facts, "dim")),
        title_justify="left",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=0,
        header_style="dim",
        width=min(width, WIDEST),
    )
    known = any(car.actual for car in forecast.cars)
    numbers = max(len(printable(car.car)) for car in forecast.cars)
    _add_columns(table, wide, roomy, before is not None, known, max(3, min(numbers, 6)))
    for car in cars:
        table.add_row(*_row(forecast, car, wide, roomy, before, known))
    return table


def _add_columns(table: Table, wide: bool, roomy: bool, compared: bool, known: bool, car_width: int) -> None:
    """Figures keep their width, so that the tables of all classes stand under one another; names give way."""

    def figure(name: str, width: int, style: str = "", justify: JustifyMethod = "right") -> None:
        table.add_column(tr(f"{name} ").strip(), justify=justify, no_wrap=True, width=width, style=style)

    figure("car", car_width, "bold", "left")
    if wide:
        table.add_column(tr("team"), no_wrap=True, overflow="ellipsis", ratio=3)
        table.add_column(tr("drivers"), no_wrap=True, overflow="ellipsis", style="dim", ratio=4)
    else:
        table.add_column(tr("team, drivers"), no_wrap=True, overflow="ellipsis", ratio=1)
    figure("grid", 4)
    figure("win %", 5)
    if wide:
        figure("", BAR, "cyan", "left")
    if roomy:
        figure("played", 6, "dim")
    if compared:
        figure("was", 5, "yellow")
    for name, width in (("podium", 6), ("place", 5), ("laps", 4), ("out %", 5)):
        figure(name, width)
    if known:
        figure("actual", 8)


def _row(
    forecast: Forecast, car: CarForecast, wide: bool, roomy: bool, before: Forecast | None, known: bool
) -> list[RenderableType]:
    n = forecast.simulated
    team = Text(printable(car.team))
    faint = "dim" if car.win < 0.005 else ""
    cells: list[RenderableType] = [Text(printable(car.car))]
    cells += [team, Text(crew(car))] if wide else [Group(team, Text(crew(car), style="dim"))]
    cells += [str(car.grid or ""), Text(percent(car.win, n, unit=False), style=faint or "bold")]
    cells += [Text(bar(car.win))] if wide else []
    cells += [Text(percent(car.played.win, n, unit=False))] if roomy else []
    if before is not None:
        old = next((c for c in before.cars if c.car == car.car), None)
        cells.append(Text(percent(old.win, before.simulated, unit=False) if old else tr("new")))
    cells += [
        Text(percent(car.podium, n, unit=False), style=faint),
        decimals(f"{car.expected_position:.1f}"),
        f"{car.expected_laps:.0f}",
        Text(percent(car.retire, n, unit=False), style="dim"),
    ]
    if known:
        cells.append(_actual(car))
    return cells


def bar(share: float) -> str:
    """A bar of eighths of a character, `BAR` characters for certainty."""
    eighths = round(share * BAR * 8)
    if share > 0 and eighths == 0:
        eighths = 1
    full, part = divmod(eighths, 8)
    return "█" * full + (_EIGHTHS[part] if part else "")


def _actual(car: CarForecast) -> Text:
    """Place in class and laps as they were."""
    actual = car.actual
    if actual is None:
        return Text("")
    place = f"P{actual.position_in_class}" if actual.position_in_class is not None else "–"
    laps = f"{actual.laps:>4}" if actual.laps is not None else "    "
    style = "bold green" if actual.position_in_class == 1 else ""
    if not style and (is_out(actual.status) or actual.position_in_class is None):
        style = "red dim"
    return Text(f"{place:>3} {laps}", style=style)


def _overall(forecast: Forecast) -> Text:
    best = [car for car in forecast.overall() if car.overall_win > 0][:5]
    odds = ", ".join(f"#{car.car} {percent(car.overall_win, forecast.simulated)}" for car in best)
    text = Text.assemble((tr("Overall win: "), "bold"), odds)
    if forecast.neutralisations is not None and forecast.neutral_s is not None:
        number, minutes = decimals(f"{forecast.neutralisations:.1f}"), f"{forecast.neutral_s / 60:.0f}"
        told = tr("; {number} neutralisations, {minutes} min in a race", number=number, minutes=minutes)
        text.append(told, "dim")
    return text
