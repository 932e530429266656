"""The word of progress: bars on a terminal, lines in pipes."""

from __future__ import annotations

import re
import time

import pytest

from langstrecke.cli import progress as shown
from langstrecke.cli.progress import line, progress


def test_a_line_says_what_how_far_and_how_long() -> None:
    assert line("races", 1200, 10_000, "", 8.2) == "races: 1,200 of 10,000, 8 s"
    assert line("races", 1200, 10_000, "what if", 8.2) == "races: 1,200 of 10,000 (what if), 8 s"
    assert line("plan", 0, 1, "looking for the best rota", 3.0) == "plan (looking for the best rota), 3 s"
    assert line("plan", 0, 0, "", 3.0) == "plan, 3 s"


def test_a_pipe_gets_lines_also_of_a_job_that_says_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shown, "LINE_EVERY_S", 0.01)
    with progress("races") as step:
        while not re.search(r"races, \d+ s", capsys.readouterr().err):
            time.sleep(0.005)
        step(3, 10, "what if")
        told = ""
        while "(what if)" not in told:
            told += capsys.readouterr().err
    assert re.search(r"^races: 3 of 10 \(what if\), \d+ s$", told, re.MULTILINE)
    assert "\x1b" not in told


def test_nothing_is_said_after_the_end(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(shown, "LINE_EVERY_S", 0.01)
    with pytest.raises(KeyError), progress("races"):
        raise KeyError
    capsys.readouterr()
    time.sleep(0.05)
    assert capsys.readouterr().err == ""
