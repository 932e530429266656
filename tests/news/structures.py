"""The structures of structures.toml filled with invented people: short texts and the claims they make."""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from pathlib import Path

from langstrecke.news.claims.scoring import Key, Score, compare, gold_key, total
from langstrecke.news.lexicon.morphology import slug
from langstrecke.news.reader import read_article
from langstrecke.news.sources.files import article_from_text

CERTAINTIES = {"a": "announced", "r": "reported", "e": "expected", "p": "possible", "w": "wished", "d": "denied"}
FIRST = (
    "Arno Luis Piet Marco Owen Dario Jan Neil Robin Paul Timo Nils Lars Felix Moritz Jonas Kai Hugo Bruno Mateo Julian "
    "Oskar Vincent Anton Emil Leon Rafael Simon Theo Victor"
)
LAST = (
    "Brandl Ferrante Koster Sella Pryce Lunardi Maurer Ashby Lenaerts Meister Falk Roth Weidner Hesse Graf Stein Moreau "
    "Rivas Martinsen Berger Kelly Weber Grover Holm Quandel Rehberg Sandvik Tresson Ullmer Vianello"
)


def structures(aside: bool) -> list[dict[str, object]]:
    """Those to develop on (a to c of each kind), or those set aside."""
    found = tomllib.loads((Path(__file__).parent / "structures.toml").read_text("utf-8"))["structure"]
    return [s for s in found if (s["name"][-1] in "def") is aside]


def variants(structure: dict[str, object], times: int = 4) -> list[tuple[str, list[Key]]]:
    """The text with the names of other people each time, and its claims."""
    made = []
    for n in range(times):
        draw = random.Random(f"{structure['name']} {n}")
        first, last = draw.sample(FIRST.split(), 10), draw.sample(LAST.split(), 10)
        who = {letter: (f, s) for letter, f, s in zip("ABCDEFGHIJ", first, last, strict=True)}
        names = {letter: " ".join(pair) for letter, pair in who.items()} | {"Bl": who["B"][1]}
        text = re.sub(r"\{(\w+)\}", lambda m, names=names: names[m[1]], str(structure["text"]))
        claims: list[Key] = []
        for line in structure["claims"]:  # type: ignore[attr-defined]
            claims += _keys(str(line), names)
        made.append((text, claims))
    return made


def _keys(line: str, names: dict[str, str]) -> list[Key]:
    subjects, relation, *rest = (part.strip() for part in line.split("|"))
    ids = {letter: slug(name) for letter, name in names.items()}

    def those(part: str) -> list[str]:
        return [ids.get(one.strip(), one.strip()) for one in part.split(",")]

    if subjects == "crew":
        triples = [(a, "shares_car", b) for a, b in itertools.combinations(those(relation), 2)]
        sure = rest[0] if rest else ""
    else:
        triples = [(s, relation, o) for s in those(subjects) for o in those(rest[0])]
        sure = rest[1] if len(rest) > 1 else ""
    certainty = CERTAINTIES.get(sure, "confirmed")
    return [gold_key({"subject": s, "relation": r, "object": o, "certainty": certainty}) for s, r, o in triples]


def score_structures(*, aside: bool, times: int = 4) -> list[Score]:
    """Each structure's variants as one score; what is only implied counts where it is right."""
    scores = []
    for structure in structures(aside):
        name = str(structure["name"])
        parts = [
            compare(name, wanted, read_article(article_from_text(text, id=name, date=str(structure["date"]))).claims,
                    stated=True)
            for text, wanted in variants(structure, times)
        ]  # fmt: skip
        scores.append(total(parts, name))
    return scores
