"""Every spelling of every name known before a text is opened; made once and kept in the user's cache folder."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from langstrecke.news.lexicon.morphology import is_german_word, slug
from langstrecke.paddock.registry import Registry

_ENDS = re.compile(r"\S+ (?:Racing|Motorsport|Motorsports|Sport|Team|Racing Team|Competition|Autosport)")
ENDINGS = ("e", "en", "er", "em", "es", "")
KEPT_VERSIONS = 2
"""So many versions are kept on disk."""


@dataclass(frozen=True)
class Name:
    """Something with a name: what it can be, what it is called."""

    id: str
    name: str
    kinds: tuple[str, ...]
    known: bool = True
    head: str = ""
    """Of a team: who stands at its head."""

    def is_a(self, *kinds: str) -> bool:
        """Whether it can be one of these kinds."""
        return any(kind in self.kinds for kind in kinds)


@dataclass(frozen=True)
class KnownNames:
    """What the registry and names.toml come to."""

    names: dict[str, Name]
    by_key: dict[str, str]
    """Spelling, dashes and case aside -> id."""
    phrases: dict[str, str]
    """Folded words with single blanks -> id."""
    lengths: dict[str, tuple[int, ...]]
    """First word -> how many words the names have that begin with it."""
    first_names: frozenset[str]
    team_words: dict[str, str]
    surnames: dict[str, list[str]]
    """Folded last word of a driver's name -> drivers."""


def norm(text: str) -> str:
    """A word without case and accents; marks stay as they are."""
    return slug(text) or text


def key_of(text: str) -> str:
    """A spelling, dashes and case aside: "formel 1"."""
    return slug(text).replace("-", " ")


def known_names(registry: Registry, words: Callable[[str], list[str]], cutter: str) -> KnownNames:
    """The names of names.toml and the registry, from disk where they lie there.

    `words` cuts a spelling into folded words; `cutter` is the version of what cuts. What lies on disk is keyed by the
    content of the registry, of the lists of names and of the code that makes it; making it takes some seconds.
    """
    place = user_cache_path("langstrecke") / "names" / f"{_version(cutter)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads(place.read_text("utf-8"))
        return KnownNames(
            {id: Name(id, name, tuple(kinds), True, head) for id, (name, kinds, head) in held["names"].items()},
            held["by_key"],
            held["phrases"],
            {word: tuple(n) for word, n in held["lengths"].items()},
            frozenset(held["first_names"]),
            held["team_words"],
            held["surnames"],
        )
    known = _made(registry, words)
    with suppress(OSError):
        _keep(known, place)
    return known


def _version(cutter: str) -> str:
    """Changes with the registry, the lists of names and the code of this folder."""
    digest = hashlib.sha256(cutter.encode())
    folders: tuple[tuple[Traversable, str], ...] = (
        (files("langstrecke.paddock") / "data", ""),
        (files("langstrecke.news") / "data", ".toml"),
        (files("langstrecke.news.lexicon"), ".py"),
    )
    for folder, ending in folders:
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.is_file() and file.name.endswith(ending):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def _keep(known: KnownNames, place: Path) -> None:
    held = asdict(known) | {
        "names": {n.id: (n.name, n.kinds, n.head) for n in known.names.values()},
        "first_names": sorted(known.first_names),
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_suffix(f".{hashlib.sha256(str(id(held)).encode()).hexdigest()[:8]}")
    half.write_text(json.dumps(held), "utf-8")
    half.replace(place)  # two that start at once do not read each other's half
    old = sorted(place.parent.glob("*.json"), key=lambda f: f.stat().st_mtime, reverse=True)
    for file in old[KEPT_VERSIONS:]:
        file.unlink(missing_ok=True)


def _made(registry: Registry, words: Callable[[str], list[str]]) -> KnownNames:
    names, spellings = _own_names()
    team_words = _add_registry(registry, names, spellings)
    people = table("roles.toml")["first_names"]
    phrases: dict[str, str] = {}
    lengths: dict[str, set[int]] = {}
    for spelling, id in spellings:
        genitive = spelling[-1].isalpha() and spelling[-1] not in "sxz"
        for form in (spelling, spelling + "s") if genitive else (spelling,):
            cut = words(form)
            phrases.setdefault(" ".join(cut), id)
            lengths.setdefault(cut[0], set()).add(len(cut))
    return KnownNames(
        names,
        {key_of(spelling): id for spelling, id in reversed(spellings)},
        phrases,
        {word: tuple(sorted(found)) for word, found in lengths.items()},
        _first_names(registry, [*people["names"], *people["women"]]),
        team_words,
        _surnames(registry),
    )


def _surnames(registry: Registry) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for driver in registry.drivers.values():
        found.setdefault(slug(driver.name.split()[-1]), []).append(driver.id)
    return found


def table(name: str) -> dict[str, Any]:
    """A table of the folder data."""
    return tomllib.loads((files("langstrecke.news") / "data" / name).read_text("utf-8"))


def _own_names() -> tuple[dict[str, Name], list[tuple[str, str]]]:
    names: dict[str, Name] = {}
    spellings: list[tuple[str, str]] = []
    for id, entry in table("names.toml").items():
        names[id] = Name(id, entry["names"][0].replace("~", "e"), tuple(entry["kinds"]), head=entry.get("head", ""))
        for spelling in entry["names"]:
            forms = [spelling.replace("~", e) for e in ENDINGS[:5]] if "~" in spelling else [spelling]
            spellings += [(form, id) for form in forms]
        if "head" in entry:
            person = slug(entry["head"])
            names[person] = Name(person, entry["head"], ("person",))
            spellings.append((entry["head"], person))
    return names, spellings


def _add_registry(registry: Registry, names: dict[str, Name], spellings: list[tuple[str, str]]) -> dict[str, str]:
    """Drivers by their full names, teams of more than one word, circuits; what names.toml has comes first.

    Returns the surnames that teams are called by as well.
    """
    taken = {key_of(spelling) for spelling, _ in spellings}

    def add(id: str, name: str, kind: str, others: tuple[str, ...]) -> None:
        names.setdefault(id, Name(id, name, (kind,)))
        for spelling in (name, *others):
            if key_of(spelling) not in taken and not _too_common(spelling, kind):
                taken.add(key_of(spelling))
                spellings.append((spelling, id))

    for circuit in registry.circuits.values():
        short = [a for a in circuit.aliases if "," not in a and "(" not in a] + [circuit.id.replace("-", " ").title()]
        add(circuit.id, circuit.name, "event", (*short, *(f for a in short for f in _races_at(a))))
    modern = {e.vehicle for e in registry.all_entries if registry.events[e.event].year >= 2000}
    for make in {registry.makes[registry.vehicles[v].make].id for v in modern if v and registry.vehicles[v].make}:
        add(make, registry.makes[make].name, "make", ())
    for driver in registry.drivers.values():
        if " " in driver.name:
            add(driver.id, driver.name, "person", tuple(a for a in driver.aliases if " " in a))
    recent = {e.team for e in registry.all_entries if registry.events[e.event].year >= 2012}
    surnames = {norm(d.name.split()[-1]) for d in registry.drivers.values()}
    called: dict[str, str] = {}
    for team in registry.teams.values():
        others = tuple(a for a in team.aliases if " " in a)
        if " " in team.name and len(team.name) > 6:
            called_so = tuple(_short_names(team.name)) if team.id in recent else ()
            first = called_so[0] if called_so else ""
            fits = len(first) > 4 and norm(first) not in surnames and not is_german_word(first)
            if first and not fits and norm(first) in surnames:
                called.setdefault(norm(first), slug(team.name))
            others = (*others, *called_so[1:], *(f"Team {f}" for f in (first,) if f))
            add(slug(team.name), team.name, "team", (*others, first) if fits else others)
        elif team.id in recent and len(team.name) > 4 and norm(team.name) not in surnames:
            add(slug(team.name), team.name, "team", others)
    return {word: names[id].id for word, id in called.items() if id in names and norm(word) not in taken}


def _short_names(name: str) -> Iterator[str]:
    """How a team is called for short: "Phoenix", of "Phoenix Racing"; "Land-Motorsport"."""
    if _ENDS.fullmatch(name):
        yield name.split()[0]
    sponsored = re.fullmatch(r".+ by (\S+(?: \S+)?)", name)
    if sponsored:
        yield from ("", sponsored.group(1))


_HOURS = (("4", "Vier"), ("6", "Sechs"), ("8", "Acht"), ("10", "Zehn"), ("12", "Zwölf"))


def _races_at(place: str) -> Iterator[str]:
    """What the races of a circuit are called: "6 Stunden von Fuji", "Sechs-Stunden-Rennen in Fuji"."""
    for number, word in _HOURS:
        for hours in (
            f"{number} Stunden",
            f"{word} Stunden",
            f"{number}h",
            f"{number}-Stunden-Rennen",
            f"{word}-Stunden-Rennen",
        ):
            yield from (f"{hours} {link} {place}" for link in ("von", "in"))
    yield f"1000 Kilometer von {place}"


def _too_common(spelling: str, kind: str) -> bool:
    """Single words that German uses for other things: the circuit of Most, the make Elite."""
    if " " in spelling:
        return False
    if kind == "event":
        return len(spelling) < 3 or spelling in ("Most", "Texas", "Phoenix")
    return len(spelling) < 4 or is_german_word(spelling.lower())


def _first_names(registry: Registry, more: list[str]) -> frozenset[str]:
    spelled = [n for d in registry.drivers.values() for n in (d.name, *d.aliases)]
    found = {norm(n.split()[0]) for n in spelled if " " in n}
    return frozenset(n for n in found | {norm(n) for n in more} if len(n) > 1)
