"""NLS and N24 (wige): a WebSocket that sends the whole table once a second.

The first message asks: {"eventId": "20" or "50", "eventPid": [...], "clientLocalTime": ms}. Frames are told apart by
PID: 0 the table, 3 messages of race control, 4 track state and what is left of the race; `LTS_TIMESYNC` the server's
clock, `LTS_NOT_FOUND` no such event now. Described by wandabastyle/imsa_tui (NLS-WebSocket-Field-Map) and
Hochgesand/24hRennenLiveTiming. The table shows no race times: crossings are summed lap times that fit the clock.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from langstrecke.archives.transport import user_agent
from langstrecke.live.messages import FlagName
from langstrecke.live.sources.board import BoardRow
from langstrecke.live.sources.board_race import BoardRace, hours_in, race_words
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.service_feed import NothingRunsError
from langstrecke.live.sources.services import LiveSeries, Service
from langstrecke.live.sources.signalr import LARGEST_FRAME, need_websockets
from langstrecke.live.sources.web_json import ServiceError, changed
from langstrecke.timing.readers.times import parse_duration

PIDS = (0, 4, 3)
"""What is asked for: the table, the track's state, race control."""
TRACK_STATES: dict[str, FlagName] = {"0": "green", "1": "green", "2": "fcy"}
"""`TRACKSTATE`: green, yellow at one place of the circuit, Code 60. Another one is told, not guessed."""
COUNTS_DOWN = "0"
"""`TIMESTATE` under which ENDTIME is what is left, in ms; else it is when the race ends, in ms since 1970."""
IN_LANE = frozenset({"0", "20"})
"""`LASTINTERMEDIATENUMBER` of a car in the pit lane (0 before its first lap: on the grid)."""


class NlsReader:
    """Tells a race what frames say. A frame may come twice; one that is torn is left aside and counted."""

    def __init__(self, race: BoardRace, name: str, length_s: float | None, now: Callable[[], float] = time.time):
        self.race = race
        self.not_found = False
        self.unreadable = 0
        """Frames that were none."""
        self._name, self._length_s, self._now = name, length_s, now
        self._offset_ms = 0.0
        self._flag: FlagName | None = None
        self._left_s: float | None = None

    def take(self, frame: Any) -> bool:
        """One frame. Whether it was one that is known."""
        pid = str(frame.get("PID", "")) if isinstance(frame, dict) else ""
        match pid:
            case "0":
                self._table(frame)
            case "3":
                self._control(frame)
            case "4":
                self._track(frame)
            case "LTS_TIMESYNC":
                server = _number(frame.get("serverLocalTime"))
                self._offset_ms = server - 1000.0 * self._now() if server is not None else 0.0
            case "LTS_NOT_FOUND":
                self.not_found = True
            case _:
                return bool(pid)
        return True

    def _table(self, frame: dict[str, Any]) -> None:
        rows = frame.get("RESULT")
        if not isinstance(rows, list):
            self.unreadable += 1
            return
        self.not_found = False
        if str(frame.get("HEATTYPE") or "R") != "R":
            self.race.note = f"no race is on: {frame.get('HEAT') or frame.get('HEATTYPE')}"
            return
        self.race.note = ""
        self.race.begin(race_words(self._name, frame.get("CUP"), frame.get("HEAT"), frame.get("HEATNUMBER")))
        length = hours_in(frame.get("HEAT"), frame.get("CUP"), frame.get("SESSION")) or self._length_s
        self.race.ledger.duration_s = length
        self._tell_clock()
        if self._left_s is None or length is None:
            self.race.note = "the service has not said yet how long the race goes on: crossings wait for that"
            return
        if self._left_s >= length:
            self.race.note = "the race has not begun"
            return
        self._state(frame.get("TRACKSTATE"))
        flag: FlagName | None = "finish" if self._over else self._flag
        self.race.look([row for row in map(self._row, rows) if row is not None], flag)
        self.race.settle(over=self._over)

    @property
    def _over(self) -> bool:
        """The time has run out and the leader has crossed the line since."""
        length = self.race.ledger.duration_s
        return (
            self._left_s is not None
            and self._left_s < 1.0
            and length is not None
            and self.race.ledger.newest_s >= length
        )

    def _track(self, frame: dict[str, Any]) -> None:
        self._state(frame.get("TRACKSTATE"))
        end = _number(frame.get("ENDTIME"))
        if end is not None and end > 0.0:
            counts_down = str(frame.get("TIMESTATE") or COUNTS_DOWN) == COUNTS_DOWN
            left = end if counts_down else end - (1000.0 * self._now() + self._offset_ms)
            self._left_s = max(left / 1000.0, 0.0)
            self._tell_clock()

    def _tell_clock(self) -> None:
        if self._left_s is not None and self.race.ledger.duration_s is not None:
            self.race.tell_clock(self.race.ledger.duration_s - self._left_s)

    def _state(self, shown: Any) -> None:
        word = str(shown if shown is not None else "").strip()
        if word in TRACK_STATES:
            self._flag = TRACK_STATES[word]
        elif word:
            self._flag = None
            self.race.note = f"the service shows the track state {word[:20]!r}, which is not known: no flag is told"

    def _row(self, row: Any) -> BoardRow | None:
        if not isinstance(row, dict):
            return None
        laps, car = _number(row.get("LAPS")), str(row.get("STNR") or "").strip()
        if laps is None or laps < 0 or not car:
            return None
        at = str(row.get("LASTINTERMEDIATENUMBER") or "").strip()
        shown = [str(row.get(f"S{k}TIME") or "").strip() for k in range(1, 10)]
        in_pit = any("PIT" in text.upper() for text in shown) or (at in IN_LANE and (at != "0" or laps > 0))
        return BoardRow(
            car=car,
            laps=int(laps),
            car_class=str(row.get("CLASSNAME") or "").strip()[:200],
            driver=_driver(row.get("NAME")),
            team=_text(row.get("TEAM")),
            vehicle=_text(row.get("CAR")),
            last_lap_s=_seconds(row.get("LASTLAPTIME")),
            in_pit=in_pit,
        )

    def _control(self, frame: dict[str, Any]) -> None:
        said = frame.get("MESSAGES")
        for row in said if isinstance(said, list) else ():
            if isinstance(row, dict) and row.get("MESSAGE") and self.race.ledger.laps:
                when = str(row.get("MESSAGETIME") or "").strip()
                self.race.say(f"{when} {row['MESSAGE']}".strip())


class NlsLink:
    """The event of a series, over its WebSocket. `sid` names another event than the series'."""

    def __init__(
        self,
        name: str,
        series: LiveSeries,
        service: Service,
        *,
        sid: str | None = None,
        ledger: Ledger | None = None,
        card: str | None = None,
        length_s: float | None = None,
    ) -> None:
        self._name, self._service, self._event = name, service, sid or str(series.id)
        self.told = BoardRace(f"{name}-live", slack_s=5.0, ledger=ledger, card=card)
        self._reader = NlsReader(self.told, name, length_s or series.length_s)

    async def updates(self) -> AsyncIterator[float]:
        """Race time after every frame, until the connection breaks. NothingRunsError where the event does not run."""
        websockets = need_websockets()
        ask = {"eventId": self._event, "eventPid": list(PIDS), "clientLocalTime": round(time.time() * 1000)}
        kept = False
        try:
            async with websockets.connect(
                self._service.url, max_size=LARGEST_FRAME, user_agent_header=user_agent(), close_timeout=1.0
            ) as socket:
                await socket.send(json.dumps(ask))
                while True:
                    async with asyncio.timeout(self._service.timeout_s):
                        text = await socket.recv()
                    try:
                        known = self._reader.take(json.loads(text))
                    except ValueError:
                        known = False
                    if not known and not kept:
                        kept = True
                        error = changed(self._service, "nls", "a frame is none that is known", text)
                        self.told.note = error.message()
                    if self._reader.not_found:
                        raise NothingRunsError(f"no event of {self._name} runs now at {self._service.owner}")
                    yield self.told.clock_s
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            why = str(error) or "nothing was sent for too long"
            raise ServiceError(f"{self._service.owner} broke off: {why}") from None


def _number(value: Any) -> float | None:
    try:
        number = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None
    return number if number is not None and abs(number) < 1e15 else None


def _seconds(value: Any) -> float | None:
    found = parse_duration(str(value or ""))
    return found if found is not None and found > 0.0 else None


def _text(value: Any) -> str | None:
    return str(value or "").strip()[:200] or None


def _driver(value: Any) -> str | None:
    """A name, "Lang, Ada" turned round."""
    last, _, first = str(value or "").partition(",")
    return " ".join(f"{first} {last}".split())[:200] or None
