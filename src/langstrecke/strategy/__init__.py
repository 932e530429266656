"""The strategist: plans and rotas, counterfactuals, searches, pit-or-stay calls and audits."""

from langstrecke.strategy.plan import Plan, PlanStint, make_plan

__all__ = ["Plan", "PlanStint", "make_plan"]
