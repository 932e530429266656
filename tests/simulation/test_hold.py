"""A car told to stay out under one yellow: past that one it stays out, under the next its crew reacts as crews do."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from factories import make_card
from langstrecke.racecard.schema import Neutralisation
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.compile import compile_race, expected_laps
from langstrecke.simulation.kernel.entries import TRACED
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import (
    MODE_GREEN,
    ROW_CAR,
    ROW_END,
    ROW_IN_PIT,
    ROW_MODE,
    ROW_PIT_S,
    ROW_SIZE,
    ROW_START,
)
from langstrecke.simulation.planned_stops import held_past
from langstrecke.simulation.rows import play_rows

FALLS = 1300.0
CAR = 0
CARD = make_card(
    duration_s=7200.0,
    neutralisation=Neutralisation(rate_per_h=2.5, start_share=0.0, length_s=600.0, length_log_sd=0.2),
    figures={"caution_stop_share": 0.1, "retire_per_h": 0.0, "repair_per_h": 0.0, "stint_laps_sd": 0.0},
)
ROWS = np.zeros((expected_laps(CARD), ROW_SIZE), np.float64)


def _params(falls: float = FALLS) -> Params:
    params = compile_race(CARD, load_rulebook(CARD.race.rulebook))
    race = params.race.copy()
    race["forced_caution_s"] = falls
    return params._replace(race=race.view(np.recarray))


def _laps(params: Params, race: int, seed: int = 1) -> NDArray[np.float64]:
    """The laps of the car in one race."""
    written = int(play_rows(params, seed, race, 1, trace=ROWS).race[0, TRACED])
    rows = ROWS[:written]
    return rows[rows[:, ROW_CAR] == CAR].copy()


def _stops_by_yellow(rows: NDArray[np.float64]) -> tuple[int, int]:
    """Stops under the first yellow, and under those that come after green running."""
    neutral = rows[:, ROW_MODE] != MODE_GREEN
    begun = int(np.flatnonzero(neutral)[0])
    over = begun + int(np.flatnonzero(~neutral[begun:])[0]) if (~neutral[begun:]).any() else len(rows)
    came_in = (rows[:, ROW_IN_PIT] == 1) & neutral
    return int(came_in[:over].sum()), int(came_in[over:].sum())


def test_a_hold_ends_with_the_yellow_it_is_for() -> None:
    free = _params()
    held, for_good = held_past(free, CAR, FALLS), held_past(free, CAR, np.inf)
    found = {
        name: np.array([_stops_by_yellow(_laps(params, race)) for race in range(40)]).sum(axis=0)
        for name, params in (("free", free), ("held", held), ("for good", for_good))
    }
    assert found["free"][0] >= 15
    assert found["held"][0] == 0
    assert found["held"][1] >= 0.5 * found["free"][1] > 0
    assert found["for good"].sum() < 0.5 * found["held"].sum()


def test_a_hold_for_what_is_over_changes_nothing() -> None:
    free = _params()
    held = held_past(free, CAR, FALLS - 1.0)
    assert all(np.array_equal(_laps(free, race), _laps(held, race)) for race in range(5))


@given(hold=st.floats(0.0, 7200.0) | st.just(np.inf), falls=st.floats(60.0, 6900.0), seed=st.integers(0, 2**31))
def test_no_hold_runs_a_car_dry(hold: float, falls: float, seed: int) -> None:
    rows = _laps(held_past(_params(falls), CAR, hold), 0, seed)
    lap_s, tank = CARD.classes["DPi"].lap_s, CARD.classes["DPi"].stint_laps
    racing = rows[:, ROW_END] - rows[:, ROW_START] - rows[:, ROW_PIT_S] < 1.1 * lap_s  # these burn a whole lap's fuel
    burnt = 0
    for lap, full in zip(rows, racing, strict=True):
        burnt += int(full)
        assert burnt <= tank + 1e-9
        if lap[ROW_IN_PIT] == 1:
            burnt = 0
