"""What a desk sends: nothing held back stays back once the race is quiet, and who comes in sees what is known now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("nicegui", reason="the extra web is not installed")

from conftest import PATIENCE_S
from langstrecke.web.pages import desk as desks
from langstrecke.web.pages.desk import Desk

NAMES = ("gap", "place", "flags")


class Race:
    """A hub whose charts have one point for every view."""

    def __init__(self) -> None:
        self.state = None
        self.card = None
        self.heard: Callable[[Any], None] = lambda view: None
        self.view = self._made(0)

    def _made(self, race_s: int) -> Any:
        more = {"table": None, "newest_odds": None, "alerts": (), "note": "", "status": "running", "replayed": True}
        return SimpleNamespace(race_s=race_s, speed=1.0, **more)

    def listen(self, heard: Callable[[Any], None]) -> Callable[[], None]:
        self.heard = heard
        return lambda: None

    def tell(self, race_s: int) -> None:
        self.view = self._made(race_s)
        self.heard(self.view)


class Looker:
    """A viewer that keeps what it is sent and heard."""

    page = "/"
    alert_cars: frozenset[str] = frozenset()

    def __init__(self, names: tuple[str, ...]) -> None:
        self.groups = dict.fromkeys(names, "GTD")
        self.scripts: list[str] = []
        self.views: list[int] = []

    def run(self, *scripts: str) -> None:
        self.scripts += scripts

    def hear(self, topic: str, what: Any) -> None:
        if topic == "view":
            self.views.append(what.race_s)


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Race:
    monkeypatch.setattr(desks.lines, "of", lambda hub, name, group: {"1": [[n, n] for n in range(hub.view.race_s)]})
    monkeypatch.setattr(desks.lines, "more", lambda hub, name, group: {})
    monkeypatch.setattr(desks, "QUIET_S", 0.01)
    monkeypatch.setattr(desks, "CHARTS_EVERY_S", 0.005)
    return Race()


def test_the_last_word_of_a_race_reaches_every_chart(race: Race) -> None:
    async def look() -> Looker:
        desk, looker = Desk(race), Looker(NAMES)  # type: ignore[arg-type]
        desk.viewers.add(looker)  # type: ignore[arg-type]
        for name in NAMES:
            desk.lines(name, "GTD")
        for race_s in range(1, 6):  # one chart at an update: the others wait
            race.tell(race_s)
        async with asyncio.timeout(PATIENCE_S):
            while not all(len(desk.lines(name, "GTD")["1"]) == 5 for name in NAMES):
                await asyncio.sleep(0.005)
            looker.views.clear()
            race.tell(5)
            while len(looker.views) < 2:  # a page that draws every so often hears it once more
                await asyncio.sleep(0.005)
        desk.close()
        return looker

    looker = asyncio.run(look())
    for name in NAMES:
        assert any(script.startswith(f'pw.lines("{name}"') and "[4,4]" in script for script in looker.scripts)


def test_who_comes_to_a_race_that_is_over_sees_its_end(race: Race) -> None:
    async def look() -> int:
        desk, looker = Desk(race), Looker(("odds",))  # type: ignore[arg-type]
        desk.viewers.add(looker)  # type: ignore[arg-type]
        desk.lines("odds", "GTD")
        race.tell(1)
        looker.groups = {"gap": "GTD"}  # another page
        desk.lines("gap", "GTD")
        race.tell(50)
        looker.groups = {"odds": "GTD"}  # and back, when nothing is said any more
        found = len(desk.lines("odds", "GTD")["1"])
        desk.close()
        return found

    assert asyncio.run(look()) == 50
