"""The compiled registry as compact tables, sorted so that the same sources give the same bytes."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts.registry.makes import make_of
from scripts.registry.people import Decisions, Doubt, Person, resolve
from scripts.registry.raw import Raw, RawEntry, RawEvent

from langstrecke.paddock.matching import fold, nicknames, plain_name, slug

_PLAIN_CLASSES = {"LMGTEPro": "LMGTE Pro", "LMGTEAm": "LMGTE Am", "GTEAm": "LMGTE Am", "LMP2(Pro-Am)": "LMP2 Pro/Am"}
_PLAIN_CLASSES |= {"HYPERCAR": "Hypercar", "Innovation": "Innovative"}


def read_decisions(path: Path) -> tuple[Decisions, list[list[str]], dict[str, str]]:
    """What people have decided about drivers, teams and makes."""
    table = tomllib.loads(path.read_text("utf-8"))
    same = tuple(tuple(names) for names in table["same"])
    different = tuple(frozenset(map(fold, names)) for names in table["different"])
    return Decisions(same, different), table["teams"], table["makes"]


def write(raw: Raw, folder: Path) -> dict[str, int]:
    """Write every table into the folder and say how many rows each has."""
    decisions, team_names, makes = read_decisions(folder / "aliases.toml")
    persons, owner, doubts = resolve(raw, decisions)
    teams = _Named((e.team for e in raw.entries), team_names)
    countries = _team_countries(raw, teams)
    vehicles = _Named((e.vehicle for e in raw.entries), [])
    return {
        "drivers": _drivers(folder, persons),
        "teams": _table(
            folder / "teams.csv",
            ("id", "name", "country", "aliases"),
            ((i, n, countries.get(i, ""), "|".join(a)) for i, n, a in teams.rows()),
        ),
        "vehicles": _table(
            folder / "vehicles.csv",
            ("id", "name", "make"),
            ((i, n, make_of(n, makes)) for i, n, _ in vehicles.rows()),
        ),
        "events": _events(folder, raw.events.values()),
        "entries": _entries(folder, raw, owner, teams, vehicles),
        "merged": _merged(folder, persons),
        "doubtful": _doubts(folder, doubts),
    }


class _Named:
    """Ids for things that come under several spellings: teams, vehicles."""

    def __init__(self, names: Iterable[str], same: list[list[str]]) -> None:
        counted = Counter(" ".join(n.split()) for n in names if n.strip())
        leader = {_key(name): _key(group[0]) for group in same for name in group}
        groups: dict[str, Counter[str]] = defaultdict(Counter)
        for name, count in counted.items():
            groups[leader.get(_key(name), _key(name))][name] = count
        shown = {_key(group[0]): group[0] for group in same}
        self._id: dict[str, str] = {}
        self._rows: list[tuple[str, str, list[str]]] = []
        taken: set[str] = set()
        for key in sorted(groups):
            spellings = groups[key]
            name = shown.get(key) or max(spellings, key=lambda n: (spellings[n], len(n), n))
            base = slug(name.split("|")[0]) or slug(name) or "unnamed"
            identity, number = base, 2
            while identity in taken:
                identity, number = f"{base}-{number}", number + 1
            taken.add(identity)
            self._rows.append((identity, name.replace("|", " / "), sorted(set(spellings) - {name})))
            self._id |= dict.fromkeys(spellings, identity)

    def id(self, name: str) -> str:
        """The id behind a spelling."""
        return self._id.get(" ".join(name.split()), "")

    def rows(self) -> list[tuple[str, str, list[str]]]:
        """Id, shown name, other spellings, in order of the id."""
        return sorted((i, n, [a.replace("|", " / ") for a in others]) for i, n, others in self._rows)


def _key(name: str) -> str:
    return fold(name.replace("&", " and ")).replace(" ", "")


def _team_countries(raw: Raw, teams: _Named) -> dict[str, str]:
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in raw.entries:
        if entry.team_country:
            counted[teams.id(entry.team)][entry.team_country.split("|")[0]] += 1
    return {team: max(c, key=lambda k: (c[k], k)) for team, c in counted.items()}


def _table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    ordered = sorted([tuple("" if v is None else str(v) for v in row) for row in rows])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(ordered)
    return len(ordered)


def _spans(licences: dict[int, str]) -> str:
    """`{2017: gold, 2018: gold, 2020: silver}` -> `2017-2018 gold;2020 silver`."""
    parts: list[list[int | str]] = []
    for year in sorted(licences):
        if parts and parts[-1][2] == licences[year] and parts[-1][1] == year - 1:
            parts[-1][1] = year
        else:
            parts.append([year, year, licences[year]])
    return ";".join(f"{a}-{b} {licence}" if a != b else f"{a} {licence}" for a, b, licence in parts)


def _drivers(folder: Path, persons: list[Person]) -> int:
    rows = []
    for person in persons:
        others = {plain_name(name) for name in person.names} | {n for name in person.names for n in nicknames(name)}
        aliases = sorted(others - {person.name})
        country = person.countries[0] if person.countries else ""
        rows.append((person.id, person.name, country, "|".join(aliases), _spans(person.licences)))
    return _table(folder / "drivers.csv", ("id", "name", "country", "aliases", "licences"), rows)


def _events(folder: Path, events: Iterable[RawEvent]) -> int:
    header = ("id", "series", "season", "round", "name", "circuit", "start", "race_day", "end", "duration_s", "also")
    rows = [
        (
            e.id, e.series, e.season, e.round, e.name, e.circuit, e.start, e.race_day, e.end, e.duration_s or "",
            e.also, e.source, e.confidence,
        )
        for e in events
    ]  # fmt: skip
    return _table(folder / "events.csv", (*header, "source", "confidence"), rows)


def _entries(folder: Path, raw: Raw, owner: dict[tuple[int, str], str], teams: _Named, vehicles: _Named) -> int:
    header = ("event", "car", "class", "team", "vehicle", "drivers", "position", "class_position", "laps", "status")
    rows = []
    for number, entry in enumerate(raw.entries):
        crew = [owner[number, driver.name] for driver in entry.crew if (number, driver.name) in owner]
        rows.append(
            (
                entry.event, entry.car, _class(entry), teams.id(entry.team), vehicles.id(entry.vehicle),
                " ".join(dict.fromkeys(crew)), entry.position, entry.class_position, entry.laps, entry.status,
                entry.note, "" if entry.complete else "incomplete",
            )
        )  # fmt: skip
    return _table(folder / "entries.csv", (*header, "note", "crew"), rows)


def _class(entry: RawEntry) -> str:
    return _PLAIN_CLASSES.get(entry.car_class, entry.car_class)


def _merged(folder: Path, persons: list[Person]) -> int:
    rows = {
        (person.id, plain_name(kept), plain_name(other), f"{match.score:.1f}", "; ".join(match.reasons))
        for person in persons
        for kept, other, match in person.merged
    }
    return _table(folder / "merged.csv", ("driver", "name", "other", "score", "reasons"), sorted(rows))


def _doubts(folder: Path, doubts: list[Doubt]) -> int:
    rows = [(d.one, d.other, f"{d.match.score:.1f}", "; ".join(d.match.reasons)) for d in doubts]
    return _table(folder / "doubtful.csv", ("one", "other", "score", "reasons"), rows)
