"""The tools, a row each: what is asked, which service answers, and how the answer is told.

Arguments, defaults and bounds are those of the request's model; a row names the fields an assistant may fill and
lowers defaults where a person in a chat would wait too long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from langstrecke import services
from langstrecke.mcp import odds_words, paddock_words, strategy_words
from langstrecke.services.requests.common import Ask
from langstrecke.services.requests.data import RacesAsk
from langstrecke.services.requests.news import NewsAsk
from langstrecke.services.requests.odds import ForecastAsk, SeasonAsk, UnderWayAsk
from langstrecke.services.requests.paddock import CalendarAsk, CareerAsk, RulesAsk
from langstrecke.services.requests.strategy import CallAsk, PlanAsk, WhatIfAsk, WindowAsk
from langstrecke.services.settings import Settings

CHANGES = (
    "Changes are KEY=VALUE of the race card: entries.01.penalty_s=60, entries.01.pace_s=-0.2, "
    "weather.rain_per_h=0.5, classes.DPi.lap_s=93.4. A what-if as TOML goes into patch."
)


@dataclass(frozen=True)
class Tool:
    """One tool. `answer(settings, ask)`, with `step=` where it is `long`; `words(settings, ask, answer)` tells it."""

    name: str
    about: str
    ask: type[Ask]
    fields: tuple[str, ...]
    answer: Callable[..., Any]
    words: Callable[[Settings, Any, Any], str]
    long: bool = False
    defaults: Mapping[str, Any] = field(default_factory=dict)


def _races(settings: Settings, ask: RacesAsk) -> tuple[list[Any], list[Any] | None]:
    """The shipped cards, and the races of the store, None where there is no store."""
    stored = services.races(settings, ask) if settings.store.exists() else None
    cards = [
        card
        for card in services.cards(settings)
        if ask.series in (None, card.series) and ask.season in (None, card.season)
    ]
    return cards, stored


TOOLS = (
    Tool(
        "races",
        "Which races can be asked about: the shipped race cards, and the races of the user's own store.",
        RacesAsk,
        ("series", "season"),
        _races,
        paddock_words.races,
    ),
    Tool(
        "odds",
        "Who wins a race, before its start: chances of win and podium by class, from simulated races of its card, as "
        f"it is or with a change. Takes ten seconds to a minute. {CHANGES}",
        ForecastAsk,
        ("card", "races", "seed", "settings", "patch"),
        services.forecast,
        odds_words.forecast,
        long=True,
        defaults={"races": 4000},
    ),
    Tool(
        "odds_under_way",
        "The odds of a race of the store at a moment of it, from its timing until then: give `at` or `cutoff`.",
        UnderWayAsk,
        ("race", "at", "cutoff", "races", "seed"),
        services.forecast_under_way,
        odds_words.under_way,
        long=True,
        defaults={"races": 2000},
    ),
    Tool(
        "what_if",
        "What a change is worth: the difference in chances for the cars, with its interval, on the same luck. "
        f"{CHANGES}",
        WhatIfAsk,
        ("card", "car", "settings", "patch", "races", "seed"),
        services.what_if,
        strategy_words.what_if,
        long=True,
        defaults={"races": 2000},
    ),
    Tool(
        "plan",
        "Stops of a car over a race and who drives when, under the drive-time rules of the rule book.",
        PlanAsk,
        ("card", "car", "stint_laps", "tyres_every", "even", "settings", "patch"),
        services.plan,
        strategy_words.plan,
        long=True,
    ),
    Tool(
        "call",
        "Pit or stay: what each option of a car is worth at a moment of a race of the store, and why.",
        CallAsk,
        ("race", "car", "at", "races", "seed", "card"),
        services.call,
        strategy_words.call,
        long=True,
    ),
    Tool(
        "window",
        "The pit window of a car at a moment of a race of the store: by lap what a stop is worth and costs, where "
        "the car rejoins and in what traffic, the chance of a yellow; undercut of a rival, fuel saving, fall-off.",
        WindowAsk,
        ("race", "car", "at", "rival", "races", "seed", "card"),
        services.window,
        strategy_words.window,
        long=True,
    ),
    Tool(
        "rules",
        "A rule book, every figure with its source: drive times, pit stops, neutralisations, points.",
        RulesAsk,
        ("book", "season", "event"),
        services.rules,
        paddock_words.rules,
    ),
    Tool(
        "career",
        "What a driver entered in the series held here, in which cars, and how it ended.",
        CareerAsk,
        ("driver", "series", "since", "until"),
        services.career,
        paddock_words.career,
    ),
    Tool(
        "calendar",
        "Where calendars clash in a season: what keeps a driver or a series busy, and which races of `against` are "
        "free.",
        CalendarAsk,
        ("season", "driver", "series", "against", "travel_days"),
        services.calendar,
        paddock_words.calendar,
    ),
    Tool(
        "check_news",
        "Check what a German racing article says against the results held here. Give the article's text.",
        NewsAsk,
        ("texts", "date"),
        services.news_check,
        paddock_words.check,
        long=True,
    ),
    Tool(
        "title_odds",
        "Title odds of a season after some of its rounds: points so far, and the remaining rounds played many times. "
        "Takes up to a minute.",
        SeasonAsk,
        ("season", "after", "seasons", "line_ups", "seed", "settings", "patch"),
        services.season,
        odds_words.season,
        long=True,
        defaults={"seasons": 1000},
    ),
)
