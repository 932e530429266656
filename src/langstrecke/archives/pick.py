"""Which event of which season is meant: by name; where names do not tell, by which has a race, and in which year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from langstrecke.archives.archive import Archive
from langstrecke.archives.choose import is_race
from langstrecke.archives.matching import Found, circuits_of, circuits_of_event, find, fits, pick_season
from langstrecke.archives.model import Event, Offer, Season
from langstrecke.archives.providers import nls
from langstrecke.errors import NotFoundError
from langstrecke.paddock.registry import load_registry

_LOOKED_INTO = 4
"""So many events of one name are looked into for the one with a race."""


@dataclass(frozen=True)
class Meeting:
    """An event of a season, and what the archive has of the series there."""

    season: Season
    event: Event
    offer: Offer


def pick(archive: Archive, season: str, event: str) -> Meeting:
    """The event meant; an empty one is that of a series of one event. NotFoundError lists the events there are.

    A year within two seasons of two years ("2019" of 2018-19 and 2019-20) is decided by when the event was run.
    """
    wanted = event.strip() or (archive.series.event or "")
    if archive.site.kind == "nls" and (day := nls.dated(wanted)) is not None:
        chosen = pick_season(archive.provider.seasons(archive.client, archive.site), season)
        return _with_offer(archive, chosen, day)
    seasons = fits(archive.provider.seasons(archive.client, archive.site), season)
    pairs: list[tuple[Season, Event]] = []
    for one in seasons:
        pairs += [(one, found) for found in _named(archive, one, wanted, alone=len(seasons) == 1).events]
    title = f"{archive.key} {season.strip()}"
    if not pairs:
        raise NotFoundError(f"no event of {title} is called {wanted!r}", hint=f"langstrecke fetch calendar {title}")
    if len(pairs) == 1:
        return _with_offer(archive, *pairs[0])
    return _by_race(archive, pairs, wanted, title, year=season.strip() if len(seasons[0].years) > 1 else "")


def event_in_words(event: Event) -> str:
    """The event's name as whoever files it has to know it: with its circuit, where the name does not tell that.

    "GT World Challenge Round 3" at Monza and "1. ADAC Eifel-Trophy" say nothing of where they were.
    """
    circuits = load_registry().circuits
    if circuits_of(event.name, circuits):
        return event.name
    names = [circuits[key].name for key in sorted(circuits_of_event(event, circuits))]
    return " ".join([*(names if len(names) == 1 else event.places), event.name])


def _named(archive: Archive, season: Season, wanted: str, *, alone: bool) -> Found:
    """Events of a season that fit a name. NotFoundError with the list where none does, unless another is asked."""
    events = archive.provider.events(archive.client, archive.site, archive.series, season)
    title = f"{archive.key} {season.name}"
    if not events:
        raise NotFoundError(f"the archive lists no event of {title} yet", hint=archive.site.url)
    if not wanted:
        raise NotFoundError(f"which event of {title}? There are: {_listed(events)}")
    found = find(wanted, events, load_registry().circuits)
    if not found.events and alone:
        near = f"; nearest: {_listed(found.close)}" if found.close else ""
        raise NotFoundError(f"no event of {title} is called {wanted!r}{near}", hint=f"there are: {_listed(events)}")
    return found


def _by_race(
    archive: Archive, pairs: Sequence[tuple[Season, Event]], wanted: str, title: str, *, year: str
) -> Meeting:
    """The one of several events that has a race (in the year asked for, where its season spans two)."""
    meetings = [_with_offer(archive, *pair) for pair in pairs[:_LOOKED_INTO]]
    races = [meeting for meeting in meetings if any(is_race(file.session) for file in meeting.offer.files)]
    in_year = [m for m in races if any(file.session.startswith(year) for file in m.offer.files)] if year else races
    if len(in_year) == 1 and len(pairs) <= _LOOKED_INTO:
        taken = in_year[0]
        others = _listed([event for season, event in pairs if (season, event) != (taken.season, taken.event)])
        why = f"it was run in {year}" if year and len(races) > 1 else "it alone has a race"
        note = f"{wanted!r} also fits {others}: {taken.event.name} of {taken.season.name} is taken, for {why}"
        return replace(taken, offer=replace(taken.offer, notes=(note, *taken.offer.notes)))
    listed = _listed([event for _, event in pairs])
    raise NotFoundError(f"{wanted!r} fits several events of {title}: {listed}", hint="name one by its number")


def _with_offer(archive: Archive, season: Season, event: Event) -> Meeting:
    offer = archive.provider.offer(archive.client, archive.hosts, archive.series, season, event)
    return Meeting(season, event, offer)


def _listed(events: Sequence[Event]) -> str:
    return ", ".join(f"{event.order:02d} {event.name}" if event.order else event.name for event in events)
