"""What the newsroom's verbs give."""

from __future__ import annotations

from typing import Any

from langstrecke.services.answers.common import Answer


class Article(Answer):
    """An article and what was read in it."""

    id: str
    source: str
    title: str
    date: str | None
    date_from: str
    note: str
    claims: list[dict[str, Any]]
    withheld: list[dict[str, Any]]
    """Claims that are not told, for they are too likely to be misread: `doubt` says why."""
    model: dict[str, Any] | None = None


class Unread(Answer):
    """A text that could not be read."""

    file: str | None
    what: str
    hint: str | None


class NewsAnswer(Answer):
    """Articles read."""

    articles: list[Article]
    problems: list[Unread]
    kept: int = 0


class FindingLine(Answer):
    """A claim against the registry."""

    claim: dict[str, Any]
    verdict: str
    evidence: list[Any]
    note: str


class NewsCheckAnswer(Answer):
    """Claims checked."""

    findings: list[FindingLine]
    problems: list[Unread]


class NewsPatchAnswer(Answer):
    """The what-if that articles imply, as data and as a patch."""

    card: str
    weight: float
    changes: list[dict[str, Any]]
    unmoved: list[dict[str, Any]]
    toml: str
    problems: list[Unread]


class LedgerLine(Answer):
    """A claim of the ledger and its standing."""

    claim: dict[str, Any]
    status: str
    by: list[str]
