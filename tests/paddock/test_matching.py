"""Is it one person? Scores and reasons of names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langstrecke.paddock.matching import (
    DOUBTFUL,
    MERGE,
    Profile,
    compare,
    compare_names,
    fold,
    nicknames,
    plain_name,
    slug,
    split_name,
)


def test_words_of_a_name() -> None:
    assert fold("Côme LEDOGAR") == "come ledogar"
    assert slug("Marco Sørensen") == "marco-sorensen"
    assert slug("Pato O'Ward") == "pato-oward"
    assert plain_name("Lt. Col. Edward Russell") == "Edward Russell"
    assert plain_name("f.n.u. Flaud") == "Flaud"
    assert plain_name('Sebastian "Seb" Priaulx') == "Sebastian Priaulx"
    assert plain_name('"Loustel" (Pierre Dumay)') == "Pierre Dumay"
    assert plain_name('"Winter"') == "Winter"
    assert nicknames('Sebastian "Seb" Priaulx') == ("Seb Priaulx",)
    assert nicknames('"Loustel" (Pierre Dumay)') == ("Loustel",)
    assert split_name("Kelvin van der Linde").surname == ("van", "der", "linde")
    assert split_name("Nelson Piquet Jr.").generation == "jr"
    assert split_name("Flaud").given == ()


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("Jan Magnussen", "JAN MAGNUSSEN", 95, 95),
        ("Jan Magnussen", "J. Magnussen", 70, 80),
        ("Jan Magnussen", "Kevin Magnussen", 0, 0),
        ("Nico Müller", "Sven Müller", 0, 0),
        ("Nico Müller", "Nico Mueller", 90, 95),
        ("Nick Catsburg", "Nicky Catsburg", 80, 89),
        ("Alessandro Pier Guidi", "Alessandro Pierguidi", 90, 95),
        ("Ye Yifei", "Yifei Ye", 85, 95),
        ("Jean-Paul Bodin", "Jean-Pierre Bodin", 0, 0),
        ("Nelson Piquet", "Nelson Piquet Jr.", 60, 80),
        ("John Paul Jr.", "John Paul Sr.", 0, 0),
        ("PJ Hyett", "Phillip Jeffrey Hyett", 70, 80),
        ("Dries Vanthoor", "Laurens Vanthoor", 0, 0),
    ],
)
def test_scores_of_names(one: str, other: str, least: float, most: float) -> None:
    match = compare_names(one, other)
    assert least <= match.score <= most, match
    assert match.reasons
    assert compare_names(other, one).score == match.score


def test_one_race_in_two_cars_decides() -> None:
    one = Profile("Max Hofer", races={"a"}, teams={("x", 2019)})
    other = Profile("Maximilian Hofer", races={"a"}, teams={("x", 2019)})
    match = compare(one, other)
    assert match.score == 0
    assert "both drove in a" in match.reasons
    other.races = {"b"}
    assert compare(one, other).score >= MERGE


def test_evidence_moves_the_score() -> None:
    young = Profile("Tom Smith", countries={"GBR"}, years={2010}, teams={("x", 2010)}, mates={"a b"})
    same = Profile("Thomas Smith", countries={"GBR"}, years={2011}, teams={("x", 2011)}, mates={"a b"})
    stranger = Profile("Thomas Smith", countries={"USA"}, years={1970})
    assert compare(young, same).score >= MERGE
    assert compare(young, stranger).score < DOUBTFUL
    assert any("years between" in reason for reason in compare(young, stranger).reasons)
    assert any("from GBR and USA" in reason for reason in compare(young, stranger).reasons)


names = st.text(alphabet="abcdeäöüøé'-. \"()", min_size=0, max_size=24)


@given(one=names, other=names)
def test_any_text_is_a_name(one: str, other: str) -> None:
    match = compare_names(one, other)
    assert 0 <= match.score <= 95
    assert match.score == compare_names(other, one).score
    assert slug(one) == slug(slug(one))
