"""What a source has told so far, as numbered messages: each fact once, what changed as a correction.

    ledger = Ledger("wec-2026-spa")
    ledger.lap(row)              # a row of `timing.schema.LAPS`; again: nothing, or a revision where it differs
    ledger.flag(847.7, "fcy")
    ledger.messages              # what a listener is sent

A service repeats itself, sends pages twice and puts laps right; a source tells the ledger what it reads, as often as
it reads it, and need not remember what it has told.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from langstrecke.live.messages import (
    ControlMessage,
    DataMessage,
    EnergyMessage,
    FeedEntry,
    FinishMessage,
    FlagMessage,
    FlagName,
    HeartbeatMessage,
    HelloMessage,
    LapMessage,
    PitMessage,
    ResumeMessage,
    WeatherMessage,
    lap_message,
)
from langstrecke.timing.schema import LAPS

Key = tuple[str, int]
"""Car and lap."""

ENERGY_STEP = 0.05
"""A change of energy below this many per cent is not told (default)."""


class Ledger:
    """The messages of one race. It grows; nothing told is ever told differently under the same number."""

    def __init__(
        self,
        race_id: str,
        *,
        card: str | None = None,
        duration_s: float | None = None,
        start_clock: dt.time | None = None,
    ) -> None:
        self.feed = f"{race_id}#{secrets.token_hex(6)}"
        self.race_id = race_id
        self.card = card
        self.duration_s = duration_s
        self.start_clock = start_clock
        self.untold: tuple[str, ...] = ()
        """What the source never tells, such as pit stops."""
        self.messages: list[DataMessage] = []
        self.newest_s = 0.0
        """Race time of the newest crossing."""
        self.clock_s = 0.0
        """The race clock of the source, as last told."""
        self._rows: dict[Key, tuple[dict[str, Any], bool]] = {}
        self._revisions: dict[Key, int] = {}
        self._entries: dict[str, FeedEntry] = {}
        self._told: set[tuple[object, ...]] = set()
        self._energy: dict[str, float] = {}
        self._inside: dict[str, tuple[bool, float]] = {}
        self._weather: dict[str, Any] = {}
        self._flag: str | None = None
        self._flags: list[tuple[float, FlagName]] = []
        self._finished = False

    @property
    def hello(self) -> HelloMessage:
        """The feed's hello as it stands now."""
        return HelloMessage(
            feed=self.feed, race_id=self.race_id, card=self.card, duration_s=self.duration_s,
            start_clock=self.start_clock, untold=self.untold, last_seq=len(self.messages),
            entries=tuple(sorted(self._entries.values(), key=lambda e: (e.car_class, e.car))),
        )  # fmt: skip

    @property
    def finished(self) -> bool:
        """The race has been told to be over."""
        return self._finished

    @property
    def cars(self) -> frozenset[str]:
        """Every car that has been entered."""
        return frozenset(self._entries)

    @property
    def laps(self) -> dict[Key, dict[str, Any]]:
        """The laps that hold, as rows of the lap table."""
        return {key: row for key, (row, _) in self._rows.items()}

    @property
    def estimated(self) -> frozenset[Key]:
        """Laps that came without times that fit."""
        return frozenset(key for key, (_, estimated) in self._rows.items() if estimated)

    def crossings(self, car: str) -> dict[int, tuple[float, bool]]:
        """When a car ended its laps, and whether that is estimated."""
        return {lap: (row["elapsed_s"], seen) for (of, lap), (row, seen) in self._rows.items() if of == car}

    def beat(self, clock_s: float | None = None) -> HeartbeatMessage:
        """A heartbeat with the source's race clock."""
        self.clock_s = max(0.0, self.clock_s if clock_s is None else clock_s)
        return HeartbeatMessage(
            race_s=round(self.clock_s, 3), last_seq=len(self.messages), wall=dt.datetime.now(dt.UTC)
        )

    def enter(self, entry: FeedEntry) -> bool:
        """A car takes part; whether that is news. What is left out stays as it was; drivers are added to."""
        old = self._entries.get(entry.car)
        if old is not None:
            entry = FeedEntry(
                car=entry.car,
                car_class=entry.car_class or old.car_class,
                team=entry.team or old.team,
                drivers=tuple(dict.fromkeys((*old.drivers, *entry.drivers))),
            )
        self._entries[entry.car] = entry
        return entry != old

    def entry(self, car: str) -> FeedEntry | None:
        """What is known of a car."""
        return self._entries.get(car)

    def lap(self, row: Mapping[str, Any], *, estimated: bool = False) -> None:
        """A lap, or the same again, or put right. The row's missing columns are taken to be unknown."""
        full: dict[str, Any] = {**dict.fromkeys(LAPS.names()), **row}
        full["in_pit"] = bool(full["in_pit"])
        key = (full["car"], full["lap"])
        if self._rows.get(key) == (full, estimated):
            return
        self._add(key, full, estimated=estimated)
        self._rows[key] = (full, estimated)
        self.newest_s = max(self.newest_s, full["elapsed_s"])

    def row(self, car: str, lap: int) -> dict[str, Any] | None:
        """A lap that holds."""
        found = self._rows.get((car, lap))
        return found[0] if found is not None else None

    def withdraw(self, car: str, lap: int) -> None:
        """A lap was none. Nothing happens where it has not been told, or was taken back before."""
        found = self._rows.pop((car, lap), None)
        if found is not None:
            self._add((car, lap), found[0], withdrawn=True)

    def flag(self, race_s: float, flag: FlagName) -> None:
        """The flag changed. A flag told before, or shown already, is no news."""
        if flag != self._flag and self._once("flag", race_s, flag):
            self._flag = flag
            self._flags.append((race_s, flag))
            self.messages.append(FlagMessage(seq=self._next, race_s=race_s, flag=flag))

    def flag_at(self, race_s: float) -> FlagName | None:
        """The flag shown at a race time, by what has been told."""
        shown = [change for change in self._flags if change[0] <= race_s]
        return max(shown, key=lambda change: change[0])[1] if shown else None

    def pit(self, race_s: float, car: str, *, entering: bool) -> None:
        """A car came into the pit lane or left it. Leaving a lane it was not told to be in is told all the same."""
        if self._inside.get(car, (None,))[0] != entering and self._once("pit", race_s, car, entering):
            self._inside[car] = (entering, race_s)
            self.messages.append(PitMessage(seq=self._next, race_s=race_s, car=car, entering=entering))

    def in_lane_since(self, car: str) -> float | None:
        """When a car came into the pit lane, where it is in there by what has been told."""
        entering, race_s = self._inside.get(car, (False, 0.0))
        return race_s if entering else None

    def control(self, race_s: float, text: str) -> None:
        """What race control said at a race time."""
        words = " ".join(text.split())[:1000]
        if words and self._once("control", race_s, words):
            self.messages.append(ControlMessage(seq=self._next, race_s=race_s, text=words))

    def weather(self, race_s: float, **reading: Any) -> None:
        """A reading; one like the newest is no news."""
        known = {name: value for name, value in reading.items() if value is not None}
        if known and known != self._weather:
            self._weather = known
            self.messages.append(WeatherMessage(seq=self._next, race_s=race_s, **known))

    def energy(self, race_s: float, car: str, left: float) -> None:
        """What a car has left, per cent of a full load."""
        left = min(max(left, 0.0), 100.0)
        if abs(self._energy.get(car, -1.0) - left) >= ENERGY_STEP:
            self._energy[car] = left
            self.messages.append(EnergyMessage(seq=self._next, race_s=race_s, car=car, left=left))

    def finish(self, race_s: float, order: tuple[str, ...] = ()) -> None:
        """The race is over, with the source's own classification. Only the first telling counts."""
        if not self._finished:
            self._finished = True
            self.messages.append(FinishMessage(seq=self._next, race_s=max(race_s, self.newest_s), order=order))

    def take(self, message: DataMessage) -> None:
        """A message this ledger has told before; one that does not come next is left aside."""
        if message.seq != self._next:
            return
        self.messages.append(message)
        match message:
            case LapMessage():
                key = (message.car, message.lap)
                self._revisions[key] = message.revision
                if message.withdrawn:
                    self._rows.pop(key, None)
                else:
                    self._rows[key] = ({name: getattr(message, name) for name in LAPS.names()}, message.estimated)
                    self.newest_s = max(self.newest_s, message.elapsed_s)
            case FlagMessage():
                self._flag = message.flag
                self._flags.append((message.race_s, message.flag))
                self._told.add(("flag", message.race_s, message.flag))
            case PitMessage():
                self._inside[message.car] = (message.entering, message.race_s)
                self._told.add(("pit", message.race_s, message.car, message.entering))
            case ControlMessage():
                self._told.add(("control", message.race_s, message.text))
            case WeatherMessage():
                self._weather = message.model_dump(exclude_none=True, exclude={"kind", "seq", "race_s"})
            case EnergyMessage():
                self._energy[message.car] = message.left
            case FinishMessage():
                self._finished = True

    @property
    def _next(self) -> int:
        return len(self.messages) + 1

    def _once(self, *fact: object) -> bool:
        if fact in self._told:
            return False
        self._told.add(fact)
        return True

    def _add(self, key: Key, row: dict[str, Any], *, withdrawn: bool = False, estimated: bool = False) -> None:
        revision = self._revisions[key] = self._revisions.get(key, 0) + 1
        self.messages.append(lap_message(row, self._next, revision, withdrawn=withdrawn, estimated=estimated))


def restored(messages: Iterable[HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage]) -> Ledger | None:
    """The ledger that told these messages, as a log keeps them, to go on with: the same numbers, nothing told again.

    None where there is no hello. Of several feeds in a log the last one counts; what follows a gap is told anew.
    """
    ledger: Ledger | None = None
    for message in messages:
        if isinstance(message, HelloMessage):
            if ledger is None or message.feed != ledger.feed:
                about = {"card": message.card, "duration_s": message.duration_s, "start_clock": message.start_clock}
                ledger = Ledger(message.race_id, **about)  # type: ignore[arg-type]
                ledger.feed, ledger.untold = message.feed, message.untold
            for entry in message.entries:
                ledger.enter(entry)
        elif ledger is not None and not isinstance(message, HeartbeatMessage | ResumeMessage):
            ledger.take(message)
    return ledger
