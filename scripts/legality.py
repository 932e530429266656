"""Do simulated races obey their rule books? Every book, judged from the traces by `rulebooks.legality`.

Usage: python scripts/legality.py [--races 1000] [--book ID ...] [--json FILE]
A small field per book: four cars of every class, crews of three (four for 24 hours) as the book wants them.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time
from pathlib import Path

import polars as pl

from langstrecke.racecard.schema import CircuitInfo, ClassFigures, Driver, Entry, RaceCard, RaceInfo
from langstrecke.rulebooks.legality import Stint, Stop, violations
from langstrecke.rulebooks.limits import crew_limits
from langstrecke.rulebooks.load import list_rulebooks, load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation import simulate_laps

CARS = 4
LAPS_S = {"prototype": 105.0, "gt": 115.0}


def field_for(book: RuleBook) -> RaceCard:
    """A card with four cars of every class of the book."""
    classes: dict[str, ClassFigures] = {}
    entries: list[Entry] = []
    duration = book.race.duration_s
    wanted = [c for c in book.classes if not book.race.classes or c.name in book.race.classes]
    for place, race_class in enumerate(wanted):
        lap = LAPS_S[race_class.kind] + 2.0 * place
        stint = 2700.0 if race_class.kind == "prototype" else 3300.0
        classes[race_class.name] = ClassFigures(
            lap_s=lap, stint_laps=stint / lap, lane_s=35, refuel_s=38, tyres_s=15, driver_change_s=18
        )
        limits = crew_limits(book, race_class.name, duration)
        size = min(
            limits.max_drivers, max(limits.min_drivers, 2 if duration < 15000 else 4 if duration > 80000 else 3)
        )
        crew = ["bronze"] * limits.min_bronze
        crew += ["silver"] * (limits.min_silver_or_bronze - limits.min_bronze)
        crew += ["gold"] * (size - len(crew))
        for _ in range(CARS):
            number = str(len(entries) + 1)
            drivers = tuple(
                Driver.model_validate({"name": f"Driver {number}-{d}", "licence": licence, "pace_s": 0.3 * d})
                for d, licence in enumerate(crew)
            )
            facts = {"car": number, "class": race_class.name, "grid": len(entries) + 1, "drivers": drivers}
            entries.append(Entry.model_validate(facts))
    return RaceCard(
        race=RaceInfo(
            id=f"legality-{book.id}",
            name=book.id,
            series=book.series,
            season=2021,
            date=dt.date(2021, 6, 1),
            rulebook=book.id,
            duration_s=duration,
        ),
        circuit=CircuitInfo(id="any"),
        classes=classes,
        entries=tuple(entries),
    )


def illegal(card: RaceCard, book: RuleBook, laps: pl.DataFrame) -> list[str]:
    """What the cars that finished did against the book, in words."""
    found: list[str] = []
    columns = ("car", "driver", "elapsed_s", "lap_time_s", "pit_time_s")
    rows: dict[str, list[tuple[str, float, float, float | None]]] = {}
    for car, *rest in zip(*(laps[c].to_list() for c in columns), strict=True):
        rows.setdefault(car, []).append(tuple(rest))
    yellow = (
        laps.filter(pl.col("flag") != "green").select(pl.col("elapsed_s") - pl.col("lap_time_s"), "lap_time_s").rows()
    )
    neutralised = [(start, start + length) for start, length in yellow]
    for entry in card.entries:
        own = rows.get(entry.car, [])
        if not own or own[-1][1] < card.race.duration_s:
            continue
        licence = {d.name: d.licence for d in entry.drivers}
        stints: list[Stint] = []
        stops: list[Stop] = []
        for driver, elapsed, lap_time, pit in own:
            begin = elapsed - lap_time
            if pit is not None:
                stops.append(Stop(entry_s=begin, exit_s=begin + pit))
                begin += pit
            if stints and stints[-1].driver == driver and pit is None:
                begin = stints.pop().start_s
            stints.append(Stint(driver=driver, licence=licence[driver], start_s=begin, end_s=elapsed))
        crew = [(d.name, d.licence) for d in entry.drivers]
        judged = violations(
            book, entry.car_class, card.race.duration_s, stints, stops, nominated=crew, neutralised=neutralised
        )
        found += [f"car {entry.car} ({entry.car_class}): {v.text}" for v in judged if not v.rule.startswith("crew")]
    return found


def main() -> None:
    """Play and judge; one line per book."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--book", action="append")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    for name in options.book or list_rulebooks():
        book = load_rulebook(name)
        if book.scope != "full":
            continue
        card = field_for(book)
        began = time.perf_counter()
        examples: list[str] = []
        bad = 0
        for race in range(options.races):
            found = illegal(card, book, simulate_laps(card, race=race, seed=2, book=book))
            bad += len(found)
            examples += [f"race {race}: {text}" for text in found[: max(0, 3 - len(examples))]]
        rows.append({"book": name, "races": options.races, "cars": len(card.entries), "violations": bad})
        print(
            f"{name}: {bad} violations in {options.races} races ({time.perf_counter() - began:.0f} s)",
            *examples,
            sep="\n   ",
            flush=True,
        )
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
