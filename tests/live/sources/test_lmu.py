"""Le Mans Ultimate's service, played by a server on this machine from what programs that read the game tell of it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.live import FeedState, timing_table
from langstrecke.live.messages import EnergyMessage, LapMessage, PitMessage
from langstrecke.live.sources.lmu import LmuFeed, address

GREEN_S = 137.5
"""The game's clock as the flag falls."""
LAPS = {"51": 100.0, "007": 101.0, "7": 103.0}
STOP = ("51", 4, 40.0)
"""Car 51 comes in at the end of lap 4 and stands; another driver gets in."""
LENGTH_S = 900.0


def crossings(car: str) -> list[float]:
    """When a car crosses the line, in race time; the stop is part of the lap after it."""
    found, t = [], 0.0
    for lap in range(1, 30):
        t += LAPS[car] + (STOP[2] if car == STOP[0] and lap == STOP[1] + 1 else 0.0)
        found.append(t)
        if t >= LENGTH_S:
            break
    return found


CROSSED = {car: crossings(car) for car in LAPS}


def session(t: float, **other: Any) -> dict[str, Any]:
    """`/rest/watch/sessionInfo` at a race time."""
    phase = 4 if t < 0 else 8 if t >= CROSSED["51"][-1] else 6 if 300 <= t < 420 else 5
    return {
        "session": "RACE1", "gamePhase": phase, "currentEventTime": GREEN_S + t, "startEventTime": 0.0,
        "endEventTime": GREEN_S + LENGTH_S, "trackName": "Circuit de la Sarthe", "ambientTemp": 21.26,
        "trackTemp": 30.0, "raining": 0.0, "windSpeed": {"velocity": 2.0}, "sectorFlag": ["YELLOW", "GREEN", "GREEN"],
    } | other  # fmt: skip


def row(car: str, t: float) -> dict[str, Any]:
    """A row of `/rest/watch/standings` at a race time."""
    done = [c for c in CROSSED[car] if c <= t]
    last = done[-1] - (done[-2] if len(done) > 1 else 0.0) if done else -1
    inside = car == STOP[0] and CROSSED[car][3] - 5.0 <= t < CROSSED[car][3] + STOP[2]
    over = len(done) == len(CROSSED[car]) or t >= LENGTH_S + 180
    return {
        "slotID": list(LAPS).index(car), "carNumber": car, "carClass": "Hyper" if car == "51" else "GT3",
        "driverName": "Ben Late" if car == "51" and len(done) > STOP[1] else f"Ada {car}",
        "fullTeamName": f"Team {car}", "vehicleName": f"Car #{car}", "lapsCompleted": len(done),
        "lastLapTime": last, "lastSectorTime1": 0.3 * last if done else -1, "lastSectorTime2": 0.7 * last if done
        else -1, "lapStartET": GREEN_S + (done[-1] if done else 0.0), "pitting": inside,
        "pitState": "STOPPED" if inside else "NONE", "veFraction": 0.8 - 0.05 * len(done) if car == "51" else 0.0,
        "fuelFraction": 0.0, "finishStatus": "FSTAT_FINISHED" if over and t >= LENGTH_S else "FSTAT_NONE",
    }  # fmt: skip


def rows(t: float) -> list[dict[str, Any]]:
    return sorted((row(car, t) for car in LAPS), key=lambda r: (-r["lapsCompleted"], r["lapStartET"]))


class Game:
    """The game as its service shows it. Its clock goes on by `step` with every look."""

    def __init__(self, t: float, step: float) -> None:
        self.t, self.step = t, step
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                if self.path == "/rest/watch/sessionInfo":
                    outer.t += outer.step
                code, body = outer.answers.get(self.path) or (200, outer.page(self.path))
                self.send_response(code)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"lmu://127.0.0.1:{self.server.server_port}"

    def page(self, path: str) -> bytes:
        return json.dumps(session(self.t) if path.endswith("sessionInfo") else rows(self.t)).encode()


@pytest.fixture
def game() -> Iterator[Game]:
    pytest.importorskip("httpx2")
    made = Game(-3.0, 1.0)
    yield made
    made.server.shutdown()
    made.server.server_close()


def told(feed: LmuFeed) -> FeedState:
    """The state that the messages of a feed come to."""
    state = FeedState()
    state.apply(feed.ledger.hello)
    for message in feed.ledger.messages:
        state.apply(message)
    return state


async def trouble_told(feed: LmuFeed, words: str) -> None:
    """Listen until the feed says what is wrong; it must tell nothing else."""

    async def listen() -> None:
        async for _ in feed.messages():
            raise AssertionError("nothing is to be told")

    listening = asyncio.create_task(listen())
    async with asyncio.timeout(300.0):
        while words not in feed.trouble and not listening.done():
            await asyncio.sleep(0.005)
    assert words in feed.trouble
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening


def followed(first: float, step: float = 1.0, until: float = LENGTH_S + 200) -> LmuFeed:
    """The race looked at from a moment on."""
    feed, t = LmuFeed("lmu"), first
    while t < until and not feed.ledger.finished:
        feed.look(session(t), rows(t))
        t += step
    return feed


@settings(max_examples=20, deadline=None)
@given(offset=st.floats(0.0, 1.0), step=st.floats(0.3, 5.0))
def test_every_lap_is_told_to_the_thousandth_however_often_it_is_looked(offset: float, step: float) -> None:
    """The green flag is seen up to one look late: race time is that much short for all cars alike, laps are exact."""
    feed = followed(-3.0 - offset, step)
    laps = feed.ledger.laps
    shift = {round(laps[car, n]["elapsed_s"] - t, 3) for car, ts in CROSSED.items() for n, t in enumerate(ts, 1)}
    assert len(laps) == sum(map(len, CROSSED.values()))
    assert max(shift) - min(shift) <= 0.002
    assert -step - 0.002 <= min(shift) <= max(shift) <= 0.002
    for car, ts in CROSSED.items():
        for n, (before, t) in enumerate(zip([0.0, *ts], ts, strict=False), 1):
            assert laps[car, n]["lap_time_s"] == pytest.approx(t - before, abs=0.001)
    assert not feed.ledger.estimated
    assert feed.ledger.finished


def test_the_race_as_the_table_shows_it() -> None:
    feed = followed(-3.0)
    table = timing_table(told(feed), None)
    assert feed.ledger.race_id == "lmu-circuit-de-la-sarthe"
    assert feed.ledger.duration_s == pytest.approx(LENGTH_S, abs=1.0)
    found = {r.car: r for r in table.rows}
    assert {car: r.laps for car, r in found.items()} == {car: len(ts) for car, ts in CROSSED.items()}
    assert (found["51"].stops, found["007"].stops, found["7"].stops) == (1, 0, 0)
    assert (found["51"].car_class, found["7"].car_class) == ("Hyper", "GT3")
    assert table.finished
    laps = feed.ledger.laps
    assert [laps["51", n]["driver"] for n in (4, 5)] == ["Ada 51", "Ben Late"]
    assert laps["51", 4]["in_pit"]
    assert laps["51", 5]["pit_time_s"] == pytest.approx(45.0, abs=1.5)
    assert laps["7", 1]["s2_s"] == pytest.approx(0.4 * 103.0)
    assert sum(laps["7", 1][s] for s in ("s1_s", "s2_s", "s3_s")) == pytest.approx(103.0)
    assert [c.flag for c in told(feed).flags] == ["green", "fcy", "green", "finish"]
    pits = [m for m in feed.ledger.messages if isinstance(m, PitMessage)]
    assert [(m.car, m.entering) for m in pits] == [("51", True), ("51", False)]
    energy = [m.left for m in feed.ledger.messages if isinstance(m, EnergyMessage)]
    assert energy[0] == pytest.approx(75.0)
    assert {m.car for m in feed.ledger.messages if isinstance(m, EnergyMessage)} == {"51"}


def test_a_race_joined_in_its_middle_says_so_and_counts_on() -> None:
    feed = followed(500.0)
    assert "joined after the start" in feed.trouble
    laps = feed.ledger.laps
    assert ("51", 9) in laps
    assert ("51", 1) not in laps
    assert laps["51", 9]["lap_time_s"] == pytest.approx(100.0)
    assert laps["51", 9]["elapsed_s"] - laps["51", 8]["elapsed_s"] == pytest.approx(100.0, abs=0.002)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ({"session": "PRACTICE1"}, "no race is on: practice1"),
        ({"session": "QUALIFY1"}, "no race is on"),
        ({"gamePhase": 3}, "has not begun"),
        ({"gamePhase": None}, "says nothing of gamePhase"),
        ({"currentEventTime": "late"}, "says nothing of currentEventTime"),
        ([], "not as the game does"),
        (None, "not as the game does"),
    ],
)
def test_what_is_no_race_is_waited_through(page: Any, words: str) -> None:
    feed = LmuFeed("lmu")
    feed.look(session(100.0, **page) if isinstance(page, dict) else page, rows(100.0))
    assert words in feed.trouble
    assert not feed.ledger.laps
    assert not feed.ledger.messages


def test_the_next_session_ends_the_race() -> None:
    feed = followed(-3.0, until=500.0)
    assert not feed.ledger.finished
    feed.look(session(501.0, session="PRACTICE1"), [])
    assert feed.ledger.finished


def test_a_pause_moves_nothing() -> None:
    feed = followed(-3.0, until=350.0)
    before = list(feed.ledger.messages)
    feed.look(session(350.0, gamePhase=9), rows(350.0))
    assert feed.ledger.messages == before


@settings(max_examples=60, deadline=None)
@given(
    junk=st.lists(
        st.one_of(
            st.none(), st.integers(), st.text(max_size=5),
            st.dictionaries(
                st.sampled_from(["carNumber", "lapsCompleted", "lapStartET", "lastLapTime", "driverName", "pitting",
                                 "veFraction", "lastSectorTime1"]),
                st.one_of(st.none(), st.booleans(), st.floats(), st.integers(-5, 2**70), st.text(max_size=8)),
            ),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_rows_of_another_make_do_no_harm(junk: list[Any]) -> None:
    """Whatever else stands among the rows, the cars that are whole are told as ever."""
    feed = followed(-3.0, until=250.0)
    for t in (250.0, 251.0, 305.0):
        feed.look(
            session(t), [*rows(t), *[j for j in junk if not isinstance(j, dict) or j.get("carNumber") not in LAPS]]
        )
    assert feed.ledger.laps["51", 3]["lap_time_s"] == pytest.approx(100.0)
    assert feed.ledger.laps["7", 2]["lap_time_s"] == pytest.approx(103.0)


def test_over_the_wire(game: Game) -> None:
    """Only two pages are asked for, by GET; a service that stumbles is asked again, and the state is whole."""
    state = FeedState()

    feed = LmuFeed(game.url, poll_s=0.001)
    troubles: list[str] = []

    async def mend() -> None:
        while "answers 500" not in feed.trouble:
            await asyncio.sleep(0.005)
        troubles.append(feed.trouble)
        game.answers.clear()

    async def listen() -> None:
        mending: list[asyncio.Task[None]] = []
        async for message in feed.messages():
            state.apply(message)
            if isinstance(message, LapMessage) and (message.car, message.lap) == ("7", 2):
                game.answers["/rest/watch/standings"] = (500, b"{}")
                mending.append(asyncio.create_task(mend()))
        await asyncio.gather(*mending)

    asyncio.run(asyncio.wait_for(listen(), 240))
    assert set(game.asked) == {"/rest/watch/sessionInfo", "/rest/watch/standings"}
    assert "answers 500" in troubles[0]
    assert feed.trouble == ""
    assert state.finished
    assert {car: log.rows[-1].lap for car, log in state.cars.items()} == {c: len(ts) for c, ts in CROSSED.items()}


@pytest.mark.parametrize(
    ("answer", "words"),
    [((200, b"<html>"), "holds no JSON"), ((404, b""), "answers 404"), ((200, b"{}"), "not as the game does")],
)
def test_another_server_at_the_port_is_told(game: Game, answer: tuple[int, bytes], words: str) -> None:
    game.answers = {"/rest/watch/standings": answer}
    feed = LmuFeed(game.url, poll_s=0.001)

    asyncio.run(trouble_told(feed, words))


def test_no_game_at_all() -> None:
    pytest.importorskip("httpx2")
    feed = LmuFeed("lmu://127.0.0.1:9", poll_s=0.01)

    asyncio.run(trouble_told(feed, "is it running?"))


def test_addresses() -> None:
    assert address("lmu") == "http://localhost:6397"
    assert address("lmu://192.168.1.20") == "http://192.168.1.20:6397"
    assert address("lmu://box:7000") == "http://box:7000"
    for text in ("lmu://", "lmu://a b", "lmu://a:99999", "https://example.org/x", "lmu://a/b", "file:///etc/passwd"):
        with pytest.raises(LangstreckeError, match="no address"):
            address(text)


def test_on_the_command_line(game: Game, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langstrecke.live.sources.lmu.POLL_S", 0.0)
    game.step = 20.0
    ran = CliRunner().invoke(app, ["follow", game.url, "--until-end", "--json"])
    assert ran.exit_code == 0, ran.output
    answer = json.loads(ran.stdout)
    assert answer["finished"]
    assert answer["cars"] == 3
    assert answer["source"].startswith("Le Mans Ultimate at http://127.0.0.1")
