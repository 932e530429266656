"""Whose row of the timing table cannot be trusted while messages are missing, and why.

A lost message may have been the newest lap of any car that has not crossed the line since: that car may be up to as
many laps further on as messages are missing, though no more than it had the time for. Every car it could have
passed with these laps is in doubt as well. A car that crosses again is certain again; if it skipped a lap then, the
hole is its own, and a gap whose every message is found in such holes puts nobody else in doubt.
"""

from __future__ import annotations

import math

from langstrecke.formatting import plural
from langstrecke.live.feed_state import FeedState
from langstrecke.racestate.gaps import order_key
from langstrecke.racestate.model import CarState

QUICKEST = 0.9
"""No lap is quicker than this share of the best of the class so far, of which the best may be lost (default)."""
SHORTEST_S = 20.0
"""No lap of a class without any lap so far is quicker (a lap of a short oval; default)."""


def doubts(state: FeedState, facts: dict[str, CarState | None], at_s: float) -> dict[str, str]:
    """Reasons by car number; cars without doubt are not in it. `facts` holds every car that takes part."""
    found: dict[str, str] = {}
    for car, fact in facts.items():
        if fact is not None and fact.holes:
            found[car] = f"{_laps(fact.holes)} missing"
        elif fact is not None and fact.backwards:
            found[car] = "times of crossing run backwards"
        elif fact is not None and state.estimated(car, fact.laps):
            found[car] = f"lap {fact.laps} came without times that fit: they are estimated"
    gaps = _unexplained(state, facts)
    if not gaps:
        return found
    order = sorted(order_key(f.laps, f.crossed_s, car) for car, f in facts.items() if f is not None)
    reach: list[tuple[int, float, str]] = []
    best: dict[str, float] = {}
    for fact in facts.values():
        if fact is not None:
            best[fact.car_class] = min(best.get(fact.car_class, fact.best_lap_s), fact.best_lap_s)
    until_s = max(at_s, state.race_s) if state.clock_reaches else math.inf
    for car, fact in facts.items():
        quickest = QUICKEST * best[fact.car_class] if fact is not None else SHORTEST_S
        seq = state.first_seq(car, fact.laps) if fact is not None else 0
        extra = _extra(fact, seq, gaps, until_s, quickest)
        if extra:
            found.setdefault(car, f"a lap may be missing: {_messages(gaps)} lost")
            laps, crossed = (fact.laps, fact.crossed_s) if fact is not None else (0, 0.0)
            reach.append((laps + extra, crossed, car))
    for place, crossed, car in order:
        for laps, since, other in reach:
            if other != car and (-place, -crossed) <= (laps, -since) and not _ahead(facts[other], place, crossed):
                found.setdefault(car, f"car {other} may be ahead: {_messages(gaps)} lost")
                break
    return found


def _ahead(fact: CarState | None, place: int, crossed: float) -> bool:
    """Whether a car stands ahead of (-laps, crossing) as it is: what it may have gained then changes nothing."""
    return fact is not None and (-fact.laps, fact.crossed_s) <= (place, crossed)


def _extra(fact: CarState | None, seq: int, gaps: list[tuple[int, int]], until_s: float, quickest: float) -> int:
    """How many laps beyond its newest, told of by message `seq` first, a car may have done within the gaps."""
    crossed = fact.crossed_s if fact is not None else 0.0
    lost = sum(last - max(first, seq + 1) + 1 for first, last in gaps if last > seq)
    if not lost or (fact is not None and fact.finished):
        return 0
    return min(lost, int((until_s - crossed) / quickest)) if math.isfinite(until_s) else lost


def _unexplained(state: FeedState, facts: dict[str, CarState | None]) -> list[tuple[int, int]]:
    """Gaps with more messages than there are laps known to have been lost in them."""
    gaps = list(state.gaps)
    if not gaps:
        return []
    explained = [0] * len(gaps)
    for car, fact in facts.items():
        if fact is None or not fact.holes:
            continue
        for before, after, laps in _sides(state, car, fact.holes):
            inside = [k for k, (first, last) in enumerate(gaps) if first > before and last < after]
            if len(inside) == 1:
                explained[inside[0]] += laps
    return [gap for gap, laps in zip(gaps, explained, strict=True) if laps < gap[1] - gap[0] + 1]


def _sides(state: FeedState, car: str, holes: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """(seq before, seq after, laps) of every run of missing laps of a car."""
    runs: list[list[int]] = []
    for lap in holes:
        if runs and runs[-1][-1] == lap - 1:
            runs[-1].append(lap)
        else:
            runs.append([lap])
    return [
        (state.first_seq(car, run[0] - 1), after, len(run))
        for run in runs
        if (after := state.first_seq(car, run[-1] + 1))
    ]


def _laps(holes: tuple[int, ...]) -> str:
    shown = ", ".join(str(lap) for lap in holes[:3]) + (" ..." if len(holes) > 3 else "")
    return f"lap {shown}" if len(holes) == 1 else f"laps {shown}"


def _messages(gaps: list[tuple[int, int]]) -> str:
    lost = sum(last - first + 1 for first, last in gaps)
    return plural(lost, "message")
