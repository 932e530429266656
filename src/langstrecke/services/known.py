"""Whether what a request names is there at all: asked before work begins, so that nobody waits for a refusal."""

from __future__ import annotations

from pydantic import BaseModel

from langstrecke.racecard import RaceCard, apply_patch, load_card
from langstrecke.services.requests.strategy import WhatIfAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading


def known(settings: Settings, ask: BaseModel) -> None:
    """NotFoundError, naming the nearest, where a request names a race, card, car, class, season or scenario nobody
    knows; CardError where a what-if does not fit its card; StoreError where a race of the store is asked for and
    there is no store. Works nothing out.
    """
    card, race, season = (getattr(ask, name, None) for name in ("card", "race", "season"))
    if isinstance(race, str):
        with reading(settings) as store:
            store.race(race)
    name = card or (race if isinstance(race, str) and "card" in type(ask).model_fields else None)
    if isinstance(name, str):
        _on_the_card(load_card(name), ask)
    if isinstance(ask, WhatIfAsk):
        _fits(load_card(ask.card), ask)
    if isinstance(season, str):
        from langstrecke.forecast.season.standings import season_id

        season_id(season)
    from langstrecke.services.requests.odds import ScenarioAsk

    if isinstance(ask, ScenarioAsk):
        from langstrecke.forecast.scenario import load_scenario

        load_scenario(ask.name)


def _fits(card: RaceCard, ask: WhatIfAsk) -> None:
    from langstrecke.services.what_ifs import patch_of
    from langstrecke.strategy.counterfactual.rules_change import without_rules

    of_card, _ = without_rules(patch_of(ask))
    apply_patch(card, of_card)


def _on_the_card(card: RaceCard, ask: BaseModel) -> None:
    from langstrecke.strategy.lookup import car_index, class_known

    car = getattr(ask, "car", None)
    for number in [*([car] if car else []), *getattr(ask, "cars", [])]:
        car_index(card, number)
    for name in getattr(ask, "classes", []):
        class_known(card, name)
