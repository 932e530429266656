"""A race read off a service's board, look after look: its clock, which race it is, and when it is over."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable

from langstrecke.live.messages import ControlMessage, FlagName
from langstrecke.live.sources.board import Board, BoardRow
from langstrecke.live.sources.ledger import Ledger

RUNS_ON_S = 120.0
"""A clock told this long ago is no longer run on: the service is silent (default)."""
AFTER_FLAG_S = 600.0
"""Cars that have not come home so long after the chequered flag are not waited for (default)."""
CLOCK_STEP_S = 2.0
"""Services show their clock in whole seconds."""
_HOURS = re.compile(r"(?<![\w.])(\d{1,2})\s*-?\s*(?:h\b|hours?\b|heures\b|std\b|stunden\b)", re.IGNORECASE)


class BoardRace:
    """Ledger and board of one race, and what stands beside them."""

    def __init__(
        self,
        race_id: str,
        *,
        slack_s: float,
        ledger: Ledger | None = None,
        card: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._card, self._slack_s, self._now = card, slack_s, now
        self.note = ""
        """What is not as it should be, in words."""
        self._new(ledger or Ledger(race_id, card=card))

    def _new(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.board = Board(ledger, slack_s=self._slack_s)
        self._said = {message.text for message in ledger.messages if isinstance(message, ControlMessage)}
        self._told: tuple[float, float] | None = None
        self._over_at: float | None = None

    def begin(self, race_id: str) -> None:
        """Go on with this race, or begin it afresh where another was told."""
        if race_id != self.ledger.race_id:
            self._new(Ledger(race_id, card=self._card))

    def tell_clock(self, race_s: float) -> None:
        """The service's race clock, as it shows it; the same again is no news."""
        if self._told is None or abs(race_s - self._told[0]) > 1e-6:
            self._told = (race_s, self._now())

    @property
    def clock_s(self) -> float:
        """The race clock, run on from when it was told."""
        if self._told is None:
            return self.ledger.newest_s
        race_s, at = self._told
        return max(race_s + min(max(self._now() - at, 0.0), RUNS_ON_S), 0.0)

    def look(self, rows: Iterable[BoardRow], flag: FlagName | None) -> None:
        """One look at the board under a flag, at the race clock of now."""
        at_s = self.clock_s
        if flag is not None:
            self.ledger.flag(at_s, flag)
        self.board.clock_ends_s = self.ledger.duration_s
        self.board.look(at_s, rows, flag)

    def say(self, text: str) -> None:
        """What race control says now; services that show their messages with every look are heard once."""
        words = " ".join(text.split())[:1000]
        if words not in self._said:
            self._said.add(words)
            self.ledger.control(self.clock_s, words)

    def settle(self, *, over: bool, out: frozenset[str] = frozenset()) -> None:
        """The finish, where the flag has fallen and every car that is not `out` has come home after the leader."""
        if not over or not self.ledger.laps:
            return
        self._over_at = self._over_at if self._over_at is not None else self._now()
        if self._now() - self._over_at >= AFTER_FLAG_S or self._all_home(out):
            self.ledger.finish(self.ledger.newest_s, self.board.order)

    def _all_home(self, out: frozenset[str]) -> bool:
        newest: dict[str, float] = {}
        for (car, _), row in self.ledger.laps.items():
            newest[car] = max(newest.get(car, 0.0), row["elapsed_s"])
        leader = next((car for car in self.board.order if car in newest), None)
        if leader is None or newest[leader] < (self.ledger.duration_s or 0.0) - CLOCK_STEP_S:
            return False
        return all(car in out or newest.get(car, 0.0) >= newest[leader] for car in self.board.order)


def hours_in(*texts: object) -> float | None:
    """The length of a race in seconds, where a name says it: "12h", "6 Hours", "24 Stunden"."""
    for text in texts:
        found = _HOURS.search(str(text or ""))
        if found is not None and 1 <= int(found[1]) <= 30:
            return 3600.0 * int(found[1])
    return None


def race_words(*texts: object) -> str:
    """A race id out of words."""
    return "-".join(re.findall(r"[a-z0-9]+", " ".join(str(text or "") for text in texts).lower()))[:100].strip("-")
