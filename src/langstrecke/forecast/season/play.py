"""Playing what is left of a season, many times: from paces and luck to points.

A season is drawn in blocks of `BLOCK`. Every draw belongs to a name (a car, a driver) and a block, so the result is
the same for any number of threads, and a what-if meets the same luck wherever it changes nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import NotFoundError
from langstrecke.forecast.season.points import (
    I16,
    LAST,
    RoundPoints,
    Scorer,
    eligible_places,
    pole_places,
    pole_scale,
    race_share,
    score,
    team_of,
)
from langstrecke.forecast.season.rounds import Plan
from langstrecke.forecast.season.standings import Round, class_known, full_season, in_title, scores_in
from langstrecke.paddock.matching import fold
from langstrecke.paddock.model import Entry
from langstrecke.paddock.registry import Registry
from langstrecke.ratings.pace.priors import load_pace_priors
from langstrecke.rulebooks.points import Title
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import GRID_GAP_S, compile_race, expected_laps
from langstrecke.simulation.kernel.params import MAX_DRIVERS, Params
from langstrecke.simulation.places import Places, places
from langstrecke.timing.car_classes import group_of

F64 = NDArray[np.float64]
BLOCK = 200
"""Seasons drawn together."""

MAKE_ALIASES = {"corvette": "chevrolet", "mercedes": "mercedes-benz", "mercedes-amg": "mercedes-benz"}
"""Makes that files call by a model or a branch."""

Key = tuple[str, str]
Scores = dict[Key, tuple[tuple[str, ...], F64]]
"""(title, class) -> names and points [seasons, names, rounds]; one column for all where every round counts."""


@dataclass(frozen=True)
class Stage:
    """A round ready to be played."""

    plan: Plan
    params: Params
    marks: tuple[float, ...]
    rows: int
    scorers: tuple[Scorer, ...]
    titles: tuple[tuple[Title, tuple[int, ...]], ...]
    """What is won, and the cars ranked for it."""
    quali_sd: F64
    """Spread of a qualifying lap, seconds, [n]."""
    regular: frozenset[str] | None
    """Cars entered for the whole season; None where nothing depends on it or nothing is known."""


class Qualified(NamedTuple):
    """Qualifying orders [seasons, cars], 1 is first."""

    in_class: I16
    overall: I16


def stage(plan: Plan, registry: Registry, names: dict[str, str]) -> Stage:
    """Compile a round. `names` collects driver key -> name."""
    book, card = plan.round.book, plan.card
    params = compile_race(card, book)
    priors = load_pace_priors("all")
    noise = float(np.hypot(priors.one_lap, priors.qualifying_cell))
    entered = _entered(registry, plan.round)
    rows = []
    spread = np.zeros(len(card.entries))
    for i, entry in enumerate(card.entries):
        keys = []
        for driver in entry.drivers:
            key = driver_key(registry, driver.name)
            names.setdefault(key, registry.drivers[key].name if key in registry.drivers else driver.name)
            keys.append(key)
        known = entered.get((entry.car, entry.car_class))
        team, called = team_key(registry, entry.team, entry.car), entry.team
        if known is not None and known.team in registry.teams:
            team, called = known.team, registry.teams[known.team].name
        team = team_of(book, entry.car, team)
        names.setdefault(f"team:{team}", _team_name(book, entry.car, called, team))
        make = make_key(registry, entry.vehicle, entry.make)
        if known is not None and known.vehicle in registry.vehicles and registry.vehicles[known.vehicle].make:
            make = registry.vehicles[known.vehicle].make
        names.setdefault(make, registry.makes[make].name if make in registry.makes else entry.make or make)
        rows.append(Scorer(entry.car, team, make, tuple(keys), entry.guest))
        spread[i] = card.classes[entry.car_class].lap_s * noise * priors.scale.get(group_of(entry.car_class), 1.0)
    marks = tuple(m.at_s for m in book.points.intermediate if m.at_s < card.race.duration_s)
    return Stage(
        plan,
        params,
        marks,
        expected_laps(card),
        tuple(rows),
        _titles(book, [e.car_class for e in card.entries]),
        spread,
        full_season(plan.round.series, plan.round.season)
        if plan.round.book.points.eligible == "full_season"
        else None,
    )


def _titles(book: RuleBook, classes: list[str]) -> tuple[tuple[Title, tuple[int, ...]], ...]:
    """Titles that this round counts for, each with the cars ranked for it; those without a car are left out."""
    counting = [t for t in book.titles() if scores_in(book, t) or book.points.intermediate]
    ranked = [(t, tuple(i for i, name in enumerate(classes) if in_title(book, t, name))) for t in counting]
    return tuple((title, cars) for title, cars in ranked if cars)


def _entered(registry: Registry, rnd: Round) -> dict[tuple[str, str], Entry]:
    """The registry's entries of a round by car and class: teams and makes go by the names of the rounds run."""
    if rnd.id not in registry.events:
        return {}
    entries = [e for e in registry.entries(rnd.id) if class_known(rnd.book, e.car_class)]
    return {(e.car, rnd.book.class_named(e.car_class).name): e for e in entries}


def _team_name(book: RuleBook, car: str, name: str, key: str) -> str:
    if book.points.teams_score == "each_car":
        return f"#{car} {name}"
    return key if name.startswith("Unknown") else name


def driver_key(registry: Registry, name: str) -> str:
    """The registry's id of a driver, else a key made of the name."""
    if name.startswith("Unknown"):
        return name
    try:
        return registry.driver(name).id
    except NotFoundError:
        return fold(name).replace(" ", "-")


def team_key(registry: Registry, name: str, car: str) -> str:
    """The registry's id of a team; entrants nobody knows are one each."""
    if name.startswith("Unknown"):
        return f"{name} #{car}"
    known = registry.known_team(name)
    return known.id if known is not None else fold(name).replace(" ", "-")


def make_key(registry: Registry, vehicle: str, make: str) -> str:
    """Id of a make: the registry's for the vehicle, else made of the name."""
    key = fold(vehicle).replace(" ", "-")
    if key in registry.vehicles and registry.vehicles[key].make:
        return registry.vehicles[key].make
    name = fold(make or vehicle.split(" ")[0]).replace(" ", "-")
    return MAKE_ALIASES.get(name, name)


def play_block(stages: list[Stage], seed: int, block: int, count: int) -> list[tuple[Places, Qualified]]:
    """Play `count` seasons: for every round the places and the qualifying orders."""

    def normal(*name: object) -> F64:
        words = [zlib.crc32(str(part).encode()) for part in name]
        return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, block, *words]))).standard_normal(
            count
        )

    cars: dict[tuple[str, str], F64] = {}
    people: dict[str, F64] = {}
    out = []
    for st in stages:
        plan, card = st.plan, st.plan.card
        n = len(card.entries)
        pace = np.tile(plan.pace, (count, 1))
        driver_pace = np.tile(plan.driver_pace, (count, 1, 1))
        quali = np.zeros((count, n))
        for i, entry in enumerate(card.entries):
            who = (entry.car_class, entry.car)
            if who not in cars:
                cars[who] = normal("car", *who)
            pace[:, i] += plan.season_sd[i] * cars[who] + plan.round_sd[i] * normal("round", card.race.id, *who)
            crew = range(min(len(entry.drivers), MAX_DRIVERS))
            for d in crew:
                name = entry.drivers[d].name
                if name not in people:
                    people[name] = normal("driver", name)
                driver_pace[:, i, d] += plan.driver_sd[i, d] * people[name]
            lap = card.classes[entry.car_class].lap_s
            fastest = driver_pace[:, i, : len(crew)].min(axis=1)
            quali[:, i] = lap + pace[:, i] + fastest + st.quali_sd[i] * normal("qualifying", card.race.id, *who)
        if plan.known_grid:
            grid_s = np.tile(np.asarray(st.params.car["grid_s"], np.float64), (count, 1))
        else:
            late = np.array([e.start_s for e in card.entries], np.float64)
            grid_s = np.asarray(np.argsort(np.argsort(quali, axis=1), axis=1) * GRID_GAP_S + late, np.float64)
        race_seed = int(np.random.SeedSequence([seed, zlib.crc32(card.race.id.encode())]).generate_state(1)[0])
        found = places(st.params, race_seed, block * BLOCK, pace, driver_pace, grid_s, st.marks, st.rows)
        of_class = np.zeros((count, n), np.int16)
        times = grid_s if plan.known_grid else quali
        for cars_in in _by_class(st):
            of_class[:, cars_in] = _ranks(times[:, cars_in])
        out.append((found, Qualified(of_class, _ranks(times))))
    return out


def _ranks(times: F64) -> I16:
    ranks: I16 = (1 + np.argsort(np.argsort(times, axis=1), axis=1)).astype(np.int16)
    return ranks


def _by_class(st: Stage) -> Iterator[list[int]]:
    classes = [e.car_class for e in st.plan.card.entries]
    for name in dict.fromkeys(classes):
        yield [i for i, c in enumerate(classes) if c == name]


def play_seasons(
    stages: list[Stage],
    seasons: int,
    seed: int,
    threads: int,
    real_qualifying: Callable[[Plan, str, list[Scorer]], I16 | None],
    progress: Callable[[int, int], None] | None = None,
    *,
    by_round: bool = False,
) -> Scores:
    """Play every stage `seasons` times and add up what everybody scores.

    `real_qualifying(plan, class, cars)` gives the order of a qualifying that is known already. With `by_round` the
    points of every round stay apart, for rules that let the worst go.
    """
    columns = len(stages) if by_round else 1
    blocks = [(b, min(BLOCK, seasons - b * BLOCK)) for b in range(-(-seasons // BLOCK))]
    total: Scores = {}

    def work(block: tuple[int, int]) -> dict[Key, dict[str, F64]]:
        sums: dict[Key, dict[str, F64]] = {}
        for n, (st, (found, order)) in enumerate(zip(stages, play_block(stages, seed, *block), strict=True)):
            for cup, title, points in _scored(st, found, order, real_qualifying):
                for kind in title.kinds:
                    into = sums.setdefault((f"{cup} {kind}".strip(), title.table), {})
                    names, values = getattr(points, kind)
                    for k, name in enumerate(names):
                        kept = into.setdefault(name, np.zeros((block[1], columns)))
                        kept[:, n % columns] += values[:, k]
        return sums

    with ThreadPoolExecutor(threads) as pool:
        parts = []
        for part in pool.map(work, blocks):
            parts.append(part)
            if progress is not None:
                progress(min(len(parts) * BLOCK, seasons), seasons)
    for key in dict.fromkeys(k for part in parts for k in part):
        names = tuple(dict.fromkeys(n for part in parts for n in part.get(key, {})))
        scored = [
            np.concatenate(
                [part.get(key, {}).get(n, np.zeros((c, columns))) for part, (_, c) in zip(parts, blocks, strict=True)]
            )
            for n in names
        ]
        total[key] = (names, np.stack(scored, axis=1))
    return total


def _overall_at(st: Stage, found: Places, in_class: I16) -> I16:
    """Overall order at a moment of which only the order in class is kept.

    Classes are taken to lie among each other as at the flag: the third of a class has the overall place that the
    third of it has in the end.
    """
    out = np.empty_like(in_class)
    for cars in _by_class(st):
        ends = np.sort(found.overall[:, cars], axis=1)
        out[:, cars] = np.take_along_axis(ends, np.maximum(in_class[:, cars], 1).astype(np.int64) - 1, axis=1)
    return out


def _scored(
    st: Stage,
    found: Places,
    order: Qualified,
    real_qualifying: Callable[[Plan, str, list[Scorer]], I16 | None],
) -> Iterator[tuple[str, Title, RoundPoints]]:
    """(cup, title, points [seasons, names]) of one round."""
    book = st.plan.round.book
    rules = book.points
    out = found.unclassified == 1 if book.classification.min_share_of_winner > 0 else np.zeros(1, bool)
    share = 1.0
    if rules.half_below_share:
        share = race_share(book, float(np.median(found.run_s)))
    for title, cars_in in st.titles:
        index = list(cars_in)
        cars = [st.scorers[i] for i in index]
        one_class = len(title.classes) == 1
        here = np.where(out, LAST, found.in_class if one_class else found.overall)[:, index].astype(np.int16)
        grid = (order.in_class if one_class else order.overall)[:, index]
        if scores_in(book, title):
            scale = book.points_scale(st.plan.card.race.duration_s)
            if scale is not None:
                yield "", title, score(scale, here, cars, book, share=share, full_season=st.regular, title=title)
            if rules.qualifying:
                known = real_qualifying(st.plan, title.table, cars)
                run = grid if known is None else np.repeat(known, len(here), axis=0)
                yield "", title, score(rules.scales[rules.qualifying], run, cars, book, title=title)
            if rules.pole and title.pole:
                first = pole_places(eligible_places(grid, [True] * len(cars), hold=False, close_ranks=True))
                pole = pole_scale(rules.pole)
                yield "", title, score(pole, first, cars, book, full_season=st.regular, title=title)
        for mark in rules.intermediate:
            at = here
            if mark.at_s in st.marks:
                at = found.at_marks[:, st.marks.index(mark.at_s)]
                at = (at if one_class else _overall_at(st, found, at))[:, index]
            if one_class or not mark.cup:
                yield mark.cup, title, score(rules.scales[mark.scale], at, cars, book, title=title)
