"""Names a card gives to a race, and the rule book it is run by."""

from __future__ import annotations

from langstrecke.errors import NotFoundError
from langstrecke.racecard.ground import NO_BOOK
from langstrecke.ratings.archive import RaceMeta
from langstrecke.rulebooks import load_rulebook, seasons_of
from langstrecke.rulebooks.load import OWN_RACES, SERIES_ALIASES
from langstrecke.store.importing.events import circuit_name

_PLACES = {
    "daytona": "Daytona",
    "sebring": "Sebring",
    "watkins-glen": "The Glen",
    "le-mans": "Le Mans",
    "road-atlanta": "Road Atlanta",
    "spa": "Spa",
}


def race_name(race: RaceMeta) -> str:
    """What people call the race: "12 Hours of Sebring 2021"; shorter ones are named by circuit and minutes."""
    hours = race.duration_s / 3600
    if hours >= 6 and hours == round(hours):
        place = _PLACES.get(race.circuit, circuit_name(race.circuit))
        return f"{hours:.0f} Hours of {place} {race.season}"
    extra = race.race_id.removeprefix(f"{race.series}-{race.season}-{race.circuit}").strip("-").replace("-", " ")
    name = f"{circuit_name(race.circuit)} {race.season}"
    return f"{name}, {extra if extra and not extra.isdigit() else f'{race.duration_s / 60:.0f} minutes'}"


FOLLOWS = {"asian-le-mans": "elms", "alms": "elms", "mlmc": "elms", "le-mans-cup": "elms"}
"""Series without a book of their own -> the series of the same organiser whose regulations theirs follow."""


def rulebook_of(series: str, season: int, circuit: str = "") -> str:
    """Id of the rule book a race is played by: that of its series and season, at Le Mans and Spa the race's own.

    Where none is held the nearest season's stands in, or the book of a kindred series (`ground.grounds` names it);
    "none" for a series that has none at all.
    """
    series = SERIES_ALIASES.get(series, series)
    series = OWN_RACES.get((series, circuit), series)
    try:
        return load_rulebook(f"{series}-{season}").id
    except NotFoundError:
        series = FOLLOWS.get(series, series)
    held = seasons_of(series)
    return f"{series}-{min(held, key=lambda s: (abs(int(s[:4]) - season), s))}" if held else NO_BOOK
