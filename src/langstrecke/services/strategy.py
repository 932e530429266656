"""The strategist's verbs: plan, call, optimise, what-if, audit. All are jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.racecard import grounds
from langstrecke.racestate.status import UNSEEN
from langstrecke.services.answers.strategy import (
    AuditAnswer,
    CallAnswer,
    Gaps,
    OptimiseAnswer,
    PlanAnswer,
    WhatIfAnswer,
    WhatIfThenAnswer,
    WindowAnswer,
)
from langstrecke.services.kernel import ready
from langstrecke.services.progress import Step, counted
from langstrecke.services.racecards import card_of
from langstrecke.services.requests.strategy import (
    AuditAsk,
    CallAsk,
    DriverWish,
    OptimiseAsk,
    PlanAsk,
    WhatIfAsk,
    WhatIfThenAsk,
    WindowAsk,
)
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading
from langstrecke.services.what_ifs import patch_of, played_card

if TYPE_CHECKING:
    import polars as pl

    from langstrecke.racecard import RaceCard
    from langstrecke.strategy.audit import Audit
    from langstrecke.strategy.call import Call
    from langstrecke.strategy.counterfactual.before_race import Gaps as Middle
    from langstrecke.strategy.counterfactual.before_race import WhatIf
    from langstrecke.strategy.counterfactual.during_race import WhatIfThen
    from langstrecke.strategy.counterfactual.moment import Moment
    from langstrecke.strategy.pit_window import PitWindow
    from langstrecke.strategy.plan import Plan
    from langstrecke.strategy.search import Found


SAME_FIELD = 0.9
"""A card of another circuit or year still fits a race of which it lists this share of the cars (default)."""


def notes_of(settings: Settings, name: str) -> list[str]:
    """What an answer about a card rests on that is not known for sure."""
    return list(grounds(card_of(settings, name)))


def plan_result(
    settings: Settings, ask: PlanAsk, *, step: Step, laps: pl.DataFrame | None = None, now_s: float | None = None
) -> Plan:
    """Stops of a car and who drives when, under every drive-time rule of the rule book.

    With `at` what is driven by then is fixed; `laps` and race time `now_s` are given for a race that is followed.
    """
    from langstrecke.services.data import laps_of
    from langstrecke.strategy.lookup import car_index, race_seconds
    from langstrecke.strategy.plan import make_plan
    from langstrecke.strategy.plan.availability import read_availability
    from langstrecke.strategy.plan.schedule import Policy

    card = played_card(settings, ask.card, ask, step=step)
    if ask.car is None:
        hint = "a plan from a team's own numbers: langstrecke plan --new team.toml"
        raise LangstreckeError("of a race card one car is planned", key="car", hint=hint)
    entry = card.entries[car_index(card, ask.car)]
    wishes = read_availability(_wishes_toml(ask.drivers), card, entry) if ask.drivers else None
    policy = Policy(stint_laps=ask.stint_laps, tyres_every=ask.tyres_every, even=ask.even)
    driven = None
    if ask.at is not None or now_s is not None:
        from langstrecke.strategy.plan.so_far import so_far

        at_s = now_s if now_s is not None else race_seconds(card, ask.at or "")
        told = laps if laps is not None else laps_of(settings, ask.race or card.race.id)
        driven = so_far(card, told, at_s, ask.car)
    elif ask.race is not None:
        raise LangstreckeError("is the race whose driven stints count", key="race", hint="name the moment: --at 3:15")
    step(0, 1, "looking for the best rota")
    return make_plan(
        card,
        ask.car,
        drivers=ask.drivers_file,
        wishes=wishes,
        policy=policy,
        limit_s=ask.limit_s,
        driven=driven,
    )


def plan(settings: Settings, ask: PlanAsk, *, step: Step) -> PlanAnswer:
    """Stops of a car and who drives when, under every drive-time rule of the rule book."""
    return PlanAnswer.of(plan_result(settings, ask, step=step))


def plan_now(settings: Settings, ask: PlanAsk, laps: pl.DataFrame, now_s: float, *, step: Step) -> PlanAnswer:
    """`plan` of the rest of a race that is followed, from race time `now_s` on."""
    return PlanAnswer.of(plan_result(settings, ask, step=step, laps=laps, now_s=now_s))


def _wishes_toml(wishes: list[DriverWish]) -> str:
    """The file of availability these wishes would stand in, so that one reader judges both."""
    import tomlkit

    tables = [{k: v for k, v in wish.model_dump(exclude_defaults=True).items() if v is not None} for wish in wishes]
    return "\n" + tomlkit.dumps({"driver": tables})


def call_result(
    settings: Settings, ask: CallAsk, *, step: Step, laps: pl.DataFrame | None = None, now_s: float | None = None
) -> Call:
    """Pit or stay: what each option open at a moment is worth against staying out, and why.

    `laps` and race time `now_s` are given for a race that is followed; else both come from the request.
    """
    from langstrecke.strategy.call import call as decide

    now, _ = _moment(settings, ask, step=step, laps=laps, now_s=now_s)
    step(0, 1, "weighing the options")
    return decide(now, ask.car, races=ask.races, seed=ask.seed, threads=settings.threads)


def _moment(
    settings: Settings,
    ask: CallAsk | WindowAsk,
    *,
    step: Step,
    laps: pl.DataFrame | None = None,
    now_s: float | None = None,
) -> tuple[Moment, pl.DataFrame]:
    """The race at the moment asked for, with a car that has been seen, and all its laps."""
    from langstrecke.services.data import laps_of
    from langstrecke.strategy.counterfactual.moment import moment
    from langstrecke.strategy.lookup import car_index, race_seconds

    card = _card_of_race(settings, ask.card, ask.race, step)
    car_index(card, ask.car)
    at = now_s if now_s is not None else race_seconds(card, ask.at)
    ready(step, 1)
    driven = laps_of(settings, ask.race) if laps is None else laps
    if driven.is_empty():
        raise LangstreckeError("no lap has been timed yet", hint="ask again after the first one")
    now = moment(card, driven, at)
    _seen(now, ask.car)
    return now, driven


def _card_of_race(settings: Settings, card: str | None, race: str, step: Step) -> RaceCard:
    """The race's own card, or the one asked for in its place. LangstreckeError where that is of another event."""
    found = card_of(settings, card or race, step=step)
    if card is None or found.race.id == race or not settings.store.exists():
        return found
    with reading(settings) as store:
        row = next((r for r in store.races().iter_rows(named=True) if r["race_id"] == race), None)
        raced = set() if row is None else set(store.entries(race).select("car", "car_class").iter_rows())
    if row is None:  # a race that is followed
        return found
    same = (found.circuit.id, str(found.race.season)) == (row["circuit"], str(row["season"]))
    listed = {(e.car, e.car_class) for e in found.entries}
    if not same and (not raced or len(raced & listed) < SAME_FIELD * len(raced)):
        where = f"{found.circuit.name} {found.race.season}"
        raise LangstreckeError(f"is a card of {where}, not of {race}", key="--card", hint="leave it out")
    return found


def _seen(now: Moment, number: str) -> None:
    """Nobody is told what to do with a car that has not come round: LangstreckeError says since when."""
    car = now.state.car(number)
    if car.status not in UNSEEN:
        if not car.laps:  # its place and its gaps would be guesses
            hint = "ask again after its first one"
            raise LangstreckeError(f"no lap of car {number} has been timed by {race_time(now.t)}", hint=hint)
        return
    since = f"since lap {car.laps} ({race_time(car.crossed_s)})" if car.laps else "since the start"
    raise LangstreckeError(
        f"car {number} has not crossed the line {since}: {UNSEEN[car.status]} at {race_time(now.t)}",
        hint="there is no advice before it is seen again",
    )


def call(settings: Settings, ask: CallAsk, *, step: Step) -> CallAnswer:
    """Pit or stay: what each option open at a moment is worth against staying out, and why."""
    return CallAnswer.of(call_result(settings, ask, step=step), notes=notes_of(settings, ask.card or ask.race))


def call_now(settings: Settings, ask: CallAsk, laps: pl.DataFrame, t: float | None, *, step: Step) -> CallAnswer:
    """`call` with the laps given, at race time `t`: for a race that is followed."""
    found = call_result(settings, ask, step=step, laps=laps, now_s=t)
    return CallAnswer.of(found, notes=notes_of(settings, ask.card or ask.race))


def window_result(
    settings: Settings, ask: WindowAsk, *, step: Step, laps: pl.DataFrame | None = None, now_s: float | None = None
) -> PitWindow:
    """The pit window of a car: what a stop at the end of each lap to come is worth, costs and meets.

    `laps` and race time `now_s` are given for a race that is followed; else both come from the request.
    """
    from langstrecke.strategy.pit_window import pit_window

    now, driven = _moment(settings, ask, step=step, laps=laps, now_s=now_s)
    step(0, 1, "playing the window")
    return pit_window(now, driven, ask.car, rival=ask.rival, races=ask.races, seed=ask.seed, threads=settings.threads)


def window(settings: Settings, ask: WindowAsk, *, step: Step) -> WindowAnswer:
    """The pit window of a car: what a stop at the end of each lap to come is worth, costs and meets."""
    found = window_result(settings, ask, step=step)
    return WindowAnswer.of(found, notes=[*found.notes(), *notes_of(settings, ask.card or ask.race)])


def window_now(
    settings: Settings, ask: WindowAsk, laps: pl.DataFrame, t: float | None, *, step: Step
) -> WindowAnswer:
    """`window` with the laps given, at race time `t`: for a race that is followed."""
    found = window_result(settings, ask, step=step, laps=laps, now_s=t)
    return WindowAnswer.of(found, notes=[*found.notes(), *notes_of(settings, ask.card or ask.race)])


def optimise_result(settings: Settings, ask: OptimiseAsk, *, step: Step) -> Found:
    """Search for the best plan of a car: stints, yellows, tyres, fuel, drivers."""
    from langstrecke.strategy.search import optimise as search

    ready(step, ask.candidates)
    return search(
        card_of(settings, ask.card, step=step),
        ask.car,
        ask.goal,
        count=ask.candidates,
        error=ask.error,
        seed=ask.seed,
        threads=settings.threads,
        progress=counted(step, "plans"),
    )


def optimise(settings: Settings, ask: OptimiseAsk, *, step: Step) -> OptimiseAnswer:
    """Search for the best plan of a car: stints, yellows, tyres, fuel, drivers."""
    return OptimiseAnswer.of(optimise_result(settings, ask, step=step), notes=notes_of(settings, ask.card))


def what_if_result(settings: Settings, ask: WhatIfAsk, *, step: Step) -> WhatIf:
    """What a change is worth: the difference in odds, with its interval, on the same luck."""
    from langstrecke.strategy.counterfactual.before_race import what_if as compare

    card = card_of(settings, ask.card, step=step)
    ready(step, 2 * ask.races)
    return compare(
        card,
        patch_of(ask),
        car=ask.car,
        races=ask.races,
        seed=ask.seed,
        threads=settings.threads,
        gaps=ask.gaps,
        progress=counted(step, "races"),
    )


def what_if(settings: Settings, ask: WhatIfAsk, *, step: Step) -> WhatIfAnswer:
    """What a change is worth: the difference in odds, with its interval, on the same luck."""
    return what_if_answer(what_if_result(settings, ask, step=step), notes_of(settings, ask.card))


def what_if_answer(found: WhatIf, notes: list[str]) -> WhatIfAnswer:
    """A what-if as the answer, gaps included where there are any, with the notes of its card."""
    gaps = {"gaps_before": _gaps(found.before), "gaps_after": _gaps(found.after)}
    return WhatIfAnswer.of(found, **gaps, notes=notes)


def _gaps(side: Middle | None) -> Gaps | None:
    if side is None:
        return None
    lines = {k: [_number(x) for x in getattr(side, k)] for k in ("hours", "low", "middle", "high")}
    return Gaps.model_validate(lines)


def _number(value: float) -> float | None:
    return float(value) if value == value else None


def what_if_then_result(settings: Settings, ask: WhatIfThenAsk, *, step: Step) -> WhatIfThen:
    """What another decision of a car would have been worth in a race that was driven."""
    from langstrecke.services.data import laps_of
    from langstrecke.strategy.counterfactual.decision import split
    from langstrecke.strategy.counterfactual.during_race import what_if_then as compare
    from langstrecke.strategy.lookup import car_index, race_seconds

    words, rest = split(ask.settings)
    patch = patch_of(ask.model_copy(update={"settings": rest}))
    card = _card_of_race(settings, ask.card, ask.race, step)
    car_index(card, ask.car)
    at = race_seconds(card, ask.at)
    ready(step, 2 * ask.races)
    return compare(
        card,
        laps_of(settings, ask.race),
        at,
        ask.car,
        words,
        patch=patch,
        races=ask.races,
        seed=ask.seed,
        threads=settings.threads,
    )


def what_if_then(settings: Settings, ask: WhatIfThenAsk, *, step: Step) -> WhatIfThenAnswer:
    """What another decision of a car would have been worth in a race that was driven."""
    found = what_if_then_result(settings, ask, step=step)
    return WhatIfThenAnswer.of(found, notes=notes_of(settings, ask.card or ask.race))


def audit_result(settings: Settings, ask: AuditAsk, *, step: Step) -> Audit:
    """Score every stop of a real race as a decision at its time, with what was known then."""
    from langstrecke.services.data import laps_of
    from langstrecke.strategy.audit import audit as judge
    from langstrecke.strategy.lookup import car_index, class_known

    card = _card_of_race(settings, ask.card, ask.race, step)
    for car in ask.cars:
        car_index(card, car)
    for name in ask.classes:
        class_known(card, name)
    ready(step, 1)
    return judge(
        card,
        laps_of(settings, ask.race),
        cars=ask.cars,
        classes=ask.classes,
        seed=ask.seed,
        threads=settings.threads,
        progress=counted(step, "stops"),
    )


def audit(settings: Settings, ask: AuditAsk, *, step: Step) -> AuditAnswer:
    """Score every stop of a real race as a decision at its time, with what was known then."""
    return AuditAnswer.of(audit_result(settings, ask, step=step), notes=notes_of(settings, ask.card or ask.race))
