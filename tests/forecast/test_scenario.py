"""Scenarios: each shipped one is whole, runs, and answers in sentences with numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.forecast.scenario import list_scenarios, load_scenario, run_scenario
from langstrecke.racecard import load_card

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


DUEL = """
title = "a duel"
question = "Would other stops do?"
kind = "race"
card = "adac-gt-masters-2019-sachsenring-1"
class = "GT3"
watch = "14"
against = "RIVAL"
known = ["x"]
estimated = ["x"]
unknown = ["x"]
[[variants]]
name = "as it is"
[[variants]]
name = "slow stops of the rival"
patch = '''
title = "slow"
[[change]]
car = "RIVAL"
stop_s = 60.0
'''
[[variants]]
name = "others"
[[variants.stops]]
car = "14"
"""


def _duel(folder: Path, stops: str) -> Path:
    path = folder / "duel.toml"
    rival = next(e.car for e in load_card("adac-gt-masters-2019-sachsenring-1").entries if e.car != "14")
    path.write_text(DUEL.replace("RIVAL", rival) + stops + "\n", encoding="utf-8")
    return path


def test_a_duel_is_played_with_the_same_luck(tmp_path: Path) -> None:
    path = _duel(tmp_path, "laps = [20]")
    answer = run_scenario(load_scenario(path), races=200)
    base, slow, early = answer.figures["variants"]
    assert slow["ahead"] > base["ahead"]
    assert early["mean_place"] != base["mean_place"]
    assert run_scenario(load_scenario(path), races=200, threads=1).sentences == answer.sentences


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ("laps = [20, 5]", "rising whole numbers"),
        ("early_laps = -1", "from 0 to 100"),
        ('under_yellow = "always"', "from 0 to 1"),
        ('starter = "Jens Klingman"', "Jens Klingmann"),
        ("erly_laps = 1", "early_laps"),
        ("tyres_every = true", "from 1 to 20"),
    ],
)
def test_stops_that_make_no_sense_are_named(tmp_path: Path, lines: str, wrong: str) -> None:
    with pytest.raises(LangstreckeError, match=wrong):
        run_scenario(load_scenario(_duel(tmp_path, lines)), races=1)


def test_the_duel_of_spa_holds_real_stops_against_each_other() -> None:
    variants = load_scenario("spa-2018-99-against-34").data["variants"]
    assert sum("stops" in v for v in variants) >= 3
    assert "penalty_s" not in str(variants)


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
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CardError, match="not UTF-8 text"):
        load_scenario(bad)
    for kind, key in (("race", "card"), ("season", "season"), ("calendar", "against")):
        bad.write_text(f'title = "x"\nquestion = "x"\nkind = "{kind}"\n', encoding="utf-8")
        with pytest.raises(CardError, match=key):
            run_scenario(load_scenario(bad), races=1)
    result = CliRunner().invoke(app, ["scenario", "list"])
    assert "klingmann-gt-masters-2019" in result.output


def test_answers_are_sentences_that_know_what_chance_is(tmp_path: Path) -> None:
    """Small differences are said to be no more than chance, big ones are not; names that clash are told apart."""
    answer = run_scenario(load_scenario(_duel(tmp_path, "laps = [20]")), races=400)
    for line in answer.sentences:
        assert line[0].isupper() or line[0] in "#'"
        assert line.endswith(".")
    base, slow, _ = answer.figures["variants"]
    assert base["by_chance"] == {"win": 0.0, "ahead": 0.0}
    assert abs(slow["ahead"] - base["ahead"]) * 100 > slow["by_chance"]["ahead"] > 0
    assert any("helps #14 most" in line for line in answer.sentences)
    same = tmp_path / "same.toml"
    same.write_text(DUEL.split("[[variants]]")[0].replace("RIVAL", base_rival()) + SAME, encoding="utf-8")
    told = run_scenario(load_scenario(same), races=200).sentences
    assert "moves the duel by more than chance" in told[0]
    assert "95 %: " in told[1]
    assert "(0.0 points, 95 %: 0.0 to 0.0, no more than chance" in told[2]
    assert told[3] == "And that is that."


SAME = """
remarks = ["And that is that."]
[[variants]]
name = "as it is"
[[variants]]
name = "as it is again"
"""


def base_rival() -> str:
    return next(e.car for e in load_card("adac-gt-masters-2019-sachsenring-1").entries if e.car != "14")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("known = [", "career = { driver = 'Jan Magnussen' }\nknown = ["), "'career' needs driver"),
        (("known = [", "remarks = 5\nknown = ["), "list of sentences"),
        (('class = "GT3"', 'class = "GT1"'), "no class of adac-gt-masters"),
        (('name = "others"', 'name = "others"\npatch = 7'), "a patch is a text"),
        (('name = "others"', 'name = "others"\npatch = "[set"'), "line 1"),
        (("[[variants.stops]]", "[variants.stops]"), "stops are tables"),
        (('watch = "14"', 'watch = "999"'), "no car is called '999'"),
    ],
)
def test_files_of_strangers_are_answered(tmp_path: Path, change: tuple[str, str], wrong: str) -> None:
    path = _duel(tmp_path, "")
    path.write_text(path.read_text("utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(LangstreckeError, match=wrong):
        run_scenario(load_scenario(path), races=1)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [("seasons = ['x']", "seasons are years"), ("seasons = [2019]\ntravel_days = 'two'", "travel_days")],
)
def test_calendars_of_strangers_are_answered(tmp_path: Path, line: str, wrong: str) -> None:
    path = tmp_path / "year.toml"
    head = 'title = "x"\nquestion = "x"\nkind = "calendar"\ndriver = "Jan Magnussen"\nagainst = ["f1"]\n'
    path.write_text(head + line + "\n", encoding="utf-8")
    with pytest.raises(CardError, match=wrong):
        run_scenario(load_scenario(path))
    with pytest.raises(CardError, match="no such file"):
        load_scenario(tmp_path / "absent.toml")


def test_a_year_of_weekends_in_sentences() -> None:
    answer = run_scenario(load_scenario("magnussen-free-weekends-2019-2021"))
    told = " ".join(answer.sentences)
    assert "2019: 21 weekends of his own, 64 days; free for 13 of 24 others" in told
    assert "24 Hours of Le Mans (12 Jun)" in told
    assert "24 Hours of Spa (25 Jul)" in told
    assert "for 0" not in told
