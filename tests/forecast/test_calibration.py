"""The last layer: final odds are a proper matrix, the played ones stay beside them, no season made its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories import small_card
from langstrecke.forecast import forecast, from_outcome
from langstrecke.forecast.calibration import (
    Calibration,
    balanced,
    calibration_for,
    class_tables,
    final_table,
    part_of,
)
from langstrecke.racecard import list_cards, load_card
from langstrecke.simulation import simulate

SETS = [
    ("imsa", 2021),
    ("imsa", 2030),
    ("wec", 2015),
    ("wec", 2025),
    ("le-mans", 2019),
    ("blancpain-endurance", 2019),
]


def played_places(n: int, races: int, seed: int) -> np.ndarray:
    """Shares of drawn orders: some places were never taken."""
    rng = np.random.default_rng(seed)
    orders = np.argsort(rng.normal(np.arange(n), 1.5, (races, n)), axis=1).argsort(axis=1)
    return np.stack([np.bincount(orders[:, i], minlength=n) for i in range(n)]) / races


@given(
    n=st.integers(1, 24),
    races=st.integers(1, 60),
    seed=st.integers(0, 99),
    sharp=st.floats(0.3, 2.5),
    late=st.floats(0.5, 2.0),
    weights=st.tuples(*[st.floats(-1, 1)] * 3),
    cutoff=st.sampled_from([0.0, 0.2, 0.9]),
    still=st.booleans(),
)
def test_rows_and_columns_of_the_final_odds_sum_to_one(
    n: int, races: int, seed: int, sharp: float, late: float, weights: tuple[float, float, float], cutoff: float,
    still: bool,
) -> None:  # fmt: skip
    standing = None if cutoff == 0.0 else np.random.default_rng(seed).normal(0, 1, (n, 3))
    chosen = Calibration(sharp, sharp, late, weights)
    table = final_table(played_places(n, races, seed), chosen, cutoff, standing, still=still)
    np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-9)
    np.testing.assert_allclose(table.sum(axis=0), 1.0, atol=1e-5)
    assert (table > 0.0).all()


def test_without_a_calibration_odds_stay_as_played_but_for_the_floor() -> None:
    played = played_places(8, 400, 1)
    np.testing.assert_allclose(final_table(played, Calibration()), 0.99 * played + 0.01 / 8, atol=1e-6)


@pytest.mark.parametrize("sharpness", [0.5, 2.0])
def test_sharpness_moves_odds_and_keeps_their_order(sharpness: float) -> None:
    played = played_places(8, 4000, 2)
    table = final_table(played, Calibration(before=sharpness))
    assert (np.argsort(-table[:, 0])[:4] == np.argsort(-played[:, 0])[:4]).all()
    assert (table[0, 0] > played[0, 0]) == (sharpness > 1.0)


def test_a_car_that_stands_better_gains_and_nobodys_name_counts() -> None:
    played = np.full((4, 4), 0.25)
    standing = np.zeros((4, 3))
    standing[2, 0] = -1.0
    chosen = Calibration(standing=(-1.0, 0.0, 0.0))
    chosen_other = Calibration(standing=(1.0, 0.0, 0.0))
    assert final_table(played, chosen, 0.5, standing)[2, 0] > 0.26
    assert final_table(played, chosen_other, 0.5, standing)[2, 0] < 0.24
    turn = [3, 1, 0, 2]
    mixed = played_places(4, 50, 3)
    np.testing.assert_allclose(
        final_table(mixed[turn], chosen, 0.5, standing[turn]),
        final_table(mixed, chosen, 0.5, standing)[turn],
        atol=1e-7,
    )


def test_a_race_that_stands_still_is_less_sure() -> None:
    played = played_places(6, 1000, 4)
    standing = np.zeros((6, 3))
    running = final_table(played, Calibration(), 0.9, standing)
    assert final_table(played, Calibration(), 0.9, standing, still=True).max() < running.max()


@pytest.mark.parametrize(("series", "season"), SETS)
def test_no_season_has_a_part_in_its_own_calibration(series: str, season: int) -> None:
    chosen = calibration_for(series, season)
    assert f"{series}-{season}" not in chosen.seasons
    if series == "blancpain-endurance":
        assert chosen == Calibration()
        assert "not held" in chosen.told()
    else:
        assert chosen.seasons
        assert all(name in chosen.told() for name in chosen.seasons)
        assert 0.3 < chosen.before < 3.0


@pytest.mark.skipif(not list_cards(), reason="this installation ships no race cards yet")
def test_shipped_cards_get_the_set_their_season_was_left_out_of() -> None:
    for name in list_cards():
        race = load_card(name).race
        chosen = calibration_for(race.series, race.season)
        if chosen.seasons and part_of(race.series, race.season) == part_of("imsa", race.season):
            assert f"{race.series}-{race.season}" not in chosen.seasons


def test_the_played_odds_stay_what_was_counted() -> None:
    card = small_card()
    outcome = simulate(card, races=100, seed=3)
    counts = outcome.class_positions
    for car, row in zip(forecast(card, 100, 3).cars, counts, strict=True):
        assert car.played.positions == tuple(float(x) / 100 for x in row[: len(car.positions)])
        assert sum(car.positions) == pytest.approx(1.0)


def test_overall_chances_fit_the_chances_of_the_class() -> None:
    card = small_card()
    found = from_outcome(card, simulate(card, races=300, seed=3))
    assert sum(c.overall_win for c in found.cars) == pytest.approx(1.0)
    assert all(c.overall_win <= c.win + 1e-9 or c.car_class == "DPi" for c in found.cars)


def test_what_ifs_go_through_the_same_map() -> None:
    """Equal fields, equal final odds; another field, a difference of the same sign as the played one."""
    card = small_card()
    faster = tuple(e.model_copy(update={"pace_s": -1.5}) if e.car == "4" else e for e in card.entries)
    before, same = forecast(card, 300, 3), forecast(card.model_copy(), 300, 3)
    after = forecast(card.model_copy(update={"entries": faster}), 300, 3)
    assert [c.win for c in before.cars] == [c.win for c in same.cars]
    assert after.car("4").played.win > before.car("4").played.win
    assert after.car("4").win > before.car("4").win


def test_a_balanced_matrix_stays_as_it_is() -> None:
    table = np.full((5, 5), 0.2)
    np.testing.assert_allclose(balanced(table), table)
    assert set(class_tables(small_card(), np.full((7, 7), 0.25))) == {"DPi", "GTLM"}
