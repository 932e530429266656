"""The last layer: from the places cars took in the simulated races to the final odds.

    final = final_table(played, calibration_for("wec", 2025), 0.5, standing)

Per class the played matrix P (car i in place k) becomes, up to the factors that make rows and columns sum to 1,

    Q[i, k] = P[i, k] ** sharpness * exp(-strength[i] * log(k))

a logarithmic pool (Genest and Zidek, Stat. Sci. 1, 1986, 114-135) of the simulation with what a Plackett-Luce
forecast would say: a car's strength is a weighted sum of what its crew has won so far (`forecast.record`) and, where
that was worth it, of place, laps down and gap. The factors are found by Sinkhorn's iteration (Ann. Math. Stat. 35,
1964, 876-879). A few figures a part of the world, fitted by `scripts/fit/calibration.py` season by season on the
others (`data/calibration.toml`); a series that none was fitted on keeps the played odds. Before the start there is no
standing, and sharpness and the weight of the record are its own.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.record import latest, records
from langstrecke.racecard.schema import RaceCard
from langstrecke.ratings.regions import SAFETY_CAR_SINCE, region

if TYPE_CHECKING:
    from langstrecke.racestate.model import LiveCar, LiveState

Floats = NDArray[np.float64]

FLOOR = 0.01
"""Share of the uniform distribution that is mixed in first: what no simulation has in it happens too (default)."""
STILL = 0.4
"""`Calibration.still` of a series that none was fitted on (documented default)."""
GAP_UNIT_S = 5.0
FAR_LAPS = 5.0
"""From about this many laps down on, one more no longer matters."""
TOLD, MOST = 0.015, 3
"""The record of the crews is named for so many cars of a class, if it moves their odds by this (default)."""
CLOSE = 1e-9
"""Rows and columns sum to 1 within this."""
ROUNDS, NEARLY = 2000, 50
"""Of Sinkhorn's iteration, and where the third decimal will do."""
TINY = 1e-9
"""No place of no car is less likely: nobody can know that much."""


@dataclass(frozen=True)
class Calibration:
    """One set of figures. The defaults leave the played odds as they are, but for `FLOOR`."""

    before: float = 1.0
    """Sharpness before the start: below 1 the simulation is too sure."""
    under_way: float = 1.0
    """The same under way, until half of the race is run ..."""
    late: float = 1.0
    """... and a factor on it that grows from 1 there to this at the flag."""
    standing: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Weights of a car's strength: logarithm of its place, laps down, logarithm of its gap."""
    record: tuple[float, float] = (0.0, 0.0)
    """Weight of a car's record before the start, and under way."""
    still: float = STILL
    """Further exponent while the race stands still: how long it does, and who then stops for what, nobody knows."""
    name: str = ""
    seasons: tuple[str, ...] = ()
    """What it was fitted on; empty for a series that none was."""

    def sharpness(self, cutoff: float) -> float:
        """The exponent when this share of the race has been run; 0 is before the start."""
        if cutoff <= 0.0:
            return self.before
        return float(self.under_way * self.late ** max(0.0, 2.0 * cutoff - 1.0))

    def told(self) -> str:
        """Where the final odds come from, a sentence."""
        if not self.seasons:
            return "final odds: as played, a calibration of this series is not held"
        seasons = f"{len(self.seasons)} seasons ({', '.join(self.seasons)})"
        joined = ", joined with what the crews have won (as far as the registry knows)" if any(self.record) else ""
        return f"final odds: the played ones calibrated on {seasons}{joined}"


def part_of(series: str, season: int) -> str:
    """The part of the world and the age whose races a calibration is fitted on."""
    where = region(series)
    return f"{where}-since-{SAFETY_CAR_SINCE}" if where == "aco" and season >= SAFETY_CAR_SINCE else where


@cache
def calibration_for(series: str, season: int) -> Calibration:
    """The set of a series that its own season had no part in; the played odds where there is none."""
    sets = read_sets().get(part_of(series, season), {})
    name = f"without-{series}-{season}"
    chosen = sets.get(name if name in sets else "all")
    if chosen is None:
        return Calibration()
    return Calibration(
        before=chosen["before"],
        under_way=chosen["under_way"],
        late=chosen["late"],
        standing=tuple(chosen["standing"]),
        record=tuple(chosen["record"]),
        still=chosen["still"],
        name=name if name in sets else "all",
        seasons=tuple(chosen["seasons"]),
    )


@cache
def read_sets() -> dict[str, Any]:
    """The shipped calibration.toml as a table."""
    path = files("langstrecke.forecast") / "data" / "calibration.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LangstreckeError("the shipped calibration cannot be read", file=str(path)) from error


@dataclass(frozen=True)
class ClassTable:
    """One class: its cars in card order, their indices on the card, and a row of place probabilities for each."""

    cars: tuple[str, ...]
    index: tuple[int, ...]
    played: Floats
    final: Floats
    by_record: Floats
    """What the record of the crews did to each car's final chance of winning the class."""


def class_tables(
    card: RaceCard, shares: Floats, state: LiveState | None = None, calibration: Calibration | None = None
) -> dict[str, ClassTable]:
    """Class -> played and final odds. `shares[i, k]`: of the simulated races, those in which car i of the card was
    (k+1)-th of its class; `state`: what the race was taken up from, None for the start.
    """
    chosen = calibration or calibration_for(card.race.series, card.race.season)
    record = records(card) if any(chosen.record) else np.zeros(len(card.entries))
    found = {}
    for name in card.classes:
        index = tuple(i for i, e in enumerate(card.entries) if e.car_class == name)
        if index:
            played = np.asarray(shares[list(index), : len(index)], np.float64)
            cars = tuple(card.entries[i].car for i in index)
            standing = None if state is None else standing_of([state.cars[i] for i in index])
            still = state is not None and state.still_since_s is not None
            cutoff = 0.0 if state is None else state.t / state.end
            final = final_table(played, chosen, cutoff, standing, record[list(index)], still=still)
            plain = final  # the odds without a record, near enough to tell
            if any(chosen.record):
                plain = final_table(played, chosen, cutoff, standing, still=still, rounds=NEARLY)
            found[name] = ClassTable(cars, index, played, final, final[:, 0] - plain[:, 0])
    return found


def told_of_record(card: RaceCard, tables: dict[str, ClassTable]) -> tuple[str, ...]:
    """Whose odds of winning the record of the crews has moved by `TOLD` and more, and how old that record is."""
    moved = []
    for name, table in tables.items():
        rows = zip(table.cars, table.by_record, table.final[:, 0], strict=True)
        most = sorted(rows, key=lambda row: -abs(row[1]))[:MOST]
        told = [f"{car} from {100 * (win - by):.0f} to {100 * win:.0f} %" for car, by, win in most if abs(by) >= TOLD]
        moved += [f"{name} {', '.join(told)}"] if told else []
    if not moved:
        return ()
    until = latest(card)
    known = f"{card.race.series} results known until {until}" if until else f"none known of {card.race.series}"
    return (f"what crews have won ({known}) moves the odds of winning: {'; '.join(moved)}",)


def final_table(
    played: Floats,
    calibration: Calibration,
    cutoff: float = 0.0,
    standing: Floats | None = None,
    record: Floats | None = None,
    *,
    still: bool = False,
    rounds: int | None = None,
) -> Floats:
    """The final odds of one class: a matrix of the same shape whose rows and columns sum to 1.

    `standing`: rows of `standing_of`; `record`: of the class's cars from `records`. `rounds`: so many of Sinkhorn's
    and no more, for fits, where a little less than exact will do.
    """
    n = len(played)
    floored = (1.0 - FLOOR) * played + FLOOR / n
    if n == 1:
        return np.ones((1, 1))
    places = np.log(np.arange(1, n + 1))
    strength = np.zeros(n)
    if standing is not None:
        strength = standing @ np.array(calibration.standing)
    if record is not None:
        strength = strength + calibration.record[cutoff > 0.0] * (record - record.mean())
    table = calibration.sharpness(cutoff) * np.log(floored) - np.outer(strength, places - places.mean())
    if still:
        table = calibration.still * table
    return balanced(np.exp(table - table.max(axis=1, keepdims=True)), rounds or ROUNDS)


def balanced(table: Floats, most: int = ROUNDS) -> Floats:
    """Rows and columns scaled until all sum to 1 (Sinkhorn); entries must be positive and stay so.

    A table whose cars hardly meet converges slowly: what is left then is spread evenly over each column, which leaves
    the rows as they are, and as little of the uniform table mixed in as keeps every entry above nought.
    """
    for _ in range(most):
        table = table / table.sum(axis=0, keepdims=True)
        rows = table.sum(axis=1, keepdims=True)
        table = table / rows
        if np.abs(rows - 1.0).max() < CLOSE:
            return np.asarray(table)
    n = len(table)
    table = table + (1.0 - table.sum(axis=0, keepdims=True)) / n
    least = float(table.min())
    share = min(max(TINY - least, 0.0) * n / (1.0 - n * least), 1.0) if least < TINY else 0.0
    return np.asarray((1.0 - share) * table + share / n)


def standing_of(cars: list[LiveCar]) -> Floats:
    """How the cars of a class stand: logarithm of place, laps down, logarithm of the gap, each against the mean of
    the class.
    """
    lead = max((c.laps for c in cars), default=0)
    rows = np.array(
        [
            (
                np.log(c.position),
                min(float(lead - c.laps), FAR_LAPS),
                np.log1p(max(c.behind_s or 0.0, 0.0) / GAP_UNIT_S),
            )
            for c in cars
        ]
    ).reshape(len(cars), 3)
    return np.asarray(rows - rows.mean(axis=0))
