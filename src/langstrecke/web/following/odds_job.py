"""The odds of a followed race: read in a process of their own, kept over race time, with what moved them."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import duration
from langstrecke.live.table import TimingTable
from langstrecke.racecard import grounds, list_cards, load_card
from langstrecke.services.kernel import ready
from langstrecke.services.progress import Step
from langstrecke.services.settings import Settings
from langstrecke.timing.schema import LAPS
from langstrecke.web.following.models import CarChance, Moved, OddsPoint
from langstrecke.web.following.odds_moves import happened

if TYPE_CHECKING:
    from langstrecke.forecast.result import Forecast
    from langstrecke.racecard.schema import RaceCard
    from langstrecke.ratings.pace.posterior import PacePosterior

KEPT = 400
"""Points of the odds that are kept over a race: more than a chart has pixels for (default)."""
WARM_CARD = "imsa-2022-belle-isle"
"""The smallest field and one of the shortest races shipped."""
MOVED = 0.02
"""A change of a chance below this is not worth a sentence (default)."""
TOLD = 6
"""Cars told of at one point (default)."""


def read_odds(
    settings: Settings, race: str, card: str | None, laps: pl.DataFrame, race_s: float, *, step: Step
) -> tuple[OddsPoint, str]:
    """The odds of a race under way from its laps until `race_s`, and what they rest on. A job.

    The belief of the evening before (card and pace, as `langstrecke forecast --at` has them) where the store knows
    the race, else the shipped card. The same luck every time: a change is a change of the race.
    LangstreckeError where there is neither.
    """
    from langstrecke.forecast.live import forecast_live

    played, posterior, note = belief(settings.store, race, card)
    t = min(max(race_s, 1.0), played.race.duration_s)
    result = forecast_live(
        played,
        laps,
        t,
        posterior=posterior,
        races=settings.odds_races,
        seed=settings.seed,
        progress=lambda done, total: step(done, total, "races"),
    )
    return point_of(result, race_s), note


def warm_up(*, step: Step) -> None:
    """Load what `read_odds` needs, and compile the kernel where this machine has not yet: odds of a small race after
    one lap. A job, played once when the pit wall opens, so that the first odds of a race need not wait for it.
    """
    from langstrecke.forecast.live import forecast_live

    ready(step, 1)
    card = load_card(WARM_CARD)
    rows = [
        {"race_id": card.race.id, "car": entry.car, "car_class": entry.car_class, "lap": 1, "lap_time_s": at_s,
         "elapsed_s": at_s, "in_pit": False, "flag": "green", "driver": entry.drivers[0].name}
        for place, entry in enumerate(card.entries)
        if (at_s := card.classes[entry.car_class].lap_s + place)
    ]  # fmt: skip
    laps = pl.DataFrame(rows, schema=LAPS)
    forecast_live(card, laps, 200.0, races=2, progress=lambda done, total: step(done, total))


def point_of(result: Forecast, race_s: float) -> OddsPoint:
    """A forecast as a point of the odds."""
    cars = tuple(
        CarChance(
            car=c.car,
            car_class=c.car_class,
            win=round(c.win, 4),
            podium=round(c.podium, 4),
            overall=round(c.overall_win, 4),
        )
        for c in result.cars
    )
    return OddsPoint(race_s=round(race_s, 1), races=result.simulated, cars=cars)


@lru_cache(maxsize=4)
def belief(store: Path, race: str, card: str | None) -> tuple[RaceCard, PacePosterior | None, str]:
    """Card and pace before the race, and in words where they come from. Read once in a process."""
    name = next((n for n in (card, race) if n is not None and n in list_cards()), None)
    found = _from_store(store, card or race) if name is None or load_card(name).race.knowledge != "hand" else None
    if found is not None:
        return *found, _told(found[0], "what was known before the race, and the race so far")
    if name is None:
        hint = "langstrecke card build makes one from the store"
        raise LangstreckeError(f"there is no race card of {race}, so no odds", hint=hint)
    shipped = load_card(name)
    note = "the shipped card, and the race so far; pace is not updated"
    if shipped.race.knowledge == "full":
        note = "the shipped card, which knows the whole race: these odds know too much"
    return shipped, None, _told(shipped, note)


def _told(card: RaceCard, words: str) -> str:
    """What odds rest on, and what of it is not known for sure."""
    return "; ".join((words, *grounds(card)))


def _from_store(store: Path, race: str) -> tuple[RaceCard, PacePosterior] | None:
    """What the store's earlier sessions say of the race; None where it does not know it or they say too little."""
    from langstrecke.forecast.live import belief_before
    from langstrecke.racecard.build import archive_for, build_card
    from langstrecke.store import open_store

    try:
        with open_store(store, read_only=True) as opened:
            opened.race(race)
            archive = archive_for(opened, race, "before")
            card = build_card(race, opened, archive=archive)
            return card, belief_before(race, opened, archive)
    except LangstreckeError:
        return None


def with_moves(point: OddsPoint, before: OddsPoint | None, then: TimingTable | None, now: TimingTable) -> OddsPoint:
    """The point with what moved the odds since the one before. `then` and `now` are the tables at both moments.

    No cause is named across a time nobody read odds in: much happened, and what of it counted is not known.
    """
    if before is None or (then is None and not point.apart):
        return point
    events = happened(then, now) if then is not None and not point.apart else []
    unread = duration(abs(point.race_s - before.race_s), minutes=True)
    known = {c.car: c.win for c in before.cars}
    moved = []
    for chance in point.cars:
        old = known.get(chance.car, chance.win)
        noise = 2.0 * math.sqrt(max(old * (1.0 - old), 0.0) / max(point.races, 1))
        if abs(chance.win - old) >= max(MOVED, noise):
            why = (
                _why(chance, chance.win > old, events) if not point.apart else (f"no odds read for {unread} before",)
            )
            moved.append(Moved(car=chance.car, car_class=chance.car_class, win_before=old, win=chance.win, why=why))
    moved.sort(key=lambda m: -abs(m.win - m.win_before))
    return point.model_copy(update={"moved": tuple(moved[:TOLD])})


def _why(chance: CarChance, rose: bool, events: list[tuple[str, str, str]]) -> tuple[str, ...]:
    """What may have moved a car's chance: what befell it, the field, and its rivals if that points the same way."""
    own = [text for car, _, text in events if car == chance.car]
    field = [text for car, _, text in events if not car]
    theirs = [
        text
        for car, name, text in events
        if car and car != chance.car and name == chance.car_class and _helps(text) == rose
    ]
    return tuple((own + field + theirs)[:3])


def _helps(text: str) -> bool:
    """Whether what befell a rival helps the others of its class."""
    return not text.endswith(("leads", "gains"))


def kept(points: tuple[OddsPoint, ...], point: OddsPoint, every_s: float) -> tuple[OddsPoint, ...]:
    """The history with a new point. One that lies too near its elders takes the last one's place."""
    if len(points) >= 2 and points[-1].race_s - points[-2].race_s < every_s and not point.apart:
        if points[-1].apart:
            point = point.model_copy(update={"apart": True})
        points = points[:-1]
    if len(points) >= KEPT:
        half = points[: KEPT // 2]
        left_out = {id(p) for p in half[1::2] if not p.apart}  # one that begins a line anew stays
        points = tuple(p for p in points if id(p) not in left_out)
    return (*points, point)
