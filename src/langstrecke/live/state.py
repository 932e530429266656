"""The race as put together from its feed: the same state whatever the order in which the messages came.

    state = RaceState()
    state.apply(message)         # True where it was news
    state.laps()                 # the canonical lap table so far
    state.gaps, state.holes()    # what is missing

Every message counts once. Of several revisions of a lap the highest holds. Nothing is guessed for what has not
come: it is listed as a gap, and `live.doubt` says whose place may depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from langstrecke.live.cars import COLUMNS, CarLaps, Crossing
from langstrecke.live.feed import (
    DataMessage,
    FeedEntry,
    FinishMessage,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    LapMessage,
    ResumeMessage,
)
from langstrecke.live.sequence import Seqs
from langstrecke.racestate.from_laps import STILL_S
from langstrecke.racestate.standstill import FieldTimes
from langstrecke.timing.schema import LAPS

MAX_LEAD_S = 900.0
"""A heartbeat's race clock is believed up to this far beyond the newest crossing or flag, so that a clock that jumps
cannot send the race to its end; longer than any lap. Under a red flag, or while the newest messages are missing, it
is believed as it stands (default)."""
COMPACT_AFTER = 64
"""Additions to the lap table after which its texts are laid out anew (default)."""


@dataclass(frozen=True)
class FlagChange:
    """From this race time on this flag was out."""

    race_s: float
    flag: str


class RaceState:
    """The state of one race. Feed it with `apply`; every other method only looks."""

    def __init__(self) -> None:
        self.hello: HelloMessage | None = None
        self.version = 0
        """Rises with every message that changed something."""
        self._clear()

    def _clear(self) -> None:
        self.cars: dict[str, CarLaps] = {}
        self._seqs = Seqs()
        self._flags: dict[int, FlagChange] = {}
        self._finish: FinishMessage | None = None
        self._beat: HeartbeatMessage | None = None
        self._newest_s = 0.0
        self._times = FieldTimes(STILL_S)
        self._frame = pl.DataFrame(schema=LAPS)
        self._added = 0
        self._stale: set[tuple[str, int]] = set()  # rows of the frame that do not hold any more
        self._fresh: dict[tuple[str, int], Crossing] = {}

    def apply(self, message: HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage) -> bool:
        """Take one message in; whether it changed anything.

        The `hello` of another feed starts the race afresh: its numbers mean other messages.
        """
        changed = self._take(message)
        self.version += changed
        return changed

    def _take(self, message: HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage) -> bool:
        match message:
            case HelloMessage():
                return self._greet(message)
            case HeartbeatMessage():
                return self._hear(message)
            case ResumeMessage():
                return False
        if not self._seqs.add(message.seq):
            return False
        match message:
            case LapMessage():
                self._cross(message)
            case FlagMessage():
                self._flags[message.seq] = FlagChange(message.race_s, message.flag)
                self._newest_s = max(self._newest_s, message.race_s)
            case FinishMessage():
                self._finish = message
        return True

    def _greet(self, hello: HelloMessage) -> bool:
        if self.hello is not None and self.hello.feed != hello.feed:
            self._clear()
        changed = self.hello != hello
        self.hello = hello
        self._seqs.expect(hello.last_seq)
        return changed

    def _hear(self, beat: HeartbeatMessage) -> bool:
        if self._beat is not None and beat.last_seq < self._beat.last_seq:
            return False
        self._seqs.expect(beat.last_seq)
        self._beat = beat
        return True

    def _cross(self, message: LapMessage) -> None:
        car = self.cars.get(message.car)
        if car is None:
            car = self.cars[message.car] = CarLaps(message.car)
        old = car.by_lap.get(message.lap)
        row = car.apply(message)
        if row is None:
            return
        if old is not None and not old.withdrawn:
            self._times.remove(old.elapsed_s)
        if not row.withdrawn:
            self._times.add(row.elapsed_s)
        key = (row.car, row.lap)
        if old is not None and key not in self._fresh:
            self._stale.add(key)
        self._fresh[key] = row
        if old is not None:  # a correction may also bring the newest crossing down
            flags = max((f.race_s for f in self._flags.values()), default=0.0)
            self._newest_s = max([flags, *(c.newest_s for c in self.cars.values())])
        elif not row.withdrawn:
            self._newest_s = max(self._newest_s, row.elapsed_s)

    @property
    def race_s(self) -> float:
        """The race clock: the newest crossing, flag or heartbeat, whichever is latest and can be believed."""
        if self._finish is not None:
            return max(self._finish.race_s, self._newest_s)
        if self._beat is None:
            return self._newest_s
        beat_s = self._beat.race_s
        if self.flag != "red" and not self.behind:
            beat_s = min(beat_s, self._newest_s + MAX_LEAD_S)
        return max(self._newest_s, beat_s)

    @property
    def behind(self) -> bool:
        """The newest message known to exist has not come."""
        gaps = self._seqs.gaps
        return bool(gaps) and gaps[-1][1] == self._seqs.top

    @property
    def clock_reaches(self) -> bool:
        """The race clock is that of the newest message known to exist, or later."""
        return not self.behind or (self._beat is not None and self._beat.last_seq >= self._seqs.top)

    @property
    def flag(self) -> str | None:
        """The flag shown now; None where the feed has told of none."""
        return self._flags[max(self._flags)].flag if self._flags else None

    def flag_at(self, at_s: float) -> str | None:
        """The flag shown at a race time."""
        if at_s >= self.race_s:
            return self.flag
        shown = [change.flag for change in self.flags if change.race_s <= at_s]
        return shown[-1] if shown else None

    @property
    def duration_s(self) -> float | None:
        """Scheduled length by the feed's `hello`."""
        return self.hello.duration_s if self.hello is not None else None

    def silences(self, now_s: float) -> tuple[tuple[float, float], ...]:
        """Stretches in which no car crossed the line for long (a race that stands still looks like this)."""
        return self._times.silences(now_s)

    @property
    def flags(self) -> tuple[FlagChange, ...]:
        """Every change of flag, in the order of the feed."""
        return tuple(self._flags[seq] for seq in sorted(self._flags))

    @property
    def finished(self) -> bool:
        """The feed has said that the race is over."""
        return self._finish is not None

    @property
    def gaps(self) -> tuple[tuple[int, int], ...]:
        """Missing messages as closed ranges of seq."""
        return self._seqs.gaps

    @property
    def complete_to(self) -> int:
        """Every message up to this seq is in: resume after it."""
        return self._seqs.complete_to

    @property
    def last_seq(self) -> int:
        """The newest message known to exist."""
        return self._seqs.top

    def entry(self, car: str) -> FeedEntry | None:
        """What the feed's `hello` said of a car."""
        if self.hello is None:
            return None
        return next((entry for entry in self.hello.entries if entry.car == car), None)

    def holes(self) -> dict[str, tuple[int, ...]]:
        """Laps that must exist and have not come, by car; cars without such laps are not in it."""
        found = {number: facts.holes for number, car in self.cars.items() if (facts := car.facts()) is not None}
        return {number: found[number] for number in sorted(found) if found[number]}

    def laps(self) -> pl.DataFrame:
        """The laps so far as `timing.schema.LAPS`, by (car, lap): kept from call to call and added to."""
        if self._fresh:
            if self._stale:
                gone = pl.DataFrame(list(self._stale), schema={"car": pl.String, "lap": pl.Int32}, orient="row")
                self._frame = self._frame.join(gone, on=["car", "lap"], how="anti", maintain_order="left")
            rows = [row[:COLUMNS] for row in self._fresh.values() if not row.withdrawn]
            fresh = pl.DataFrame(rows, schema=LAPS, orient="row")
            self._frame = pl.concat([self._frame, fresh]).sort("car", "lap")
            self._added += 1
            if self._added >= COMPACT_AFTER:
                self._frame, self._added = _compact(self._frame), 0
            self._fresh.clear()
            self._stale.clear()
        return self._frame


def _compact(frame: pl.DataFrame) -> pl.DataFrame:
    """The same table with its texts stored once: else it holds on to those of every table it was added up from, and
    grows by a hundred bytes and more a lap.
    """
    return frame.with_columns(pl.col(pl.String).cast(pl.Categorical).cast(pl.String))
