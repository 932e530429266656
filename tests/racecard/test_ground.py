"""What a card rests on: stand-in rule books, gaps, guesses, licences; told by every verb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories import make_card, small_card
from langstrecke.cli import app
from langstrecke.racecard import RaceCard, card_text, grounds, list_cards, load_card, read_card
from langstrecke.racecard.build.display_names import rulebook_of
from langstrecke.report.page import report_html


def named(**race: object) -> str:
    return " | ".join(grounds(small_card(**race)))


@pytest.mark.parametrize(
    ("race", "told"),
    [
        ({}, ""),
        ({"series": "imsa-weathertech"}, ""),
        ({"season": 2020}, "played by imsa-2021, the book of 2020 is not held"),
        ({"season": 2031, "rulebook": "imsa-2022"}, "played by imsa-2022, the book of 2031 is not held"),
        ({"season": 2023, "rulebook": "imsa-2022"}, "played by imsa-2022, the book of 2023 is not held"),
        ({"series": "club-cup"}, "played by imsa-2021, a book of club-cup is not held"),
        ({"series": "club-cup", "rulebook": "none"}, "played by no rule book: nothing binds drivers"),
        ({"series": "wec"}, "played by imsa-2021, not by one of wec 2021"),
        (
            {"rulebook": "le-mans", "series": "le-mans", "season": 2005},
            "played by le-mans, the book of 2005 is not held",
        ),
        ({"rulebook": "wec-2018-19", "series": "wec", "season": 2019}, ""),
        ({"rulebook": "imsa-2024", "season": 2024}, "imsa-2024, energy: megajoules per stint"),
        ({"unsure": ("the day is a guess",)}, "the day is a guess"),
    ],
)
def test_grounds(race: dict[str, object], told: str) -> None:
    found = named(**race)
    assert told in found
    assert ("played by" in found) == any(w in told for w in ("is not held", "not by one", "by no rule"))
    assert bool(told) or "is not held" not in found


def test_a_class_the_book_does_not_list_is_not_said_to_keep_its_rules() -> None:
    card = make_card(sizes={"DPi": 2, "GTD": 2})
    assert not any("has no class" in g for g in grounds(card))
    strange = RaceCard.model_validate_json(card.model_dump_json(by_alias=True).replace('"GTD"', '"Rickshaw"'))
    assert "imsa-2021 has no class Rickshaw: its limits for single classes do not bind there" in grounds(strange)


def test_licences_that_are_not_known() -> None:
    card = small_card()
    bare = card.model_copy(
        update={
            "entries": tuple(
                e.model_copy(update={"drivers": tuple(d.model_copy(update={"licence": None}) for d in e.drivers)})
                for e in card.entries
            )
        }
    )
    some = card.model_copy(update={"entries": (*bare.entries[:1], *card.entries[1:])})
    assert "the licence of any driver is not known" in grounds(bare)[0]
    assert "the licence of 3 of 21 drivers is not known" in grounds(some)[0]


def test_shipped_cards_are_played_by_their_own_books() -> None:
    for name in list_cards():
        assert not any(g.startswith("played by") for g in grounds(load_card(name))), name


@pytest.mark.parametrize(
    ("series", "season", "circuit", "book"),
    [
        ("imsa", 2024, "sebring", "imsa-2024"),
        ("imsa", 2019, "sebring", "imsa-2021"),
        ("imsa", 2040, "sebring", "imsa-2026"),
        ("wec", 2025, "spa", "wec-2025"),
        ("wec", 2022, "spa", "wec-2021"),
        ("wec", 2018, "fuji", "wec-2018-19"),
        ("wec", 2025, "le-mans", "le-mans-2025"),
        ("le-mans", 2022, "le-mans", "le-mans-2021"),
        ("le-mans", 1999, "le-mans", "le-mans"),
        ("gtwce-endurance", 2024, "spa", "spa-24h-2024"),
        ("asian-le-mans", 2025, "sepang", "elms-2025"),
        ("club-cup", 2025, "spa", "none"),
    ],
)
def test_which_book_a_race_is_played_by(series: str, season: int, circuit: str, book: str) -> None:
    assert rulebook_of(series, season, circuit) == book


RUN = CliRunner()
STAND_IN = "played by imsa-2021, the book of 2020 is not held"


@pytest.fixture
def card(tmp_path: Path) -> str:
    """A card that a book of another season stands in for, with a guess."""
    path = tmp_path / "card.toml"
    path.write_text(card_text(small_card(season=2020, unsure=("the day is a guess",))), encoding="utf-8")
    assert read_card(path).race.unsure == ("the day is a guess",)
    return str(path)


def told(*words: str) -> str:
    done = RUN.invoke(app, list(words))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


VERBS = (
    ("card", "check", "CARD"),
    ("card", "show", "CARD"),
    ("forecast", "CARD", "--races", "20"),
    ("plan", "CARD", "--car", "01", "--limit", "0.5"),
    ("what-if", "CARD", "--set", "entries.01.pace_s=1", "--races", "4"),
)


@pytest.mark.parametrize("words", VERBS, ids=[" ".join(w[:2]) for w in VERBS])
def test_every_verb_names_what_it_rests_on(card: str, words: tuple[str, ...]) -> None:
    ask = [card if w == "CARD" else w for w in words]
    plain = " ".join(told(*ask).split())
    assert STAND_IN in plain
    assert "the day is a guess" in plain
    found = json.loads(told(*ask, "--json", *(["-"] if words[0] == "forecast" else [])))
    notes = found["grounds" if words[0] == "card" else "notes"]
    assert notes[:2] == [STAND_IN, "the day is a guess"]
    assert all(words[0] == "forecast" and "what crews have won" in note for note in notes[2:])


def test_a_plan_names_the_book_it_keeps(tmp_path: Path) -> None:
    sound = make_card(sizes={"DPi": 2, "GTD": 2}, drivers=2)
    path = tmp_path / "card.toml"
    path.write_text(card_text(sound), encoding="utf-8")
    assert "every rule of imsa-2021 is kept" in told("plan", str(path), "--car", "1", "--limit", "0.5")
    path.write_text(card_text(sound).replace("DPi", "Rickshaw"), encoding="utf-8")
    strange = told("plan", str(path), "--car", "1", "--limit", "0.5")
    assert "imsa-2021 has no class Rickshaw: its rules are not judged" in strange
    assert "is kept" not in strange


def test_the_report_names_what_it_rests_on() -> None:
    from langstrecke.forecast import forecast

    html = report_html(forecast(small_card(season=2020), races=10))
    assert STAND_IN in html
    assert html.index(STAND_IN) < html.index("The odds")
