"""How far does the track's pace wander during a race, and what does the dark cost?

Usage: python -m scripts.fit.track STORE

The lap model of the ratings (`ratings.session_pace`) leaves a smooth of race time: rubber, temperature, wind, light.
Averaged over the classes of a race it is taken for an Ornstein-Uhlenbeck process plus a step in the dark, fitted by
maximum likelihood to the races of 2015-18 and held against later ones. Prints what `CircuitInfo.track_sd`,
`CircuitInfo.track_s` and `ratings.rate.NIGHT` hold.
"""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from langstrecke.errors import LangstreckeError
from langstrecke.paddock.sun import dark_hours, sites
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.archive import race_metas
from langstrecke.ratings.pace.session import session_drift
from langstrecke.store import open_store

CHOSEN = ("wec-2015", "wec-2016", "le-mans-2015", "le-mans-2018")
LEAST_S = 7200.0
LEAST_LAPS = 200
EDGE_S = 1440.0
"""First and last part of a race left out: the opening laps and the stragglers after the flag are not the track's."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Wander:
    """One race: race hours, pace of the track against its mean, and whether it was dark on an unlit circuit."""

    race: str
    hours: Floats
    pace: Floats
    dark: Floats


def wander(store_path: Path) -> list[Wander]:
    """Every race of the store of two hours and more."""
    found = []
    with open_store(store_path, read_only=True) as store:
        for race_id, meta in race_metas(store).items():
            if meta.duration_s < LEAST_S:
                continue
            try:
                table = store.laps(race_id)
            except LangstreckeError:  # results only
                continue
            if table.is_empty():
                continue
            laps = annotate(table)
            curves = [
                session_drift(laps, name)
                for c, name in enumerate(laps.classes)
                if int((laps.clean & (laps.car_class == c)).sum()) >= LEAST_LAPS
            ]
            known = [curve for curve in curves if curve is not None]
            if not known:
                continue
            n = min(len(times) for times, _ in known)
            seconds = np.mean([times[:n] for times, _ in known], axis=0)
            keep = (seconds > EDGE_S) & (seconds < meta.duration_s - EDGE_S)
            pace = np.mean([values[:n] for _, values in known], axis=0)[keep]
            dark = darkness(meta.circuit, meta.start, seconds[keep])
            found.append(Wander(race_id, seconds[keep] / 3600.0, pace - pace.mean(), dark))
    return found


def darkness(circuit: str, start: dt.datetime, seconds: Floats) -> Floats:
    """1 where it is dark and the circuit is not lit."""
    hours = dark_hours(circuit, start.date())
    if hours is None or sites()[circuit].floodlit:
        return np.zeros(len(seconds))
    dusk, dawn = (t.hour + t.minute / 60.0 for t in hours)
    clock = (start.hour + start.minute / 60.0 + seconds / 3600.0) % 24.0
    return ((clock >= dusk) | (clock < dawn)).astype(float)


def covariance(x: Floats, hours: Floats) -> Floats:
    """Of the wandering at these hours, for x = log (standard deviation, time constant in h, noise)."""
    sd, tau, noise = np.exp(x)
    lags = np.abs(hours[:, None] - hours[None, :])
    return np.asarray(sd**2 * np.exp(-lags / tau) + noise**2 * np.eye(len(hours)))


def cost(x: Floats, races: list[Wander], night: float) -> float:
    """Minus the restricted log likelihood (each race's mean is free)."""
    total = 0.0
    for r in races:
        c = covariance(x, r.hours)
        inverse = np.linalg.inv(c)
        y = r.pace - night * r.dark
        y = y - inverse.sum(axis=0) @ y / inverse.sum()
        total += 0.5 * (np.linalg.slogdet(c)[1] + y @ inverse @ y + np.log(inverse.sum()))
    return total


def night_effects(x: Floats, races: list[Wander]) -> list[tuple[str, float, float]]:
    """What the dark costs by race, with its standard error: generalised least squares given the wandering."""
    found = []
    for r in races:
        if 0.0 < r.dark.mean() < 1.0:
            inverse = np.linalg.inv(covariance(x, r.hours))
            design = np.stack([np.ones(len(r.hours)), r.dark], axis=1)
            var = np.linalg.inv(design.T @ inverse @ design)
            found.append((r.race, float((var @ design.T @ inverse @ r.pace)[1]), float(np.sqrt(var[1, 1]))))
    return found


def fit(races: list[Wander]) -> tuple[Floats, float, float, list[tuple[str, float, float]]]:
    """(log components, what the dark costs, its standard error, race by race)."""
    x, night, se, effects = np.log([0.0025, 2.0, 0.001]), 0.0, np.inf, []
    for _ in range(4):
        x = minimize(cost, x, args=(races, night), method="Nelder-Mead").x
        effects = night_effects(x, races)
        weight = np.array([1.0 / e**2 for _, _, e in effects])
        if len(weight):
            night, se = (
                float(np.array([v for _, v, _ in effects]) @ weight / weight.sum()),
                float(weight.sum() ** -0.5),
            )
    return x, night, se, effects


def main() -> None:
    """Fit the chosen races, then the later ones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("store", type=Path)
    races = wander(parser.parse_args().store)
    chosen = [r for r in races if r.race.startswith(CHOSEN)]
    for name, group in (("2015-18, chosen", chosen), ("later, held against", [r for r in races if r not in chosen])):
        x, night, se, effects = fit(group)
        sd, hours, _ = np.exp(x)
        print(f"{name}: {len(group)} races")
        print(f"  track_sd {sd:.5f} of a lap, track_s {3600 * hours:.0f}; night {night:+.5f} +- {se:.5f} of a lap")
        for race, value, error in effects:
            print(f"    {race:26} {value:+.5f} +- {error:.5f}")


if __name__ == "__main__":
    main()
