"""A season played in variants with the same luck: titles, points, victories of one car."""

from __future__ import annotations

from typing import Any

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.forecast.scenario_ask import Ask, signed
from langstrecke.forecast.season import SeasonForecast, season_forecast
from langstrecke.forecast.season_cards import plan_rounds
from langstrecke.forecast.season_play import BLOCK, driver_key, play_block, stage
from langstrecke.forecast.season_points import I16
from langstrecke.forecast.season_real import rounds_of, season_id
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import Patch, read_patch

WIN_SEASONS = 1000
"""Seasons played to count victories round by round."""


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
        patch = read_patch(variant["patch"]) if variant.get("patch") else None
        found = season_forecast(season, seasons=ask.races, seed=ask.seed, threads=ask.threads, patch=patch)
        _check(found, name, key, driver.name)
        row = _row(found, name, car, key) | {"name": variant["name"]}
        row |= _victories(season, name, car, patch, min(ask.races, WIN_SEASONS), ask.seed)
        first = first or row
        variants.append(row)
        text = (
            f"{variant['name']}: {driver.name} in #{car} is champion in {100 * row['title']:.1f} % of "
            f"{found.simulated:,} seasons and among the first three in {100 * row['top3']:.0f} %, "
            f"with {row['expected']:.0f} points on average "
            f"(80 %: {row['low']:.0f} to {row['high']:.0f}); #{car} wins {row['wins']:.1f} rounds a season, "
            f"at least one in {100 * row['any_win']:.0f} %"
        )
        if row is not first:
            change = signed(100 * (row["title"] - first["title"]))
            text += f"; {change} points of title chance against '{first['name']}'"
        sentences.append(text + ".")
        if cup := row["cup"]:
            sentences.append(f"{variant['name']}: the Endurance Cup goes to #{car} in {100 * cup:.1f} %.")
        ask.step(number + 1, len(asked))
    best = first["rounds"][int(np.argmax([r["win"] for r in first["rounds"]]))]
    sentences.append(f"Its best round is {best['race']}: a victory in {100 * best['win']:.0f} %.")
    return sentences, {"kind": "season", "class": name, "watch": car, "driver": driver.name, "variants": variants}


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
            (c.name, c.points, c.low, c.expected, c.high, c.title) for c in found.titles[("drivers", name)][:16]
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
    return {
        "wins": float(wins.sum(axis=1).mean()),
        "any_win": float(wins.any(axis=1).mean()),
        "rounds": [{"race": plan.round.id, "win": float(wins[:, n].mean())} for n, plan in enumerate(plans)],
    }
