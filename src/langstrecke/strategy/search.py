"""The search for the best plan: successive halving on the same luck, then the finalists on fresh races.

All candidates meet the same simulated races; after each round the worse half goes and the rest plays twice as many.
The finalists are judged on races that had no part in choosing them, until the best one's score is known to the error
asked for; then all are played once more on fresh luck, and what is told is of that run: the winner first, the others
named as good where the run cannot tell them from it. The drivers' order is asked about the winner afterwards, and the
best one is played once more in the same way.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.schema import RaceCard
from langstrecke.racecard.stop_cost import stop_cost
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.prepare import prepare
from langstrecke.simulation.watch import simulate_watched
from langstrecke.strategy.candidates import Candidate, candidates, orders
from langstrecke.strategy.counterfactual.paired import Difference, difference
from langstrecke.strategy.goals import Goal, goal_named
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.tyres import FUEL_BELIEF, TyreValue, tyre_value, with_fuel_effect

F64 = NDArray[np.float64]

FIRST_ROUND = 128
"""Races each candidate plays in the first round (default)."""
FINALISTS = 4
MOST_RACES = 40_000
MOST_TOLD = 8192
"""Races of the last run at most (default)."""
BLOCK = 1024
"""Races between two looks at the error reached."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Judged:
    """A finalist: its score with its standard error, and what it is worth against the best and the card's own way."""

    plan: Candidate
    words: str
    score: float
    se: float
    against_best: Difference
    against_card: Difference

    @property
    def as_good(self) -> bool:
        """The races told cannot tell it from the best."""
        return self.against_best.high >= 0.0

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "plan": self.words,
            "as_good": self.as_good,
            "score": round(self.score, 6),
            "se": round(self.se, 6),
            "interval": [round(self.score - 1.96 * self.se, 6), round(self.score + 1.96 * self.se, 6)],
            "against_best": self.against_best.to_json(),
            "against_card": self.against_card.to_json(),
        }


@dataclass(frozen=True)
class Found:
    """The best plans of a car for a goal, the best first. `price` is what the second best gives away."""

    race: str
    car: str
    goal: Goal
    tried: int
    played: int
    fresh: int
    seed: int
    seconds: float
    best: tuple[Judged, ...]
    """The winner of the search, then the other finalists."""
    drivers: tuple[Judged, ...]
    """The winner with the best of other drivers' orders, played on fresh luck; empty for a crew of one."""
    reached: bool
    """Whether the error asked for was reached within the most races."""
    tyres: TyreValue
    """A new set for a second stint, with how far its worth is known."""
    at_ends: tuple[Difference, Difference] | None
    """The best plan against the card's own at either end of the belief about tyres, where they differ in it."""

    @property
    def price(self) -> Difference:
        """The second best against the best."""
        return self.best[1].against_best

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke optimise --json`."""
        return {
            "race": self.race,
            "car": self.car,
            "goal": self.goal.name,
            "unit": self.goal.unit,
            "tried": self.tried,
            "races_played": self.played,
            "races_of_finalists": self.fresh,
            "error_reached": self.reached,
            "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "plans": [judged.to_json() for judged in self.best],
            "drivers": [judged.to_json() for judged in self.drivers],
            "price_of_second": self.price.to_json(),
            "new_tyres": self.tyres.to_json(),
            "at_ends_of_tyre_belief": None if self.at_ends is None else [d.to_json() for d in self.at_ends],
        }


def optimise(
    card: RaceCard,
    car: str,
    goal: str = "class-win",
    *,
    count: int = 50,
    error: float = 0.005,
    seed: int = 1,
    plans: Sequence[Candidate] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Found:
    """The best plans of a car for a goal, out of `count` candidates (or the given `plans`).

    `error` is the standard error wanted of the best plan's score (a share; of other units it counts as that share of
    the score's own spread). NotFoundError for an unknown car or goal.
    """
    prepare()
    began = time.perf_counter()
    index = car_index(card, car)
    aim = goal_named(goal, card, car)
    params = compile_race(card)
    pool = list(plans) if plans is not None else candidates(card, params, car, count, seed)
    if len(pool) < 2:
        raise LangstreckeError("there is nothing to choose between", hint="give at least two candidates")
    rounds = _rounds(len(pool))
    expected = sum(n * k for n, k in rounds) + 2 * FINALISTS * BLOCK  # the finals take at least a block each, twice
    played = 0

    def play(plan: Candidate, first: int, races: int, race: Params = params) -> F64:
        nonlocal played
        watched = simulate_watched(
            plan.applied(race, index),
            [index],
            races=races,
            seed=seed,
            first_race=first,
            moments=aim.moments,
            threads=threads,
        )
        played += races
        if progress is not None:
            progress(played, max(expected, played + (BLOCK if played > expected else 0)))
        return aim.score(watched, 0)

    alive, used = _halve(pool, rounds, play)
    keep = alive[:FINALISTS]
    if pool[0] not in keep:
        keep.append(pool[0])  # the card's own way is always told
    scores, reached = _finals(keep, used, play, error, aim)
    winner = max(range(len(keep)), key=lambda k: float(scores[k].mean()))
    done = len(scores[winner])
    fresh, count = used + done, min(done, MOST_TOLD)
    scores = [play(plan, fresh, count) for plan in keep]
    order = [winner, *sorted((k for k in range(len(keep)) if k != winner), key=lambda k: -float(scores[k].mean()))]
    best, own = scores[winner], scores[keep.index(pool[0])]

    def judge(plan: Candidate, score: F64, best: F64, own: F64) -> Judged:
        return Judged(
            plan=plan,
            words=plan.describe(card, car),
            score=float(score.mean()),
            se=float(score.std(ddof=1)) / math.sqrt(len(score)),
            against_best=difference(best, score),
            against_card=difference(own, score),
        )

    judged = tuple(judge(keep[k], scores[k], best, own) for k in order)
    others = orders(card, params, car, keep[winner]) if plans is None else []
    after = fresh + count
    asked = [play(plan, after, BLOCK) for plan in others]
    drivers = []
    if others:  # the best of them is told from races that did not choose it
        first = max(range(len(others)), key=lambda k: float(asked[k].mean()))
        same = [play(plan, after + BLOCK, count) for plan in (others[first], keep[winner], pool[0])]
        drivers = [judge(others[first], *same)]
    ends = None
    if judged[0].plan.tyres_every not in (None, pool[0].tyres_every):
        sides = [compile_race(with_fuel_effect(card, share)) for share in FUEL_BELIEF]
        fewer, more = (
            difference(play(pool[0], fresh, BLOCK, side), play(judged[0].plan, fresh, BLOCK, side)) for side in sides
        )
        ends = fewer, more
    return Found(
        race=card.race.id,
        car=car,
        goal=aim,
        tried=len(pool),
        played=played,
        fresh=count,
        seed=seed,
        seconds=time.perf_counter() - began,
        best=judged,
        drivers=tuple(drivers),
        reached=reached,
        tyres=_tyres(card, car),
        at_ends=ends,
    )


def _tyres(card: RaceCard, car: str) -> TyreValue:
    """A new set at a full stop after a full stint, for another."""
    entry, pit = card.entry(car), load_rulebook(card.race.rulebook).pit
    figures = card.classes[entry.car_class]
    tank = entry.stint_laps or figures.stint_laps
    new, keep = (stop_cost(figures, entry, pit, 1.0, tyres, len(entry.drivers) > 1)[0] for tyres in (True, False))
    return tyre_value(figures, tank, tank, new - keep)


def _rounds(count: int) -> list[tuple[int, int]]:
    """(candidates, races of each) round by round."""
    rounds, races = [], FIRST_ROUND
    while count > FINALISTS:
        rounds.append((count, races))
        count, races = max(FINALISTS, count // 2), races * 2
    return rounds


def _halve(
    pool: list[Candidate], rounds: list[tuple[int, int]], play: Callable[[Candidate, int, int], F64]
) -> tuple[list[Candidate], int]:
    """Round after round the worse half goes. Returns who is left, the best first, and the races used."""
    alive = list(pool)
    kept: dict[int, list[F64]] = {id(plan): [] for plan in pool}
    first = 0
    for _, races in rounds:
        for plan in alive:
            kept[id(plan)].append(play(plan, first, races))
        first += races
        alive.sort(key=lambda plan: -float(np.concatenate(kept[id(plan)]).mean()))
        alive = alive[: max(FINALISTS, len(alive) // 2)]
    return alive, first


def _finals(
    keep: list[Candidate], first: int, play: Callable[[Candidate, int, int], F64], error: float, aim: Goal
) -> tuple[list[F64], bool]:
    """Fresh races for the finalists until the best one's score and its lead over the next are known."""
    parts: list[list[F64]] = [[] for _ in keep]
    done = 0
    while done < MOST_RACES:
        for k, plan in enumerate(keep):
            parts[k].append(play(plan, first + done, BLOCK))
        done += BLOCK
        scores = [np.concatenate(p) for p in parts]
        best = max(range(len(keep)), key=lambda k: float(scores[k].mean()))
        spread = 1.0 if aim.unit == "share" else float(scores[best].std(ddof=1))
        if float(scores[best].std(ddof=1)) / math.sqrt(done) <= error * spread:
            return scores, True
    return scores, False
