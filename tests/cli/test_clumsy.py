"""What people type wrong: verbs say what is wrong and what to do, and pass nothing over in silence."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard import write_card
from langstrecke.store import open_store

PLAYED = "imsa-2021-sebring"
CLUMSY = (
    (["ledger", "--store", "none.duckdb"], "none.duckdb: there is no store (langstrecke import"),
    (["ledger", "verify", "--store", "none.duckdb"], "none.duckdb: there is no store"),
    (["career", "Jan Magnussen", "--store", "none.duckdb"], "none.duckdb: there is no store"),
    (["calendar", "--season", "2019", "--series", "f1", "--store", "none.duckdb"], "none.duckdb: there is no store"),
    (["news", "show", "--store", "none.duckdb"], "none.duckdb: there is no store"),
    (["races", "--store", "nothing"], "nothing: is empty (langstrecke import FOLDER fills a store)"),
    (["races", "--store", "words"], "words: is no store (langstrecke import FOLDER --store NEW makes one)"),
    (["races", "--store", "race.duckdb", "--series", "imza"], "no series is called 'imza'; did you mean 'imsa'?"),
    (["import", "words", "--season", "banana"], "key --season: 'banana' is not written as this is (The season: 2025"),
    (["career", ""], "key DRIVER: is empty (Name or id"),
    (["versus", "Jan Magnussen"], "against whom? (name a second driver)"),
    (["plan"], "team.toml: there is no such file here (langstrecke plan CARD --car NUMBER, or --new"),
    (["plan", PLAYED, "--car", "01", "--races", "9"], "key --races: is for team files, not for race cards"),
    (["plan", PLAYED, "--car", "01", "--seed", "9"], "key --seed: is for team files, not for race cards"),
    (["forecast", PLAYED, "--address", "here:1"], "key --address: is the address of a Ray cluster"),
    (
        ["forecast", PLAYED, "--at", "6", "--cutoff", "0.5"],
        "a share of the race is needed (at or cutoff)",
    ),
    (["remind", "folder"], "folder: is a folder, not a team file"),
    (["remind", "bytes.toml"], "bytes.toml, line 2: is no team file: not UTF-8 text"),
    (["scenario", "run", "folder.toml"], "folder.toml: is a folder, not a scenario"),
    (["scenario", "run", "bytes.toml"], "bytes.toml, line 2: is no scenario: not UTF-8 text"),
    (["score", "bytes.toml", "--data", "race.duckdb"], "bytes.toml: is no file of forecasts: not UTF-8 text"),
    (["ledger", "verify", "nothing"], "nothing: holds no entry: there is nothing to verify"),
    (["what-if", PLAYED, "--set", "stop=now"], "stop=now is a decision of a race that was driven (--at TIME"),
    (["fetch", "imsa", "2026", "sebring", "--offline", "--hosts", "bytes.toml"], "hosts is not UTF-8 text"),
    (
        ["backtest", "--data", "folder", "--out", "o", "--from", "2022-01-01", "--to", "2021-12-31"],
        "the last day, 2021-12-31, is before the first, 2022-01-01",
    ),
)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for folder in ("folder", "folder.toml"):
        Path(folder).mkdir()
    Path("nothing").touch()
    Path("words").write_text("no store, but long enough to be looked at twice " * 200, encoding="utf-8")
    Path("bytes.toml").write_bytes(b"a = 1\n\xb6\xff\x00")
    with open_store("race.duckdb") as store:
        store.connection.execute(
            "INSERT INTO races (race_id, series, season, circuit, event) VALUES "
            "('imsa-2021-sebring', 'imsa', 2021, 'sebring', 'Sebring')"
        )
    return tmp_path


@pytest.mark.parametrize(
    ("words", "told"), CLUMSY, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_what_is_wrong_is_said(words: list[str], told: str, desk: Path) -> None:
    done = CliRunner().invoke(app, words)
    assert isinstance(done.exception, LangstreckeError), (done.output, done.exception)
    assert told in done.exception.message()


def test_a_damaged_block_of_a_store_is_told_and_is_not_another_process(tmp_path: Path) -> None:
    place = tmp_path / "store.duckdb"
    with open_store(place) as store:
        store.connection.execute("CREATE TABLE much AS SELECT random() AS a FROM range(400000)")
    held = bytearray(place.read_bytes())
    held[len(held) // 2 : len(held) // 2 + 400_000] = bytes(range(256)) * 1562 + bytes(128)
    place.write_bytes(held)
    told = r"the store is damaged: .*\(put a copy in its place"
    with pytest.raises(LangstreckeError, match=told), open_store(place, read_only=True) as store:
        store.connection.execute("SELECT sum(a) FROM much").fetchall()


def test_a_fault_of_ours_stays_one(tmp_path: Path) -> None:
    with pytest.raises(duckdb.CatalogException), open_store(tmp_path / "store.duckdb") as store:
        store.connection.execute("SELECT * FROM nowhere")


def test_nearest_names_stand_once() -> None:
    assert NotFoundError.nearest("race", "sebrin", ["sebring", "sebring"]).message().count("'sebring'") == 1


def test_for_whom_a_name_was_taken_is_said() -> None:
    for words in (["career", "Jan Magnusen"], ["calendar", "--season", "2019", "--driver", "Kevin Magnusen"]):
        assert "is taken for" in CliRunner().invoke(app, words).stderr, words


@pytest.mark.parametrize("tail", [[], ["-"]], ids=["alone", "-"])
@pytest.mark.parametrize("verb", [["forecast", "card.toml", "--races", "4"], ["card", "show", "card.toml"]])
def test_json_is_asked_for_alike_with_every_verb(verb: list[str], tail: list[str], desk: Path) -> None:
    write_card(small_card(), desk / "card.toml")
    done = CliRunner().invoke(app, [*verb, "--json", *tail])
    assert json.loads(done.stdout)["race"], done.output


def test_json_alone_leaves_the_option_after_it(desk: Path) -> None:
    write_card(small_card(), desk / "card.toml")
    done = CliRunner().invoke(app, ["forecast", "card.toml", "--json", "--races", "4"])
    assert json.loads(done.stdout)["simulated"] == 4


def test_odds_of_few_races_say_how_coarse_they_are(desk: Path) -> None:
    write_card(small_card(), desk / "card.toml")
    few, many = (CliRunner().invoke(app, ["forecast", "card.toml", "--races", n]).stdout for n in ("16", "1000"))
    assert "16 races played: a chance is good to within 24 points at best" in " ".join(few.split())
    assert "at best" not in many


def test_what_a_forecast_prints_stands_in_its_json(desk: Path) -> None:
    write_card(small_card(), desk / "card.toml")
    words = ["forecast", "card.toml", "--races", "16", "--set", "entries.01.penalty_s=60", "--json"]
    found = json.loads(CliRunner().invoke(app, words).stdout)
    assert {"name", "circuit", "date", "duration_s", "neutralisations", "neutral_s", "classes", "what_if"} <= set(
        found
    )
    assert {"grid", "win_before", "actual"} <= set(found["entries"][0])
    assert {"class", "winner_laps", "winner_laps_low", "winner_laps_high"} <= set(found["classes"][0])


def test_entries_are_named_in_json_as_in_the_table() -> None:
    line = json.loads(CliRunner().invoke(app, ["paddock", "entries", "le-mans-2019", "--json"]).stdout)[0]
    assert (line["team_name"], line["driver_names"][0]) == ("Toyota Gazoo Racing", "Sébastien Buemi")
