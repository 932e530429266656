"""The registry with the races of the store beside it, and in words what both cover."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural
from langstrecke.paddock.coverage import coverage
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading

if TYPE_CHECKING:
    from langstrecke.paddock.stored import Raced
    from langstrecke.store import Store

MOST_NAMED = 6
"""Races of the store that are named one by one (default)."""


def raced(settings: Settings) -> tuple[Registry, tuple[str, ...]]:
    """The registry, with the races of the store where one is there, and a sentence on what each holds.

    A store that cannot be read is told of, and the registry stands alone.
    """
    if not settings.store.exists():
        return _alone()
    return _with_store(settings, settings.store.stat().st_mtime_ns)


def _alone(*more: str) -> tuple[Registry, tuple[str, ...]]:
    registry = load_registry()
    return registry, (f"the registry holds results of {coverage(registry)}", *more)


@lru_cache(maxsize=2)
def _with_store(settings: Settings, written: int) -> tuple[Registry, tuple[str, ...]]:
    """Read once for as long as the store stays as it is."""
    from langstrecke.paddock.stored import with_races

    registry = load_registry()
    try:
        with reading(settings) as store:
            races = _races(registry, store)
    except LangstreckeError as error:
        return _alone(f"races of the store do not count: {error.message()}")
    both, added = with_races(registry, races)
    if not added:
        return _alone("the store adds no race to it")
    named = ", ".join(added[:MOST_NAMED]) + (" ..." if len(added) > MOST_NAMED else "")
    _, told = _alone()
    count = "counts" if len(added) == 1 else "count"
    return both, (*told, f"{plural(len(added), 'race')} of the store {count} too: {named}")


def _races(registry: Registry, store: Store) -> list[Raced]:
    """Races of the store that the registry has no entries of."""
    from langstrecke.paddock.stored import Raced, RacedCar, held
    from langstrecke.store.importing.events import circuit_name

    found = []
    for row in store.races().iter_rows(named=True):
        day, circuit = row["date"], row["circuit"] or ""
        if day is None:  # without a day nobody can say which race it is
            continue
        event = held(registry, row["race_id"], row["series"], circuit, day)
        if event is not None and registry.entries(event.id):
            continue
        try:
            results = {r["car"]: r for r in store.results(row["race_id"]).iter_rows(named=True)}
        except LangstreckeError:  # no race session: only entered so far
            results = {}
        cars = []
        for entry in store.entries(row["race_id"]).iter_rows(named=True):
            result = results.get(entry["car"], {})
            cars.append(
                RacedCar(
                    car=entry["car"],
                    car_class=entry["car_class"] or "",
                    team=entry["team"] or "",
                    vehicle=entry["vehicle"] or "",
                    make=entry["manufacturer"] or "",
                    drivers=tuple(entry["drivers"] or ()),
                    position=result.get("position"),
                    class_position=result.get("position_in_class"),
                    laps=result.get("laps"),
                    status=result.get("status"),
                )
            )
        found.append(
            Raced(
                id=row["race_id"],
                series=row["series"],
                season=str(row["season"]),
                name=row["event"] or "",
                circuit=circuit,
                circuit_name=circuit_name(circuit) if circuit else row["event"] or "",
                day=day,
                duration_s=row["duration_s"] or 0.0,
                cars=tuple(cars),
            )
        )
    return found
