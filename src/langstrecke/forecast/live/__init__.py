"""In-race forecasts: the state of the race from its timing so far, pace updated, the rest played many times.

    result = forecast_under_way("imsa-2021-sebring", store, cutoff=0.5)
    result = forecast_live(card, laps, 6 * 3600.0, posterior=posterior)
    print(live_state(laps, card, 6 * 3600.0).car("01"))

Nothing that crossed the line after the moment is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.live.fits import LiveFits, live_fits
from langstrecke.forecast.live.pace import pace_so_far, widened, with_pace
from langstrecke.forecast.live.restart import waits
from langstrecke.forecast.live.rules import with_eased_minimum
from langstrecke.forecast.live.snapshot import to_snapshot
from langstrecke.forecast.race import from_outcome
from langstrecke.forecast.result import Forecast
from langstrecke.formatting import race_time
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import laps_until
from langstrecke.racestate.model import LiveCar, LiveState
from langstrecke.racestate.state import live_state
from langstrecke.racestate.tanks import with_tanks
from langstrecke.ratings.pace.posterior import PacePosterior

if TYPE_CHECKING:
    from langstrecke.simulation.kernel.params import Params
    from langstrecke.simulation.outcome import Outcome
    from langstrecke.store import Store

__all__ = [
    "LiveCar",
    "LiveState",
    "compiled",
    "forecast_live",
    "forecast_under_way",
    "live_card",
    "live_state",
    "play_on",
]

Progress = Callable[[int, int], None]
SILENT_S = 600.0
"""Longer than any lap: nobody crossing the line for so long is said (default)."""


def compiled(card: RaceCard, state: LiveState) -> Params:
    """The card in the kernel's terms, with the rules as race control holds to them today."""
    from langstrecke.simulation.compile import compile_race

    return with_eased_minimum(compile_race(card), card, state)


def fits_for(card: RaceCard) -> LiveFits:
    """The fitted figures that had no part in the card's season."""
    return live_fits(card.race.series, card.race.season)


def live_card(
    card: RaceCard,
    laps: pl.DataFrame,
    state: LiveState,
    posterior: PacePosterior | None,
    fits: LiveFits | None = None,
    tanks: LiveState | None = None,
) -> RaceCard:
    """The card with pace (given its posterior) and tanks brought up to date by the laps until the state's moment.

    `tanks` is another state whose stints tell the tanks.
    """
    if posterior is not None:
        card = with_pace(card, posterior, pace_so_far(laps_until(laps, state.t)))
    chosen = fits or fits_for(card)
    return with_tanks(widened(card, chosen), (tanks or state).stints(), chosen.tank)


def play_on(
    card: RaceCard,
    state: LiveState,
    *,
    races: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    fits: LiveFits | None = None,
) -> Outcome:
    """Play the rest of the race from a state, with the figures of `card`.

    A race that stands still is taken up after a wait that differs from part to part of the races (`restart.waits`).
    """
    from langstrecke.simulation.outcome import Outcome, add
    from langstrecke.simulation.simulate import simulate_params

    params = compiled(card, state)
    cars, classes = tuple(e.car for e in card.entries), tuple(e.car_class for e in card.entries)
    total = Outcome.empty(cars, classes, tuple(card.classes), seed)
    for wait_s, first, count in waits(state, races):
        later = replace(state, t=state.t + wait_s)
        played = simulate_params(
            params,
            cars=cars,
            classes=classes,
            class_names=tuple(card.classes),
            races=count,
            first_race=first,
            seed=seed,
            threads=threads,
            progress=None if progress is None else partial(_further, progress, first, races),
            snapshot=to_snapshot(later, card, params, fits or fits_for(card)),
        )
        total = add(total, played)
    return total


def _further(progress: Progress, done: int, races: int, now: int, _: int) -> None:
    """The progress of one part as progress of the whole."""
    progress(done + now, races)


def forecast_live(
    card: RaceCard,
    laps: pl.DataFrame,
    t: float,
    *,
    posterior: PacePosterior | None = None,
    races: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """The odds at race time `t` from what the timing shows until then.

    `card` is the card as known before the race, `posterior` the belief about pace it was filled from
    (`ratings.race_pace.race_posterior`); with it the pace moves with the laps seen. Raises LangstreckeError for a
    moment outside the race.
    """
    _within(t, card.race.duration_s)
    state = live_state(laps, card, t)
    played = live_card(card, laps, state, posterior)
    outcome = play_on(played, state, races=races, seed=seed, threads=threads, progress=progress)
    found = from_outcome(played, outcome, state)
    return replace(found, notes=(*found.notes, *_last_heard(laps, t)))


def _within(t: float, duration_s: float) -> None:
    if not 0.0 < t <= duration_s:
        raise LangstreckeError(
            f"race time {race_time(t)} does not lie within the race of {race_time(duration_s)}",
            hint="before the start forecast without --at" if t <= 0.0 else None,
        )


def _last_heard(laps: pl.DataFrame, t: float) -> tuple[str, ...]:
    """Says so where no car has crossed the line for long before the moment that is asked about."""
    last = float(laps_until(laps, t)["elapsed_s"].max() or 0.0)  # type: ignore[arg-type]
    if t - last <= SILENT_S:
        return ()
    return (f"nobody crossed the line since {race_time(last)}: the race stood still, or the timing ends there",)


def forecast_under_way(
    race_id: str,
    store: Store,
    *,
    at_s: float | None = None,
    cutoff: float | None = None,
    races: int = 2000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """`forecast_live` for a race of the store, at a race time in seconds or a share of the scheduled length.

    Card and pace know what was known before the start, the rest comes from the race's laps so far.
    """
    from langstrecke.racecard.build import archive_for, build_card
    from langstrecke.ratings.archive import race_metas

    if (at_s is None) == (cutoff is None):
        raise LangstreckeError("either a race time or a share of the race is needed")
    laps = store.laps(race_id)
    if laps.is_empty():
        raise LangstreckeError(f"the store holds no laps of {race_id}", hint="import its laps")
    length = race_metas(store)[race_id].duration_s
    t = at_s if at_s is not None else float(cutoff or 0.0) * length
    _within(t, length)
    archive = archive_for(store, race_id, "before")
    card = build_card(race_id, store, archive=archive)
    belief = belief_before(race_id, store, archive)
    return forecast_live(card, laps, t, posterior=belief, races=races, seed=seed, threads=threads, progress=progress)


def belief_before(race_id: str, store: Store, archive: object) -> PacePosterior:
    """The belief about a race's pace before its start: what the card's pace figures were filled from."""
    from langstrecke.racecard.build import entered
    from langstrecke.ratings.archive import Archive
    from langstrecke.ratings.pace.race import race_posterior
    from langstrecke.ratings.race_priors import load_race_priors, set_name
    from langstrecke.ratings.rate import shared_history

    assert isinstance(archive, Archive)
    race = archive.races[race_id]
    name = set_name(f"{race.series}-{race.season}")
    history = shared_history(name)
    speeds = load_race_priors(name).speeds
    return race_posterior(history, archive, race, entered(store, race, archive.licences), speeds=speeds).posterior
