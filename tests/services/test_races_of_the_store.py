"""Races of the store where no card is shipped: every verb plays them, says so, and careers count them."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.racecard import card_text
from langstrecke.simulation import simulate_laps
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from langstrecke.timing.clock import moment_s, span_s
from langstrecke.timing.write import write_alkamel

RACE = "imsa-2025-sebring"
LAPS = simulate_laps(small_card(id=RACE, season=2025, date=dt.date(2025, 3, 15)), race=5)
BUILT = "no card of this name is shipped: built from the store"
RUN = CliRunner()


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    place = tmp_path_factory.mktemp("cache")
    patch.setattr("langstrecke.ratings.archive.default_cache", lambda: place)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with one race of 2025, which no shipped card knows and the registry has no result of."""
    folder = tmp_path_factory.mktemp("raced")
    file = folder / "imsa/2025/05-sebring-international-raceway/202503151010-race-laps.csv"
    file.parent.mkdir(parents=True)
    write_alkamel(LAPS, file)
    with open_store(folder / "store.duckdb") as opened:
        import_folder(opened, folder)
        assert opened.races()["race_id"].to_list() == [RACE]
    return str(folder / "store.duckdb")


def told(*words: str) -> str:
    done = RUN.invoke(app, list(words))
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def asked(*words: str) -> Any:
    return json.loads(told(*words))


def refused(*words: str) -> str:
    done = RUN.invoke(app, list(words))
    assert isinstance(done.exception, LangstreckeError), done.output
    return done.exception.message()


AT = "0:20:00"
VERBS = (
    ("forecast", RACE, "--races", "20", "--json", "-"),
    ("plan", RACE, "--car", "01", "--limit", "0.5", "--json"),
    ("optimise", RACE, "--car", "01", "--candidates", "2", "--error", "0.2", "--json"),
    ("what-if", RACE, "--set", "entries.01.pace_s=1", "--races", "4", "--json"),
    ("what-if", RACE, "--at", AT, "--car", "01", "--set", "stop=now", "--races", "4", "--json"),
    ("call", RACE, "--at", AT, "--car", "01", "--races", "4", "--json"),
    ("audit", RACE, "--car", "01", "--json"),
)


@pytest.mark.parametrize("words", VERBS, ids=[f"{w[0]} {w[2]}" for w in VERBS])
def test_a_race_of_the_store_is_played_and_said_to_be_built(store: str, words: tuple[str, ...]) -> None:
    found = asked(*words, "--store", store)
    assert found["race"] == RACE
    assert any(note.startswith(BUILT) for note in found["notes"]), found["notes"]
    assert any("lap times inferred" in note for note in found["notes"])
    assert any(note.startswith("imsa-2025, ") for note in found["notes"]), "gaps of the book"


def test_a_name_that_nobody_knows_is_refused_with_the_nearest_of_both(store: str) -> None:
    assert RACE in refused("plan", "imsa-2025-sebrin", "--car", "01", "--store", store)
    assert "imsa-2021-sebring" in refused("plan", "imsa-2021-sebrin", "--car", "01", "--store", store)


def test_a_card_with_a_lap_that_is_given(store: str, tmp_path: Path) -> None:
    out = tmp_path / "card.toml"
    words = ["card", "build", RACE, "--store", store, "--out", str(out)]
    done = RUN.invoke(app, [*words, "--lap", "DPi=1:49.5", "--lap", "GTLM=118"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "note: lap times given, not timed: DPi 109.5 s, GTLM 118 s" in " ".join(done.stderr.split())
    card = asked("card", "show", str(out), "--json")
    assert card["classes"]["DPi"]["lap_s"] == pytest.approx(109.5, rel=0.02)
    assert card["classes"]["GTLM"]["lap_s"] == pytest.approx(118.0, rel=0.02)
    assert "GTLM" in refused(*words, "--lap", "GTLN=118")
    for wrong in ("DPi", "DPi=fast", "=100", "DPi=2", "DPi=nan"):
        assert "is no lap of a class" in refused(*words, "--lap", wrong), wrong


def test_a_car_that_is_not_seen_gets_no_advice(store: str, tmp_path: Path) -> None:
    """Retired half an hour in: an hour later nobody tells it to stop this lap."""
    gone = LAPS.filter((pl.col("car") != "01") | (pl.col("elapsed_s") < 1800.0))
    file = tmp_path / "imsa/2025/05-sebring-international-raceway/202503151010-race-laps.csv"
    file.parent.mkdir(parents=True)
    write_alkamel(gone, file)
    with open_store(tmp_path / "store.duckdb") as opened:
        import_folder(opened, tmp_path)
    words = ["call", RACE, "--races", "4", "--store", str(tmp_path / "store.duckdb")]
    for at in ("0:36:00", "1:30:00"):
        what = refused(*words, "--car", "01", "--at", at)
        assert "out of the race" in what or "has not crossed the line since lap" in what
    assert told(*words, "--car", "5", "--at", "0:36:00")


def test_a_car_without_a_lap_gets_no_advice(store: str) -> None:
    """The leader has come round, the last has not: what its place is, nobody knows."""
    first = LAPS.filter(pl.col("lap") == 1).sort("elapsed_s")
    leader, last = first["car"][0], first["car"][-1]
    at = f"{first['elapsed_s'][0] + 1:.0f}s"
    assert "has been timed by" in refused("call", RACE, "--races", "4", "--store", store, "--car", last, "--at", at)
    assert told("call", RACE, "--races", "4", "--store", store, "--car", leader, "--at", at)


@pytest.mark.parametrize(
    "text", ["1", "1h", "1 h", "1:00", "1:00:00", "60min", "3600s", "@13:00:00", "@13:00", "1.0"]
)
def test_one_moment_in_all_its_spellings(text: str) -> None:
    assert moment_s(text, dt.time(12), 7200.0) == 3600.0


@pytest.mark.parametrize(
    "text", ["", "noon", "@", "1:60", "3pm", "-1", "1:2:3:4", "5", "4:00", "@11:59:59", "nan", "1e9"]
)
def test_what_is_no_moment_of_the_race_is_refused_with_a_way_to_write_it(text: str) -> None:
    with pytest.raises(LangstreckeError, match=r"no time|outside the race") as refusal:
        moment_s(text, dt.time(12), 7200.0)
    assert "@18:42:10" in (refusal.value.hint or "")


def test_a_bare_number_means_hours() -> None:
    assert span_s("3") == span_s("3h") == span_s("3:00") == span_s("3:00:00") == 10_800.0


def test_verbs_agree_on_the_moment(store: str) -> None:
    base = ("--races", "20", "--json", "-", "--store", store)
    whole = asked("forecast", RACE, "--at", "1", *base)
    for at in ("1h", "1:00", "1:00:00"):
        assert asked("forecast", RACE, "--at", at, *base) == whole
    calls = [asked("call", RACE, "--at", at, "--car", "5", "--races", "4", "--json", "--store", store)
             for at in ("0.5", "0:30")]  # fmt: skip
    assert calls[0] == calls[1]
    assert calls[0]["at_s"] == 1800.0
    assert "outside the race" in refused("forecast", RACE, "--at", "99", *base)


def test_careers_count_races_of_the_store(store: str) -> None:
    alone = asked("career", "Kevin Magnussen", "--json")
    both = asked("career", "Kevin Magnussen", "--json", "--store", store)
    assert both["entered"] == alone["entered"] + 1
    assert RACE in {row["race"] for row in both["rows"]}
    assert any(RACE in line for line in both["covers"])
    shown = " ".join(told("career", "Kevin Magnussen", "--store", store).split())
    assert f"1 race of the store counts too: {RACE}" in shown
    mates = asked("teammates", "Kevin Magnussen", "Renger van der Zande", "--json", "--store", store)
    assert RACE in {row["race"] for row in mates["rows"]}
    duels = asked("versus", "Kevin Magnussen", "Antonio Garcia", "--json", "--store", store)
    assert RACE in {row["race"] for row in duels["rows"]}


@pytest.fixture
def card(tmp_path: Path) -> str:
    path = tmp_path / "a card's.toml"
    path.write_text(card_text(small_card()), encoding="utf-8")
    return str(path)


def again(report: Path) -> list[str]:
    """The command in a report's footer, as somebody copies it from the page."""
    found = re.search(r"<footer>.*?<code>(.*?)</code>", report.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    words = shlex.split(html.unescape(found[1]))
    assert words[0] == "langstrecke"
    return words[1:]


def test_the_command_in_a_report_gives_the_same_again(card: str, store: str, tmp_path: Path) -> None:
    patch = tmp_path / "what if.toml"
    patch.write_text('[[drop]]\ncar = "79"\n', encoding="utf-8")
    report = tmp_path / "r.html"
    for words in (
        ["forecast", card],
        ["forecast", card, "--what-if", str(patch), "--set", "entries.4.pace_s=-0.5"],
        ["forecast", RACE, "--store", store],
        ["forecast", RACE, "--store", store, "--at", "0:40"],
    ):
        ask = [*words, "--races", "16", "--seed", "5"]
        first = asked(*ask, "--report", str(report), "--json", "-")
        assert asked(*again(report), "--json", "-") == first


def test_a_what_if_that_changes_nothing_says_so(card: str, tmp_path: Path) -> None:
    patch = tmp_path / "empty.toml"
    words = "the what-if is empty"
    for text in ("# no claim moves anything\n", 'title = "Nothing"\n', "[set]\n"):
        patch.write_text(text, encoding="utf-8")
        ask = ("forecast", card, "--races", "16", "--what-if", str(patch))
        assert words in " ".join(told(*ask).split())
        assert words in asked(*ask, "--json", "-")["notes"][-1]
    same = small_card().entry("4").pace_s
    idle = ("forecast", card, "--races", "16", "--set", f"entries.4.pace_s={same}")
    assert "changes nothing: the card says so already" in " ".join(told(*idle).split())
    assert "changes nothing" not in told("forecast", card, "--races", "16", "--set", "entries.4.pace_s=-1")


@pytest.mark.parametrize(
    "verb", [["call", RACE, "--at", AT, "--car", "31"], ["audit", RACE], ["window", RACE, "--at", AT, "--car", "31"]]
)
def test_a_card_of_another_event_is_refused(verb: list[str], store: str) -> None:
    assert f"not of {RACE}" in refused(*verb, "--card", "le-mans-2019", "--store", store)


def test_an_audit_of_a_class_nobody_runs_names_the_near_one(store: str) -> None:
    assert "did you mean 'GTLM'" in refused("audit", RACE, "--class", "GTLN", "--store", store)
