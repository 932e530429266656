"""Where a followed race comes from: a replay, a feed, a folder. All can be served on, and go on after a restart."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.message_log import MessageLog
from langstrecke.live.messages import (
    DataMessage,
    HeartbeatMessage,
    HelloMessage,
    read_message,
    write_message,
)
from langstrecke.live.sources.feed_client import FeedClient, websockets_for
from langstrecke.live.sources.growing_file import FolderFeed
from langstrecke.live.sources.recordings import record_file, record_race
from langstrecke.live.sources.replay import Recording, Replay
from langstrecke.live.sources.service_feed import ServiceFeed
from langstrecke.live.sources.services import load_services
from langstrecke.racecard import list_cards, load_card
from langstrecke.services.live_source import open_address, open_series
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading
from langstrecke.web.following.models import FollowAsk

Message = HelloMessage | DataMessage | HeartbeatMessage


class Relay:
    """A feed from elsewhere, passed on as it came: the `live.server.Source` of a client.

    Only messages without a gap before them are out, so that listeners get each once and in order.
    """

    def __init__(self, client: FeedClient, state: FeedState) -> None:
        self.client = client
        self.published = 0
        self._state = state
        self._texts: dict[int, str] = {}
        self._beat: HeartbeatMessage | None = None

    @property
    def hello(self) -> HelloMessage:
        """The hello of the feed; LangstreckeError before it came."""
        if self._state.hello is None:
            raise LangstreckeError("the feed has not been heard yet", hint="try again in a moment")
        return self._state.hello.model_copy(update={"last_seq": self.published})

    @property
    def over(self) -> bool:
        """The race is over and nothing is missing."""
        return self._state.finished and self.published >= self._state.last_seq

    def message(self, seq: int) -> DataMessage:
        """Message number `seq`, from 1."""
        found = read_message(self._texts[seq])
        assert isinstance(found, DataMessage)
        return found

    def beat(self) -> HeartbeatMessage:
        """A heartbeat with the race clock of the state."""
        return HeartbeatMessage(race_s=self._state.race_s, last_seq=self.published, wall=dt.datetime.now(dt.UTC))

    def keep(self, message: Message) -> None:
        """Remember a message that was taken in, to be passed on."""
        if isinstance(message, HelloMessage):
            if self._state.complete_to == 0:
                self._texts.clear()
                self.published = 0
        elif not isinstance(message, HeartbeatMessage):
            self._texts[message.seq] = write_message(message)
        while self.published + 1 in self._texts:
            self.published += 1

    async def messages(self) -> AsyncIterator[Message]:
        """Messages as they come."""
        async for message in self.client.messages():
            yield message


@dataclass(frozen=True)
class Opened:
    """A source ready to go; `recording` where it is a replay."""

    feed: Replay | Relay | FolderFeed | ServiceFeed
    recording: Recording | None
    words: str


def open_source(
    settings: Settings, ask: FollowAsk, state: FeedState, race_s: float, log: MessageLog | None = None
) -> Opened:
    """The source of a followed race, going on from `race_s` (replays), where the state is complete (feeds), or from
    what the log holds (services).

    Reads laps, so it is called off the event loop. NotFoundError names the nearest races of the store.
    """
    if ask.series is not None:
        card = load_card(ask.race) if ask.race in list_cards() else None
        feed, words = open_series(
            ask.series,
            load_services(settings.services),
            log,
            session=ask.session,
            card=card.race.id if card is not None else None,
            length_s=card.race.duration_s if card is not None else None,
            patient=True,
        )
        return Opened(feed, None, words)
    if ask.feed is not None and ask.feed.startswith("rmonitor://"):
        told, words = open_address(ask.feed, state, log, card=ask.race if ask.race in list_cards() else None)
        assert isinstance(told, ServiceFeed)
        return Opened(told, None, words)
    if ask.feed is not None:
        websockets_for(ask.feed)
        return Opened(Relay(FeedClient(ask.feed, state), state), None, f"feed {ask.feed}")
    if ask.folder is not None:
        return Opened(FolderFeed(Path(ask.folder), race_id=ask.race, card=ask.race), None, f"folder {ask.folder}")
    if ask.file is not None:
        recording = record_file(ask.file, race_id=ask.race)
    else:
        with reading(settings) as store:
            recording = record_race(store, ask.race)
    return Opened(replay_from(recording, ask.speed, state, race_s), recording, f"replay of {ask.file or ask.race}")


def replay_from(recording: Recording, speed: float, state: FeedState, race_s: float) -> Replay:
    """A replay that goes on from a race time; what the state has is not sent again."""
    replay = Replay(recording, speed=speed, start_s=race_s)
    if state.hello is not None and state.hello.feed == recording.hello.feed:
        replay.published = min(state.complete_to, len(recording))
    return replay
