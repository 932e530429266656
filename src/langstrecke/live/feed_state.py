"""The race as put together from its feed: the same state whatever the order in which the messages came.

    state = FeedState()
    state.apply(message)         # True where it was news
    state.laps()                 # the canonical lap table so far
    state.gaps, state.holes()    # what is missing

Every message counts once. Of several revisions of a lap the highest holds. Nothing is guessed for what has not
come: it is listed as a gap, and `live.doubt` says whose place may depend on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern
from typing import NamedTuple, TypeVar

import polars as pl

from langstrecke.live.messages import (
    Aside,
    ControlMessage,
    DataMessage,
    EnergyMessage,
    FeedEntry,
    FinishMessage,
    FlagMessage,
    HeartbeatMessage,
    HelloMessage,
    LapMessage,
    PitMessage,
    ResumeMessage,
    WeatherMessage,
)
from langstrecke.live.sequence import Seqs
from langstrecke.racestate.car import CarLaps
from langstrecke.racestate.fold import RaceFold
from langstrecke.racestate.lap import Lap, once
from langstrecke.racestate.neutral import Spans

RACING_FLAGS = frozenset({"green", "finish"})
"""Under every other flag a stretch of the race is neutralised, at least in part of the circuit."""
MAX_LEAD_S = 900.0
"""A heartbeat's race clock is believed up to this far beyond the newest crossing or flag, so that a clock that jumps
cannot send the race to its end; longer than any lap. Under a red flag, or while the newest messages are missing, it
is believed as it stands (default)."""


@dataclass(frozen=True)
class FlagChange:
    """From this race time on this flag was out."""

    race_s: float
    flag: str


class Told(NamedTuple):
    """What the feed has told of one lap."""

    revision: int
    seq: int
    first_seq: int
    """Of the oldest message about this lap, as far as they have come: when the car crossed, in the feed's order."""


class FeedState:
    """The state of one race. Feed it with `apply`; every other method only looks."""

    def __init__(self) -> None:
        self.hello: HelloMessage | None = None
        self.version = 0
        """Rises with every message that changed something."""
        self._clear()

    def _clear(self) -> None:
        self.fold = RaceFold()
        """The laps that hold."""
        self._told: dict[str, dict[int, Told]] = {}
        self._seqs = Seqs()
        self._flags: dict[int, FlagChange] = {}
        self._flag_s = self._pit_s = 0.0
        self._beside: dict[int, Aside] = {}
        self._pits: dict[str, PitMessage] = {}
        self._energy: dict[str, EnergyMessage] = {}
        self._weather: WeatherMessage | None = None
        self._estimated: dict[str, set[int]] = {}
        self._finish: FinishMessage | None = None
        self._beat: HeartbeatMessage | None = None

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
                self._flag_s = max(self._flag_s, message.race_s)
            case FinishMessage():
                self._finish = message
            case _:
                self._note(message)
        return True

    def _note(self, message: Aside) -> None:
        self._beside[message.seq] = message
        match message:
            case PitMessage():
                self._pits[message.car] = _newer(self._pits.get(message.car), message)
                self._pit_s = max(self._pit_s, message.race_s)
            case EnergyMessage():
                self._energy[message.car] = _newer(self._energy.get(message.car), message)
            case WeatherMessage():
                self._weather = _newer(self._weather, message)

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
        told = self._told.setdefault(message.car, {})
        old = told.get(message.lap)
        first_seq = message.seq if old is None else min(old.first_seq, message.seq)
        if old is not None and (old.revision, old.seq) >= (message.revision, message.seq):
            told[message.lap] = old._replace(first_seq=first_seq)
            return
        told[message.lap] = Told(message.revision, message.seq, first_seq)
        seen = self._estimated.setdefault(message.car, set())
        (seen.add if message.estimated and not message.withdrawn else seen.discard)(message.lap)
        if message.withdrawn:
            self.fold.withdraw(message.car, message.lap)
        else:
            self.fold.put(_lap(message))

    @property
    def cars(self) -> dict[str, CarLaps]:
        """The laps of every car, by number."""
        return self.fold.cars

    def first_seq(self, car: str, lap: int) -> int:
        """The oldest message about a lap of a car; 0 where none has come."""
        told = self._told.get(car, {}).get(lap)
        return told.first_seq if told is not None else 0

    @property
    def _newest_s(self) -> float:
        told_s = max(self.fold.newest_s, self._flag_s)
        return max(told_s, min(self._pit_s, told_s + MAX_LEAD_S))

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
    def wall_start(self) -> float | None:
        """When the race began by the newest heartbeat (Unix time); None before the first."""
        return self._beat.wall.timestamp() - self._beat.race_s if self._beat is not None else None

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

    def spans(self, now_s: float) -> Spans:
        """The neutralised stretches until a race time: by the laps as last read, since then by the flags."""
        read_s, known = self.fold.spans(now_s)
        fresh = tuple(
            (max(start_s, read_s), end_s)
            for flag, start_s, end_s in self.flag_spans(now_s)
            if flag not in RACING_FLAGS and end_s > read_s
        )
        return known + fresh if fresh else known

    def flag_spans(self, now_s: float) -> list[tuple[str, float, float]]:
        """Stretches of one flag until a race time as (flag, from, to)."""
        changes = self.flags
        ends = [*(change.race_s for change in changes[1:]), now_s]
        return [
            (change.flag, change.race_s, max(min(end, now_s), change.race_s))
            for change, end in zip(changes, ends, strict=False)
            if change.race_s <= now_s
        ]

    @property
    def flags(self) -> tuple[FlagChange, ...]:
        """Every change of flag, in the order of the feed."""
        return tuple(self._flags[seq] for seq in sorted(self._flags))

    @property
    def finished(self) -> bool:
        """The feed has said that the race is over."""
        return self._finish is not None

    @property
    def beside(self) -> tuple[Aside, ...]:
        """What was told beside laps and flags, in the order of the feed."""
        return tuple(self._beside[seq] for seq in sorted(self._beside))

    @property
    def controls(self) -> tuple[ControlMessage, ...]:
        """What race control told, in the order of the feed."""
        return tuple(message for message in self.beside if isinstance(message, ControlMessage))

    @property
    def weather(self) -> WeatherMessage | None:
        """The newest reading."""
        return self._weather

    def in_lane(self, car: str, crossed_s: float, at_s: float) -> bool | None:
        """Whether a car is in the pit lane by what the source told of it since it crossed the line; None: nothing."""
        pit = self._pits.get(car)
        return pit.entering if pit is not None and crossed_s <= pit.race_s <= at_s else None

    def energy_left(self, car: str) -> float | None:
        """Per cent of a full load, as last told; None where the source does not tell it."""
        told = self._energy.get(car)
        return told.left if told is not None else None

    def estimated(self, car: str, lap: int) -> bool:
        """Whether this lap came without times that fit."""
        return lap in self._estimated.get(car, ())

    @property
    def final_order(self) -> tuple[str, ...]:
        """The cars as the source has classified them in the end; empty where it has not."""
        return self._finish.order if self._finish is not None else ()

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
        found = {number: car.holes for number, car in self.cars.items()}
        return {number: found[number] for number in sorted(found) if found[number]}

    def laps(self) -> pl.DataFrame:
        """The laps so far as `timing.schema.LAPS`, by (car, lap): kept from call to call and added to."""
        return self.fold.laps()


_Timed = TypeVar("_Timed", PitMessage, EnergyMessage, WeatherMessage)


def _newer(old: _Timed | None, new: _Timed) -> _Timed:
    """Of two tellings of the same thing the later in the race; at one time that of the higher seq."""
    return new if old is None or (old.race_s, old.seq) < (new.race_s, new.seq) else old


def _lap(m: LapMessage) -> Lap:
    """The row of a message; names are kept once."""
    return Lap(
        intern(m.race_id), intern(m.car), intern(m.car_class), m.lap, once(m.driver), m.lap_time_s, m.elapsed_s,
        m.s1_s, m.s2_s, m.s3_s, m.in_pit, m.pit_time_s, once(m.flag), m.kph, once(m.team), once(m.manufacturer),
        m.clock_time,
    )  # fmt: skip
