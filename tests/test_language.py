"""German: the table is in use and keeps its places; what verbs print is German; English stays as it was."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.forecast import forecast
from langstrecke.formatting import ordinal, percent, plural, points
from langstrecke.language import NOT_TRANSLATED, speaking, tr
from langstrecke.report.page import report_html

SRC = Path(__file__).parent.parent / "src" / "langstrecke"
TABLE = {
    english: german
    for section in tomllib.loads((SRC / "language" / "de.toml").read_text(encoding="utf-8")).values()
    for english, german in section.items()
}
ODDS = forecast(small_card(), races=100)


def test_every_german_text_keeps_the_places_of_the_english_one() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert [english for english, german in TABLE.items() if places(english) != places(german)] == []


def test_no_text_of_the_table_is_dead() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    code = re.sub(r'"\s*\n\s*"', "", code)  # texts that go over two lines
    plurals = {f"{one}s" for one in re.findall(r'plural\([^"]*"([^"]+)"\)', code)}
    columns = {f"{name} " for name in re.findall(r'"([\w %]+)"', code)}
    dead = [
        t
        for t in TABLE
        if f'"{t}"' not in code and f"'{t}'" not in code and t not in plurals | columns and not t.endswith(": {path}")
    ]
    assert dead == []


def test_numbers_and_counts() -> None:
    with speaking("de"):
        assert percent(0.123) == "12,3 %"
        assert points(-0.012) == "−1,2"
        assert plural(2000, "race") == "2.000 Rennen"
        assert plural(1, "simulated race") == "1 simuliertes Rennen"
        assert ordinal(3) == "3."
        assert tr("nobody translated this") == "nobody translated this"
    assert (percent(0.123), plural(2000, "race"), ordinal(3)) == ("12.3 %", "2,000 races", "3rd")


def test_the_report_is_german_and_says_what_is_not() -> None:
    with speaking("de"):
        page = report_html(ODDS)
    assert '<html lang="de">' in page
    assert NOT_TRANSLATED in page
    for english in ("Race forecast", "The odds", ">Method<", "Mean laps", "favourite", "Who wins", "simulated race"):
        assert english not in page
    assert "Wer gewinnt DPi" in page
    assert "The odds" in report_html(ODDS)


@pytest.mark.parametrize(
    ("command", "said", "unsaid"),
    [
        (["forecast", "imsa-2021-lime-rock", "--races", "64"], "Gesamtsieg: #", "Overall win"),
        (["plan", "imsa-2021-lime-rock", "--car", "3", "--limit", "1"], "Stint", "found in"),
    ],
)
def test_verbs_speak_german(command: list[str], said: str, unsaid: str) -> None:
    pytest.importorskip("ortools")
    told = CliRunner().invoke(app, [*command, "--lang", "de"], env={"COLUMNS": "120"}, catch_exceptions=False)
    assert told.exit_code == 0
    assert said in told.stdout
    assert unsaid not in told.stdout
    assert "Nicht übersetzt" in told.stdout
    assert "Nicht übersetzt" not in CliRunner().invoke(app, command, env={"COLUMNS": "120"}).stdout


def test_news_are_told_in_the_articles_own_words(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    (tmp_path / "a.txt").write_text("Kevin Magnussen gewann 2021 die 12 Stunden von Sebring.", encoding="utf-8")
    told = CliRunner().invoke(app, ["news", "check", str(tmp_path / "a.txt"), "--lang", "de"], catch_exceptions=False)
    assert told.stdout.startswith("widerlegt")
    assert "„Kevin Magnussen gewann 2021 die 12 Stunden von Sebring.“" in told.stdout


def test_a_language_nobody_speaks_here_is_refused() -> None:
    assert CliRunner().invoke(app, ["forecast", "imsa-2021-lime-rock", "--lang", "fr"]).exit_code == 2
