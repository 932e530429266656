"""One followed race: its source drives the state; table, odds and alerts come from it, and all viewers share them.

    hub = await hubs.follow(FollowAsk(race="imsa-2021-sebring", speed=60))
    end = hub.listen(lambda view: ...)      # or: async for view in hub.views(): ...
    hub.view.table, hub.view.odds, hub.view.alerts
    await hub.pause(); await hub.go(); await hub.set_speed(120); await hub.seek(3600.0)

The table is made at most every `table_every_s`, once for all; the odds are read in a process of their own. All is
written down as it comes: `RaceHub.restored` goes on after a kill as if nothing had happened.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.messages import HeartbeatMessage, HelloMessage
from langstrecke.live.server import FeedHub
from langstrecke.live.sources.replay import Recording, Replay, checked_speed
from langstrecke.live.sources.service_feed import ServiceFeed
from langstrecke.live.table import TimingTable, timing_table
from langstrecke.racecard import RaceCard, list_cards, load_card
from langstrecke.services.settings import Settings
from langstrecke.web.following.alerts import HubAlerts
from langstrecke.web.following.files import HubFiles, Kept
from langstrecke.web.following.models import LATEST_S, FollowAsk, HubView, Status
from langstrecke.web.following.odds import HubOdds
from langstrecke.web.following.source import Message, Opened, Relay, open_source, replay_from
from langstrecke.web.following.webhooks import Webhooks
from langstrecke.web.jobs import Jobs
from langstrecke.web.problem import problem_of

KEEP_EVERY_S = 1.0
"""Seconds between two writings of how the race stands: what a kill costs a replay (default)."""
BEAT_LOGGED_S = 10.0
"""A heartbeat is logged this often; the others say nothing that lasts (default)."""
PATIENCE_S = 20.0
"""After odds that could not be read, wait this long (default)."""


class RaceHub:
    """A race that is followed. Everything is called in the event loop's thread."""

    def __init__(self, settings: Settings, jobs: Jobs, ask: FollowAsk, folder: Path) -> None:
        self.settings = settings
        self.ask = ask
        self.state = FeedState()
        self.card: RaceCard | None = None
        self.feed: FeedHub | None = None
        """The source as a feed for others (`live.server.serve_client`)."""
        self._files = HubFiles(folder)
        self._opened: Opened | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._heard: list[Callable[[HubView], None]] = []
        self._table: TimingTable | None = None
        self._odds = HubOdds(settings, jobs, ask.race)
        self._alerts = HubAlerts()
        self._webhooks = Webhooks(settings, ask.race)
        self._note = ""
        self._failed = False
        self._version = 0
        self._kept_at = self._beat_at = 0.0
        self._encoded: dict[str, str] = {}
        self.view = self._seen()

    # --- life -------------------------------------------------------------------------------------------------------

    async def open(self, kept: Kept | None = None) -> None:
        """Open the source and begin; with `kept`, go on where the program ended. Raises what the source raises."""
        race_s = self.ask.start_s
        if kept is not None:
            self.state = await asyncio.to_thread(self._files.state)
            self._odds.restore(kept, await asyncio.to_thread(self._files.odds))
            self._alerts.restore(kept)
            race_s = max(kept.race_s, self.state.race_s if self.ask.replayed else 0.0)
        else:
            await asyncio.to_thread(self._files.clear)
        self._opened = await asyncio.to_thread(
            open_source, self.settings, self.ask, self.state, race_s, self._files.log
        )
        if kept is not None and kept.paused and isinstance(self._opened.feed, Replay):
            self._opened.feed.paused = True
        self.card = await asyncio.to_thread(self._find_card)
        self._begin()

    def _begin(self) -> None:
        assert self._opened is not None
        self.feed = FeedHub(self._opened.feed)
        self._publish()
        self._odds.begin(self.state, self.card)
        parts = (self._take_all, self._publish_all, self._read_all, self._webhooks.run)
        self._tasks = [asyncio.create_task(part()) for part in parts]

    async def close(self) -> None:
        """Stop following, and keep how it stands."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._keep()
        self._files.close()

    async def forget(self) -> None:
        """Stop following, and keep nothing."""
        await self.close()
        await asyncio.to_thread(self._files.remove)

    @classmethod
    async def restored(cls, settings: Settings, jobs: Jobs, folder: Path) -> RaceHub | None:
        """The hub a folder tells of, going on; None where it tells of none."""
        kept = HubFiles(folder).read()
        if kept is None:
            return None
        hub = cls(settings, jobs, kept.ask, folder)
        await hub.open(kept)
        return hub

    def checked_car(self, car: str) -> str:
        """A car's number, if the race has it. NotFoundError names the nearest."""
        cars = {row.car for row in self.view.table.rows} if self.view.table is not None else set(self.state.cars)
        if car not in cars:
            raise NotFoundError.nearest("car", car, sorted(cars))
        return car

    # --- steering ---------------------------------------------------------------------------------------------------

    def _replay(self) -> Replay:
        if self._opened is None or not isinstance(self._opened.feed, Replay):
            raise LangstreckeError(f"{self.ask.race} is live: only a replay can be steered")
        return self._opened.feed

    async def pause(self) -> None:
        """Stop the clock of a replay."""
        self._replay().paused = True
        self._steered()

    async def go(self) -> None:
        """Let the clock of a replay run on."""
        self._replay().paused = False
        self._steered()

    async def set_speed(self, speed: float) -> None:
        """Race seconds a second; 0 is as fast as it can."""
        self._replay().speed = checked_speed(speed)
        self.ask = self.ask.model_copy(update={"speed": speed})
        self._steered()

    async def seek(self, race_s: float) -> None:
        """Go to a race time of a replay, also an earlier one."""
        replay = self._replay()
        if not 0.0 <= race_s <= LATEST_S:
            raise LangstreckeError(f"{race_s:.0f} s is no time of a race")
        if race_s >= replay.race_s:
            replay.seek(race_s)
            self._odds.sought()
        else:
            paused = replay.paused
            await self.close()
            self.state, self._table = FeedState(), None
            self._odds.rewind(race_s)
            self._alerts.rewind(race_s)
            await asyncio.to_thread(self._files.clear, odds_after=race_s)
            assert self._opened is not None
            recording: Recording | None = self._opened.recording
            assert recording is not None
            feed = replay_from(recording, replay.speed, self.state, race_s)
            feed.paused = paused
            self._opened = Opened(feed, recording, self._opened.words)
            self._begin()
        self._steered()

    def _steered(self) -> None:
        self._keep()
        self._change()

    # --- looking ----------------------------------------------------------------------------------------------------

    def listen(self, heard: Callable[[HubView], None]) -> Callable[[], None]:
        """Call `heard(view)` at every change, in the event loop; returns what ends it."""
        self._heard.append(heard)

        def end() -> None:
            if heard in self._heard:
                self._heard.remove(heard)

        return end

    async def views(self) -> AsyncIterator[HubView]:
        """The view now and at every change. A slow reader skips some; nobody waits for it."""
        changed = asyncio.Event()
        end = self.listen(lambda _: changed.set())
        try:
            while True:
                changed.clear()
                yield self.view
                await changed.wait()
        finally:
            end()

    def encoded(self, part: str, make: Callable[[HubView], str]) -> str:
        """A part of the present view as text, made once for all viewers."""
        if part not in self._encoded:
            self._encoded[part] = make(self.view)
        return self._encoded[part]

    @property
    def status(self) -> Status:
        """How it stands."""
        if self._failed:
            return "failed"
        feed = self._opened.feed if self._opened is not None else None
        if feed is None:
            return "starting"
        if self.state.finished:
            return "over"
        if isinstance(feed, Replay):
            return "paused" if feed.paused else "running"
        if isinstance(feed, ServiceFeed):
            return "running" if feed.connected else "waiting"
        quiet = not feed.client.connected if isinstance(feed, Relay) else bool(feed.trouble)
        return "waiting" if quiet else "running"

    # --- the source's side ------------------------------------------------------------------------------------------

    async def _take_all(self) -> None:
        assert self._opened is not None
        assert self.feed is not None
        try:
            async for message in self._opened.feed.messages():
                self._take(message)
        except LangstreckeError as error:
            self._failed, self._note = True, problem_of(error).text()
        except OSError as error:
            self._failed, self._note = True, f"the log cannot be written: {error.strerror}"
        except Exception as error:
            self._failed, self._note = True, problem_of(error).text()
        self.feed.wake()
        self._publish()

    def _take(self, message: Message) -> None:
        assert self._opened is not None
        assert self.feed is not None
        hello = self.state.hello
        news = self.state.apply(message)
        if isinstance(message, HelloMessage) and hello is not None and hello.feed != message.feed:
            self._files.clear(odds_after=0.0)  # another run of messages: the old log means nothing to it
            self._odds.rewind(0.0)
        if isinstance(self._opened.feed, Relay):
            self._opened.feed.keep(message)
        if isinstance(message, HeartbeatMessage):
            now = time.monotonic()
            news = news and now - self._beat_at >= BEAT_LOGGED_S
            self._beat_at = now if news else self._beat_at
        if news:
            self._files.append(message)
        self.feed.wake()

    async def _publish_all(self) -> None:
        version = -1
        while True:
            await asyncio.sleep(self.settings.table_every_s)
            if self.state.version != version:
                version = self.state.version
                self._publish()
            if time.monotonic() - self._kept_at >= KEEP_EVERY_S:
                self._keep()

    def _publish(self) -> None:
        """Make the table, the alerts that follow from it, and tell everybody."""
        before, self._table = self._table, timing_table(self.state, self.card)
        newest = self._odds.points[-1] if self._odds.points else None
        self._webhooks.tell(self._alerts.look(before, self._table, newest))
        self._change()

    def _change(self) -> None:
        self._version += 1
        self.view = self._seen()
        self._encoded.clear()
        for heard in list(self._heard):
            try:
                heard(self.view)
            except Exception as error:  # one viewer's trouble is not the others'
                problem_of(error)

    def _seen(self) -> HubView:
        feed = self._opened.feed if self._opened is not None else None
        trouble = ""
        if isinstance(feed, Relay):
            trouble = feed.client.trouble if not feed.client.connected else ""
        elif feed is not None and not isinstance(feed, Replay):
            trouble = feed.trouble
        return HubView(
            race=self.ask.race,
            title=self.card.race.name if self.card is not None else self.ask.race,
            status=self.status,
            source=self._opened.words if self._opened is not None else "",
            replayed=isinstance(feed, Replay),
            speed=feed.speed if isinstance(feed, Replay) else 1.0,
            race_s=self.state.race_s,
            version=self._version,
            table=self._table,
            odds=self._odds.points,
            odds_note=self._odds.note,
            odds_old=self._odds.old(self.state.race_s),
            alerts=tuple(self._alerts.kept),
            note=self._note or trouble or self._webhooks.trouble,
            viewers=len(self._heard),
            wall=dt.datetime.now(dt.UTC),
        )

    def _keep(self) -> None:
        """Write down how the race stands."""
        self._kept_at = time.monotonic()
        feed = self._opened.feed if self._opened is not None else None
        kept = Kept(
            ask=self.ask,
            race_s=feed.race_s if isinstance(feed, Replay) else self.state.race_s,
            paused=isinstance(feed, Replay) and feed.paused,
            odds=self._odds.points[-1] if self._odds.points else None,
            odds_seq=self._odds.seq,
            odds_note=self._odds.note,
            alerts=tuple(self._alerts.kept),
            told=tuple(self._alerts.told),
        )
        try:
            self._files.write(kept)
        except OSError as error:
            self._note = f"how the race stands cannot be written down: {error.strerror}"

    def _find_card(self) -> RaceCard | None:
        """The shipped card of the race: by the feed's word, else by the race's name."""
        told = self._opened.recording.hello.card if self._opened and self._opened.recording else None
        heard = self.state.hello.card if self.state.hello is not None else None
        name = next((n for n in (told, heard, self.ask.race) if n is not None and n in list_cards()), None)
        return load_card(name) if name is not None else None

    # --- the odds ---------------------------------------------------------------------------------------------------

    async def _read_all(self) -> None:
        while not self._failed:
            began = time.monotonic()
            wait = self.settings.odds_every_s
            try:
                if self._odds.due(self.state) and await self._odds.read(self.state, self.card, self._files):
                    self._publish()
            except Exception as error:
                self._odds.note, wait = problem_of(error).text(), PATIENCE_S
                self._change()
            await asyncio.sleep(max(0.05, wait - (time.monotonic() - began)))
