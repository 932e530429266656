"""The paddock's verbs: careers, team mates, duels, calendars, names, rule books. All are quick."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.paddock import calendars, careers
from langstrecke.paddock.registry import load_registry
from langstrecke.services.answers.paddock import (
    CalendarAnswer,
    CareerAnswer,
    MateLine,
    MatesAnswer,
    PairLine,
    RulebookLine,
    RulesAnswer,
    RulesDiffAnswer,
    RulesDiffLine,
    TogetherAnswer,
    VersusAnswer,
    WhoLine,
)
from langstrecke.services.raced import raced
from langstrecke.services.requests.paddock import (
    CalendarAsk,
    CareerAsk,
    DriversAsk,
    EntriesAsk,
    RulesAsk,
    RulesDiffAsk,
    WhoAsk,
)
from langstrecke.services.settings import Settings

if TYPE_CHECKING:
    from langstrecke.rulebooks import RuleBook


def career_result(settings: Settings, ask: CareerAsk) -> careers.Career:
    """What a driver entered, with whom, and how it ended. NotFoundError names the nearest drivers."""
    return careers.career(raced(settings)[0], ask.driver, series=ask.series, since=ask.since, until=ask.until)


def career(settings: Settings, ask: CareerAsk) -> CareerAnswer:
    """What a driver entered, with whom, and how it ended. NotFoundError names the nearest drivers."""
    return CareerAnswer.of(career_result(settings, ask), covers=covers(settings))


def covers(settings: Settings) -> list[str]:
    """Of which series and seasons results are held, and which races of the store count: what careers rest on."""
    return list(raced(settings)[1])


def teammates(settings: Settings, ask: DriversAsk) -> MatesAnswer | TogetherAnswer:
    """With whom a driver shared a car; or, with another driver, the races they shared."""
    registry, told = raced(settings)
    if not ask.other:
        mates = careers.mates_json(careers.team_mates(registry, ask.driver))
        lines = [MateLine.model_validate(mate) for mate in mates]
        return MatesAnswer(driver=registry.driver(ask.driver).name, mates=lines, covers=list(told))
    other = registry.driver(ask.other).name
    return TogetherAnswer.of(together_result(settings, ask), other=other, covers=list(told))


def together_result(settings: Settings, ask: DriversAsk) -> careers.Career:
    """The races two drivers shared a car in."""
    registry, _ = raced(settings)
    rows = careers.together(registry, ask.driver, ask.other)
    return careers.Career(registry.driver(ask.driver), tuple(rows))


def versus(settings: Settings, ask: DriversAsk) -> VersusAnswer:
    """Races in which two drivers drove different cars, and whose car came in ahead."""
    if not ask.other:
        raise LangstreckeError("against whom?", hint="name a second driver")
    registry, told = raced(settings)
    duels = careers.versus_json(registry, ask.driver, ask.other)
    return VersusAnswer.model_validate(duels | {"covers": list(told)})


def calendar_result(settings: Settings, ask: CalendarAsk) -> calendars.Report:
    """Where calendars clash."""
    if not ask.driver and not ask.series:
        raise LangstreckeError("whose calendar?", hint="give a driver, a series or both")
    return calendars.report(raced(settings)[0], ask.season, ask.driver, ask.series, ask.against, ask.travel_days)


def calendar(settings: Settings, ask: CalendarAsk) -> CalendarAnswer:
    """Where calendars clash."""
    return CalendarAnswer.of(calendar_result(settings, ask), covers=covers(settings))


def who(settings: Settings, ask: WhoAsk) -> list[WhoLine]:
    """Which drivers a name may stand for, with a score and the reasons."""
    registry = load_registry()
    found = registry.match(ask.name, team=ask.team, year=ask.year)
    if not found:
        registry.driver(ask.name)  # says which names are near
    return [WhoLine(driver=m.driver.name, id=m.driver.id, score=m.score, reasons=list(m.reasons)) for m in found]


def entries(settings: Settings, ask: EntriesAsk) -> list[dict[str, Any]]:
    """Who entered a race, with the result; teams, cars and drivers by id and, as `..._name(s)`, by name."""
    held = load_registry()
    return [
        asdict(entry)
        | {
            "team_name": held.teams[entry.team].name if entry.team else "",
            "vehicle_name": held.vehicles[entry.vehicle].name if entry.vehicle else "",
            "driver_names": [held.drivers[d].name for d in entry.drivers],
        }
        for entry in held.entries(ask.race)
    ]


def doubtful(settings: Settings) -> list[PairLine]:
    """Names that may be one person; somebody has to decide."""
    return [PairLine.model_validate(asdict(pair)) for pair in load_registry().doubtful]


def merged(settings: Settings) -> list[PairLine]:
    """Names of different spelling that were taken for one person, with the reasons."""
    return [PairLine.model_validate(asdict(pair)) for pair in load_registry().merged]


def drivers(settings: Settings, text: str, most: int = 12) -> list[str]:
    """Names of drivers of the registry that are near a text, for a field that completes."""
    from rapidfuzz import process

    names = [d.name for d in load_registry().drivers.values()]
    wanted = text.casefold().strip()
    first = sorted(n for n in names if wanted and wanted in n.casefold())[:most]
    near = [name for name, score, _ in process.extract(text, names, limit=most) if score > 70]
    return list(dict.fromkeys([*first, *near]))[:most]


def rulebooks(settings: Settings) -> list[RulebookLine]:
    """All rule books, a line each, read but not judged."""
    from langstrecke.rulebooks.load import list_rulebooks, outline, own_rulebooks

    own = own_rulebooks()
    lines = []
    for name in list_rulebooks():
        book = outline(name)
        lines.append(
            RulebookLine(
                id=name,
                series=book.get("series_name", ""),
                season=str(book.get("season", "")),
                classes=[c["name"] for c in book.get("classes", [])],
                scope=book.get("scope", "full"),
                own=name in own,
            )
        )
    return lines


def rules_result(settings: Settings, ask: RulesAsk) -> RuleBook:
    """A rule book, as it holds at an event where one is named. NotFoundError names the nearest."""
    return book(ask.book, ask.season, ask.event)


def rules(settings: Settings, ask: RulesAsk) -> RulesAnswer:
    """A rule book."""
    from langstrecke.rulebooks.describe import figures

    found = rules_result(settings, ask)
    data = found.model_dump(mode="json", exclude={"events"} if found.event else None)
    return RulesAnswer(id=found.id, book=data, figures=[asdict(f) for f in figures(found)])


def rules_diff(settings: Settings, ask: RulesDiffAsk) -> RulesDiffAnswer:
    """What differs between two rule books."""
    from langstrecke.rulebooks.describe import differences

    one, other = book(ask.one, "", ask.event), book(ask.other, "", ask.event)
    lines = [RulesDiffLine(section=s, name=n, one=a, other=b) for s, n, a, b in differences(one, other)]
    return RulesDiffAnswer(one=one.id, other=other.id, lines=lines)


def book(name: str, season: str, event: str) -> RuleBook:
    """The rule book of a request; a path only ever comes from the machine's own shell (`requests.common`)."""
    from langstrecke.rulebooks import load_rulebook, read_rulebook

    if name.endswith(".toml") or "/" in name or "\\" in name:
        if season:
            raise LangstreckeError("a file is of one season", hint="leave the season out")
        found = read_rulebook(name)
    else:
        found = load_rulebook("-".join(filter(None, (_series(name), season))))
    return _at_event(found, event) if event else found


def _series(name: str) -> str:
    """The id behind a series' full name (`24 Hours of Le Mans`); anything else as it stands."""
    try:
        return load_registry().series_named(name).rulebook or name
    except NotFoundError:
        return name


def _at_event(found: RuleBook, event: str) -> RuleBook:
    """The book as it holds at an event; NotFoundError for one that neither book nor calendar knows."""
    from langstrecke.rulebooks import for_event

    fitted = for_event(found, event)
    if fitted.event in found.events:
        return fitted
    races = [e for e in load_registry().events.values() if e.series == found.series and e.season == found.season]
    known = {e.circuit for e in races} | {e.id.removeprefix(f"{found.series}-{found.season}-") for e in races}
    if races and fitted.event not in known:
        raise NotFoundError.nearest(f"event of {found.id}", event, sorted(known | set(found.events)))
    return fitted
