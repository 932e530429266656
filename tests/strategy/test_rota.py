"""Rotas: the cheapest there is; legal whatever crew and availability, or refused with the rules that clash."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from factories import small_card
from langstrecke.errors import LangstreckeError
from langstrecke.racecard import RaceCard
from langstrecke.racecard.schema import Entry
from langstrecke.rulebooks.legality import Stint, violations
from langstrecke.rulebooks.limits import DriverLimits
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy import make_plan
from langstrecke.strategy.plan.availability import Wish
from langstrecke.strategy.plan.rota import solve
from langstrecke.strategy.plan.rota_rules import Problem
from langstrecke.strategy.plan.schedule import Run

pytest.importorskip("ortools")

LICENCES = st.sampled_from(["platinum", "gold", "silver", "bronze"])


def run(number: int, laps: int, start_s: float) -> Run:
    return Run(start_s, start_s + 100.0 * laps, laps, 1 + number, laps, laps, True, 60.0, 30.0)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Seven stints, two or three drivers, paces, shares, rest, a limit on time at the wheel."""
    runs, t = [], 0.0
    for number in range(7):
        runs.append(run(number, draw(st.integers(15, 40)), t))
        t = runs[-1].end_s + 60.0
    crew = draw(st.integers(2, 3))
    paces = draw(st.lists(st.floats(-1, 1), min_size=crew, max_size=crew))
    wishes = tuple(
        Wish(share=draw(st.floats(0.2, 2.0)), min_rest_s=draw(st.sampled_from([0.0, 4000.0]))) for _ in range(crew)
    )
    limit = DriverLimits(max_drive_s=draw(st.sampled_from([None, 9000.0])), all_must_start=draw(st.booleans()))
    entry = Entry.model_validate(
        {
            "car": "1",
            "class": "GTD",
            "grid": 1,
            "drivers": [{"name": f"D{n}", "pace_s": pace} for n, pace in enumerate(paces)],
        }
    )
    flat = (0.0,) * 7
    return Problem(entry, tuple(runs), (limit,) * crew, wishes, flat, flat, flat, margin_s=0.0)


def cost(problem: Problem, rota: tuple[int, ...]) -> int | None:
    """What the docs say a rota costs, in tenths of a second; None for one that breaks a rule."""
    runs, paces = problem.runs, [d.pace_s for d in problem.entry.drivers]
    total, usual = 0, max(1, int(2.3 * 3600 // sorted(r.end_s - r.start_s for r in runs)[3]))
    for run_, d in zip(runs, rota, strict=True):
        total += round(10 * (paces[d] - min(paces)) * run_.laps)
    last_out: dict[int, float] = {}
    for d, group in itertools.groupby(range(7), key=lambda s: rota[s]):
        turn = list(group)
        total += (200 if turn[0] else 0) + 300 * max(0, len(turn) - usual)
        if d in last_out and runs[turn[0]].start_s - last_out[d] < problem.wishes[d].min_rest_s:
            return None
        last_out[d] = runs[turn[-1]].end_s
    whole = sum(round(r.end_s - r.start_s) for r in runs)
    shares = sum(w.share for w in problem.wishes)
    for d, wish in enumerate(problem.wishes):
        driven = sum(round(r.end_s - r.start_s) for r, who in zip(runs, rota, strict=True) if who == d)
        limit = problem.limits[d]
        if (limit.max_drive_s and driven > limit.max_drive_s) or (limit.all_must_start and not driven):
            return None
        total += 2 * math.ceil(abs(driven - round(whole * wish.share / shares)) / 60)
    return total


@given(problems())
@settings(max_examples=30, deadline=None)
def test_no_rota_is_cheaper(problem: Problem) -> None:
    crew = range(len(problem.entry.drivers))
    costs = [c for rota in itertools.product(crew, repeat=7) if (c := cost(problem, rota)) is not None]
    found = solve(problem, 5.0)
    if not costs:
        assert found is None
        return
    assert found is not None
    assert found.proven
    assert found.cost_s == min(costs) / 10
    assert cost(problem, found.drivers) == min(costs)


CREWS = st.lists(st.tuples(LICENCES, st.floats(-1.0, 1.0)), min_size=2, max_size=4)
SPAN = st.tuples(st.floats(0, 12), st.floats(0.2, 5)).map(lambda s: (3600 * s[0], 3600 * (s[0] + s[1])))
WISHES = st.builds(
    Wish,
    unavailable=st.lists(SPAN, max_size=2).map(tuple),
    starts=st.sampled_from([False, False, False, True]),
    stints=st.sampled_from([None, None, 1, 2]),
    share=st.floats(0.3, 2.0),
)


def card_of(crew: list[tuple[str, float]], book: str, car_class: str, hours: float) -> RaceCard:
    data: dict[str, Any] = small_card(rulebook=book, duration_s=3600 * hours).model_dump(by_alias=True)
    data["classes"] = {car_class: data["classes"]["GTLM"]}
    data["result"] = ()
    drivers = [{"name": f"D{n}", "licence": licence, "pace_s": pace} for n, (licence, pace) in enumerate(crew)]
    data["entries"] = [{"car": "1", "class": car_class, "grid": 1, "drivers": drivers}]
    return RaceCard.model_validate(data)


@given(
    CREWS,
    st.lists(WISHES, min_size=4, max_size=4),
    st.sampled_from([("imsa-2021", "GTD"), ("le-mans-2019", "LMGTE Am"), ("imsa-2021", "GTLM")]),
    st.sampled_from([6.0, 10.0, 12.0]),
)
@settings(max_examples=25, deadline=None)
def test_a_rota_is_legal_or_refused_with_the_rules_that_clash(
    crew: list[tuple[str, float]], wishes: list[Wish], book: tuple[str, str], hours: float
) -> None:
    card = card_of(crew, *book, hours)
    names = [d.name for d in card.entries[0].drivers]
    wanted = wishes[: len(crew)]
    plan, refused = None, ""
    try:
        plan = make_plan(card, "1", wishes=wanted, limit_s=1.0)
    except LangstreckeError as error:
        refused = error.what
    if plan is None:
        assert "no rota of car 1 obeys all of" in refused
        assert any(name in refused for name in names)
        return
    licences = [(d.name, d.licence) for d in card.entries[0].drivers]
    stints = [Stint(s.driver, dict(licences)[s.driver], s.start_s, s.end_s) for s in plan.stints]
    judged = violations(load_rulebook(book[0]), book[1], card.race.duration_s, stints, nominated=licences)
    assert [v.text for v in judged if "crew" not in v.rule] == []
    for name, wish in zip(names, wanted, strict=True):
        own = [s for s in plan.stints if s.driver == name]
        assert not any(s.start_s < end and begin < s.end_s for s in own for begin, end in wish.unavailable)
        assert not wish.starts or plan.stints[0].driver == name


def test_who_is_not_available_is_not_in_the_car_a_second_too_early() -> None:
    """A quick crew mate brings the next stint forward by some seconds: the rota is timed at the mean pace first."""
    card = card_of([("platinum", -0.5), ("platinum", 0.0)], "imsa-2021", "GTD", 6.0)
    begins = make_plan(card, "1", limit_s=1.0).stints[3].start_s
    for late in range(-40, 41, 10):
        until = begins + late
        plan = make_plan(card, "1", wishes=[Wish(), Wish(unavailable=((0.0, until),))], limit_s=1.0)
        assert min(s.start_s for s in plan.stints if s.driver == "D1") >= until
        assert not any("not available" in note for note in plan.notes)
