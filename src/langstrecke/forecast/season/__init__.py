"""Title odds: the points so far, and the rest of the season played many times.

season_forecast("imsa-2021", after=6).titles[("drivers", "DPi")]
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.forecast.season.play import play_seasons, stage
from langstrecke.forecast.season.points import I16, Scorer
from langstrecke.forecast.season.result import Contender, SeasonForecast
from langstrecke.forecast.season.rounds import Plan, plan_rounds
from langstrecke.forecast.season.standings import (
    KINDS,
    OVERALL,
    Round,
    _facts,
    _places,
    car_names,
    classes_unknown,
    counting,
    incomplete,
    pole_known,
    rounds_of,
    season_id,
    tally,
    title_name,
    total,
)
from langstrecke.formatting import plural
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import Patch


def season_forecast(
    season: str,
    *,
    after: int = 0,
    seasons: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    patch: Patch | None = None,
    line_ups: str = "entered",
    progress: Callable[[int, int], None] | None = None,
) -> SeasonForecast:
    """Odds of every title on the eve of round `after + 1`.

    Rounds up to `after` count as they were; with `seasons` 0 nothing is played and the points are all there is.
    NotFoundError for an unknown season names the nearest; a season whose rounds have no cards has only its points.
    """
    series, year = season_id(season)
    rounds = tuple(r for r in rounds_of(series, year) if r.number > 0)
    last = rounds[-1].number
    if not 0 <= after <= last:
        raise LangstreckeError(f"{series}-{year} has rounds 1 to {last}; after {after} is none of them")
    if patch is not None and (after == last or not seasons):
        raise LangstreckeError(f"no round of {series}-{year} is left to play; a what-if has nothing to change")
    best = counting(rounds)
    registry = load_registry()
    run_rounds = [r for r in rounds if r.number <= after]
    classless = [r.id for r in run_rounds if classes_unknown(registry, r)]
    real = {k: v for k, v in tally(series, year, after).items() if not classless or k[1] == OVERALL}
    names = car_names(registry, run_rounds)
    plans = plan_rounds(rounds, after, patch=patch, line_ups=line_ups) if after < last and seasons else []
    stages = [stage(plan, registry, names) for plan in plans]
    workers = max(1, threads or os.cpu_count() or 1)
    played = (
        play_seasons(stages, seasons, seed, workers, _known_qualifying, progress, by_round=best is not None)
        if stages
        else {}
    )
    if not played and not real and after == last:
        hint = f"its calendar: langstrecke calendar --season {rounds[-1].event.year} --series {series}"
        raise NotFoundError(f"the registry has no results of {series}-{year}", hint=hint)
    titles: dict[tuple[str, str], tuple[Contender, ...]] = {}
    for key in _in_order(rounds, {*played, *real}):
        counted = best if key[0] in KINDS else None
        run = real.get(key, {})
        before = {name: total(points, counted) for name, points in run.items()}
        labels, points = played.get(key, ((), np.zeros((1, 0, 1))))
        every = tuple(dict.fromkeys([*before, *labels]))
        sums = np.zeros((len(points), len(every)))
        for n, name in enumerate(every):
            ahead = points[:, labels.index(name)] if name in labels else np.zeros((len(points), 1))
            sums[:, n] = season_sums(run.get(name, []), ahead, counted)
        open_still = not stages and after < last
        titles[key] = _contenders(key[0], every, sums, before, names, open_still=open_still)
    gaps = tuple(r.id for r in run_rounds if incomplete(registry, r))
    notes = _notes(plans, line_ups, best)
    if gaps:
        notes += (f"Results are known in part only, points with them: {', '.join(gaps)}.",)
    if classless:
        notes += (f"Classes are not known, and no points by class: {', '.join(classless)}.",)
    poleless = [r.id for r in run_rounds if r.book.points.pole and not pole_known(r.id)]
    if poleless:
        notes += (f"Points for the pole are not known: {', '.join(poleless)}.",)
    return SeasonForecast(f"{series}-{year}", after, rounds, seasons if stages else 0, seed, titles, notes, gaps)


def _in_order(rounds: Sequence[Round], keys: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Titles as people read them: overall and the fastest class first; drivers, teams, makes, then the cups."""
    classes = [OVERALL, *dict.fromkeys(c.name for r in rounds for c in r.book.classes)]
    kinds = [*KINDS, *(key[0] for key in sorted(keys))]
    return sorted(keys, key=lambda k: (classes.index(k[1]) if k[1] in classes else len(classes), kinds.index(k[0])))


def season_sums(run: list[tuple[int, float]], ahead: np.ndarray[Any, Any], best: int | None) -> np.ndarray[Any, Any]:
    """Points at the end of each season: of the rounds run and those played, [seasons, rounds], the `best`."""
    if best is None:
        return np.asarray(total(run) + ahead.sum(axis=1))
    by_round: dict[int, float] = {}
    for number, value in run:
        by_round[number] = by_round.get(number, 0.0) + value
    known = np.tile(np.array(list(by_round.values()), float), (len(ahead), 1))
    every = np.sort(np.concatenate([known, ahead], axis=1), axis=1)[:, ::-1]
    return np.asarray(every[:, :best].sum(axis=1))


def _contenders(
    title: str,
    every: tuple[str, ...],
    sums: np.ndarray[Any, Any],
    before: dict[str, float],
    names: dict[str, str],
    *,
    open_still: bool,
) -> tuple[Contender, ...]:
    """Best chances first. `open_still`: the title is not decided and nothing was played, so there are no chances."""
    registry = load_registry()
    best = sums.max(axis=1, keepdims=True)
    third = _third(sums)
    chances = best.max() > 0 and not open_still
    lines = []
    for n, key in enumerate(every):
        label = names.get(f"team:{key}") if title.endswith("teams") else names.get(key)
        lines.append(
            Contender(
                key=key,
                name=label or title_name(registry, title, key),
                points=before.get(key, 0.0),
                title=float((sums[:, n] >= best[:, 0] - 1e-9).mean()) if chances else 0.0,
                expected=float(sums[:, n].mean()),
                low=float(np.quantile(sums[:, n], 0.1)),
                high=float(np.quantile(sums[:, n], 0.9)),
                top3=float(((sums[:, n] >= third - 1e-9) & (sums[:, n] > 0)).mean()) if chances else 0.0,
            )
        )
    return tuple(sorted(lines, key=lambda c: (-c.title, -c.expected, c.key)))


def _third(sums: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The third-best total of each season; a crew that is level is one place."""
    down = np.sort(sums, axis=1)[:, ::-1]
    rank = np.cumsum(np.diff(down, axis=1, prepend=down[:, :1]) < -1e-9, axis=1)
    return np.asarray(np.where(rank <= 2, down, np.inf).min(axis=1))


def _known_qualifying(plan: Plan, table: str, cars: list[Scorer]) -> I16 | None:
    """The order of the next round's qualifying: on its eve it is known."""
    if not plan.known_grid:
        return None
    grid = _facts("qualifying", plan.round.id, table)
    return _places([grid.get(c.car) for c in cars]) if grid else None


def _notes(plans: list[Plan], line_ups: str, best: int | None) -> tuple[str, ...]:
    notes = []
    if plans:
        first = plans[0].card.race.id
        told = (
            f"The card of {first} is used as it stands; later rounds know" if not plans[0].stand_in else "Rounds know"
        )
        notes.append(f"{told} nothing of their weekend.")
        told = "as they were entered in each round" if line_ups == "entered" else "those of the next round"
        notes.append(f"Line-ups: {told}.")
    notes += [f"{p.round.id} has no card: {p.stand_in} stands in." for p in plans if p.stand_in]
    hand = sum(p.card.race.knowledge == "hand" for p in plans)
    if hand:
        notes.append(f"{plural(hand, 'card')} made by hand: pace is estimated.")
    if best is not None:
        notes.append(f"The best {best} results count.")
    return tuple(notes)


def title_race(
    season: str,
    title: str,
    car_class: str,
    *,
    seasons: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    patch: Patch | None = None,
    line_ups: str = "entered",
    progress: Callable[[int, int], None] | None = None,
) -> list[SeasonForecast]:
    """The odds after every round, none (0) to all. A what-if changes what is left to play, never what was run."""
    series, year = season_id(season)
    last = max(r.number for r in rounds_of(series, year))
    found = []
    for after in range(last + 1):
        what_if = patch if after < last else None
        one = season_forecast(
            season, after=after, seasons=seasons, seed=seed, threads=threads, patch=what_if, line_ups=line_ups
        )
        key = (title, car_class)
        found.append(replace(one, titles={key: one.titles[key]} if key in one.titles else {}))
        if progress is not None:
            progress(after + 1, last + 1)
    return found
