"""IMSA's scoring files: two pages (JSON in a call, JSONP) polled in turn.

`RaceResults_JSONP`: B[] a row a car (A place, N number, C class, F driver, V vehicle, L laps, LL last lap, P in
the pits, PS stops), E event, S session. `RaceData_JSONP`: B what is left of the session, C the flag. Described by
wandabastyle/imsa_tui and joe0121/yellowcarpoints. No race times are shown: crossings are summed lap times that fit
the clock, and the clock is the length of the race less what is left.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from langstrecke.live.messages import FlagName
from langstrecke.live.sources.board import BoardRow
from langstrecke.live.sources.board_race import BoardRace, hours_in, race_words
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.services import LiveSeries, Service
from langstrecke.live.sources.web_json import WebJson, changed
from langstrecke.timing.readers.times import parse_duration

FLAGS: dict[str, FlagName] = {"0": "green", "1": "green", "2": "fcy", "3": "red", "4": "finish"}
"""`C` of the race data: a yellow is full course. Another one is told, not guessed."""


class ImsaReader:
    """Tells a race what the two pages say."""

    def __init__(self, race: BoardRace, name: str, length_s: float | None) -> None:
        self.race = race
        self._name, self._length_s = name, length_s

    def take(self, results: Any, data: Any) -> bool:
        """Both pages. Whether the rows could be read."""
        rows = results.get("B") if isinstance(results, dict) else None
        if not isinstance(rows, list) or not isinstance(data, dict):
            return False
        event, session = results.get("E"), results.get("S")
        words = str(session or "").lower()
        self.race.note = ""
        if words and "race" not in words and any(w in words for w in ("practice", "qualif", "warm", "test")):
            self.race.note = f"no race is on: {session}"
            return True
        self.race.begin(race_words(self._name, event, session))
        length = self._length_s or hours_in(event, session)
        self.race.ledger.duration_s = length
        left = _left(data.get("B") if data.get("B") is not None else data.get("T"))
        if length is None:
            self.race.note = "how long the race is nobody says: name its card (--card), or length_s in the table"
            return True
        if left is None:
            self.race.note = "the service does not say how much of the race is left: crossings wait for that"
            return True
        if left >= length:
            self.race.note = "the race has not begun"
            return True
        self.race.tell_clock(length - left)
        flag = self._flag(data.get("C"))
        found = [row for row in map(_row, sorted(filter(_is_row, rows), key=_place)) if row is not None]
        self.race.look(found, flag)
        self.race.settle(over=flag == "finish")
        return bool(found) or not rows

    def _flag(self, shown: Any) -> FlagName | None:
        word = str(shown if shown is not None else "").strip()
        if word and word not in FLAGS:
            self.race.note = f"the service shows the flag {word[:20]!r}, which is not known: no flag is told"
        return FLAGS.get(word)


class ImsaLink:
    """The race IMSA's scoring files show."""

    def __init__(
        self,
        name: str,
        series: LiveSeries,
        service: Service,
        *,
        ledger: Ledger | None = None,
        card: str | None = None,
        length_s: float | None = None,
    ) -> None:
        self._service = service
        self.told = BoardRace(f"{name}-live", slack_s=service.poll_s + 4.0, ledger=ledger, card=card)
        self._reader = ImsaReader(self.told, name, length_s or series.length_s)

    async def updates(self) -> AsyncIterator[float]:
        """Race time after every round of both pages, for ever; the service's errors."""
        web = WebJson(self._service)
        try:
            while True:
                results = await web.jsonp(self._service.path("results"))
                data = await web.jsonp(self._service.path("data"))
                if not self._reader.take(results, data):
                    raise changed(self._service, "imsa", "the rows are not as they were", json.dumps(results))
                yield self.told.clock_s
                await asyncio.sleep(self._service.poll_s)
        finally:
            web.close()


def _is_row(row: Any) -> bool:
    """A row of a car; a transponder nobody has entered ("Tx...") is none."""
    return isinstance(row, dict) and not str(row.get("N") or "").startswith("Tx")


def _place(row: dict[str, Any]) -> int:
    text = str(row.get("A") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else 10_000


def _row(row: dict[str, Any]) -> BoardRow | None:
    laps = str(row.get("L") if row.get("L") is not None else "").strip()
    if not (laps.isascii() and laps.isdigit() and len(laps) <= 5):
        return None
    return BoardRow(
        car=str(row.get("N") or "").strip(),
        laps=int(laps),
        car_class=str(row.get("C") or "").strip()[:200],
        driver=str(row.get("F") or "").strip()[:200] or None,
        vehicle=str(row.get("V") or "").strip()[:200] or None,
        last_lap_s=_seconds(row.get("LL")),
        in_pit=row.get("P") in (True, 1, "1"),
    )


def _left(text: Any) -> float | None:
    """Seconds out of "Time to go: 1:02:03"."""
    return parse_duration(str(text or "").rpartition("go:")[2].strip())


def _seconds(text: Any) -> float | None:
    found = parse_duration(str(text or ""))
    return found if found is not None and found > 0.0 else None
