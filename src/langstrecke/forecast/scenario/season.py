"""A season played in variants with the same luck: titles, points, victories of one car."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.forecast.scenario.question import Ask, difference, sentence, share_told
from langstrecke.forecast.season import season_forecast
from langstrecke.forecast.season.play import BLOCK, driver_key, play_block, stage
from langstrecke.forecast.season.points import I16
from langstrecke.forecast.season.result import SeasonForecast
from langstrecke.forecast.season.rounds import plan_rounds
from langstrecke.forecast.season.standings import rounds_of, season_id
from langstrecke.formatting import percent, plural
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry, load_registry
from langstrecke.racecard import Patch

WIN_SEASONS = 1000
"""Seasons played to count victories round by round."""
STANDS_OUT = 0.04
"""A round is named the best if it is won this much more often than the mean."""


def season_answer(ask: Ask) -> tuple[list[str], dict[str, Any]]:
    """Sentences and figures of a scenario of kind `season`; `races` counts seasons."""
    registry = load_registry()
    season, name, car = ask.need("season"), ask.need("class"), ask.need("watch")
    driver = registry.driver(ask.need("driver"))
    key = driver_key(registry, driver.name)
    asked = ask.variants()
    variants, sentences = [], []
    first: dict[str, Any] = {}
    for number, variant in enumerate(asked):
        patch = ask.patch(variant)
        found = season_forecast(season, seasons=ask.races, seed=ask.seed, threads=ask.threads, patch=patch)
        _check(found, name, key, driver.name)
        row = _row(found, name, car, key) | {"name": variant["name"]}
        row |= _victories(season, name, car, patch, min(ask.races, WIN_SEASONS), ask.seed)
        first = first or row
        variants.append(row)
        sentences.append(_told(row, first, driver.name, car, found.simulated))
        ask.step(number + 1, len(asked))
    sentences.append(_rounds_told(first["rounds"], car))
    sentences += [str(line) for line in ask.data.get("remarks", ())]
    return sentences, {"kind": "season", "class": name, "watch": car, "driver": driver.name, "variants": variants}


def _told(row: dict[str, Any], first: dict[str, Any], driver: str, car: str, seasons: int) -> str:
    title = "champion in "
    if row is first:
        title += share_told(row["title"], seasons)
    else:  # as if the two runs had nothing in common: they share their luck, so this is on the safe side
        spread = sum(p * (1 - p) for p in (row["title"], first["title"])) / seasons
        change = difference(100 * (row["title"] - first["title"]), 196 * math.sqrt(spread))
        title += f"{percent(row['title'], seasons)} ({change})"
    who = f"{sentence(row['name'])}: {driver} in #{car}"
    text = (
        f"{who} is {title} and among the first three in {percent(row['top3'], seasons)}, "
        f"with {row['expected']:.0f} points on average ({row['low']:.0f} to {row['high']:.0f} in 80 % of seasons). "
        f"#{car} wins {row['wins']:.1f} of {plural(len(row['rounds']), 'round')}, "
        f"at least one in {percent(row['any_win'])}"
    )
    return text + (f", and the Endurance Cup in {percent(row['cup'], seasons)}." if row["cup"] else ".")


def _rounds_told(rounds: list[dict[str, Any]], car: str) -> str:
    """Where the car is best, if it is better there than elsewhere."""
    best = max(rounds, key=lambda r: r["win"])
    mean = sum(r["win"] for r in rounds) / len(rounds)
    if best["win"] - mean < STANDS_OUT:
        return f"No round stands out: #{car} wins {percent(mean)} of them, {best['name']} most often."
    return f"Its best round is {best['name']}, won in {percent(best['win'])} (the mean: {percent(mean)})."


def _race_names(registry: Registry, events: Sequence[Event]) -> list[str]:
    """What people call the races; two at one place are numbered."""
    names = [event.name or registry.circuits[event.circuit].name for event in events]
    return [f"{name} {names[:n].count(name) + 1}" if names.count(name) > 1 else name for n, name in enumerate(names)]


def _check(found: SeasonForecast, name: str, key: str, driver: str) -> None:
    """NotFoundError for a class without a drivers' title, or a driver who is not in it."""
    classes = [c for title, c in found.titles if title == "drivers"]
    if name not in classes:
        raise NotFoundError.nearest("class", name, classes)
    lines = found.titles[("drivers", name)]
    if key not in [line.key for line in lines]:
        raise NotFoundError.nearest(f"driver of {name}", driver, [line.name for line in lines])


def _row(found: SeasonForecast, name: str, car: str, key: str) -> dict[str, Any]:
    line = found.contender("drivers", name, key)
    cups = [c.title for c in found.titles.get(("endurance teams", name), ()) if c.key == car]
    return {
        "title": line.title,
        "top3": line.top3,
        "expected": line.expected,
        "low": line.low,
        "high": line.high,
        "cup": cups[0] if cups else 0.0,
        "table": [
            (c.name, c.points, c.low, c.expected, c.high, c.title)
            for n, c in enumerate(found.titles[("drivers", name)])
            if n < 16 or c.key == key
        ],
        "notes": list(found.notes),
    }


def _victories(season: str, name: str, car: str, patch: Patch | None, seasons: int, seed: int) -> dict[str, Any]:
    """How often the car wins (its class, or overall), round by round."""
    rounds = [r for r in rounds_of(*season_id(season)) if r.number > 0]
    every = plan_rounds(rounds, 0, patch=patch)
    plans = [p for p in every if any(e.car == car for e in p.card.entries)]
    if not plans:
        raise NotFoundError.nearest("car", car, sorted({e.car for p in every for e in p.card.entries}))
    registry = load_registry()
    stages = [stage(plan, registry, {}) for plan in plans]
    parts: list[list[I16]] = []
    for block in range(-(-seasons // BLOCK)):
        count = min(BLOCK, seasons - block * BLOCK)
        found = play_block(stages, seed, block, count)
        own = [[e.car for e in st.plan.card.entries].index(car) for st in stages]
        parts.append(
            [(f.overall if name == "overall" else f.in_class)[:, i] for (f, _), i in zip(found, own, strict=True)]
        )
    wins = np.concatenate([np.stack([places == 1 for places in part], axis=1) for part in parts])
    race = _race_names(registry, [plan.round.event for plan in plans])
    return {
        "wins": float(wins.sum(axis=1).mean()),
        "any_win": float(wins.any(axis=1).mean()),
        "rounds": [
            {"race": plan.round.id, "name": race[n], "win": float(wins[:, n].mean())} for n, plan in enumerate(plans)
        ],
    }
