"""What the verbs of cards and kept what-ifs give."""

from __future__ import annotations

import datetime as dt

from langstrecke.errors import CardError
from langstrecke.services.answers.common import Answer


class CardLine(Answer):
    """A shipped card."""

    card: str
    race: str
    series: str
    season: int
    date: dt.date
    duration_s: float
    classes: list[str]
    cars: int
    knowledge: str
    result: bool


class AssumedDriver(Answer):
    """A driver the card does not know, and the pace it is given: that of the class's drivers."""

    driver: str
    car: str
    pace_s: float
    """Seconds a lap against the car's own pace; negative is faster."""
    low_s: float
    high_s: float
    """19 of 20 such drivers lie between the two."""


class PatchWords(Answer):
    """What a what-if changes, in words, what it has to assume, and the text that says so."""

    card: str
    changes: list[str]
    assumed: list[AssumedDriver]
    toml: str


class SavedPatch(Answer):
    """A kept what-if."""

    name: str
    saved: dt.datetime
    toml: str
    title: str = ""


class CardProblem(Answer):
    """One thing that is wrong with a card, and where."""

    file: str | None
    line: int | None
    key: str | None
    what: str
    hint: str | None

    def text(self) -> str:
        """One line: place, what, hint."""
        return CardError(self.what, file=self.file, line=self.line, key=self.key, hint=self.hint).message()


class CheckAnswer(Answer):
    """Whether a card is sound, what is wrong with it, what looks like a slip, and what it rests on."""

    ok: bool
    problems: list[CardProblem]
    warnings: list[str]
    grounds: list[str]
    """What is not known for sure: stand-in rule books, gaps, guesses."""
