"""Opening a store, asking it, and its verbs on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

import timing_files as tf
from langstrecke.cli import app
from langstrecke.errors import NotFoundError, StoreError
from langstrecke.services.settings import default_store
from langstrecke.store import default_path, open_store
from langstrecke.store.importing import import_folder
from langstrecke.store.schema import VERSION


def test_no_store_to_read(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store"):
        open_store(tmp_path / "none.duckdb", read_only=True)


def test_what_is_no_store(tmp_path: Path) -> None:
    text = tmp_path / "text.duckdb"
    text.write_text("no store, but long enough to be looked at twice " * 200)
    with pytest.raises(StoreError, match=r"text\.duckdb: is no store"):
        open_store(text)
    with pytest.raises(StoreError, match="is a folder"):
        open_store(tmp_path)
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("CREATE TABLE mine (a INTEGER)")
    for read_only in (True, False):
        with pytest.raises(StoreError, match="not a store of langstrecke"):
            open_store(other, read_only=read_only)


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    with open_store(path) as store:
        store.connection.execute("UPDATE meta SET value = ?", [str(VERSION + 1)])
    with pytest.raises(StoreError, match="newer langstrecke"):
        open_store(path)


def test_a_store_that_is_being_written_to(tmp_path: Path) -> None:
    path = tmp_path / "store.duckdb"
    code = f"from langstrecke.store import open_store\nwith open_store({str(path)!r}): print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(StoreError, match="another process is using the store"):
            open_store(path)
        other.communicate(b"\n")
    with open_store(path), pytest.raises(StoreError, match="open for writing in this program"):
        open_store(path, read_only=True)


def test_the_default_store_lies_in_the_users_data_folder() -> None:
    assert default_path().name == "store.duckdb"
    assert "langstrecke" in str(default_path())
    assert default_store() == default_path()


def test_unknown_races_and_sessions_name_near_ones(tmp_path: Path) -> None:
    tf.imsa_event(tmp_path / "imsa")
    with open_store(tmp_path / "store.duckdb") as store:
        with pytest.raises(NotFoundError, match="the store is empty"):
            store.laps("imsa-2021-sebring/race")
        import_folder(store, tmp_path)
        with pytest.raises(NotFoundError, match="did you mean 'imsa-2021-sebring'"):
            store.race("imsa-2021-sebrign")
        with pytest.raises(NotFoundError, match="imsa-2021-sebring/practice-1"):
            store.laps("imsa-2021-sebring/practise-1")
        with pytest.raises(NotFoundError):
            store.sessions("nothing")
        with pytest.raises(NotFoundError):
            store.laps("x' OR '1'='1")
        assert store.races(series="imsa", season=2021).height == 1
        assert store.races(series="wec").is_empty()


def test_import_and_races_on_the_command_line(tmp_path: Path) -> None:
    tf.imsa_event(tmp_path / "imsa")
    store = ["--store", str(tmp_path / "store.duckdb")]
    run = CliRunner().invoke
    first = run(app, ["import", str(tmp_path / "imsa"), *store])
    assert first.exit_code == 0, first.output
    assert "5 files imported (45 laps, 3 sessions, 1 race), 0 unchanged" in first.output
    again = json.loads(run(app, ["import", str(tmp_path / "imsa"), "--json", *store]).stdout)
    assert (again["imported"], again["unchanged"]) == (0, 5)
    table = run(app, ["races", *store])
    assert "imsa-2021-sebring" in table.output
    assert "12 h" in table.output
    (race,) = json.loads(run(app, ["races", "--json", "--series", "imsa", "--season", "2021", *store]).stdout)
    assert race["race_id"] == "imsa-2021-sebring"
    assert race["date"] == "2021-03-20"


def test_errors_on_the_command_line_are_errors_for_people(tmp_path: Path) -> None:
    run = CliRunner().invoke
    missing = run(app, ["import", str(tmp_path / "nowhere"), "--store", str(tmp_path / "s.duckdb")])
    assert missing.exit_code != 0
    assert "no such file or folder" in str(missing.exception)
    none = run(app, ["races", "--store", str(tmp_path / "none.duckdb")])
    assert isinstance(none.exception, StoreError)
