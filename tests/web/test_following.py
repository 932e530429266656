"""A followed race: table and odds, steering, viewers that do not wait for each other, and going on after a kill."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import web_jobs
from conftest import PATIENCE_S
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.sources.recordings import record_file
from langstrecke.live.sources.replay import Recording
from langstrecke.live.table import timing_table
from langstrecke.services.settings import Settings
from langstrecke.web.following import odds as hub_odds
from langstrecke.web.following.files import HubFiles, Kept
from langstrecke.web.following.models import CarChance, FollowAsk, OddsPoint, SteerAsk
from langstrecke.web.following.odds_job import KEPT, kept
from langstrecke.web.following.race import RaceHub
from langstrecke.web.following.races import FollowedError, Hubs
from langstrecke.web.jobs import Jobs
from race_maker import make_race

RACE = "made"


@pytest.fixture
def laps_file(tmp_path: Path) -> Path:
    make_race(cars=8, length_s=3_600.0, stint_laps=8).write_parquet(tmp_path / "laps.parquet")
    return tmp_path / "laps.parquet"


@pytest.fixture(autouse=True)
def cheap_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_odds, "read_odds", web_jobs.odds_by_laps)


def settings_of(tmp_path: Path) -> Settings:
    return Settings(
        store=tmp_path / "none", work=tmp_path / "work", folders=(tmp_path,), table_every_s=0.02, odds_every_s=0.1
    )


def played(tmp_path: Path, test: Callable[[Hubs], Coroutine[Any, Any, None]]) -> None:
    async def all_of_it() -> None:
        jobs = Jobs(settings_of(tmp_path))
        await jobs.open(warm=False)
        hubs = Hubs(jobs.settings, jobs)
        try:
            await hubs.open()
            await asyncio.wait_for(test(hubs), PATIENCE_S)
        finally:
            await hubs.close()
            await jobs.close()

    asyncio.run(all_of_it())


async def until(found: Callable[[], object]) -> None:
    while not found():
        await asyncio.sleep(0.02)


def truth(path: Path, race_s: float) -> list[tuple[Any, ...]]:
    """The order a race file comes to at a race time."""
    recording, state = record_file(path, race_id=RACE), FeedState()
    state.apply(recording.hello)
    for seq in range(1, recording.count_until(race_s) + 1):
        state.apply(recording.message(seq))
    return [(r.car, r.laps, r.position_in_class, r.stops, r.driver, r.gap_s) for r in timing_table(state).rows]


def order(hub: RaceHub) -> list[tuple[Any, ...]]:
    assert hub.view.table is not None
    return [(r.car, r.laps, r.position_in_class, r.stops, r.driver, r.gap_s) for r in hub.view.table.rows]


def test_a_replay_ends_as_the_race_did(tmp_path: Path, laps_file: Path) -> None:
    async def test(hubs: Hubs) -> None:
        hub = await hubs.follow(FollowAsk(race=RACE, file=str(laps_file), speed=0))
        await until(lambda: hub.view.status == "over")
        assert order(hub) == truth(laps_file, 1e9)
        assert hub.view.table is not None
        assert hub.view.table.lost == 0
        with pytest.raises(FollowedError):
            await hubs.follow(FollowAsk(race=RACE, file=str(laps_file)))
        await hubs.stop(RACE)
        assert hubs.all() == []
        assert not (tmp_path / "work" / "races" / RACE).exists()
        with pytest.raises(NotFoundError):
            hubs.get(RACE)

    played(tmp_path, test)


def test_steering(tmp_path: Path, laps_file: Path) -> None:
    async def test(hubs: Hubs) -> None:
        hub = await hubs.follow(FollowAsk(race=RACE, file=str(laps_file), speed=5.0))
        await hub.seek(300.0)  # at this pace a busy machine has ten minutes
        await until(lambda: hub.view.race_s > 300.0 and hub.view.odds)
        await hubs.steer(RACE, SteerAsk(paused=True))
        assert hub.view.status == "paused"
        await hub.seek(2_500.0)
        await hub.pause()
        await until(lambda: order(hub) == truth(laps_file, 2_500.0))
        assert "pit out" in {a.kind for a in hub.view.alerts}
        await hub.seek(500.0)  # back
        await until(lambda: order(hub) == truth(laps_file, 500.0))
        assert all(p.race_s < 500.0 + 300.0 for p in hub.view.odds)
        assert hub.view.status == "paused"
        await hubs.steer(RACE, SteerAsk(speed=0, paused=False))
        await until(lambda: hub.view.status == "over")
        assert order(hub) == truth(laps_file, 1e9)
        with pytest.raises(LangstreckeError):
            await hub.set_speed(-1.0)

    played(tmp_path, test)


def test_odds_after_a_restart_know_what_happened_before_it(tmp_path: Path, laps_file: Path) -> None:
    recording, state = record_file(laps_file, race_id=RACE), FeedState()
    state.apply(recording.hello)
    for seq in range(1, recording.count_until(1_200.0) + 1):
        state.apply(recording.message(seq))
    then = timing_table(state, None, 700.0)
    stopped = next(row for row in timing_table(state).rows if row.stops > then.row(row.car).stops)

    def point(race_s: float, win: float) -> OddsPoint:
        car = CarChance(car=stopped.car, car_class=stopped.car_class, win=win, podium=win, overall=win)
        return OddsPoint(race_s=race_s, races=600, cars=(car,))

    class Answers:
        async def call(self, *_: Any, **__: Any) -> tuple[OddsPoint, str]:
            return point(1_200.0, 0.3), "read"

    kept_odds = Kept(ask=FollowAsk(race=RACE), odds=point(700.0, 0.5), odds_seq=1)
    odds = hub_odds.HubOdds(settings_of(tmp_path), Answers(), RACE)  # type: ignore[arg-type]
    odds.restore(kept_odds, [point(100.0, 0.6)])
    odds.begin(state, None)
    assert odds.due(state)
    assert asyncio.run(odds.read(state, None, HubFiles(tmp_path / RACE)))
    assert [p.race_s for p in odds.points] == [100.0, 700.0, 1_200.0]
    assert any(f"#{stopped.car} stopped" in text for text in odds.points[-1].moved[0].why)


def test_a_slow_viewer_keeps_nobody(tmp_path: Path, laps_file: Path) -> None:
    async def test(hubs: Hubs) -> None:
        hub = await hubs.follow(FollowAsk(race=RACE, file=str(laps_file), speed=40.0))
        slow: list[int] = []
        quick: list[int] = []
        let_go = asyncio.Event()

        async def hold() -> None:
            async for view in hub.views():
                slow.append(view.version)
                await let_go.wait()

        async def keep_up() -> None:
            async for view in hub.views():
                quick.append(view.version)

        def angry(view: object) -> None:
            raise ValueError("a page with a fault")

        hub.listen(angry)
        tasks = [asyncio.create_task(hold()), asyncio.create_task(keep_up())]
        await until(
            lambda: slow and len(quick) >= 10
        )  # the quick one sees on while the slow one holds its first view
        assert len(slow) == 1
        assert quick == sorted(set(quick))
        newest = hub.view.version
        let_go.set()
        await until(lambda: len(slow) >= 2)
        assert slow[1] >= newest  # what it missed is not shown to it late
        for task in tasks:
            task.cancel()
        made = [hub.encoded("x", lambda view: str([1])) is hub.encoded("x", lambda view: str([2])) for _ in "ab"]
        assert all(made)  # once for all viewers

    played(tmp_path, test)


def test_what_moved_the_odds(tmp_path: Path, laps_file: Path) -> None:
    from langstrecke.web.following.odds_job import with_moves

    recording, state = record_file(laps_file, race_id=RACE), FeedState()
    state.apply(recording.hello)
    tables = []
    for until_s in (700.0, 1_200.0):
        for seq in range(1, recording.count_until(until_s) + 1):
            state.apply(recording.message(seq))
        tables.append(timing_table(state))
    stopped = next(row for row in tables[1].rows if row.stops > tables[0].row(row.car).stops)

    def point(win: float) -> OddsPoint:
        car = CarChance(car=stopped.car, car_class=stopped.car_class, win=win, podium=win, overall=win)
        return OddsPoint(race_s=1.0, races=600, cars=(car,))

    moved = with_moves(point(0.3), point(0.5), tables[0], tables[1]).moved
    assert [(m.car, m.win_before, m.win) for m in moved] == [(stopped.car, 0.5, 0.3)]
    assert any(f"#{stopped.car} stopped" in text for text in moved[0].why)
    assert with_moves(point(0.5), point(0.5), tables[0], tables[1]).moved == ()


def test_no_cause_is_named_for_hours_nobody_read_and_no_line_crosses_them(tmp_path: Path) -> None:
    from types import SimpleNamespace

    from langstrecke.web.pages.charts.lines import of

    class Answers:
        def __init__(self) -> None:
            self.at: list[tuple[float, float]] = []

        async def call(self, *_: Any, **__: Any) -> tuple[OddsPoint, str]:
            race_s, win = self.at.pop(0)
            car = CarChance(car="1", car_class="DPi", win=win, podium=win, overall=win)
            return OddsPoint(race_s=race_s, races=600, cars=(car,)), "read"

    recording, state = Recording(make_race(cars=6, length_s=2_000.0), race_id=RACE, duration_s=2_000.0), FeedState()
    state.apply(recording.hello)
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
    answers, files = Answers(), HubFiles(tmp_path / RACE)
    odds = hub_odds.HubOdds(settings_of(tmp_path), answers, RACE)  # type: ignore[arg-type]
    odds.begin(state, None)

    def read(race_s: float, win: float) -> None:
        answers.at.append((race_s, win))
        assert asyncio.run(odds.read(state, None, files))

    read(600.0, 0.5)
    read(900.0, 0.6)
    assert not odds.old(1_000.0)
    odds.sought()  # an hour on, within the half hour a line may bridge: what lies between was not read either
    assert odds.old(1_000.0)
    read(1_500.0, 0.2)
    assert not odds.old(1_500.0)
    read(1_800.0, 0.3)
    read(15_000.0, 0.9)  # a feed that was silent for hours
    assert odds.old(15_000.0 + 2 * hub_odds.BRIDGED_S)
    assert [p.race_s for p in odds.points if p.apart] == [1_500.0, 15_000.0]
    for point in odds.points:
        whys = [text for moved in point.moved for text in moved.why]
        assert all(text.startswith("no odds read") for text in whys) == point.apart or not whys
    assert any(point.moved for point in odds.points if point.apart)

    hub: Any = SimpleNamespace(view=SimpleNamespace(odds=odds.points))
    line = [y for _, y in of(hub, "odds", "DPi|win")["1"]]
    assert line == [0.5, 0.6, None, 0.2, 0.3, None, 0.9]


def test_thinning_keeps_where_a_line_begins_anew() -> None:
    points: tuple[OddsPoint, ...] = ()
    for n in range(3_000):
        points = kept(points, OddsPoint(race_s=float(n), races=1, cars=(), apart=n in (7, 700, 1_501)), 2.0)
        assert len(points) <= KEPT + 3
    assert [p.race_s for p in points if p.apart and p.race_s in (7, 8, 700, 701, 1_501, 1_502)]
    assert sum(p.apart for p in points) == 3


def test_the_history_of_the_odds_is_bounded() -> None:
    points: tuple[OddsPoint, ...] = ()
    for n in range(5_000):
        points = kept(points, OddsPoint(race_s=float(n), races=1, cars=()), 2.0)
        assert len(points) <= KEPT
        assert points[-1].race_s == n  # the newest is never left out
    times = [p.race_s for p in points]
    assert times == sorted(set(times))
    assert times[0] == 0.0


def test_a_folder_is_followed(tmp_path: Path) -> None:
    from langstrecke.timing.write import write_alkamel

    laps = make_race(cars=4, length_s=1_800.0, stint_laps=8)
    place = tmp_path / "timing"
    place.mkdir()
    write_alkamel(laps.filter(pl.col("elapsed_s") < 900.0), place / "202103201010-race-laps.csv")

    async def test(hubs: Hubs) -> None:
        hub = await hubs.follow(FollowAsk(race=RACE, folder=str(place)))
        await until(lambda: hub.view.table is not None and len(hub.view.table.rows) == 4)
        assert not hub.view.replayed
        with pytest.raises(LangstreckeError, match="live"):
            await hub.pause()

    played(tmp_path, test)
