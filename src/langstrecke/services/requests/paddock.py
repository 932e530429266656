"""What the paddock's verbs take."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.requests.common import Ask, Book, RaceId


class CareerAsk(Ask):
    """What a driver entered."""

    driver: str = Field(min_length=1, max_length=80, description="Name or id: 'Jan Magnussen'")
    series: str = Field("", max_length=40, description="Only this series, for example le-mans")
    since: int | None = Field(None, description="First year")
    until: int | None = Field(None, description="Last year")


class DriversAsk(Ask):
    """A driver, and another."""

    driver: str = Field(min_length=1, max_length=80, description="A driver")
    other: str = Field("", max_length=80, description="Another")


class CalendarAsk(Ask):
    """Where calendars clash."""

    season: int = Field(ge=1900, le=2200, description="Calendar year")
    driver: str = Field("", max_length=80, description="What keeps this driver busy")
    series: list[str] = Field([], max_length=12, description="A series; may be repeated")
    against: list[str] = Field([], max_length=12, description="Which races of this series are free; may be repeated")
    travel_days: int = Field(1, ge=0, le=14, description="Free days needed between two meetings")


class WhoAsk(Ask):
    """A name as some file writes it."""

    name: str = Field(max_length=80, description="A name as some file writes it: 'J. MAGNUSSEN'")
    team: str = Field("", max_length=80, description="The team it stands beside")
    year: int | None = Field(None, description="The year")


class EntriesAsk(Ask):
    """A race of the registry."""

    race: RaceId = Field(description="A race: le-mans-2019")


class RatingsAsk(Ask):
    """Whose ratings."""

    series: str | None = Field(None, max_length=40, description="Only this series: imsa, wec, le-mans")
    year: int | None = Field(None, ge=1900, le=2200, description="Only this season; ratings are those at its end")
    car_class: str | None = Field(None, max_length=40, description="Only this class")


class RulesAsk(Ask):
    """A rule book."""

    book: Book
    season: str = Field("", max_length=12, description="Season of the series; the newest without it")
    event: str = Field("", max_length=60, description="As it holds at this event (sebring)")


class RulesDiffAsk(Ask):
    """Two rule books."""

    one: Book
    other: Book
    event: str = Field("", max_length=60)
