"""Races of the store."""

from __future__ import annotations

from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard.shipped import list_cards
from langstrecke.services.answers.data import EntryLine, LapLine, RaceLine, StoredRace
from langstrecke.services.requests.data import LapsAsk, RaceAsk, RacesAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading


def races(settings: Settings, ask: RacesAsk) -> list[RaceLine]:
    """The races of the store. StoreError where there is none."""
    with reading(settings) as store:
        found = store.races(ask.series, ask.season)
    return [RaceLine.model_validate(row) for row in found.iter_rows(named=True)]


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
