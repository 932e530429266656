"""What all tests share: where the real data lies, and how tests that need it are skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DATA = Path(os.environ.get("LANGSTRECKE_DATA", Path(__file__).parents[2] / "shared" / "data"))

PATIENCE_S = 300.0
"""Seconds that what comes in the end may take on a busy machine."""

os.environ.pop("COLUMNS", None)  # what verbs print must not hang on who started the tests

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked `data`, saying why, where the real timing files are not beside the project."""
    if DATA.is_dir():
        return
    skip = pytest.mark.skip(reason="the real timing files (../shared/data, or LANGSTRECKE_DATA) are not here")
    for item in items:
        if item.get_closest_marker("data"):
            item.add_marker(skip)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real timing files; only for tests marked `data`."""
    return DATA
