"""Pit or stay: the baseline stays out, the answer is one sentence, options that come to the same are one line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from factories import card_of_made_race
from langstrecke.services.answers.strategy import CallAnswer
from langstrecke.simulation.kernel.entries import TRACED
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import (
    MODE_GREEN,
    ROW_CAR,
    ROW_DRIVER,
    ROW_END,
    ROW_LAP,
    ROW_MODE,
    ROW_SIZE,
)
from langstrecke.simulation.kernel.stops import EARLY_SHARE
from langstrecke.simulation.rows import play_rows
from langstrecke.simulation.watch import RETIRED, STOPS, simulate_watched
from langstrecke.strategy.call import THINKABLE, _worth, better, call
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.counterfactual.paired import Difference
from langstrecke.strategy.drive_time import kept_out
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.options import LATEST, Answer, Option, options, staying_out, stop_or_stay, with_option
from langstrecke.strategy.outlook import Outlook, outlook
from langstrecke.strategy.plan.so_far import so_far
from langstrecke.strategy.yellows import green_chance
from race_maker import make_race, stopped_at

LENGTH = 10_800.0
YELLOW = (3600.0, 5000.0, "safety_car")
RACES = 96


def _under_yellow(t: float = 4000.0) -> Moment:
    laps = make_race(cars=12, periods=[YELLOW])
    return moment(card_of_made_race(laps, LENGTH), laps, t)


def test_who_stays_out_under_a_yellow_is_held_there() -> None:
    """A habit of stopping under every yellow must not make of staying out a stop a lap later."""
    now = _under_yellow()
    assert now.state.neutral
    index = car_index(now.card, "02")
    cars = now.params.car.copy()
    cars["caution_stop"][index] = 0.05
    keen = now.params._replace(car=cars.view(np.recarray))
    held = with_option(keen, index, staying_out(now, index))
    moments = [now.t + 4 * now.lap_s(index)]
    stops = {}
    for name, params in (("free", keen), ("held", held)):
        played = simulate_watched(
            params, [index], races=RACES, moments=moments, snapshot=now.seen_by(index), threads=1
        )
        stops[name] = played.gaps[:, 0, 0].mean(), played.cars[:, 0, STOPS].mean()
    assert stops["free"] != stops["held"]
    assert all(o.hold_s == now.t for o in options(now, index) if not o.title.startswith("stop now"))


def test_under_green_the_baseline_leaves_later_yellows_to_the_crew() -> None:
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 5400.0)
    assert staying_out(now, 0).lap == 0
    assert not any(o.hold_s for o in [staying_out(now, 0), *options(now, 0)])


def test_a_call_is_a_sentence_and_options_that_differ() -> None:
    now = _under_yellow()
    found = call(now, "02", races=RACES, threads=1)
    assert found.headline.endswith(".")
    assert found.headline.startswith("Stay out") == (found.best is None or LATEST in found.best.option.title)
    assert found.stops_now or "the yellow makes it" not in found.headline
    assert found.best is None or found.best.place.races > found.races, "what is told is played on more luck"
    titles = [t for a in found.answers for t in (a.option.title, *a.also)] + list(found.like_staying)
    asked = {o.title for o in options(now, car_index(now.card, "02"))}
    assert len(titles) == len(set(titles))
    assert asked <= set(titles)
    data = CallAnswer.of(found)
    assert data.headline == found.headline
    assert sum(data.outlook.stops_needed.values()) == pytest.approx(1.0, abs=0.001)
    assert data.outlook.laps_to_go_range[0] <= data.outlook.laps_to_go <= data.outlook.laps_to_go_range[1]


def test_who_gets_in_is_not_taken_for_what_the_stop_is_worth() -> None:
    """An option that names a driver stands against staying out and him getting in then."""
    now = _under_yellow()
    found = call(now, "02", races=RACES, threads=1)
    index = car_index(now.card, "02")
    named = [a for a in found.answers if a.option.driver >= 0]
    assert named
    for a in named:
        same = stop_or_stay(now, index, a.option, races=RACES, threads=1)
        assert a.place == same.place
    if found.best is not None:  # who comes in first is told, not who gains most on a slow driver to come
        gained = [a for a in found.answers if a.place.change < 0.0]
        assert found.best.option.title.startswith("stop now") or found.best.option in [a.option for a in gained]


def test_what_is_sure_but_next_to_nothing_is_not_told_as_better() -> None:
    def told(places: float, win: float) -> bool:
        apart = [Difference(0.0, c, c, 1e-4, c - 2e-4, c + 2e-4, None, RACES) for c in (win, 0.0, -places)]
        return better(Answer(Option("stop now", 5), *apart))

    assert told(0.1, 0.0)
    assert told(0.0, 0.02)
    assert not told(0.01, 0.001)
    assert not told(-0.1, 0.02)


def test_stops_to_come_are_those_of_the_races_played() -> None:
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 5400.0)
    played = simulate_watched(now.params, [0], races=RACES, snapshot=now.seen_by(0), threads=1)
    home = played.cars[:, 0, RETIRED] == 0
    mean = played.cars[home, 0, STOPS].mean() - int(now.snapshot.car["stops"][0])
    ahead = outlook(now, 0, played)
    assert sum(p for _, p in ahead.stops) == pytest.approx(1.0)
    assert sum(n * p for n, p in ahead.stops) == pytest.approx(mean)


def test_a_race_that_stands_still_is_said_to_and_played_from_when_it_may_go_on() -> None:
    laps = stopped_at(make_race(cars=12, periods=[YELLOW]), 4000.0, 1500.0)
    now = moment(card_of_made_race(laps, LENGTH), laps, 4700.0)
    assert now.standing()
    assert 4700.0 + 600.0 < now.goes_on_s < LENGTH
    found = call(now, "02", races=RACES, threads=1)
    assert found.headline.startswith("The race stands still; once it goes on, ")
    assert found.reasons[0] == now.standing()
    assert found.ahead.laps < (LENGTH - 5300.0) / now.lap_s(car_index(now.card, "02")) + 1
    running = moment(card_of_made_race(laps, LENGTH), laps, 6500.0)
    assert not running.standing()
    assert running.goes_on_s == running.t


def test_a_safety_car_under_way_is_over_when_the_page_says() -> None:
    """One length for both: the odds that it is over by then, and the races played."""
    now = _under_yellow(4900.0)
    rows = np.zeros((6000, ROW_SIZE))
    first = []
    for race in range(150):
        written = int(play_rows(now.params, 1, race, 1, start=now.snapshot, trace=rows).race[0, TRACED])
        green = rows[:written][rows[:written, ROW_MODE] == MODE_GREEN]
        first.append(float(green[:, ROW_END].min()) if len(green) else LENGTH)
    for seconds in (400.0, 800.0, 1600.0):
        share = np.mean(np.array(first) <= now.t + seconds)
        soon, late = (green_chance(now, s) for s in (seconds - 300.0, seconds))
        assert soon - 0.12 <= share <= late + 0.12, seconds


def test_fuel_to_the_flag_is_told_as_a_way_home() -> None:
    """Just after its last stop a car has fuel for more laps than are left."""
    laps = make_race(cars=12, stint_laps=25)
    now = moment(card_of_made_race(laps, LENGTH), laps, 9600.0)
    index = next(i for i, c in enumerate(now.state.cars) if now.fuel_left(i) > now.to_go_s() / now.lap_s(i) + 3)
    found = call(now, now.card.entries[index].car, races=RACES, threads=1)
    assert found.ahead.lasts() > 0.9
    assert found.ahead.needed == 0
    home = next(a for a in found.answers if a.option.last)
    assert home.chance is not None
    assert home.chance > 0.85


def test_laps_to_go_expect_yellows() -> None:
    laps = make_race(cars=12)
    card = card_of_made_race(laps, LENGTH)
    often = card.model_copy(update={"neutralisation": card.neutralisation.model_copy(update={"rate_per_h": 3.0})})
    never = card.model_copy(update={"neutralisation": card.neutralisation.model_copy(update={"rate_per_h": 0.0})})
    yellow, green = (call(moment(c, laps, 3000.0), "02", races=RACES, threads=1).ahead for c in (often, never))
    assert yellow.laps < green.laps - 2
    assert yellow.high - yellow.low > green.high - green.low


def test_a_full_tank_is_enough_from_some_lap_on() -> None:
    laps = make_race(cars=12)
    found = call(moment(card_of_made_race(laps, LENGTH), laps, 6000.0), "02", races=RACES, threads=1).ahead
    n = found.earliest()
    assert n > 1
    assert found.full_tank_from(n) >= 0.9 > found.full_tank_from(n - 1)
    assert found.lasts(0.1) >= found.lasts()


def test_no_lap_of_the_future_is_looked_at() -> None:
    laps = make_race(cars=12, periods=[YELLOW])
    card = card_of_made_race(laps, LENGTH)
    known = laps.filter(pl.col("elapsed_s") <= 4000.0)
    one = call(moment(card, laps, 4000.0), "02", races=64, threads=1)
    # a race under way has no lap after the moment but for the clock that goes on
    later = laps.filter((pl.col("elapsed_s") <= 4000.0) | (pl.col("car") == "11"))
    other = call(moment(card, later, 4000.0), "02", races=64, threads=1)
    assert known.height < later.height < laps.height
    assert one.to_json() == other.to_json()


def test_where_nobody_refuels_nothing_is_said_of_fuel() -> None:
    laps = make_race(cars=12, length_s=3600.0, stint_laps=18)
    card = card_of_made_race(laps, 3600.0)
    card = card.model_copy(update={"race": card.race.model_copy(update={"rulebook": "adac-gt-masters-2019"})})
    found = call(moment(card, laps, 1000.0), "02", races=64, threads=1)
    told = [*found.reasons, found.headline, *found.like_staying, *(a.option.title for a in found.answers)]
    assert not [text for text in told if "the fuel allows" in text or "tank" in text or "fuel for" in text]
    assert not [note for note in so_far(card, laps, 1000.0, "02").notes if "fuel" in note]


def test_who_gets_in_later_does_not_stop_early_for_it() -> None:
    """The tank of a car in the pits is being filled: it is from there that the next stop is reckoned."""
    laps = make_race(cars=12)
    card = card_of_made_race(laps, LENGTH)
    crossed = laps.filter(pl.col("in_pit") & (pl.col("elapsed_s") > 3000.0)).sort("elapsed_s").row(0, named=True)
    now = moment(card, laps, crossed["elapsed_s"] + 1.0)
    index = car_index(now.card, crossed["car"])
    own = now.snapshot.car[index]
    assert int(own["in_pit"]) == 1
    assert now.fuel_left(index) < 10.0
    stops = {}
    for driver in (-1, 0, 1):
        params = with_option(now.params, index, staying_out(now, index, driver))
        played = simulate_watched(params, [index], races=RACES, snapshot=now.seen_by(index), threads=1)
        stops[driver] = played.cars[:, 0, STOPS].mean()
    assert staying_out(now, index, 0).lap - int(own["lap"]) >= float(now.params.car["stint_laps"][index])
    assert max(stops.values()) - min(stops.values()) < 0.1
    found = call(now, crossed["car"], races=64, threads=1)
    assert found.against == CallAnswer.of(found).against == "the stop as usual"


def test_no_stop_is_offered_so_far_ahead_that_an_early_yellow_would_not_stand_for_it() -> None:
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 5400.0)
    ahead = []
    for index in range(12):
        lap, tank = int(now.snapshot.car["lap"][index]), float(now.params.car["stint_laps"][index])
        ahead += [(o.lap - lap) / tank for o in options(now, index)]
        assert (now.fuel_left(index) > EARLY_SHARE * tank) == (
            not any(LATEST in o.title for o in options(now, index))
        )
    assert max(ahead) <= EARLY_SHARE


def test_a_driver_who_may_not_drive_the_stint_is_not_offered_and_the_reason_told() -> None:
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 5400.0)
    index = car_index(now.card, "02")
    here, lap = int(now.snapshot.car["driver"][index]), int(now.snapshot.car["lap"][index]) + 1
    for key, value, kept in (
        ("min_drive", 5000.0, {here}),  # the other has all of it to drive yet
        ("max_drive", 2500.0, {0, 1}),
        ("max_drive", 30_000.0, set()),
    ):
        cars = now.params.car.copy()
        cars["min_drive"][index] = 0.0
        cars[key][index] = value
        cars["stints_per_turn"][index] = 9
        if key == "min_drive":
            cars[key][index][here] = 0.0
        changed = replace(now, params=now.params._replace(car=cars.view(np.recarray)))
        if key == "min_drive":
            changed.snapshot.car["driven"][index][1 - here] = 0.0
        assert {d for d in (0, 1) if kept_out(changed, index, d, lap)} == kept
        named = {o.driver for o in options(changed, index) if o.driver >= 0}
        assert named == {0, 1} - kept
        told = [r for r in call(changed, "02", races=32, threads=1).reasons if r.startswith("not open, ")]
        assert len(told) == len(kept)
        for driver in named:  # and whoever is offered does drive
            params = with_option(changed.params, index, Option("stop now", lap, driver=driver))
            assert _drives_next(params, changed, index, lap) == driver


def _drives_next(params: Params, now: Moment, index: int, lap: int) -> int:
    rows = np.zeros((6000, ROW_SIZE))
    written = int(play_rows(params, 1, 0, 1, start=now.seen_by(index), trace=rows).race[0, TRACED])
    own = rows[:written][(rows[:written, ROW_CAR] == index) & (rows[:written, ROW_LAP] == lap + 1)]
    return int(own[0, ROW_DRIVER])


def test_with_fuel_to_the_flag_the_sentence_says_that_no_stop_is_needed() -> None:
    laps = make_race(cars=12, stint_laps=25)
    now = moment(card_of_made_race(laps, LENGTH), laps, 9600.0)
    index = next(i for i, c in enumerate(now.state.cars) if now.fuel_left(i) > now.to_go_s() / now.lap_s(i) + 3)
    found = call(now, now.card.entries[index].car, races=RACES, threads=1)
    assert found.best is None
    assert found.headline.startswith("Stay out, no further stop is needed in ")
    assert "no further stop:" not in found.headline.partition(":")[2]


def test_a_stop_after_the_flag_and_a_way_home_that_fails_are_no_options() -> None:
    """Under a yellow the laps to go are fewer than the time left says."""
    laps = make_race(cars=12, periods=[(9500.0, 10_800.0, "safety_car")])
    now = moment(card_of_made_race(laps, LENGTH), laps, 9900.0)
    for index, entry in enumerate(now.card.entries[:4]):
        lap = int(now.snapshot.car["lap"][index])
        found = call(now, entry.car, races=64, threads=1)
        asked = {o.title: o.lap - lap for o in options(now, index)}
        told = {t for a in found.answers for t in (a.option.title, *a.also)} | set(found.like_staying)
        assert {t for t, n in asked.items() if t not in told} == {
            t for t, n in asked.items() if n > 1 and n >= found.ahead.laps
        }
        assert all(a.chance >= THINKABLE for a in found.answers if a.chance is not None)
    assert any(n >= found.ahead.laps for n in asked.values())


def test_time_stood_in_the_pit_lane_is_no_time_at_the_wheel() -> None:
    """Most of an hour in the lane under a red flag must not send a driver out of the car."""
    now = _under_yellow()
    index = car_index(now.card, "02")
    here, lap = int(now.snapshot.car["driver"][index]), int(now.snapshot.car["lap"][index]) + 1
    cars = now.params.car.copy()
    cars["min_drive"][index], cars["window"][index], cars["window_max"][index] = 0.0, 10_800.0, 9000.0
    now = replace(now, params=now.params._replace(car=cars.view(np.recarray)))
    now.snapshot.car["turn_since"][index] = now.t - 8000.0
    now.snapshot.car["driven"][index][here] = 1500.0
    seen = now.seen_by(index).car[index]
    assert float(seen["since"]) - float(seen["turn_since"]) == pytest.approx(1500.0)
    assert kept_out(now, index, here, lap) == ""
    long = tuple(replace(s, start_s=now.t - 8000.0) for s in now.state.cars[index].spells[-1:])
    own = replace(now.state.cars[index], spells=long)
    others = now.state.cars
    state = replace(now.state, cars=(*others[:index], own, *others[index + 1 :]))
    assert kept_out(replace(now, state=state), index, here, lap) == ""


def test_many_counts_of_stops_are_told_as_a_range_and_no_lap_that_is_not_driven() -> None:
    def made(stops: tuple[tuple[int, float], ...], laps: float, tank: float) -> list[str]:
        spread = np.linspace(0.9 * laps, 1.1 * laps, 21)
        ahead = Outlook(laps, 0.92 * laps, 1.08 * laps, stops, spread, np.full(5, tank), 0.0, 0.0)
        return ahead.describe()

    many = tuple((n, 0.1) for n in (37, 35, 36, 38, 31, 34, 39, 40, 41, 42))
    told = made(many, 350.0, 11.0)
    assert "stops still needed: 31 to 41 in 80 % of races, 37 the likeliest" in told
    assert not any("one filled in" in text for text in told), "the race may be over by then"
    few = made(((2, 0.8), (3, 0.2)), 60.0, 30.0)
    assert "stops still needed: 2 (80 %), 3 (20 %)" in few
    assert any("one filled in" in text for text in few)


@pytest.mark.parametrize("over", [-3.0, -1.0, 0.0, 1.0, 2.0, 6.0])
def test_nobody_stops_for_a_driver_where_no_stop_is_needed(over: float) -> None:
    """Fuel to about the flag, so many laps over: him getting in later is no stop if the tank asks for none."""
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 9000.0)
    index = car_index(now.card, "02")
    left = now.to_go_s() / now.lap_s(index) + over
    cars = tuple(
        replace(c, fuel_laps=float(now.params.car["stint_laps"][i]) - left) if i == index else c
        for i, c in enumerate(now.state.cars)
    )
    now = replace(now, state=replace(now.state, cars=cars))
    assert now.fuel_left(index) == pytest.approx(left)
    stops = []
    for driver in (-1, 0, 1):
        params = with_option(now.params, index, staying_out(now, index, driver))
        played = simulate_watched(params, [index], races=2 * RACES, snapshot=now.seen_by(index), threads=1)
        stops.append(played.cars[played.cars[:, 0, RETIRED] == 0, 0, STOPS].mean())
    assert max(stops) - min(stops) < 0.06


def test_a_car_whose_tank_asks_now_is_not_told_to_stay_out() -> None:
    laps = make_race(cars=12)
    now = moment(card_of_made_race(laps, LENGTH), laps, 5400.0)
    index = car_index(now.card, "02")
    tank = float(now.params.car["stint_laps"][index])
    for left, asks in ((1.2, True), (9.0, False)):
        cars = tuple(replace(c, fuel_laps=tank - left) if i == index else c for i, c in enumerate(now.state.cars))
        found = call(replace(now, state=replace(now.state, cars=cars)), "02", races=RACES, threads=1)
        assert found.tank_asks == (asks and found.best is None)
        assert found.headline.startswith("Stop now") or not asks
        assert found.stops_now or not asks


def test_a_stop_under_way_is_free_to_be_followed_by_another_under_the_same_yellow() -> None:
    """Closed pits give it a few laps of fuel only: as usual means that it comes in again once they open."""
    begin, end = 2300.0, 3300.0
    laps = make_race(cars=12, periods=[(begin, end, "safety_car")])
    card = card_of_made_race(laps, LENGTH)
    inside = laps.filter(pl.col("in_pit") & pl.col("elapsed_s").is_between(begin + 200.0, end - 200.0))
    row = inside.sort("elapsed_s").row(0, named=True)
    now = moment(card, laps, row["elapsed_s"] + 1.0)
    assert now.state.neutral
    index = car_index(now.card, row["car"])
    assert all(staying_out(now, index, d).hold_s == 0.0 for d in (-1, 0, 1))
    found = call(now, row["car"], races=RACES, threads=1)
    assert "the stop under way" in found.like_staying


def test_a_small_gain_is_not_told_as_none() -> None:
    apart = [Difference(0.0, c, c, 1e-4, c - 2e-4, c + 2e-4, None, RACES) for c in (0.006, 0.0, -0.03)]
    assert _worth(Answer(Option("stop now", 5), *apart)) == "+1 point of a class win, +0.03 places"
