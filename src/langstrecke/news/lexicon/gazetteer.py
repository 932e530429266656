"""Names in a text: teams, makes, cars, series, races, places and people, in German dress."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from langstrecke.news.lexicon.known_names import Name, key_of, known_names, norm, table
from langstrecke.news.lexicon.morphology import missing, slug
from langstrecke.paddock.registry import Registry, load_registry

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

PARTICLES = frozenset({"van", "der", "von", "de", "di", "da", "del", "den", "dos", "zu", "vom", "la"})
"""Small words inside a surname."""


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
    phrases: dict[str, str]
    """Folded words of a name -> its id."""
    lengths: dict[str, tuple[int, ...]]
    """How many words the names have that begin with a word."""
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
    surnames: dict[str, list[str]]
    """Surname of drivers of the registry -> their ids."""
    registry: Registry
    compounds: dict[str, Compound | None] = field(default_factory=dict)
    """What words were found to say, kept."""

    def doc(self, text: str) -> Doc:
        """The text cut into words."""
        return self.nlp.make_doc(text)

    def found(self, doc: Doc) -> list[tuple[int, int, Name]]:
        """Known names in a text, of two that overlap the longer, as first word, word behind the last, name."""
        norms = [norm(t.text) for t in doc]
        spans = [
            (n, n + length, self.phrases[phrase])
            for n, word in enumerate(norms)
            for length in self.lengths.get(word, ())
            if n + length <= len(norms) and (phrase := " ".join(norms[n : n + length])) in self.phrases
        ]
        taken: set[int] = set()
        kept = []
        for start, end, id in sorted(spans, key=lambda s: (s[0] - s[1], s[0])):
            if taken.isdisjoint((start, end - 1)):
                taken.update(range(start, end))
                kept.append((start, end, self.names[id]))
        return sorted(kept, key=lambda s: s[0])

    def lookup(self, text: str) -> Name | None:
        """The name spelled so, dashes and case aside."""
        return self.by_norm.get(key_of(text))


@cache
def gazetteer() -> Gazetteer:
    """The names of names.toml, roles.toml and the registry; made once and kept on disk (`known_names`)."""
    try:
        import spacy
        from spacy.about import __version__ as cutter
    except ImportError:
        raise missing("spacy") from None
    registry = load_registry()
    nlp = spacy.blank("de")
    nlp.max_length = 2_000_000
    known = known_names(registry, lambda text: [norm(t.text) for t in nlp.make_doc(text)], cutter)
    roles_table = table("roles.toml")
    _, women, men = (files("langstrecke.news") / "data" / "first_names.txt").read_text("utf-8").splitlines()
    return Gazetteer(
        nlp=nlp,
        phrases=known.phrases,
        lengths=known.lengths,
        names=known.names,
        by_norm={key: known.names[id] for key, id in known.by_key.items()},
        roles={
            word: Role(word, role["relation"], bool(role.get("only_behind_a_name")))
            for role in roles_table["role"]
            for word in role["words"]
        },
        demonyms={word: code for code, words in roles_table["demonyms"].items() for word in words},
        first_names=known.first_names | frozenset(women.split()) | frozenset(men.split()),
        women=frozenset(women.split()) - known.first_names | {norm(n) for n in roles_table["first_names"]["women"]},
        short_names=frozenset(n[:k] for n in known.first_names for k in range(4, len(n))),
        fronts={t["front"].lower(): id for id, t in table("names.toml").items() if "front" in t},
        families=tuple((f["father"], f["child"]) for f in roles_table["family"]),
        teams_of={slug(n.head): n.id for n in known.names.values() if n.head},
        team_words=known.team_words,
        surnames=known.surnames,
        registry=registry,
    )


# --- compounds ----------------------------------------------------------------------------------------------------

_AGE = re.compile(r"^\d{1,2}-?[Jj]ährige[nrm]?$")
_ROLE_ENDINGS = ("innen", "in", "en", "es", "n", "s", "e", "")
_MODEL = re.compile(
    r"^(?:[A-Z]{1,4}[\d.]+[\w.-]*|\d{3}[\w.-]*|\d[A-Z]\d|[A-Z][\d]+|GT[234E]?|GTE|GTD|LMH|LMDh|LM|RSR|Evo|EVO|EVO2|R|S|M|II"
    r"|Hybrid|V\d+|Cayman|Boxster|Huracán|Huracan|Vantage|Valkyrie|Continental|Supra|NSX|Capri|Mustang|Civic|Le[oó]n|Astra|Corsa"
    r"|Vectra|Golf|Polo|Scirocco|Elantra|Clio|Mégane|Artura|Viper|Logan|Camaro|Cup|Racer|Turbo|GTX?|Racing|TCR|Pro|RC|Spyder|Coupé|GR|RS|"
    r"DPi(?:-V\.R\.?)?|V-Series\.R|ARX-0\d|SC63|0\d)$"
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
    if word not in book.compounds:
        book.compounds[word] = _compound(word, book)
    return book.compounds[word]


def _compound(word: str, book: Gazetteer) -> Compound | None:
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
            joint = book.lookup(f"{head} {' '.join(parts[:cut])}")  # "Penske-Porsche" is Porsche Penske
            name = joint if joint is not None and joint.is_a("team") and not joint.is_a("make") else name
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
