"""The tank of a race under way: the card's belief and the stints seen, bounds as bounds."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from factories import card_of_made_race
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.state import live_state
from langstrecke.racestate.tanks import with_tanks
from race_maker import make_race

SIX_HOURS = 21_600.0


def believed(laps: pl.DataFrame, t: float, tank: float, length: float = SIX_HOURS) -> tuple[float, float]:
    card = _with_tank(card_of_made_race(laps, length), tank)
    figures = with_tanks(card, live_state(laps, card, t).stints()).classes["DPi"]
    return figures.stint_laps, figures.stint_laps_sd


def _with_tank(card: RaceCard, tank: float) -> RaceCard:
    classes = {n: f.model_copy(update={"stint_laps": tank}) for n, f in card.classes.items()}
    return card.model_copy(update={"classes": classes})


def test_before_any_stop_the_card_is_believed() -> None:
    laps = make_race(cars=12, length_s=SIX_HOURS, stint_laps=30)
    tank, sd = believed(laps, 1200.0, 33.0)
    assert tank == pytest.approx(33.0, rel=0.03)
    assert sd / tank > 0.04


def test_full_green_stints_are_the_tank() -> None:
    laps = make_race(cars=20, length_s=SIX_HOURS, stint_laps=30)
    tank, sd = believed(laps, 16_000.0, 34.0)
    assert 29.5 < tank < 32.5
    assert sd / tank < 0.05


def test_stints_cut_short_by_yellows_do_not_shrink_the_tank() -> None:
    """Everybody stopped after 20 laps as a yellow fell: the tank held at least that, the card says 34."""
    laps = make_race(cars=20, length_s=SIX_HOURS, stint_laps=20)
    card = _with_tank(card_of_made_race(laps, SIX_HOURS), 34.0)
    state = live_state(laps, card, 15_000.0)
    cut = tuple(replace(c, stints=tuple(replace(s, neutral=1.0, bound=True) for s in c.stints)) for c in state.cars)
    assert with_tanks(card, replace(state, cars=cut).stints()).classes["DPi"].stint_laps > 33.0
    assert with_tanks(card, state.stints()).classes["DPi"].stint_laps < 23.0


def test_a_longer_stint_than_the_card_has_is_believed() -> None:
    laps = make_race(cars=20, length_s=SIX_HOURS, stint_laps=36)
    tank, _ = believed(laps, 12_000.0, 30.0)
    assert tank > 34.0


def test_in_a_sprint_short_stints_say_nothing() -> None:
    laps = make_race(cars=20, length_s=9600.0, stint_laps=20)
    tank, _ = believed(laps, 9000.0, 34.0, length=9600.0)
    assert tank == pytest.approx(34.0, rel=0.05)
