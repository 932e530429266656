"""Alerts to a chat: what concerns the cars asked for, to a local receiver, and nothing without an address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("httpx2")

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from conftest import PATIENCE_S
from griiip_server import serving
from langstrecke.live import FeedState, timing_table
from langstrecke.live.alerts import Alert, alerts
from langstrecke.live.sources.replay import Recording
from langstrecke.services.settings import Settings
from langstrecke.web.following.models import FollowAsk
from langstrecke.web.following.race import RaceHub
from langstrecke.web.following.webhooks import Webhooks
from race_maker import make_race
from web_jobs import NoJobs


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not done():
            await asyncio.sleep(0.02)


def told(got: list[dict[str, Any]]) -> set[str]:
    """Which of the words waited for have come."""
    text = " ".join(one["text"] for one in got)
    return {words for words in ("full-course", "green again") if words in text}


@contextmanager
def receiver(statuses: list[int]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A chat that answers with these statuses, then 204; its address and what it got."""
    got: list[dict[str, Any]] = []

    async def take(request: Request) -> Response:
        got.append(await request.json())
        return Response("", status_code=statuses.pop(0) if statuses else 204)

    with serving(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as address:
        yield f"{address}hook", got


def test_a_yellow_and_a_stop_reach_the_chat_of_the_car_watched(tmp_path: Path) -> None:
    laps = make_race(cars=6, length_s=1500.0, stint_laps=5, periods=[(400.0, 600.0, "fcy")])
    place = tmp_path / "laps.parquet"
    laps.write_parquet(place)

    async def play(url: str, got: list[dict[str, Any]]) -> None:
        settings = Settings(
            work=tmp_path / "work", folders=(tmp_path,), table_every_s=0.02, webhooks=(url,), alert_cars=("02",)
        )
        ask = FollowAsk(race="made", file=str(place), speed=600.0)
        hub = RaceHub(settings, NoJobs(), ask, settings.races / "made")
        await hub.open()
        hooks = hub._webhooks
        await until(lambda: hub.status == "over" and not hooks._waiting and len(told(got)) == 2)
        await hub.close()

    with receiver([]) as (url, got):
        asyncio.run(play(url, got))
    text = "\n".join(one["text"] for one in got)
    assert "full-course yellow at" in text
    assert "green again" in text
    assert "#02 is in the pits" in text
    assert "#04 is in the pits" not in text
    assert {one["race"] for one in got} == {"made"}


def test_an_address_that_is_gone_gets_no_second_message_and_is_named_by_its_host() -> None:
    async def play(url: str) -> str:
        hooks = Webhooks(Settings(webhooks=(url,), alert_cars=("1",)), "made")
        task = asyncio.create_task(hooks.run())
        for k in range(3):
            hooks.tell([Alert("lead", "1", float(k), f"text {k}", f"key {k}")])
        await asyncio.wait_for(task, PATIENCE_S)  # it ends where no address is left
        return hooks.trouble

    with receiver([404]) as (url, got):
        trouble = asyncio.run(play(url))
    assert len(got) == 1
    assert "127.0.0.1" in trouble
    assert "hook" not in trouble.replace("webhook", "")


def test_nothing_is_sent_without_an_address_or_for_other_cars() -> None:
    sent: list[str] = []

    async def play(settings: Settings) -> None:
        hooks = Webhooks(settings, "made", lambda url, text, data, until_s: sent.append(text) or "")
        task = asyncio.create_task(hooks.run())
        hooks.tell([Alert("lead", "2", 1.0, "another car", "a"), Alert("flag", "", 2.0, "safety car", "b")])
        await until(lambda: task.done() or bool(sent))
        task.cancel()

    asyncio.run(play(Settings()))
    assert not sent
    asyncio.run(play(Settings(webhooks=("https://chat.example/x",), alert_cars=("1",))))
    assert sent == ["safety car"]


def test_a_tank_that_runs_dry_calls_the_car_in_once_a_stint() -> None:
    recording = Recording(make_race(cars=4, length_s=3600.0, stint_laps=6), race_id="made", duration_s=3600.0)
    state = FeedState()
    state.apply(recording.hello)
    for seq in range(1, recording.count_until(1700.0) + 1):
        state.apply(recording.message(seq))
    table = timing_table(state)
    row = replace(table.row("02"), fuel_left_laps=2.2, in_pit=False, status="running")
    now = replace(table, rows=tuple(row if one.car == "02" else one for one in table.rows), flag="green")
    fresh = alerts(now, now, watched={"02"})
    assert [alert.text for alert in fresh if alert.kind == "pit call"] == ["#02: fuel for 2 laps, box"]
    told = {alert.key for alert in fresh}
    assert not [a for a in alerts(now, now, watched={"02"}, told=told) if a.kind == "pit call"]
    home = replace(now, left_s=100.0)
    assert not [a for a in alerts(home, home, watched={"02"}) if a.kind == "pit call"]
