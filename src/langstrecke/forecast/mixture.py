"""Forecasts of what-ifs, unsure ones too: a change with `probability = 0.6` is played in 60 % of the races.

The races are split once for each unsure change: the first 60 % of them with it, the rest without, and both parts
again for the next one. So changes are independent of each other (those of one claim go together), the shares are
exact where they come out even, and every race keeps its number and with it the luck it has without the what-if.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from langstrecke.errors import CardError
from langstrecke.forecast.race import KEEP_FIGURES, from_outcome
from langstrecke.forecast.result import Forecast, PlayedChange
from langstrecke.racecard.apply import apply_patch
from langstrecke.racecard.patch import Edit, Patch
from langstrecke.racecard.schema import RaceCard

if TYPE_CHECKING:
    from langstrecke.simulation import Outcome

MAX_FIELDS = 1000
"""Different fields one forecast may play; each takes some 30 ms to check and compile, whatever its races."""


EMPTY = "the what-if is empty: nothing changes, these are the odds of the card as it is"
IDLE = "the what-if changes nothing: the card says so already"


@dataclass(frozen=True)
class Field:
    """The card with some of the unsure changes made, and the races it is played in."""

    card: RaceCard
    first: int
    races: int
    edits: tuple[Edit, ...]


def forecast_what_if(
    card: RaceCard,
    patch: Patch,
    races: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    *,
    engine: str = "threads",
    address: str | None = None,
) -> Forecast:
    """The forecast of a card with a what-if; each change is played in the share of the races it asks for.

    Arguments are those of `forecast`, and `forecast(card, races, seed)` meets the same luck. The line-ups shown are
    the likelier ones; `notes` say where nothing changes. Raises CardError for a what-if that does not fit the card.
    """
    from langstrecke.simulation import simulate

    shown = _patched(card, patch, tuple(e for e in patch.edits if e.probability >= 0.5))
    fields = fields_of(card, patch, races, seed)
    outcomes: list[Outcome] = []
    for field in fields:
        outcome = simulate(
            field.card,
            races=field.races,
            first_race=field.first,
            seed=seed,
            threads=threads,
            progress=_further(progress, field.first, races),
            figures=races <= KEEP_FIGURES and engine != "cuda",
            engine=engine,
            address=address,
        )
        outcomes.append(outcome)
    played = tuple(
        PlayedChange(edit.describe(), edit.probability, sum(f.races for f in fields if edit in f.edits))
        for edit in patch.edits
    )
    found = from_outcome(shown, _together(outcomes))
    if not patch.edits:
        return replace(found, notes=(*found.notes, EMPTY))
    changes = tuple(t for t in (patch.title, *patch.describe()) if t)
    told = (IDLE,) if all(field.card == card for field in fields) else ()
    return replace(found, changes=changes, played=played, notes=(*found.notes, *told))


def fields_of(card: RaceCard, patch: Patch, races: int, seed: int) -> list[Field]:
    """The different fields a what-if is played with, and the races of each, in order of their numbers."""
    names = [edit.claim or f"change {number}" for number, edit in enumerate(patch.edits)]
    groups = _groups(patch, names)
    _patched(card, patch, patch.edits)  # what is wrong with all of it together is told as it is
    blocks: list[tuple[int, int, frozenset[str]]] = []
    for block in _blocks(list(groups.items()), 0, races, seed):
        blocks.append(block)
        if len(blocks) > MAX_FIELDS:
            raise CardError(
                f"{len(groups)} unsure changes that go their own ways make more than {MAX_FIELDS} different fields",
                file=patch.file,
                hint="give changes that come true together the same claim, or leave the least sure ones out",
            )
    fields = []
    for first, count, on in blocks:
        made = (edit.probability == 1 or name in on for edit, name in zip(patch.edits, names, strict=True))
        edits = tuple(compress(patch.edits, made))
        try:
            fields.append(Field(_patched(card, patch, edits), first, count, edits))
        except CardError as error:
            hint = 'changes that need each other take the same claim = "..." and are played together'
            what = f"{error.what}, where other unsure changes do not come true"
            raise CardError(what, file=error.file, line=error.line, key=error.key, hint=hint) from None
    return fields


def _patched(card: RaceCard, patch: Patch, edits: tuple[Edit, ...]) -> RaceCard:
    made = tuple(replace(edit, probability=1.0) for edit in edits)
    return apply_patch(card, replace(patch, edits=made)) if made else card


def _groups(patch: Patch, names: list[str]) -> dict[str, float]:
    """The unsure changes that are played together, with their probability."""
    groups: dict[str, float] = {}
    for edit, name in zip(patch.edits, names, strict=True):
        probability = groups.setdefault(name, edit.probability)
        if edit.claim and probability != edit.probability:
            raise CardError(
                f"claim {edit.claim!r} has the probability {probability:g} elsewhere and {edit.probability:g} here",
                file=patch.file,
                line=edit.line,
                key=f"{edit.key}.probability",
                hint="changes of one claim are played together: give them one probability",
            )
    return {name: probability for name, probability in groups.items() if probability < 1}


def _blocks(
    groups: list[tuple[str, float]], first: int, races: int, seed: int, on: frozenset[str] = frozenset()
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """First race, number of races and the groups that are played in them."""
    if not races:
        return
    if not groups:
        yield first, races, on
        return
    (name, probability), *rest = groups
    # What is left of a whole race is drawn for, so that small parts are right on average. The draw is a function of
    # seed, race number and change, like all luck; the rounding keeps 0.07 * 100 whole.
    part = random.Random(f"{seed} {first} {len(rest)}").random()
    count = math.floor(round(probability * races, 9) + part)
    yield from _blocks(rest, first, count, seed, on | {name})
    yield from _blocks(rest, first + count, races - count, seed, on)


def _further(progress: Callable[[int, int], None] | None, done: int, races: int) -> Callable[[int, int], None] | None:
    """The progress of one field as progress of the whole."""
    if progress is None:
        return None
    return lambda now, _: progress(done + now, races)


def _together(outcomes: list[Outcome]) -> Outcome:
    from langstrecke.simulation.outcome import add

    total = outcomes[0]
    for outcome in outcomes[1:]:
        total = add(total, outcome)
    return replace(total, figures=np.concatenate([outcome.figures for outcome in outcomes]))
