"""The verb `fetch`, as a person or a script runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from archive_sites import Site, al_kamel_event, served
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError

SERIES = "01_IMSA WeatherTech SportsCar Championship"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """IMSA's archive with two events, named in a user's table of hosts."""
    made = Site()
    for event, day in (
        ("05_Sebring International Raceway", "20260321"),
        ("06_Long Beach Street Circuit", "20260418"),
    ):
        al_kamel_event(made, tmp_path, season="26_2026", event=event, series=SERIES, day=day)
    with served(made):
        own = tmp_path / "hosts.toml"
        own.write_text(f'[sites.imsa]\nurl = "{made.url}Results/"\n[manners]\npause_s = 0.0\n', "utf-8")
        monkeypatch.setenv("LANGSTRECKE_HOSTS", str(own))
        yield made


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words], env={"COLUMNS": "200"})


def test_a_dry_run_says_every_file_and_the_bytes_and_fetches_nothing(site: Site, tmp_path: Path) -> None:
    result = run("fetch", "imsa", "2026", "sebring", "--dry-run", "--to", str(tmp_path / "kept"))
    assert result.exit_code == 0, result.output
    assert "03_Results_Race_Official.CSV" in result.output
    assert "4 files, " in result.output
    assert "KiB" in result.output
    assert "for your own use; check the site's terms" in result.output
    assert not site.file_requests()
    assert not list((tmp_path / "kept").rglob("*.CSV"))
    asked = run("fetch", "imsa", "2026", "sebring", "--dry-run", "--json", "--to", str(tmp_path / "kept"))
    plan = json.loads(asked.stdout)
    assert [file["how"] for file in plan["files"]] == ["to fetch"] * 4
    assert plan["dry_run"]
    assert plan["imported"] is None


def test_only_files(site: Site, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    words = ("fetch", "imsa", "2026", "long", "beach", "--only-files", "--to", str(kept), "--json")
    answer = json.loads(run(*words).stdout)
    assert answer["event"] == "Long Beach Street Circuit"
    assert [file["how"] for file in answer["files"]] == ["fetched"] * 4
    assert all((kept / "imsa/26_2026/06_Long Beach Street Circuit" / f["path"]).is_file() for f in answer["files"])
    assert all(len(file["sha256"]) == 64 for file in answer["files"])
    assert answer["imported"] is None
    assert answer["not_imported"] is None
    again = json.loads(run(*words).stdout)
    assert [file["how"] for file in again["files"]] == ["kept"] * 4
    assert again["requests"] == 0


def test_a_calendar_lists_the_season(site: Site, tmp_path: Path) -> None:
    result = run("fetch", "calendar", "imsa", "2026", "--to", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "05" in result.output
    assert "Sebring International Raceway" in result.output
    assert "2 events of imsa 2026" in result.output
    answer = json.loads(run("fetch", "calendar", "imsa", "2026", "--to", str(tmp_path), "--json").stdout)
    assert [event["number"] for event in answer["events"]] == [5, 6]


def test_what_does_not_come_is_said_and_the_exit_code_tells(site: Site, tmp_path: Path) -> None:
    site.faults["26_Weather_Race.CSV"] = ["!status:404"]
    result = run("fetch", "imsa", "2026", "sebring", "--only-files", "--to", str(tmp_path))
    assert result.exit_code == 1
    assert "3 fetched, 1 not fetched" in result.output
    assert "has nothing at" in result.output


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("imsa", "2026", "suzuka"), "no event of imsa 2026 is called 'suzuka'"),
        (("imsa", "2026"), "which event of imsa 2026? There are: 05 Sebring"),
        (("super gt", "2026", "fuji"), "no archive is known for the series 'super gt'"),
        (("imsa", "1999", "sebring"), "has no season 1999"),
        (("calendar", "imsa"), "of which season?"),
    ],
)
def test_a_question_nobody_can_answer(site: Site, tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    result = run("fetch", *words, "--to", str(tmp_path))
    assert isinstance(result.exception, LangstreckeError)
    assert told in result.exception.message()
