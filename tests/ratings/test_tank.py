"""Laps on a tank from stints that mostly say only a bound: known tanks are found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langstrecke.ratings.tank import NEUTRAL_BURN, Stints, tank_of


def made(tank: float, seed: int, *, stints: int = 60, yellows: float = 0.5, early: float = 0.3) -> Stints:
    """Stints of cars with this tank: a share met by yellows (half of those stop there), a share stopping early."""
    rng = np.random.default_rng(seed)
    green, neutral, censored = [], [], []
    for _ in range(stints):
        own = tank * (1 + 0.01 * rng.standard_normal())
        until = own * rng.uniform(0.2, 1.0) if rng.random() < early else own * (1 - rng.exponential(0.02))
        slow, cut = 0, False
        if rng.random() < yellows:
            slow = int(rng.integers(2, 8))
            if rng.random() < 0.5:
                until, cut = own * rng.uniform(0.2, 0.95), True
        laps = np.floor(max(until - NEUTRAL_BURN * slow, 1.0))
        green.append(laps)
        neutral.append(float(slow))
        censored.append(cut)
    return Stints(np.array(green), np.array(neutral), np.array(censored))


@pytest.mark.parametrize("tank", [12.0, 30.0, 45.0])
@pytest.mark.parametrize("yellows", [0.0, 0.5, 0.95])
def test_the_tank_is_found_again(tank: float, yellows: float) -> None:
    found = [tank_of(made(tank, seed, yellows=yellows))[0] / tank for seed in range(12)]
    assert np.mean(found) == pytest.approx(1.0, abs=max(0.03, 1.0 / tank))  # whole laps: up to one is not seen
    assert np.std(found) < 0.03


def test_stints_cut_by_yellows_are_no_tanks() -> None:
    """Nine short green stints among long ones that met a yellow: the long ones tell (Petit Le Mans 2023)."""
    short = np.r_[np.full(9, 18.0), np.full(40, 38.0)]
    stints = Stints(short, np.r_[np.zeros(9), np.full(40, 10.0)], np.zeros(49, dtype=bool))
    assert tank_of(stints)[0] == pytest.approx(43.0, rel=0.03)


def test_bounds_alone_say_at_least() -> None:
    cut = Stints(np.array([20.0, 24.0, 22.0, 18.0]), np.zeros(4), np.ones(4, dtype=bool))
    tank, error = tank_of(cut)
    assert tank > 24.0
    assert error > 0.04
    ended = Stints(cut.green, cut.neutral, np.zeros(4, dtype=bool))
    assert tank_of(ended)[1] < 2 * error


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(0, 20), st.booleans()), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60)
def test_any_stints_give_a_tank_of_sound_size(rows: list[tuple[int, int, bool]], order: object) -> None:
    def of(given_rows: list[tuple[int, int, bool]]) -> tuple[float, float]:
        g, n, c = (np.array(x) for x in zip(*given_rows, strict=True))
        return tank_of(Stints(g.astype(float), n.astype(float), c.astype(bool)))

    tank, error = of(rows)
    longest = max(g + NEUTRAL_BURN * n for g, n, _ in rows)
    assert 0.4 * longest <= tank <= 1.25 * longest + 1.1 or longest < 5.0
    assert 0.0 <= error < 1.0
    order.shuffle(rows)  # type: ignore[attr-defined]
    assert of(rows) == pytest.approx((tank, error), rel=1e-9)
