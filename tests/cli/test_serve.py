"""The verb `serve`: what is not there is said at once, and Ctrl-C ends it without a word too many."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.store import open_store
from race_maker import make_race

PATIENCE_S = 180.0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["--replay", "imsa-2021-sebrink"], "no race is called 'imsa-2021-sebrink'"),
        (["--replay", "x", "--laps", "none.parquet"], "no such file"),
        (["--watch", "none"], "no such file or folder"),
        (["--allow", "none"], "no such file or folder"),
        (["--laps", "none.parquet"], "--replay"),
    ],
)
def test_what_is_not_there_is_said_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_store(tmp_path / "store.duckdb"):
        pass
    found = CliRunner().invoke(app, ["serve", "--store", "store.duckdb", "--work", "work", "--port", "0", *asked])
    assert found.exit_code != 0
    said = found.output + str(found.exception or "")
    assert told in said, said
    assert not (tmp_path / "work").exists()  # nothing was begun


def test_ctrl_c_ends_it_without_a_word_too_many(tmp_path: Path) -> None:
    make_race(cars=4, length_s=1_800.0).write_parquet(tmp_path / "laps.parquet")
    log = tmp_path / "log"
    command = [sys.executable, "-m", "langstrecke", "serve", "--port", "0", "--store", str(tmp_path / "none")]
    command += ["--work", str(tmp_path / "work"), "--replay", "made", "--laps", str(tmp_path / "laps.parquet")]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        until = time.monotonic() + PATIENCE_S
        while (address := re.search(r"http://\S+", log.read_text())) is None:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        assert httpx.get(f"{address.group(0)}api/v1/races", timeout=60.0).status_code == 503  # DuckDB is loaded
        server.send_signal(signal.SIGINT)
        assert server.wait(PATIENCE_S) == 0
    finally:
        server.kill()
    assert re.fullmatch(r"pit wall: \S+ +\(Ctrl-C ends it\)\npit wall closed\n", log.read_text())
