"""What only examples say: marked, likely, never against the rules, and nothing is built on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, check_claims, read_article
from langstrecke.news.model import BY_EXAMPLE, Claim
from langstrecke.news.relations.learnt import learnt
from langstrecke.news.relations.pairs import Pair

NEWS = Path(__file__).parent
SENTENCES = (
    "Neben Kévin Estre und Laurens Vanthoor war im Manthey-Porsche noch Michael Christensen unterwegs.",
    "Bei Rowe Racing durfte neben Philipp Eng auch der 22-jährige Dan Harper ran.",
    "Schade nur, dass Dries Vanthoor seinen WRT-Audi, den er mit Kelvin van der Linde bewegte, in die Mauer setzte.",
)


def read(text: str, date: str = "2021-06") -> tuple[Claim, ...]:
    return read_article(article_from_text(text, date=date)).claims


def by_example(claims: Sequence[Claim]) -> list[Claim]:
    return [c for c in claims if c.rule == BY_EXAMPLE]


def texts() -> list[tuple[str, str]]:
    return [(f.stem, f.read_text("utf-8")) for f in sorted((NEWS / "texts" / "eleventh").glob("*.txt"))]


def test_they_add_to_what_rules_read_and_never_go_against_it() -> None:
    added = 0
    for name, text in texts():
        claims = read_article(article_from_text(text, id=name, date="2023-09")).claims
        rules = [c for c in claims if c.rule != BY_EXAMPLE]
        pairs = {frozenset((c.subject, c.object)) for c in rules}
        for c in by_example(claims):
            assert frozenset((c.subject, c.object)) not in pairs
            assert not any(r.subject == c.subject and r.relation == c.relation != "shares_car" for r in rules)
        added += len(by_example(claims))
    assert added > len(texts())


def test_each_says_that_and_how_likely_it_is() -> None:
    for name, text in texts():
        reading = read_article(article_from_text(text, id=name, date="2023-09"))
        for c in by_example(reading.claims):
            assert c.trust is not None
            assert learnt().threshold <= c.trust <= 1
            assert f"from examples, {100 * c.trust:.0f} %" in c.words()
        for c in by_example(reading.withheld):
            assert c.trust is not None
            assert learnt().shown <= c.trust < learnt().threshold
            assert c.doubt


def test_weights_of_one_sentence_do_not_hang_on_the_order_of_its_pairs() -> None:
    asked: list[Pair] = []

    def listen(found: Sequence[Pair]) -> list[list[tuple[str, float]]]:
        asked.extend(found)
        return [[] for _ in found]

    for sentence in SENTENCES:
        read_article(article_from_text(sentence, date="2021-06"), listen)
    forward = learnt().told(asked)
    assert learnt().told(asked[::-1]) == forward[::-1]
    assert any(forward)
    assert learnt().told([]) == []


def test_a_list_of_hundreds_is_left_to_the_rules() -> None:
    first, last = (
        ("Karl", "Hans", "Otto", "Emil", "Paul"),
        ("Mahlek", "Nagulin", "Ostlov", "Pfistor", "Quanter", "Zellin"),
    )
    names = [f"{a} {b}{c}" for a in first for b in last for c in ("", "s", "ko", "berg", "ov", "na", "ti", "mann")]
    asked: list[Pair] = []

    def listen(found: Sequence[Pair]) -> list[list[tuple[str, float]]]:
        asked.extend(found)
        return [[] for _ in found]

    text = f"Am Start sind {', '.join(names)} im Porsche von Manthey in Spa."
    read_article(article_from_text(text, date="2021-06"), listen)
    assert asked == []
    assert not [c for c in read(text) if c.relation == "shares_car"]  # nor is it a crew


def test_what_nobody_names_is_told_of_nobody() -> None:
    assert read("Die 24 Stunden waren nass, und am Ende siegte die Vernunft.") == ()


def test_24_hours_of_nobody_knows_where_are_no_race() -> None:
    assert not [c for c in read("Kévin Estre gewann das 24-Stunden-Rennen.") if c.relation == "won"]
    told = read("In der Eifel feiert Porsche. Kévin Estre gewann das 24-Stunden-Rennen.")
    assert ("kevin-estre", "won", "nurburgring-24h") in {c.key[:3] for c in told}
    told = read("In Spa feiert Porsche. Kévin Estre gewann das 24-Stunden-Rennen.")
    assert ("kevin-estre", "won", "spa-24h") in {c.key[:3] for c in told}


def test_what_only_examples_say_is_contradicted_by_nothing_and_seats_nobody() -> None:
    (claim,) = read("Mike Conway gewann 2022 die 24 Stunden von Le Mans.", "2022-12")
    (ruled,) = check_claims([claim])
    (taught,) = check_claims([replace(claim, rule=BY_EXAMPLE, trust=0.7)])
    assert ruled.verdict == "contradicted"
    assert taught.verdict == "not_checkable"
    assert "only examples" in taught.note
