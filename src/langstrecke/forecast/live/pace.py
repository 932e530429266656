"""What the laps so far say about pace, put into the card: the posterior of every car and driver, the class's lap."""

from __future__ import annotations

import math

import polars as pl

from langstrecke.forecast.live.fits import LiveFits
from langstrecke.racecard.schema import ClassFigures, Driver, Entry, RaceCard
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.pace.posterior import CarPace, PacePosterior, car_paces, level_of, update_pace
from langstrecke.ratings.pace.session import SessionPace, fit_session
from langstrecke.timing.people import person

NOISE_LAPS = 400.0
"""How many clean laps of a class the card's noise counts for against the race's own (default)."""


def pace_so_far(known: pl.DataFrame) -> tuple[SessionPace, ...]:
    """The fits of every class with enough clean laps among the laps known so far."""
    if known.is_empty():
        return ()
    laps = annotate(known)
    return tuple(p for c in laps.classes if (p := fit_session(laps, c)) is not None)


def with_pace(card: RaceCard, posterior: PacePosterior, fits: tuple[SessionPace, ...]) -> RaceCard:
    """The card with the pace figures of `posterior` updated by `fits`.

    Cars' and drivers' pace with their uncertainty and the class's lap are replaced; the form of the day is part of
    the posterior and leaves the card. The noise of the classes that were fitted moves to what the race shows.
    """
    updated = update_pace(posterior, fits)
    seen = {f.car_class: f for f in fits}
    classes: dict[str, ClassFigures] = {}
    paces: dict[str, CarPace] = {}
    for name, figures in card.classes.items():
        if name not in updated.levels or not card.cars_of(name):
            classes[name] = figures
            continue
        average, found = car_paces(updated, name)
        paces |= found
        level = level_of(updated.levels, name, average)
        classes[name] = _class(figures, level.value, level.se, seen.get(name))
    entries = tuple(
        _entry(e, paces[e.car], classes[e.car_class].lap_s, updated) if e.car in paces else e for e in card.entries
    )
    return card.model_copy(update={"classes": classes, "entries": entries})


def widened(card: RaceCard, fits: LiveFits) -> RaceCard:
    """The card with what the race so far does not tell: wider pace, more mishaps, places harder to take."""
    classes = {
        name: f.model_copy(
            update={"retire_per_h": fits.mishaps * f.retire_per_h, "repair_per_h": fits.mishaps * f.repair_per_h}
        )
        for name, f in card.classes.items()
    }
    entries = tuple(_wider(e, card.classes[e.car_class].lap_s, fits) for e in card.entries)
    circuit = card.circuit.model_copy(update={"overtaking_s": fits.overtaking * card.circuit.overtaking_s})
    return card.model_copy(update={"classes": classes, "entries": entries, "circuit": circuit})


def _wider(entry: Entry, lap_s: float, fits: LiveFits) -> Entry:
    drivers = tuple(
        d.model_copy(update={"pace_s_sd": math.hypot(d.pace_s_sd, fits.driver_sd * lap_s)}) for d in entry.drivers
    )
    return entry.model_copy(
        update={"pace_s_sd": math.hypot(entry.pace_s_sd, fits.pace_sd * lap_s), "drivers": drivers}
    )


def _class(figures: ClassFigures, lap_s: float, lap_sd: float, fit: SessionPace | None) -> ClassFigures:
    """Lap, noise and form of a class; `lap_s` is the Gaussian level, the card's lap is the mean of all noise."""
    sigma, tau = figures.noise_s / figures.lap_s, figures.noise_tail_s / figures.lap_s
    if fit is not None and fit.sigma > 0.0 and fit.tau > 0.0:
        weight = fit.laps / (fit.laps + NOISE_LAPS)
        sigma = math.exp((1 - weight) * math.log(max(sigma, 1e-5)) + weight * math.log(fit.sigma))
        tau = math.exp((1 - weight) * math.log(max(tau, 1e-5)) + weight * math.log(fit.tau))
    lap = lap_s * (1.0 + tau)
    return figures.model_copy(
        update={
            "lap_s": lap,
            "lap_s_sd": lap_sd,
            "noise_s": lap * sigma,
            "noise_tail_s": lap * tau,
            "day_form_s": 0.0,
        }
    )


def _entry(entry: Entry, pace: CarPace, lap_s: float, posterior: PacePosterior) -> Entry:
    rows = [posterior.rows[i].driver for i in posterior.of_car(entry.car)]
    drivers = []
    for driver in entry.drivers:
        key = person(driver.name)
        if key not in rows:
            drivers.append(driver)
            continue
        own, sd = pace.drivers[rows.index(key)]
        drivers.append(Driver(**{**driver.model_dump(), "pace_s": lap_s * own, "pace_s_sd": lap_s * sd}))
    return entry.model_copy(
        update={"pace_s": lap_s * pace.pace, "pace_s_sd": lap_s * pace.sd, "drivers": tuple(drivers)}
    )
