"""The verbs `call`, `audit` and `what-if --at` on a store that holds one simulated race."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.racecard import write_card
from langstrecke.simulation import simulate_laps
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from langstrecke.timing.write import write_alkamel
from meanings import unexplained

RACE = "imsa-2021-sebring"
EVENT = "imsa/2021/05-sebring-international-raceway"
CARD = small_card(id=RACE)
LAPS = simulate_laps(CARD, race=5)
FIRST_STOP_S = float(LAPS.filter((pl.col("car") == "01") & pl.col("in_pit"))["elapsed_s"][0])
AT_S = 60 * round(0.6 * FIRST_STOP_S / 60)
AT = f"0:{AT_S // 60:02d}:00"
"""In the midst of the first stint of the 01, which the tests ask about."""
RUN = CliRunner()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options that name the store and the card of the race."""
    folder = tmp_path_factory.mktemp("strategy")
    file = folder / EVENT / "202103201010-race-laps.csv"
    file.parent.mkdir(parents=True)
    write_alkamel(LAPS, file)
    with open_store(folder / "store.duckdb") as opened:
        import_folder(opened, folder)
    write_card(CARD, folder / "card.toml")
    return ["--store", str(folder / "store.duckdb"), "--card", str(folder / "card.toml")]


def ask(*words: str) -> dict[str, Any]:
    done = RUN.invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def told(*words: str) -> str:
    done = RUN.invoke(app, list(words))
    assert done.exit_code == 0, done.output
    assert unexplained(done.stdout) == []
    return done.stdout


def refused(*words: str) -> str:
    done = RUN.invoke(app, list(words))
    assert isinstance(done.exception, LangstreckeError), done.output
    return done.exception.message()


def test_call(place: list[str], tmp_path: Path) -> None:
    question = ["call", RACE, "--at", AT, "--car", "01", "--races", "64", *place]
    found = ask(*question)
    assert found["at_s"] == AT_S
    assert found["races"] == 64
    named = [title for o in found["options"] for title in (o["option"], *o["also"])] + found["like_staying_out"]
    assert {"stop now", "stop next lap"} <= set(named)
    assert found["headline"].endswith(".")
    assert found == ask(*question), "same seed, same answer"
    table = told(*question, "--figure", str(tmp_path / "call.png"))
    assert found["headline"][:20] in table
    assert "a stop now costs" in table
    assert (tmp_path / "call.png").stat().st_size > 10_000
    assert ask("call", RACE, "--at", f"@12:{AT_S // 60:02d}:00", "--car", "01", "--races", "64", *place) == found


def test_window(place: list[str], tmp_path: Path) -> None:
    question = ["window", RACE, "--at", AT, "--car", "01", "--races", "32", *place]
    found = ask(*question)
    assert found["laps"][0]["in_laps"] == 1
    assert found["rival"] not in (None, "01")
    assert {"share", "lap_s", "laps", "lasts"} == set(found["saving"][0])
    assert found == ask(*question), "same seed, same answer"
    drawn = [tmp_path / "window.png", tmp_path / "fall.svg"]
    table = told(*question, "--figure", str(drawn[0]), "--fall-off", str(drawn[1]))
    assert "rejoins" in table
    assert "fuel saved" in table
    assert all(path.stat().st_size > 10_000 for path in drawn)


def test_audit(place: list[str]) -> None:
    found = ask("audit", RACE, "--car", "01", "--car", "3", *place)
    assert {s["car"] for s in found["stops"]} == {"01", "3"}
    for lists in found["classes"].values():
        gains = [s["places_gained"] for s in lists["best"]]
        assert gains == sorted(gains, reverse=True)
    assert found["headline"].startswith(("Best call: car ", "Worst call: car ", "No stop "))
    assert "were a choice" in told("audit", RACE, "--class", "GTLM", *place)


def test_what_if_of_a_past_decision(place: list[str], tmp_path: Path) -> None:
    question = ["what-if", RACE, "--at", AT, "--car", "01", "--set", "stop=now", "--races", "64", *place]
    found = ask(*question)
    assert found["changed"].startswith("stops at once")
    assert found["win"]["interval"][0] <= found["win"]["change"] <= found["win"]["interval"][1]
    assert "place in class" in told(*question, "--figure", str(tmp_path / "then.png"))
    assert (tmp_path / "then.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (["call", RACE, "--at", AT, "--car", "99"], "no car is called '99'"),
        (["call", RACE, "--at", "5:00:00", "--car", "01"], "outside the race"),
        (["call", RACE, "--at", "0:00:00", "--car", "01"], "has not begun"),
        (["call", RACE, "--at", "noon", "--car", "01"], "is no time"),
        (["call", "imsa-2021-sebrin", "--at", AT, "--car", "01"], "imsa-2021-sebring"),
        (["window", RACE, "--at", AT, "--car", "99"], "no car is called '99'"),
        (["window", RACE, "--at", AT, "--car", "01", "--rival", "01"], "no rival"),
        (["audit", "imsa-1999-sebring"], "imsa-1999-sebring"),
        (["audit", RACE, "--class", "LMP9"], "no class is called"),
        (["what-if", RACE, "--at", AT, "--set", "stop=now"], "--car"),
        (["what-if", RACE, "--at", AT, "--car", "01", "--set", "stopp=now"], "did you mean stop"),
        (["what-if", RACE, "--at", AT, "--car", "01"], "nothing is changed"),
    ],
)
def test_questions_that_cannot_be_answered(place: list[str], words: list[str], match: str) -> None:
    assert match in refused(*words, *place)


def test_options_of_the_past_go_with_a_moment(place: list[str]) -> None:
    assert "--at" in refused("what-if", RACE, "--set", "entries.01.pace_s=1", *place[2:])
