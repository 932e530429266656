"""Names a card gives to a race, and the rule book it is run by."""

from __future__ import annotations

from langstrecke.ratings.archive import RaceMeta
from langstrecke.rulebooks import known_series
from langstrecke.store.importing.events import circuit_name

NO_BOOK = "none"
"""The rule book of a series without one: it binds nothing."""
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


def rulebook_of(series: str, season: int) -> str:
    """The rule book's id: one per series and season; "none" for a series that has none at all."""
    return f"{series}-{season}" if series in known_series() else NO_BOOK
