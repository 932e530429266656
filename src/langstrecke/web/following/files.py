"""What of a followed race outlives the program: its messages, its odds, and how it was followed.

A folder holds `messages.jsonl` (`live.message_log`), `odds.jsonl` (a line a point) and `hub.json` (written anew, all
or nothing). A kill between two of them costs at most what the source sends again and the next reading of the odds.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from pydantic import BaseModel, ValidationError

from langstrecke.errors import LangstreckeError
from langstrecke.live.alerts import Alert
from langstrecke.live.feed_state import FeedState
from langstrecke.live.message_log import MessageLog
from langstrecke.live.messages import DataMessage, HeartbeatMessage, HelloMessage, ResumeMessage
from langstrecke.web.following.models import FollowAsk, OddsPoint

SYNC_S = 5.0
"""Seconds between two syncs of the log to disk: a kill costs nothing, a power cut that much (default)."""


class Kept(BaseModel):
    """How a race is followed, and how far it is."""

    ask: FollowAsk
    race_s: float = 0.0
    paused: bool = False
    odds: OddsPoint | None = None
    """The newest odds, also where the history does not keep them."""
    odds_seq: int = 0
    """The newest message those odds know."""
    odds_note: str = ""
    alerts: tuple[Alert, ...] = ()
    told: tuple[str, ...] = ()


class HubFiles:
    """The folder of one followed race. LangstreckeError where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LangstreckeError(f"cannot be made: {error.strerror}", file=folder) from None
        self._log: MessageLog | None = None

    @property
    def log(self) -> MessageLog:
        """The log of messages, opened when first used."""
        if self._log is None:
            self._log = MessageLog(self.folder / "messages.jsonl", sync_s=SYNC_S)
        return self._log

    def append(self, message: HelloMessage | DataMessage | HeartbeatMessage | ResumeMessage) -> None:
        """Log a message."""
        self.log.append(message)

    def state(self) -> FeedState:
        """The state the log comes to."""
        state = FeedState()
        for message in self.log.read():
            state.apply(message)
        return state

    def add_odds(self, point: OddsPoint) -> None:
        """Keep a point of the odds' history."""
        with (self.folder / "odds.jsonl").open("a", encoding="utf-8") as file:
            file.write(point.model_dump_json() + "\n")

    def odds(self) -> list[OddsPoint]:
        """The odds kept; a line a crash tore is left out."""
        place = self.folder / "odds.jsonl"
        found: list[OddsPoint] = []
        if place.exists():
            for line in place.read_bytes().splitlines():
                with contextlib.suppress(ValidationError):
                    found.append(OddsPoint.model_validate_json(line))
        return sorted(found, key=lambda p: p.race_s)

    def write(self, kept: Kept) -> None:
        """Write how the race stands, all or nothing."""
        part = self.folder / "hub.json.part"
        part.write_text(kept.model_dump_json(), encoding="utf-8")
        part.replace(self.folder / "hub.json")

    def read(self) -> Kept | None:
        """How the race stood; None where that cannot be told any more."""
        try:
            return Kept.model_validate_json((self.folder / "hub.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def clear(self, *, odds_after: float = 0.0) -> None:
        """Start afresh: no messages, and only odds of before a race time."""
        self.close()
        (self.folder / "messages.jsonl").unlink(missing_ok=True)
        points = [p for p in self.odds() if p.race_s < odds_after]
        (self.folder / "odds.jsonl").unlink(missing_ok=True)
        for point in points:
            self.add_odds(point)

    def close(self) -> None:
        """Close the log."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def remove(self) -> None:
        """Forget the race."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)
