"""Races of the store."""

from __future__ import annotations

from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard.shipped import list_cards
from langstrecke.services.answers.data import (
    EntryLine,
    FiledFile,
    LapLine,
    RaceLine,
    Removed,
    SessionLine,
    StoredRace,
)
from langstrecke.services.requests.data import LapsAsk, RaceAsk, RacesAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading
from langstrecke.store import Store


def races(settings: Settings, ask: RacesAsk) -> list[RaceLine]:
    """The races of the store with the sessions of their events. StoreError where there is none."""
    with reading(settings) as store:
        series = _held_series(store, ask.series) if ask.series else None
        found = store.races(series, ask.season)
        sessions, files = store.sessions(), store.sources()
    of_race: dict[str, list[SessionLine]] = {}
    for row in sessions.filter(pl.col("race_id").is_not_null()).iter_rows(named=True):
        told = files.get(row["session_id"], {"sources": [], "superseded": []})
        line = {**row, "sources": told["sources"], "superseded_sources": told["superseded"]}
        of_race.setdefault(row["race_id"], []).append(
            SessionLine.model_validate({name: line[name] for name in SessionLine.model_fields})
        )
    return [
        RaceLine.model_validate({**row, "sessions": of_race.get(row["race_id"], [])})
        for row in found.iter_rows(named=True)
    ]


def _held_series(store: Store, name: str) -> str:
    """A series of the store by id or name. NotFoundError names the nearest; a known one of no race is itself."""
    from langstrecke.store.importing.series import series_named, table

    series, held = series_named(name), set(store.races()["series"].to_list())
    if series not in held and series not in {one.id for one in table()}:
        raise NotFoundError.nearest("series", name, sorted(held))
    return series


def why(settings: Settings, ask: RaceAsk) -> list[FiledFile]:
    """What decided where each file of a race's event was filed. NotFoundError names the nearest."""
    with reading(settings) as store:
        return [FiledFile.model_validate(row) for row in store.why(ask.race)]


def remove(settings: Settings, ask: RaceAsk) -> Removed:
    """Take a race with all sessions of its event out of the store. NotFoundError names the nearest."""
    from langstrecke.services.store import writing
    from langstrecke.store.importing.remove import remove_race

    with writing(settings) as store:
        return Removed(race=ask.race, files=remove_race(store, ask.race))


def race(settings: Settings, ask: RaceAsk) -> StoredRace:
    """One race of the store. NotFoundError names the nearest."""
    with reading(settings) as store:
        facts = store.race(ask.race)
        laps = _laps(store.laps, ask.race)
        entries = store.entries(ask.race)
    return StoredRace.model_validate(
        {
            **facts,
            "laps": laps.height,
            "cars": laps["car"].unique().sort().to_list(),
            "classes": laps["car_class"].drop_nulls().unique().sort().to_list(),
            "card": ask.race if ask.race in list_cards() else None,
            "entries": [
                EntryLine.model_validate(row) for row in entries.select(*EntryLine.model_fields).iter_rows(named=True)
            ],
        }
    )


def _laps(read: Any, race_id: str) -> pl.DataFrame:
    """Laps of a race; none for one that is only entered."""
    try:
        laps: pl.DataFrame = read(race_id)
    except NotFoundError:
        return pl.DataFrame(schema={"car": pl.String, "car_class": pl.String})
    return laps


def laps_of(settings: Settings, race_id: str) -> pl.DataFrame:
    """The canonical laps of a race of the store. LangstreckeError where it has none."""
    with reading(settings) as store:
        store.race(race_id)
        laps = _laps(store.laps, race_id)
    if laps.is_empty():
        raise LangstreckeError(f"the store holds no laps of {race_id}", hint="import its laps")
    return laps


def laps(settings: Settings, ask: LapsAsk) -> list[LapLine]:
    """The laps of a car, or of all."""
    found = laps_of(settings, ask.race)
    if ask.car is not None:
        cars = found["car"].unique().sort().to_list()
        if ask.car not in cars:
            raise NotFoundError.nearest("car", ask.car, cars)
        found = found.filter(pl.col("car") == ask.car)
    return [LapLine.model_validate(row) for row in found.select(*LapLine.model_fields).iter_rows(named=True)]
