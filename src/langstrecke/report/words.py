"""Figures and names as words: the same in the terminal and on the page."""

from __future__ import annotations

from langstrecke.forecast import CarForecast, ClassForecast, Forecast
from langstrecke.formatting import duration, ordinal, percent, plural, printable, race_time, surname
from langstrecke.language import tr

KNOWLEDGE = {
    "before": "before the race: earlier sessions of the weekend and earlier races only",
    "full": "with the race itself, for what-ifs on a past race; no prediction",
    "hand": "a card made by hand",
}

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
EVIDENCE = {"laps": "rated from laps", "prior": "licence and series only", "hand": "set by hand"}


def crew(car: CarForecast) -> str:
    """The surnames of a car's drivers."""
    return ", ".join(surname(d.name) for d in car.drivers)


def race_line(forecast: Forecast) -> str:
    """Where, when, how long, and how much of it was run."""
    race = forecast.race
    month = MONTHS[race.date.month - 1]
    day = tr("{year}, day not known", year=race.season)
    if forecast.day_known:
        day = tr("{day} {month} {year}", day=race.date.day, month=tr(month), year=race.date.year)
    where = f"{printable(race.circuit)}, {day}, {duration(race.duration_s, minutes=True)}"
    return where if forecast.at_s is None else f"{where}; after {race_time(forecast.at_s)}"


def distance(figures: ClassForecast) -> str:
    """The distance of a class winner and its spread, and the real one."""
    if figures.winner_laps is None:
        return ""
    low, high = figures.winner_laps_low or 0.0, figures.winner_laps_high or 0.0
    text = tr("winner {laps}", laps=plural(round(figures.winner_laps), "lap"))
    if round(low) != round(high):
        text += f" ({low:.0f}–{high:.0f})"
    return text + (tr(", actual {laps}", laps=figures.actual_laps) if figures.actual_laps is not None else "")


def verdicts(forecast: Forecast) -> list[tuple[str, str]]:
    """For every class with a known winner: the class, and how the forecast saw it."""
    told = []
    for figures in forecast.classes:
        if figures.actual_winner is None:
            continue
        ranked = forecast.in_class(figures.name)
        place = next(n for n, car in enumerate(ranked, start=1) if car.car == figures.actual_winner)
        winner = ranked[place - 1]
        ranks = tr("{place} favourite of {number}", place=ordinal(place), number=len(ranked))
        rank = tr("the favourite") if place == 1 else ranks
        odds, team = percent(winner.win, forecast.simulated), printable(winner.team)
        sentence = tr("#{car} {team} won; {odds} here, {rank}", car=winner.car, team=team, odds=odds, rank=rank)
        told.append((figures.name, sentence))
    return told


def message(forecast: Forecast) -> str:
    """The page in a sentence or two: the favourite, how sure that is, and, after the race, how the forecast did."""
    best = forecast.overall()[0]
    sure = percent(best.overall_win, forecast.simulated)
    team = printable(best.team)
    text = tr("#{car} {team} is the favourite to win overall with {sure}", car=best.car, team=team, sure=sure)
    others = min(9, max(1, round(10 * (1 - best.overall_win))))
    often = tr("; somebody else wins about {n} races in ten.", n=others)
    text += tr(": more likely than not.") if best.overall_win > 0.5 else often
    known = [figures for figures in forecast.classes if figures.actual_winner is not None]
    if known:
        chance = [forecast.car(str(f.actual_winner)).win for f in known]
        text += tr(
            " In the race {right} of {number} won; the winners' chances were {low} to {high} here.",
            right=sum(forecast.in_class(f.name)[0].car == f.actual_winner for f in known),
            number=plural(len(known), "class favourite"),
            low=percent(min(chance), forecast.simulated),
            high=percent(max(chance), forecast.simulated),
        )
    return text


METHOD = (
    "Every race is played event by event: each car laps at the pace of its class, car and driver with fuel, tyres, "
    "traffic and luck, stops by the rule book, and meets the neutralisations, rain and failures that this kind of "
    "race has had.",
    "What is not known about cars, drivers and rates is drawn anew for each race within its uncertainty, so the odds "
    "hold what the ratings do not know.",
    "A probability is the share of the simulated races in which it happened; the ± beside it is the 95 % interval "
    "of the simulation and says nothing about errors of the model.",
)
