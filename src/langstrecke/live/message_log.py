"""The log of a feed: every message received, one line of JSON each, in the order of arrival.

    log = MessageLog(path)
    for message in log.read(): state.apply(message)      # after a restart
    log.append(message)

A line is with the operating system when `append` returns, so it outlives a crash of the program; it is forced to
disk (fsync) at most once every `sync_s` seconds and on `close`, so a power cut costs that much at most. What is lost
that way the feed sends again: the state knows up to where it is complete.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import (
    DataMessage,
    HeartbeatMessage,
    HelloMessage,
    ResumeMessage,
    read_message,
    write_message,
)

SYNC_S = 1.0
"""Seconds between two syncs to disk (default)."""

Received = HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage


class MessageLog:
    """An append-only file of messages. A torn last line, as a crash leaves it, is cut off when the log is opened."""

    def __init__(
        self, path: str | Path, *, sync_s: float = SYNC_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """LangstreckeError for a path that cannot be written."""
        self.path = Path(path)
        self._sync_s = sync_s
        self._clock = clock
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab+")
        except OSError as error:
            raise LangstreckeError(f"cannot be written: {error.strerror or error}", file=self.path) from None
        self._cut_torn_line()
        self._synced = clock()
        self.unreadable = 0
        """Lines the last `read` could not make sense of; the gap they leave is asked for again."""

    def __enter__(self) -> MessageLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def append(self, message: Received) -> None:
        """Write one message."""
        self._file.write(write_message(message).encode() + b"\n")
        self._file.flush()
        if self._clock() - self._synced >= self._sync_s:
            self._sync()

    def read(self) -> Iterator[Received]:
        """Every message in the file, in order."""
        self.unreadable = 0
        with self.path.open("rb") as file:
            for line in file:
                try:
                    yield read_message(line)
                except LangstreckeError:
                    self.unreadable += 1

    def close(self) -> None:
        """Sync and close. A second call does nothing."""
        if not self._file.closed:
            self._sync()
            self._file.close()

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._synced = self._clock()

    def _cut_torn_line(self) -> None:
        end = self._file.seek(0, os.SEEK_END)
        at = end
        while at > 0:
            step = min(4096, at)
            self._file.seek(at - step)
            newline = self._file.read(step).rfind(b"\n")
            if newline >= 0:
                at = at - step + newline + 1
                break
            at -= step
        if at < end:
            self._file.truncate(at)
        self._file.seek(0, os.SEEK_END)
