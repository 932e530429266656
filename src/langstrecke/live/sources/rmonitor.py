"""RMonitor, the plain protocol of club tracks (Orbits, Race Monitor, MyLaps): lines of text over TCP.

$A and $COMP say who a competitor is, $C names the classes, $B the run, $F is a heartbeat with race time and flag, $G
a competitor's place, laps and total time, $J a passing with lap and total time, $I starts the run afresh. Described
by only-entertainment/rmonitor. The protocol tells neither pit stops nor who of a crew drives: that is said
(`UNTOLD`).
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import FlagName
from langstrecke.live.sources.board import BoardRow
from langstrecke.live.sources.board_race import BoardRace, race_words
from langstrecke.live.sources.car_numbers import clean
from langstrecke.live.sources.flags import flag_of, is_known
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.services import Service
from langstrecke.live.sources.web_json import ServiceError, changed
from langstrecke.timing.readers.times import parse_duration

PORT = 50_000
"""The port track software offers by default."""
SCHEME = "rmonitor://"
UNTOLD = ("pit stops", "driver changes")
"""What the protocol does not tell."""
SILENCE_S = 30.0
"""A heartbeat comes once a second: this long without a word the connection counts as lost (default)."""
LONGEST_LINE = 4096
"""Bytes; the longest record has some 200."""
SLACK_S = 3.0


@dataclass
class _Competitor:
    number: str = ""
    first: str = ""
    last: str = ""
    about: str = ""
    class_id: str = ""
    place: int = 10_000
    laps: int | None = None
    total_s: float | None = None
    lap_s: float | None = None
    lap_total_s: float | None = None


class RMonitorReader:
    """Tells a race what records say. Records may come twice; torn ones are left aside and counted, and records that
    are not of the protocol ($COR, $SP ... of some software) left aside.
    """

    def __init__(self, race: BoardRace, name: str) -> None:
        self.race = race
        self.unreadable = 0
        """Lines that were no record, or one cut off."""
        self._name = name
        self._clear()

    def _clear(self) -> None:
        self._who: dict[str, _Competitor] = {}
        self._classes: dict[str, str] = {}
        self._flag = ""

    def take(self, line: str) -> bool:
        """One line. Whether it was a record."""
        text = line.strip()
        if not text:
            return True
        if not text.startswith("$") or text.count('"') % 2:
            self.unreadable += 1
            return False
        parts = [part.strip() for part in next(csv.reader([text], skipinitialspace=True))]
        try:
            self._record(parts[0], parts[1:])
        except (IndexError, ValueError):
            self.unreadable += 1
            return False
        return True

    def _record(self, kind: str, parts: list[str]) -> None:
        match kind:
            case "$A":
                who = self._of(parts[0])
                who.number, who.first, who.last, who.class_id = parts[1], parts[3], parts[4], parts[6]
            case "$COMP":
                who = self._of(parts[0])
                who.number, who.class_id, who.first, who.last = parts[1], parts[2], parts[3], parts[4]
                who.about = parts[6] if len(parts) > 6 else ""
            case "$C":
                self._classes[parts[0]] = parts[1]
            case "$B":
                self.race.begin(race_words(self._name, parts[1], f"run {parts[0]}"))
                self.race.ledger.untold = UNTOLD
            case "$F":
                self._beat(parts)
            case "$G":
                who = self._of(parts[1])
                who.place = int(parts[0])
                who.laps, who.total_s = int(parts[2] or 0), _seconds(parts[3])
                self._look()
            case "$J":
                who = self._of(parts[0])
                who.lap_s, who.lap_total_s = _seconds(parts[1]), _seconds(parts[2])
                self._look()
            case "$I":
                self._clear()

    def _of(self, registration: str) -> _Competitor:
        if not registration:
            raise ValueError("no competitor")
        return self._who.setdefault(registration, _Competitor())

    def _beat(self, parts: list[str]) -> None:
        left, clock, passed, word = _seconds(parts[1]), parts[2], _seconds(parts[3]), parts[4]
        if passed is not None:
            self.race.tell_clock(passed)
            if left and self.race.ledger.duration_s is None:
                self.race.ledger.duration_s = float(round(passed + left))
            if self.race.ledger.start_clock is None:
                self.race.ledger.start_clock = _started(clock, passed)
        if not is_known(word):
            self.race.note = f"the track shows a flag that is not known: {word[:40]!r}"
        elif word:
            self.race.note, self._flag = "", word
        flag = self._shown
        if flag is not None and passed is not None:
            self.race.ledger.flag(passed, flag)
            self.race.settle(over=flag == "finish")

    def _look(self) -> None:
        """The board as the records have it now; a field has few cars, and a look at one that is the same is quick."""
        rows = [
            row for who in sorted(self._who.values(), key=lambda w: w.place) if (row := self._row(who)) is not None
        ]
        self.race.look(rows, self._shown)

    @property
    def _shown(self) -> FlagName | None:
        """The flag; a yellow of a club track is out all round the circuit."""
        return flag_of("fcy" if self._flag.lower() == "yellow" else self._flag)

    def _row(self, who: _Competitor) -> BoardRow | None:
        car = clean(who.number)
        if not car or who.laps is None:
            return None
        fits = who.lap_total_s is not None and who.lap_total_s == who.total_s
        return BoardRow(
            car=car,
            laps=who.laps,
            car_class=self._classes.get(who.class_id, who.class_id)[:200],
            driver=" ".join(f"{who.first} {who.last}".split())[:200] or None,
            team=who.about[:200] or None,
            last_lap_s=who.lap_s if fits else None,
            total_s=who.total_s if who.laps else None,
        )


class RMonitorLink:
    """The timing of one track, at a host and port."""

    def __init__(self, name: str, service: Service, *, ledger: Ledger | None = None, card: str | None = None) -> None:
        self._service = service
        self.told = BoardRace(f"{name}-live", slack_s=SLACK_S, ledger=ledger, card=card)
        self.told.ledger.untold = UNTOLD
        self._reader = RMonitorReader(self.told, name)

    async def updates(self) -> AsyncIterator[float]:
        """Race time after every bunch of lines, until the connection breaks."""
        place = urlsplit(self._service.url)
        host, port = place.hostname or "", place.port or PORT
        try:
            async with asyncio.timeout(self._service.timeout_s):
                reading, writing = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError) as error:
            why = getattr(error, "strerror", None) or "no answer"
            raise ServiceError(f"{host}:{port} cannot be reached: {why}") from None
        rest, kept = b"", False
        try:
            while True:
                async with asyncio.timeout(SILENCE_S):
                    part = await reading.read(65_536)
                if not part:
                    raise ServiceError(f"{host}:{port} has closed the connection")
                *lines, rest = re.split(rb"[\r\n]+", rest + part)
                rest = rest[-LONGEST_LINE:]
                for line in lines:
                    if not self._reader.take(_text(line)) and not kept:
                        kept = True
                        self.told.note = changed(self._service, "rmonitor", "a line is no record", line).message()
                yield self.told.clock_s
        except TimeoutError:
            raise ServiceError(f"{host}:{port} has said nothing for {SILENCE_S:.0f} s") from None
        except OSError as error:
            raise ServiceError(f"{host}:{port} broke off: {error.strerror or error}") from None
        finally:
            writing.close()


def rmonitor_service(address: str) -> Service:
    """The service at `rmonitor://HOST[:PORT]`. LangstreckeError for anything else."""
    found = re.fullmatch(r"rmonitor://([A-Za-z0-9.\-]+|\[[0-9a-fA-F:]+\])(?::(\d{1,5}))?/?", address)
    if found is None or not 0 < int(found[2] or PORT) <= 65_535:
        raise LangstreckeError(f"{address!r} is no address of RMonitor", hint=f"{SCHEME}192.168.1.20:{PORT}")
    url = f"{SCHEME}{found[1]}:{found[2] or PORT}"
    return Service(kind="rmonitor", owner="the track's timing", url=url, timeout_s=10.0, retry_s=1.0)


def _text(line: bytes) -> str:
    """A line as text: UTF-8, else what Windows wrote."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _seconds(text: str) -> float | None:
    return parse_duration(text) if text else None


def _started(clock: str, passed_s: float) -> dt.time | None:
    now = parse_duration(clock)
    if now is None or now <= 0.0:
        return None
    began = (now - passed_s) % 86_400.0
    return (dt.datetime.min + dt.timedelta(seconds=began)).time()
