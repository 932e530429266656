"""A growing Al Kamel lap file as a feed: what is new goes out as laps, what changed as corrections.

    feed = FolderFeed("timing/202103201010-race-laps.csv")
    async for message in feed.messages():
        ...

The file is read anew, by the reader of `timing`, whenever it has changed and stood still for one look; a line without
its end is left for the next look. Rows that are gone from a file are withdrawn; a file that is another session's
altogether starts a new feed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.live.messages import (
    DataMessage,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    lap_message,
)
from langstrecke.live.sources.replay import entries_of, read_laps_file

POLL_S = 2.0
"""Seconds between two looks at the file (default)."""
SAME_SESSION = 0.5
"""A file that still holds this share of the laps told so far is the same session, rewritten (default)."""

Key = tuple[str, int]
Row = dict[str, Any]


class FolderFeed:
    """Watches one file, or the newest lap file of a folder. `look` does one step; `messages` looks for ever."""

    def __init__(
        self,
        path: str | Path,
        *,
        race_id: str | None = None,
        card: str | None = None,
        duration_s: float | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        self.path = Path(path)
        self.trouble = ""
        """Why the file could not be read when last looked at, in words."""
        self.published = 0
        self.over = False
        """A file does not tell that it is complete: set by whoever knows."""
        self._race_id = race_id
        self._card = card
        self._duration_s = duration_s
        self._poll_s = poll_s
        self._stamp: tuple[Path, int, int, int] | None = None
        self._taken: tuple[Path, int, int, int] | None = None
        self._start()

    def _start(self) -> None:
        self._feed = secrets.token_hex(6)
        self._messages: list[DataMessage] = []
        self.published = 0
        self._rows: dict[Key, Row] = {}
        self._revisions: dict[Key, int] = {}
        self._flag: str | None = None
        self._newest_s = 0.0
        self._entries: tuple[Any, ...] = ()

    @property
    def hello(self) -> HelloMessage:
        """The feed's hello as it stands now."""
        race_id = self._race_id or self.path.stem
        return HelloMessage(
            feed=f"{race_id}#{self._feed}", race_id=race_id, card=self._card, duration_s=self._duration_s,
            entries=self._entries, last_seq=self.published,
        )  # fmt: skip

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        return self._messages[seq - 1]

    def beat(self) -> HeartbeatMessage:
        """A heartbeat: the race clock is the newest crossing, a file knows no other."""
        return HeartbeatMessage(race_s=self._newest_s, last_seq=self.published, wall=dt.datetime.now(dt.UTC))

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Hello, then what each look at the file brings and a heartbeat, until `over` is set."""
        feed = self._feed
        yield self.hello
        while not self.over:
            fresh = await asyncio.to_thread(self.look)
            if self._feed != feed:
                feed = self._feed
                yield self.hello
            for message in fresh:
                yield message
            yield self.beat()
            await asyncio.sleep(self._poll_s)

    def look(self) -> list[DataMessage]:
        """What is new since the last look. A file that is being written is left alone until it stands still."""
        try:
            place = self._file()
            about = place.stat()
        except OSError as error:
            self.trouble = f"{self.path}: {error.strerror or error}"
            return []
        stamp = (place, about.st_ino, about.st_size, about.st_mtime_ns)
        if stamp == self._taken:
            return []
        grown = self._taken is not None and stamp[:2] == self._taken[:2] and stamp[2] > self._taken[2]
        still = stamp == self._stamp
        self._stamp = stamp
        if not still and not grown and self._taken is not None:
            return []  # shorter, or another file: it may be half written, so it must look the same twice
        laps = self._read(place)
        if laps is None:
            return []
        self._taken = stamp
        return self._tell(laps)

    def _file(self) -> Path:
        if not self.path.is_dir():
            return self.path
        files = sorted(self.path.glob("*.csv"), key=lambda p: (p.stat().st_mtime_ns, p.name))
        if not files:
            raise FileNotFoundError(2, "holds no .csv file yet")
        return files[-1]

    def _read(self, place: Path) -> pl.DataFrame | None:
        """The laps of the whole lines of a file; None, with the reason in `trouble`, while there are none."""
        try:
            data = place.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            if whole.count(b"\n") < 2:
                self.trouble = f"{place}: holds no lap yet"
                return None
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / place.name
                copy.write_bytes(whole)
                laps = read_laps_file(copy)
        except (OSError, LangstreckeError) as error:
            text = error.what if isinstance(error, TimingFileError) else str(error)
            self.trouble = f"{place}: {text}"
            return None
        self.trouble = ""
        return laps.sort("elapsed_s", "car", "lap")

    def _tell(self, laps: pl.DataFrame) -> list[DataMessage]:
        now = {(row["car"], row["lap"]): row for row in laps.iter_rows(named=True)}
        if self._rows and sum(key in now for key in self._rows) < SAME_SESSION * len(self._rows):
            self._start()
        before = len(self._messages)
        for key in [key for key in self._rows if key not in now]:
            self._add_lap(key, self._rows.pop(key), withdrawn=True)
        for key, row in now.items():
            if self._rows.get(key) != row:
                flag = row["flag"]
                if flag is not None and flag != self._flag and row["elapsed_s"] >= self._newest_s:
                    self._flag = flag
                    self._messages.append(
                        FlagMessage(seq=len(self._messages) + 1, race_s=row["elapsed_s"], flag=flag)
                    )
                self._newest_s = max(self._newest_s, row["elapsed_s"])
                self._add_lap(key, row)
                self._rows[key] = row
        self._entries = entries_of(laps)
        self.published = len(self._messages)
        return self._messages[before:]

    def _add_lap(self, key: Key, row: Row, *, withdrawn: bool = False) -> None:
        revision = self._revisions[key] = self._revisions.get(key, 0) + 1
        self._messages.append(lap_message(row, len(self._messages) + 1, revision, withdrawn=withdrawn))
