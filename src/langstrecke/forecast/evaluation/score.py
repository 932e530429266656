"""Scores of a forecast file against the official results, beside the baselines, with their uncertainty.

scored = score_file(Path("forecasts.jsonl"), Path("data"))
scored.table(by=("cutoff",))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.evaluation.baselines import (
    Field,
    PlackettLuce,
    fit_plackett_luce,
    place_probabilities,
    uniform,
)
from langstrecke.forecast.evaluation.features import Form, before_features, under_way_features
from langstrecke.forecast.evaluation.forecast_file import Line, read_lines
from langstrecke.forecast.evaluation.scoring_rules import Scores, matched, outcome_matrix, score, win_probabilities
from langstrecke.forecast.evaluation.truth import Order, class_orders, race_table, season_key
from langstrecke.ratings.regions import region
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder

Floats = NDArray[np.float64]

BASELINES = {"uniform": 0, "pl_winner": 1, "pl_podium": 3, "pl_order": None}
"""Uniform, and Plackett-Luce fitted on winners only, on the first three places, on whole orders."""
HEADLINE_CARS = 4
MEASURES = ("log_loss", "brier_win", "brier_podium", "rps")


@dataclass(frozen=True)
class Row:
    """One class of one race at one cutoff, scored. `baselines` lacks what could not be fitted or had no laps."""

    race: str
    car_class: str
    series: str
    season: int
    cutoff: float
    cars: int
    forecast: Scores
    baselines: dict[str, Scores]
    win: tuple[float, ...]  # forecast probability of winning, by car number
    won: tuple[float, ...]  # 1 for the winner


@dataclass(frozen=True)
class Scored:
    """A scored file. `missing` names forecasts without a result to judge them by."""

    rows: tuple[Row, ...]
    missing: tuple[str, ...]


def score_file(path: Path, data: Path) -> Scored:
    """Score a forecast file against the results under `data` (a folder of timing files, or a store)."""
    lines = read_lines(path)
    if not lines:
        raise LangstreckeError("holds no forecasts", file=path)
    if data.is_file():
        with open_store(data, read_only=True) as store:
            return score_lines(lines, store)
    with TemporaryDirectory() as folder, open_store(Path(folder) / "store.duckdb") as store:
        import_folder(store, data)
        return score_lines(lines, store)


def score_lines(lines: Sequence[Line], store: Store) -> Scored:
    """Score forecasts against the results in a store; baselines are fitted with each race's season left out."""
    judge = Judge(store, sorted({ln.cutoff for ln in lines}))
    rows, missing = [], []
    for line in lines:
        row = judge.row(line)
        if row is None:
            missing.append(f"{line.race} {line.car_class}")
        else:
            rows.append(row)
    return Scored(tuple(rows), tuple(dict.fromkeys(missing)))


class Judge:
    """What a store knows to score forecasts by: results, and the baselines fitted on them."""

    def __init__(self, store: Store, cutoffs: Sequence[float]) -> None:
        self._races = race_table(store)
        self._fields = baseline_fields(store, cutoffs)
        self._fitted = Baselines(self._fields)

    def row(self, line: Line) -> Row | None:
        """One forecast scored; None where the store has no result of its class."""
        known = self._fields.get((line.race, line.car_class, 0.0))
        if known is None or line.race not in self._races:
            return None
        return _row(line, known.order, self._races[line.race], self._fitted)


def _row(line: Line, order: Order, race: dict[str, Any], fitted: Baselines) -> Row:
    cars, table = matched(list(line.cars), line.probabilities, order)
    return Row(
        race=line.race,
        car_class=line.car_class,
        series=race["series"],
        season=race["season"],
        cutoff=line.cutoff,
        cars=len(cars),
        forecast=score(cars, table, order),
        baselines={name: score(cars, t, order) for name, t in fitted.tables(line.key).items()},
        win=tuple(float(p) for p in win_probabilities(table)),
        won=tuple(float(p) for p in outcome_matrix(cars, order)[:, 0]),
    )


Key = tuple[str, str, float]


def baseline_fields(store: Store, cutoffs: Iterable[float]) -> dict[Key, Field]:
    """Features and order of every class of every race of the store, before the start and at the cutoffs with laps."""
    form = Form()
    found: dict[Key, Field] = {}
    for race_id, race in race_table(store).items():
        orders = class_orders(store, race_id)
        laps = store.laps(race_id) if orders else pl.DataFrame()
        for name, order in orders.items():
            cars = tuple(sorted(c for group in order for c in group))
            season = season_key(race)
            features = before_features(store, race, cars, form)
            found[race_id, name, 0.0] = Field(race_id, name, season, cars, features, order)
            for cutoff in cutoffs:
                if cutoff > 0.0 and not laps.is_empty():
                    features = under_way_features(laps, cars, cutoff * race["duration_s"])
                    found[race_id, name, cutoff] = Field(race_id, name, season, cars, features, order)
        form.absorb(race["series"], orders)
    return found


class Baselines:
    """Plackett-Luce forecasts of every field, each fitted on the other seasons of its part of the world.

    Where there is no other season there, the other races of the season are taken.
    """

    def __init__(self, fields: dict[Key, Field]) -> None:
        self.fields = fields
        self._fits: dict[tuple[str, float, str], PlackettLuce | None] = {}

    def tables(self, key: Key) -> dict[str, Floats]:
        """Baseline -> position probabilities of the field's cars, by number."""
        start = self.fields[key[0], key[1], 0.0]
        tables = {"uniform": uniform(len(start.cars))}
        mine = self.fields.get(key)
        if mine is None:
            return tables
        for name, places in BASELINES.items():
            if name == "uniform":
                continue
            fit = self._fit(mine, key[2], name, places)
            if fit is not None:
                tables[name] = place_probabilities(fit.strengths(mine.features))
        return tables

    def _fit(self, mine: Field, cutoff: float, name: str, places: int | None) -> PlackettLuce | None:
        like = [
            f for k, f in self.fields.items() if k[2] == cutoff and len(f.cars) >= 3 and _region(f) == _region(mine)
        ]
        others = [f for f in like if f.season != mine.season]
        out = mine.season
        if not others:
            others, out = [f for f in like if f.race != mine.race], mine.race
        key = (out, cutoff, name)
        if key not in self._fits:
            self._fits[key] = fit_plackett_luce(others, places=places) if others else None
        return self._fits[key]


def _region(f: Field) -> str:
    return region(f.season.rsplit("-", 1)[0])


@dataclass(frozen=True)
class Comparison:
    """Means over a group of rows, and the forecast against the best baseline of each measure."""

    group: dict[str, Any]
    classes: int
    races: int
    forecast: dict[str, float]
    baselines: dict[str, dict[str, float]]
    best: dict[str, str]
    change: dict[str, tuple[float, float, float]]
    """Measure -> forecast over best baseline minus 1: value and a 90 % bootstrap interval over races."""
    calibration_error: float

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


BOOTSTRAPS = 2000


def compare(rows: Sequence[Row], group: dict[str, Any] | None = None) -> Comparison:
    """Means of a group of rows. Only rows that every baseline has are compared with baselines."""
    names = [n for n in BASELINES if all(n in r.baselines for r in rows)]
    forecast = {m: float(np.mean([getattr(r.forecast, m) for r in rows])) for m in MEASURES}
    base = {n: {m: float(np.mean([getattr(r.baselines[n], m) for r in rows])) for m in MEASURES} for n in names}
    best = {m: min(names, key=lambda n: base[n][m]) for m in MEASURES}
    return Comparison(
        group=group or {},
        classes=len(rows),
        races=len({r.race for r in rows}),
        forecast=forecast,
        baselines=base,
        best=best,
        change={m: _change(rows, m, best[m]) for m in MEASURES},
        calibration_error=calibration_error(rows),
    )


def _change(rows: Sequence[Row], measure: str, name: str) -> tuple[float, float, float]:
    """Relative change against a baseline, with the 5 % and 95 % quantiles over resampled races."""
    races = sorted({r.race for r in rows})
    where = {race: k for k, race in enumerate(races)}
    sums = np.zeros((len(races), 2))
    for r in rows:
        sums[where[r.race]] += getattr(r.forecast, measure), getattr(r.baselines[name], measure)
    picks = np.random.default_rng(1).integers(0, len(races), (BOOTSTRAPS, len(races)))
    drawn = sums[picks].sum(axis=1)
    ratio = drawn[:, 0] / np.maximum(drawn[:, 1], 1e-12) - 1.0
    low, high = np.quantile(ratio, [0.05, 0.95])
    total = sums.sum(axis=0)
    return float(total[0] / max(total[1], 1e-12) - 1.0), float(low), float(high)


def grouped(rows: Sequence[Row], by: Sequence[str]) -> list[Comparison]:
    """`compare` for every group of rows that share these attributes (cutoff, series, season, car_class)."""
    keys = sorted({tuple(getattr(r, b) for b in by) for r in rows})
    return [
        compare([r for r in rows if tuple(getattr(r, b) for b in by) == key], dict(zip(by, key, strict=True)))
        for key in keys
    ]


def headline(rows: Sequence[Row], keep: Callable[[Row], bool] | None = None) -> list[Row]:
    """Classes of four cars and more that a Plackett-Luce baseline exists for."""
    return [r for r in rows if r.cars >= HEADLINE_CARS and "pl_order" in r.baselines and (keep is None or keep(r))]


@dataclass(frozen=True)
class Bin:
    """Cars whose probability of winning fell between `low` and `high`: how many, mean forecast, share that won."""

    low: float
    high: float
    cars: int
    forecast: float
    won: float


def reliability(rows: Sequence[Row], bins: int = 10) -> list[Bin]:
    """The calibration table of win probabilities, bins of equal width; empty ones are left out."""
    p = np.array([x for r in rows for x in r.win])
    y = np.array([x for r in rows for x in r.won])
    index = np.minimum((p * bins).astype(int), bins - 1)
    found = []
    for k in range(bins):
        mine = index == k
        if mine.any():
            here = Bin(k / bins, (k + 1) / bins, int(mine.sum()), float(p[mine].mean()), float(y[mine].mean()))
            found.append(here)
    return found


def calibration_error(rows: Sequence[Row]) -> float:
    """Expected calibration error of win probabilities: mean distance of forecast and share, weighted by cars."""
    table = reliability(rows)
    total = sum(b.cars for b in table)
    return sum(b.cars * abs(b.forecast - b.won) for b in table) / max(total, 1)
