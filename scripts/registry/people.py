"""From names as written to persons: who is who, why, and what a person has to decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from scripts.registry.raw import Raw

from langstrecke.paddock.matching import (
    DOUBTFUL,
    MERGE,
    Match,
    Profile,
    compare,
    fold,
    plain_name,
    slug,
    split_name,
)

_LONGEST_CAREER = 45
"""Years. The same name further apart than any career is taken for another person."""
_LONGEST_PAUSE = 22


@dataclass(frozen=True)
class Sighting:
    """One driver in one entry."""

    name: str
    entry: int
    year: int
    event: str
    team: str
    country: str = ""


@dataclass
class Person:
    """Whoever the sightings belong to."""

    id: str
    name: str
    names: set[str]
    sightings: list[Sighting] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    licences: dict[int, str] = field(default_factory=dict)
    merged: list[tuple[str, str, Match]] = field(default_factory=list)
    """Two spellings that were taken for this person without a decision, and why."""


@dataclass(frozen=True)
class Doubt:
    """A pair a person should decide about."""

    one: str
    other: str
    match: Match


@dataclass(frozen=True)
class Decisions:
    """What people have decided: names that are one person, and names that are not."""

    same: tuple[tuple[str, ...], ...] = ()
    """Names of one person, the one to show first."""
    different: tuple[frozenset[str], ...] = ()

    def apart(self, one: str, other: str) -> bool:
        """Whether somebody has decided that these two names are two persons."""
        return frozenset((fold(one), fold(other))) in self.different


def resolve(raw: Raw, decisions: Decisions) -> tuple[list[Person], dict[tuple[int, str], str], list[Doubt]]:
    """Persons, who drove in each entry as (entry number, name as written) -> person id, and the doubtful pairs."""
    groups = _by_name(raw, decisions)
    one_life = {fold(names[0]) for names in decisions.same}
    groups = {
        part: sightings
        for key, group in groups.items()
        for part, sightings in (((key, group),) if key in one_life else _split_ages(key, group))
    }
    profiles = {key: _profile(key, group, raw) for key, group in groups.items()}
    root, reasons, doubts = _merge(profiles, decisions)
    clusters: dict[str, list[str]] = defaultdict(list)
    for key in groups:
        clusters[_find(root, key)].append(key)
    persons: list[Person] = []
    owner: dict[tuple[int, str], str] = {}
    for keys in clusters.values():
        sightings = [s for key in keys for s in groups[key]]
        shown = _shown_name(sightings, decisions)
        person = Person(slug(shown), shown, {s.name for s in sightings}, sightings)
        counted = Counter(s.country for s in sightings if s.country)
        person.countries = [c for c, _ in counted.most_common()]
        person.merged = [reasons[key] for key in keys if key in reasons]
        persons.append(person)
    _unique_ids(persons)
    for person in persons:
        owner |= {(s.entry, s.name): person.id for s in person.sightings}
    _licences(persons, raw, decisions)
    by_key = {key: p.id for p in persons for s in p.sightings for key in (s.name,)}
    shown_doubts = [d for d in doubts if by_key.get(d.one) != by_key.get(d.other)]
    shown_doubts += _apart_in_time(persons)
    return (
        sorted(persons, key=lambda p: p.id),
        owner,
        sorted(shown_doubts, key=lambda d: (-d.match.score, d.one, d.other)),
    )


def _by_name(raw: Raw, decisions: Decisions) -> dict[str, list[Sighting]]:
    """Sightings by folded name; names decided to be the same share a group."""
    leader = {fold(name): fold(names[0]) for names in decisions.same for name in names}
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for number, entry in enumerate(raw.entries):
        for driver in entry.crew:
            key = fold(plain_name(driver.name))
            if not key:
                continue
            sighting = Sighting(driver.name, number, entry.year, entry.event, fold(entry.team), driver.country)
            groups[leader.get(key, key)].append(sighting)
    return dict(groups)


def _split_ages(key: str, group: list[Sighting]) -> Iterable[tuple[str, list[Sighting]]]:
    """The same name after a longer pause than a career allows is another person."""
    ordered = sorted(group, key=lambda s: s.year)
    parts: list[list[Sighting]] = [[]]
    for sighting in ordered:
        if parts[-1] and sighting.year - parts[-1][-1].year > _LONGEST_PAUSE:
            parts.append([])
        parts[-1].append(sighting)
    yield key, parts[0]
    for part in parts[1:]:
        yield f"{key} {part[0].year}", part


def _profile(key: str, group: list[Sighting], raw: Raw) -> Profile:
    profile = Profile(Counter(s.name for s in group).most_common(1)[0][0])
    for s in group:
        if s.country:
            profile.countries.add(s.country)
        profile.years.add(s.year)
        profile.teams.add((s.team, s.year))
        profile.races.add(s.event)
        own = fold(plain_name(s.name))
        profile.mates |= {fold(plain_name(d.name)) for d in raw.entries[s.entry].crew} - {own, key}
    return profile


def _blocks(profiles: dict[str, Profile]) -> Iterable[tuple[str, str]]:
    """Pairs worth comparing: those that share a word, or the first letters of the surname."""
    blocks: dict[str, set[str]] = defaultdict(set)
    for key, profile in profiles.items():
        name = split_name(profile.name)
        surname = "".join(name.surname)
        blocks[f"s:{surname[:4]}"].add(key)
        blocks[f"e:{surname[-4:]}"].add(key)
        blocks[f"j:{''.join(sorted((*name.given, *name.surname)))}"].add(key)
        blocks[f"w:{' '.join(sorted((*name.given, *name.surname)))}"].add(key)
        blocks[f"r:{''.join((*name.given, *name.surname))}"].add(key)
    seen: set[tuple[str, str]] = set()
    for block in sorted(blocks):
        for pair in combinations(sorted(blocks[block]), 2):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _merge(
    profiles: dict[str, Profile], decisions: Decisions
) -> tuple[dict[str, str], dict[str, tuple[str, str, Match]], list[Doubt]]:
    root = {key: key for key in profiles}
    members = {key: {key} for key in profiles}
    reasons: dict[str, tuple[str, str, Match]] = {}
    doubts: list[Doubt] = []
    scored = []
    for one, other in _blocks(profiles):
        match = compare(profiles[one], profiles[other])
        if match.score >= DOUBTFUL and not decisions.apart(profiles[one].name, profiles[other].name):
            scored.append((match.score, one, other, match))
    for score, one, other, match in sorted(scored, key=lambda s: (-s[0], s[1], s[2])):
        a, b = _find(root, one), _find(root, other)
        if a == b:
            continue
        clash = any(
            profiles[x].races & profiles[y].races or decisions.apart(profiles[x].name, profiles[y].name)
            for x in members[a]
            for y in members[b]
        )
        if score >= MERGE and not clash:
            root[b] = a
            members[a] |= members.pop(b)
            reasons[other] = (profiles[one].name, profiles[other].name, match)
        elif not clash:
            doubts.append(Doubt(profiles[one].name, profiles[other].name, match))
    return root, reasons, doubts


def _apart_in_time(persons: list[Person]) -> list[Doubt]:
    """Persons of one name who were told apart only by a long pause."""
    found = []
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        by_name[fold(person.name)].append(person)
    for group in by_name.values():
        for one, other in combinations(sorted(group, key=lambda p: min(s.year for s in p.sightings)), 2):
            last, first = max(s.year for s in one.sightings), min(s.year for s in other.sightings)
            reason = f"same name, but {first - last} years between {last} and {first}"
            found.append(Doubt(f"{one.name} ({one.id})", f"{other.name} ({other.id})", Match(80.0, (reason,))))
    return found


def _find(root: dict[str, str], key: str) -> str:
    while root[key] != key:
        key = root[key]
    return key


def _shown_name(sightings: list[Sighting], decisions: Decisions) -> str:
    """The decided name, else the most usual one, accents preferred."""
    folded = {fold(plain_name(s.name)) for s in sightings}
    for names in decisions.same:
        if {fold(n) for n in names} & folded:
            return names[0]
    counted = Counter(plain_name(s.name) for s in sightings)
    return max(counted, key=lambda n: (counted[n] * (8 if any(ord(c) > 127 for c in n) else 1), len(n), n))


def _unique_ids(persons: list[Person]) -> None:
    """Two persons of one name are told apart by the year they first drove."""
    by_id: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        by_id[person.id].append(person)
    for group in by_id.values():
        group.sort(key=lambda p: min(s.year for s in p.sightings))
        for person in group[1:]:
            person.id = f"{person.id}-{min(s.year for s in person.sightings)}"


def _licences(persons: list[Person], raw: Raw, decisions: Decisions) -> None:
    """Licences by year, from entries first, then from the categorisation lists."""
    leader = {fold(name): fold(names[0]) for names in decisions.same for name in names}
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        for key in {fold(plain_name(n)) for n in person.names} | {fold(person.name)}:
            by_name[key].append(person)
        for s in person.sightings:
            for driver in raw.entries[s.entry].crew:
                if driver.name == s.name and driver.licence:
                    person.licences.setdefault(s.year, driver.licence)
    for name, year, licence in raw.licences:
        key = fold(name)
        recent = [p for p in by_name.get(leader.get(key, key), []) if max(s.year for s in p.sightings) >= 2000]
        if len(recent) == 1:
            recent[0].licences.setdefault(year, licence)
