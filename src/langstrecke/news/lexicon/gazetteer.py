"""Names in a text: teams, makes, cars, series, races, places and people, in German dress."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from langstrecke.news.lexicon.morphology import is_german_word, missing, slug
from langstrecke.paddock.registry import Registry, load_registry

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.matcher import PhraseMatcher
    from spacy.tokens import Doc

_ENDS = re.compile(r"\S+ (?:Racing|Motorsport|Motorsports|Sport|Team|Racing Team|Competition|Autosport)")
PARTICLES = frozenset({"van", "der", "von", "de", "di", "da", "del", "den", "dos", "zu", "vom", "la"})
"""Small words inside a surname."""
ENDINGS = ("e", "en", "er", "em", "es", "")


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
class Role:
    """A word for a person: `teamchef`, and the claim it makes by the kind of what it belongs to."""

    word: str
    relation: dict[str, str] = field(default_factory=dict, hash=False)
    behind: bool = False
    """A role only behind a name: "Porsche-Mann"."""


@dataclass(frozen=True)
class Gazetteer:
    """All names known before a text is opened, and the words for people."""

    nlp: Language
    matcher: PhraseMatcher
    names: dict[str, Name]
    by_norm: dict[str, Name]
    """Names by their folded spelling: "formel 1"."""
    roles: dict[str, Role]
    demonyms: dict[str, str]
    """Word to country code."""
    first_names: frozenset[str]
    women: frozenset[str]
    """First names of women."""
    short_names: frozenset[str]
    """Beginnings of first names: "alex"."""
    fronts: dict[str, str]
    """What teams are called only in front of another word: "Land-Audi"."""
    families: tuple[tuple[str, str], ...]
    """Father and child."""
    teams_of: dict[str, str]
    """Who stands at a team's head -> the team."""
    team_words: dict[str, str]
    """Surname that is as often a team: "walkenhorst"."""
    registry: Registry

    def doc(self, text: str) -> Doc:
        """The text cut into words, each with its folded form."""
        doc = self.nlp.make_doc(text)
        for token in doc:
            token.norm_ = norm(token.text)
        return doc

    def lookup(self, text: str) -> Name | None:
        """The name spelled so, dashes and case aside."""
        return self.by_norm.get(_key(text))


def norm(text: str) -> str:
    """A word without case and accents; marks stay as they are."""
    return slug(text) or text


def _key(text: str) -> str:
    return slug(text).replace("-", " ")


@cache
def gazetteer() -> Gazetteer:
    """The names of names.toml, roles.toml and the registry. Built once, in about two seconds."""
    try:
        import spacy
        from spacy.matcher import PhraseMatcher
    except ImportError:
        raise missing("spacy") from None
    registry = load_registry()
    nlp = spacy.blank("de")
    nlp.max_length = 2_000_000
    names, spellings = _own_names()
    team_words = _add_registry(registry, names, spellings)
    roles_table = _table("roles.toml")
    firsts = _first_names(registry, [*roles_table["first_names"]["names"], *roles_table["first_names"]["women"]])
    book = Gazetteer(
        nlp=nlp,
        matcher=PhraseMatcher(nlp.vocab, attr="NORM"),
        names=names,
        by_norm={_key(spelling): names[id] for spelling, id in reversed(spellings)},
        roles={
            word: Role(word, role["relation"], bool(role.get("only_behind_a_name")))
            for role in roles_table["role"]
            for word in role["words"]
        },
        demonyms={word: code for code, words in roles_table["demonyms"].items() for word in words},
        first_names=firsts,
        women=frozenset(norm(n) for n in roles_table["first_names"]["women"]),
        short_names=frozenset(n[:k] for n in firsts for k in range(4, len(n))),
        fronts={t["front"].lower(): id for id, t in _table("names.toml").items() if "front" in t},
        families=tuple((f["father"], f["child"]) for f in roles_table["family"]),
        teams_of={slug(n.head): n.id for n in names.values() if n.head},
        team_words=team_words,
        registry=registry,
    )
    patterns: dict[str, list[Doc]] = defaultdict(list)
    for spelling, id in spellings:
        for form in (
            (spelling, spelling + "s") if spelling[-1].isalpha() and spelling[-1] not in "sxz" else (spelling,)
        ):
            patterns[id].append(book.doc(form))
    for id, docs in patterns.items():
        book.matcher.add(id, docs)
    return book


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("langstrecke.news") / "data" / name).read_text("utf-8"))


def _own_names() -> tuple[dict[str, Name], list[tuple[str, str]]]:
    names: dict[str, Name] = {}
    spellings: list[tuple[str, str]] = []
    for id, table in _table("names.toml").items():
        names[id] = Name(id, table["names"][0].replace("~", "e"), tuple(table["kinds"]), head=table.get("head", ""))
        for spelling in table["names"]:
            forms = [spelling.replace("~", e) for e in ENDINGS[:5]] if "~" in spelling else [spelling]
            spellings += [(form, id) for form in forms]
        if "head" in table:
            person = slug(table["head"])
            names[person] = Name(person, table["head"], ("person",))
            spellings.append((table["head"], person))
    return names, spellings


def _add_registry(registry: Registry, names: dict[str, Name], spellings: list[tuple[str, str]]) -> dict[str, str]:
    """Drivers by their full names, teams of more than one word, circuits; what names.toml has comes first.

    Returns the surnames that teams are called by as well.
    """
    taken = {_key(spelling) for spelling, _ in spellings}

    def add(id: str, name: str, kind: str, others: tuple[str, ...]) -> None:
        names.setdefault(id, Name(id, name, (kind,)))
        for spelling in (name, *others):
            if _key(spelling) not in taken and not _too_common(spelling, kind):
                taken.add(_key(spelling))
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


# --- compounds ----------------------------------------------------------------------------------------------------

_AGE = re.compile(r"^\d{1,2}-?[Jj]ährige[nrm]?$")
_ROLE_ENDINGS = ("innen", "in", "en", "es", "n", "s", "e", "")
_MODEL = re.compile(
    r"^(?:[A-Z]{1,4}[\d.]+[\w.-]*|\d{3}[\w.-]*|\d[A-Z]\d|[A-Z][\d]+|GT[234E]?|GTE|GTD|LMH|LMDh|LM|RSR|Evo|EVO|EVO2|R|S|M|II"
    r"|Hybrid|V\d+|Cayman|Huracán|Huracan|Vantage|Continental|Supra|NSX|DPi(?:-V\.R\.?)?|V-Series\.R|ARX-0\d|SC63|0\d)$"
)


@dataclass(frozen=True)
class Compound:
    """A word in one or several parts: "Haas-Teamchef" is a role of a name."""

    role: Role | None = None
    name: Name | None = None
    head: str = ""
    former: bool = False
    country: str = ""
    age: bool = False
    genitive: bool = False
    woman: bool = False
    """The word is that for a woman: "Schweizerin"."""


def compound(word: str, book: Gazetteer) -> Compound | None:
    """What a word says about a person or a name inside it; None for any other word."""
    if _AGE.match(word):
        return Compound(age=True)
    former = word.lower().startswith(("ex-", "alt-"))
    body = word.split("-", 1)[1] if former else word
    if not body or not body[0].isupper():
        return None
    woman = body.endswith(("in", "innen")) and len(body) > 5
    role = _role(body, book)
    if role is not None and not role.behind:
        return Compound(role=role, former=former, woman=woman)
    code = _demonym(body, book)
    if code:
        return Compound(country=code, woman=woman)
    parts = body.split("-")
    for cut in range(len(parts) - 1, 0, -1):
        name = book.lookup(" ".join(parts[:cut]))
        head = "-".join(parts[cut:])
        if name is None and parts[0].lower() in book.fronts and _is_make(head, book):
            name = book.names[book.fronts[parts[0].lower()]]
        if name is None and cut > 1:
            continue
        if name is not None:
            return Compound(_role(head, book), name, head.lower(), former, woman=woman)
        role = _role(head, book) or _role(parts[-1], book)
        if role is not None and not role.behind:
            return Compound(role=role, head=head.lower(), former=former)
    make = book.lookup(parts[-1]) if len(parts) > 1 else None
    if make is not None and make.is_a("make") and not former:
        return Compound(name=make, head="auto")  # "Werks-Porsche"
    return None


def _is_make(word: str, book: Gazetteer) -> bool:
    name = book.lookup(word)
    return name is not None and name.is_a("make")


def _role(word: str, book: Gazetteer) -> Role | None:
    low = word.lower()
    for ending in _ROLE_ENDINGS:
        if (low.endswith(ending) and ending) or not ending:
            found = book.roles.get(low[: len(low) - len(ending)])
            if found is not None:
                return found
    return None


def _demonym(word: str, book: Gazetteer) -> str:
    low = word.lower()
    for form in (low, low[:-1], low[:-2], low.removesuffix("nen").removesuffix("in")):
        if form in book.demonyms:
            return book.demonyms[form]
    return ""


def is_model(word: str) -> bool:
    """Whether a word can be part of a car's name: `911`, `GT3`, `M6`, `Hybrid`."""
    return bool(_MODEL.match(word))
