"""The paddock's verbs: careers, team mates, duels, calendars, rule books. All are quick."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.paddock import calendars, careers
from langstrecke.paddock.registry import load_registry
from langstrecke.rulebooks import RuleBook, for_event, list_rulebooks, load_rulebook
from langstrecke.rulebooks.describe import differences, figures
from langstrecke.services.answers import RulesAnswer, RulesDiffLine
from langstrecke.services.requests import CalendarAsk, CareerAsk, DriversAsk, RulesAsk, RulesDiffAsk
from langstrecke.services.settings import Settings


def career(settings: Settings, ask: CareerAsk) -> dict[str, Any]:
    """What a driver entered, with whom, and how it ended. NotFoundError names the nearest drivers."""
    found = careers.career(load_registry(), ask.driver, series=ask.series, since=ask.since, until=ask.until)
    return found.to_json()


def teammates(settings: Settings, ask: DriversAsk) -> list[dict[str, Any]]:
    """With whom a driver shared a car; or, with another driver, the races they shared."""
    registry = load_registry()
    if not ask.other:
        return careers.mates_json(careers.team_mates(registry, ask.driver))
    found = careers.Career(registry.driver(ask.driver), tuple(careers.together(registry, ask.driver, ask.other)))
    rows: list[dict[str, Any]] = found.to_json()["rows"]
    return rows


def versus(settings: Settings, ask: DriversAsk) -> dict[str, Any]:
    """Races in which two drivers drove different cars, and whose car came in ahead."""
    if not ask.other:
        raise LangstreckeError("against whom?", hint="give `other`")
    return careers.versus_json(load_registry(), ask.driver, ask.other)


def calendar(settings: Settings, ask: CalendarAsk) -> dict[str, Any]:
    """Where calendars clash."""
    if not ask.driver and not ask.series:
        raise LangstreckeError("whose calendar?", hint="give `driver`, `series` or both")
    found = calendars.report(load_registry(), ask.season, ask.driver, ask.series, ask.against, ask.travel_days)
    return found.to_json()


def drivers(settings: Settings, text: str, most: int = 12) -> list[str]:
    """Names of drivers of the registry that are near a text, for a field that completes."""
    from rapidfuzz import process

    names = [d.name for d in load_registry().drivers.values()]
    wanted = text.casefold().strip()
    first = sorted(n for n in names if wanted and wanted in n.casefold())[:most]
    near = [name for name, score, _ in process.extract(text, names, limit=most) if score > 70]
    return list(dict.fromkeys([*first, *near]))[:most]


def rulebook_names(settings: Settings) -> list[str]:
    """Ids of all rule books."""
    return list(list_rulebooks())


def _book(name: str, event: str) -> RuleBook:
    if name not in list_rulebooks():
        try:
            book = load_rulebook(name)  # a series alone: its newest book
        except NotFoundError:
            raise NotFoundError.nearest("rule book", name, list(list_rulebooks())) from None
    else:
        book = load_rulebook(name)
    return for_event(book, event) if event else book


def rules(settings: Settings, ask: RulesAsk) -> RulesAnswer:
    """A rule book."""
    book = _book(ask.book, ask.event)
    data = book.model_dump(mode="json", exclude={"events"} if book.event else None)
    return RulesAnswer(id=book.id, book=data, figures=[asdict(f) for f in figures(book)])


def rules_diff(settings: Settings, ask: RulesDiffAsk) -> list[RulesDiffLine]:
    """What differs between two rule books."""
    rows = differences(_book(ask.one, ask.event), _book(ask.other, ask.event))
    return [RulesDiffLine(section=s, name=n, one=a, other=b) for s, n, a, b in rows]
