"""What somebody who means harm sends to a pit wall: each time a clear refusal, and the server goes on."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import io
import json
import os
import socket
import tarfile
import threading
import time
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import websockets
from websockets.sync.client import ClientConnection, connect

from conftest import PATIENCE_S
from langstrecke.errors import LangstreckeError
from langstrecke.live.server import listening_socket
from langstrecke.services import uploads
from langstrecke.services.settings import Settings
from langstrecke.web.app import create_app
from langstrecke.web.following.known import UnknownSourceError, checked_source
from langstrecke.web.following.models import FollowAsk
from race_maker import make_race

RACE = "made"
LIMIT = 2_000_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A pit wall on a real socket, following a replay: HOST:PORT."""
    place = tmp_path_factory.mktemp("attacked")
    make_race(cars=20, length_s=7_200.0).write_parquet(place / "laps.parquet")
    settings = Settings(
        store=place / "none", work=place / "work", upload_limit=LIMIT, workers=1, warm=False, table_every_s=0.02
    )
    # at this pace the race outlasts the tests on any machine
    ask = FollowAsk.model_validate({"race": RACE, "file": str(place / "laps.parquet"), "speed": 5.0})
    bound = listening_socket("127.0.0.1", 0)
    config = uvicorn.Config(
        create_app(settings, [ask], pages=False), log_level="critical", ws="websockets-sansio", ws_max_size=2**20
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not running.started:
        assert thread.is_alive()
        time.sleep(0.02)
    yield f"127.0.0.1:{bound.getsockname()[1]}"
    running.should_exit = True
    thread.join(20.0)


@pytest.fixture(autouse=True)
def stays_up(server: str) -> Iterator[None]:
    """After every attack the server answers others, and quickly found."""
    yield
    lines = httpx.get(f"http://{server}/api/v1/live", timeout=PATIENCE_S).json()
    assert [line["status"] for line in lines] == ["running"]


def raw(server: str, head: str, body: bytes = b"") -> bytes:
    """The answer to bytes no client library would send."""
    host, port = server.split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as line:
        line.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while got := line.recv(65536):
                answer += got
        return answer


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/patches/../../../../etc/passwd", "/api/v1/patches/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/api/v1/patches/..%5c..%5cwindows%5cwin.ini", "/api/v1/patches/a%00.toml", "/api/v1/cards/%2Fetc%2Fpasswd",
        "/api/v1/cards/C:%5Csecret", "/api/v1/cards/..%252f..%252fetc", "/api/v1/races/%ff%fe",
        "/api/v1/live/..%2f..%2fwork", "/api/v1/jobs/..%2f..", "/api/v1/rules/book?book=..%2f..%2fetc%2fpasswd",
        "/api/v1/rules/book?book=imsa-2021%00",
        "/api/v1/news?name=%00",
    ],
)  # fmt: skip
def test_paths_do_not_escape(server: str, path: str) -> None:
    answer = raw(server, f"GET {path} HTTP/1.1\nHost: {server}\nConnection: close")
    status = int(answer.split(b" ", 2)[1])
    assert status in (404, 405, 422, 503)
    assert b"root:" not in answer
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]["what"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "evil.example"), ("Host", "[::1"), ("Host", "127.0.0.1.evil.example"), ("Host", "127.0.0.1@evil.x"),
        ("Host", ""), ("Origin", "http://[::1"), ("Origin", "null"), ("Origin", "http://evil.example"),
        ("Origin", "http://127.0.0.1"), ("Origin", "file://"),
    ],
)  # fmt: skip
def test_strange_hosts_and_origins(server: str, name: str, value: str) -> None:
    host = value if name == "Host" else server
    more = f"\nOrigin: {value}" if name == "Origin" else ""
    head = f"POST /api/v1/live HTTP/1.1\nHost: {host}{more}\nContent-Length: 2\nConnection: close"
    assert raw(server, head, b"{}").split(b" ", 2)[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000, b'{"a":' * 100_000, b'{"card":"imsa-2021-sebring","races":' + b"9" * 100_000 + b"}",
        b'{"card":"imsa-2021-sebring","races":1e999}', b'{"card":"imsa-2021-sebring","races":NaN}', b"\xff\xfe{}",
        b'{"card":"imsa-2021-sebring","seed":-1}', b"null", b'"' + b"x" * 1_000_000 + b'"', b"",
    ],
    ids=["deep list", "deep object", "long no", "inf", "nan", "no utf-8", "negative", "null", "text", "none"],
)  # fmt: skip
def test_hostile_json(server: str, body: bytes) -> None:
    began = time.process_time()  # the server is in this process; who else is busy does not count
    answer = httpx.post(f"http://{server}/api/v1/forecast", content=body, timeout=PATIENCE_S)
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["what"]
    assert len(answer.content) < 2_000  # nothing is thrown back
    assert time.process_time() - began < 30.0


@pytest.mark.parametrize(
    "patch",
    [
        "a = " + "[" * 50_000, "a = " + "{b=" * 30_000, ".".join("a" * 3_000) + " = 1", "a = " + "9" * 50_000,
        "[set]\n" + "".join(f"k{n} = {n}\n" for n in range(8_000)), "\x00", 'x = "\\uD800"', "a" * 200_001,
    ],
    ids=["deep list", "deep table", "long key", "long number", "many", "nul", "surrogate", "long"],
)  # fmt: skip
def test_hostile_toml(server: str, patch: str) -> None:
    body = {"card": "imsa-2021-sebring", "patch": patch}
    answer = httpx.post(f"http://{server}/api/v1/patches/check", json=body, timeout=PATIENCE_S)
    assert answer.status_code == 422, answer.text
    assert "inside" not in answer.json()["error"]["what"]


KNOWN = {"race": "x"}
NEVER = [
    {"folder": "/etc"}, {"folder": "/etc/no-such-folder"}, {"file": "/etc/passwd"}, {"file": "/etc/shadow"},
    {"file": "/proc/self/environ"}, {"folder": "~"}, {"folder": "."}, {"file": "a\x00b"}, {"folder": "//host/share"},
    {"file": "file:///etc/passwd"}, {"feed": "ws://127.0.0.1:22"}, {"feed": "ws://127.0.0.1:1"},
    {"feed": "ws://169.254.169.254"}, {"feed": "ws://no-such-host.invalid"}, {"feed": "wss://example.org/feed"},
    {"feed": "http://127.0.0.1/"}, {"feed": ""}, {"feed": "ws://[::1"},
]  # fmt: skip
"""What is there, what is not, what listens and what does not: no answer may tell which."""


def test_no_answer_tells_what_is_on_the_machine(server: str) -> None:
    answers = [httpx.post(f"http://{server}/api/v1/live", json=KNOWN | ask, timeout=PATIENCE_S) for ask in NEVER]
    assert {(a.status_code, a.text) for a in answers} == {(422, answers[0].text)}
    assert "does not know that source" in answers[0].json()["error"]["what"]


def test_only_the_work_folder_and_what_was_named_is_opened(tmp_path: Path) -> None:
    inside, named, other = tmp_path / "work", tmp_path / "named", tmp_path / "named-too"
    for folder in (inside, named, other):
        folder.mkdir()
        (folder / "laps.csv").touch()
    (named / "out").symlink_to(other, target_is_directory=True)
    (named / "ring").symlink_to(named / "ring")
    settings = Settings(work=inside, folders=(named,), feeds=("ws://timing.example:8765",))

    def asked(**source: str) -> FollowAsk:
        return FollowAsk.model_validate({"race": "x", **source})

    for ask in (
        asked(), asked(feed="ws://timing.example:8765"), asked(folder=str(named)), asked(folder=str(named / "none")),
        asked(file=str(named / "laps.csv")), asked(file=str(inside / "simulated" / "a.csv")),
        asked(file=str(other / ".." / "named" / "laps.csv")),
    ):  # fmt: skip
        assert checked_source(settings, ask) is ask
    for ask in (
        asked(file=str(other / "laps.csv")), asked(folder=str(tmp_path)), asked(folder=str(named / "out")),
        asked(file=str(named / "out" / "laps.csv")), asked(file=str(named / ".." / "named-too" / "laps.csv")),
        asked(feed="ws://timing.example:8765/other"), asked(feed="ws://timing.example:876"),
        asked(file=str(named / "laps.csv"), feed="ws://127.0.0.1:22"),
    ):  # fmt: skip
        with pytest.raises(UnknownSourceError):
            checked_source(settings, ask)


def packed() -> list[tuple[str, bytes]]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("laps.csv", bytes(20_000_000))
    return [("zip", bomb.getvalue()), ("gzip", gzip.compress(bytes(20_000_000)))]


@pytest.mark.parametrize(("name", "data"), packed(), ids=["zip", "gzip"])
def test_bombs_are_not_opened(server: str, name: str, data: bytes) -> None:
    assert len(data) < LIMIT
    answer = httpx.post(
        f"http://{server}/api/v1/uploads", params={"name": f"x.{name}.csv"}, content=data, timeout=PATIENCE_S
    )
    assert answer.status_code == 422
    assert "archive" in answer.json()["error"]["what"]


def tar() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("laps.csv"))
    return packed.getvalue()


@pytest.mark.parametrize("size", [1, 3, 100_000], ids=["by the byte", "by three", "at once"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", packed()[0][1][:4_000]), ("a.csv", packed()[1][1][:4_000]), ("a.csv", tar()),
        ("a.csv", b"PK\x05\x06" + bytes(18)), ("a.csv", b"\x28\xb5\x2f\xfd" + bytes(300)),
        ("laps.tar.gz", b"NUMBER;LAP"), ("LAPS.ZIP", b"NUMBER;LAP"), ("x/y.7z", b"NUMBER;LAP"),
    ],
    ids=["zip", "gzip", "tar", "empty zip", "zstd", "named tar.gz", "named ZIP", "named 7z"],
)  # fmt: skip
def test_archives_are_refused_however_they_come(tmp_path: Path, name: str, data: bytes, size: int) -> None:
    async def sent() -> AsyncIterator[bytes]:
        for begin in range(0, len(data), size):
            yield data[begin : begin + size]

    settings = Settings(work=tmp_path)
    with pytest.raises(LangstreckeError, match="archive"):
        asyncio.run(uploads.receive(settings, name, sent()))
    assert list(settings.uploads.iterdir()) == []


def test_uploads_that_never_end(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield bytes([65]) * 100_000

    with contextlib.suppress(httpx.TransportError):  # it may be cut off before it has read the answer
        answer = httpx.post(
            f"http://{server}/api/v1/uploads", params={"name": "a"}, content=endless(), timeout=PATIENCE_S
        )
        assert answer.status_code == 413

    monkeypatch.setattr(uploads, "SILENT_S", 0.1)
    settings = Settings(work=tmp_path)

    async def silent() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.sleep(PATIENCE_S)

    with pytest.raises(LangstreckeError, match="in time"):
        asyncio.run(uploads.receive(settings, "a.csv", silent()))

    monkeypatch.setattr(uploads, "LONGEST_S", 0.2)

    async def dripping() -> AsyncIterator[bytes]:
        while True:
            yield b"a"
            await asyncio.sleep(0.01)

    with pytest.raises(LangstreckeError, match="in time"):
        asyncio.run(uploads.receive(settings, "a.csv", dripping()))
    assert list(settings.uploads.iterdir()) == []


def test_uploads_nobody_has_read(tmp_path: Path) -> None:
    settings = Settings(work=tmp_path, upload_limit=1_000)

    async def one() -> AsyncIterator[bytes]:
        yield b"a" * 900

    async def send() -> None:
        await uploads.receive(settings, "a.csv", one())

    for _ in range(5):
        asyncio.run(send())
    with pytest.raises(uploads.UploadTooLargeError, match="unread"):
        asyncio.run(send())
    for path in settings.uploads.iterdir():
        os.utime(path, (1.0, 1.0))
    asyncio.run(send())  # what nobody wanted is gone
    assert len(list(settings.uploads.iterdir())) == 1


@pytest.mark.parametrize("after", ["abc", "-1", "1.5", "", "0x10", "9" * 30, "%D9%A3", "1e3"])
def test_a_feed_is_asked_for_from_a_number(server: str, after: str) -> None:
    with connect(f"ws://{server}/api/v1/feed/{RACE}?after={after}") as line:
        with pytest.raises(websockets.ConnectionClosed) as gone:
            line.recv(PATIENCE_S)
        assert gone.value.rcvd is not None
        assert (gone.value.rcvd.code, "after" in gone.value.rcvd.reason) == (1008, True)


def test_giant_frames_and_chatter(server: str) -> None:
    for place in (f"live/{RACE}", f"feed/{RACE}"):
        for sent in ("x" * (2**20 + 10), b"\x00" * 100, "hello", '{"kind":"resume","after":-1}'):
            with connect(f"ws://{server}/api/v1/{place}", max_size=None) as line:
                with contextlib.suppress(websockets.ConnectionClosed):
                    line.send(sent)
                with pytest.raises(websockets.ConnectionClosed) as gone:
                    until_closed(line)
                assert gone.value.rcvd is not None
                assert gone.value.rcvd.code in (1008, 1009)


def until_closed(line: ClientConnection) -> None:
    for _ in range(100_000):
        line.recv(PATIENCE_S)


def test_a_flood_of_requests_and_readers_who_do_not_read(server: str) -> None:
    host, port = server.split(":")
    lines = []
    for n in range(40):
        line = socket.create_connection((host, int(port)), timeout=PATIENCE_S)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        place = f"live/{RACE}" if n % 2 else f"feed/{RACE}"
        line.sendall(
            f"GET /api/v1/{place} HTTP/1.1\r\nHost: {server}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        lines.append(line)
    before = memory_mb()
    newest: list[float] = []
    with connect(f"ws://{server}/api/v1/live/{RACE}", max_size=None) as quick:
        until = time.monotonic() + 3.0
        while time.monotonic() < until or len(set(newest)) < 2:  # who reads is served all the same
            message: dict[str, Any] = json.loads(quick.recv(PATIENCE_S))
            newest += [message["race_s"]] if message["kind"] in ("table", "changes") else []
    assert memory_mb() - before < 60.0  # what nobody reads is not heaped up
    for line in lines:
        line.close()


def memory_mb() -> float:
    """Memory of this process, in which the server runs; 0 where the system does not tell."""
    place = Path("/proc/self/statm")
    return int(place.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if place.exists() else 0.0


def test_a_wrong_token_says_nothing(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    token = "a-token-of-some-length"
    settings = Settings(store=tmp_path / "x", work=tmp_path, host="0.0.0.0", token=token, warm=False)
    with TestClient(create_app(settings, pages=False), base_url="http://pit.example") as client:
        told = set()
        for given in ("", "x", token[:-1], token + "x", token.upper(), "ä", "\x00", "Bearer " + token):
            answers = [
                client.get("/api/v1/rules", headers={"authorization": f"Bearer {given}".encode()}),
                client.get("/api/v1/rules", params={"token": given}, follow_redirects=False),
                client.get("/api/v1/rules", headers={"cookie": f"langstrecke={given}".encode()}),
            ]
            assert [a.status_code for a in answers] == [401, 401, 401]
            told |= {a.text for a in answers}
        assert len(told) == 1  # every wrong token gets the same answer
        assert token not in told.pop()
        assert client.get("/api/v1/openapi.json").status_code == 401
        assert client.post("/api/v1/uploads", params={"name": "a"}, content=b"x").status_code == 401
