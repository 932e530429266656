"""Scoring rules for one class of one race. Smaller is better for all of them.

`probabilities[i, k]`: car i comes (k+1)-th; rows sum to 1. `order` as in `score_truth`: a group of cars that share a
place counts as each of its permutations, equally likely, so that no file order breaks a tie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.forecast.evaluation.truth import Order

Floats = NDArray[np.float64]

FLOOR = 1.0e-4
"""Probabilities of the winner count as no less than this: a forecast from 4,000 races cannot tell less."""
PODIUM = 3


@dataclass(frozen=True)
class Scores:
    """One class of one race. Brier scores and `rps` are means over the cars of the class."""

    log_loss: float
    brier_win: float
    brier_podium: float
    rps: float


def outcome_matrix(cars: tuple[str, ...], order: Order) -> Floats:
    """`truth[i, k]`: share of the permutations of ties in which car i came (k+1)-th."""
    truth = np.zeros((len(cars), len(cars)))
    place = 0
    for group in order:
        here = [cars.index(c) for c in group if c in cars]
        if here:
            truth[here, place : place + len(here)] = 1.0 / len(here)
            place += len(here)
    return truth


def matched(cars: list[str], probabilities: Floats, order: Order) -> tuple[tuple[str, ...], Floats]:
    """The forecast on exactly the cars of the official order, sorted by number.

    Cars the forecast lacks get the uniform row; cars that are not in the order are dropped and the rest rescaled.
    """
    wanted = tuple(sorted(c for group in order for c in group))
    n = len(wanted)
    table = np.full((n, n), 1.0 / n)
    where = {c: i for i, c in enumerate(cars)}
    for i, car in enumerate(wanted):
        if car in where:
            row = probabilities[where[car]]
            kept = np.zeros(n)
            kept[: min(n, len(row))] = row[:n]
            kept[-1] += row[n:].sum()  # behind everybody who is left
            total = kept.sum()
            table[i] = kept / total if total > 0.0 else 1.0 / n
    return wanted, table


def score(cars: tuple[str, ...], probabilities: Floats, order: Order) -> Scores:
    """All scores of one forecast; `cars` are those of the order (`matched`)."""
    truth = outcome_matrix(cars, order)
    n = len(cars)
    win = win_probabilities(probabilities)
    winner = truth[:, 0]
    log_loss = -float(sum(w * math.log(max(p, FLOOR)) for w, p in zip(winner, win, strict=True) if w > 0))
    top = min(PODIUM, n)
    podium = probabilities[:, :top].sum(axis=1)
    real = truth[:, :top].sum(axis=1)
    steps = max(n - 1, 1)
    gap = np.cumsum(probabilities, axis=1)[:, :-1] - np.cumsum(truth, axis=1)[:, :-1]
    return Scores(
        log_loss=log_loss,
        brier_win=float(np.mean((win - winner) ** 2)),
        brier_podium=float(np.mean((podium - real) ** 2)),
        rps=float(np.mean(np.sum(gap**2, axis=1) / steps)),
    )


def win_probabilities(probabilities: Floats) -> Floats:
    """The first column, made to sum to 1 over the class."""
    win = probabilities[:, 0]
    total = win.sum()
    return win / total if total > 0 else np.full(len(win), 1.0 / len(win))
