"""A recorded race as a live timing feed, at any speed.

    recording = record_race(store, "imsa-2021-sebring")          # live.sources.recordings
    async for message in Replay(recording, speed=60.0).messages():
        ...

A recording promises the same message under the same seq, whatever the speed and wherever it starts, so that a
listener may resume with another server.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import math
import time
from bisect import bisect_right
from collections.abc import AsyncIterator, Callable, Container, Sequence

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import (
    Aside,
    DataMessage,
    FeedEntry,
    FinishMessage,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    lap_message,
)
from langstrecke.timing.schema import LAPS

BEAT_S = 1.0
"""Seconds of wall clock between two heartbeats (default)."""
TICK_S = 0.1
"""At high speeds messages go out in bunches of this many seconds of wall clock (default)."""
BUNCH = 500
"""At full speed other tasks get a turn after this many messages."""


class Recording:
    """A race as a fixed sequence of messages, made one at a time from its lap table."""

    def __init__(
        self,
        laps: pl.DataFrame,
        *,
        race_id: str,
        duration_s: float | None = None,
        card: str | None = None,
        start_clock: dt.time | None = None,
        entries: tuple[FeedEntry, ...] = (),
        beside: Sequence[FlagMessage | Aside] = (),
        estimated: Container[tuple[str, int]] = (),
        complete: bool = True,
        order: tuple[str, ...] = (),
    ) -> None:
        """`laps` is a canonical lap table, `beside` what else was told (its seq is given anew); flags in it take
        the place of those the laps tell. `estimated` are the (car, lap) without times that fit,
        `order` is the classification in the end. What is not `complete` ends without a finish. Raises
        LangstreckeError for a race without laps.
        """
        if laps.is_empty():
            raise LangstreckeError(f"{race_id}: there are no laps to replay")
        self.laps = laps.select(LAPS.names()).cast(LAPS).sort("elapsed_s", "car", "lap")
        self._estimated = estimated
        self._order = order
        self._steps = _steps(self.laps, beside, complete=complete)
        self.times: list[float] = [at for at, _ in self._steps]
        """Race time of message k + 1."""
        digest = hashlib.blake2b(digest_size=6)
        digest.update(self.laps.hash_rows(seed=1).to_numpy().tobytes())
        digest.update(",".join(order).encode())
        for event in beside:
            digest.update(event.model_dump_json(exclude={"seq"}).encode())
        self.hello = HelloMessage(
            feed=f"{race_id}#{digest.hexdigest()}",
            race_id=race_id,
            card=card,
            duration_s=duration_s,
            start_clock=start_clock,
            entries=entries or entries_of(laps),
        )

    def __len__(self) -> int:
        return len(self._steps)

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        at, told = self._steps[seq - 1]
        match told:
            case int():
                row = self.laps.row(told, named=True)
                return lap_message(row, seq, estimated=(row["car"], row["lap"]) in self._estimated)
            case None:
                return FinishMessage(seq=seq, race_s=at, order=self._order)
        return told.model_copy(update={"seq": seq})

    def count_until(self, race_s: float) -> int:
        """How many messages are due by this race time."""
        return bisect_right(self.times, race_s)

    @property
    def end_s(self) -> float:
        """Race time of the last message."""
        return self.times[-1]


Step = tuple[float, "int | FlagMessage | Aside | None"]
"""Race time, and the row of the lap table or the message; None is the finish."""


def _steps(laps: pl.DataFrame, beside: Sequence[FlagMessage | Aside], *, complete: bool) -> list[Step]:
    """All messages in order; a change of flag goes out before the crossing it is read off."""
    found: list[Step] = []
    told = any(isinstance(event, FlagMessage) for event in beside)
    shown: str | None = None
    for row, (at, flag) in enumerate(laps.select("elapsed_s", "flag").iter_rows()):
        if flag is not None and flag != shown and not told:
            found.append((at, FlagMessage(seq=1, race_s=at, flag=flag)))
            shown = flag
        found.append((at, row))
    if beside:
        found = sorted([*((event.race_s, event) for event in beside), *found], key=lambda step: step[0])
    if complete:
        found.append((found[-1][0], None))
    return found


def entries_of(laps: pl.DataFrame) -> tuple[FeedEntry, ...]:
    """The cars of a lap table, ordered by class and number, so that the order tells no result."""
    cars = laps.group_by("car").agg(
        pl.col("car_class").first(),
        pl.col("team").drop_nulls().first(),
        pl.col("driver").drop_nulls().unique().sort(),
    )
    return tuple(
        FeedEntry(car=car, car_class=name or "", team=team or "", drivers=tuple(drivers))
        for car, name, team, drivers in cars.sort("car_class", "car").iter_rows()
    )


class Replay:
    """Plays a recording: `published` messages are out, the clock runs at `speed` (0: as fast as it can).

    `messages()` drives it; `seek`, `speed` and `paused` may be changed meanwhile.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        speed: float = 1.0,
        start_s: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Messages before race time `start_s` go out at once. Raises LangstreckeError for a speed below 0."""
        self.recording = recording
        self.published = 0
        self._clock = clock
        self._speed = checked_speed(speed)
        self._paused = False
        self._from_s = min(max(start_s, 0.0), recording.end_s)
        self._at = clock()

    @property
    def hello(self) -> HelloMessage:
        """The feed's hello as it stands now."""
        return self.recording.hello.model_copy(update={"last_seq": self.published})

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        return self.recording.message(seq)

    @property
    def race_s(self) -> float:
        """The race clock."""
        if self._paused:
            return self._from_s
        if self._speed == 0.0:
            return self.recording.times[self.published - 1] if self.published else self._from_s
        return min(self._from_s + (self._clock() - self._at) * self._speed, self.recording.end_s)

    @property
    def over(self) -> bool:
        """Every message is out."""
        return self.published >= len(self.recording)

    @property
    def speed(self) -> float:
        """Race seconds a second; 0 is as fast as it can."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._from_s, self._at = self.race_s, self._clock()
        self._speed = checked_speed(speed)

    @property
    def paused(self) -> bool:
        """The clock stands still."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        self._from_s, self._at = self.race_s, self._clock()
        self._paused = paused

    def seek(self, race_s: float) -> None:
        """Go on from a later race time; what lies between goes out at once. A feed does not run backwards: for an
        earlier moment start another `Replay` (and a fresh `FeedState`). LangstreckeError for that.
        """
        if race_s < self.race_s:
            raise LangstreckeError("a feed does not run backwards", hint="start another replay for an earlier moment")
        self._from_s, self._at = min(race_s, self.recording.end_s), self._clock()

    def beat(self) -> HeartbeatMessage:
        """A heartbeat of now."""
        return HeartbeatMessage(race_s=round(self.race_s, 3), last_seq=self.published, wall=dt.datetime.now(dt.UTC))

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Hello, then every message when it is due, heartbeats in between, until the recording is over."""
        yield self.hello
        beat_at = self._clock()
        while not self.over:
            due = self._due()
            for seq in range(self.published + 1, due + 1):
                self.published = seq
                yield self.recording.message(seq)
                if seq % BUNCH == 0:
                    await asyncio.sleep(0)
            if self._clock() - beat_at >= BEAT_S or self.over:
                beat_at = self._clock()
                yield self.beat()
            if not self.over:
                await asyncio.sleep(self._wait())

    def _due(self) -> int:
        if self._speed == 0.0 and not self._paused:
            return min(self.published + BUNCH, len(self.recording))
        return self.recording.count_until(self.race_s)

    def _wait(self) -> float:
        if self._paused:
            return TICK_S
        if self._speed == 0.0:
            return 0.0
        ahead = (self.recording.times[self.published] - self.race_s) / self._speed
        return min(max(ahead, TICK_S), BEAT_S)


def checked_speed(speed: float) -> float:
    """The speed, if it is one: 0 (as fast as it can) or above."""
    if not math.isfinite(speed) or speed < 0.0:
        raise LangstreckeError(f"{speed:g} is no speed", hint="race seconds a second, such as 60; 0 for full speed")
    return speed
