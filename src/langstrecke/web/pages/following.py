"""Which race a viewer looks at: following one, leaving it, and the desk it shares with the other viewers."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from langstrecke.errors import LangstreckeError
from langstrecke.web.following.models import FollowAsk
from langstrecke.web.pages.desk import Desk, Desks
from langstrecke.web.problem import problem_of

if TYPE_CHECKING:
    from langstrecke.web.pages.viewer import Viewer
    from langstrecke.web.pitwall import Pitwall

SPEEDS = (1, 2, 5, 10, 30, 60, 120, 300, 600)

_desks: dict[int, Desks] = {}


def desks_of(pitwall: Pitwall) -> Desks:
    """The desks of a pit wall."""
    return _desks.setdefault(id(pitwall), Desks())


def desk_of(pitwall: Pitwall, viewer: Viewer) -> Desk | None:
    """The desk of the race a viewer looks at: the one chosen, else any that is followed; None where none is."""
    hubs = {hub.ask.race: hub for hub in pitwall.hubs.all()}
    if viewer.race not in hubs:
        viewer.race = next(iter(hubs), "")
    if not viewer.race:
        desks_of(pitwall).leave(viewer)
        return None
    desk = desks_of(pitwall).of(hubs[viewer.race])
    if viewer not in desk.viewers:
        desks_of(pitwall).leave(viewer)
        desk.viewers.add(viewer)
    return desk


async def follow_race(pitwall: Pitwall, viewer: Viewer, **ask: Any) -> None:
    """Follow a race, from the beginning unless it is followed already, and look at it.

    LangstreckeError where that cannot be.
    """
    try:
        wanted = FollowAsk(**ask)
    except ValidationError as error:
        told = problem_of(error)
        raise LangstreckeError(told.what, key=told.where) from None
    if all(hub.ask.race != wanted.race for hub in pitwall.hubs.all()):
        await pitwall.hubs.follow(wanted)
    look_at(viewer, wanted.race)


def look_at(viewer: Viewer, race: str) -> None:
    """Show another of the followed races."""
    viewer.race, viewer.car_class, viewer.car = race, "", ""
    viewer.hear("race", race)


async def stop_race(pitwall: Pitwall, viewer: Viewer, race: str) -> None:
    """Follow a race no longer."""
    with contextlib.suppress(LangstreckeError):  # somebody else stopped it
        await pitwall.hubs.stop(race)
    desks_of(pitwall).drop(race)
    viewer.race = ""
    viewer.hear("race", "")
