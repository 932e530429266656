"""A live service as a feed: it is asked again with growing pauses when it fails, and what it tells goes out once.

feed = ServiceFeed(GriiipLink(...))
async for message in feed.messages(): ...
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import duration
from langstrecke.live.messages import DataMessage, HeartbeatMessage, HelloMessage
from langstrecke.live.sources.ledger import Ledger

LONGEST_PAUSE_S = 60.0
"""Pauses after failures double from the service's own to this (default)."""
SILENT_S = 120.0
"""Nothing new for this long: the user is told (default; the shortest gap between crossings of a field is seconds)."""


class NothingRunsError(LangstreckeError):
    """The service answers, and has no race of the series now."""


class Told(Protocol):
    """What a service has told of a race, and what is wrong with it."""

    @property
    def ledger(self) -> Ledger:
        """What it has told; another one where another race has begun."""
        ...

    @property
    def note(self) -> str:
        """What is not as it should be though the service answers, in words."""
        ...


class Link(Protocol):
    """A way to a service: tells the ledger what it hears."""

    @property
    def told(self) -> Told:
        """The race it follows."""
        ...

    def updates(self) -> AsyncIterator[float]:
        """Race time after every answer; ends or raises where the service does."""
        ...


class ServiceFeed:
    """Drives one service. It is a `live.server.Source`, so it can be served on."""

    def __init__(
        self,
        link: Link,
        *,
        first_pause_s: float,
        silent_s: float = SILENT_S,
        patient: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`patient`: where no race runs yet it is waited for, and `trouble` says so."""
        self.link = link
        self._patient = patient
        self.published = len(link.told.ledger.messages)
        self._feed = link.told.ledger.feed
        self._failure = ""
        self._first_pause_s = first_pause_s
        self._silent_s = silent_s
        self._clock = clock
        self._news_at = clock()

    @property
    def ledger(self) -> Ledger:
        """What the service has told."""
        return self.link.told.ledger

    @property
    def trouble(self) -> str:
        """What is wrong, in words; empty where nothing is."""
        silent = self._clock() - self._news_at
        if self._failure:
            return self._failure
        if silent > self._silent_s and self.published and not self.over:
            minutes = duration(silent, minutes=True)
            return f"the service has told nothing new for {minutes}: the table is as it was then"
        return self.link.told.note

    @property
    def connected(self) -> bool:
        """The service has answered, and goes on doing so."""
        return not self._failure and self.published > 0

    @property
    def hello(self) -> HelloMessage:
        """The feed's hello as it stands now."""
        return self.ledger.hello.model_copy(update={"last_seq": self.published})

    @property
    def over(self) -> bool:
        """The race is over and all of it told."""
        return self.ledger.finished and self.published >= len(self.ledger.messages)

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        return self.ledger.messages[seq - 1]

    def beat(self) -> HeartbeatMessage:
        """A heartbeat with the service's race clock."""
        return self.ledger.beat().model_copy(update={"last_seq": self.published})

    async def messages(self) -> AsyncIterator[HelloMessage | DataMessage | HeartbeatMessage]:
        """Messages as the service tells them, until the race is over; comes back for ever.

        NothingRunsError where there is no such race when it is asked first.
        """
        known = self.hello
        yield known
        pause = self._first_pause_s
        while not self.over:
            try:
                async with contextlib.aclosing(self.link.updates()) as updates:  # type: ignore[type-var]
                    async for clock_s in updates:
                        self._failure, pause = "", self._first_pause_s
                        if self.ledger.feed != self._feed:
                            self._feed, self.published = self.ledger.feed, 0
                        now = self.hello
                        if now.model_copy(update={"last_seq": known.last_seq}) != known:
                            known = now
                            yield known
                        for message in self.ledger.messages[self.published :]:
                            self.published, self._news_at = message.seq, self._clock()
                            yield message
                        self.ledger.beat(clock_s)
                        yield self.beat()
                        if self.over:
                            return
            except NothingRunsError as error:
                if not self.published and not self._patient:
                    raise
                self._failure = error.message()
            except LangstreckeError as error:
                self._failure = error.message()
            except (OSError, TimeoutError) as error:
                self._failure = f"the service cannot be reached: {error or type(error).__name__}"
            yield self.beat()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
