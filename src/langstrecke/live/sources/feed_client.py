"""A client of a feed that comes back: it reconnects with growing pauses and asks for what it has missed.

    client = FeedClient("ws://127.0.0.1:8790/feed", state)
    async for message in client.messages():
        log.append(message)
        state.apply(message)

Needs the extra `web` (websockets).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.messages import (
    DataMessage,
    FinishMessage,
    HeartbeatMessage,
    HelloMessage,
    ResumeMessage,
    read_message,
    write_message,
)
from langstrecke.live.sequence import Seqs

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
"""Pauses between attempts double from the first to the longest (default)."""
PATIENCE_S = 2.0
"""A gap that lasts this long is asked for again (default)."""
SILENCE_S = 15.0
"""Nothing heard for this long, not even a heartbeat: the connection counts as lost (default)."""
CLOSE_S = 0.5
"""How long a client that goes waits for the server's good-bye, behind what it will not read any more (default)."""
LARGEST_FRAME = 4 * 1024 * 1024
"""A hello with every entry is the largest message there is."""


class FeedClient:
    """Follows one feed. With the `state` of a restart it resumes where that is complete."""

    def __init__(
        self,
        url: str,
        state: FeedState | None = None,
        *,
        first_pause_s: float = FIRST_PAUSE_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.url = url
        self.connected = False
        self.heard_at = 0.0
        """When the last message came (`time.monotonic`); 0 before the first."""
        self.trouble = ""
        """Why there is no connection, in words."""
        self.unreadable = 0
        """Frames that were no message."""
        self._first_pause_s = first_pause_s
        self._patience_s = patience_s
        self._feed = state.hello.feed if state is not None and state.hello is not None else None
        self._seqs = Seqs(state.complete_to if state is not None else 0)
        self._finish: int | None = None

    @property
    def done(self) -> bool:
        """The finish has come and nothing is missing."""
        return self._finish is not None and not self._seqs.gaps

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Messages as they come, doubles included, until the race is over and complete; reconnects for ever.

        LangstreckeError where the address is none, or without the extra `web`.
        """
        websockets = websockets_for(self.url)
        pause = self._first_pause_s
        while not self.done:
            try:
                address = f"{self.url}{'&' if '?' in self.url else '?'}after={self._seqs.complete_to}"
                async with websockets.connect(address, max_size=LARGEST_FRAME, close_timeout=CLOSE_S) as socket:
                    self.connected, self.trouble = True, ""
                    pause = self._first_pause_s
                    async for message in self._listen(socket):
                        yield message
                        if self.done:
                            return
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                self.trouble = _words(error)
            finally:
                self.connected = False
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _listen(self, socket: Any) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        whole_at, complete_to = time.monotonic(), self._seqs.complete_to
        while True:
            async with asyncio.timeout(SILENCE_S):
                text = await socket.recv()
            self.heard_at = time.monotonic()
            try:
                message = read_message(text)
            except LangstreckeError:
                self.unreadable += 1
                continue
            match message:
                case ResumeMessage():
                    continue
                case HelloMessage():
                    if message.feed != self._feed:
                        if self._feed is not None or self._seqs.top:
                            await socket.send(write_message(ResumeMessage(after=0)))
                        self._feed, self._seqs, self._finish = message.feed, Seqs(), None
                    self._seqs.expect(message.last_seq)
                case HeartbeatMessage():
                    self._seqs.expect(message.last_seq)
                case _:
                    self._seqs.add(message.seq)
                    if isinstance(message, FinishMessage):
                        self._finish = message.seq
            yield message
            if not self._seqs.gaps or self._seqs.complete_to != complete_to:
                whole_at, complete_to = time.monotonic(), self._seqs.complete_to
            elif time.monotonic() - whole_at > self._patience_s:
                whole_at = time.monotonic()
                await socket.send(write_message(ResumeMessage(after=self._seqs.complete_to)))


def _words(error: Exception) -> str:
    """Why there is no connection."""
    close = getattr(error, "rcvd", None) or getattr(error, "sent", None)
    if close is not None:
        return f"the feed closed the connection ({close.reason or close.code})"
    if isinstance(error, TimeoutError):
        return "the feed does not answer"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"no connection to the feed: {reason}"


def websockets_for(url: str) -> Any:
    """The library, if the address is one of a feed. LangstreckeError otherwise, or without the extra `web`."""
    try:
        import websockets
        from websockets.uri import parse_uri
    except ImportError as error:
        raise LangstreckeError(
            f"following a feed needs {error.name}", hint='pip install "langstrecke[web]"'
        ) from None
    try:
        parse_uri(url)
    except websockets.InvalidURI:
        raise LangstreckeError(f"{url!r} is no address of a feed", hint="such as ws://127.0.0.1:8790/feed") from None
    return websockets
