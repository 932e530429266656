"""Build a race card from the store: entry facts, grid and result from its tables, figures from the ratings.

card = build_card("imsa-2021-sebring", store)                    # what was known before the start
card = build_card("le-mans-2019", store, knowledge="full")       # the race itself too, for what-ifs
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import polars as pl

from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.paddock.registry import load_registry
from langstrecke.paddock.sun import dark_hours
from langstrecke.racecard.build.crews import crews_told, whole_crews
from langstrecke.racecard.build.display_names import race_name, rulebook_of
from langstrecke.racecard.build.grid import starting_grid
from langstrecke.racecard.ground import DAY_TAKEN
from langstrecke.racecard.schema import (
    ActualResult,
    CircuitInfo,
    ClassFigures,
    Entry,
    Neutralisation,
    RaceCard,
    RaceInfo,
    Weather,
)
from langstrecke.ratings.archive import Archive, RaceMeta, open_archive, race_metas
from langstrecke.ratings.pace.race import PaceHistory
from langstrecke.ratings.race_priors import RacePriors
from langstrecke.ratings.rate import CarRating, RaceRating, rate_race
from langstrecke.ratings.sessions import CarFact
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder
from langstrecke.store.importing.events import circuit_name
from langstrecke.timing.people import person

Knowledge = Literal["before", "full"]

LICENCES = ("platinum", "gold", "silver", "bronze")

DNS = ("dns", "did not start", "not started", "withdrawn")


def build_card(
    race_id: str,
    source: Store | str | Path,
    knowledge: Knowledge = "before",
    *,
    archive: Archive | None = None,
    history: PaceHistory | None = None,
    priors: RacePriors | None = None,
    licences: dict[str, str] | None = None,
    laps: Mapping[str, float] | None = None,
) -> RaceCard:
    """The card of a race in the store (or in a folder of timing files).

    `before` knows the weekend's earlier sessions and earlier races; of the race's own files it uses who is
    entered, and its result only to show it. `archive` (the store's sessions boiled down) may be shared between calls.
    `licences` (driver key -> licence) fills in where the results name none. `laps` (class -> lap seconds) stands for
    what no session told; NotFoundError where nothing tells how fast a class is.
    """
    if not isinstance(source, Store):
        return _from_folder(race_id, source, knowledge, licences, laps)
    facts = source.race(race_id)
    if archive is None:
        archive = archive_for(source, race_id, knowledge, licences=licences)
    meta = archive.races[race_id]
    entries = entered(source, meta, licences or archive.licences)
    if not entries:
        raise CardError(f"the store knows no entries of {race_id}", hint="import its results or laps")
    _of_the_race(laps or {}, entries)
    rating = rate_race(archive, race_id, entries, knowledge=knowledge, history=history, priors=priors, laps=laps)
    grid = starting_grid(source, meta, rating.belief.sessions, entries, knowledge)
    result = actual_result(source, race_id, entries)
    crews = crews_told(entry_facts(source, race_id, licences or archive.licences), entries)
    unsure = (*guesses(facts, meta), *crews, *levels_told(rating, laps or {}))
    return _card(meta, with_names(entries, race_id), rating, grid, knowledge, result, unsure)


def _of_the_race(laps: Mapping[str, float], entries: tuple[CarFact, ...]) -> None:
    """Lap times that are given must be of classes that are entered."""
    classes = sorted({e.car_class for e in entries})
    for name in laps:
        if name not in classes:
            raise NotFoundError.nearest("class", name, classes, hint=f"entered are {', '.join(classes)}")


def guesses(facts: Mapping[str, Any], meta: RaceMeta) -> tuple[str, ...]:
    """What the store does not know of a race and a card needs, and what is taken for it. `facts` is its row."""
    told = []
    if facts["date"] is None:
        told.append(f"{DAY_TAKEN}: {meta.date} is taken")
    if facts["start_time"] is None:
        told.append(f"when the race starts is not known: {meta.start:%H:%M} is taken")
    if not facts["duration_known"]:
        told.append(f"the scheduled length is not told: {meta.duration_s / 3600:g} h are read off the laps")
    return tuple(told)


def archive_for(
    store: Store,
    race_id: str,
    knowledge: str,
    *,
    licences: dict[str, str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Archive:
    """The sessions a card of this race may know, boiled down: later ones are not even read."""
    store.race(race_id)
    start = race_metas(store)[race_id].start
    until = start + dt.timedelta(seconds=1) if knowledge == "full" else start
    return open_archive(store, until=until, licences=licences, progress=progress)


def _from_folder(
    race_id: str,
    source: str | Path,
    knowledge: Knowledge,
    licences: dict[str, str] | None,
    laps: Mapping[str, float] | None,
) -> RaceCard:
    path = Path(source)
    if path.is_file():
        with open_store(path, read_only=True) as store:
            return build_card(race_id, store, knowledge, licences=licences, laps=laps)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.duckdb") as store:
        import_folder(store, path)
        return build_card(race_id, store, knowledge, licences=licences, laps=laps)


def entered(store: Store, race: RaceMeta, licences: dict[str, str]) -> tuple[CarFact, ...]:
    """Who drives what, crews whole and with every licence known: what a race is rated from, before it and during it.

    `licences` (driver key -> licence) count where the results name none, then the registry's FIA lists of the season.
    """
    named = entry_facts(store, race.race_id, licences)
    book = rulebook_of(race.series, race.season, race.circuit)
    return with_licences(whole_crews(store, race, book, named, licences), race.season)


def entry_facts(store: Store, race_id: str, licences: dict[str, str]) -> tuple[CarFact, ...]:
    """Who drives what, by car number; cars that are known not to have started are left out."""
    absent: set[str] = set()
    try:
        results = store.results(race_id)
        absent = {r["car"] for r in results.iter_rows(named=True) if (r["status"] or "").casefold() in DNS}
    except LangstreckeError:  # no race session yet: everybody entered is in
        pass
    found = []
    for row in store.entries(race_id).sort("car").iter_rows(named=True):
        if row["car"] in absent or not row["drivers"]:
            continue
        drivers = tuple({person(d): d for d in reversed(row["drivers"])}.values())[::-1]
        named = dict(
            zip((person(d) for d in row["drivers"]), row["licences"] or [None] * len(row["drivers"]), strict=False)
        )
        found.append(
            CarFact(
                car=row["car"],
                car_class=row["car_class"] or "",
                team=row["team"] or "",
                vehicle=row["vehicle"] or "",
                make=row["manufacturer"] or "",
                drivers=drivers,
                licences=tuple(named.get(person(d)) or licences.get(person(d)) for d in drivers),
            )
        )
    return tuple(found)


def with_names(entries: tuple[CarFact, ...], race_id: str) -> tuple[CarFact, ...]:
    """Team, vehicle and make as the registry has them for cars whose vehicle the file does not tell whole.

    A line of a printed dossier can be cut in the wrong place: the vehicle's beginning stands as the team then. The
    ratings go by the files all the same.
    """
    registry = load_registry()
    if race_id not in registry.events or all(e.make for e in entries):
        return entries
    entered = {e.car: e for e in registry.entries(race_id)}

    def named(fact: CarFact) -> CarFact:
        entry = entered.get(fact.car)
        vehicle = registry.vehicles.get(entry.vehicle) if entry is not None else None
        if fact.make or entry is None or vehicle is None:
            return fact
        make = registry.makes[vehicle.make].name if vehicle.make in registry.makes else ""
        return replace(fact, team=registry.teams[entry.team].name, vehicle=vehicle.name, make=make)

    return tuple(named(e) for e in entries)


def with_licences(entries: tuple[CarFact, ...], season: int) -> tuple[CarFact, ...]:
    """Licences the results do not name, from the registry's FIA lists of the season."""
    if all(licence for e in entries for licence in e.licences):
        return entries
    return tuple(
        replace(
            e,
            licences=tuple(
                licence or registered_licence(driver, season)
                for driver, licence in zip(e.drivers, e.licences, strict=True)
            ),
        )
        for e in entries
    )


def registered_licence(driver: str, season: int) -> str | None:
    """A driver's licence in a season as the registry has it; None where it knows no such driver or licence."""
    try:
        licence = load_registry().driver(driver).licence(season)
    except NotFoundError:
        return None
    return licence if licence in LICENCES else None


def actual_result(store: Store, race_id: str, entries: tuple[CarFact, ...]) -> tuple[ActualResult, ...]:
    """The published result, or the order of the laps where none is stored; by car number."""
    known = {e.car: e for e in entries}
    try:
        results = store.results(race_id)
        laps = store.laps(race_id) if results.is_empty() else pl.DataFrame()
    except LangstreckeError:
        return ()
    rows: list[dict[str, Any]] = []
    if not results.is_empty():
        rows = [r for r in results.sort("car").iter_rows(named=True) if r["car"] in known]
    elif not laps.is_empty():
        rows = _from_laps(laps, known)
    return tuple(
        ActualResult(
            car=r["car"],
            position=r["position"],
            position_in_class=r["position_in_class"],
            laps=r["laps"],
            status=r["status"] or "",
        )
        for r in sorted(rows, key=lambda r: r["car"])
    )


def _from_laps(laps: pl.DataFrame, known: dict[str, CarFact]) -> list[dict[str, Any]]:
    """Order by distance, then time: files without a result. Penalties given after the race are not in it."""
    last = laps.group_by("car").agg(pl.col("lap").max().alias("laps"), pl.col("elapsed_s").max())
    last = last.filter(pl.col("car").is_in(list(known)))
    ordered = last.sort(["laps", "elapsed_s", "car"], descending=[True, False, False])
    seen: dict[str, int] = {}
    rows = []
    for i, r in enumerate(ordered.iter_rows(named=True)):
        car_class = known[r["car"]].car_class
        seen[car_class] = seen.get(car_class, 0) + 1
        rows.append(
            {
                "car": r["car"],
                "position": i + 1,
                "position_in_class": seen[car_class],
                "laps": r["laps"],
                "status": "from laps",
            }
        )
    return rows


def _card(
    meta: RaceMeta,
    entries: tuple[CarFact, ...],
    rating: RaceRating,
    grid: dict[str, int],
    knowledge: Knowledge,
    result: tuple[ActualResult, ...],
    unsure: tuple[str, ...],
) -> RaceCard:
    note = (
        f"Built from timing data, knowledge {knowledge}. "
        + (
            "Ratings know the weekend's earlier sessions and earlier races only. "
            if knowledge == "before"
            else "Ratings know the race itself. "
        )
        + "Variance components and priors chosen on "
        + ", ".join(rating.priors_seasons)
        + "."
    )
    dark = dark_hours(meta.circuit, meta.date)
    lengths = [s.laps.length_km for s in rating.belief.sessions if s.laps.length_km]
    order = sorted(rating.classes, key=lambda c: rating.classes[c].figures["lap_s"])
    place = {c: i for i, c in enumerate(order)}
    by_grid = sorted(
        entries, key=lambda e: (place[e.car_class], grid.get(e.car, 10**6), rating.cars[e.car].pace_s, e.car)
    )
    return RaceCard(
        race=RaceInfo(
            id=meta.race_id,
            name=race_name(meta),
            series=meta.series,
            season=meta.season,
            date=meta.date,
            start_time=meta.start.time().replace(second=0, microsecond=0),
            rulebook=rulebook_of(meta.series, meta.season, meta.circuit),
            duration_s=meta.duration_s,
            knowledge=knowledge,
            note=note,
            unsure=unsure,
        ),
        circuit=CircuitInfo(
            id=meta.circuit,
            name=circuit_name(meta.circuit),
            length_km=lengths[-1] if lengths else None,
            overtaking_s=rating.overtaking_s,
            lap_sd=rating.belief.shared_sd,
            dusk=dark[0] if dark else None,
            dawn=dark[1] if dark else None,
        ),
        neutralisation=Neutralisation.model_validate(rating.neutralisation),
        weather=Weather.model_validate(rating.weather),
        classes={c: ClassFigures.model_validate(rating.classes[c].figures) for c in order},
        entries=tuple(_entry(e, rating.cars[e.car], grid.get(e.car)) for e in by_grid),
        result=result,
    )


def levels_told(rating: RaceRating, given: Mapping[str, float]) -> tuple[str, ...]:
    """What the card says of lap times, tanks and a pit lane that nobody timed: inferred, or given by a person."""
    inferred = rating.belief.inferred
    found = []
    if inferred:
        told = ", ".join(
            f"{c} {rating.classes[c].figures['lap_s']:.1f} s (sd {100 * rating.lap_share_sd(c):.0f} %)"
            for c in inferred
        )
        found.append(f"not timed at this circuit before, lap times inferred from speed by class and circuit: {told}")
    if given:
        told_so = ", ".join(f"{name} {lap:g} s" for name, lap in given.items())
        found.append(f"lap times given, not timed: {told_so}")
    if rating.tanks_assumed:
        told = ", ".join(f"{c} {rating.classes[c].figures['stint_laps']:.0f} laps" for c in rating.tanks_assumed)
        found.append(f"no stint held that tells a tank; that of like classes elsewhere is taken: {told}")
    if rating.lane_assumed:
        lane_s = max(rating.classes[c].figures["lane_s"] for c in rating.classes)
        found.append(f"nobody timed this pit lane: {lane_s:.0f} s through it are taken")
    return tuple(found)


def _entry(fact: CarFact, rating: CarRating, grid: int | None) -> Entry:
    return Entry.model_validate(
        {
            "car": fact.car,
            "class": fact.car_class,
            "team": fact.team,
            "vehicle": fact.vehicle,
            "make": fact.make,
            "grid": grid,
            "pace_s": rating.pace_s,
            "pace_s_sd": rating.pace_s_sd,
            "stop_s": rating.stop_s,
            "stop_s_sd": rating.stop_s_sd,
            "reliability": rating.reliability,
            "drivers": [asdict(d) for d in rating.drivers],
        }
    )
