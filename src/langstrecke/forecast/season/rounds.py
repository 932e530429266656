"""The cards of the rounds still to come, and how fast cars and drivers are taken to be there.

What is known stops on the eve of the next round: its own card holds all there is. Later rounds take from their
shipped card the circuit, the class figures and who is entered, never the pace of their weekend: that is the mean of
what the cards so far say of a car, drawn towards its class, spread by what cars differ from one event to another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import CardError
from langstrecke.forecast.season.stand_in_cards import card_of, check_playable, crew_for
from langstrecke.forecast.season.standings import Round
from langstrecke.paddock.model import Event
from langstrecke.racecard import Driver, Entry, Patch, RaceCard, apply_patch, list_cards, load_card
from langstrecke.ratings.pace.priors import PacePriors, load_pace_priors
from langstrecke.rulebooks import load_rulebook
from langstrecke.rulebooks.load import for_event
from langstrecke.simulation.kernel.params import MAX_DRIVERS
from langstrecke.timing.car_classes import group_of

F64 = NDArray[np.float64]
HAND_SHARE = 0.55
"""Share of a hand card's uncertainty (variance) that lasts all season, as in the priors."""
NEW_DRIVER_SD = 0.005
"""Uncertainty (log) of a driver no card so far knows."""


@dataclass(frozen=True)
class Plan:
    """One round to be played. Pace figures are seconds a lap against the class, [n] or [n, drivers]."""

    round: Round
    card: RaceCard
    known_grid: bool
    """The grid is the card's; else it is drawn with the race."""
    pace: F64
    season_sd: F64
    round_sd: F64
    driver_pace: F64
    driver_sd: F64
    stand_in: str = ""
    """The card this one was made from where the round has none."""


def plan_rounds(
    rounds: Sequence[Round], after: int, *, patch: Patch | None = None, line_ups: str = "entered"
) -> list[Plan]:
    """Plans of all rounds after `after`. `line_ups`: `entered` as they were, or `last`, those of the next round."""
    real = [r for r in rounds if r.number > 0]
    ahead = [r for r in real if r.number > after]
    if not ahead:
        return []
    check_playable(real, after)
    shipped = {r.id: load_card(r.id) for r in real if r.id in list_cards()}
    cards: list[tuple[Round, RaceCard, str]] = []
    for rnd in ahead:
        card, stand_in = card_of(rnd, real, shipped)
        if card.entries:  # of a season's list that names some classes only, a round may have none
            cards.append((rnd, card, stand_in))
    if not cards:
        return []
    known = [shipped[r.id] for r in real if r.number <= after and r.id in shipped]
    history = [*known, cards[0][1]]
    plans = []
    fitted = [False] * (len(patch.edits) if patch else 0)
    for n, (rnd, found, stand_in) in enumerate(cards):
        card = found
        if n and line_ups == "last":
            card = _with_line_ups(card, history[-1])
        base = card
        if patch is not None:
            card, now = patched(card, patch)
            fitted = [a or b for a, b in zip(fitted, now, strict=True)]
        plans.append(_plan(rnd, card, history, base, first=n == 0, stand_in=stand_in))
    if patch is not None and not all(fitted):  # fits no round: say why with the first of them
        apply_patch(cards[0][1], Patch((patch.edits[fitted.index(False)],), patch.title, patch.file))
    return plans


def patched(card: RaceCard, patch: Patch) -> tuple[RaceCard, list[bool]]:
    """A what-if for one round: edits that name what is not in this round are left out; which ones fitted."""
    fitted = []
    for edit in patch.edits:
        try:
            card = apply_patch(card, Patch((edit,), patch.title, patch.file))
            fitted.append(True)
        except CardError:
            fitted.append(False)
    return card, fitted


def _with_line_ups(card: RaceCard, last: RaceCard) -> RaceCard:
    """The card with the entries of another round, class by class."""
    entries: list[Entry] = []
    for name in card.classes:
        source = last if last.cars_of(name) else card
        entries += [crew_for(e, card.race.duration_s) for e in source.entries if e.car_class == name]
    return card.model_copy(update={"entries": tuple(entries), "result": ()})


def _plan(
    rnd: Round, card: RaceCard, history: Sequence[RaceCard], base: RaceCard, *, first: bool, stand_in: str
) -> Plan:
    """`base` is the card before a what-if: what that changes in a pace holds in every round."""
    old = {(e.car, e.car_class): e for e in base.entries}
    n = len(card.entries)
    priors = load_pace_priors("all")
    pace, season_sd, round_sd = np.zeros(n), np.zeros(n), np.zeros(n)
    driver_pace, driver_sd = np.zeros((n, MAX_DRIVERS)), np.zeros((n, MAX_DRIVERS))
    for i, entry in enumerate(card.entries):
        lap = card.classes[entry.car_class].lap_s
        seen = [
            (e.pace_s / c.classes[e.car_class].lap_s, e.pace_s_sd / c.classes[e.car_class].lap_s)
            for c in history
            for e in c.entries
            if (e.car, e.car_class) == (entry.car, entry.car_class)
        ]
        lasting, event = _spread(priors, entry, history[-1])
        mean, sd = _lasting(seen, lasting, event)
        if first:
            pace[i] = entry.pace_s
            season_sd[i] = min(entry.pace_s_sd, sd * lap)
            round_sd[i] = math.sqrt(max(0.0, entry.pace_s_sd**2 - season_sd[i] ** 2))
        else:
            pace[i], season_sd[i], round_sd[i] = mean * lap, sd * lap, event * lap
            before = old.get((entry.car, entry.car_class), entry)
            pace[i] += entry.pace_s - before.pace_s
        for d, driver in enumerate(entry.drivers[:MAX_DRIVERS]):
            at, spread = (driver.pace_s / lap, driver.pace_s_sd / lap) if first else _driver(driver, entry, history)
            driver_pace[i, d], driver_sd[i, d] = at * lap, spread * lap
    return Plan(rnd, card, first, pace, season_sd, round_sd, driver_pace, driver_sd, stand_in)


def _spread(priors: PacePriors, entry: Entry, card: RaceCard) -> tuple[float, float]:
    """Log spread of cars that lasts, and that of one event."""
    if card.race.knowledge == "hand":
        lap = next(iter(card.classes.values())).lap_s
        sds = [e.pace_s_sd for e in card.entries if e.car_class == entry.car_class] or [
            e.pace_s_sd for e in card.entries
        ]
        sd = max(sds) / lap
        return sd * math.sqrt(HAND_SHARE), sd * math.sqrt(1 - HAND_SHARE)
    scale = priors.scale.get(group_of(entry.car_class), 1.0)
    lasting = math.hypot(priors.team, priors.make)
    return scale * lasting, scale * math.hypot(priors.make_event, priors.car_event)


def _lasting(seen: Sequence[tuple[float, float]], lasting: float, event: float) -> tuple[float, float]:
    """Mean and uncertainty of what lasts of a car's pace, from its pace at events so far (log)."""
    if not seen:
        return 0.0, lasting
    weights = [1.0 / (event**2 + sd**2) for _, sd in seen]
    precision = sum(weights) + 1.0 / lasting**2
    return sum(w * p for w, (p, _) in zip(weights, seen, strict=True)) / precision, math.sqrt(1.0 / precision)


def _driver(driver: Driver, entry: Entry, history: Sequence[RaceCard]) -> tuple[float, float]:
    """A driver's pace (log): as the latest card has it, else the mean of the class's drivers of that licence.

    Pace is against the class, so half a second on the amateurs of another one says nothing here.
    """
    for card in reversed(history):
        for other in card.entries:
            for known in other.drivers:
                if known.name == driver.name and other.car_class == entry.car_class:
                    lap = card.classes[other.car_class].lap_s
                    return known.pace_s / lap, known.pace_s_sd / lap
    if entry.car_class not in history[-1].classes:
        return 0.0, NEW_DRIVER_SD
    lap = history[-1].classes[entry.car_class].lap_s
    crew = [d for e in history[-1].entries if e.car_class == entry.car_class for d in e.drivers]
    same = [d.pace_s for d in crew if d.licence == driver.licence] or [d.pace_s for d in crew]
    return (sum(same) / len(same) / lap if same else 0.0), NEW_DRIVER_SD


def plan_card(card: RaceCard) -> Plan:
    """A single race as a plan: paces, uncertainty and grid are the card's."""
    day = card.race.date
    event = Event(
        card.race.id, card.race.series, str(card.race.season), card.race.name, card.circuit.id, day, day, day
    )
    book = for_event(load_rulebook(card.race.rulebook), card.race.id)
    return _plan(Round(1, event, book, event.series, event.season), card, [card], card, first=True, stand_in="")
