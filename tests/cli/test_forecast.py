"""The verbs `forecast` and `card`, as a person or a script runs them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import card_text, list_cards, load_card

NO_CARDS = pytest.mark.skipif(not list_cards(), reason="this installation ships no race cards yet")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    path = tmp_path / "card.toml"
    path.write_text(card_text(small_card()), encoding="utf-8")
    return path


def run(*arguments: object, code: int = 0) -> str:
    """Standard output of a verb that ends with this exit code."""
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


def test_a_forecast_prints_tables_and_says_where_things_are(card: Path, tmp_path: Path) -> None:
    report, odds = tmp_path / "out" / "r.html", tmp_path / "o.json"
    text = run("forecast", card, "--races", 200, "--report", report, "--json", odds)
    assert "Overall win: #" in text
    assert "200 races in" in text
    assert f"report: {report}" in text
    assert f"odds: {odds}" in text
    assert "\x1b" not in text
    assert max(map(len, (line for line in text.splitlines() if str(tmp_path) not in line))) <= 118
    assert report.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert json.loads(odds.read_text(encoding="utf-8"))["simulated"] == 200


def test_json_to_standard_output_is_json_alone(card: Path) -> None:
    data = json.loads(run("forecast", card, "--races", 100, "--seed", 7, "--json", "-"))
    assert (data["race"], data["seed"], len(data["entries"])) == ("test-2021-sebring", 7, 7)


def test_threads_do_not_change_the_odds(card: Path) -> None:
    one = run("forecast", card, "--races", 200, "--threads", 1, "--json", "-")
    assert run("forecast", card, "--races", 200, "--threads", 3, "--json", "-") == one


def test_what_ifs_change_the_card_and_are_told(card: Path, tmp_path: Path) -> None:
    patch = tmp_path / "what-if.toml"
    patch.write_text('[[drop]]\ncar = "79"\nreason = "sold"\n', encoding="utf-8")
    text = run("forecast", card, "--races", 100, "--what-if", patch, "--set", "entries.4.pace_s=-2")
    assert "car 79 withdrawn: sold" in text
    assert "entries.4.pace_s = -2" in text
    assert " was " in text
    arguments = ("forecast", card, "--races", 100, "--what-if", patch, "--set", "entries.4.pace_s=-2")
    odds = {e["car"]: e for e in json.loads(run(*arguments, "--json", "-"))["entries"]}
    assert "79" not in odds
    assert odds["4"]["win"] > 0.6


@pytest.mark.parametrize(
    ("arguments", "error", "what"),
    [
        (("forecast", "imsa-2021-sebrin"), NotFoundError, "no race card is called 'imsa-2021-sebrin'"),
        (("forecast", "no/such.toml"), CardError, "no such file"),
        (("forecast", "CARD", "--set", "classes.DPi.lap=9"), CardError, "--set"),
        (("forecast", "CARD", "--what-if", "none.toml"), CardError, "no such file"),
        (("card", "show", "no/such.toml"), CardError, "no such file"),
        (("card", "check", "imsa-2021-sebrin"), NotFoundError, "no race card"),
    ],
)
def test_what_cannot_be_done_is_one_error(
    card: Path, arguments: tuple[str, ...], error: type[LangstreckeError], what: str
) -> None:
    with pytest.raises(error, match=what):
        run(*(str(card) if a == "CARD" else a for a in arguments))


@pytest.mark.parametrize("option", [("--races", "0"), ("--threads", "0"), ("--seed", "-1"), ("--races", "many")])
def test_options_out_of_range_are_refused(card: Path, option: tuple[str, str]) -> None:
    assert run("forecast", card, *option, code=2) == ""


def test_a_report_that_cannot_be_written_is_one_error(card: Path) -> None:
    with pytest.raises(LangstreckeError, match="cannot be written"):
        run("forecast", card, "--races", 10, "--report", card / "r.html")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_an_interrupt_ends_at_once_and_writes_nothing(card: Path, tmp_path: Path) -> None:
    import pty

    odds = tmp_path / "odds.json"
    code = "from langstrecke.cli import main; main()"
    command = [sys.executable, "-c", code, "forecast", str(card), "--races", "100000000", "--json", str(odds)]
    shown, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal) as running:
        os.close(terminal)  # a child that dies early ends the reading below
        told = b""
        while b"races" not in told:  # the progress bar: races are being played
            told += os.read(shown, 4096)
        running.send_signal(signal.SIGINT)
        drain = threading.Thread(target=_drain, args=(shown,), daemon=True)
        drain.start()
        out, _ = running.communicate(timeout=300)
    assert running.returncode == 130
    assert b"Traceback" not in out
    assert not odds.exists()


def _drain(descriptor: int) -> None:
    with contextlib.suppress(OSError):
        while os.read(descriptor, 4096):
            pass


# ---- card


@NO_CARDS
def test_shipped_cards_are_listed_and_sound() -> None:
    text = run("card", "list")
    listed = json.loads(run("card", "list", "--json"))
    assert [row["card"] for row in listed] == list(list_cards())
    for row in listed:
        assert row["card"] in text
        assert load_card(row["card"]).race.id == row["card"]
        assert json.loads(run("card", "check", row["card"], "--json"))["problems"] == []


def test_show_tells_classes_cars_and_drivers(card: Path) -> None:
    text = run("card", "show", card)
    for part in (
        "Test Hours of Sebring",
        "110.20",
        "Cadillac Chip Ganassi Racing",
        "van der Zande -0.10",
        "imsa-2021",
    ):
        assert part in text
    data = json.loads(run("card", "show", card, "--json"))
    assert data["entries"][0]["class"] == "DPi"
    assert data["race"]["date"] == "2021-03-20"


def test_check_finds_everything_and_ends_with_1(card: Path) -> None:
    assert "a sound card, 7 cars in 2 classes" in run("card", "check", card)
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("grid = 3", "gird = 3").replace("lap_s = 118.4", "lap_s = -1"), encoding="utf-8")
    told = run("card", "check", card, code=1)
    assert told.count("error: ") == 2
    assert "did you mean grid?" in told
    data = json.loads(run("card", "check", card, "--json", code=1))
    assert not data["ok"]
    assert [p["key"] for p in data["problems"]] == ["classes.GTLM.lap_s", "entries[2] (car 10).gird"]
    assert all(p["line"] for p in data["problems"])


def test_check_knows_the_rule_books(card: Path) -> None:
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace('rulebook = "imsa-2021"', 'rulebook = "f1-imsa"'), encoding="utf-8")
    assert "race.rulebook" in run("card", "check", card, code=1)


def test_check_warns_of_what_looks_like_a_slip(card: Path) -> None:
    text = card.read_text(encoding="utf-8")
    text = text.replace("grid = 3", "grid = 4").replace("Alexander Rossi", "Scott Dixon")
    text = text.replace("stint_laps = 25.0", "stint_laps = 250.0").replace("pace_s = -0.1\n", "pace_s = 20.0\n", 1)
    card.write_text(text, encoding="utf-8")
    told = run("card", "check", card)
    for part in ("grid place 4 is taken 2 times", "Scott Dixon is entered in cars 01, 10", "four hours", "+20.0 s"):
        assert part in told
