"""What viewers are sent: the whole table once, then changes that come to the same, and little of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

pytest.importorskip("fastapi")

from langstrecke.live import FeedState, timing_table
from langstrecke.live.sources.replay import Recording
from langstrecke.web.api import watching
from langstrecke.web.following.models import CarChance, HubView, OddsPoint
from race_maker import make_race


def view_of(state: FeedState, race_s: float, version: int, **more: Any) -> HubView:
    table = timing_table(state, None, race_s)
    about: dict[str, Any] = {
        "race": "made", "title": "Made", "status": "running", "source": "replay", "replayed": True, "speed": 1.0,
        "race_s": race_s, "version": version, "table": table, "odds": (), "odds_note": "", "odds_old": False,
        "alerts": (), "note": "", "viewers": 1, "wall": dt.datetime.now(dt.UTC),
    }  # fmt: skip
    return HubView(**about | more)


class Client:
    """A viewer that keeps its table by what it is sent."""

    def __init__(self) -> None:
        self.table: dict[str, Any] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []

    def hear(self, message: dict[str, Any]) -> None:
        if message["kind"] == "table":
            self.table = {k: v for k, v in message["table"].items() if k != "rows"}
            self.rows = {row["car"]: row for row in message["table"]["rows"]}
            self.order = list(self.rows)
        elif message["kind"] == "changes":
            self.table |= message.get("table", {})
            for row in message.get("rows", ()):
                self.rows[row["car"]] = {**self.rows.get(row["car"], {}), **row}
            self.order = message.get("order", self.order)


@pytest.mark.parametrize("seen", [1, 3])
def test_changes_come_to_the_same_table_also_for_whoever_skips_some(seen: int) -> None:
    recording = Recording(make_race(cars=12, length_s=1800.0, stint_laps=4), race_id="made")
    state, client, before = FeedState(), Client(), None
    state.apply(recording.hello)
    for k, upto in enumerate(range(0, len(recording) + 1, 2)):
        for seq in range(state.last_seq + 1, upto + 1):
            state.apply(recording.message(seq))
        if k % seen:
            continue
        now = view_of(state, state.race_s, k)
        client.hear(json.loads(watching.as_text(watching._table(before, now))))
        before = now
    assert before is not None
    whole = watching.table_json(before)
    assert client.order == [row["car"] for row in whole["rows"]]
    still = [{k: v for k, v in row.items() if k not in watching.RUNNING} for row in whole["rows"]]
    mine = [{k: v for k, v in client.rows[car].items() if k not in watching.RUNNING} for car in client.order]
    assert mine == still
    apart = ("rows", "race_s", "left_s")
    assert {k: client.table[k] for k in whole if k not in apart} == {k: whole[k] for k in whole if k not in apart}


def test_at_the_speed_of_the_race_a_viewer_is_sent_under_ten_kilobytes_a_second() -> None:
    recording = Recording(make_race(cars=60, length_s=1500.0, stint_laps=12), race_id="made", duration_s=1500.0)
    state, before, sent, whole = FeedState(), None, 0, 0
    state.apply(recording.hello)
    seconds = 120
    for k in range(2 * seconds):
        at_s = 900.0 + 0.5 * k
        for seq in range(state.last_seq + 1, recording.count_until(at_s) + 1):
            state.apply(recording.message(seq))
        chances = tuple(
            CarChance(car=f"{c}", car_class="GTD", win=0.1234, podium=0.2, overall=0.1) for c in range(60)
        )
        odds = (OddsPoint(race_s=at_s - at_s % 2.5, races=600, cars=chances),)
        now = view_of(state, at_s, k, odds=odds)
        for make in (watching._table, watching._odds, watching._alerts):
            text = watching._text(make, before, now)
            if before is None:
                whole += len(text)
            else:
                sent += len(text)
        before = now
    assert whole > 30_000
    assert sent / seconds < 10_000


def test_alerts_and_odds_are_sent_once() -> None:
    recording = Recording(make_race(cars=4, length_s=600.0), race_id="made")
    state = FeedState()
    state.apply(recording.hello)
    for seq in range(1, len(recording) + 1):
        state.apply(recording.message(seq))
    from langstrecke.live.alerts import Alert

    alerts = tuple(Alert("lead", "1", float(k), f"text {k}", f"key {k}") for k in range(80))
    first, second = view_of(state, 600.0, 1, alerts=alerts[:70]), view_of(state, 600.0, 2, alerts=alerts)
    assert len(json.loads(watching._text(watching._alerts, None, first))["alerts"]) == watching.FIRST_ALERTS
    told = json.loads(watching._text(watching._alerts, first, second))["alerts"]
    assert [alert["key"] for alert in told] == [f"key {k}" for k in range(70, 80)]
    assert watching._text(watching._alerts, second, second) == ""
    assert watching._text(watching._odds, first, second) == ""
