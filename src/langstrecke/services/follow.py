"""Following a race: from a recording, a feed or a live service to its timing table, kept as a recording if asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError
from langstrecke.live.feed_state import FeedState
from langstrecke.live.message_log import MessageLog
from langstrecke.live.table import TimingTable, timing_table
from langstrecke.services.answers.follow import FollowAnswer
from langstrecke.services.live_source import Message, Told
from langstrecke.services.requests.follow import FollowRaceAsk

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard


LOOK_EVERY_S = 1.0
"""Seconds between two looks at a silent source (default)."""


@dataclass
class Following:
    """A race that is being followed."""

    source: Told
    words: str
    state: FeedState
    card: RaceCard | None = None
    log: MessageLog | None = None
    record: Path | None = None

    @property
    def trouble(self) -> str:
        """What is wrong with the source, in words."""
        return str(getattr(self.source, "trouble", ""))

    def table(self) -> TimingTable:
        """The timing table now."""
        return timing_table(self.state, self.card)

    async def run(self, heard: Callable[[Message], None] = lambda message: None) -> None:
        """Take in every message until the race is over."""
        async for message in self.source.messages():
            self.state.apply(message)
            if self.log is not None:
                self.log.append(message)
            heard(message)

    def keep(self) -> str | None:
        """Write the recording, where one is asked for and there is a lap; the file."""
        if self.record is None or not self.state.cars:
            return None
        from langstrecke.live.sources.timing71_write import write_timing71

        start = self.state.wall_start
        write_timing71(self.state, self.record, start=time.time() - self.state.race_s if start is None else start)
        return str(self.record)


def open_race(ask: FollowRaceAsk) -> Following:
    """The race asked for, ready to be followed.

    LangstreckeError where the source is no file, feed or known series; CardError and NotFoundError for the card.
    """
    card = None
    if ask.card is not None:
        from langstrecke.racecard import load_card

        card = load_card(ask.card)
    record = _recorded(ask)
    state, log = FeedState(), None
    if record is not None:
        log = MessageLog(record.with_name(f"{record.name}.messages.jsonl"))
        for message in log.read():
            state.apply(message)
    try:
        source, words = _source(ask, state, log, card)
    except BaseException:
        if log is not None:
            log.close()
        raise
    return Following(source, words, state, card, log, record)


def follow_race(
    ask: FollowRaceAsk,
    *,
    heard: Callable[[Following, Message], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
) -> FollowAnswer:
    """Follow a race until it is over or interrupted: the answer is of that moment, the recording written.

    `told` hears what is wrong with the source, before its first message too, and that it answers again.
    """
    following = open_race(ask)
    trouble = ""

    def look() -> None:
        nonlocal trouble
        if following.trouble != trouble:
            trouble = following.trouble
            told(trouble or "the source answers again")

    def hear(message: Message) -> None:
        look()
        if heard is not None:
            heard(following, message)

    async def run() -> None:
        async def watch() -> None:
            while True:
                look()
                await asyncio.sleep(LOOK_EVERY_S)

        watching = asyncio.create_task(watch())
        try:
            await following.run(hear)
        finally:
            watching.cancel()

    with following.log or nullcontext():
        try:
            asyncio.run(run())
        except KeyboardInterrupt:
            if not following.state.cars:
                raise
        return answer_of(following, following.keep())


def answer_of(following: Following, recording: str | None = None) -> FollowAnswer:
    """A followed race as it stands."""
    state, table = following.state, following.table()
    laps = {car: log.rows for car, log in state.cars.items()}
    return FollowAnswer(
        race=table.race_id,
        source=following.words,
        race_s=table.race_s,
        duration_s=table.duration_s,
        flag=table.flag,
        finished=table.finished,
        cars=len(table.rows),
        laps=sum(map(len, laps.values())),
        laps_missing=sum(map(len, state.holes().values())),
        laps_estimated=sum(state.estimated(car, row.lap) for car, rows in laps.items() for row in rows),
        flag_changes=len(state.flags),
        uncertain=sum(row.uncertain for row in table.rows),
        weather=_plain(state.weather),
        control=[{"race_s": message.race_s, "text": message.text} for message in state.controls],
        untold=state.hello.untold if state.hello is not None else (),
        trouble=following.trouble,
        recording=recording,
        table=table.to_json()["rows"],
    )


def _plain(weather: object) -> dict[str, object] | None:
    if weather is None:
        return None
    return {name: value for name, value in vars(weather).items() if value is not None and name not in ("kind", "seq")}


def _recorded(ask: FollowRaceAsk) -> Path | None:
    if ask.record is None:
        return None
    place = Path(ask.record)
    if place.suffix.lower() != ".zip":
        raise LangstreckeError("a recording is a .zip", file=place, key="--record")
    if place.exists() and not place.with_name(f"{place.name}.messages.jsonl").exists():
        raise LangstreckeError("there is such a file already", file=place, key="--record", hint="choose another name")
    return place


def _source(ask: FollowRaceAsk, state: FeedState, log: MessageLog | None, card: RaceCard | None) -> tuple[Told, str]:
    from langstrecke.services.live_source import is_address, open_address, open_series

    if is_address(ask.source):
        return open_address(ask.source, state, log, card=ask.card)
    place = Path(ask.source)
    if place.suffix or place.exists():
        from langstrecke.live.sources.recordings import record_file
        from langstrecke.live.sources.replay import Replay

        if place.is_dir():
            raise LangstreckeError("is a folder, not a recording", file=place)
        recording = record_file(place)
        words = f"recording {place.name}" if place.suffix.lower() == ".zip" else f"laps of {place.name}"
        return Replay(recording, speed=ask.speed or 0.0), words
    from langstrecke.live.sources.services import load_services

    return open_series(
        ask.source,
        load_services(ask.services),
        log,
        session=ask.session,
        card=ask.card,
        stream=ask.stream,
        length_s=card.race.duration_s if card is not None else None,
    )
