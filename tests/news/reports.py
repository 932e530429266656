"""Race reports made from the registry's own results, true ones and ones with a planted error."""

from __future__ import annotations

import random
from dataclasses import dataclass

from langstrecke.paddock.model import Entry, Event
from langstrecke.paddock.registry import Registry, load_registry

RACES = {
    "le-mans": "24 Stunden von Le Mans",
    "spa-24h": "24 Stunden von Spa",
    "daytona": "24 Stunden von Daytona",
    "sebring": "12 Stunden von Sebring",
    "road-atlanta": "Petit Le Mans",
    "watkins-glen": "6 Stunden von Watkins Glen",
    "fuji": "6 Stunden von Fuji",
    "bahrain": "8 Stunden von Bahrain",
}
PLACES = {2: "zweiter", 3: "dritter", 4: "vierter", 5: "fünfter"}


@dataclass(frozen=True)
class Report:
    """A text of one statement, whether it is true, and its date."""

    text: str
    date: str
    true: bool
    race: str


def told_races(registry: Registry) -> list[tuple[Event, str]]:
    """Races that have a name in German and a winner with a crew."""
    found = []
    for event in registry.events.values():
        key = event.series if event.series in ("le-mans", "spa-24h") else event.circuit
        if event.series not in ("le-mans", "spa-24h", "imsa", "wec") or key not in RACES:
            continue
        if event.id.endswith(("qualifying-race", "-240")) or (
            event.series == "wec" and key in ("le-mans", "sebring")
        ):
            continue
        entries = registry.entries(event.id)
        if any(e.position == 1 and len(e.drivers) > 1 for e in entries) and len(entries) >= 15:
            found.append((event, RACES[key]))
    return found


def names(registry: Registry, entry: Entry) -> str:
    """A crew as a report lists it."""
    crew = [registry.drivers[d].name for d in entry.drivers]
    return f"{', '.join(crew[:-1])} und {crew[-1]}" if len(crew) > 1 else crew[0]


def reports(count: int, seed: int) -> list[Report]:
    """`count` reports: of every pair one is true and one has a planted error (winner, place or year)."""
    registry, rng = load_registry(), random.Random(seed)
    races = told_races(registry)
    made: list[Report] = []
    while len(made) < count:
        event, name = rng.choice(races)
        entries = [e for e in registry.entries(event.id) if e.position and e.drivers and e.status == "classified"]
        winner = next(e for e in entries if e.position == 1)
        other = rng.choice([e for e in entries if (e.position or 0) > 1 and not e.class_win])
        date = (event.race_day.replace(day=1) if event.race_day.day > 1 else event.race_day).isoformat()[:7]
        date = f"{event.race_day.year}-12" if rng.random() < 0.5 else date
        kind = rng.choice(("won", "won-no-year", "place"))
        if kind == "won":
            template = "{crew} gewannen " + str(event.race_day.year) + f" die {name}."
        elif kind == "won-no-year":
            date = event.race_day.isoformat()
            template = f"{{crew}} haben die {name} gewonnen."
        else:
            entry = rng.choice([e for e in entries if e.position in PLACES] or [None])
            if entry is None:
                continue
            who = registry.drivers[entry.drivers[0]].name
            wrong = rng.choice([p for p in PLACES if p not in (entry.position, entry.class_position)])
            when = str(event.race_day.year)
            made.append(
                Report(
                    f"{who} wurde {when} bei den {name} {PLACES[entry.position or 2].capitalize()}.",
                    date,
                    True,
                    event.id,
                )
            )
            made.append(
                Report(f"{who} wurde {when} bei den {name} {PLACES[wrong].capitalize()}.", date, False, event.id)
            )
            continue
        template = template.replace("die Petit", "das Petit")
        made.append(Report(template.format(crew=names(registry, winner)), date, True, event.id))
        made.append(Report(template.format(crew=names(registry, other)), date, False, event.id))
    return made[:count]
