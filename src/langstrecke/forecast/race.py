"""Pre-race forecasts: a card played many times, summed up as probabilities."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from langstrecke.forecast.calibration import calibration_for, class_tables, told_of_record
from langstrecke.forecast.result import (
    Actual,
    CarForecast,
    ClassForecast,
    DriverLine,
    Forecast,
    PlayedOdds,
    PlayedRace,
    StandardErrors,
)
from langstrecke.racecard.ground import grounds

if TYPE_CHECKING:
    from langstrecke.racecard.schema import ActualResult, RaceCard
    from langstrecke.racestate.model import LiveState
    from langstrecke.simulation import Outcome

PODIUM = 3

KEEP_FIGURES = 200_000
"""Up to this many races the spread of single races (winner's laps, margins) is kept; 60 MB for five classes."""


def forecast(
    card: RaceCard,
    races: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    engine: str = "threads",
    address: str | None = None,
) -> Forecast:
    """Play the card's race `races` times and say who wins, how often, and with what spread.

    The same card, races and seed give the same forecast on any number of threads. `progress(done, total)` is called
    as the races are played; `engine` and `address` are those of `simulation.simulate`. Raises CardError for a card
    that cannot be played.
    """
    # Here, not above: reports and figures use this package's results and need no compiler.
    from langstrecke.simulation import simulate

    outcome = simulate(
        card,
        races=races,
        seed=seed,
        threads=threads,
        progress=progress,
        figures=races <= KEEP_FIGURES and engine != "cuda",
        engine=engine,
        address=address,
    )
    return from_outcome(card, outcome)


def from_outcome(card: RaceCard, outcome: Outcome, state: LiveState | None = None) -> Forecast:
    """The forecast that simulated races of this card come to; `state`: what they were taken up from, None for the
    start.
    """
    actual = {row.car: row for row in card.result}
    calibration = calibration_for(card.race.series, card.race.season)
    tables = class_tables(card, outcome.class_position_probabilities(), state, calibration)
    final = {i: table.final[k] for table in tables.values() for k, i in enumerate(table.index)}
    overall = _overall_wins(outcome, final)
    cars = tuple(_car(card, outcome, i, actual, final[i], overall[i]) for i in range(len(card.entries)))
    names = [name for name in card.classes if card.cars_of(name)]
    neutral = _figure(outcome, "neutralisations", names[0])
    neutral_s = _figure(outcome, "neutral_s", names[0])
    return Forecast(
        race=PlayedRace(
            id=card.race.id,
            name=card.race.name,
            series=card.race.series,
            season=card.race.season,
            date=card.race.date,
            circuit=card.circuit.name or card.circuit.id,
            duration_s=card.race.duration_s,
            knowledge=card.race.knowledge,
            note=card.race.note,
            card_sha256=hashlib.sha256(card.model_dump_json().encode()).hexdigest(),
        ),
        simulated=outcome.races,
        seed=outcome.seed,
        version=version("langstrecke"),
        cars=cars,
        classes=tuple(_class(card, outcome, name) for name in names),
        neutralisations=float(neutral.mean()) if len(neutral) else None,
        neutral_s=float(neutral_s.mean()) if len(neutral_s) else None,
        notes=(*grounds(card), *told_of_record(card, tables)),
        at_s=None if state is None else state.t,
        calibration=calibration.told(),
    )


def _overall_wins(outcome: Outcome, final: dict[int, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Chances of winning overall that fit the final ones of winning the class: the played share of a car's class wins
    that were overall ones is kept.
    """
    overall = outcome.overall_positions[:, 0]
    share = overall / np.maximum(outcome.class_positions[:, 0], 1)
    odds = np.array([share[i] * final[i][0] for i in range(len(share))])
    return np.asarray(odds / max(float(odds.sum()), 1e-12))


def _car(
    card: RaceCard,
    outcome: Outcome,
    number: int,
    actual: dict[str, ActualResult],
    final: NDArray[np.float64],
    overall_win: float,
) -> CarForecast:
    entry = card.entries[number]
    races = outcome.races
    size = len(card.cars_of(entry.car_class))
    counts = outcome.class_positions[number, :size]
    positions = tuple(float(n) / races for n in counts)
    places = np.arange(1, size + 1)
    mean_place = float(counts @ places) / races
    place_sd = math.sqrt(max(0.0, float(counts @ places**2) / races - mean_place**2))
    mean_laps = int(outcome.laps[number]) / races
    laps_sd = math.sqrt(max(0.0, int(outcome.laps_squared[number]) / races - mean_laps**2))
    wins, podiums = int(counts[0]), int(counts[:PODIUM].sum())
    overall, out = int(outcome.overall_positions[number, 0]), int(outcome.retired[number])
    row = actual.get(entry.car)
    return CarForecast(
        car=entry.car,
        car_class=entry.car_class,
        team=entry.team,
        vehicle=entry.vehicle,
        drivers=tuple(DriverLine(d.name, d.licence, d.evidence) for d in entry.drivers),
        grid=entry.grid,
        win=float(final[0]),
        podium=min(1.0, float(final[:PODIUM].sum())),
        overall_win=float(overall_win),
        expected_position=float(final @ places),
        positions=tuple(float(p) for p in final),
        expected_laps=mean_laps,
        laps_sd=laps_sd,
        retire=out / races,
        unclassified=int(outcome.unclassified[number]) / races,
        stops=int(outcome.stops[number]) / races,
        se=StandardErrors(
            win=_share_se(wins, races),
            podium=_share_se(podiums, races),
            overall_win=_share_se(overall, races),
            expected_position=place_sd / math.sqrt(races),
            expected_laps=laps_sd / math.sqrt(races),
            retire=_share_se(out, races),
        ),
        played=PlayedOdds(wins / races, podiums / races, overall / races, mean_place, positions),
        actual=Actual(row.position, row.position_in_class, row.laps, row.status) if row else None,
    )


def _share_se(count: int, races: int) -> float:
    """Standard error of a share, by the rule of succession: never seen in 100 races is not never."""
    p = (count + 1) / (races + 2)
    return math.sqrt(p * (1 - p) / (races + 3))


def _class(card: RaceCard, outcome: Outcome, name: str) -> ClassForecast:
    finishers = [r for r in card.result if card.entry(r.car).car_class == name and r.position_in_class == 1]
    laps = _figure(outcome, "winner_laps", name)
    margins = _figure(outcome, "margin_s", name)
    margins = margins[~np.isnan(margins)]
    lead_lap = _figure(outcome, "lead_lap_cars", name)
    return ClassForecast(
        name=name,
        winner_laps=float(np.median(laps)) if len(laps) else None,
        winner_laps_low=float(np.quantile(laps, 0.1)) if len(laps) else None,
        winner_laps_high=float(np.quantile(laps, 0.9)) if len(laps) else None,
        margin_s=float(np.median(margins)) if len(margins) else None,
        lead_lap=float(lead_lap.mean()) if len(lead_lap) else None,
        actual_winner=finishers[0].car if finishers else None,
        actual_laps=finishers[0].laps if finishers else None,
    )


def _figure(outcome: Outcome, figure: str, car_class: str) -> NDArray[np.float64]:
    """One figure of a class, race by race; empty if the outcome kept none."""
    from langstrecke.simulation import FIGURES

    if not len(outcome.figures):
        return np.zeros(0)
    column: NDArray[np.float64] = outcome.figures[:, outcome.class_names.index(car_class), FIGURES.index(figure)]
    return column
