"""Where a race under way comes from: a feed, a simulator, a track's timing or a series at its live service."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Protocol

from langstrecke.live.messages import DataMessage, HeartbeatMessage, HelloMessage
from langstrecke.services.answers.follow import SeriesAnswer
from langstrecke.services.settings import Settings

if TYPE_CHECKING:
    from langstrecke.live.feed_state import FeedState
    from langstrecke.live.message_log import MessageLog
    from langstrecke.live.sources.ledger import Ledger
    from langstrecke.live.sources.service_feed import ServiceFeed
    from langstrecke.live.sources.services import Services

Message = HelloMessage | DataMessage | HeartbeatMessage


class Told(Protocol):
    """What a race is followed from."""

    def messages(self) -> AsyncIterator[Message]:
        """Every message as it comes, until the race is over."""
        ...


def is_address(source: str) -> bool:
    """Whether it is the address of a feed, a simulator or a track's timing."""
    return source == "lmu" or source.startswith(("ws://", "wss://", "lmu://", "rmonitor://"))


def open_address(
    source: str, state: FeedState, log: MessageLog | None = None, *, card: str | None = None
) -> tuple[Told, str]:
    """What is at an address, going on from `state` and `log`, and what it is in words.

    LangstreckeError where it is none, or an extra is missing.
    """
    if source.startswith(("ws://", "wss://")):
        from langstrecke.live.sources.feed_client import FeedClient, websockets_for

        websockets_for(source)
        return FeedClient(source, state), f"feed {source}"
    if source.startswith("rmonitor://"):
        from langstrecke.live.sources.links import service_feed
        from langstrecke.live.sources.rmonitor import rmonitor_service
        from langstrecke.live.sources.services import LiveSeries

        service = rmonitor_service(source)
        ledger = _ledger(log)
        feed = service_feed("rmonitor", LiveSeries(service="rmonitor"), service, ledger=ledger, card=card)
        return feed, f"RMonitor at {service.url}"
    from langstrecke.live.sources.lmu import LmuFeed

    game = LmuFeed(source, card=card)
    return game, f"Le Mans Ultimate at {game.url}"


def open_series(
    series: str,
    services: Services,
    log: MessageLog | None = None,
    *,
    session: str | None = None,
    card: str | None = None,
    stream: bool = True,
    length_s: float | None = None,
    patient: bool = False,
) -> tuple[ServiceFeed, str]:
    """A series at its live service, going on from what the log holds, and what it is in words.

    NotFoundError lists the series there are.
    """
    from langstrecke.live.sources.links import service_feed

    name, where, service = services.series_named(series)
    feed = service_feed(
        name,
        where,
        service,
        sid=session,
        ledger=_ledger(log),
        card=card,
        stream=stream,
        length_s=length_s,
        patient=patient,
    )
    return feed, f"{name} at {service.owner} ({service.url})"


def live_series(settings: Settings) -> list[SeriesAnswer]:
    """Every series that can be followed live, and what of it runs now. Asks the services: takes seconds."""
    import asyncio

    from langstrecke.live.sources.running import running
    from langstrecke.live.sources.services import load_services

    found = asyncio.run(running(load_services(settings.services)))
    return [SeriesAnswer.model_validate(vars(one)) for one in found]


def _ledger(log: MessageLog | None) -> Ledger | None:
    from langstrecke.live.sources.ledger import restored

    return restored(log.read()) if log is not None else None
