"""Audits: every stop of a race judged by what was known when it was decided."""

from __future__ import annotations

import json

import polars as pl
import pytest

from factories import card_of_made_race, small_card
from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.simulation import simulate_laps
from langstrecke.strategy import audit
from langstrecke.strategy.audit import Audit, Scored
from langstrecke.strategy.counterfactual.paired import Difference
from langstrecke.strategy.options import Answer, Option
from langstrecke.timing.derive import pit_stops
from race_maker import make_race


def test_every_stop_is_in_the_audit() -> None:
    card = small_card()
    laps = simulate_laps(card, race=5)
    found = audit(card, laps, first_look=16, second_look=32)
    stops = pit_stops(laps)
    late = sum(1 for row in stops.iter_rows(named=True) if row["in_s"] > card.race.duration_s - 200)
    assert stops.height - late <= len(found.stops) <= stops.height
    assert {s.kind for s in found.stops} <= {"choice", "forced", "driver", "pass", "repair", "unplanned"}
    assert all((s.answer is not None) == (s.kind == "choice") for s in found.stops)
    assert [s.t for s in found.stops] == sorted(s.t for s in found.stops)
    for name in found.classes():
        good, bad = found.best(name), found.worst(name)
        assert [s.gain for s in good] == sorted((s.gain for s in good), reverse=True)
        assert [s.gain for s in bad] == sorted(s.gain for s in bad)
        assert not {(s.car, s.lap) for s in good} & {(s.car, s.lap) for s in bad}
    assert json.loads(json.dumps(found.to_json()))["race"] == card.race.id
    assert found.headline() == "No stop that was a choice clearly won or lost places."


def test_an_audit_of_nobody() -> None:
    card = small_card()
    laps = simulate_laps(card, race=5)
    with pytest.raises(NotFoundError, match="no car is called '02'"):
        audit(card, laps, cars=["02"])
    with pytest.raises(NotFoundError, match="no class is called 'LMP1'"):
        audit(card, laps, classes=["LMP1"])
    with pytest.raises(LangstreckeError, match="no stop of these cars"):
        audit(card, laps.filter(pl.col("lap") < 5), cars=["01"])


def test_a_race_without_yellows_holds_no_bad_habit() -> None:
    """Crews that all stop as the card has it: on the average their stops are neither good nor bad."""
    card = small_card()
    calm = {"rate_per_h": 0.0, "fcy_per_h": 0.0, "slow_zone_per_h": 0.0}
    card = card.model_copy(update={"neutralisation": card.neutralisation.model_copy(update=calm)})
    gains, headlines = [], 0
    for race in range(2, 9):
        found = audit(card, simulate_laps(card, race=race), first_look=48, second_look=48)
        gains += [s.gain for s in found.stops if s.answer is not None]
        best, worst = (
            [s for n in found.classes() for s in which(n, len(found.stops)) if s.clear]
            for which in (found.best, found.worst)
        )
        named = sorted(best, key=lambda s: s.gain)[-1:] + sorted(worst, key=lambda s: s.gain)[:1]
        assert all(f"car {stop.car} at" in found.headline() for stop in named)
        headlines += bool(named)
    assert headlines >= 3
    assert len(gains) > 20
    assert abs(sum(gains) / len(gains)) < 0.15


def test_a_stop_with_a_full_tank_under_green_is_unplanned() -> None:
    """A puncture, damage, a penalty: nothing in the laps says why, so nobody is praised or blamed for it."""
    card = small_card(duration_s=21_600.0)
    laps = simulate_laps(card, race=5)
    own = laps.filter(pl.col("car") == "01").sort("lap")
    near = {int(n) + d for n in own.filter("in_pit")["lap"] for d in range(-9, 4)}
    lap = next(n for n in range(6, 60) if n not in near)
    stop_s = float(laps["pit_time_s"].drop_nulls().median() or 0.0)  # type: ignore[arg-type]
    here = (pl.col("car") == "01") & (pl.col("lap") == lap)
    after = (pl.col("car") == "01") & (pl.col("lap") == lap + 1)
    changed = laps.with_columns(
        in_pit=pl.when(here).then(True).otherwise("in_pit"),
        pit_time_s=pl.when(after).then(stop_s).otherwise("pit_time_s"),
    )
    found = audit(card, changed, classes=[card.entry("01").car_class], first_look=16, second_look=16)
    stop = next(s for s in found.stops if s.car == "01" and s.lap == lap)
    assert stop.kind == ("unplanned" if stop.flag == "green" else "choice")
    assert stop.answer is None or stop.flag != "green"


def test_a_stop_under_yellow_with_a_full_tank_is_unplanned() -> None:
    """Two laps into the race under a safety car: nobody comes in then but for damage."""
    laps = make_race(cars=8, periods=[(120.0, 700.0, "safety_car")])
    card = card_of_made_race(laps, 10_800.0)
    for lap, kind in ((2, "unplanned"), (4, "choice")):  # of 26 laps a tenth is 2.6
        here = (pl.col("car") == "02") & (pl.col("lap") == lap)
        after = (pl.col("car") == "02") & (pl.col("lap") == lap + 1)
        changed = laps.with_columns(
            in_pit=pl.when(here).then(True).otherwise("in_pit"),
            pit_time_s=pl.when(after).then(110.0).otherwise("pit_time_s"),
        )
        found = audit(card, changed, cars=["02"], first_look=8, second_look=8)
        stop = next(s for s in found.stops if s.lap == lap)
        assert stop.flag != "green"
        assert stop.kind == kind


def test_a_run_through_the_lane_is_no_choice() -> None:
    """A drive-through in the laps: no fuel, so nothing to judge."""
    card = small_card(duration_s=21_600.0)
    laps = simulate_laps(card, race=5)
    stops = pit_stops(laps).filter(pl.col("pit_time_s").is_not_null())
    lane = float(stops["pit_time_s"].min() or 0.0) - 8.0  # type: ignore[arg-type]
    own = laps.filter(pl.col("car") == "01").sort("lap")
    near = {int(n) + d for n in own.filter("in_pit")["lap"] for d in (-3, -2, -1, 0, 1, 2, 3, 4, 5)}
    lap = next(n for n in range(6, 60) if n not in near)
    here = (pl.col("car") == "01") & (pl.col("lap") == lap)
    after = (pl.col("car") == "01") & (pl.col("lap") == lap + 1)
    changed = laps.with_columns(
        in_pit=pl.when(here).then(True).otherwise("in_pit"),
        pit_time_s=pl.when(after).then(lane).otherwise("pit_time_s"),
    )
    found = audit(card, changed, cars=["01"], first_look=16, second_look=16)
    assert next(s for s in found.stops if s.lap == lap).kind == "pass"


def test_the_sentence_names_clear_calls_only() -> None:
    def stop(car: str, gain: float, half: float) -> Scored:
        place = Difference(0.0, -gain, -gain, half / 1.96, -gain - half, -gain + half, None, 768)
        nothing = Difference(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, None, 768)
        answer = Answer(Option("stop", 9), nothing, nothing, place)
        return Scored(car, "GTD", 1, 9, 900.0, "green", "choice", 5.0, 1, "A", "A", 60.0, answer)

    noise, good, bad = stop("1", 0.2, 0.3), stop("2", 0.1, 0.05), stop("3", -0.3, 0.4)
    assert Audit("made", (noise, good, bad), 1).headline().startswith("Best call: car 2 ")
    assert "worst" not in Audit("made", (noise, good, bad), 1).headline()
    assert Audit("made", (noise, bad), 1).headline() == "No stop that was a choice clearly won or lost places."
