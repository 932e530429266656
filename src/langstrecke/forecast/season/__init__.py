"""Title odds: the points so far, and the rest of the season played many times.

season_forecast("imsa-2021", after=6).titles[("drivers", "DPi")]
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.forecast.season.notes import classes_absent, differences, plan_notes, points_notes
from langstrecke.forecast.season.play import Scores, play_seasons, stage
from langstrecke.forecast.season.points import I16, Scorer
from langstrecke.forecast.season.result import Contender, SeasonForecast
from langstrecke.forecast.season.rounds import Plan, plan_rounds
from langstrecke.forecast.season.standings import (
    KINDS,
    Round,
    _facts,
    _places,
    car_names,
    classes_unknown,
    counting,
    incomplete,
    rounds_of,
    season_id,
    tally,
    title_name,
    total,
)
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import Patch
from langstrecke.rulebooks.points import OVERALL


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

    Rounds up to `after` count as they were; with `seasons` 0 nothing is played and the points are all there is. With
    a `patch` the seasons are played twice on the same luck, so that every chance says what the what-if changes.
    NotFoundError for an unknown season names the nearest; a season whose rounds have no cards has only its points.
    """
    series, year = season_id(season)
    rounds = tuple(r for r in rounds_of(series, year) if r.number > 0)
    last = rounds[-1].number
    if not 0 <= after <= last:
        raise LangstreckeError(f"{series}-{year} has rounds 1 to {last}; after {after} is none of them")
    if patch is not None and (after == last or not seasons):
        raise LangstreckeError(f"no round of {series}-{year} is left to play; a what-if has nothing to change")
    registry = load_registry()
    run_rounds = [r for r in rounds if r.number <= after]
    classless = [r.id for r in run_rounds if classes_unknown(registry, r)]
    real = {k: v for k, v in tally(series, year, after).items() if not classless or k[1] == OVERALL}
    names = car_names(registry, run_rounds)
    halves = 2 if patch is not None else 1

    def played_with(what_if: Patch | None, begun: int) -> tuple[list[Plan], Scores]:
        plans = plan_rounds(rounds, after, patch=what_if, line_ups=line_ups) if after < last and seasons else []
        stages = [stage(plan, registry, names) for plan in plans]
        if not stages:
            return plans, {}
        told = None if progress is None else lambda done, of: progress(begun * of + done, halves * of)
        workers = max(1, threads or os.cpu_count() or 1)
        whole = counting(rounds) is not None
        return plans, play_seasons(stages, seasons, seed, workers, _known_qualifying, told, by_round=whole)

    plans, played = played_with(patch, 0)
    if not played and not real and after == last:
        hint = f"its calendar: langstrecke calendar --season {rounds[-1].event.year} --series {series}"
        raise NotFoundError(f"the registry has no results of {series}-{year}", hint=hint)
    without = played_with(None, 1)[1] if patch is not None else None
    titles: dict[tuple[str, str], tuple[Contender, ...]] = {}
    for key in _in_order(rounds, {*played, *real}):
        best = counting(rounds) if key[0] in KINDS else None
        run = real.get(key, {})
        before = {name: total(points, best) for name, points in run.items()}
        every, sums = _sums(run, played.get(key), best)
        open_still = not plans and after < last
        lines = _contenders(key[0], every, sums, before, names, open_still=open_still)
        if without is not None:
            lines = _compared(lines, (every, sums), _sums(run, without.get(key), best))
        titles[key] = lines
    absent = classes_absent(registry, run_rounds)
    gaps = tuple(r.id for r in run_rounds if incomplete(registry, r) or r.id in absent)
    notes = (
        *(plan_notes(plans, rounds, after, line_ups, counting(rounds)) if plans else ()),
        *points_notes(registry, rounds, after, titles, classless=classless, gaps=gaps, absent=absent),
    )
    told = (patch.title or "what-if") if patch is not None else ""
    return SeasonForecast(
        f"{series}-{year}",
        after,
        rounds,
        seasons if plans else 0,
        seed,
        titles,
        notes,
        told,
        gaps,
        differences(rounds, after),
    )


Sums = tuple[tuple[str, ...], np.ndarray[Any, Any]]


def _sums(run: dict[str, list[tuple[int, float]]], played: Sums | None, best: int | None) -> Sums:
    """Names of one title and their points at the end of each season, [seasons, names]."""
    labels, points = played if played is not None else ((), np.zeros((1, 0, 1)))
    every = tuple(dict.fromkeys([*run, *labels]))
    sums = np.zeros((len(points), len(every)))
    for n, name in enumerate(every):
        ahead = points[:, labels.index(name)] if name in labels else np.zeros((len(points), 1))
        sums[:, n] = season_sums(run.get(name, []), ahead, best)
    return every, sums


def _compared(lines: tuple[Contender, ...], now: Sums, without: Sums) -> tuple[Contender, ...]:
    """The lines with what the what-if changed: the same seasons with and without it, one by one."""
    won, won_before = _won(now), _won(without)
    none = np.zeros(len(now[1]), bool)
    out = []
    for line in lines:
        old = won_before.get(line.key, none)
        change = won.get(line.key, none).astype(float) - old
        half = 1.96 * float(change.std()) / math.sqrt(len(change))
        mean = float(change.mean())
        out.append(replace(line, before=float(old.mean()), change_low=mean - half, change_high=mean + half))
    return tuple(out)


def _won(found: Sums) -> dict[str, np.ndarray[Any, Any]]:
    names, sums = found
    if not sums.size or sums.max() <= 0:
        return {}
    best = sums.max(axis=1, keepdims=True)
    return {name: sums[:, n] >= best[:, 0] - 1e-9 for n, name in enumerate(names)}


def _in_order(rounds: Sequence[Round], keys: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Titles as people read them: overall and the fastest class first; drivers, teams, makes, then the cups."""
    classes = list(dict.fromkeys(t.table for r in rounds for t in r.book.titles()))
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
    level = sums >= best - 1e-9
    parts = level / level.sum(axis=1, keepdims=True)
    lines = []
    for n, key in enumerate(every):
        label = names.get(f"team:{key}") if title.endswith("teams") else names.get(key)
        lines.append(
            Contender(
                key=key,
                name=label or title_name(registry, title, key),
                points=before.get(key, 0.0),
                title=float(level[:, n].mean()) if chances else 0.0,
                shared=float(parts[:, n].mean()) if chances else 0.0,
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


def title_race(
    season: str,
    title: str,
    car_class: str,
    *,
    seasons: int = 1000,
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
