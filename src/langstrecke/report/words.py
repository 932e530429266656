"""Figures and names as words: the same in the terminal and on the page."""

from __future__ import annotations

from langstrecke.forecast import CarForecast, ClassForecast, Forecast, PlayedRace
from langstrecke.formatting import printable, surname

KNOWLEDGE = {
    "before": "before the race: earlier sessions of the weekend and earlier races only",
    "full": "with the race itself, for what-ifs on a past race; no prediction",
    "hand": "a card made by hand",
}

EVIDENCE = {"laps": "rated from laps", "prior": "licence and series only", "hand": "set by hand"}


def percent(p: float, races: int) -> str:
    """A probability in per cent; a dash for what no simulated race has shown."""
    if p <= 0.0:
        return "–"
    if p < 0.0005:
        return "<0.1"
    if p > 0.9995 and p < 1.0:
        return ">99.9"
    return f"{100 * p:.1f}" if races >= 1000 else f"{100 * p:.0f}"


def crew(car: CarForecast) -> str:
    """The surnames of a car's drivers."""
    return ", ".join(surname(d.name) for d in car.drivers)


def hours(seconds: float) -> str:
    """`12 h`, `2 h 40 min`."""
    whole, minutes = divmod(round(seconds / 60), 60)
    parts = [f"{whole} h"] if whole else []
    parts += [f"{minutes} min"] if minutes or not whole else []
    return " ".join(parts)


def race_line(race: PlayedRace) -> str:
    """Where, when and how long."""
    day = f"{race.date.day} {race.date:%B %Y}"
    return f"{printable(race.circuit)}, {day}, {hours(race.duration_s)}"


def cars_word(number: int) -> str:
    """`1 car`, `7 cars`."""
    return "1 car" if number == 1 else f"{number} cars"


def distance(figures: ClassForecast) -> str:
    """The distance of a class winner and its spread, and the real one."""
    if figures.winner_laps is None:
        return ""
    low, high = figures.winner_laps_low or 0.0, figures.winner_laps_high or 0.0
    text = f"winner {figures.winner_laps:.0f} laps"
    if round(low) != round(high):
        text += f" ({low:.0f}–{high:.0f})"
    return text + (f", really {figures.actual_laps}" if figures.actual_laps is not None else "")


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if place % 100 in (11, 12, 13):
        return f"{place}th"
    return f"{place}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th') }"


def verdicts(forecast: Forecast) -> list[tuple[str, str]]:
    """For every class with a known winner: the class, and how the forecast saw it."""
    told = []
    for figures in forecast.classes:
        if figures.actual_winner is None:
            continue
        ranked = forecast.in_class(figures.name)
        place = next(n for n, car in enumerate(ranked, start=1) if car.car == figures.actual_winner)
        winner = ranked[place - 1]
        rank = "the favourite" if place == 1 else f"{ordinal(place)} favourite of {len(ranked)}"
        odds = percent(winner.win, forecast.simulated)
        told.append((figures.name, f"#{winner.car} {printable(winner.team)} won; {odds} % here, {rank}"))
    return told


METHOD = (
    "Every race is played event by event: each car laps at the pace of its class, car and driver with fuel, tyres, "
    "traffic and luck, stops by the rule book, and meets the neutralisations, rain and failures that this kind of "
    "race has had.",
    "What is not known about cars, drivers and rates is drawn anew for each race within its uncertainty, so the odds "
    "hold what the ratings do not know.",
    "A probability is the share of the simulated races in which it happened; its Monte-Carlo error stands beside it "
    "and says nothing about errors of the model.",
)
