"""The judge against constructed races, and against brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langstrecke.rulebooks import driver_limits, load_rulebook, rulebook_for
from langstrecke.rulebooks.legality import (
    Stint,
    Stop,
    drive_time,
    most_in_window,
    spells,
    violations,
)

H = 3600.0
MIN = 60.0


def rules_broken(*args: object, **kwargs: object) -> set[str]:
    return {v.rule for v in violations(*args, **kwargs)}  # type: ignore[arg-type]


def rota(*parts: tuple[str, float], licence: dict[str, str], pause_s: float = 60.0) -> list[Stint]:
    """Stints one after the other: (driver, hours), a pit stop between them."""
    stints, at = [], 0.0
    for driver, hours in parts:
        stints.append(Stint(driver, licence[driver], at, at + hours * H))  # type: ignore[arg-type]
        at += hours * H + pause_s
    return stints


LE_MANS = load_rulebook("le-mans-2019")
GT = {"A": "platinum", "B": "gold", "C": "silver"}


def test_a_legal_le_mans_rota_is_legal() -> None:
    stints = rota(*[(d, 2.65) for d in "ABCABCABC"], licence=GT)
    assert violations(LE_MANS, "LMGTE Pro", 24 * H, stints) == []


def test_four_hours_in_six() -> None:
    stints = rota(("A", 2.5), ("B", 0.9), ("A", 2.5), ("C", 6), ("B", 6), ("A", 6), licence=GT)
    broken = violations(LE_MANS, "LMGTE Pro", 24 * H, stints)
    assert {v.driver for v in broken if v.rule == "drive time in a window"} == {"A", "B", "C"}
    assert "4:00:00 is allowed" in next(v.text for v in broken if v.driver == "A")


def test_fourteen_hours_and_six_hours() -> None:
    stints = [Stint("A", "gold", i * 1.5 * H, i * 1.5 * H + 0.95 * H) for i in range(16)]
    stints[3] = Stint("B", "gold", stints[3].start_s, stints[3].end_s)
    broken = violations(LE_MANS, "LMP2", 24 * H, stints, nominated=[("A", "gold"), ("B", "gold"), ("C", "silver")])
    assert {(v.rule, v.driver) for v in broken} == {
        ("maximum drive time", "A"),
        ("minimum drive time", "B"),
        ("minimum drive time", "C"),
        ("all must start", "C"),
    }
    assert rules_broken(LE_MANS, "LMGTE Pro", 24 * H, stints) == {"maximum drive time"}


def test_a_car_that_retired_owes_no_minimum() -> None:
    crew = [("A", "gold"), ("B", "gold"), ("C", "silver")]
    stints = rota(("A", 2), licence=GT)
    assert rules_broken(LE_MANS, "LMP2", 24 * H, stints, nominated=crew, finished=False) == set()


def test_two_at_the_wheel() -> None:
    stints = [Stint("A", None, 0, 100), Stint("B", None, 90, 200)]
    assert "order" in rules_broken(LE_MANS, "LMGTE Pro", 24 * H, stints)


def test_crews() -> None:
    book = load_rulebook("wec-2021")
    pros = rota(("A", 2), ("B", 2), ("C", 1.9), licence={"A": "platinum", "B": "gold", "C": "gold"})
    assert rules_broken(book, "LMGTE Am", 6 * H, pros) == {"crew licences"}
    assert rules_broken(book, "Hypercar", 6 * H, pros) == set()
    alone = [Stint("A", "gold", 0, 3 * H)]
    assert "crew size" in rules_broken(book, "Hypercar", 6 * H, alone)


def test_am_minimum_of_the_six_hours() -> None:
    book = load_rulebook("wec-2021")
    stints = rota(("A", 1.5), ("B", 1.8), ("C", 2.5), licence={"A": "bronze", "B": "silver", "C": "platinum"})
    broken = violations(book, "LMGTE Am", 6 * H, stints)
    assert [(v.rule, v.driver) for v in broken] == [("minimum drive time", "A")]
    assert "1:45:00 is needed" in broken[0].text


def test_imsa_two_amateurs_must_reach_the_minimum_the_others_the_base() -> None:
    book = rulebook_for("imsa", 2021, "daytona")
    licence = {"A": "silver", "B": "silver", "C": "bronze", "D": "platinum"}
    shares = {"A": 4.8, "B": 5.0, "C": 3.6, "D": 9.0}

    def day(hours: dict[str, float]) -> set[tuple[str, str | None]]:
        order = "ABCD" * 8
        stints = rota(*[(d, hours[d] / 8) for d in order], licence=licence)
        return {(v.rule, v.driver) for v in violations(book, "GTD", 24 * H, stints)}

    assert day(shares) == set()
    assert day(shares | {"C": 3.4}) == {("minimum drive time", "C")}
    assert day(shares | {"A": 4.7}) == {("minimum drive time", "A")}
    assert day(shares | {"D": 3.0}) == {("minimum drive time", "D")}


def test_imsa_professionals_need_the_base_only() -> None:
    book = rulebook_for("imsa", 2021, "sebring")
    licence = {"A": "gold", "B": "gold", "C": "platinum"}
    stints = rota(("A", 1.1), ("B", 3.9), ("C", 3.9), ("B", 2.9), licence=licence)
    assert rules_broken(book, "DPi", 12 * H, stints) == set()
    assert rules_broken(book, "GTD", 12 * H, stints) == {"crew licences", "minimum drive time"}


def test_spa_shared_minimum_and_continuous_driving() -> None:
    book = load_rulebook("spa-24h-2018")
    limits = driver_limits(book, "Pro-Am", "bronze", 24 * H)
    assert limits.min_shared
    licence = {"A": "bronze", "B": "bronze", "C": "platinum", "D": "platinum"}
    stints = rota(*[("A", 1.0), ("C", 1.0), ("D", 1.0), ("B", 1.0)] * 6, licence=licence)
    assert {"minimum drive time", "continuous driving"}.isdisjoint(rules_broken(book, "Pro-Am", 24 * H, stints))
    lazy = [replace(s, driver="C", licence="platinum") if s.driver == "B" else s for s in stints]
    assert "minimum drive time" in rules_broken(book, "Pro-Am", 24 * H, lazy)
    broken = violations(book, "Pro", 24 * H, rota(("C", 1.7), ("C", 1.7), ("D", 1), ("A", 1), licence=licence))
    assert [v.driver for v in broken if v.rule == "continuous driving"] == ["C"]


def stop(entry_min: float, length_s: float, **more: object) -> Stop:
    return Stop(entry_min * MIN, entry_min * MIN + length_s, **more)  # type: ignore[arg-type]


def masters(*stops: Stop) -> set[str]:
    book = load_rulebook("adac-gt-masters-2019")
    at = stops[0] if stops else Stop(1800, 1870)
    stints = [Stint("A", None, 0, at.entry_s), Stint("B", None, at.exit_s, 3600)]
    return rules_broken(book, "GT3", 3600, stints, stops)


def test_gt_masters_window_and_minimum() -> None:
    assert masters(stop(30, 71, driver_change=True)) == set()
    assert masters(stop(30, 69, driver_change=True)) == {"minimum pit time"}
    assert masters(stop(24.9, 71, driver_change=True)) == {"mandatory stop"}
    assert masters(stop(35.1, 71, driver_change=True)) == {"mandatory stop"}
    assert masters(stop(30, 71, driver_change=False)) == {"mandatory stop"}
    assert masters(stop(30, 71, driver_change=True, fuel_s=10.0)) == {"refuelling"}
    assert masters(stop(30, 71, driver_change=True), stop(50, 20, driver_change=False)) == set()
    assert masters() == {"mandatory stop"}


def spa(stops: Sequence[Stop], book_id: str = "spa-24h-2018", **more: object) -> set[str]:
    book = load_rulebook(book_id)
    times = [0.0, *(t for s in stops for t in (s.entry_s, s.exit_s)), 24 * H]
    stints = [Stint("ABC"[i % 3], "platinum", times[2 * i], times[2 * i + 1]) for i in range(len(times) // 2)]
    return rules_broken(book, "Pro", 24 * H, stints, stops, **more)


def full_race(technical_at: int = 5, technical_s: float = 301, **technical: object) -> list[Stop]:
    stops = [stop(60 * (i + 1) + 2 * i, 115, fuel_s=60.0) for i in range(23)]
    at = stops[technical_at]
    stops[technical_at] = Stop(at.entry_s, at.entry_s + technical_s, **technical)  # type: ignore[arg-type]
    return stops


def test_spa_technical_stop() -> None:
    assert spa(full_race()) == set()
    assert spa(full_race(technical_s=299)) == {"technical stop"}
    assert spa(full_race(neutralised=True)) == {"technical stop"}
    assert spa(full_race(technical_at=21)) == {"technical stop"}  # after hour 22
    assert spa(full_race(technical_at=20, technical_s=1500)) == set()  # 21:40 to 22:05: in time for five minutes
    late = full_race(technical_at=20)
    late[20] = Stop(22 * H - 180, 22 * H + 900)
    assert "technical stop" in spa(late)
    assert "technical stop" in spa(full_race(technical_at=5, technical_s=241), "spa-24h-2021")  # before hour 11
    assert "technical stop" not in spa(full_race(technical_at=12, technical_s=241, neutralised=True), "spa-24h-2021")


def test_spa_jokers_one_in_six_hours() -> None:
    stops = full_race()
    stops[0] = Stop(stops[0].entry_s, stops[0].entry_s + 60, fuel_s=20.0)
    assert spa(stops) == set()
    stops[1] = Stop(stops[1].entry_s, stops[1].entry_s + 60, fuel_s=20.0)
    assert spa(stops) == {"minimum pit time"}


def test_spa_maximum_stint() -> None:
    stops = full_race()
    del stops[3]
    assert spa(stops) == {"maximum stint"}
    late = [stop(68 * (i + 1) + 2 * i, 115, fuel_s=60.0) for i in range(20)]
    late[4] = Stop(late[4].entry_s, late[4].entry_s + 301)
    assert "maximum stint" in spa(late)
    assert "maximum stint" not in spa(late, neutralised=[(i * H, i * H + 900) for i in range(24)])


def test_tyres_after_fuel_and_refuelling_time() -> None:
    book = load_rulebook("wec-2016")
    stints = rota(("A", 2), ("B", 2), ("C", 1.9), licence=GT)
    good = Stop(7200, 7290, still_s=60, fuel_s=40, tyres_s=18)
    assert rules_broken(book, "LMGTE Pro", 6 * H, stints, [good]) == set()
    bad = Stop(7200, 7270, still_s=42, fuel_s=40, tyres_s=18)
    assert rules_broken(book, "LMGTE Pro", 6 * H, stints, [bad]) == {"tyres after fuel"}
    imsa = rulebook_for("imsa", 2021, "sebring")
    splash = Stop(3600, 3640, fuel_s=10, fuel_share=0.2)
    quick = Stop(3600, 3640, fuel_s=25, fuel_share=1.0)
    two = rota(("A", 3), ("B", 3), ("A", 3), ("B", 2.9), licence={"A": "gold", "B": "silver"})
    assert rules_broken(imsa, "GTD", 12 * H, two, [splash]) == set()
    assert rules_broken(imsa, "GTD", 12 * H, two, [quick]) == {"minimum refuelling"}
    assert "minimum refuelling" in rules_broken(load_rulebook("gtwce-endurance-2021"), "Pro", 3 * H, two, [quick])


@st.composite
def some_stints(draw: st.DrawFn) -> list[Stint]:
    at, stints = 0, []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.integers(0, 8))
        length = draw(st.integers(1, 15))
        stints.append(Stint(draw(st.sampled_from("AB")), None, float(at), float(at + length)))
        at += length
    return stints


@settings(max_examples=150, deadline=None)
@given(stints=some_stints(), window=st.integers(1, 40))
def test_window_against_brute_force(stints: list[Stint], window: int) -> None:
    at_wheel = [0] * 400
    for s in stints:
        if s.driver == "A":
            for t in range(int(s.start_s), int(s.end_s)):
                at_wheel[t] = 1
    best = max(sum(at_wheel[t : t + window]) for t in range(360))
    most, start = most_in_window(stints, "A", window)
    assert most == pytest.approx(best)
    assert drive_time(stints, "A") == sum(at_wheel)
    if most:
        assert sum(at_wheel[int(start) : int(start) + window]) == pytest.approx(best)


@settings(max_examples=150, deadline=None)
@given(stints=some_stints(), rest=st.integers(0, 30))
def test_spells_against_brute_force(stints: list[Stint], rest: int) -> None:
    """Second by second: a spell ends when another driver has driven and the rest is long enough."""
    driver: dict[int, str] = {}
    for s in stints:
        for t in range(int(s.start_s), int(s.end_s)):
            driver[t] = s.driver
    lengths: list[int] = []
    last, others = None, False
    for t in sorted(driver):
        if driver[t] != "A":
            others = True
            continue
        if last is None or (others and t - last >= rest):
            lengths.append(0)
        lengths[-1] += 1
        last, others = t + 1, False
    assert [length for _, length in spells(stints, "A", rest)] == lengths


@settings(max_examples=60, deadline=None)
@given(hours=st.lists(st.floats(0.2, 3.0), min_size=3, max_size=14))
def test_verdict_is_the_figures_against_the_limits(hours: list[float]) -> None:
    stints = rota(*[("ABC"[i % 3], h) for i, h in enumerate(hours)], licence=GT)
    broken = {(v.rule, v.driver) for v in violations(LE_MANS, "LMP2", 24 * H, stints)}
    for name in "ABC":
        total = sum(h for i, h in enumerate(hours) if "ABC"[i % 3] == name) * H
        assert (("maximum drive time", name) in broken) == (total > 14 * H + 0.001)
        assert (("minimum drive time", name) in broken) == (total < 6 * H - 0.001)
        window = most_in_window(stints, name, 6 * H)[0]
        assert (("drive time in a window", name) in broken) == (window > 4 * H + 0.001)
