"""Odds as an assistant is told them: the favourite first, then the field, then what is not known."""

from __future__ import annotations

from itertools import groupby

from langstrecke.formatting import percent, plural, printable, surname
from langstrecke.mcp.telling import card_source, cut, share, told
from langstrecke.services.answers.odds import CarOdds, ForecastAnswer, SeasonAnswer, TitleTable
from langstrecke.services.requests.odds import ForecastAsk, SeasonAsk, UnderWayAsk
from langstrecke.services.settings import Settings

CARS = 5
"""Cars of a class that are told."""
CONTENDERS = 5
"""Contenders of a title that are told."""


def forecast(settings: Settings, ask: ForecastAsk, found: ForecastAnswer) -> str:
    """Odds before a race."""
    return _odds(found, "before the start", card_source(settings, ask.card))


def under_way(settings: Settings, ask: UnderWayAsk, found: ForecastAnswer) -> str:
    """Odds of a race under way."""
    when = f"at {ask.at} of race time" if ask.at is not None else f"after {percent(ask.cutoff or 0.0)} of the race"
    return _odds(found, when, f"timing of {ask.race} in the store until then, and its card")


def _odds(found: ForecastAnswer, when: str, source: str) -> str:
    lines = [f"{found.race}, {when}: chances from {plural(found.simulated, 'simulated race')}, seed {found.seed}."]
    lines += [f"Changed: {change}" for change in found.changes]
    best = max(found.entries, key=lambda car: car.overall_win)
    lines.append(f"Overall favourite: {_name(best)}, {share(best.overall_win, found.simulated)} to win the race.")
    for name, cars in groupby(found.entries, key=lambda car: car.car_class):
        field = sorted(cars, key=lambda car: -car.win)
        lines += [f"{name}, {plural(len(field), 'car')}:"]
        lines += cut([f"  {_line(car, found.simulated)}" for car in field], CARS, "car")
    lines.append("The ± is the 95 % interval of the simulation; it says nothing about errors of the model.")
    return told(lines, found.notes, source)


def _name(car: CarOdds) -> str:
    return f"#{car.car} {printable(car.team)}"


def _line(car: CarOdds, races: int) -> str:
    crew = ", ".join(surname(name) for name in car.drivers)
    return (
        f"{_name(car)} ({crew}): class win {share(car.win, races)}, podium {percent(car.podium)}, "
        f"expected place {car.expected_position:.1f}, retires {percent(car.retire)}"
    )


def season(settings: Settings, ask: SeasonAsk, found: SeasonAnswer) -> str:
    """Title odds: the drivers' title of each class, and its other titles in a line."""
    rounds = plural(len(found.rounds), "round")
    how = f"{plural(found.simulated, 'season')} played, seed {found.seed}" if found.simulated else "points only"
    lines = [f"{found.season} after round {found.after} of {rounds}: {how}."]
    lines += [f"Changed: {found.what_if}"] if found.what_if else []
    for name, tables in groupby(found.titles, key=lambda table: table.car_class):
        first, *others = sorted(tables, key=lambda table: table.title != "drivers")
        lines.append(f"{name}, {first.title}:")
        lines += [f"  {line}" for line in cut(_contenders(first, found.simulated), CONTENDERS, "contender")]
        best = [f"{t.title} {printable(t.rows[0].name)} {percent(t.rows[0].title)}" for t in others if t.rows]
        if best and found.simulated:
            lines.append(f"  favourites of the other titles: {'; '.join(best)}")
    return told(lines, [*found.notes, *found.gaps], f"season {found.season}; {found.covers}")


def _contenders(table: TitleTable, seasons: int) -> list[str]:
    if not seasons:
        return [f"{printable(row.name)}: {row.points:g} points" for row in table.rows]
    lines = []
    for row in table.rows:
        line = f"{printable(row.name)}: title {share(row.title, seasons)}, {row.points:g} points now, "
        line += f"{row.expected:.0f} expected (80 % interval {row.low:.0f} to {row.high:.0f})"
        if row.before is not None and row.change_low is not None and row.change_high is not None:
            line += f"; without the change {percent(row.before)}, difference {100 * row.change_low:+.1f} to "
            line += f"{100 * row.change_high:+.1f} points (95 % interval)"
        lines.append(line)
    return lines
