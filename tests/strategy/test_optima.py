"""Races whose best plan is known in closed form: the search finds it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from langstrecke.racecard import RaceCard
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.planned_stops import with_stops
from langstrecke.simulation.watch import simulate_watched
from langstrecke.strategy.candidates import Candidate
from langstrecke.strategy.plan.schedule import Policy, schedule

LAP_S = 100.0


def certain_card(duration_s: float, figures: dict[str, Any], cars: int = 2, **race: Any) -> RaceCard:
    """Cars of one class that differ in nothing and meet no luck at all, far enough apart not to meet each other."""
    quiet = {"noise_s": 0.0, "noise_tail_s": 0.0, "stint_laps_sd": 0.0, "stop_scatter_s": 0.0, "stop_trouble": 0.0}
    quiet |= {"retire_per_h": 0.0, "repair_per_h": 0.0, "incident_per_h": 0.0, "tyres_s": 0.0, "driver_change_s": 0.0}
    quiet |= {"penalty_per_h": 0.0}
    base = {"lap_s": LAP_S, "stint_laps": 20.0, "lane_s": 30.0, "refuel_s": 40.0}
    return RaceCard.model_validate(
        {
            "race": {
                "id": "certain",
                "name": "A certain race",
                "series": "imsa",
                "season": 2021,
                "date": dt.date(2021, 6, 1),
                "rulebook": "imsa-2021",
                "duration_s": duration_s,
            }
            | race,
            "circuit": {"id": "nowhere"},
            "neutralisation": {"rate_per_h": 0.0, "start_share": 0.0},
            "classes": {"GTD": base | quiet | figures},
            "entries": [
                {
                    "car": str(n + 1),
                    "class": "GTD",
                    "grid": n + 1,
                    "start_s": 20.0 * n,
                    "drivers": [{"name": f"D{n}"}],
                }
                for n in range(cars)
            ],
        }
    )


def test_fuel_limited_fewest_stops() -> None:
    """Nothing wears and fuel costs by the lap: stops cost their lane, so the fewest win.

    Time is up after 8000 s. With n stops the car needs 100 s a lap, 30 s a stop and 2 s for each lap of fuel added;
    three stints of 20 laps and a last one of what is left need three stops, stints of 16 four, of 14 five.
    """
    card = certain_card(8000.0, {})
    book = load_rulebook("imsa-2021")
    entry = card.entries[0]
    full = schedule(card, book, entry)
    assert [run.laps for run in full[:-1]] == [20] * (len(full) - 1)
    stops = {n: len(schedule(card, book, entry, Policy(stint_laps=n))) - 1 for n in range(8, 21)}
    assert min(stops, key=lambda n: (stops[n], -n)) == 20
    laps = {n: sum(r.laps for r in schedule(card, book, entry, Policy(stint_laps=n))) for n in range(8, 21)}
    assert max(laps.values()) == laps[20]
    behind = {n: seconds_lost(n) for n in (20, 16, 14)}
    assert behind[16] - behind[20] == pytest.approx(30.0, abs=0.1)
    assert behind[14] - behind[20] == pytest.approx(60.0, abs=0.1)


def seconds_lost(stint_laps: int) -> float:
    """What car 1 gives away by lap 76 on car 2, which stops every 20 laps.

    Both start with 24 laps of fuel and have two left on lap 76: both have added as much, what differs is the stops.
    """
    params = compile_race(certain_card(9000.0, {"stint_laps": 24.0}))
    for car, laps in ((0, stint_laps), (1, 20)):
        stops = [laps * k for k in range(1, 6) if laps * k < 76]
        fills = [laps + 2.0] * (len(stops) - 1) + [78.0 - stops[-1]]
        plan = [(lap, fuel, -1, -1, 0) for lap, fuel in zip(stops, fills, strict=True)]
        params = with_stops(params, car, plan)
    watched = simulate_watched(params, [0, 1], races=1, moments=[7900.0])
    return float(watched.gaps[0, 0, 0]) - float(watched.gaps[0, 1, 0])


@pytest.mark.parametrize(("wear", "best"), [(0.02, 2), (0.25, 1), (0.005, 3)])
def test_tyre_limited_stints_on_a_set(wear: float, best: int) -> None:
    """Tyres after fuel cost 20 s a set and `wear` seconds a lap for each lap of age.

    A set run for k stints of 20 laps costs 20 s in the pits and wears 20 k (20 k - 1) / 2 laps' worth: a stint costs
    20 / k + 10 wear (20 k - 1) seconds, 23.8, 17.8, 18.5 for 0.02 and k = 1, 2, 3.
    """
    cost = {k: 20.0 / k + wear * 10.0 * (20 * k - 1) for k in (1, 2, 3)}
    assert min(cost, key=lambda k: cost[k]) == best
    figures = {"tyre_lap_s": wear, "tyres_s": 20.0, "refuel_s": 0.0, "tyres_every": 1}
    card = certain_card(20 * 3600.0, figures, cars=3, rulebook="wec-2016")
    params = compile_race(card)
    race = params.race.copy()
    race["tyres_with_fuel"] = 0
    params = params._replace(race=race.view(np.recarray))
    for k in (1, 2, 3):
        params = Candidate(tyres_every=k).applied(params, k - 1)
    watched = simulate_watched(params, [0, 1, 2], races=1, moments=[20 * 3600.0 - 1.0])
    gaps = [float(g) - 20.0 * k for k, g in enumerate(watched.gaps[0, :, 0])]
    assert 1 + int(np.argmin(gaps)) == best


def test_the_mandatory_stop_falls_into_its_window() -> None:
    """One stop between 25 and 35 minutes of an hour, no fuel: the plan makes exactly that, and is judged legal."""
    card = certain_card(3600.0, {"lap_s": 90.0, "stint_laps": 60.0}, rulebook="adac-gt-masters-2019", series="gtm")
    book = load_rulebook("adac-gt-masters-2019")
    name = book.classes[0].name
    data = card.model_dump(by_alias=True)
    data["classes"] = {name: data["classes"]["GTD"]}
    for number, entry in enumerate(data["entries"]):
        entry["class"] = name
        entry["drivers"] = [{"name": f"D{number}"}, {"name": f"E{number}"}]
    card = RaceCard.model_validate(data)
    runs = schedule(card, book, card.entries[0])
    assert len(runs) == 2
    assert book.pit.mandatory_from_s <= runs[0].end_s <= book.pit.mandatory_to_s


def test_a_certain_yellow_is_waited_for() -> None:
    """A full-course yellow at half speed falls for certain on lap 16 of a stint of 20, gaps stay.

    A stop of 60 s under it costs 60 s of half speed, 30 s of racing; every green stop costs 60 s. So the best lap is
    17, the first wholly under it, and it is 30 s better than any before.
    """
    card = certain_card(2 * 3600.0, {"refuel_s": 0.0, "lane_s": 60.0}, cars=2)
    data = card.model_dump(by_alias=True)
    data["neutralisation"] |= {"length_s": 600.0, "length_log_sd": 0.0, "lap_ratio": 2.0}
    params = compile_race(RaceCard.model_validate(data))
    race = params.race.copy()
    race["forced_caution_s"], race["bunching"], race["pits_closed"] = 15.5 * LAP_S, 0, 0
    params = params._replace(race=race.view(np.recarray))
    behind = {}
    for lap in (6, 8, 10, 12, 17):
        plan = with_stops(params, 0, [(lap, 20.0, -1, -1, 0), (lap + 19, -1.0, -1, -1, 1)])
        plan = with_stops(plan, 1, [(5, 20.0, -1, -1, 0), (24, -1.0, -1, -1, 1)])
        watched = simulate_watched(plan, [0, 1], races=1, moments=[2390.0])
        behind[lap] = float(watched.gaps[0, 0, 0]) - float(watched.gaps[0, 1, 0])
    assert min(behind, key=lambda lap: behind[lap]) == 17
    for lap in (6, 8, 10, 12):
        assert behind[lap] - behind[17] == pytest.approx(30.0, abs=1.0)
