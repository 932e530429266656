"""What browser tests share: a Chromium, tabs that remember errors, the script that serves a pit wall."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest

pytest.importorskip("nicegui", reason="the extra web is not installed")
playwright_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

ROOT = Path(__file__).parents[1]
LONG = 600_000
"""Milliseconds a job may take on a busy machine; the first one waits for the compiler."""
SOON = 120_000
"""Milliseconds a page may take there."""
LEFT_EARLY = "reading 'dispose'"
"""NiceGUI 3.18's chart says so when a page is left before the chart stands (it has nothing to dispose of then)."""


def _script() -> ModuleType:
    """scripts/docs/screenshots.py knows how to make a store and to start a server."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "scripts" / "docs" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


screenshots = _script()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser; the test is skipped where there is none."""
    path = screenshots.chromium()
    if path is None:
        pytest.skip("no Chromium or Chrome on the PATH")
    with playwright_api.sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


class Tab:
    """A browser tab that remembers errors and requests to anywhere but the server."""

    def __init__(self, browser: Any, *, width: int = 1440, height: int = 900, **how: Any) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height}, **how)
        self.page = self.context.new_page()
        self.page.set_default_timeout(SOON)
        self.errors: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", lambda m: self._complained(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self._complained(str(e)))
        self.context.on("request", lambda r: self._asked(r.url))

    def _complained(self, text: str) -> None:
        if LEFT_EARLY not in text:
            self.errors.append(text)

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.hostname != "127.0.0.1":
            self.outside.append(url)

    def go(self, title: str) -> None:
        """Open a page by its link in the navigation."""
        self.page.click(f".pw-nav >> text={title}")
        self.page.wait_for_selector(f".pw-nav a[aria-current=page]:text-is('{title}')")

    def says(self, words: str, within: str = "body", *, limit: int = LONG) -> None:
        """Wait until words stand somewhere in sight."""
        self.page.wait_for_selector(f"{within} >> text=/{words}/ >> visible=true", timeout=limit)

    def close(self) -> None:
        """Close the tab: it had no errors and asked nobody else."""
        self.context.close()
        assert (self.errors, self.outside) == ([], [])
