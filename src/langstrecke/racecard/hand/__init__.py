"""Cards by hand: a race without timing data, from an entry list, known qualifying times and priors.

A sheet (TOML, `hand_sheets/`) holds the facts with their sources: who is entered, what is known of qualifying, how
long the circuit takes. Everything else is the priors': how far cars, makes and drivers of a licence lie apart, how
often cars break. What is estimated carries `WIDER` times the uncertainty that the priors give a race with data, and
is marked: drivers have the evidence `prior` (licence known), `hand` (licence guessed) and unknown ones say so in
their name; the card's note counts them.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from langstrecke.errors import CardError, NotFoundError
from langstrecke.formatting import plural
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.paddock.sun import dark_hours
from langstrecke.racecard.hand.figures import class_figures, neutralisation, weather
from langstrecke.racecard.hand.pace import WIDER, Seat, car_paces
from langstrecke.racecard.schema import ActualResult, CircuitInfo, Entry, RaceCard, RaceInfo

UNKNOWN = "Unknown"
"""First word of the name of a driver nobody knows."""


def list_sheets() -> tuple[str, ...]:
    """Names of the shipped sheets."""
    folder = files("langstrecke.racecard") / "hand_sheets"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


def read_sheet(source: str | Path) -> dict[str, Any]:
    """A shipped sheet by name, or one of your own by path."""
    if str(source) in list_sheets():
        return tomllib.loads((files("langstrecke.racecard") / "hand_sheets" / f"{source}.toml").read_text("utf-8"))
    path = Path(source)
    if not path.is_file():
        raise NotFoundError.nearest("sheet", str(source), list(list_sheets()))
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CardError(f"not TOML: {error}", file=str(path)) from None


def hand_cards(sheet: dict[str, Any]) -> Iterator[RaceCard]:
    """The card of every round of a sheet."""
    registry = load_registry()
    for rnd in sheet["rounds"]:
        yield _card(sheet, rnd, registry)


def hand_card(sheet: dict[str, Any], race_id: str) -> RaceCard:
    """The card of one round. NotFoundError names the nearest."""
    for rnd in sheet["rounds"]:
        if rnd["id"] == race_id:
            return _card(sheet, rnd, load_registry())
    raise NotFoundError.nearest("round", race_id, [r["id"] for r in sheet["rounds"]])


def _card(sheet: dict[str, Any], rnd: dict[str, Any], registry: Registry) -> RaceCard:
    season = sheet["season"]
    classes: dict[str, dict[str, Any]] = sheet["classes"]
    year = int(season["season"])
    entries = _entries(sheet, rnd)
    seats = [_seat(row, classes[row["class"]], registry, year) for row in entries]
    paces = car_paces(seats, rnd["lap_s"], season.get("wider", WIDER))
    built = _on_the_grid([_entry(row, seat, pace) for row, seat, pace in zip(entries, seats, paces, strict=True)])
    long_names = {row["car"] for row in entries}
    dusk, dawn = dark_hours(rnd["circuit"], rnd["date"]) or (None, None)
    return RaceCard(
        race=RaceInfo(
            id=rnd["id"],
            name=rnd["name"],
            series=rnd.get("series", season["series"]),
            season=year,
            date=rnd["date"],
            start_time=rnd.get("start_time", dt.time(13, 0)),
            rulebook=rnd.get("rulebook", season["rulebook"]),
            duration_s=rnd["duration_s"],
            max_laps=rnd.get("max_laps"),
            knowledge="hand",
            note=_note(sheet, rnd, entries, seats),
        ),
        circuit=CircuitInfo(
            id=rnd["circuit"],
            name=rnd["circuit_name"],
            length_km=rnd["length_km"],
            dusk=dusk,
            dawn=dawn,
            overtaking_s=rnd.get("overtaking_s", season["overtaking_s"]),
        ),
        neutralisation=neutralisation(season["neutralisation"] | rnd.get("neutralisation", {})),
        weather=weather(season.get("weather", {}) | rnd.get("weather", {}), rnd["circuit"], rnd["date"]),
        classes={
            name: class_figures(table, rnd)
            for name, table in classes.items()
            if any(e.car_class == name for e in built)
        },
        entries=tuple(built),
        result=tuple(ActualResult(**row) for row in rnd.get("result", ()) if row["car"] in long_names),
    )


def _entries(sheet: dict[str, Any], rnd: dict[str, Any]) -> list[dict[str, Any]]:
    """The season's entries with what differs in this round, and the unknown cars that fill the field."""
    rows = []
    changes: dict[str, dict[str, Any]] = {row["car"]: row for row in rnd.get("entries", ())}
    season = [] if rnd.get("own_entries") else sheet.get("entries", [])
    for row in season:
        change = changes.pop(row["car"], {})
        only = row.get("rounds")
        if change.get("absent") or row["car"] in rnd.get("absent", ()) or (only and rnd["id"] not in only):
            continue
        rows.append({k: v for k, v in row.items() if k not in ("best_s", "rounds")} | change)
    rows += list(changes.values())
    for fill in rnd.get("fill", sheet.get("fill", ())):
        known = sum(row["class"] == fill["class"] for row in rows)
        kinds = [v for v, count in fill["vehicles"].items() for _ in range(count)]
        for number in range(fill["cars"] - known):
            vehicle = kinds[number % len(kinds)]
            rows.append(
                {
                    "car": f"{fill.get('prefix', fill['class'][:2].upper())}{number + 1}",
                    "class": fill["class"],
                    "team": "Unknown entrant",
                    "vehicle": vehicle,
                    "make": vehicle.split()[0],
                    "drivers": [],
                    "unknown": True,
                }
            )
    return rows


def _seat(row: dict[str, Any], table: dict[str, Any], registry: Registry, year: int) -> Seat:
    """What is known of a car's pace: licences, make, qualifying."""
    typical: list[str] = table["licences"]
    crew = list(row.get("drivers", ()))
    given: dict[str, str] = row.get("licences", {})
    drivers: list[tuple[str, str, str]] = []
    for number in range(max(len(crew), len(typical))):
        guess = typical[min(number, len(typical) - 1)]
        if number >= len(crew):
            drivers.append((f"{UNKNOWN} {number + 1} of #{row['car']}", guess, "unknown"))
            continue
        known = given.get(crew[number]) or _licence(registry, crew[number], year)
        drivers.append((crew[number], known or guess, "prior" if known else "hand"))
    return Seat(
        car=row["car"],
        car_class=row["class"],
        make=row.get("make", ""),
        group=table["group"],
        drivers=tuple(drivers),
        best_s=row.get("best_s"),
        rank=row.get("rank"),
        rank_drivers=row.get("rank_drivers", 1),
        known=not row.get("unknown", False),
    )


def _licence(registry: Registry, name: str, year: int) -> str | None:
    try:
        return registry.driver(name).licence(year)
    except NotFoundError:
        return None


def _entry(row: dict[str, Any], seat: Seat, pace: tuple[float, float, list[tuple[float, float]]]) -> Entry:
    own, sd, drivers = pace
    crew = [
        {
            "name": name,
            "licence": licence,
            "pace_s": round(at, 3),
            "pace_s_sd": round(spread, 3),
            "evidence": "prior" if kind == "prior" else "hand",
        }
        for (name, licence, kind), (at, spread) in zip(seat.drivers, drivers, strict=True)
    ]
    given = {key: row[key] for key in ("team", "vehicle", "make", "grid", "guest", "start_s") if key in row}
    return Entry.model_validate(
        {
            "car": row["car"],
            "class": row["class"],
            "pace_s": round(own, 3),
            "pace_s_sd": round(sd, 3),
            "stop_s_sd": 2.0,
            "drivers": crew,
            **given,
        }
    )


def _on_the_grid(entries: list[Entry]) -> tuple[Entry, ...]:
    """Known grid places stay; the rest of the field stands in between by expected pace."""
    taken = {e.grid: e for e in entries if e.grid is not None}
    others = sorted((e for e in entries if e.grid is None), key=lambda e: (_expected(e), e.car))
    order: list[Entry] = []
    for place in range(1, len(entries) + 1):
        if place not in taken and others:
            order.append(others.pop(0).model_copy(update={"grid": place}))
        elif place in taken:
            order.append(taken[place])
    order += [e for place, e in sorted(taken.items()) if place > len(entries)]
    return tuple(order)


def _expected(entry: Entry) -> float:
    return entry.pace_s + sum(d.pace_s for d in entry.drivers) / len(entry.drivers)


def _note(sheet: dict[str, Any], rnd: dict[str, Any], entries: list[dict[str, Any]], seats: list[Seat]) -> str:
    """What is known and what is estimated, with counts."""
    drivers = [kind for seat in seats for _, _, kind in seat.drivers]
    grid = sum(row.get("grid") is not None for row in entries)
    timed = sum(seat.best_s is not None or seat.rank is not None for seat in seats)
    unknown = sum(bool(row.get("unknown")) for row in entries)
    parts = [
        f"Card by hand: {len(entries) - unknown} of {plural(len(entries), 'car')} known",
        f"{plural(unknown, 'class-typical car')} named unknown" if unknown else "",
        f"{plural(timed, 'car')} with a qualifying time or place known, "
        f"{plural(grid, 'grid place')} (the rest by expected pace)",
        f"{plural(drivers.count('prior'), 'driver')} with their licence, "
        f"{drivers.count('hand')} with a guessed licence, {drivers.count('unknown')} unknown",
    ]
    told = "; ".join(p for p in parts if p) + ". "
    return told + " ".join(t for t in (rnd.get("note", ""), sheet["season"].get("note", "")) if t)
