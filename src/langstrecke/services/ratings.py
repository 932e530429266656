"""Ratings of drivers and cars: a job where sessions are to be read first."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from langstrecke.services.answers.paddock import RatingLine
from langstrecke.services.progress import Step, counted
from langstrecke.services.requests.paddock import RatingsAsk
from langstrecke.services.settings import Settings

if TYPE_CHECKING:
    from langstrecke.ratings.archive import Archive
    from langstrecke.ratings.tables import Rated


def rated_drivers(settings: Settings, ask: RatingsAsk, *, step: Step) -> list[RatingLine]:
    """Drivers by skill, cars set aside."""
    from langstrecke.ratings.rate import shared_history
    from langstrecke.ratings.tables import rated_drivers as rated

    archive = _archive(settings, step)
    found = rated(archive, shared_history("all"), series=ask.series, season=ask.year, car_class=ask.car_class)
    return [_line(one, "licence") for one in found]


def rated_cars(settings: Settings, ask: RatingsAsk, *, step: Step) -> list[RatingLine]:
    """Cars by what lasts of their pace, drivers set aside."""
    from langstrecke.ratings.rate import shared_history
    from langstrecke.ratings.tables import rated_cars as rated

    archive = _archive(settings, step)
    found = rated(archive, shared_history("all"), series=ask.series, season=ask.year, car_class=ask.car_class)
    return [_line(one, "make") for one in found]


def _archive(settings: Settings, step: Step) -> Archive:
    from langstrecke.ratings.archive import open_archive
    from langstrecke.services.store import reading

    with reading(settings) as store:
        return open_archive(store, progress=counted(step, "reading sessions"))


def _line(rated: Rated, detail: str) -> RatingLine:
    row = {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(rated).items()}
    row[detail] = row.pop("detail")
    return RatingLine.model_validate(row)
