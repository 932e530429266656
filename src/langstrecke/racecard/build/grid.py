"""The starting grid as it was known before the start: from qualifying, class by class.

IMSA lines the field up by groups of classes (prototypes ahead of GT cars) and, within them, by qualifying; the grid
of the 24 Hours of Daytona is set by its qualifying race. Where no qualifying is stored (Le Mans dossiers, WEC
2015-16) the order at the end of the first lap stands in, which only a card with knowledge `full` may use.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.ratings.archive import RaceMeta
from langstrecke.ratings.sessions import CarFact, SessionSummary
from langstrecke.store import Store
from langstrecke.timing.car_classes import group_of

TIER = {"top": 0, "lmp1": 0, "lmp2": 1, "lmp3": 2, "gt-pro": 3, "gt-am": 3}
"""Classes in order on the grid; GT classes that qualify together start together."""


def starting_grid(
    store: Store,
    race: RaceMeta,
    sessions: tuple[SessionSummary, ...],
    entries: tuple[CarFact, ...],
    knowledge: str,
) -> dict[str, int]:
    """Car -> place on the grid, overall, for the cars whose place is known."""
    classes = {e.car: e.car_class for e in entries}
    places = _from_qualifying(store, race, sessions, classes)
    if not places and knowledge == "full":
        places = _from_first_lap(store, race, classes)
        return {car: i + 1 for i, car in enumerate(places)}
    return {car: i + 1 for i, car in enumerate(places)}


def _from_qualifying(
    store: Store, race: RaceMeta, sessions: tuple[SessionSummary, ...], classes: dict[str, str]
) -> list[str]:
    """Cars in grid order from the qualifying sessions, or the qualifying race, of the event."""
    orders: dict[str, list[tuple[float, str]]] = {}
    quali_race = [
        s
        for s in sessions
        if s.info.kind == "race"
        and s.info.race_id != race.race_id
        and s.info.race_id.endswith("qualifying-race")
        and not race.race_id.endswith("qualifying-race")
    ]
    own = [s for s in sessions if s.info.kind == "qualifying" and _of_race(s, race, sessions)]
    for car_class in sorted(set(classes.values())):
        source = quali_race or _best_session(own, car_class)
        for s in source[-1:]:
            orders[car_class] = _order(store, s.info.id, car_class, classes, finish=bool(quali_race))
    ranked = sorted((TIER[group_of(c)], key, car) for c, order in orders.items() for key, car in order)
    return [car for _, _, car in ranked]


def _of_race(s: SessionSummary, race: RaceMeta, sessions: tuple[SessionSummary, ...]) -> bool:
    """Qualifying of this race and not of another one of the same event (two races at Watkins Glen)."""
    if s.info.race_id == race.race_id:
        return True
    own = any(x.info.kind == "qualifying" and x.info.race_id == race.race_id for x in sessions)
    return not own and not any(x.info.kind == "race" and x.info.start > s.info.start for x in sessions)


def _best_session(sessions: Iterable[SessionSummary], car_class: str) -> list[SessionSummary]:
    """The session that sets a class's grid: where one is for position and one for points, the former."""
    mine = [s for s in sessions if any(c.car_class == car_class for c in s.cars)]
    position = [s for s in mine if "position" in s.info.id.split("/")[-1]]
    return position or mine


def _order(
    store: Store, session_id: str, car_class: str, classes: dict[str, str], *, finish: bool
) -> list[tuple[float, str]]:
    """(sort key, car) of one class in one session: finishing place, or best lap; cars without one behind."""
    try:
        table = store.results(session_id)
    except LangstreckeError:
        return []
    found = []
    for row in table.sort("car").iter_rows(named=True):
        if classes.get(row["car"]) != car_class:
            continue
        key = row["position"] if finish else row["fastest_lap_s"]
        if not finish and key is None and row["position"] is not None:
            key = 10_000.0 + row["position"]
        found.append((float(key) if key is not None else 20_000.0, row["car"]))
    return sorted(found)


def _from_first_lap(store: Store, race: RaceMeta, classes: dict[str, str]) -> list[str]:
    """Order across the line at the end of lap one (knowledge `full` only)."""
    laps = store.laps(race.race_id)
    first = laps.filter((pl.col("lap") == 1) & pl.col("car").is_in(list(classes)))
    return list(first.sort("elapsed_s", "car")["car"])
