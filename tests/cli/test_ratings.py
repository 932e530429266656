"""The verbs `ratings drivers` and `ratings cars`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import NotFoundError
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def place(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ratings")
    event = "05-sebring-international-raceway"
    shutil.copytree(data / "imsa" / "2021" / event, folder / "imsa" / "2021" / event)
    with open_store(folder / "store.duckdb") as opened:
        import_folder(opened, folder)
    return folder / "store.duckdb"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr("langstrecke.ratings.archive.default_cache", lambda: tmp_path_factory.getbasetemp() / "kept")


def run(*words: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(app, ["ratings", *words, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_drivers_of_a_class(place: Path) -> None:
    found = run("drivers", "--store", str(place), "--series", "imsa", "--year", "2021", "--class", "DPi")
    assert len(found) == 21  # seven cars, three drivers each
    assert [r["pace"] for r in found] == sorted(float(str(r["pace"])) for r in found)
    for row in found:
        assert float(str(row["low"])) < float(str(row["pace"])) < float(str(row["high"]))
    names = [str(r["name"]) for r in found]
    assert names.index("Kamui Kobayashi") < names.index("Jimmie Johnson")


def test_cars_of_a_class(place: Path) -> None:
    found = run("cars", "--store", str(place), "--class", "GTLM")
    assert {str(r["name"]) for r in found} == {"#3 GTLM", "#4 GTLM", "#24 GTLM", "#25 GTLM", "#79 GTLM"}
    assert len({r["make"] for r in found}) == 3  # BMW, Corvette, Porsche


def test_a_table_for_people(place: Path) -> None:
    done = CliRunner().invoke(app, ["ratings", "drivers", "--store", str(place), "--class", "GTD", "--top", "5"])
    assert done.exit_code == 0, done.output
    assert "90 % interval" in done.stdout
    assert "more (--top" in done.stdout


@pytest.mark.parametrize(("option", "value", "near"), [("--class", "GDT", "GTD"), ("--series", "imza", "imsa")])
def test_unknown_names_get_near_ones(place: Path, option: str, value: str, near: str) -> None:
    done = CliRunner().invoke(app, ["ratings", "cars", "--store", str(place), option, value])
    assert isinstance(done.exception, NotFoundError)
    assert near in done.exception.message()


def test_nothing_in_that_year(place: Path) -> None:
    done = CliRunner().invoke(app, ["ratings", "drivers", "--store", str(place), "--year", "1999"])
    assert isinstance(done.exception, NotFoundError)


def test_a_figure(place: Path, tmp_path: Path) -> None:
    drawn = tmp_path / "drivers.svg"
    run("drivers", "--store", str(place), "--class", "DPi", "--figure", str(drawn))
    assert "Kobayashi" in drawn.read_text("utf-8")
    wrong = CliRunner().invoke(
        app, ["ratings", "cars", "--store", str(place), "--figure", str(tmp_path / "cars.xls")]
    )
    assert wrong.exit_code != 0
    assert not (tmp_path / "cars.xls").exists()
