"""Messages before the stops of a team's plan, to a receiver on this machine."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from langstrecke.cli import app
from langstrecke.errors import LangstreckeError
from langstrecke.services.reminders import remind
from langstrecke.services.requests.common import FROM_SHELL
from langstrecke.services.requests.team import RemindAsk
from langstrecke.services.webhook import body_for, post

pytest.importorskip("ortools")
pytest.importorskip("httpx2")

TEAM = """
[race]
name = "League 3h"
start = "2027-01-16 12:00"
zone = "Europe/Berlin"
length = "3h"
[car]
number = "44"
tank = 91.5
use = 3.0
lap = 100
pit_loss = 30
refuel = 3.0
reserve_laps = 0.5
[[driver]]
name = "Ada"
starts = true
stints = 1
[[driver]]
name = "Ben"
zone = "Asia/Tokyo"
stints = 1
"""
GREEN = dt.datetime(2027, 1, 16, 11, tzinfo=dt.UTC)


class Receiver:
    """Keeps what is posted; answers with the codes given, then with 204."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.codes: list[int] = []
        self.headers: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.got.append((self.path, json.loads(body)))
                code = outer.codes.pop(0) if outer.codes else 204
                self.send_response(code)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook/secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def team(tmp_path: Path) -> Path:
    path = tmp_path / "team.toml"
    path.write_text(TEAM)
    return path


def ask(**values: Any) -> RemindAsk:
    return RemindAsk.model_validate(values, context=FROM_SHELL)


class Clock:
    """Race time that runs while somebody sleeps; `at` does something once a moment is passed."""

    def __init__(self, start_s: float) -> None:
        self.now_s = start_s
        self.at: list[tuple[float, Any]] = []

    def now(self) -> dt.datetime:
        return GREEN + dt.timedelta(seconds=self.now_s)

    def sleep(self, seconds: float) -> None:
        self.now_s += max(seconds, 20.0)
        while self.at and self.at[0][0] <= self.now_s:
            self.at.pop(0)[1]()


def test_each_stop_is_told_of_once_ten_minutes_before(receiver: Receiver, team: Path) -> None:
    """30 laps of 100 s a stint, 60 s a stop: the car comes in after 3000, 6060 and 9120 s."""
    clock = Clock(0.0)
    answer = remind(ask(team=team, to=[receiver.url]), now=clock.now, sleep=clock.sleep)
    assert [m.trouble for m in answer.messages] == ["", "", ""]
    sent = [(dt.datetime.fromisoformat(m.sent_at) - GREEN).total_seconds() for m in answer.messages]
    for moment, stop in zip(sent, (3000, 6060, 9120), strict=True):
        assert stop - 600 <= moment <= stop - 580
    body = receiver.got[0][1]
    assert "League 3h, car 44: stop in about 10 min, after lap 30, Sat 12:50 Europe/Berlin" in body["text"]
    assert "Ben takes over from Ada (Sat 20:50 Asia/Tokyo)" in body["text"]
    assert "+90.0 l" in body["text"]
    assert "before the race" in body["text"]
    assert (body["driver_in"], body["lap"], body["stop"]) == ("Ben", 30, 1)
    assert len(receiver.got) == 3
    assert clock.now_s > 9120  # the last stop is waited for, a re-plan may still move it


def test_a_sheet_that_changes_moves_the_next_message(receiver: Receiver, team: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "driven.csv"
    clock = Clock(2000.0)
    clock.at = [(3500.0, lambda: sheet.write_text("driver,laps,end\nAda,25,0:56:40\n"))]
    told: list[str] = []
    asked = ask(team=team, to=[receiver.url], driven=sheet, changes_only=True)
    answer = remind(asked, now=clock.now, sleep=clock.sleep, told=told.append)
    second = next(m for m in answer.messages if m.stop == 2)
    # The first stop came 400 s late: the second is due that much later, and its message knows of the driven stint.
    at = (dt.datetime.fromisoformat(second.stop_at) - GREEN).total_seconds()
    assert 6400 < at < 6500
    assert "after 1 driven stint." in second.text
    assert any("planned again" in line for line in told)
    stops = [m.stop for m in answer.messages]
    assert len(stops) == len(set(stops))


def test_a_sheet_that_cannot_be_read_leaves_the_plan(receiver: Receiver, team: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "driven.csv"
    clock = Clock(2000.0)
    clock.at = [(3500.0, lambda: sheet.write_text("driver,laps,end\nNobody,25,0:56:40\n"))]
    told: list[str] = []
    answer = remind(
        ask(team=team, to=[receiver.url], driven=sheet), now=clock.now, sleep=clock.sleep, told=told.append
    )
    assert len(answer.messages) == 3
    assert any("Nobody" in line and "stays as it was" in line for line in told)


def test_a_stop_moved_within_its_ten_minutes_is_told_again(receiver: Receiver, team: Path) -> None:
    clock = Clock(2500.0)
    later = TEAM.replace("12:00", "12:05")
    clock.at = [(2600.0, lambda: team.write_text(later))]
    answer = remind(ask(team=team, to=[receiver.url]), now=clock.now, sleep=clock.sleep)
    assert [m.stop for m in answer.messages] == [1, 1, 2, 3]


def test_a_busy_host_is_waited_for_and_a_broken_one_tried_again(receiver: Receiver) -> None:
    paused: list[float] = []
    receiver.codes, receiver.headers = [429, 503], {"Retry-After": "7"}
    assert post(receiver.url, "x", {}, sleep=paused.append) == ""
    assert paused == [7.0, 14.0]
    assert len(receiver.got) == 3


def test_no_pause_beyond_the_stop(receiver: Receiver) -> None:
    paused: list[float] = []
    receiver.codes, receiver.headers = [429] * 9, {"Retry-After": "3600"}
    assert "answered 429" in post(receiver.url, "x", {}, until_s=600, sleep=paused.append)
    assert paused == []
    assert len(receiver.got) == 1


@pytest.mark.parametrize("code", [400, 401, 403, 302])
def test_a_refusal_is_not_repeated(receiver: Receiver, code: int) -> None:
    receiver.codes, receiver.headers = [code], {"Location": "/elsewhere"}
    assert post(receiver.url, "x", {}, sleep=lambda s: None) == f"answered {code}"
    assert [path for path, _ in receiver.got] == ["/hook/secret"]


def test_a_webhook_that_is_gone_hears_nothing_more_and_the_other_goes_on(receiver: Receiver, team: Path) -> None:
    clock = Clock(0.0)
    receiver.codes = [404]
    other = receiver.url + "2"
    answer = remind(ask(team=team, to=[receiver.url, other]), now=clock.now, sleep=clock.sleep)
    assert [path for path, _ in receiver.got] == ["/hook/secret"] + ["/hook/secret2"] * 3
    assert answer.messages[0].trouble.startswith("answered 404")


def test_nobody_listens(receiver: Receiver) -> None:
    url = receiver.url
    receiver.server.server_close()
    paused: list[float] = []
    assert post(url, "x", {}, sleep=paused.append).startswith("no answer")
    assert paused == [2.0, 4.0, 8.0, 16.0]


def test_what_hosts_take() -> None:
    text = "<@everyone> & co"
    assert body_for("https://discord.com/api/webhooks/1/x", text, {"a": 1}) == {
        "content": text, "allowed_mentions": {"parse": []},
    }  # fmt: skip
    assert body_for("https://hooks.slack.com/services/x", text, {"a": 1}) == {"text": "&lt;@everyone&gt; &amp; co"}
    assert body_for("https://discord.com.example.org/x", text, {"a": 1})["a"] == 1


@pytest.mark.parametrize("to", ["ftp://a/b", "https://", "https://a b/c", "https://a:99999/b", "no-such-file"])
def test_what_is_no_address_is_refused(team: Path, to: str) -> None:
    with pytest.raises(LangstreckeError, match="no address"):
        remind(ask(team=team, to=[to]))


def test_a_race_without_a_start_is_refused(team: Path) -> None:
    team.write_text(TEAM.replace('start = "2027-01-16 12:00"\n', ""))
    with pytest.raises(LangstreckeError, match=r"race\.start|not given"):
        remind(ask(team=team))


def test_on_the_command_line(receiver: Receiver, team: Path, tmp_path: Path) -> None:
    """Without an address a list and nothing sent; with one and a moment what is due; the address is never printed."""
    told = CliRunner().invoke(app, ["remind", str(team)])
    assert told.exit_code == 0, told.output
    assert told.stdout.count("car 44: stop in about 10 min") == 3
    assert receiver.got == []
    urls = tmp_path / "urls.txt"
    urls.write_text(f"# our chat\n{receiver.url}\n")
    told = CliRunner().invoke(app, ["remind", str(team), "--to", str(urls), "--at", "2027-01-16 12:45", "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["messages"][0]["text"] == receiver.got[0][1]["text"]
    assert "in about 5 min" in receiver.got[0][1]["text"]
    assert "secret" not in told.output
    told = CliRunner().invoke(app, ["remind", str(team), "--to", receiver.url, "--at", "2027-01-16 12:20"])
    assert "nothing is due" in told.output
    assert len(receiver.got) == 1
    receiver.codes = [403]
    told = CliRunner().invoke(app, ["remind", str(team), "--to", receiver.url, "--at", "2027-01-16 12:45"])
    assert told.exit_code == 1
    assert "secret" not in told.output
