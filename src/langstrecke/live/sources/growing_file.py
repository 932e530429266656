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
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import polars as pl

from langstrecke.errors import LangstreckeError, TimingFileError
from langstrecke.live.messages import DataMessage, HeartbeatMessage, HelloMessage
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.recordings import read_laps_file
from langstrecke.live.sources.replay import entries_of

POLL_S = 2.0
"""Seconds between two looks at the file (default)."""
SAME_SESSION = 0.5
"""A file that still holds this share of the laps told so far is the same session, rewritten (default)."""


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
        self._ledger = Ledger(self._race_id or self.path.stem, card=self._card, duration_s=self._duration_s)
        self.published = 0

    @property
    def hello(self) -> HelloMessage:
        """The feed's hello as it stands now."""
        return self._ledger.hello.model_copy(update={"last_seq": self.published})

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        return self._ledger.messages[seq - 1]

    def beat(self) -> HeartbeatMessage:
        """A heartbeat: the race clock is the newest crossing, a file knows no other."""
        return self._ledger.beat(self._ledger.newest_s)

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Hello, then what each look at the file brings and a heartbeat, until `over` is set."""
        feed = self._ledger.feed
        yield self.hello
        while not self.over:
            fresh = await asyncio.to_thread(self.look)
            if self._ledger.feed != feed:
                feed = self._ledger.feed
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
        told = self._ledger.laps
        if told and sum(key in now for key in told) < SAME_SESSION * len(told):
            self._start()
            told = {}
        ledger = self._ledger
        before = len(ledger.messages)
        for car, lap in sorted(told.keys() - now.keys()):
            ledger.withdraw(car, lap)
        for key, row in now.items():
            if row["flag"] is not None and row["elapsed_s"] >= ledger.newest_s and key not in told:
                ledger.flag(row["elapsed_s"], row["flag"])
            ledger.lap(row)
        for entry in entries_of(laps):
            ledger.enter(entry)
        self.published = len(ledger.messages)
        return ledger.messages[before:]
