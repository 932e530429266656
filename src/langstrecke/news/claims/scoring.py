"""Claims against a gold file: precision, recall, and what was missed."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.model import SYMMETRIC, Claim
from langstrecke.news.reader import read_article
from langstrecke.news.sources.files import article_from_text

Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Score:
    """How the claims of one text, or of several, meet the gold."""

    text: str
    right: tuple[Key, ...]
    missed: tuple[Key, ...]
    wrong: tuple[Key, ...]

    @property
    def precision(self) -> float:
        """Share of what was read that is right; 1 where nothing was read."""
        read = len(self.right) + len(self.wrong)
        return len(self.right) / read if read else 1.0

    @property
    def recall(self) -> float:
        """Share of the gold that was read; 1 where there is none."""
        gold = len(self.right) + len(self.missed)
        return len(self.right) / gold if gold else 1.0

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "text": self.text,
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "right": len(self.right),
            "missed": [list(k) for k in self.missed],
            "wrong": [list(k) for k in self.wrong],
        }


def same_id(id: str) -> str:
    """The id of what an annotator's id names: `formel-e` is another spelling of a name we know."""
    name = gazetteer().lookup(id)
    return name.id if name is not None else id


def gold_key(entry: dict[str, Any]) -> Key:
    """What is compared of a gold claim: subject, relation, object, certainty."""
    one, other = same_id(str(entry["subject"])), same_id(str(entry["object"]))
    if entry["relation"] in SYMMETRIC and one > other:
        one, other = other, one
    return one, str(entry["relation"]), other, str(entry["certainty"])


def claim_key(claim: Claim) -> Key:
    """What is compared of a claim, its ids as the registry has them."""
    told = {"subject": claim.subject, "relation": claim.relation, "object": claim.object}
    return gold_key({**told, "certainty": claim.certainty})


MULTIPLIED = frozenset({"fifth", "sixth", "ninth", "tenth", "eleventh", "twelfth"})
"""Sets whose gold has what a crew has in common for each of it; that of the others lists only what is stated."""


LATER = frozenset({"replaces", "tests", "leads_standings", "open_seat", "won_race"})
"""Relations that only the gold of the ninth set and after has: what is read of them in others is left out."""
WITH_LATER = frozenset({"ninth", "tenth", "eleventh", "twelfth"})


def score_text(gold_file: Path, text_file: Path, *, stated: bool = False) -> Score:
    """Read one text and hold it against its gold file. Statements repeated within the text count once."""
    try:
        gold = tomllib.loads(gold_file.read_text("utf-8"))
        text = text_file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise LangstreckeError(f"cannot be read: {error}", file=gold_file) from None
    article = article_from_text(text, id=gold_file.stem, date=str(gold.get("date", "")))
    wanted = [gold_key(c) for c in gold.get("claim", [])]
    later = gold_file.parent.name in WITH_LATER
    claims = tuple(c for c in read_article(article).claims if later or c.relation not in LATER)
    return compare(gold_file.stem, wanted, claims, stated=stated)


def compare(text: str, gold: list[Key], claims: tuple[Claim, ...], *, stated: bool = False) -> Score:
    """Right, missed and wrong, as sets.

    `stated`: the gold lists what is said in so many words and no more; a claim that is only implied counts where the
    gold has it, and is left out of account where it has not.
    """
    wanted = list(dict.fromkeys(gold))
    read = list(dict.fromkeys(claim_key(c) for c in claims if not (stated and c.implied) or claim_key(c) in wanted))
    return Score(
        text,
        tuple(k for k in wanted if k in read),
        tuple(k for k in wanted if k not in read),
        tuple(k for k in read if k not in wanted),
    )


def without_certainty(score: Score) -> Score:
    """The same comparison on subject, relation and object alone."""
    wanted = {k[:3] for k in (*score.right, *score.missed)}
    read = {k[:3] for k in (*score.right, *score.wrong)}
    return Score(
        score.text,
        tuple((*k, "") for k in sorted(wanted & read)),
        tuple((*k, "") for k in sorted(wanted - read)),
        tuple((*k, "") for k in sorted(read - wanted)),
    )


CREWS = frozenset({"shares_car", "drives", "drives_for"})
"""Who sits in which car of which team, with whom."""


def only(score: Score, relations: frozenset[str]) -> Score:
    """The part of a score that is about these relations."""
    right, missed, wrong = (
        tuple(k for k in keys if k[1] in relations) for keys in (score.right, score.missed, score.wrong)
    )
    return Score(score.text, right, missed, wrong)


def total(scores: list[Score], name: str = "all") -> Score:
    """Several texts as one: every claim counts the same."""
    return Score(
        name,
        tuple(k for s in scores for k in s.right),
        tuple(k for s in scores for k in s.missed),
        tuple(k for s in scores for k in s.wrong),
    )


def score_folder(gold: Path, texts: Path) -> list[Score]:
    """All gold files of a folder against the texts of another; a gold file may name its text in `file`."""
    scores = []
    for gold_file in sorted(gold.glob("*.toml")):
        named = tomllib.loads(gold_file.read_text("utf-8")).get("file")
        text_file = texts / (str(named) if named else f"{gold_file.stem}.txt")
        if text_file.exists():
            scores.append(score_text(gold_file, text_file, stated=gold.name not in MULTIPLIED))
    return scores
