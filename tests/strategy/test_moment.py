"""A race stopped at a moment: the strategist plays the same race as the in-race forecast, and tells gaps it knows."""

from __future__ import annotations

import polars as pl

from factories import card_of_made_race
from langstrecke.forecast.live import compiled, live_card
from langstrecke.racestate.fold import fold_of
from langstrecke.racestate.state import live_state
from langstrecke.simulation.compile import compile_race
from langstrecke.strategy.counterfactual.moment import moment
from langstrecke.strategy.reasons import reasons
from race_maker import make_race

LENGTH = 10_800.0


def test_the_strategist_plays_by_the_rules_of_the_day() -> None:
    """Most crews have sent a driver home short of the minimum: it binds nobody, in a call as in the odds."""
    laps = make_race(cars=12, stint_laps=20)  # everybody hands over after 20 laps, for good
    laps = laps.with_columns(driver=pl.when(pl.col("lap") > 20).then(pl.lit("Bo Kurz")).otherwise("driver"))
    card = card_of_made_race(laps, LENGTH)
    now = moment(card, laps, 5400.0)
    state = live_state(laps, card, 5400.0)
    played = live_card(card, laps, state, None)
    asked = compile_race(played).car["min_drive"]
    eased = now.params.car["min_drive"]
    assert (eased <= asked).all()
    assert (eased < asked).any()
    assert eased.tobytes() == compiled(played, state).car["min_drive"].tobytes()


def test_a_moment_of_a_fold_is_that_of_its_laps() -> None:
    laps = make_race(cars=12)
    card = card_of_made_race(laps, LENGTH)
    fold = fold_of(laps)
    for t in (6000.0, 2000.0, 4000.0):  # in any order
        one, other = moment(card, fold, t), moment(card, laps, t)
        assert one.state == other.state
        assert one.snapshot.car.tobytes() == other.snapshot.car.tobytes()


def test_reasons_tell_a_gap_in_laps_or_seconds_or_that_it_is_not_known() -> None:
    laps = make_race(cars=12)
    card = card_of_made_race(laps, LENGTH)
    now = moment(card, laps, 5400.0)
    for index, car in enumerate(now.state.cars):
        words = next(reason for reason in reasons(now, index) if reason.startswith("place"))
        if car.position == 1:
            told = "the leader"
        elif car.gap.laps:
            told = f"{car.gap.laps} lap"
        else:
            told = "not known" if car.gap.seconds is None else f"{car.gap.seconds:.0f} s behind the leader"
        assert told in words
