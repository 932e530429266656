"""Championship tables of real seasons: results of the registry scored by the rule books, round by round."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.forecast.season.points import (
    I16,
    LAST,
    RoundPoints,
    Scorer,
    pole_places,
    pole_scale,
    score,
    team_of,
)
from langstrecke.paddock.model import Entry, Event
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.paddock.season_lists import season_entries
from langstrecke.rulebooks import known_series, rulebook_for
from langstrecke.rulebooks.load import SERIES_ALIASES, seasons_of
from langstrecke.rulebooks.points import OVERALL, Kind, Title
from langstrecke.rulebooks.schema import RuleBook, plain

KINDS: tuple[Kind, ...] = ("drivers", "teams", "makes")
LEAST_FIELD = 10
"""A list of fewer cars is no field: pages named the first few."""


@dataclass(frozen=True)
class Round:
    """A race of the season with the rules it is scored by."""

    number: int
    event: Event
    book: RuleBook

    series: str
    season: str
    """The championship: not the race's own where that counts for another (Le Mans for the WEC)."""

    @property
    def id(self) -> str:
        """The race id."""
        return self.event.id


@dataclass(frozen=True)
class Line:
    """A line of a table."""

    position: int
    key: str
    name: str
    points: float
    rounds: int


Tally = dict[tuple[str, str], dict[str, list[tuple[int, float]]]]
"""(title, class) -> key of driver, team or make -> [(round, points)]; the title is a kind or `endurance kind`."""


def season_parts(text: str) -> tuple[str, str]:
    """`imsa-2021` -> ("imsa", "2021"), `wec-2018-19` -> ("wec", "2018-19"); unchecked."""
    series, _, season = text.rpartition("-")
    if len(season) == 2 and series[-5:-4] == "-":
        series, season = series[:-5], f"{series[-4:]}-{season}"
    return series, season


def season_id(text: str) -> tuple[str, str]:
    """Series and season of `imsa-2021`. NotFoundError names the nearest series or seasons."""
    series, season = season_parts(text.strip())
    series = SERIES_ALIASES.get(series, series)
    registry = load_registry()
    known = sorted(f"{s}-{y}" for s in known_series() for y in seasons_of(s) if y in registry.seasons(s))
    if not season[:4].isdigit() or series not in known_series():
        raise NotFoundError.nearest("season", text, known, hint="a series and a year: imsa-2021")
    if f"{series}-{season}" not in known:
        own = [s for s in known if season_parts(s)[0] == series]
        hint = f"known: {', '.join(own)}" if own else f"{series} has rule books here and no calendar"
        if season in seasons_of(series):
            told = (
                f"there is a rule book of {series} {season}, but no calendar of it is held: its rounds are not known"
            )
            raise NotFoundError(told, hint=hint)
        raise NotFoundError.nearest("season", text, known, hint=hint)
    return series, season


def rounds_of(series: str, season: str) -> tuple[Round, ...]:
    """The rounds of a season in order of time. A race that only sets a grid comes before the round it is for."""
    registry = load_registry()
    out = []
    number = 0
    for event in registry.calendar(series, season):
        book = rulebook_for(series, season, event.circuit if event.series == series else event.series)
        if event.series == series:
            book = rulebook_for(series, season, event.id)
        else:
            book = _of_championship(book, rulebook_for(series, season))
        grid_only = event.id.endswith("qualifying-race")
        number += not grid_only
        out.append(Round(0 if grid_only else number, event, book, series, season))
    if not out:
        raise LangstreckeError(f"the registry has no races of {series} {season}")
    return tuple(out)


def _of_championship(book: RuleBook, championship: RuleBook) -> RuleBook:
    """A race with a book of its own, as its championship scores it: the scales are the race's, the titles are not."""
    mine = championship.points
    known = {c.name for c in book.classes}
    keys = ("scored_by", "champions", "titles", "eligible", "guests", "teams_score", "partial")
    fitting = all(set(title.classes) <= known for title in mine.titles)
    update = {key: getattr(mine, key) for key in keys if key != "titles" or fitting}
    return book.model_copy(update={"points": book.points.model_copy(update=update)})


@cache
def fact_table(name: str) -> tuple[dict[str, str], ...]:
    """A table of `forecast/season/data`."""
    text = (files("langstrecke.forecast.season") / "data" / f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def scorers(registry: Registry, entries: Iterable[Entry], guests: frozenset[str] = frozenset()) -> list[Scorer]:
    """The cars of a class as points see them."""
    return [
        Scorer(
            e.car,
            e.team,
            registry.vehicles[e.vehicle].make if e.vehicle in registry.vehicles else "",
            e.drivers,
            e.car in guests,
        )
        for e in entries
    ]


@cache
def full_season(series: str, season: str) -> frozenset[str] | None:
    """Cars entered for the whole season, where the rules ask: those in half of the championship's own races or more,
    and those in each of its first two (a team that gave up later was entered all the same).

    A race of another series that counts (Le Mans) says nothing: half its field is there for it alone. The season's
    entry list tells before its races do. None (nobody is left out) where fewer than two lists of entries are known.
    """
    registry = load_registry()
    announced = season_entries(series, season)
    if announced:
        return frozenset(e.car for e in announced)
    lists = [
        {e.car for e in entries}
        for event in registry.calendar(series, season)
        if event.series == series and (entries := registry.entries(event.id))
    ]
    most = max(map(len, lists), default=0)
    lists = [cars for cars in lists if 2 * len(cars) >= most]  # of a race known by its first few nothing follows
    if len(lists) < 2:
        return None
    cars = set().union(*lists)
    begun = lists[0] & lists[1]
    return frozenset(car for car in cars if car in begun or 2 * sum(car in one for one in lists) >= len(lists))


def real_round(registry: Registry, rnd: Round) -> Iterator[tuple[str, Title, RoundPoints]]:
    """(cup, title, points) of a race that was run, as far as its places are known."""
    rules = rnd.book.points
    crews = _race_crews(registry, rnd)
    regular = full_season(rnd.series, rnd.season)
    invited = not classes_unknown(registry, rnd)  # a car of no class of the book runs out of the points
    started = [
        replace(e, drivers=crews.get((e.car, e.car_class), e.drivers))
        for e in registry.entries(rnd.id)
        if e.started and (not invited or class_known(rnd.book, e.car_class))
    ]
    for title in rnd.book.titles():
        entries = [e for e in started if in_title(rnd.book, title, e.car_class)]
        if not entries:
            continue
        cars, scores_here = scorers(registry, entries), scores_in(rnd.book, title)
        if (scored := rnd.book.points_scale()) and scores_here:
            places = _places([_place(rnd.book, e, title) for e in entries])
            yield "", title, score(scored, places, cars, rnd.book, full_season=regular, title=title)
        if rules.qualifying and scores_here and (grid := _facts("qualifying", rnd.id, title.table)):
            order = _places([grid.get(c.car) for c in cars])
            yield "", title, score(rules.scales[rules.qualifying], order, cars, rnd.book, title=title)
        if rules.pole and title.pole and scores_here and (pole := pole_of(rnd.id, title)):
            order = pole_places(_places([1 if c.car == pole else None for c in cars]))
            yield "", title, score(pole_scale(rules.pole), order, cars, rnd.book, full_season=regular, title=title)
        for mark in rules.intermediate:
            if mark.at_s >= rnd.book.race.duration_s:
                found = {e.car: e.position if title.table == OVERALL else e.class_position for e in entries}
            else:
                found = dict(_facts("segments", rnd.id, title.table, int(mark.at_s)))
                told = _facts("segments_extra", rnd.id, title.table, int(mark.at_s))
                if told:  # pages name the first few of a class; the others are level behind them
                    found = {e.car: told.get(e.car, len(told) + 1) for e in entries}
            if found:
                order = _places([found.get(c.car) for c in cars])
                yield mark.cup, title, score(rules.scales[mark.scale], order, cars, rnd.book, title=title)


def _race_crews(registry: Registry, rnd: Round) -> dict[tuple[str, str], tuple[str, ...]]:
    """A race that sets the grid scores for the whole crew of the race it is for (both champions of GTLM 2021)."""
    race = rnd.id.removesuffix("-qualifying-race")
    if race == rnd.id:
        return {}
    return {(e.car, e.car_class): e.drivers for e in registry.entries(race)}


def pole_of(event: str, title: Title) -> str:
    """The car that was on pole among those of a title: the row of its name, else that of its fastest class.

    Empty where nobody says.
    """
    # what pages tell comes before what was read off grids: a place lost on the grid does not cost the point
    rows = [r for name in ("poles_extra", "poles") for r in fact_table(name) if r["event"] == event]
    for name in (title.table, *title.classes[:1]):
        for row in rows:
            if plain(row["class"]) == plain(name):
                return row["car"]
    return ""


def pole_known(event: str) -> bool:
    """Whether the points for the pole of a race are known."""
    return any(row["event"] == event for name in ("poles", "poles_extra", "bonus") for row in fact_table(name))


def incomplete(registry: Registry, rnd: Round) -> bool:
    """Whether the registry lacks cars that started a race, or their places."""
    entries = [e for e in registry.entries(rnd.id) if e.started]
    places = sorted(e.position for e in entries if e.position)
    return (
        len(entries) < LEAST_FIELD
        or places != list(range(1, len(places) + 1))
        or any(e.status == "unknown" or (e.status == "classified" and not e.position) for e in entries)
    )


def car_names(registry: Registry, rounds: Iterable[Round]) -> dict[str, str]:
    """`team:31` -> `#31 Whelen Engineering Racing`, for series whose teams' title is one of cars."""
    return {
        f"team:{e.car}": f"#{e.car} {registry.teams[e.team].name}"
        for rnd in rounds
        if rnd.book.points.teams_score == "each_car"
        for e in registry.entries(rnd.id)
        if e.team in registry.teams
    }


def class_known(book: RuleBook, car_class: str) -> bool:
    """Whether a class is one of the rule book's."""
    try:
        book.class_named(car_class)
    except KeyError:
        return False
    return True


def classes_unknown(registry: Registry, rnd: Round) -> bool:
    """Whether the registry does not tell the classes of a race: most of its cars stand there as GT3."""
    started = [e for e in registry.entries(rnd.id) if e.started]
    return 2 * sum(not class_known(rnd.book, e.car_class) for e in started) > len(started)


def in_title(book: RuleBook, title: Title, car_class: str) -> bool:
    """Whether cars of a class are ranked in a title; those of a class the book does not know: overall only."""
    if not title.classes:
        return True
    return class_known(book, car_class) and book.class_named(car_class).name in title.classes


def scores_in(book: RuleBook, title: Title) -> bool:
    """Whether a race counts for a title beyond its marks: not where none of its classes scores there."""
    out = book.points.classes_excluded
    return not title.classes or any(name not in out for name in title.classes)


def _place(book: RuleBook, entry: Entry, title: Title) -> int | None:
    if entry.status in ("disqualified", "not_classified", "dnf") and book.series != "imsa":
        return None
    return entry.class_position if len(title.classes) == 1 else entry.position


def _places(found: Iterable[int | None]) -> I16:
    return np.array([[LAST if place is None else place for place in found]], np.int16)


def _adjusted(registry: Registry, rnd: Round) -> Iterator[tuple[str, str, str, float]]:
    """Points given or taken by the stewards, and IndyCar's for pole and laps led: (title, class, key, points)."""
    for row in fact_table("bonus"):
        if row["event"] == rnd.id:
            yield "drivers", OVERALL, row["driver"], float(row["points"])
    for row in fact_table("adjustments"):
        if row["event"] != rnd.id:
            continue
        entry = next(e for e in registry.entries(rnd.id) if e.car == row["car"])
        keys = entry.drivers if row["title"].endswith("drivers") else (team_of(rnd.book, entry.car, entry.team),)
        for key in keys:
            yield row["title"], row["class"], key, float(row["points"])


def _facts(table: str, event: str, car_class: str, at_s: int | None = None) -> dict[str, int]:
    rows = fact_table(table)
    if table == "qualifying":  # what pages tell of sessions without a file, or decided later
        extra = tuple(r for r in fact_table("qualifying_extra") if r["event"] == event and r["class"] == car_class)
        rows = extra or rows
    found = {
        row["car"]: int(row["position"])
        for row in rows
        if row["event"] == event
        and plain(row["class"]) == plain(car_class)
        and (at_s is None or int(row["at_s"]) == at_s)
    }
    return _without_the_lost(found, event) if table == "qualifying" else found


def _without_the_lost(order: dict[str, int], event: str) -> dict[str, int]:
    """A car whose times are disallowed scores nothing, and those behind it move up."""
    lost = {row["car"] for row in fact_table("qualifying_lost") if row["event"] == event}
    kept = [car for car in sorted(order, key=lambda car: order[car]) if car not in lost]
    return {car: place for place, car in enumerate(kept, start=1)} if lost & set(order) else order


def tally(series: str, season: str, after: int | None = None) -> Tally:
    """Points of every scorer round by round up to round `after` (0: none, the default: all that were run)."""
    registry = load_registry()
    found: Tally = defaultdict(lambda: defaultdict(list))
    for rnd in rounds_of(series, season):
        if after is not None and rnd.number > after:
            continue
        sums: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for cup, won, points in real_round(registry, rnd):
            for kind in won.kinds:
                names, values = getattr(points, kind)
                for name, value in zip(names, values[0], strict=True):
                    sums[(f"{cup} {kind}".strip(), won.table)][name] += float(value)
        for title, car_class, name, value in _adjusted(registry, rnd):
            sums[(title, car_class)][name] += value
        for key, by_name in sums.items():
            for name, value in by_name.items():
                found[key][name].append((rnd.number, value))
    return found


def total(points: list[tuple[int, float]], best: int | None = None) -> float:
    """Sum of a season: of the `best` rounds where the rules let the worst go."""
    by_round: dict[int, float] = defaultdict(float)
    for number, value in points:
        by_round[number] += value
    return sum(sorted(by_round.values(), reverse=True)[:best])


def counting(rounds: Iterable[Round]) -> int | None:
    """How many results of a season count; None where all do."""
    real = [r for r in rounds if r.number > 0]
    dropped = max(r.book.points.dropped for r in real)
    return len(real) - dropped if dropped else None


def table(found: Tally, title: str, car_class: str, best: int | None = None) -> list[Line]:
    """The table of one title, best first."""
    registry = load_registry()
    rows = [
        (total(points, best), -len({n for n, v in points if v}), key)
        for key, points in found.get((title, car_class), {}).items()
    ]
    rows.sort(key=lambda r: (-r[0], r[1], r[2]))
    out: list[Line] = []
    for n, (points, less_rounds, key) in enumerate(rows, start=1):
        place = out[-1].position if out and out[-1].points == points else n
        out.append(Line(place, key, title_name(registry, title, key), points, -less_rounds))
    return out


def title_name(registry: Registry, title: str, key: str) -> str:
    """What people call a driver, team or make."""
    if title.endswith("drivers"):
        return registry.drivers[key].name if key in registry.drivers else key
    if title.endswith("makes"):
        return registry.makes[key].name if key in registry.makes else key
    return registry.teams[key].name if key in registry.teams else f"#{key}"
