"""The strategist's verbs: plan, call, optimise, what-if, audit. All are jobs."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.services.answers_strategy import (
    AuditAnswer,
    CallAnswer,
    Gaps,
    OptimiseAnswer,
    PlanAnswer,
    WhatIfAnswer,
)
from langstrecke.services.progress import Step
from langstrecke.services.races import laps_of, patch_of, played_card, shipped
from langstrecke.services.requests import AuditAsk, CallAsk, DriverWish, OptimiseAsk, PlanAsk, WhatIfAsk
from langstrecke.services.settings import Settings


def plan(settings: Settings, ask: PlanAsk, *, step: Step) -> PlanAnswer:
    """Stops of a car and who drives when, under every drive-time rule of the rule book."""
    from langstrecke.strategy.lookup import car_index
    from langstrecke.strategy.plan import make_plan
    from langstrecke.strategy.plan.availability import read_availability
    from langstrecke.strategy.plan.schedule import Policy

    _, card, _ = played_card(ask.card, ask)
    entry = card.entries[car_index(card, ask.car)]
    wishes = read_availability(_wishes_toml(ask.drivers), card, entry) if ask.drivers else None
    policy = Policy(stint_laps=ask.stint_laps, tyres_every=ask.tyres_every, even=ask.even)
    step(0, 1, "looking for the best rota")
    found = make_plan(card, ask.car, wishes=wishes, policy=policy, limit_s=ask.limit_s)
    return PlanAnswer.model_validate(found.to_json())


def _wishes_toml(wishes: list[DriverWish]) -> str:
    """The file of availability these wishes would stand in, so that one reader judges both."""
    import tomlkit

    tables = [{k: v for k, v in wish.model_dump(exclude_defaults=True).items() if v is not None} for wish in wishes]
    return "\n" + tomlkit.dumps({"driver": tables})


def call(settings: Settings, ask: CallAsk, *, step: Step) -> CallAnswer:
    """Pit or stay: what each option open at a moment is worth against staying out, and why."""
    return call_now(settings, ask, laps_of(settings, ask.race), None, step=step)


def call_now(settings: Settings, ask: CallAsk, laps: pl.DataFrame, t: float | None, *, step: Step) -> CallAnswer:
    """`call` with the laps given, at race time `t`: for a race that is followed."""
    from langstrecke.strategy.call import call as decide
    from langstrecke.strategy.counterfactual.moment import moment
    from langstrecke.strategy.lookup import car_index, race_seconds

    card = shipped(ask.card or ask.race)
    car_index(card, ask.car)
    at = t if t is not None else race_seconds(card, ask.at)
    step(0, 1, "weighing the options")
    if laps.is_empty():
        raise LangstreckeError("no lap has been timed yet", hint="ask again after the first one")
    found = decide(moment(card, laps, at), ask.car, races=ask.races, seed=ask.seed)
    return CallAnswer.model_validate(found.to_json())


def optimise(settings: Settings, ask: OptimiseAsk, *, step: Step) -> OptimiseAnswer:
    """Search for the best plan of a car: stints, yellows, tyres, fuel, drivers."""
    from langstrecke.strategy.search import optimise as search

    card = shipped(ask.card)
    found = search(
        card,
        ask.car,
        ask.goal,
        count=ask.candidates,
        error=ask.error,
        seed=ask.seed,
        progress=lambda done, total: step(done, total, "plans"),
    )
    return OptimiseAnswer.model_validate(found.to_json())


def what_if(settings: Settings, ask: WhatIfAsk, *, step: Step) -> WhatIfAnswer:
    """What a change is worth: the difference in odds, with its interval, on the same luck."""
    from langstrecke.strategy.counterfactual.before_race import Gaps as Middle
    from langstrecke.strategy.counterfactual.before_race import what_if as compare

    card = shipped(ask.card)
    step(0, 2 * ask.races, "preparing")
    found = compare(
        card,
        patch_of(ask),
        car=ask.car,
        races=ask.races,
        seed=ask.seed,
        gaps=ask.gaps,
        progress=lambda done, total: step(done, total, "races"),
    )

    def gaps(side: Middle | None) -> Gaps | None:
        if side is None:
            return None
        lines = {k: [_number(x) for x in getattr(side, k)] for k in ("hours", "low", "middle", "high")}
        return Gaps.model_validate(lines)

    answer = WhatIfAnswer.model_validate(found.to_json())
    return answer.model_copy(update={"gaps_before": gaps(found.before), "gaps_after": gaps(found.after)})


def _number(value: float) -> float | None:
    return float(value) if value == value else None


def audit(settings: Settings, ask: AuditAsk, *, step: Step) -> AuditAnswer:
    """Score every stop of a real race as a decision at its time, with what was known then."""
    from langstrecke.strategy.audit import audit as judge

    card = shipped(ask.card or ask.race)
    found = judge(
        card,
        laps_of(settings, ask.race),
        cars=ask.cars,
        classes=ask.classes,
        seed=ask.seed,
        progress=lambda done, total: step(done, total, "stops"),
    )
    return AuditAnswer.model_validate(found.to_json())
