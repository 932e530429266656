"""docs/python.md and the notebooks: every public name stands there, and everything in them runs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import langstrecke as ls
from langstrecke.simulation import simulate_laps
from langstrecke.timing.write import write_alkamel

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
NOTEBOOKS = sorted((ROOT / "examples").glob("*.ipynb"))
RACE = "202103201010-race-laps.csv"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the files the page speaks of, made by the simulation."""
    folder = tmp_path_factory.mktemp("desk")
    event = folder / "imsa" / "2021" / "05-sebring-international-raceway"
    event.mkdir(parents=True)
    write_alkamel(simulate_laps(ls.load_card("imsa-2021-sebring"), race=1, seed=1), event / RACE)
    shutil.copy(event / RACE, folder / RACE)
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


def test_every_public_name_stands_in_the_docs() -> None:
    missing = [n for n in ls.__all__ if n != "__version__" and not re.search(rf"`(ls\.)?{n}[`(]", PAGE)]
    assert missing == []


def test_the_page_runs_from_top_to_bottom(desk: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 7
    told: dict[str, object] = {}
    exec("import matplotlib; matplotlib.use('Agg'); import polars as pl", told)
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), told)
    assert (desk / "stints.png").is_file()
    assert (desk / "two.png").is_file()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_runs(path: Path, desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "kept without outputs"
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    runner = client.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": desk}}
    )
    runner.execute()
    shown = {kind for cell in notebook.cells for out in cell.get("outputs", []) for kind in out.get("data", {})}
    assert {"image/png", "text/html"} <= shown  # figures and tables answer in the notebook


def test_there_are_notebooks_on_a_race_and_on_odds() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["laps_and_stops", "odds_and_what_if"]
