"""Counterfactuals: the same races with and without a change, and what the change is worth.

    result = what_if(card, "magnussen.toml", car="63")
    result.of("63").win.change, result.of("63").win.low

Both cards are played on the same luck (common random numbers), so the difference is known far better than either.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from langstrecke.display import Shown, shows_itself
from langstrecke.errors import LangstreckeError
from langstrecke.formatting import percent, plural, points, signed
from langstrecke.racecard.apply import apply_patch
from langstrecke.racecard.patch import Patch, read_patch
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.watch import CLASS_PLACE, PLACE, RETIRED, Watched, simulate_watched
from langstrecke.strategy.counterfactual.paired import SURE, Difference, difference
from langstrecke.strategy.counterfactual.rules_change import changed_rules, without_rules
from langstrecke.strategy.goals import PODIUM, column, in_class
from langstrecke.strategy.lookup import car_index

if TYPE_CHECKING:
    import polars as pl

GAP_POINTS = 32
"""Moments of a gap chart."""
GAP_RACES = 400

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class CarChange:
    """What the change does to one car."""

    car: str
    car_class: str
    win: Difference
    podium: Difference
    overall_win: Difference
    place: Difference
    """Place in class; a fall is a gain."""


@dataclass(frozen=True)
class Ignorance:
    """What is not known about one new driver: the change in class wins were he as good, or as bad, as he may be."""

    driver: str
    pace_s: float
    sd_s: float
    evidence: str
    best: Difference
    worst: Difference


@dataclass(frozen=True)
class Gaps:
    """Gap to the class leader at moments of the race: quartiles over the races in which the car was still going."""

    hours: tuple[float, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@shows_itself
@dataclass(frozen=True)
class WhatIf:
    """A change, in words and in odds."""

    race: str
    changes: tuple[str, ...]
    races: int
    seed: int
    cars: tuple[CarChange, ...]
    focus: str
    """The car asked about, or the one that is changed most."""
    ignorance: tuple[Ignorance, ...] = ()
    before: Gaps | None = None
    after: Gaps | None = None

    def of(self, car: str) -> CarChange:
        """The change for one car. KeyError for one that is in one of the two races only."""
        for change in self.cars:
            if change.car == car:
                return change
        raise KeyError(car)

    def to_frame(self) -> pl.DataFrame:
        """A row a car. For `win`, `podium`, `overall_win` (0..1) and `place` (in class): before, after, the change,
        and the ends of its 95 % interval (`win_low`, `win_high` ...).
        """
        import polars as pl

        def figures(name: str, d: Difference) -> dict[str, float]:
            return {f"{name}_{k}": getattr(d, k) for k in ("before", "after", "change", "low", "high")}

        kinds = ("win", "podium", "overall_win", "place")
        return pl.DataFrame(
            [
                {"car": c.car, "class": c.car_class}
                | {k: v for n in kinds for k, v in figures(n, getattr(c, n)).items()}
                for c in self.cars
            ]
        )

    def _shown(self) -> Shown:
        ranked = sorted(self.cars, key=lambda c: (c.car != self.focus, -abs(c.win.change)))
        rows = [
            (c.car, c.car_class, percent(c.win.before, self.races), percent(c.win.after, self.races),
             f"{points(c.win.change)} ({points(c.win.low)} to {points(c.win.high)})", signed(c.place.change, 2))
            for c in ranked[:10]
        ]  # fmt: skip
        notes = [*self.changes, f"{plural(self.races, 'race')} each way on the same luck, seed {self.seed}."]
        notes += [f"{g.driver}: {points(g.worst.change)} to {points(g.best.change)} points of class win, by what is "
                  f"known of him ({g.evidence})." for g in self.ignorance]  # fmt: skip
        head = ("car", "class", "class win", "what if", "change, points (95 %)", "place")
        return Shown(f"{self.race}: what if", head, rows, tuple(notes), 2)

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke what-if --json`."""
        return {
            "race": self.race,
            "changes": list(self.changes),
            "races": self.races,
            "seed": self.seed,
            "focus": self.focus,
            "cars": [
                {"car": c.car, "class": c.car_class}
                | {k: getattr(c, k).to_json() for k in ("win", "podium", "overall_win", "place")}
                for c in self.cars
            ],
            "not_known": [
                {
                    "driver": g.driver,
                    "pace_s": round(g.pace_s, 4),
                    "pace_s_sd": round(g.sd_s, 4),
                    "evidence": g.evidence,
                    "win_change_at_best": g.best.to_json(),
                    "win_change_at_worst": g.worst.to_json(),
                }
                for g in self.ignorance
            ],
        }


def what_if(
    card: RaceCard,
    change: Patch | RaceCard | str | Path,
    *,
    car: str | None = None,
    races: int = 4000,
    seed: int = 1,
    gaps: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> WhatIf:
    """Play the card with and without a change on the same luck.

    `change` is a patch (or its file or text) or the changed card itself; `car` the car to look at closely. CardError
    names the key of a patch that does not fit; LangstreckeError if nothing is changed.
    """
    words: tuple[str, ...] = ()
    book = None
    if isinstance(change, RaceCard):
        changed = change
    else:
        patch = change if isinstance(change, Patch) else read_patch(change)
        words = tuple(t for t in (patch.title, *patch.describe()) if t)
        of_card, of_rules = without_rules(patch)
        changed = apply_patch(card, of_card)
        if of_rules:
            book = changed_rules(load_rulebook(changed.race.rulebook), of_rules, patch.file)
    if changed == card and (book is None or book == load_rulebook(card.race.rulebook)):
        raise LangstreckeError("nothing is changed", hint="give --set KEY=VALUE or --patch FILE")
    if car is not None:
        car_index(changed, car)
    one, other = side_by_side(card, changed)
    common = [e.car for e in one.entries if e.car in {x.car for x in other.entries}]
    base = _play(one, common, races, seed, threads, progress)
    new = _play(other, common, races, seed, threads, progress, book)
    cars = tuple(
        CarChange(
            car=number,
            car_class=other.entry(number).car_class,
            win=difference(in_class(base, k, 1), in_class(new, k, 1)),
            podium=difference(in_class(base, k, PODIUM), in_class(new, k, PODIUM)),
            overall_win=difference((column(base, k, PLACE) == 1) * 1.0, (column(new, k, PLACE) == 1) * 1.0),
            place=difference(column(base, k, CLASS_PLACE), column(new, k, CLASS_PLACE)),
        )
        for k, number in enumerate(common)
    )
    focus = car or max(cars, key=lambda c: abs(c.win.change) + abs(c.place.change) / 100).car
    result = WhatIf(card.race.id, words, races, seed, cars, focus)
    if focus in common:
        unsure = _ignorance(one, other, focus, base, common.index(focus), seed, threads, book)
        result = replace(result, ignorance=unsure)
        if gaps:
            few = min(races, GAP_RACES)
            before = car_gaps(one, focus, few, seed, threads)
            after = car_gaps(other, focus, few, seed, threads, book)
            result = replace(result, before=before, after=after)
    return result


def side_by_side(one: RaceCard, other: RaceCard) -> tuple[RaceCard, RaceCard]:
    """Both cards with the cars they share first and in one order: luck belongs to a car by its place in the card."""
    numbers = [e.car for e in one.entries]
    shared = [n for n in numbers if n in {e.car for e in other.entries}]

    def ordered(card: RaceCard) -> RaceCard:
        rest = [e for e in card.entries if e.car not in shared]
        return card.model_copy(update={"entries": tuple([card.entry(n) for n in shared] + rest)})

    return ordered(one), ordered(other)


def _play(
    card: RaceCard,
    cars: list[str],
    races: int,
    seed: int,
    threads: int | None,
    progress: Progress | None = None,
    book: RuleBook | None = None,
) -> Watched:
    watch = [car_index(card, number) for number in cars]
    return simulate_watched(
        compile_race(card, book), watch, races=races, seed=seed, threads=threads, progress=progress
    )


def _ignorance(
    one: RaceCard,
    other: RaceCard,
    car: str,
    base: Watched,
    k: int,
    seed: int,
    threads: int | None,
    book: RuleBook | None,
) -> tuple[Ignorance, ...]:
    """For each driver new to the car: the change if his pace is at either end of what is believed of it."""
    known = {d.name for d in one.entry(car).drivers}
    found = []
    for d, driver in enumerate(other.entry(car).drivers):
        if driver.name in known or driver.pace_s_sd <= 0:
            continue
        ends = []
        for shift in (-SURE, SURE):
            fixed = driver.model_copy(update={"pace_s": driver.pace_s + shift * driver.pace_s_sd, "pace_s_sd": 0.0})
            played = _play(_with_driver(other, car, d, fixed), [car], base.races, seed, threads, book=book)
            ends.append(difference(in_class(base, k, 1), in_class(played, 0, 1)))
        found.append(Ignorance(driver.name, driver.pace_s, driver.pace_s_sd, driver.evidence, ends[0], ends[1]))
    return tuple(found)


def _with_driver(card: RaceCard, car: str, place: int, driver: object) -> RaceCard:
    def changed(entry: Entry) -> Entry:
        if entry.car != car:
            return entry
        crew = tuple(driver if d == place else old for d, old in enumerate(entry.drivers))
        return entry.model_copy(update={"drivers": crew})

    return card.model_copy(update={"entries": tuple(changed(e) for e in card.entries)})


def car_gaps(
    card: RaceCard, car: str, races: int, seed: int, threads: int | None = None, book: RuleBook | None = None
) -> Gaps:
    """How far a car is behind its class leader over the race, races in which it retired left out."""
    moments = [card.race.duration_s * (n + 1) / GAP_POINTS for n in range(GAP_POINTS - 1)]
    index = car_index(card, car)
    params = compile_race(card, book)
    return gaps_of(simulate_watched(params, [index], races=races, seed=seed, moments=moments, threads=threads))


def gaps_of(played: Watched) -> Gaps:
    """Quartiles of the first watched car's gaps, races in which it retired left out."""
    going = played.cars[:, 0, RETIRED] == 0
    gaps = played.gaps[going if going.any() else slice(None), 0]
    low, middle, high = np.quantile(gaps, (0.25, 0.5, 0.75), axis=0)
    hours = tuple(t / 3600.0 for t in played.moments)
    return Gaps(hours, tuple(map(float, low)), tuple(map(float, middle)), tuple(map(float, high)))
