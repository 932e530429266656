"""What a page may run: its own scripts, and nothing that stands in markup from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("nicegui", reason="the extra web is not installed")

from fastapi.testclient import TestClient

from langstrecke.services.settings import Settings
from langstrecke.web.app import create_app


def rules(header: str) -> dict[str, str]:
    return dict(rule.strip().split(" ", 1) for rule in header.split(";"))


def test_every_page_has_scripts_of_its_own_nonce_only(tmp_path: Path) -> None:
    app = create_app(Settings(store=tmp_path / "none", work=tmp_path, warm=False))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        seen = set()
        for path in ("/", "/odds", "/races", "/nothing-here"):
            page = client.get(path, headers={"accept-encoding": "gzip"})
            scripts = rules(page.headers["content-security-policy"])["script-src"]
            assert "unsafe-inline" not in scripts
            nonce = re.search(r"'nonce-([\w-]+)'", scripts)
            assert nonce is not None
            seen.add(nonce[1])
            assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce[1]}"') > 0
            assert int(page.headers["content-length"]) == len(page.content)
        assert len(seen) == 4
        data = client.get("/api/v1/cards")
        assert "nonce" not in data.headers["content-security-policy"]
        assert rules(data.headers["content-security-policy"])["default-src"] == "'none'"
