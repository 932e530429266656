"""How well the pace model predicted races already run: residuals of cars against their class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from langstrecke.ratings.pace.history import RacePrediction
from langstrecke.ratings.pace.solve import level_terms
from langstrecke.ratings.pace.types import Floats
from langstrecke.timing.car_classes import group_of


@dataclass(frozen=True)
class CarCheck:
    """One car in one race: predicted and realised pace against the class mean (log), and the predictive sd."""

    race_id: str
    season: int
    car_class: str
    car: str
    predicted: float
    realised: float
    sd: float

    @property
    def z(self) -> float:
        """Standardised residual; N(0, 1) if the intervals are honest."""
        return (self.realised - self.predicted) / self.sd


def check_race(prediction: RacePrediction) -> list[CarCheck]:
    """Cars with two or more rivals; drivers weighted by the laps they drove, so that only pace is judged."""
    model, mean = prediction.before.model, prediction.before.mean
    info = prediction.race.info
    found = []
    for car_class in sorted({o.car_class for o in prediction.observed}):
        mine = [o for o in prediction.observed if o.car_class == car_class]
        cars = sorted({o.car for o in mine})
        if len(cars) < 3:
            continue
        weights = np.zeros((len(cars), len(model.keys)))
        realised, error = np.zeros(len(cars)), np.zeros(len(cars))
        for i, car in enumerate(cars):
            cells = [o for o in mine if o.car == car]
            share: Floats = np.array([o.laps for o in cells], dtype=float)
            share /= share.sum()
            for o, w in zip(cells, share, strict=True):
                for column, term in level_terms(model, o.car, o.driver):
                    weights[i, column] += w * term
                realised[i] += w * o.level
                error[i] += w * w * o.var
        day = (model.priors.day * model.priors.scale[group_of(car_class)]) ** 2
        centring = np.eye(len(cars)) - 1 / len(cars)
        predicted = centring @ weights @ mean
        spread = centring @ (prediction.before.spread(weights) + np.diag(error + day)) @ centring.T
        actual = centring @ realised
        found += [
            CarCheck(info.race_id, info.season, car_class, car, float(p), float(a), float(np.sqrt(v)))
            for car, p, a, v in zip(cars, predicted, actual, np.diag(spread), strict=True)
        ]
    return found


def check_drivers(prediction: RacePrediction) -> list[CarCheck]:
    """Drivers against the average of their car, for cars with two or more rated drivers."""
    model, mean = prediction.before.model, prediction.before.mean
    info = prediction.race.info
    found = []
    for car in sorted({o.car for o in prediction.observed}):
        cells = [o for o in prediction.observed if o.car == car]
        if len(cells) < 2:
            continue
        weights = np.zeros((len(cells), len(model.keys)))
        for i, o in enumerate(cells):
            for column, term in level_terms(model, o.car, o.driver):
                weights[i, column] += term
        centring = np.eye(len(cells)) - 1 / len(cells)
        predicted = centring @ weights @ mean
        error = np.diag([o.var for o in cells])
        spread = centring @ (prediction.before.spread(weights) + error) @ centring.T
        actual = centring @ np.array([o.level for o in cells])
        found += [
            CarCheck(info.race_id, info.season, o.car_class, o.driver, float(p), float(a), float(np.sqrt(v)))
            for o, p, a, v in zip(cells, predicted, actual, np.diag(spread), strict=True)
        ]
    return found
