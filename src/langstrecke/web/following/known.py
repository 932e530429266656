"""Which sources a pit wall follows: races of its store, its own files, series of its table of live services, and what
its command line named.

Everything else gets one and the same refusal, before anything is looked at: whoever may ask for any address or path
could find out from the answers what else is on this machine and its network.
"""

from __future__ import annotations

import os.path
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.live.sources.services import load_services
from langstrecke.services.settings import Settings
from langstrecke.web.following.models import FollowAsk

REFUSAL = "this pit wall does not know that source"
HINT = "it follows races of its store and what it was started with: langstrecke serve --feed, --watch, --allow"


class UnknownSourceError(LangstreckeError):
    """A source nobody named when the pit wall was started."""

    def __init__(self) -> None:
        super().__init__(REFUSAL, hint=HINT)


def with_sources(settings: Settings, asks: Sequence[FollowAsk]) -> Settings:
    """The settings, what `asks` name added to the sources that may be followed."""
    feeds = dict.fromkeys([*settings.feeds, *(ask.feed for ask in asks if ask.feed is not None)])
    places = [Path(place) for ask in asks for place in (ask.file, ask.folder) if place is not None]
    return replace(settings, feeds=tuple(feeds), folders=tuple(dict.fromkeys([*settings.folders, *places])))


def checked_source(settings: Settings, ask: FollowAsk) -> FollowAsk:
    """The request, if its source may be followed. UnknownSourceError otherwise, whatever is or is not there."""
    if ask.feed is not None and ask.feed not in settings.feeds:
        raise UnknownSourceError
    if ask.series is not None:
        load_services(settings.services).series_named(ask.series)
    for place in (ask.file, ask.folder):
        if place is not None and not _inside(place, (settings.work, *settings.folders)):
            raise UnknownSourceError
    return ask


def _named(place: str | Path) -> Path:
    """Where a path leads by its name alone: nothing is looked at."""
    return Path(os.path.normpath(Path(place).absolute()))


def _inside(place: str, roots: Sequence[Path]) -> bool:
    """Whether a path lies in one of the folders, both by its name and where its links lead."""
    try:
        asked = _named(place)
        near = [root for root in roots if asked.is_relative_to(_named(root))]
        return any(asked.resolve().is_relative_to(root.resolve()) for root in near)  # others are not even looked at
    except (OSError, RuntimeError, ValueError):  # a ring of links, a name no file can have
        return False
