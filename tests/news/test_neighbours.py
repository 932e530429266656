"""What is told of one is not told of its neighbour: negation, crews, teams, places and heads keep to their clause."""

from __future__ import annotations

import pytest

pytest.importorskip("spacy")

from langstrecke.news import article_from_text, read_article

Told = set[tuple[str, str, str, str]]


def read(text: str, date: str = "2023-06") -> Told:
    return {c.key for c in read_article(article_from_text(text, id="x", date=date)).claims}


@pytest.mark.parametrize(
    "result", ["kam {} nicht über Rang neun hinaus", "kam {} nicht ins Ziel", "holte {} keine Punkte"]
)
def test_a_denied_result_leaves_who_sat_in_the_car(result: str) -> None:
    crew = "im Peugeot 9X8 gemeinsam mit Jean-Éric Vergne und Mikkel Jensen"
    told = read(f"Nico Müller {result.format(crew)}.")
    assert ("nico-muller", "drives", "peugeot-9x8", "confirmed") in told
    assert not [k for k in told if k[1] in ("drives", "shares_car") and k[3] == "denied"]


def test_a_denied_seat_is_denied() -> None:
    told = read("Nico Müller wird 2024 nicht für Peugeot fahren.")
    assert ("nico-muller", "drives_for", "peugeot", "denied") in told


def test_what_one_of_a_crew_has_elsewhere_is_not_the_others() -> None:
    told = read(
        "Colin Noble und Moritz Kranz teilten sich in Spa einen Ligier.\n\n"
        "Im Januar sitzt Kranz in Dubai in einem Porsche von Herberth Motorsport."
    )
    assert not [k for k in told if k[0] == "colin-noble" and k[2] in ("porsche", "herberth-motorsport")]


def test_a_make_does_not_run_a_crew_that_another_clause_gives_to_a_team() -> None:
    told = read(
        "Platz drei erbt BMW: Dan Harper und Max Hesse, die für Rowe Racing starten, waren mit ihrem M4 GT3 aus der "
        "letzten Reihe losgefahren."
    )
    assert not [k for k in told if k[1:3] == ("drives_for", "bmw")]


def test_whoever_was_just_brought_in_is_the_one_from_there() -> None:
    told = read(
        "Thomas Preining gewann am Samstag auf dem Norisring im Porsche. Thomas Preining war zufrieden. "
        "Für Preining war es der dritte Sieg.\n\n"
        "Davon profitierte auch Max Hofer. Der Perchtoldsdorfer fuhr im Audi auf Rang fünf."
    )
    assert ("max-hofer", "drives", "audi", "confirmed") in told
    assert not [k for k in told if k[0] == "thomas-preining" and k[2] == "audi"]


def test_a_headline_of_two_clauses_has_two_winners() -> None:
    told = read("Petit Le Mans: Cadillac triumphiert, Nasr und Cameron sind Champions\n\nFelipe Nasr und Dane Cameron "
                "freuten sich in Road Atlanta über den Titel der IMSA.", "2024-10")  # fmt: skip
    assert not [k for k in told if k[0] in ("felipe-nasr", "dane-cameron") and k[2] in ("cadillac", "petit-le-mans")]


def test_a_head_of_a_team_drives_nothing() -> None:
    told = read("BMW-Motorsportchef Andreas Roos sprach in Aragón. Der Münchner hatte den M Hybrid V8 im Blick.")
    assert not [k for k in told if k[0] == "andreas-roos" and k[1] in ("drives", "tests", "shares_car", "won")]


def test_row_of_nominated_drivers_is_no_car() -> None:
    told = read("Prema hat Robert Kubica, Louis Delétraz und Lorenzo Colombo nominiert.")
    assert not [k for k in told if k[1] == "shares_car"]


def test_the_passive_names_who_did_it_and_not_who_it_is() -> None:
    told = read("Die DTM fuhr auf dem Norisring. Thomas Preining schied aus. Der Titelverteidiger wurde von Lucas Auer "
                "umgedreht.", "2024-07")  # fmt: skip
    assert not [k for k in told if k[:2] == ("lucas-auer", "won")]


def test_a_team_of_a_strange_word_and_gt_is_a_team_and_a_car_is_none() -> None:
    told = read("Nelio GT startet 2024 in der DTM. Jens Klingmann fährt dort einen McLaren 720S GT3.", "2024-01")
    assert [k for k in told if k[0] == "nelio-gt" and k[1:3] == ("enters", "dtm")]
    assert not [k for k in told if {"mclaren-720s-gt", "720s-gt"} & set(k)]


@pytest.mark.parametrize(
    ("called", "is_"),
    [
        ("Dani Juncadella", "daniel-juncadella"),
        ("Patrick Niederhauser", "patric-niederhauser"),
        ("Jose Juncadella", "jose-juncadella"),
        ("Denny Juncadella", "denny-juncadella"),
    ],
)
def test_drivers_are_known_by_what_they_are_called(called: str, is_: str) -> None:
    assert {who for who, *_ in read(f"{called} fährt 2023 für Winward Racing in der DTM.")} == {is_}
