"""Seasons drawn from the pace model itself, with known truth."""

from __future__ import annotations

import datetime as dt

import numpy as np

from langstrecke.ratings.pace.priors import LICENCES, PacePriors
from langstrecke.ratings.pace.session import Cell, SessionPace
from langstrecke.ratings.sessions import BestLap, CarFact, LapSummary, SessionInfo, SessionSummary

CLASS = "GTD"
CIRCUITS = ("sebring", "mid-ohio", "vir", "road-america", "lime-rock", "long-beach")


def synthetic_seasons(seed: int, priors: PacePriors, events: int = 12, cars: int = 10) -> tuple[SessionSummary, ...]:
    """Practice, qualifying and race of a season, drawn from the model itself."""
    rng = np.random.default_rng(seed)
    makes = [f"Make {i % 3}" for i in range(cars)]
    licences = [("gold", "silver", "bronze")[i % 3] for i in range(2 * cars)]
    means = dict(zip(LICENCES, priors.licence_mean["gt-am"], strict=True))
    sds = dict(zip(LICENCES, priors.driver, strict=True))
    skill = [means[lic] + sds[lic] * rng.standard_normal() for lic in licences]
    team = priors.team * rng.standard_normal(cars)
    make = priors.make * rng.standard_normal(3)
    found = []
    for e in range(events):
        day = dt.datetime(2021, 1, 10) + dt.timedelta(days=25 * e)
        circuit = CIRCUITS[e % len(CIRCUITS)]
        race_id = f"imsa-2021-{circuit}-{e}"
        make_here = priors.make_event * rng.standard_normal(3)
        here = priors.car_event * rng.standard_normal(cars)
        one_lap = priors.one_lap * rng.standard_normal(cars)
        form = priors.driver_event * rng.standard_normal(2 * cars)
        for hours, kind in ((0, "practice"), (20, "qualifying"), (40, "race")):
            cells, bests = [], []
            for c in range(cars):
                session_form = {"practice": priors.long_car, "qualifying": 0.0, "race": priors.day}[kind]
                shift = session_form * rng.standard_normal()
                best_shift = priors.best_car * rng.standard_normal() if kind == "practice" else 0.0
                for d in (2 * c, 2 * c + 1):
                    car = team[c] + make[c % 3] + make_here[c % 3] + here[c]
                    own = skill[d] + form[d]
                    name = f"Driver Number{d}"
                    if kind != "qualifying":
                        error = 0.0006 if kind == "race" else float(np.hypot(0.001, priors.long_cell))
                        level = 4.7 + car + own + shift + error * rng.standard_normal()
                        var = 0.0006**2 if kind == "race" else 0.001**2
                        cells.append(Cell(f"{c}", name, level, var, 40, 2))
                    if kind != "race":
                        spread = priors.qualifying_cell if kind == "qualifying" else priors.best_cell
                        level = 4.68 + car + one_lap[c] + priors.best_driver * own + best_shift
                        level += priors.best_per_log_lap * np.log(20) + spread * rng.standard_normal()
                        bests.append(BestLap(f"{c}", name, CLASS, level, 20))
            pace = SessionPace(CLASS, tuple(cells), (0.0,) * 4, (0.1,) * 4, 0.004, 0.004, 0.002, 10.0, 500)
            facts = tuple(
                CarFact(
                    f"{c}",
                    CLASS,
                    "",
                    "",
                    makes[c],
                    (f"Driver Number{2 * c}", f"Driver Number{2 * c + 1}"),
                    (licences[2 * c], licences[2 * c + 1]),
                )
                for c in range(cars)
            )
            info = SessionInfo(
                f"{race_id}/{kind}", race_id, "imsa", 2021, circuit, kind, day + dt.timedelta(hours=hours)
            )  # type: ignore[arg-type]
            found.append(SessionSummary(info, facts, LapSummary(pace=(pace,) if cells else (), bests=tuple(bests))))
    return tuple(found)
