"""The plan from now: what is driven stays as it was, the rest is planned from where the car stands."""

from __future__ import annotations

import math

import polars as pl
import pytest

from langstrecke.errors import LangstreckeError
from langstrecke.racecard import load_card
from langstrecke.simulation.trace import simulate_laps
from langstrecke.strategy.plan import make_plan
from langstrecke.strategy.plan.export import plan_csv, plan_ical, plan_json
from langstrecke.strategy.plan.so_far import so_far
from langstrecke.timing.derive.stints import stints

pytest.importorskip("ortools")

CARD = "imsa-2021-sebring"


@pytest.fixture(scope="module")
def laps() -> pl.DataFrame:
    return simulate_laps(load_card(CARD), seed=5)


@pytest.mark.parametrize("hours", [0.6, 3.2, 6.5, 10.9])
@pytest.mark.parametrize("car_class", ["DPi", "GTD"])
def test_what_is_driven_is_fixed_and_the_rest_goes_on_from_it(
    laps: pl.DataFrame, hours: float, car_class: str
) -> None:
    card, at_s = load_card(CARD), 3600.0 * hours
    home = laps.filter((pl.col("car_class") == car_class) & (pl.col("elapsed_s") > 43_200.0))
    car = home["car"].sort()[0]
    driven = so_far(card, laps, at_s, car)
    plan = make_plan(card, car, limit_s=1.0, driven=driven)
    past = laps.filter((pl.col("car") == car) & (pl.col("elapsed_s") <= at_s))
    over = stints(past).filter(pl.col("in_lap").is_not_null())
    mine = [s for s in plan.stints if s.state == "driven"]
    assert [(s.laps, s.first_lap) for s in mine] == over.select("laps", "first_lap").rows()
    assert [s.end_s for s in mine] == pytest.approx(over["end_s"].to_list())
    assert [s.driver for s in mine] == over["driver"].to_list()
    assert all(s.fuel is None and s.tyres == "?" for s in mine)
    assert plan.at_s == at_s
    newest = past.sort("lap").tail(1).to_dicts()[0]
    ahead = [s for s in plan.stints if s.state != "driven"]
    assert ahead[0].first_lap + ahead[0].laps - 1 >= newest["lap"]
    if not newest["in_pit"]:
        assert (ahead[0].state, ahead[0].driver) == ("under way", newest["driver"])
        if len(ahead) > 1:  # as far as the fuel goes, of which yellow laps burnt less
            assert ahead[0].laps == driven.begin.laps + max(1, math.floor(driven.begin.left))
    for before, after in zip(plan.stints, plan.stints[1:], strict=False):
        assert after.start_s > before.end_s
        assert after.first_lap == before.first_lap + before.laps
    tank = driven.card.classes[plan.car_class].stint_laps
    own = next(e for e in driven.card.entries if e.car == car).stint_laps or tank
    assert all(s.laps <= own + 1e-9 for s in ahead[1:])
    assert plan.stints[-1].end_s >= card.race.duration_s
    assert "worked out at" in plan.notes[0]


def test_files_of_a_plan_from_now_say_what_is_driven(laps: pl.DataFrame) -> None:
    card = load_card(CARD)
    plan = make_plan(card, "01", limit_s=0.5, driven=so_far(card, laps, 4 * 3600.0, "01"))
    assert ",driven" in plan_csv(plan, card)
    assert '"state": "under way"' in plan_json(plan)
    assert b"driven" in plan_ical(plan, card)


def test_moments_with_nothing_to_plan_are_told(laps: pl.DataFrame) -> None:
    card = load_card(CARD)
    with pytest.raises(LangstreckeError, match="has not crossed the line"):
        so_far(card, laps, 5.0, "01")
    with pytest.raises(LangstreckeError, match="the race is over"):
        so_far(card, laps, card.race.duration_s, "01")
    laps = laps.filter((pl.col("car") != "01") | (pl.col("lap") < 20))
    with pytest.raises(LangstreckeError, match="probably out of the race"):
        so_far(card, laps, 6 * 3600.0, "01")
    strangers = laps.with_columns(driver=pl.lit("Nobody Known"))
    with pytest.raises(LangstreckeError, match="does not say which of"):
        so_far(card, strangers, 3600.0, "01")
