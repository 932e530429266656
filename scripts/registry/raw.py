"""What the readers of the sources deliver: events and entries with names as written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class RawDriver:
    """A driver as one source writes the name."""

    name: str
    country: str = ""
    licence: str = ""


@dataclass(frozen=True)
class RawEvent:
    """A race meeting's race, or one of its races."""

    id: str
    series: str
    season: str
    name: str
    circuit: str
    start: str
    """First day of the meeting, ISO; the race day where the meeting is not known."""
    race_day: str
    """Day of the start of the race, ISO."""
    end: str
    """Day of the end of the race, ISO."""
    round: str = ""
    duration_s: int = 0
    also: str = ""
    """A championship the race counts for besides its own series."""
    source: str = ""
    confidence: str = "high"


@dataclass(frozen=True)
class RawEntry:
    """A car in a race: who entered it, who drove, how it ended."""

    event: str
    year: int
    car: str
    car_class: str
    team: str
    vehicle: str
    crew: tuple[RawDriver, ...]
    position: int | None = None
    class_position: int | None = None
    laps: int | None = None
    status: str = "classified"
    note: str = ""
    team_country: str = ""
    complete: bool = True
    """False where a source names only some of a crew."""


@dataclass
class Raw:
    """Everything read so far."""

    events: dict[str, RawEvent] = field(default_factory=dict)
    entries: list[RawEntry] = field(default_factory=list)
    licences: list[tuple[str, int, str]] = field(default_factory=list)
    """Name, year, licence."""

    def add_event(self, event: RawEvent) -> None:
        """Keep an event. A second source of the same one fills gaps only."""
        known = self.events.get(event.id)
        if known is None:
            self.events[event.id] = event
            return
        if known.series != event.series:
            raise ValueError(f"{event.id} is claimed by {known.series} and {event.series}")
        self.events[event.id] = replace(
            known,
            start=min(known.start or event.start, event.start or known.start),
            race_day=known.race_day or event.race_day,
            end=known.end or event.end,
            round=known.round or event.round,
            duration_s=known.duration_s or event.duration_s,
            name=known.name or event.name,
            also=known.also or event.also,
        )


def with_class_positions(entries: list[RawEntry]) -> list[RawEntry]:
    """Places in class counted off the overall order, where a source gives none."""
    counts: dict[tuple[str, str], int] = {}
    placed = sorted((e for e in entries if e.position is not None), key=lambda e: (e.event, e.position or 0))
    places: dict[int, int] = {}
    for entry in placed:
        key = (entry.event, entry.car_class)
        counts[key] = counts.get(key, 0) + 1
        places[id(entry)] = counts[key]
    return [
        replace(e, class_position=places[id(e)]) if e.class_position is None and id(e) in places else e
        for e in entries
    ]


def name_alike(raw: Raw) -> None:
    """A race without a name takes that of other seasons: same series, circuit and length, one name only.

    Races that stand for themselves (24 hours of Spa) go by their series.
    """
    names: dict[tuple[str, str, int], set[str]] = {}
    circuits: dict[str, set[str]] = {}
    for event in raw.events.values():
        circuits.setdefault(event.series, set()).add(event.circuit)
        if event.name:
            names.setdefault((event.series, event.circuit, event.duration_s), set()).add(event.name)
    for key, event in raw.events.items():
        found = names.get((event.series, event.circuit, event.duration_s), set())
        if not event.name and event.duration_s and len(found) == 1 and len(circuits[event.series]) > 1:
            raw.events[key] = replace(event, name=next(iter(found)))
