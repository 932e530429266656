"""The ways to live services, by what kind of service it is: the one place that knows them all."""

from __future__ import annotations

from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.griiip_link import GriiipLink
from langstrecke.live.sources.imsa_scoring import ImsaLink
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.nls import NlsLink
from langstrecke.live.sources.rmonitor import RMonitorLink
from langstrecke.live.sources.service_feed import Link, ServiceFeed
from langstrecke.live.sources.services import LiveSeries, Service
from langstrecke.live.sources.swiss_timing import SwissLink


def service_feed(
    name: str,
    series: LiveSeries,
    service: Service,
    *,
    sid: str | None = None,
    ledger: Ledger | None = None,
    card: str | None = None,
    stream: bool = True,
    length_s: float | None = None,
    patient: bool = False,
) -> ServiceFeed:
    """A series at its service as a feed. LangstreckeError for a session that is none.

    `sid` names another session than the one that runs, `ledger` is what was told before, `length_s` the length of the
    race where only that is missing; `patient` waits for a race where none runs.
    """
    link: Link
    match service.kind:
        case "griiip":
            number = _number(sid) if sid is not None else None
            link = GriiipLink(name, series, service, sid=number, ledger=ledger, card=card, stream=stream)
        case "swiss":
            link = SwissLink(name, series, service, sid=sid, ledger=ledger, card=card)
        case "nls":
            link = NlsLink(name, series, service, sid=sid, ledger=ledger, card=card, length_s=length_s)
        case "imsa":
            link = ImsaLink(name, series, service, ledger=ledger, card=card, length_s=length_s)
        case "rmonitor":
            link = RMonitorLink(name, service, ledger=ledger, card=card)
    return ServiceFeed(link, first_pause_s=service.retry_s, patient=patient)


def _number(sid: str) -> int:
    if not (sid.isascii() and sid.isdigit()):
        raise LangstreckeError(
            f"{sid!r} is no session: the service counts them", key="--session", hint="such as 18130"
        )
    return int(sid)
