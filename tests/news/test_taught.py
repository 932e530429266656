"""The texts that examples are learnt from: whole, in the words of the text, and apart from what is sealed."""

from __future__ import annotations

from pathlib import Path

import pytest

from langstrecke.news.model import CERTAINTIES, RELATIONS

NEWS = Path(__file__).parent


@pytest.mark.parametrize("file", sorted((NEWS / "taught").glob("*.txt")), ids=lambda f: f.stem)
def test_every_claim_is_told_in_words_of_its_text(file: Path) -> None:
    texts = file.read_text("utf-8").split("\n=== ")[1:]
    assert len(texts) >= 30
    for one in texts:
        head, _, rest = one.partition("\n")
        text, _, lines = rest.partition("\n--- \n")
        assert len(head.split()) == 2
        claims = lines.strip().splitlines()
        assert claims
        for line in claims:
            subject, relation, object, certainty, words, *place = (c.strip() for c in line.split("|"))
            assert subject
            assert object
            assert relation in RELATIONS
            assert certainty in CERTAINTIES
            assert words in text
            assert len(place) < 2


def test_nothing_sealed_is_among_them() -> None:
    taught = "".join(f.read_text("utf-8") for f in (NEWS / "taught").glob("*.txt"))
    for name in ("seventh", "twelfth", "held_out"):
        for file in (NEWS / "texts" / name).glob("*.txt"):
            headline = file.read_text("utf-8").strip().splitlines()[0]
            assert headline not in taught
