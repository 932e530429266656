"""Scoring rules against hand-worked cases, ties, and a baseline that finds what was put in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from langstrecke.forecast.evaluation.baselines import Field, fit_plackett_luce, place_probabilities, uniform
from langstrecke.forecast.evaluation.score import Row, calibration_error, compare, reliability
from langstrecke.forecast.evaluation.scoring_rules import Scores, matched, outcome_matrix, score

CARS = ("1", "2", "3", "4")


def test_a_certain_and_right_forecast_scores_nought() -> None:
    found = score(CARS, np.eye(4), (("1",), ("2",), ("3",), ("4",)))
    assert found == Scores(0.0, 0.0, 0.0, 0.0)


def test_uniform_scores_are_those_worked_by_hand() -> None:
    found = score(CARS, uniform(4), (("3",), ("1",), ("4",), ("2",)))
    assert found.log_loss == pytest.approx(math.log(4))
    assert found.brier_win == pytest.approx((0.75**2 + 3 * 0.25**2) / 4)
    assert found.rps == pytest.approx((4 + 1) / (6 * 4))  # (n + 1) / 6n over all places


def test_ties_are_split_and_no_order_within_them_counts() -> None:
    truth = outcome_matrix(CARS, (("2", "4"), ("1",), ("3",)))
    np.testing.assert_allclose(truth[:, 0], [0.0, 0.5, 0.0, 0.5])
    table = np.random.default_rng(1).dirichlet(np.ones(4), 4)
    assert score(CARS, table, (("2", "4"), ("1",), ("3",))) == score(CARS, table, (("4", "2"), ("1",), ("3",)))


def test_cars_the_forecast_lacks_or_has_too_many() -> None:
    cars, table = matched(["1", "2", "9"], np.eye(3), (("1",), ("2",), ("7",)))
    assert cars == ("1", "2", "7")
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    np.testing.assert_allclose(table[2], 1.0 / 3.0)


def fields(weights: tuple[float, float], races: int = 400) -> list[Field]:
    """Races whose orders were drawn by Plackett-Luce with known weights."""
    rng = np.random.default_rng(7)
    found = []
    for number in range(races):
        x = rng.normal(size=(6, 2))
        strength = x @ np.array(weights) + rng.gumbel(size=6)
        order = tuple((str(i),) for i in np.argsort(-strength))
        found.append(Field(f"r{number}", "A", "s", tuple(str(i) for i in range(6)), x, order))
    return found


@pytest.mark.parametrize("places", [None, 1, 3])
def test_plackett_luce_recovers_its_weights(places: int | None) -> None:
    fit = fit_plackett_luce(fields((1.2, -0.5)), places=places)
    np.testing.assert_allclose(fit.weights / fit.sd, (1.2, -0.5), atol=0.25)


def test_place_probabilities_are_a_distribution_with_the_exact_winner() -> None:
    strengths = np.array([1.0, 0.0, -1.0, 0.5])
    table = place_probabilities(strengths)
    np.testing.assert_allclose(table.sum(axis=1), 1.0)
    np.testing.assert_allclose(table.sum(axis=0), 1.0, atol=0.02)
    np.testing.assert_allclose(table[:, 0], np.exp(strengths) / np.exp(strengths).sum())


def rows(sharp: float, races: int = 400) -> list[Row]:
    """Classes whose winner is drawn with probability 0.7 for the first car, forecast with `sharp`."""
    rng = np.random.default_rng(2)
    found = []
    for number in range(races):
        first = bool(rng.random() < 0.7)
        p = (sharp, 1.0 - sharp)
        ours = Scores(-math.log(p[0] if first else p[1]), 0.0, 0.0, 0.1)
        base = {"uniform": Scores(math.log(2), 0.0, 0.0, 0.2)}
        won = (1.0, 0.0) if first else (0.0, 1.0)
        found.append(Row(f"r{number}", "A", "imsa", 2021, 0.5, 2, ours, base, p, won))
    return found


def test_calibration_error_tells_an_overconfident_forecast() -> None:
    assert calibration_error(rows(0.7)) < 0.05
    assert calibration_error(rows(0.95)) > 0.2
    assert sum(b.cars for b in reliability(rows(0.7))) == 800


def test_the_interval_holds_the_change() -> None:
    found = compare(rows(0.7))
    value, low, high = found.change["log_loss"]
    assert low < value < high < 0.0
    assert found.change["rps"][0] == pytest.approx(-0.5)
