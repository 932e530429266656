"""Scenarios: each shipped one is whole, runs, and answers in sentences with numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import CardError, NotFoundError
from langstrecke.forecast.scenario import list_scenarios, load_scenario, run_scenario

ASKED = {
    "magnussen-corvette-le-mans-2019",
    "magnussen-imsa-2021",
    "spa-2018-99-against-34",
    "klingmann-gt-masters-2019",
    "magnussen-free-weekends-2019-2021",
}


def test_the_articles_questions_are_there() -> None:
    assert set(list_scenarios()) >= ASKED
    for name in list_scenarios():
        s = load_scenario(name)
        assert s.known
        assert s.estimated
        assert s.unknown


def test_free_weekends_are_a_matter_of_calendars() -> None:
    answer = run_scenario(load_scenario("magnussen-free-weekends-2019-2021"))
    assert any("Le Mans itself was open to him: 2019, 2020. He drove it in 2021." in s for s in answer.sentences)


def test_a_duel_is_played_with_the_same_luck() -> None:
    answer = run_scenario(load_scenario("spa-2018-99-against-34"), races=200)
    variants = answer.figures["variants"]
    assert len(variants) == 4
    assert all(v["ahead"] >= variants[0]["ahead"] for v in variants[1:])
    assert run_scenario(load_scenario("spa-2018-99-against-34"), races=200).sentences == answer.sentences


def test_the_corvette_fights_for_its_class(tmp_path: Path) -> None:
    report = tmp_path / "answer.html"
    name = "magnussen-corvette-le-mans-2019"
    result = CliRunner().invoke(app, ["scenario", "run", name, "--races", "100", "--report", str(report)])
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "entered 21 times, started 20, class wins 2004, 2005, 2006, 2009" in text
    assert "Overall #63 never wins" in text
    assert "Unknown:" in text
    page = report.read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "src=" not in page


def test_unknown_scenarios_and_bad_files(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="magnussen-imsa-2021"):
        load_scenario("magnusen-imsa-2021")
    bad = tmp_path / "bad.toml"
    bad.write_text('title = "x"\n', encoding="utf-8")
    with pytest.raises(CardError, match="question"):
        load_scenario(bad)
    result = CliRunner().invoke(app, ["scenario", "list"])
    assert "klingmann-gt-masters-2019" in result.output
