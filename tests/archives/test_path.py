"""The way of a new user: a race out of its archive, into the store, to odds before and during it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from archive_sites import Site, al_kamel_event, served
from langstrecke.cli import app
from langstrecke.racecard import load_card
from langstrecke.simulation.trace import simulate_laps

SERIES = "01_IMSA WeatherTech SportsCar Championship"


def run(*words: str) -> str:
    result = CliRunner().invoke(app, [*words], env={"COLUMNS": "160"})
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.stdout


@pytest.mark.slow
def test_from_an_archive_to_odds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = load_card("imsa-2023-sebring")
    race = simulate_laps(card, seed=3)
    practice = simulate_laps(card, seed=4).filter(pl.col("elapsed_s") < 5400.0)
    site = Site()
    event = "05_Sebring International Raceway"
    al_kamel_event(site, tmp_path, season="26_2026", event=event, series=SERIES, laps=race, practice=practice)
    store = ("--store", str(tmp_path / "store.duckdb"))
    with served(site):
        own = tmp_path / "hosts.toml"
        own.write_text(f'[sites.imsa]\nurl = "{site.url}Results/"\n[manners]\npause_s = 0.0\n', "utf-8")
        monkeypatch.setenv("LANGSTRECKE_HOSTS", str(own))
        kept = ("--to", str(tmp_path / "kept"))
        fetched = json.loads(run("fetch", "imsa", "2026", "sebring", *kept, "--json", *store))
    assert fetched["imported"]["races"] == ["imsa-2026-sebring"]
    assert fetched["imported"]["laps"] == race.height + practice.height
    race_id, car = "imsa-2026-sebring", "31"
    before = json.loads(run("forecast", race_id, "--races", "200", "--json", "-", *store))
    during = json.loads(run("forecast", race_id, "--at", "6:00:00", "--races", "200", "--json", "-", *store))
    for odds in (before, during):
        assert odds["race"] == race_id
        assert {entry["car"] for entry in odds["entries"]} == set(race["car"].unique())
        for name in {entry["class"] for entry in odds["entries"]}:
            wins = [entry["win"] for entry in odds["entries"] if entry["class"] == name]
            assert sum(wins) == pytest.approx(1.0)
    called = json.loads(run("call", race_id, "--at", "6:00:30", "--car", car, "--races", "20", "--json", *store))
    planned = json.loads(run("plan", race_id, "--car", car, "--limit", "1", "--json", *store))
    assert called["options"]
    assert planned["stints"]
    for answer in (before, during, called, planned):  # every answer says what stands in for what is not known
        told = " ".join(answer.get("notes") or answer["grounds"])
        assert "no card of this name is shipped: built from the store" in told
        assert "imsa-2026, drive time: times are those of a public table" in told
        assert "imsa-2026 has no class LMP3" in told
    for words in (
        ("forecast", race_id, "--races", "20"),
        ("forecast", race_id, "--at", "6:00:00", "--races", "20"),
        ("call", race_id, "--at", "6:00:30", "--car", car, "--races", "4"),
        ("plan", race_id, "--car", car, "--limit", "1"),
    ):
        screen = run(*words, *store)
        assert "no card of this name is shipped" in screen
        assert "imsa-2026, drive time" in screen
