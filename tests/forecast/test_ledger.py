"""The ledger of forecasts: nothing on record can be changed unseen, and it is scored when results come."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.forecast import Forecast, forecast
from langstrecke.forecast.evaluation import ledger
from langstrecke.forecast.evaluation.truth import class_orders
from langstrecke.racecard import card_text
from langstrecke.services import export_records, record, records, score_records, verify_records
from langstrecke.services.progress import silent
from langstrecke.services.requests.odds import LedgerExportAsk, LedgerVerifyAsk
from langstrecke.services.settings import Settings
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder
from timing_files import imsa_laps, plain_race

DAY = dt.datetime(2021, 3, 19, 12, tzinfo=dt.UTC)
"""The day before the race of the card."""


@pytest.fixture(scope="module")
def odds() -> list[Forecast]:
    """Three forecasts of one race that differ in their seed."""
    return [forecast(small_card(), races=40, seed=seed) for seed in (1, 2, 3)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store.duckdb")


@pytest.fixture
def kept(settings: Settings, odds: list[Forecast]) -> Settings:
    """A store with three entries, a day apart: before the race, on its day, long after."""
    for one, days in zip(odds, (0, 1, 400), strict=True):
        record(settings, one, DAY + dt.timedelta(days=days))
    return settings


def exported(settings: Settings, path: Path) -> list[str]:
    export_records(settings, LedgerExportAsk.model_validate({"to": path}, context={"files": True}))
    return path.read_text("utf-8").splitlines()


def verdict(path: Path, lines: list[str], head: str | None = None) -> list[str]:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    ask = LedgerVerifyAsk.model_validate({"file": path, "head": head}, context={"files": True})
    return verify_records(Settings(), ask).faults


def test_an_entry_says_what_was_forecast_when_and_from_what(kept: Settings, odds: list[Forecast]) -> None:
    with open_store(kept.store, read_only=True) as store:
        first = ledger.entries(store)[0]
    assert first.data["recorded_at"] == "2021-03-19T12:00:00+00:00"
    assert (first.data["race"], first.data["cutoff"], first.data["at_s"]) == ("test-2021-sebring", 0.0, None)
    assert (first.data["seed"], first.data["simulated"], first.data["version"]) == (1, 40, odds[0].version)
    assert first.data["card_sha256"] == hashlib.sha256(small_card().model_dump_json().encode()).hexdigest()
    dpi = first.data["classes"]["DPi"]
    assert dpi["odds"][0] == pytest.approx(odds[0].car("01").positions)
    assert dpi["played"][0] == pytest.approx(odds[0].car("01").played.positions)
    assert [line.when for line in records(kept)] == ["before", "on the day", "afterwards"]
    assert set(records(kept)[0].favourites) == {"DPi", "GTLM"}


def test_the_chain_is_what_the_docs_say(kept: Settings, tmp_path: Path) -> None:
    """The check of docs/track-record.md, with nothing of the package."""
    previous = "0" * 64
    for number, line in enumerate(exported(kept, tmp_path / "l.jsonl"), start=1):
        data = json.loads(line)
        text = json.dumps(data["entry"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert data["entry"]["number"] == number
        assert data["entry"]["previous"] == previous
        assert hashlib.sha256(text.encode()).hexdigest() == data["hash"]
        previous = data["hash"]


def test_a_ledger_as_it_was_written_holds(kept: Settings, tmp_path: Path) -> None:
    lines = exported(kept, tmp_path / "l.jsonl")
    assert verdict(tmp_path / "copy.jsonl", lines) == []
    found = verify_records(kept, LedgerVerifyAsk())
    assert (found.ok, found.entries, found.head) == (True, 3, json.loads(lines[-1])["hash"])
    for line in lines:  # any hash somebody was shown once, or the beginning of it
        assert verdict(tmp_path / "copy.jsonl", lines, json.loads(line)["hash"][:12]) == []


def _surer(lines: list[str]) -> list[str]:
    data = json.loads(lines[1])
    data["entry"]["classes"]["DPi"]["odds"][0][0] += 0.01
    return [lines[0], json.dumps(data), lines[2]]


def _surer_with_its_own_hash(lines: list[str]) -> list[str]:
    data = json.loads(_surer(lines)[1])
    data["hash"] = hashlib.sha256(ledger.canonical(data["entry"]).encode()).hexdigest()
    return [lines[0], json.dumps(data), lines[2]]


def _earlier(lines: list[str]) -> list[str]:
    data = json.loads(lines[2])
    data["entry"]["recorded_at"] = "2021-03-19T12:00:00+00:00"
    return [*lines[:2], json.dumps(data)]


@pytest.mark.parametrize(
    "tampered",
    [
        _surer,
        _surer_with_its_own_hash,
        _earlier,
        lambda lines: [lines[0], lines[2]],
        lambda lines: lines[1:],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: [lines[0], lines[0], lines[1], lines[2]],
    ],
    ids=["changed", "changed and hashed", "dated back", "left out", "begun later", "swapped", "twice"],
)
def test_what_is_tampered_with_is_seen(
    kept: Settings, tmp_path: Path, tampered: Callable[[list[str]], list[str]]
) -> None:
    assert verdict(tmp_path / "t.jsonl", tampered(exported(kept, tmp_path / "l.jsonl")))


def test_a_ledger_cut_off_or_written_anew_is_seen_by_whoever_knows_a_hash(
    kept: Settings, odds: list[Forecast], tmp_path: Path
) -> None:
    lines = exported(kept, tmp_path / "l.jsonl")
    head = json.loads(lines[-1])["hash"]
    assert verdict(tmp_path / "t.jsonl", lines[:2]) == []
    assert verdict(tmp_path / "t.jsonl", lines[:2], head)
    anew = Settings(store=tmp_path / "anew.duckdb")
    for one in odds:
        record(anew, one, DAY)
    assert verify_records(anew, LedgerVerifyAsk()).ok
    assert not verify_records(anew, LedgerVerifyAsk(head=head)).ok


def test_a_store_that_was_tampered_with_is_seen_and_takes_nothing_more(
    kept: Settings, odds: list[Forecast], tmp_path: Path
) -> None:
    with open_store(kept.store) as store:
        store.connection.execute("UPDATE ledger SET entry = replace(entry, '\"seed\":2', '\"seed\":9')")
    told = verify_records(kept, LedgerVerifyAsk())
    assert not told.ok
    assert told.faults[0].startswith("entry 2 was changed")
    with pytest.raises(LangstreckeError, match="broken"):
        record(kept, replace(odds[0], seed=8), DAY)
    assert score_records(kept, step=silent).faults


def test_one_forecast_stands_once(kept: Settings, odds: list[Forecast]) -> None:
    again = record(kept, odds[1], DAY + dt.timedelta(days=9))
    assert (again.number, again.new, again.recorded_at[:10]) == (2, False, "2021-03-20")
    assert len(records(kept)) == 3


def test_a_what_if_is_not_recorded(settings: Settings, odds: list[Forecast]) -> None:
    with pytest.raises(LangstreckeError, match="what-if"):
        record(settings, replace(odds[0], changes=("car 79 withdrawn",)), DAY)
    assert records(settings) == []


def test_an_empty_ledger_says_so(settings: Settings, tmp_path: Path) -> None:
    assert records(settings) == []
    assert verify_records(settings, LedgerVerifyAsk()).model_dump() == {
        "ok": True, "entries": 0, "head": None, "faults": [],
    }  # fmt: skip
    assert score_records(settings, step=silent).scores == []
    with pytest.raises(LangstreckeError, match="empty"):
        exported(settings, tmp_path / "l.jsonl")
    assert not (tmp_path / "l.jsonl").exists()


@pytest.mark.parametrize(
    "text", ["{}\n", "no json\n", '{"hash": "a", "entry": {}}\n', '{"hash": 1, "entry": []}\n', "\x00\xff"]
)
def test_a_file_that_is_no_ledger_is_one_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(LangstreckeError, match="line 1"):
        verdict(tmp_path / "x.jsonl", [text])


def test_a_table_of_all_odds(kept: Settings, tmp_path: Path) -> None:
    ask = LedgerExportAsk.model_validate({"to": tmp_path / "l.parquet"}, context={"files": True})
    export_records(kept, ask)
    table = pl.read_parquet(tmp_path / "l.parquet")
    assert table.height == 3 * 7
    sums = table.group_by("number", "class").agg(pl.col("win").sum())
    np.testing.assert_allclose(sums["win"], 1.0, atol=1e-5)
    with pytest.raises(LangstreckeError, match="neither"):
        export_records(kept, LedgerExportAsk.model_validate({"to": tmp_path / "l.xls"}, context={"files": True}))


KILLED = """
import os, sys
from pathlib import Path
from langstrecke.store import open_store
with open_store(Path(sys.argv[1])) as store:
    store.connection.execute("BEGIN")
    store.connection.execute("INSERT INTO ledger VALUES (4, '{}', 'half')")
    os._exit(9)
"""


def test_a_write_that_is_interrupted_leaves_the_ledger_as_it_was(kept: Settings, odds: list[Forecast]) -> None:
    before = records(kept)
    assert subprocess.run([sys.executable, "-c", KILLED, str(kept.store)], check=False).returncode == 9
    assert records(kept) == before
    assert record(kept, replace(odds[0], seed=4), DAY).number == 4
    assert verify_records(kept, LedgerVerifyAsk()).ok


def test_two_that_record_at_a_time_lose_nothing(settings: Settings, odds: list[Forecast]) -> None:
    code = "import sys; from test_ledger import record_seed; record_seed(*sys.argv[1:])"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *(p for p in sys.path if p)])}
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(settings.store), str(seed)], env=env) for seed in (11, 12)
    ]
    assert [one.wait(timeout=300) for one in running] == [0, 0]
    assert [line.number for line in records(settings)] == [1, 2]
    assert verify_records(settings, LedgerVerifyAsk()).ok


def record_seed(store: str, seed: str) -> None:
    """What a process of the test above does."""
    record(Settings(store=Path(store)), forecast(small_card(), races=2, seed=int(seed), threads=1), DAY)


def test_results_that_come_later_are_scored(settings: Settings, odds: list[Forecast], tmp_path: Path) -> None:
    named = [replace(o, race=replace(o.race, id="imsa-2021-sebring", series="imsa")) for o in odds]
    record(settings, named[0], DAY)
    record(settings, named[1], DAY)
    waiting = score_records(settings, step=silent)
    assert (waiting.scores, waiting.waiting) == ([], [1, 2])

    data = tmp_path / "data"
    cars = {c.car: (c.car_class, 110.0 + n) for n, c in enumerate(odds[0].cars)}
    imsa_laps(data / "2021/05-sebring-international-raceway/202103201010-race-laps.csv", plain_race(cars, 10))
    with open_store(settings.store) as store:
        import_folder(store, data)
    found = score_records(settings, step=silent)
    assert found.waiting == []
    first = next(s for s in found.scores if s.number == 1 and s.car_class == "DPi")
    with open_store(settings.store, read_only=True) as store:
        winner = class_orders(store, "imsa-2021-sebring")["DPi"][0][0]
    chance = max(odds[0].car(winner).win, 1e-4)
    assert first.log_loss == pytest.approx(-np.log(chance), rel=1e-3)
    assert first.uniform_log_loss == pytest.approx(np.log(3))
    assert [s.counts for s in found.scores] == [True, True, False, False]  # nobody tries until one fits
    assert [(m.when, m.classes, m.races) for m in found.means] == [("before", 2, 1)]


def run(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def test_the_verbs(tmp_path: Path) -> None:
    card, store = tmp_path / "card.toml", tmp_path / "store.duckdb"
    card.write_text(card_text(small_card()), encoding="utf-8")
    forecast_ = ("forecast", card, "--races", 20, "--store", store, "--record")
    assert "on record: entry 1, hash " in run(*forecast_).stderr
    assert "on record since " in run(*forecast_).stderr
    data = json.loads(run(*forecast_, "--seed", 2, "--json", "-").stdout)
    assert data["seed"] == 2
    with pytest.raises(LangstreckeError, match="what-if"):
        run(*forecast_, "--set", "entries.4.pace_s=-2")
    listed = run("ledger", "--store", store).stdout
    assert "before the start" in listed
    assert "afterwards" in listed  # the race was in 2021
    assert len(json.loads(run("ledger", "--store", store, "--json").stdout)) == 2
    out = tmp_path / "shown.jsonl"
    assert "2 entries, the chain holds" in run("ledger", "export", out, "--store", store).stdout
    assert "the chain holds" in run("ledger", "verify", out).stdout
    out.write_text(out.read_text("utf-8").replace('"seed":2', '"seed":3'), "utf-8")
    assert "entry 2 was changed" in run("ledger", "verify", out, code=1).stdout
    assert not json.loads(run("ledger", "verify", out, "--json", code=1).stdout)["ok"]
    assert "no result in the store yet: 2 entries" in run("ledger", "score", "--store", store).stderr
