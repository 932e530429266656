"""The verb `warm-up`, and that racing time leaves preparing out."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.cli.progress import Told
from langstrecke.services.progress import silent


def test_a_second_warm_up_has_nothing_to_compile() -> None:
    for _ in range(2):
        ran = CliRunner().invoke(app, ["warm-up", "--json"], catch_exceptions=False)
    assert json.loads(ran.stdout) == {"compiled": False, "seconds": 0.0}
    assert CliRunner().invoke(app, ["warm-up"]).stdout == "ready to race: compiled already\n"


def test_racing_begins_at_the_last_word_that_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("langstrecke.cli.progress.time.perf_counter", lambda: now)
    told = Told(silent)
    now += 60.0  # compiling
    told(0, 10, "races")
    now += 2.0
    told(10, 10)
    assert told.seconds == 2.0
