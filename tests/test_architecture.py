"""The rooms of docs/architecture.md: who may import whom, how long a module may be, and no machine's own paths."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src" / "langstrecke"


def table_of_the_docs() -> dict[str, set[str]]:
    """Room -> what it may import, as the table of docs/architecture.md says, errors and itself aside."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table: dict[str, set[str]] = {}
    for rooms, _, others in re.findall(r"^\| (`.+?) \|(.+)\| (.+?) \|$", text, re.MULTILINE):
        for room in re.findall(r"`([\w.]+)`", rooms):
            table[room.removesuffix(".py")] = set(re.findall(r"`(\w+)`", others)) | (
                {"forecast", "plots"} if others == "results only" else {"*"} if others == "all" else set()
            )
    return table


TABLE = table_of_the_docs()

RESULTS_ROOMS = {"plots", "report"}
"""They show results and import nothing that makes them, wherever it stands; the type of a result they may name."""

FREE = {room for room, others in TABLE.items() if "*" in others} | {"__init__", "__main__"}
"""Rooms that may import all: they stand at the end of the flow of data."""


def above(room: str) -> set[str]:
    """Every room that stands above: those of the table and those above them."""
    found: set[str] = {"errors", "language", "formatting", "display"}
    if room in RESULTS_ROOMS:
        return found | TABLE[room]
    waiting = set(TABLE[room])
    while waiting:
        other = waiting.pop()
        if other not in found:
            found.add(other)
            waiting |= TABLE[other]
    return found


RESULTS_ONLY = {"langstrecke.forecast", "langstrecke.forecast.result", "langstrecke.forecast.season.result"}
"""What figures and reports may see of the forecasts' room: results, nothing that simulates."""

LONGEST = 420

MODULES = sorted(SRC.rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(SRC).parts[0].removesuffix(".py")


def imported(module: Path, *, types: bool = True) -> list[tuple[int, str]]:
    """(line, module) of every import of the project's own, also those inside functions.

    Without `types` those that only a type checker sees are left out.
    """
    found = []
    tree = ast.parse(module.read_text(encoding="utf-8"))
    unseen = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
        if not types
    }
    for node in ast.walk(tree):
        if node in unseen:
            continue
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: a relative import"
            # `from langstrecke.racecard import io` names a module as well as `from langstrecke.racecard.io ...`.
            found.append((node.lineno, node.module or ""))
            if node.module == "langstrecke":
                found += [(node.lineno, f"langstrecke.{alias.name}") for alias in node.names]
    return [(line, name) for line, name in found if name.split(".")[0] == "langstrecke"]


def test_every_room_is_in_the_table() -> None:
    rooms = {room_of(module) for module in MODULES}
    assert rooms - FREE - set(TABLE) == set()


def test_rooms_import_only_from_above() -> None:
    wrong = []
    for room in sorted(set(TABLE) - FREE):
        allowed = above(room) | {room}
        for module in (m for m in MODULES if room_of(m) == room):
            for line, name in imported(module, types=room not in RESULTS_ROOMS):
                other = name.split(".")[1] if "." in name else "__init__"
                if other not in allowed:
                    wrong.append(f"{module.relative_to(ROOT)}:{line}: {room} imports {name}")
    assert wrong == []


def test_the_table_has_no_way_back() -> None:
    walled = set(TABLE) - FREE
    assert {"timing", "racecard", "simulation", "forecast", "report"} <= walled
    for room in walled:
        for other in above(room) - {room, "errors", "language", "formatting", "display"}:
            assert room not in above(other), f"{room} and {other} may import each other"


def rings(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that import each other in a circle (strongly connected, larger than one), sorted."""
    reach: dict[str, set[str]] = {}
    for begin in graph:
        seen: set[str] = set()
        waiting = set(graph[begin])
        while waiting:
            other = waiting.pop()
            if other not in seen:
                seen.add(other)
                waiting |= graph[other]
        reach[begin] = seen
    found = {tuple(sorted({a, *(b for b in reach[a] if a in reach[b])})) for a in graph if a in reach[a]}
    return sorted(list(ring) for ring in found)


def graph_of(modules: dict[str, Path]) -> dict[str, set[str]]:
    """Module -> the modules of the project it imports anywhere, itself aside."""
    graph = {}
    for name, path in modules.items():
        found = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names}
                found |= inner & set(modules)
                if not inner <= set(modules):
                    found.add(node.module)
        graph[name] = (found & set(modules)) - {name}
    return graph


def test_no_ring_of_imports() -> None:
    names = {
        ".".join(("langstrecke", *m.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__"): m
        for m in MODULES
    }
    assert rings(graph_of(names)) == []


def test_a_ring_would_be_found(tmp_path: Path) -> None:
    for name, other in (("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")):
        (tmp_path / f"{name}.py").write_text(f"def f():\n    from p import {other}\n", encoding="utf-8")
    modules = {f"p.{name}": tmp_path / f"{name}.py" for name in "abcd"}
    assert rings(graph_of(modules)) == [["p.a", "p.b", "p.c"]]


def test_figures_and_reports_see_results_only() -> None:
    wrong = [
        f"{module.relative_to(ROOT)}:{line}: {name}"
        for module in MODULES
        if room_of(module) in RESULTS_ROOMS
        for line, name in imported(module, types=False)
        if name.startswith("langstrecke.forecast") and name not in RESULTS_ONLY
    ]
    assert wrong == []


def test_a_forecast_of_a_card_loads_no_tables() -> None:
    """Polars and SciPy's optimisers take half a second that odds of a card need nothing of."""
    heavy = ("polars", "scipy.optimize", "duckdb")
    code = f"import sys, langstrecke.forecast; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_showing_a_result_loads_no_compiler() -> None:
    code = "import sys, langstrecke.report.page, langstrecke.plots; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_module_is_two_things() -> None:
    long = {
        str(module.relative_to(ROOT)): lines
        for module in MODULES
        if (lines := len(module.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


@pytest.mark.parametrize("folder", ["src", "examples", "scripts", "docs"])
def test_no_file_names_a_place_on_somebodys_machine(folder: str) -> None:
    place = re.compile(r"(?<![\w.])/(?:work|home|root|Users|tmp)/|[A-Z]:\\\\")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".toml", ".md", ".csv", ".json")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if place.search(line)
    ]
    assert wrong == []


def test_the_walls_are_real(tmp_path: Path) -> None:
    """An import the table forbids is seen, at the top of a module and inside a function."""
    module = tmp_path / "module.py"
    module.write_text("def f():\n    from langstrecke.cli import app\nimport langstrecke.web\n", encoding="utf-8")
    assert sorted(imported(module)) == [(2, "langstrecke.cli"), (3, "langstrecke.web")]
