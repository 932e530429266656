"""What is built to be installed: all the data that the verbs read is in, nothing that only builds or tests is."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("build", reason="needs build, of the extra dev")

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist it was made from, built with the libraries at hand, without a network."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return next(out.glob("*.whl")), next(out.glob("*.tar.gz"))


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_all_data_is_in_the_wheel(built: tuple[Path, Path]) -> None:
    names = names_in(built[0])
    data = {
        str(path.relative_to(SRC))
        for path in (SRC / "langstrecke").rglob("*")
        if path.is_file() and path.suffix in (".toml", ".csv", ".json", ".css", ".js")
    }
    assert data - names == {name for name in data if "/hand_sheets/" in name}
    for kind in ("racecard/data/", "rulebooks/data/", "paddock/data/", "ratings/data/priors/", "web/pages/static/"):
        assert any(name.startswith(f"langstrecke/{kind}") for name in names), kind
    assert "langstrecke/py.typed" in names


def test_all_modules_are_in_and_nothing_else(built: tuple[Path, Path]) -> None:
    names = names_in(built[0])
    modules = {str(path.relative_to(SRC)) for path in (SRC / "langstrecke").rglob("*.py")}
    assert modules - names == {name for name in modules if name.startswith("langstrecke/racecard/hand/")}
    assert {name.split("/")[0] for name in names} == {"langstrecke", built[0].name.split("-py3")[0] + ".dist-info"}
    assert [name for name in names if name.endswith((".pyc", ".ipynb", ".md"))] == []


def test_the_sdist_has_the_package_alone(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as archive:
        folders = {name.split("/")[1] for name in archive.getnames() if name.count("/") > 1}
    assert folders == {"src"}


def test_its_page_on_an_index_would_be_drawn(built: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"})
    assert ran.returncode == 0, ran.stdout
    assert ran.stdout.count("PASSED") == 2


def test_it_runs_from_the_wheel_alone(built: tuple[Path, Path], tmp_path: Path) -> None:
    """The wheel as it is, on the path instead of the checkout: cards, rule books, registry are found."""
    code = """import sys
sys.path = [sys.argv[1], *[p for p in sys.path if p and "src" not in p.rsplit("/", 1)[-1]]]
import langstrecke as ls
from langstrecke import services
from langstrecke.services.settings import Settings
from langstrecke.services.requests.paddock import CareerAsk, RulesAsk
from pathlib import Path
assert ls.__file__.startswith(sys.argv[1]), ls.__file__
settings = Settings(store=Path(sys.argv[2]) / "none.duckdb")
assert ls.load_card("le-mans-2019").entries
assert services.rules(settings, RulesAsk(book="imsa", season="2021")).figures
print(services.career(settings, CareerAsk(driver="Jan Magnussen", series="le-mans")).class_wins)
"""
    unpacked = tmp_path / "site"
    with zipfile.ZipFile(built[0]) as archive:
        archive.extractall(unpacked)
    run = [sys.executable, "-c", code, str(unpacked), str(tmp_path)]
    without = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ran = subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path, env=without)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "[2004, 2005, 2006, 2009]"
