"""Damaged, foreign and mislabelled files: none ends in a silent fault."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from scripts.validate.filing import KINDS, RACE, Case, by_command_line, judged, race, text_of


@pytest.mark.parametrize("name", KINDS)
def test_no_silent_fault(tmp_path: Path, name: str) -> None:
    outcome = judged(KINDS[name](random.Random(f"{name} test")), tmp_path, by_command_line)
    assert outcome in ("right", "told", "refused")


def test_a_whole_file_is_right_and_a_fault_would_be_seen(tmp_path: Path) -> None:
    rows, truth = race(random.Random(1))
    case = Case({"2023/Fuji/23_Analysis_Race.CSV": text_of(rows).encode()}, {RACE: truth})
    assert judged(case, tmp_path / "a", by_command_line) == "right"
    wrong = Case(case.files, {RACE: {**truth, ("7", 3): 1.0}})
    assert judged(wrong, tmp_path / "b", by_command_line).startswith("silent")
    assert judged(case, tmp_path / "c", lambda folder, store: (1, "Traceback")).startswith("traceback")
    assert "names no file" in judged(case, tmp_path / "d", lambda folder, store: (2, "error: no"))
