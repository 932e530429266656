"""Do simulated races obey their rule books? Every book, judged from the traces by `rulebooks.judge`.

Usage: python -m scripts.validate.legality [--races 1000] [--book ID ...] [--processes 1] [--json FILE]
Each book is judged on a shipped card played by it; a book without one gets a small field made for it: four cars of
every class, crews of three (four for 24 hours) as the book wants them. With `--json` the counts are written after
every batch, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from langstrecke.racecard.schema import CircuitInfo, ClassFigures, Driver, Entry, RaceCard, RaceInfo
from langstrecke.racecard.shipped import list_cards, load_card
from langstrecke.rulebooks.judge import judge_laps
from langstrecke.rulebooks.limits import crew_limits
from langstrecke.rulebooks.load import list_rulebooks, load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.trace import simulate_lap_tables

CARS = 4
BATCH = 250
SEED = 2
EXAMPLES = 5
CARDS = {
    "imsa-2021": "imsa-2021-sebring",
    "imsa-2023": "imsa-2023-sebring",
    "blancpain-endurance-2018": "blancpain-endurance-2018-barcelona",
}
"""The card a book is judged on where several are shipped; else the first by name."""
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


@dataclass
class Count:
    """What was judged of one book so far."""

    book: str
    card: str
    cars: int
    races: int = 0
    car_stints: int = 0
    violations: int = 0
    races_with: int = 0
    seconds: float = 0.0
    examples: tuple[str, ...] = ()

    def add(self, other: Count) -> None:
        """Take in a batch."""
        for name in ("races", "car_stints", "violations", "races_with", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples = (*self.examples, *other.examples)[:EXAMPLES]


@cache
def card_for(name: str) -> RaceCard:
    """A shipped card played by this book, or a small field made for it."""
    book = load_rulebook(name)
    if name in CARDS:
        return load_card(CARDS[name])
    for card_id in sorted(list_cards()):
        card = load_card(card_id)
        if card.race.rulebook.split("/")[0] == name:
            return card
    return field_for(book)


def judge_batch(name: str, first: int, races: int) -> Count:
    """Play and judge races first .. first + races - 1."""
    began = time.perf_counter()
    card = card_for(name)
    book = load_rulebook(card.race.rulebook)
    crews = {e.car: [(d.name, d.licence) for d in e.drivers] for e in card.entries}
    count = Count(name, card.race.id, len(card.entries), races)
    numbers = range(first, first + races)
    for race, laps in zip(numbers, simulate_lap_tables(card, numbers, seed=SEED, book=book), strict=True):
        verdicts = judge_laps(book, card.race.duration_s, laps, crews, crew_rules=False)
        count.car_stints += sum(len(v.stints) for v in verdicts)
        found = [f"race {race}: car {v.car} ({v.car_class}): {x.text}" for v in verdicts for x in v.violations]
        count.violations += len(found)
        count.races_with += bool(found)
        count.examples = (*count.examples, *found)[:EXAMPLES]
    count.seconds = time.perf_counter() - began
    return count


def batches(count: Count, races: int) -> Iterator[tuple[int, int]]:
    """What is left to do for a book."""
    for first in range(count.races, races, BATCH):
        yield first, min(BATCH, races - first)


def judge_book(name: str, races: int, processes: int, done: Count | None) -> Iterator[Count]:
    """Count up a book batch by batch, from where an earlier run stopped."""
    card = card_for(name)
    count = done or Count(name, card.race.id, len(card.entries))
    todo = list(batches(count, races))
    if processes == 1:
        for first, number in todo:
            count.add(judge_batch(name, first, number))
            yield count
        return
    with ProcessPoolExecutor(processes) as pool:
        for start in range(0, len(todo), processes):  # whole rounds, so that what is done is always a prefix
            parts = [pool.submit(judge_batch, name, *b) for b in todo[start : start + processes]]
            for part in as_completed(parts):
                count.add(part.result())
            yield count


def main() -> None:
    """Play and judge; one line per book."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=1000)
    parser.add_argument("--book", action="append")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known: dict[str, Count] = {}
    if options.json and options.json.is_file():
        for row in json.loads(options.json.read_text(encoding="utf-8")):
            known[row["book"]] = Count(**{**row, "examples": tuple(row["examples"])})
    print(f"{'book':26} {'card':36} {'cars':>4} {'races':>6} {'car-stints':>11} {'violations':>10}  ms a race")
    for name in options.book or [n for n in list_rulebooks() if load_rulebook(n).scope == "full"]:
        for count in judge_book(name, options.races, options.processes, known.get(name)):
            known[name] = count
            if options.json:
                rows = [asdict(c) for c in known.values()]
                options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
        c = known[name]
        each = 1000.0 * c.seconds / max(1, c.races)
        print(f"{name:26} {c.card:36} {c.cars:4} {c.races:6} {c.car_stints:11} {c.violations:10}  {each:.0f}")
        print(*(f"   {text}" for text in c.examples), sep="\n", end="\n" if c.examples else "", flush=True)


if __name__ == "__main__":
    main()
