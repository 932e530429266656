"""The verbs of the pit wall: those of the command line.

Quick ones are `verb(settings, ask)`; long ones are jobs, `verb(settings, ask, step=...)`.
"""

from __future__ import annotations

from langstrecke.services.imports import import_files
from langstrecke.services.news import news_check, news_patch, news_read, news_show, news_timeline
from langstrecke.services.odds import forecast, forecast_under_way, scenario, scenarios, season, title_race
from langstrecke.services.paddock import (
    calendar,
    career,
    drivers,
    rulebook_names,
    rules,
    rules_diff,
    teammates,
    versus,
)
from langstrecke.services.races import (
    card,
    cards,
    check_patch,
    drop_patch,
    laps,
    laps_of,
    patch,
    patches,
    race,
    races,
    save_patch,
)
from langstrecke.services.strategy import audit, call, call_now, optimise, plan, what_if

__all__ = [
    "audit",
    "calendar",
    "call",
    "call_now",
    "card",
    "cards",
    "career",
    "check_patch",
    "drivers",
    "drop_patch",
    "forecast",
    "forecast_under_way",
    "import_files",
    "laps",
    "laps_of",
    "news_check",
    "news_patch",
    "news_read",
    "news_show",
    "news_timeline",
    "optimise",
    "patch",
    "patches",
    "plan",
    "race",
    "races",
    "rulebook_names",
    "rules",
    "rules_diff",
    "save_patch",
    "scenario",
    "scenarios",
    "season",
    "teammates",
    "title_race",
    "versus",
    "what_if",
]
