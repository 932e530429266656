"""The real archives, asked for seasons, one calendar and one plan each. Only when LANGSTRECKE_LIVE is set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from langstrecke.archives import load_hosts, open_archive, plan_event, season_events

pytestmark = pytest.mark.skipif(
    os.environ.get("LANGSTRECKE_LIVE") != "1",
    reason="asks sites outside: set LANGSTRECKE_LIVE=1 where they can be reached",
)


@pytest.mark.parametrize(
    ("series", "season", "event"),
    [
        ("imsa", "2025", "sebring"),
        ("wec", "2024", "bahrain"),
        ("le-mans", "2024", ""),
        ("elms", "2024", "imola"),
        ("gtwce-endurance", "2026", "monza"),
        ("nls", "2026", "2026-06-20"),
    ],
)
def test_an_archive_answers_as_the_table_says(series: str, season: str, event: str, tmp_path: Path) -> None:
    with open_archive(series, hosts=load_hosts(), root=tmp_path) as archive:
        _, events = season_events(archive, season)
        assert events
        plan = plan_event(archive, season, event)
        assert plan.chosen
        assert len(archive.client.sent) < 60
