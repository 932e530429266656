"""A feed over WebSocket: hello, then every message in order from wherever the client asks; one cursor a client.

    await serve_feed(Replay(recording, speed=60.0), port=8790)

Needs the extra `web` (Starlette comes with FastAPI; uvicorn).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from random import Random
from typing import TYPE_CHECKING, Protocol

from langstrecke.errors import LangstreckeError
from langstrecke.live.fault_injection import disturbed
from langstrecke.live.messages import (
    DataMessage,
    HeartbeatMessage,
    HelloMessage,
    ResumeMessage,
    read_message,
    write_message,
)

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.websockets import WebSocket

BUNCH = 200
"""Messages sent to one client before others get their turn."""
BEAT_S = 1.0
"""Seconds between two heartbeats (default)."""
LAST_ORDERS = 60
"""A slow client keeps the server of a race that is over for at most this many times two heartbeats (default)."""
LONGEST_SEQ = 12
"""Digits of the longest message number taken from a client (default)."""
LONGEST_REQUEST = 4096
"""Bytes of the longest message taken from a client."""


class Source(Protocol):
    """What can be served: numbered messages of which the first `published` are out. `Replay` and `FolderFeed` are."""

    published: int

    @property
    def hello(self) -> HelloMessage:
        """The hello as it stands now."""
        ...

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        ...

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        ...

    def beat(self) -> HeartbeatMessage:
        """A heartbeat of now."""
        ...

    def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Drives the source: every message as it comes out."""
        ...


class FeedHub:
    """Drives a source and wakes whoever waits for its next message."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.cursors: dict[int, int] = {}
        """How far each client is, by a number of its own."""
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until the source is over."""
        async for _ in self.source.messages():
            self.wake()
        self.wake()

    def wake(self) -> None:
        """There is news: everybody who waits gets a turn."""
        self._news.set()
        self._news = asyncio.Event()

    def all_served(self) -> bool:
        """Every client has been sent all there is."""
        return all(cursor >= self.source.published for cursor in self.cursors.values())

    async def wait(self, timeout_s: float) -> None:
        """Until there is news, or the time is up."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._news.wait()


def feed_app(hub: FeedHub, *, faults_seed: int | None = None) -> Starlette:
    """The application: WebSocket `/feed` (`?after=SEQ` to resume). LangstreckeError without the extra `web`."""
    need_web()
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute

    async def feed(socket: WebSocket) -> None:
        await serve_client(socket, hub, faults_seed=faults_seed)

    return Starlette(routes=[WebSocketRoute("/feed", feed)])


async def serve_client(socket: WebSocket, hub: FeedHub, *, faults_seed: int | None = None) -> None:
    """One client, until it goes. A client that sends what is no request is told and sent away."""
    await socket.accept()
    asked = socket.query_params.get("after", "0")
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_SEQ):
        await socket.close(code=1008, reason="after= takes the number of a message: 0, 1, 2 ...")
        return
    client = _Client(socket, hub, Random(faults_seed) if faults_seed is not None else None)
    client.cursor = int(asked)
    sender = asyncio.create_task(client.send_all())
    listener = asyncio.create_task(client.listen())
    try:
        await asyncio.wait({sender, listener}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.cursors.pop(id(client), None)
        for task in (sender, listener):
            task.cancel()
        await asyncio.gather(sender, listener, return_exceptions=True)


class _Client:
    def __init__(self, socket: WebSocket, hub: FeedHub, rng: Random | None) -> None:
        self._socket = socket
        self._hub = hub
        self._rng = rng
        self.cursor = 0

    async def send_all(self) -> None:
        source = self._hub.source
        loop = asyncio.get_running_loop()
        await self._socket.send_text(write_message(source.hello))
        beat_at = loop.time()
        while True:
            upto = min(source.published, self.cursor + BUNCH)
            seqs = range(self.cursor + 1, upto + 1)
            self.cursor = max(self.cursor, upto)
            for seq in disturbed(seqs, self._rng) if self._rng is not None else seqs:
                await self._socket.send_text(write_message(source.message(seq)))
            if loop.time() - beat_at >= BEAT_S or (source.over and seqs and self.cursor >= source.published):
                beat_at = loop.time()
                await self._socket.send_text(write_message(source.beat()))
            if self.cursor >= source.published:
                await self._hub.wait(BEAT_S)
            else:
                await asyncio.sleep(0)
            self._hub.cursors[id(self)] = self.cursor

    async def listen(self) -> None:
        while True:
            event = await self._socket.receive()
            if event["type"] == "websocket.disconnect":
                return
            text = event.get("text") or ""
            try:
                if len(text) > LONGEST_REQUEST:
                    raise LangstreckeError("the request is too long")
                request = read_message(text)
                if not isinstance(request, ResumeMessage):
                    raise LangstreckeError(f"a client sends resume, not {request.kind}")
            except LangstreckeError as error:
                await self._socket.close(code=1008, reason=error.message()[:120])
                return
            self.cursor = min(request.after, self._hub.source.published)
            self._hub.wake()


def need_web() -> None:
    """LangstreckeError, naming what to install, where the extra `web` is missing."""
    try:
        import starlette  # noqa: F401  (only whether it is there)
        import uvicorn  # noqa: F401
        import websockets  # noqa: F401
    except ImportError as error:
        raise LangstreckeError(f"a feed needs {error.name}", hint='pip install "langstrecke[web]"') from None


def listening_socket(host: str, port: int) -> socket.socket:
    """A bound socket (port 0: any free one). LangstreckeError where the address cannot be had."""
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(info[0], info[1], info[2])
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(info[4])
        except BaseException:
            bound.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise LangstreckeError(
            f"cannot listen on {host}:{port}: {reason}", hint="choose another --host or --port"
        ) from None
    return bound


async def _last_orders(hub: FeedHub) -> None:
    """Time for clients to get the rest and to ask for lost messages again."""
    for _ in range(LAST_ORDERS):
        await asyncio.sleep(2 * BEAT_S)
        if hub.all_served():
            await asyncio.sleep(2 * BEAT_S)
            return


async def serve_feed(
    source: Source,
    *,
    bound: socket.socket,
    linger: bool = False,
    faults_seed: int | None = None,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Serve a source on a bound socket until it is over and all clients have it; with `linger` until stopped."""
    hub = FeedHub(source)
    app = feed_app(hub, faults_seed=faults_seed)
    import uvicorn

    config = uvicorn.Config(
        app, log_level="warning", ws="websockets-sansio", ws_max_size=65536, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    playing: asyncio.Task[None] | None = None
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(0.01)
        started()
        playing = asyncio.create_task(hub.run())
        await asyncio.wait({playing, serving}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            playing.result()
            if not linger:
                await _last_orders(hub)
                server.should_exit = True
            await asyncio.wait({serving})  # not awaited itself: who cancels this must not cut the shutdown short
    finally:
        if playing is not None:
            playing.cancel()
        server.should_exit = True
        await asyncio.wait({serving})
        bound.close()
    serving.result()
