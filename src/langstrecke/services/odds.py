"""Odds: before a race, of one under way, of a season, of a scenario. All are jobs: `step` hears how far they are."""

from __future__ import annotations

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.services.answers import (
    ForecastAnswer,
    ScenarioAnswer,
    ScenarioLine,
    SeasonAnswer,
    TitleRaceAnswer,
)
from langstrecke.services.progress import Step
from langstrecke.services.races import patch_of, shipped
from langstrecke.services.requests import ForecastAsk, ScenarioAsk, SeasonAsk, TitleRaceAsk, UnderWayAsk
from langstrecke.services.settings import Settings
from langstrecke.services.store import reading


def forecast(settings: Settings, ask: ForecastAsk, *, step: Step) -> ForecastAnswer:
    """The odds of a race before its start, as it is or with a what-if, unsure changes by their weight."""
    from langstrecke.forecast import forecast_what_if

    card, patch = shipped(ask.card), patch_of(ask)
    step(0, ask.races, "preparing")
    result = forecast_what_if(
        card, patch, ask.races, ask.seed, progress=lambda done, total: step(done, total, "races")
    )
    return ForecastAnswer.model_validate({**result.to_json(), "changes": list(result.changes) if patch.edits else []})


def forecast_under_way(settings: Settings, ask: UnderWayAsk, *, step: Step) -> ForecastAnswer:
    """The odds of a race of the store from its timing until a moment."""
    from langstrecke.forecast.live import forecast_under_way as play
    from langstrecke.timing.clock import span_s

    if (ask.at is None) == (ask.cutoff is None):
        raise LangstreckeError("either a race time or a share of the race is needed", hint="give `at` or `cutoff`")
    step(0, ask.races, "reading the sessions before the race")
    with reading(settings) as store:
        store.race(ask.race)
        result = play(
            ask.race,
            store,
            at_s=span_s(ask.at) if ask.at is not None else None,
            cutoff=ask.cutoff,
            races=ask.races,
            seed=ask.seed,
            progress=lambda done, total: step(done, total, "races"),
        )
    return ForecastAnswer.model_validate(result.to_json())


def season(settings: Settings, ask: SeasonAsk, *, step: Step) -> SeasonAnswer:
    """Title odds: the points so far, and the remaining rounds played many times."""
    from langstrecke.forecast.season import season_forecast

    patch = patch_of(ask)
    step(0, ask.seasons, "preparing")
    result = season_forecast(
        ask.season,
        after=ask.after,
        seasons=ask.seasons,
        seed=ask.seed,
        patch=patch if patch.edits else None,
        line_ups=ask.line_ups,
        progress=lambda done, total: step(done, total, "seasons"),
    )
    return SeasonAnswer.model_validate(result.to_json())


def title_race(settings: Settings, ask: TitleRaceAsk, *, step: Step) -> TitleRaceAnswer:
    """The odds of one title after every round."""
    from langstrecke.forecast.season import title_race as play

    found = play(
        ask.season,
        ask.title,
        ask.car_class,
        seasons=ask.seasons,
        seed=ask.seed,
        progress=lambda done, total: step(done, total, "rounds"),
    )
    if not any(one.titles for one in found):
        raise NotFoundError(f"{ask.season} has no title of {ask.title} in {ask.car_class}")
    return TitleRaceAnswer(season=ask.season, steps=[SeasonAnswer.model_validate(one.to_json()) for one in found])


def scenarios(settings: Settings) -> list[ScenarioLine]:
    """The shipped scenarios."""
    from langstrecke.forecast.scenario import list_scenarios, load_scenario

    found = [load_scenario(name) for name in list_scenarios()]
    return [ScenarioLine(name=s.name, title=s.title, question=s.question, kind=s.kind) for s in found]


def scenario(settings: Settings, ask: ScenarioAsk, *, step: Step) -> ScenarioAnswer:
    """Play a shipped scenario. NotFoundError names the nearest."""
    from langstrecke.forecast.scenario import list_scenarios, load_scenario, run_scenario

    if ask.name not in list_scenarios():
        raise NotFoundError.nearest("scenario", ask.name, list(list_scenarios()))
    step(0, 1, "preparing")
    answer = run_scenario(
        load_scenario(ask.name),
        races=ask.races,
        seed=ask.seed,
        progress=lambda done, total: step(done, total, "races"),
    )
    return ScenarioAnswer.model_validate(answer.to_json())
