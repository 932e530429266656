"""Articles and claims: what the newsroom reads and what it keeps."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from langstrecke.errors import LangstreckeError

RELATIONS: tuple[str, ...] = (
    "enters", "enters_only", "drives_for", "drives", "shares_car", "driven_since", "leaves", "wants", "asks",
    "agrees", "supports", "manages", "leads", "father_of", "won", "finished", "beat", "fights_for", "holds_record",
    "attends", "replaces", "tests", "reserve_for", "leads_standings", "open_seat", "won_race",
)  # fmt: skip
"""Everything a claim can say; docs/news.md tells what each means."""

CERTAINTIES: tuple[str, ...] = (
    "confirmed", "announced", "reported", "expected", "possible", "wished", "not_confirmed", "denied",
)  # fmt: skip
"""How sure a text can be, surest first; the last two say that it is not so, or that nobody would say so."""

SYMMETRIC = frozenset({"shares_car"})
"""Relations that read the same in both directions."""

BY_EXAMPLE = "examples"
"""The rule of a claim that no rule read: texts with gold claims taught it."""


class NewsError(LangstreckeError):
    """A text that cannot be read, or a part of the newsroom that is not installed."""


@dataclass(frozen=True)
class Article:
    """A text to read. Offsets of claims count characters of `text`."""

    id: str
    text: str
    source: str = ""
    """The file's name or address, as it was given."""
    title: str = ""
    date: str = ""
    """`2019`, `2019-06` or `2019-06-14`; empty where nothing tells."""
    date_from: str = "unknown"
    """given, header, page, feed, text or unknown."""
    page: str = ""
    """The saved page the text was taken from; empty for plain text."""
    note: str = ""
    """What was odd about the file: its encoding, its length."""

    @property
    def year(self) -> int | None:
        """The year it was written in."""
        return int(self.date[:4]) if self.date else None

    @property
    def month(self) -> int:
        """The month it was written in, 1 to 12; 0 where the date has none."""
        return int(self.date[5:7]) if len(self.date) > 6 else 0


@dataclass(frozen=True)
class Claim:
    """One statement of one text."""

    subject: str
    relation: str
    object: str
    certainty: str
    subject_name: str = ""
    object_name: str = ""
    known: bool = True
    """False where subject or object is a name nobody has told us of."""
    series: str = ""
    car_class: str = ""
    car: str = ""
    seasons: tuple[int, ...] = ()
    since: int | None = None
    place: str = ""
    """`2` for second, `dnf`; of relation finished."""
    count: int | None = None
    """How often: "vier Klassensiege"."""
    scope: str = ""
    """`class` where only a class win is told."""
    speaker: str = ""
    """Who says so, where it is quoted."""
    by: str = ""
    """Source the text names: "laut ..."."""
    tense: str = "present"
    """past, present or future, seen from the date of the text."""
    article: str = ""
    date: str = ""
    start: int = 0
    """First and last character (exclusive) of the sentence in the text."""
    end: int = 0
    sentence: str = ""
    rule: str = ""
    """The rule that read it."""
    implied: bool = False
    """Not said in so many words: it follows from who shares the car, or whose cars the lines before are about."""
    signs: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """By what it is judged whether it was read rightly."""
    clues: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """By what it is judged how sure the text is."""
    trust: float | None = field(default=None, compare=False)
    """How likely it is read rightly, by those signs; None where nothing judged it."""
    doubt: str = field(default="", compare=False)
    """Of a claim that is withheld: why."""
    page_span: tuple[int, int] | None = field(default=None, compare=False)
    """Where the sentence stands in the saved page the text came from."""

    @property
    def id(self) -> str:
        """Stable for the same statement at the same place of the same text."""
        told = f"{self.article}|{self.start}|{'|'.join(self.key)}|{self.seasons}|{self.since}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What the scorer compares; a claim without direction has its two sides in order of the alphabet."""
        one, other = self.subject, self.object
        if self.relation in SYMMETRIC and one > other:
            one, other = other, one
        return (one, self.relation, other, self.certainty)

    def to_json(self) -> dict[str, Any]:
        """The claim as plain data, its id included."""
        data = {"id": self.id, **asdict(self)}
        data["seasons"] = list(self.seasons)
        del data["signs"], data["clues"]
        return data

    def told(self) -> str:
        """The claim in one line for people, without how sure it is."""
        verb = self.relation.replace("_", " ")
        when = "-".join(str(y) for y in self.seasons) or (f"since {self.since}" if self.since else "")
        return " ".join(p for p in (self.subject_name, verb, self.object_name, self.place, when) if p)

    def words(self) -> str:
        """The claim in one line for people, with how sure it is, by whom, and whether it is only implied."""
        return f"{self.told()} [{', '.join([self.certainty, *self.marks()])}]"

    def marks(self) -> list[str]:
        """Whom the text names as its source, `implied` where the claim is, how likely what only examples say."""
        learnt = [f"from examples, {100 * self.trust:.0f} %"] if self.rule == BY_EXAMPLE and self.trust else []
        return [*([self.by] if self.by else []), *(["implied"] if self.implied else []), *learnt]
