"""Odds: before a race, of one under way, of a season, of a scenario. All but `scenarios` are jobs: `step` hears how
far they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard import list_cards
from langstrecke.services.answers.odds import (
    ForecastAnswer,
    PlaceLine,
    ScenarioAnswer,
    ScenarioLine,
    SeasonAnswer,
    TitleRaceAnswer,
)
from langstrecke.services.kernel import ready
from langstrecke.services.progress import Step, counted
from langstrecke.services.racecards import BUILT, card_of
from langstrecke.services.requests.odds import (
    ForecastAsk,
    ScenarioAsk,
    SeasonAsk,
    SimulateAsk,
    TitleRaceAsk,
    UnderWayAsk,
)
from langstrecke.services.settings import Settings
from langstrecke.services.what_ifs import asked, patch_of

if TYPE_CHECKING:
    import polars as pl

    from langstrecke.forecast.result import Forecast
    from langstrecke.forecast.scenario import Answer
    from langstrecke.forecast.season.result import SeasonForecast


def forecast_result(settings: Settings, ask: ForecastAsk, *, step: Step) -> Forecast:
    """The odds of a race before its start, as it is or with a what-if, unsure changes by their weight."""
    from langstrecke.forecast import forecast as play
    from langstrecke.forecast import forecast_what_if

    card, patch = card_of(settings, ask.card, step=step), patch_of(ask)
    if settings.engine == "threads":
        ready(step, ask.races)
    where: dict[str, Any] = {"engine": settings.engine, "address": settings.address}
    how = (ask.races, ask.seed, settings.threads, counted(step, "what if" if patch.edits else "races"))
    return forecast_what_if(card, patch, *how, **where) if asked(ask) else play(card, *how, **where)


def forecast(settings: Settings, ask: ForecastAsk, *, step: Step) -> ForecastAnswer:
    """The odds of a race before its start, as it is or with a what-if, unsure changes by their weight."""
    return forecast_answer(forecast_result(settings, ask, step=step))


def forecast_answer(found: Forecast) -> ForecastAnswer:
    """A forecast as the answer."""
    return ForecastAnswer.model_validate({**found.to_json(), "changes": list(found.changes)})


def under_way_result(settings: Settings, ask: UnderWayAsk, *, step: Step) -> Forecast:
    """The odds of a race of the store from its timing until a moment."""
    from langstrecke.forecast.live import forecast_under_way as play
    from langstrecke.ratings.archive import race_metas
    from langstrecke.services.store import reading
    from langstrecke.timing.clock import moment_s

    if (ask.at is None) == (ask.cutoff is None):
        raise LangstreckeError("either a race time or a share of the race is needed", hint="at or cutoff")
    ready(step, ask.races)
    step(0, ask.races, "reading the sessions before the race")
    with reading(settings) as store:
        store.race(ask.race)
        race = race_metas(store)[ask.race]
        found = play(
            ask.race,
            store,
            at_s=moment_s(ask.at, race.start.time(), race.duration_s) if ask.at is not None else None,
            cutoff=ask.cutoff,
            races=ask.races,
            seed=ask.seed,
            threads=settings.threads,
            progress=counted(step, "races"),
        )
    return found if ask.race in list_cards() else replace(found, notes=(*found.notes, BUILT))


def forecast_under_way(settings: Settings, ask: UnderWayAsk, *, step: Step) -> ForecastAnswer:
    """The odds of a race of the store from its timing until a moment."""
    return forecast_answer(under_way_result(settings, ask, step=step))


def season_result(settings: Settings, ask: SeasonAsk, *, step: Step) -> SeasonForecast:
    """Title odds: the points so far, and the remaining rounds played many times."""
    from langstrecke.forecast.season import season_forecast

    patch = patch_of(ask)
    ready(step, ask.seasons)
    return season_forecast(
        ask.season,
        after=ask.after,
        seasons=ask.seasons,
        seed=ask.seed,
        threads=settings.threads,
        patch=patch if patch.edits else None,
        line_ups=ask.line_ups,
        progress=counted(step, "seasons"),
    )


def season(settings: Settings, ask: SeasonAsk, *, step: Step) -> SeasonAnswer:
    """Title odds: the points so far, and the remaining rounds played many times."""
    return SeasonAnswer.of(season_result(settings, ask, step=step), covers=season_covers())


def season_covers() -> str:
    """Of which series and seasons results are held: points of others are not known here."""
    from langstrecke.paddock.coverage import coverage
    from langstrecke.paddock.registry import load_registry

    return f"the registry holds results of {coverage(load_registry())}"


def title_race_result(settings: Settings, ask: TitleRaceAsk, *, step: Step) -> list[SeasonForecast]:
    """The odds of one title after every round."""
    from langstrecke.forecast.season import title_race as play

    patch = patch_of(ask)
    found = play(
        ask.season,
        ask.title,
        ask.car_class,
        seasons=ask.seasons,
        seed=ask.seed,
        threads=settings.threads,
        patch=patch if patch.edits else None,
        line_ups=ask.line_ups,
        progress=counted(step, "rounds"),
    )
    if not any(one.titles for one in found):
        raise NotFoundError(f"{ask.season} has no title of {ask.title} in {ask.car_class}")
    return found


def title_race(settings: Settings, ask: TitleRaceAsk, *, step: Step) -> TitleRaceAnswer:
    """The odds of one title after every round."""
    found = title_race_result(settings, ask, step=step)
    return TitleRaceAnswer(season=ask.season, steps=[SeasonAnswer.of(one) for one in found])


def scenarios(settings: Settings) -> list[ScenarioLine]:
    """The shipped scenarios."""
    from langstrecke.forecast.scenario import list_scenarios, load_scenario

    found = [load_scenario(name) for name in list_scenarios()]
    return [ScenarioLine(name=s.name, title=s.title, question=s.question, kind=s.kind) for s in found]


def scenario_result(settings: Settings, ask: ScenarioAsk, *, step: Step) -> Answer:
    """Play a scenario. NotFoundError names the nearest."""
    from langstrecke.forecast.scenario import load_scenario, run_scenario

    ready(step, ask.races)
    return run_scenario(
        load_scenario(ask.name),
        races=ask.races,
        seed=ask.seed,
        threads=settings.threads,
        progress=counted(step, "races"),
    )


def scenario(settings: Settings, ask: ScenarioAsk, *, step: Step) -> ScenarioAnswer:
    """Play a scenario. NotFoundError names the nearest."""
    return ScenarioAnswer.of(scenario_result(settings, ask, step=step))


def simulate_result(settings: Settings, ask: SimulateAsk, *, step: Step) -> pl.DataFrame:
    """The laps of one race of a card, as real timing data would look (`timing.schema.LAPS`)."""
    from langstrecke.simulation import simulate_laps

    ready(step, 1)
    return simulate_laps(card_of(settings, ask.card, step=step), race=ask.race, seed=ask.seed)


def simulate(settings: Settings, ask: SimulateAsk, *, step: Step) -> list[PlaceLine]:
    """How one race of a card ended."""
    return places(simulate_result(settings, ask, step=step))


def places(laps: pl.DataFrame) -> list[PlaceLine]:
    """The classification of a race as the answer."""
    from langstrecke.timing.derive import classification

    rows = classification(laps).select(*PlaceLine.model_fields)
    return [PlaceLine.model_validate(row) for row in rows.iter_rows(named=True)]
