"""The strategist: plans and rotas, counterfactuals, searches, pit-or-stay calls and audits."""

from langstrecke.strategy.audit import Audit, Scored, audit
from langstrecke.strategy.call import Call, call
from langstrecke.strategy.candidates import Candidate
from langstrecke.strategy.counterfactual.before_race import WhatIf, what_if
from langstrecke.strategy.counterfactual.during_race import WhatIfThen, what_if_then
from langstrecke.strategy.counterfactual.moment import Moment, moment, race_laps
from langstrecke.strategy.options import Option
from langstrecke.strategy.pit_window import PitWindow, pit_window
from langstrecke.strategy.plan import Plan, PlanStint, make_plan
from langstrecke.strategy.search import Found, optimise

__all__ = [
    "Audit",
    "Call",
    "Candidate",
    "Found",
    "Moment",
    "Option",
    "PitWindow",
    "Plan",
    "PlanStint",
    "Scored",
    "WhatIf",
    "WhatIfThen",
    "audit",
    "call",
    "make_plan",
    "moment",
    "optimise",
    "pit_window",
    "race_laps",
    "what_if",
    "what_if_then",
]
