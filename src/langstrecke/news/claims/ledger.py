"""The ledger: articles and claims in the store; which claims stand, which were replaced, which contradict."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from langstrecke.errors import NotFoundError
from langstrecke.news.lexicon.morphology import slug
from langstrecke.news.model import CERTAINTIES, Claim
from langstrecke.news.reader import Reading
from langstrecke.store import Store

_TABLES = """
CREATE TABLE IF NOT EXISTS news_articles (
    id VARCHAR PRIMARY KEY, source VARCHAR, title VARCHAR, date VARCHAR, date_from VARCHAR, note VARCHAR
);
CREATE TABLE IF NOT EXISTS news_claims (
    id VARCHAR, article VARCHAR, "order" INTEGER, subject VARCHAR, relation VARCHAR, object VARCHAR,
    certainty VARCHAR, date VARCHAR, claim VARCHAR, PRIMARY KEY (id, "order")
);
"""
_SURE = {name: rank for rank, name in enumerate(reversed(CERTAINTIES[:6]))}
"""Of the claims that say yes, the surer the higher."""


@dataclass(frozen=True)
class Line:
    """A claim in the ledger and where it stands."""

    claim: Claim
    status: str
    """stands, superseded or contradicted."""
    by: tuple[str, ...] = ()
    """Ids of the claims that superseded or contradict it."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"claim": self.claim.to_json(), "status": self.status, "by": list(self.by)}


def keep(store: Store, readings: Iterable[Reading]) -> int:
    """Write readings into the store; an article read again replaces what was read before. Returns how many claims."""
    connection = store.connection
    connection.execute(_TABLES)
    by_id = {r.article.id: r for r in settled(store, readings)}
    articles = [
        (a.id, a.source, a.title, a.date, a.date_from, r.note or a.note) for r in by_id.values() for a in [r.article]
    ]
    claims = [
        (
            c.id,
            id,
            n,
            c.subject,
            c.relation,
            c.object,
            c.certainty,
            c.date,
            json.dumps(c.to_json(), ensure_ascii=False),
        )
        for id, r in by_id.items()
        for n, c in enumerate(r.claims)
    ]
    connection.execute("BEGIN")
    connection.execute("DELETE FROM news_claims WHERE article IN (SELECT unnest(?))", [list(by_id)])
    connection.execute("DELETE FROM news_articles WHERE id IN (SELECT unnest(?))", [list(by_id)])
    for table, rows in (("news_articles", articles), ("news_claims", claims)):
        if rows:  # a list for each column: a row at a time takes DuckDB a millisecond each
            columns = ", ".join("unnest(?)" for _ in rows[0])
            connection.execute(f"INSERT INTO {table} SELECT {columns}", [list(c) for c in zip(*rows, strict=True)])
    connection.execute("COMMIT")
    return len(claims)


def settled(store: Store, readings: Iterable[Reading]) -> list[Reading]:
    """The readings as the store will keep them: whose id another file's article has there gets one of its own."""
    try:
        rows = store.connection.execute("SELECT id, source FROM news_articles").fetchall()
    except duckdb.CatalogException:
        rows = []
    known = {str(id): str(source) for id, source in rows}
    found = []
    for reading in readings:
        article = reading.article
        source = str(Path(article.source).resolve()) if Path(article.source).is_file() else article.source
        id = article.id
        if id in known and known[id] not in (source, article.source):
            id = f"{id}-{hashlib.sha256(source.encode()).hexdigest()[:6]}"
        claims = tuple(replace(claim, article=id) for claim in reading.claims)
        found.append(replace(reading, article=replace(article, id=id, source=source), claims=claims))
    return found


def side_by_side(found: list[Line]) -> list[Line]:
    """The lines with contradicting ones next to each other, else as they were."""
    order: dict[int, Line] = {}
    for line in found:
        against = [other for other in found if line.status == "contradicted" and other.claim.id in line.by]
        for each in (line, *against):
            order.setdefault(id(each), each)
    return list(order.values())


def kept(store: Store, about: str = "") -> list[Claim]:
    """The claims of the store, oldest article first; with `about`, those a person, team or series appears in."""
    try:
        rows = store.connection.execute(
            "SELECT claim FROM news_claims WHERE ?1 = '' OR subject = ?1 OR object = ?1"
            ' ORDER BY date, article, "order"',
            [about],
        ).fetchall()
    except duckdb.CatalogException:  # nothing was ever read
        return []
    return [_claim(json.loads(row[0])) for row in rows]


def people(store: Store) -> list[str]:
    """Names that appear in the ledger."""
    names = {c.subject_name for c in kept(store)} | {c.object_name for c in kept(store)}
    return sorted(n for n in names if n)


def lines_about(store: Store, name: str = "") -> list[Line]:
    """The ledger's lines on somebody, a surname is enough; on all without a name. NotFoundError names the nearest."""
    about = slug(name)
    claims = kept(store, about)
    if name and not claims:
        known = people(store)
        near = [k for k in known if slug(k).endswith("-" + about)]
        if len(near) == 1:
            claims = kept(store, slug(near[0]))
        if not claims:
            hint = "langstrecke news read FILES fills it"
            raise NotFoundError.nearest("name in the ledger", name, known, hint=hint)
    return lines(claims)


def _claim(data: dict[str, Any]) -> Claim:
    data = {k: v for k, v in data.items() if k != "id"}
    data["seasons"] = tuple(data["seasons"])
    data["page_span"] = tuple(data["page_span"]) if data.get("page_span") else None
    return Claim(**data)


def lines(claims: list[Claim]) -> list[Line]:
    """Every claim with its standing. Newer and surer claims replace older ones on the same matter; a yes and a no of
    which neither is later stand side by side.
    """
    matters: dict[tuple[str, frozenset[str]], list[Claim]] = defaultdict(list)
    for claim in claims:
        matters[claim.relation, frozenset((claim.subject, claim.object))].append(claim)
    found = []
    for claim in claims:
        others = matters[claim.relation, frozenset((claim.subject, claim.object))]
        found.append(_line(claim, [c for c in others if c is not claim and _same_matter(c, claim)]))
    return found


def _same_matter(one: Claim, other: Claim) -> bool:
    if one.relation != "shares_car" and one.subject != other.subject:
        return False
    if one.seasons and other.seasons and not set(one.seasons) & set(other.seasons):
        return False
    if bool(one.seasons) != bool(other.seasons) and (one.tense == "past") != (other.tense == "past"):
        return False
    return not (one.series and other.series and one.series != other.series)


def _line(claim: Claim, rivals: list[Claim]) -> Line:
    beaten = tuple(r.id for r in rivals if _replaces(r, claim))
    if beaten:
        return Line(claim, "superseded", beaten)
    against = tuple(r.id for r in rivals if _against(r, claim) and not _replaces(claim, r))
    return Line(claim, "contradicted", against) if against else Line(claim, "stands")


def _says_no(claim: Claim) -> bool:
    return claim.certainty == "denied"


def _against(one: Claim, other: Claim) -> bool:
    """A yes against a no. A wish is no yes, a refusal to comment is no no."""
    told = {one.certainty, other.certainty}
    return _says_no(one) != _says_no(other) and not told & {"wished", "not_confirmed", "possible"}


def _replaces(new: Claim, old: Claim) -> bool:
    later = new.date > old.date
    if not later or "not_confirmed" in (new.certainty, old.certainty):
        return False
    if _says_no(new):
        return True
    if _says_no(old):
        return _SURE.get(new.certainty, 0) >= _SURE["announced"]
    return _SURE.get(new.certainty, 0) >= _SURE.get(old.certainty, 0)
