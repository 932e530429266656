"""What a verb asks and answers: one request model, one answer model, one function a verb; command line, web and
assistants are skins over it.

    from langstrecke.services import odds
    answer = odds.forecast(Settings(), ForecastAsk(card="imsa-2021-sebring"), step=silent)

Quick verbs are `verb(settings, ask)`; long ones are jobs, `verb(settings, ask, step=...)`. A verb whose tables,
figures or exports need more than its answer says has the domain's result beside it, `verb_result(...)`, of which
`verb(...)` is the model. Nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_MODULES = {
    "data": ("laps", "laps_of", "race", "races"),
    "imports": ("import_files", "import_paths"),
    "fetch": ("fetch_calendar", "fetch_event"),
    "racecards": ("build", "card", "cards", "check"),
    "what_ifs": ("check_patch", "drop_patch", "patch", "patches", "save_patch"),
    "odds": ("forecast", "forecast_under_way", "scenario", "scenarios", "season", "simulate", "title_race"),
    "strategy": (
        "audit", "call", "call_now", "optimise", "plan", "plan_now", "what_if", "what_if_then", "window",
        "window_now",
    ),
    "live_source": ("live_series",),
    "kernel": ("bench", "warm_up"),
    "team": ("team_plan",),
    "reminders": ("remind",),
    "evaluation": ("backtest", "score"),
    "ledger": ("export_records", "record", "records", "score_records", "verify_records"),
    "ratings": ("rated_cars", "rated_drivers"),
    "paddock": (
        "calendar", "career", "drivers", "entries", "rulebooks", "rules", "rules_diff", "teammates", "versus",
        "who",
    ),
    "news": ("news_check", "news_patch", "news_read", "news_show", "news_timeline"),
}  # fmt: skip
_HOME = {verb: module for module, verbs in _MODULES.items() for verb in verbs}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"langstrecke.services.{_HOME[name]}"), name)
    raise AttributeError(f"module 'langstrecke.services' has no attribute {name!r}")
