"""What-ifs, searches and calls: on the same luck, legal, and answered in words where they cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from factories import small_card
from langstrecke.cli import app
from langstrecke.errors import CardError, LangstreckeError, NotFoundError
from langstrecke.racecard import apply_patch, load_card
from langstrecke.simulation import simulate, simulate_laps
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.watch import CLASS_PLACE, simulate_watched
from langstrecke.strategy import call, make_plan, moment, optimise, what_if
from langstrecke.strategy.counterfactual.paired import difference

RUN = CliRunner()
KEVIN = """
title = "Kevin Magnussen for Rockenfeller"
[[replace]]
car = "63"
out = "Mike Rockenfeller"
in = { name = "Kevin Magnussen", licence = "platinum" }
"""


def test_watched_races_are_the_counted_ones() -> None:
    card = small_card()
    counted = simulate(card, races=96, threads=2)
    params = compile_race(card)
    watched = simulate_watched(params, range(7), races=96, threads=1, moments=[3600.0])
    for i in range(7):
        places = np.bincount(watched.cars[:, i, CLASS_PLACE].astype(int) - 1, minlength=7)
        assert places.tolist() == counted.class_positions[i].tolist()
    again = simulate_watched(params, [3], races=32, first_race=64, threads=2)
    assert (again.cars[:, 0] == watched.cars[64:, 3]).all()
    assert (watched.gaps >= 0).all()
    assert watched.places.min() == 1


def test_paired_differences() -> None:
    luck = np.random.default_rng(1).normal(size=1000)
    found = difference(luck, luck + 0.5 + 0.1 * np.random.default_rng(2).normal(size=1000))
    assert found.low < 0.5 < found.high
    assert found.gain is not None
    assert found.gain > 50
    nothing = difference(np.zeros(300), np.zeros(300))
    assert (nothing.change, nothing.high) == (0.0, 0.01)


def test_the_same_luck_saves_races() -> None:
    result = what_if(small_card(), 'title = "x"\n[set]\nentries.01.pace_s = { plus = -0.05 }\n', races=600)
    place = result.of("01").place
    assert place.change < 0
    assert place.gain is not None
    assert place.gain > 5


def test_a_car_more_leaves_the_others_their_luck() -> None:
    card = small_card()
    result = what_if(card, '[[drop]]\ncar = "24"\n', races=200)
    assert "24" not in {c.car for c in result.cars}
    assert result.of("3").win.after >= result.of("3").win.before
    gain = result.of("10").place.gain
    assert gain is None or gain > 5


@pytest.mark.slow
def test_magnussen_in_the_63() -> None:
    card = load_card("le-mans-2019")
    result = what_if(card, KEVIN, car="63", races=1500)
    own = result.of("63")
    assert own.overall_win.before == own.overall_win.after == 0.0
    assert abs(own.win.change) < 0.05
    (kevin,) = result.ignorance
    assert kevin.evidence == "prior"
    assert kevin.worst.change < own.win.change < kevin.best.change
    assert kevin.best.change - kevin.worst.change > 2 * (own.win.high - own.win.low)
    plan = make_plan(apply_patch(card, KEVIN), "63", limit_s=3.0)
    assert plan.violations == ()
    assert "Kevin Magnussen" in {s.driver for s in plan.stints}


def test_what_cannot_be_asked_is_answered() -> None:
    card = small_card()
    with pytest.raises(LangstreckeError, match="nothing is changed"):
        what_if(card, "title = 'nothing'\n")
    with pytest.raises(NotFoundError, match="no car is called '99'"):
        what_if(card, "[set]\nentries.01.pace_s = 0.5\n", car="99")
    with pytest.raises(CardError, match="pase_s"):
        what_if(card, "[set]\nentries.01.pase_s = 0.5\n")
    with pytest.raises(NotFoundError, match="class-win"):
        optimise(card, "01", "class-wins")
    with pytest.raises(NotFoundError, match="no car is called '02'"):
        optimise(card, "02")


def test_the_search_names_a_price() -> None:
    found = optimise(small_card(), "01", "podium", count=6, error=0.03)
    assert found.price.low <= 0
    assert found.best[0].as_good
    assert all(j.as_good == (j.against_best.high >= 0.0) for j in found.best)
    assert len(found.drivers) == 1, "the drivers' order is asked about the winner"
    assert found.drivers[0].against_best.races == found.fresh, "the best order is told from races of its own"
    assert all(j.plan.starter or j.plan.turn for j in found.drivers)
    assert not any(j.plan.starter or j.plan.turn for j in found.best)
    assert found.reached
    data = json.loads(json.dumps(found.to_json()))
    assert data["tried"] == 6
    assert "as the card has it" in {plan["plan"] for plan in data["plans"]}
    for goal in ("overall", "points", "safe"):
        assert optimise(small_card(), "01", goal, count=2, error=0.1).goal.name == goal


def known(laps: pl.DataFrame, t: float) -> pl.DataFrame:
    return laps.filter(pl.col("elapsed_s") <= t)


def test_a_call_uses_nothing_that_came_later() -> None:
    card = small_card()
    laps = simulate_laps(card, race=3)
    at = 2400.0
    one = call(moment(card, laps, at), "01", races=64)
    later = pl.concat([known(laps, at), laps.filter(pl.col("elapsed_s") > at).with_columns(driver=pl.lit("Nobody"))])
    other = call(moment(card, later.sort("car", "lap"), at), "01", races=64)
    assert one.to_json() == other.to_json()
    # options that come to the same are one
    told = {title for a in one.answers for title in (a.option.title, *a.also)}
    assert told >= {"stop now", "stop next lap"}
    assert any("fuel for" in reason for reason in one.reasons)
    assert any("yellow" in reason for reason in one.reasons)


def test_moments_that_cannot_be_called() -> None:
    card = small_card()
    laps = simulate_laps(card, race=3)
    with pytest.raises(LangstreckeError, match="has expired"):
        moment(card, laps, 7300.0)
    with pytest.raises(LangstreckeError, match="has not begun"):
        moment(card, laps, 0.0)
    with pytest.raises(NotFoundError, match="no car is called"):
        call(moment(card, laps, 600.0), "02")


def test_the_verbs_speak_json(tmp_path: Path) -> None:
    picture = tmp_path / "gaps.png"
    done = RUN.invoke(
        app,
        [
            "what-if",
            "imsa-2021-long-beach",
            "--set",
            "entries.01.pace_s=-0.5",
            "--races",
            "64",
            "--json",
            "--figure",
            str(picture),
        ],
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["focus"]
    assert picture.stat().st_size > 10_000
    done = RUN.invoke(
        app, ["optimise", "imsa-2021-long-beach", "--car", "01", "--candidates", "3", "--error", "0.05", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["plans"]
