"""A series at its live service on the pit wall: followed, gone on with after a kill, and only known ones."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx2")

from board_services import MadeBoard, board_service, swiss_app
from conftest import PATIENCE_S
from griiip_server import GriiipRace, griiip_service
from langstrecke.errors import NotFoundError
from langstrecke.services.live_source import live_series
from langstrecke.services.settings import Settings
from langstrecke.web.following.models import FollowAsk
from langstrecke.web.following.race import RaceHub
from langstrecke.web.following.races import Hubs
from race_maker import make_race
from web_jobs import NoJobs


@pytest.fixture(autouse=True)
def no_raw_frames_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("langstrecke.live.sources.web_json.frames_folder", lambda: tmp_path / "frames")


async def until(done: Callable[[], bool], limit_s: float = PATIENCE_S) -> None:
    async def wait() -> None:
        while not done():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(wait(), limit_s)


def made() -> pl.DataFrame:
    return make_race(cars=6, length_s=1500.0, stint_laps=5)


def test_a_series_is_followed_and_gone_on_with_after_a_kill(tmp_path: Path) -> None:
    race = GriiipRace(made(), upto_s=700.0, stream=False)

    async def play(table: Path) -> None:
        settings = Settings(work=tmp_path / "work", table_every_s=0.05, services=table)
        ask = FollowAsk(race="wec-live", series="wec")
        hub = RaceHub(settings, NoJobs(), ask, settings.races / "wec-live")
        await hub.open()
        so_far = race.laps.filter(pl.col("elapsed_s") <= 700.0).height
        await until(lambda: hub.state.laps().height >= so_far)
        await until(lambda: hub.status == "running")
        feed = hub.state.hello.feed if hub.state.hello is not None else ""
        hub._keep()
        for task in hub._tasks:  # killed: nothing is closed
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*hub._tasks, return_exceptions=True)
        race.upto_s = float("inf")
        again = await RaceHub.restored(settings, NoJobs(), settings.races / "wec-live")
        assert again is not None
        await until(lambda: again.state.finished)
        assert again.state.hello is not None
        assert again.state.hello.feed == feed
        assert again.state.laps().height == race.laps.height
        assert not any(row.uncertain for row in again.view.table.rows)
        await again.close()

    with griiip_service(race, tmp_path) as table:
        asyncio.run(play(table))


def test_where_nothing_runs_yet_the_race_is_waited_for(tmp_path: Path) -> None:
    race = GriiipRace(made(), series=159, stream=False)

    async def play(table: Path) -> None:
        settings = Settings(work=tmp_path / "work", table_every_s=0.05, services=table)
        hub = RaceHub(settings, NoJobs(), FollowAsk(race="wec-live", series="wec"), settings.races / "wec-live")
        await hub.open()
        await until(lambda: "no session of wec runs now" in hub.view.note or bool(hub._change()))
        assert hub.status == "waiting"
        race.series = 10
        await until(lambda: bool(hub.state.cars))
        await hub.close()

    with griiip_service(race, tmp_path) as table:
        asyncio.run(play(table))


def test_a_series_nobody_knows_is_refused_at_once(tmp_path: Path) -> None:
    hubs = Hubs(Settings(work=tmp_path), NoJobs())
    with pytest.raises(NotFoundError, match="series with live timing"):
        asyncio.run(hubs.follow(FollowAsk(race="x", series="wek")))


def test_what_runs_now_is_told_and_a_service_that_fails_says_so(tmp_path: Path) -> None:
    with board_service(swiss_app(MadeBoard(made(), 1500.0)), "swiss", tmp_path) as table:
        text = table.read_text() + '[services.griiip]\nurl = "http://127.0.0.1:9/"\npause_s = 0.0\n'
        table.write_text(text)
        found = {one.series: one for one in live_series(Settings(work=tmp_path, services=table))}
    assert found["sro"].sessions == ("GTWorldChEU Endurance: Race",)
    assert found["gt4"].sessions == ()
    assert "cannot be reached" in found["wec"].note
    assert "follow it to see" in found["nls"].note
