"""The order on the road.

The ring holds every car by its next crossing of the line. A car that crosses now is behind all the others on the
road, so the cars it would step over when its next crossing is filed are exactly those it passes on this lap. That
makes overtaking exact and cheap: the cost of a lap grows with the passes made on it, not with the field.
"""

from __future__ import annotations

import math

import numpy as np

from langstrecke.simulation.kernel import rng
from langstrecke.simulation.kernel.jit import hot
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import RING, State

PASS_S = 0.15
"""Lost by both cars in a contested pass that succeeds (default)."""
CLASS_GAP = 1.015
"""Lap-time ratio from which a pass counts as lapping another class rather than racing an equal (default)."""
QUEUE_GAP_S = 1.0
"""Gap between cars in a safety-car queue (default; 0.8 to 1.3 s in IMSA and WEC timing)."""


@hot
def file_green(p: Params, s: State, i: int, word: np.uint64) -> None:
    """File the next crossing of car i under green: pass, be held up, lose time in traffic."""
    mask = RING - 1
    head, slot = s.game[0].head, s.game[0].tail
    t = s.car[i].when
    ci = p.car[i].car_class
    held = 0
    if s.car[i].off_line == 1:
        s.car[i].held = 0
        while slot > head:
            j = s.ring[(slot - 1) & mask]
            if s.car[j].when <= t:
                break
            s.ring[slot & mask] = j
            slot -= 1
        s.ring[slot & mask] = i
        s.game[0].tail += 1
        return
    behind = 1.0e18  # crossing of the car just passed
    while slot > head:
        j = s.ring[(slot - 1) & mask]
        tj = s.car[j].when
        if tj <= t:
            break
        if s.car[j].off_line == 0:
            cj = p.car[j].car_class
            if cj != ci and s.lap_draw[cj] > CLASS_GAP * s.lap_draw[ci]:
                t += p.cls[ci].lapping
                s.car[j].debt += p.cls[cj].lapped
                if t >= tj:  # traffic cost him the pass: he crosses the line on the other's tail
                    t = _tuck_in(p, tj, behind)
                    break
            elif s.car[i].lap > s.car[j].lap + 1:  # blue flags
                t += 0.5 * PASS_S
                s.car[j].debt += PASS_S
                if t >= tj:
                    t = _tuck_in(p, tj, behind)
                    break
            else:
                u = rng.low(rng.mix(word ^ np.uint64(j)))
                if u < 1.0 - math.exp((t - tj) / p.race[0].overtaking_s):
                    t += PASS_S
                    s.car[j].debt += PASS_S
                    if t >= tj:
                        t = _tuck_in(p, tj, behind)
                        break
                else:
                    t = _tuck_in(p, tj, behind)
                    held = s.car[i].held + 1
                    break
        behind = tj
        s.ring[slot & mask] = j
        slot -= 1
    s.ring[slot & mask] = i
    s.game[0].tail += 1
    s.car[i].when = t
    s.car[i].held = held


@hot
def _tuck_in(p: Params, ahead: float, behind: float) -> float:
    """Crossing time just behind a car, ahead of those passed already."""
    return float(ahead + min(p.race[0].follow_s, 0.5 * (behind - ahead)))


@hot
def file_neutral(p: Params, s: State, i: int) -> None:
    """File the next crossing of car i while nobody may pass; i >= n is a safety car."""
    mask = RING - 1
    head, slot = s.game[0].head, s.game[0].tail
    t = s.car[i].when
    if i < p.race[0].n and s.car[i].waved == 0:
        at = slot
        while at > head:
            j = s.ring[(at - 1) & mask]
            if j >= p.race[0].n or s.car[j].off_line == 0:
                t = max(t, s.car[j].when + QUEUE_GAP_S)
                break
            at -= 1
    while slot > head:
        j = s.ring[(slot - 1) & mask]
        if s.car[j].when <= t:
            break
        s.ring[slot & mask] = j
        slot -= 1
    s.ring[slot & mask] = i
    s.game[0].tail += 1
    s.car[i].when = t
