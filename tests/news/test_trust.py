"""Claims that are read wrongly too often are withheld, and say why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, check_claims, read_article
from langstrecke.news.model import BY_EXAMPLE
from langstrecke.news.relations.trust import trust, trusted

NEWS = Path(__file__).parent


def read(name: str, date: str):  # type: ignore[no-untyped-def]
    text = (NEWS / "texts" / name).read_text("utf-8")
    return read_article(article_from_text(text, id=name, date=date))


def test_every_claim_says_how_likely_it_is_read_rightly() -> None:
    reading = read("tenth/120-speedweek-imsa.txt", "2023-01")
    assert reading.claims
    told, withheld = ([c for c in cs if c.rule != BY_EXAMPLE] for cs in (reading.claims, reading.withheld))
    assert all(c.trust is not None and trust().threshold <= c.trust <= 1 for c in told)
    assert all(c.trust is not None and c.trust < trust().threshold and c.doubt for c in withheld)


def test_what_is_withheld_says_why_and_is_neither_told_nor_checked() -> None:
    reading = read("fourth/64-preview.txt", "2020-02")
    assert reading.withheld
    told = {c.key for c in reading.claims}
    assert not told & {c.key for c in reading.withheld}
    assert {f.claim.key for f in check_claims(reading.claims)} == told
    data = json.loads(json.dumps(reading.to_json()))
    assert [c["doubt"] for c in data["withheld"]] == [c.doubt for c in reading.withheld]
    assert "signs" not in data["claims"][0]


def test_a_plain_statement_is_told() -> None:
    reading = read_article(article_from_text("Prema verpflichtet Robert Kubica.", date="2021-12"))
    assert [c.key for c in reading.claims] == [("robert-kubica", "drives_for", "prema", "confirmed")]


def test_a_claim_with_every_bad_sign_is_withheld_and_one_with_every_good_sign_is_told() -> None:
    (claim,) = read_article(article_from_text("Prema verpflichtet Robert Kubica.", date="2021-12")).claims
    bad = frozenset(s for s, w in trust().weights.items() if w < 0)
    good = frozenset(s for s, w in trust().weights.items() if w > 0)
    told, withheld = trusted([replace(claim, signs=bad, trust=None), replace(claim, signs=good, trust=None)])
    assert [c.signs for c in told] == [good]
    assert [c.signs for c in withheld] == [bad]


def test_no_sign_knows_what_is_true() -> None:
    """The fact check may not judge what was chosen by its own answer."""
    true = "Sébastien Buemi, Brendon Hartley und Ryo Hirakawa gewannen 2022 die 24 Stunden von Le Mans."
    false = "Mike Conway, Kamui Kobayashi und José María López gewannen 2022 die 24 Stunden von Le Mans."
    one, other = (read_article(article_from_text(t, date="2022-12")) for t in (true, false))
    assert sorted(c.trust or 0 for c in one.claims) == sorted(c.trust or 0 for c in other.claims)
    assert len(one.claims) == len(other.claims) > 0
