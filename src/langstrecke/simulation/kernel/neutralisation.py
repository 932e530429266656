"""Neutralisations: safety cars that bunch the field, full-course yellows that keep the gaps, slow zones, red flags.

A safety car is an element of the ring like any car, only slower, and nobody passes it; the queue forms by itself.
What the regimes differ in (how many safety cars, closed pits and their order of opening, wave-by, class split) stands
in `Params`, filled from the rule book.
"""

from __future__ import annotations

import math

import numpy as np

from langstrecke.simulation.kernel import queue, rng
from langstrecke.simulation.kernel import red_flag as red
from langstrecke.simulation.kernel.draws import NEVER
from langstrecke.simulation.kernel.jit import kernel
from langstrecke.simulation.kernel.params import (
    BUNCH_NONE,
    BUNCH_THREE,
    WAVE_NONE,
    Params,
)
from langstrecke.simulation.kernel.road import QUEUE_GAP_S, file_neutral
from langstrecke.simulation.kernel.state import (
    MODE_FCY,
    MODE_GREEN,
    MODE_SAFETY_CAR,
    RING,
    RUNNING,
    State,
    drop,
    short_yellow,
    sort_ring,
)

STRETCH_GAP_S = 0.4
"""Least gap kept when the field slows down or speeds up together (default)."""
FCY_FIRST_S = 120.0
"""Full-course yellow before the safety car comes out, where the rule book has one (default: no text says)."""
LEAST_SC_LAPS = 2
"""A safety car stays out for at least this many laps (default)."""
WAVE_RATIO = 1.3
"""Lap time of a car waved by, over its green lap (default)."""


@kernel
def start_events(p: Params, s: State, key: np.uint64, t: float) -> None:
    """Draw the first neutralisation of every kind, from race time t on."""
    s.game[0].mode = MODE_GREEN
    s.game[0].zone = 1.0
    s.game[0].fcy_until = NEVER
    s.game[0].zone_until = NEVER
    bits = rng.draw(key, rng.CAUTION, 0, 0)
    if t <= 0.0 and rng.high(bits) < p.race[0].caution_start_share:
        s.game[0].next_caution = 20.0 + 60.0 * rng.low(bits)
    else:
        s.game[0].next_caution = _after(s.game[0].caution_rate, key, 0, t)
    if p.race[0].forced_caution_s > t:
        s.game[0].next_caution = p.race[0].forced_caution_s
    s.game[0].next_fcy = _after(p.race[0].fcy_rate, key, 1, t)
    s.game[0].next_zone = _after(p.race[0].slow_zone_rate, key, 2, t)
    set_next_event(s)


@kernel
def _after(rate: float, key: np.uint64, kind: int, t: float) -> float:
    """The first event of this kind after race time t.

    The events' times are fixed for the whole race, and those that fall while one is under way are passed over: an
    exponential wait has no memory, so that is the same race to race, and two plans meet the same yellows however
    their restarts differ.
    """
    if rate <= 0.0:
        return NEVER
    at = 0.0
    index = 0
    while at <= t:
        at -= math.log(rng.high(rng.draw(key, rng.CAUTION, 1 + kind, index))) / rate
        index += 1
    return at


@kernel
def set_next_event(s: State) -> None:
    """Bring up to date when the next thing happens that is no crossing."""
    t = min(s.game[0].next_zone, s.game[0].zone_until)
    t = min(t, s.game[0].rain_switch)
    mode = s.game[0].mode
    if mode == MODE_GREEN:
        t = min(t, min(s.game[0].next_caution, s.game[0].next_fcy))
    elif mode == MODE_FCY:
        t = min(t, s.game[0].fcy_until)
    s.game[0].next_event = t


@kernel
def _slow_down(p: Params, s: State, t: float, ratio: float) -> None:
    """Everybody on the road drives the rest of the lap slowly; nobody gains a place by it."""
    previous = -NEVER
    for at in range(s.game[0].head, s.game[0].tail):
        i = s.ring[at & (RING - 1)]
        if i >= p.race[0].n:
            continue
        if s.car[i].off_line == 1:
            _change_pace(s, p.car[i].car_class, i, t, ratio)
            continue
        factor = ratio / s.car[i].zone
        s.car[i].when = max(t + (s.car[i].when - t) * factor, previous + STRETCH_GAP_S)
        s.car[i].zone = ratio
        previous = s.car[i].when
    sort_ring(s)


@kernel
def _change_pace(s: State, c: int, i: int, t: float, ratio: float) -> None:
    """A car in the pits, or one that lost time: what it still has to drive of this lap it drives at the new pace."""
    begin = max(t, s.car[i].since + s.car[i].stop_s)
    driving = min(s.car[i].when - begin, s.car[i].zone * s.lap_draw[c])
    if driving > 0.0:
        s.car[i].when += driving * (ratio / s.car[i].zone - 1.0)
    s.car[i].zone = ratio


@kernel
def _go_green(p: Params, s: State, t: float) -> None:
    """Everybody on the road drives the rest of the lap at racing speed."""
    previous = -NEVER
    for at in range(s.game[0].head, s.game[0].tail):
        i = s.ring[at & (RING - 1)]
        if i >= p.race[0].n:
            continue
        if s.car[i].off_line == 1:
            _change_pace(s, p.car[i].car_class, i, t, 1.0)
            continue
        s.car[i].when = max(t + (s.car[i].when - t) / s.car[i].zone, previous + STRETCH_GAP_S)
        s.car[i].zone = 1.0
        previous = s.car[i].when
    sort_ring(s)
    s.game[0].mode = MODE_GREEN


@kernel
def start_safety_car(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The yellow comes out: the field slows, the safety car picks up the leader."""
    number = s.game[0].cautions
    s.game[0].cautions = number + 1
    s.game[0].mode = MODE_SAFETY_CAR
    s.game[0].sc_laps = 0
    s.game[0].waved = 0
    if s.game[0].sc_follows == 0:
        s.game[0].caution_since = t
    s.game[0].sc_follows = 0
    bits = rng.draw(key, rng.CAUTION, 10, int(t))
    length = p.race[0].caution_s * math.exp(p.race[0].caution_length_log_sd * rng.look_up(p.normal, rng.high(bits)))
    s.game[0].caution_until = s.game[0].caution_since + length
    _slow_down(p, s, t, p.race[0].catch_up_ratio)
    if rng.low(bits) < p.race[0].red_share:
        if red.too_late(p, s, t):
            red.end_race(p, s, t)
            return
        red.stop_race(p, s, t)
    leader = _leader(p, s)
    if leader < 0 or p.race[0].bunching == BUNCH_NONE:  # nobody on the road to be picked up
        s.game[0].mode = MODE_FCY
        s.game[0].fcy_until = s.game[0].caution_until
        return
    _send_out(p, s, p.race[0].n, s.car[leader].when - 0.5 * QUEUE_GAP_S)
    if p.race[0].bunching == BUNCH_THREE:
        third = p.race[0].catch_up_ratio * s.game[0].fast_lap / 3.0
        _send_out(p, s, p.race[0].n + 1, s.car[leader].when + third)
        _send_out(p, s, p.race[0].n + 2, s.car[leader].when + 2.0 * third)
    sort_ring(s)
    if p.race[0].pit_exit_held == 1:
        for i in range(p.race[0].n):  # cars in the pits as the yellow falls
            ready = s.car[i].since + s.car[i].stop_s
            if s.car[i].status == RUNNING and s.car[i].off_line == 1 and s.car[i].stop_s > 0.0 and ready > t:
                wait = queue.exit_opens(p, s, ready) - ready
                s.car[i].stop_s += wait
                s.car[i].when += wait
        sort_ring(s)


@kernel
def join_safety_car(p: Params, s: State, key: np.uint64, t: float, since: float) -> None:
    """Take up a race in which a safety car has been out since `since`: its end, and its place before the leader."""
    s.game[0].cautions += 1
    s.game[0].caution_since = t
    s.game[0].sc_laps = int((t - since) / (p.race[0].lap_ratio * s.game[0].fast_lap))
    s.game[0].caution_until = since
    for attempt in range(8):  # a length that is not over yet; after eight tries, soon
        bits = rng.draw(key, rng.CAUTION, 14, attempt)
        z = rng.look_up(p.normal, rng.high(bits))
        until = since + p.race[0].caution_s * math.exp(p.race[0].caution_length_log_sd * z)
        if until > t:
            s.game[0].caution_until = until
            break
    if p.race[0].bunching == BUNCH_NONE:
        s.game[0].mode = MODE_FCY
        s.game[0].fcy_until = max(s.game[0].caution_until, t + 60.0)
        return
    leader = _leader(p, s)
    if leader < 0:
        s.game[0].mode = MODE_FCY
        s.game[0].fcy_until = max(s.game[0].caution_until, t + 60.0)
        return
    _send_out(p, s, p.race[0].n, max(t, s.car[leader].when - 0.5 * QUEUE_GAP_S))
    sort_ring(s)


@kernel
def _send_out(p: Params, s: State, element: int, when: float) -> None:
    s.car[element].when = when
    s.ring[s.game[0].tail & (RING - 1)] = element
    s.game[0].tail += 1


@kernel
def _leader(p: Params, s: State) -> int:
    """The car in the lead that is on the road; -1 if there is none."""
    best = -1
    for at in range(s.game[0].head, s.game[0].tail):
        i = s.ring[at & (RING - 1)]
        if i >= p.race[0].n or s.car[i].off_line == 1:
            continue
        if best < 0 or s.car[i].lap > s.car[best].lap:
            best = i
    return best


@kernel
def safety_car_crosses(p: Params, s: State, key: np.uint64, element: int, t: float) -> None:
    """A safety car crosses the line: wave-by, restart, or one more lap."""
    if element == p.race[0].n:
        s.game[0].sc_laps += 1
        laps = s.game[0].sc_laps
        if t >= s.game[0].caution_until and laps >= LEAST_SC_LAPS:
            restart(p, s, key, t)
            return
        if p.race[0].wave_by != WAVE_NONE and s.game[0].waved == 0 and laps >= queue.wave_lap(p):
            s.game[0].waved = 1
            if s.game[0].due - t > p.race[0].wave_until_s and not short_yellow(p, s):
                queue.send_round(p, s, t)
    elif s.game[0].mode != MODE_SAFETY_CAR:
        return
    s.car[element].when = t + p.race[0].lap_ratio * s.game[0].fast_lap
    file_neutral(p, s, element)


@kernel
def restart(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The safety car comes in: class split, then green."""
    if p.race[0].class_split == 1 and s.game[0].due - t > p.race[0].split_until_s and not short_yellow(p, s):
        count = queue.collect(p, s, t)
        slot = 0
        groups = 0
        for c in range(p.race[0].n_classes):
            groups = max(groups, p.cls[c].split_group + 1)
        for group in range(groups):
            for a in range(count):
                i = s.queue[a]
                if p.cls[p.car[i].car_class].split_group == group:
                    s.car[i].when = s.slots[slot]
                    slot += 1
        sort_ring(s)
    for element in range(p.race[0].n, p.race[0].n + 3):
        if s.car[element].when < NEVER:
            drop(s, element)
            s.car[element].when = NEVER
    _go_green(p, s, t)
    end_neutral(s, t)
    s.game[0].next_caution = _after(s.game[0].caution_rate, key, 0, t)
    s.game[0].next_fcy = max(s.game[0].next_fcy, t)
    set_next_event(s)


@kernel
def end_neutral(s: State, t: float) -> None:
    """Book the seconds of the neutralisation that ends at t."""
    s.game[0].neutral_s += t - s.game[0].caution_since


@kernel
def handle_event(p: Params, s: State, key: np.uint64) -> None:
    """Whatever is due at `G_NEXT_EVENT`, weather aside."""
    t = s.game[0].next_event
    mode = s.game[0].mode
    if mode == MODE_FCY and s.game[0].fcy_until <= t and s.game[0].sc_follows == 1:
        s.game[0].fcy_until = NEVER
        start_safety_car(p, s, key, t)
    elif mode == MODE_FCY and s.game[0].fcy_until <= t:
        s.game[0].fcy_until = NEVER
        _go_green(p, s, t)
        end_neutral(s, t)
        s.game[0].next_fcy = _after(p.race[0].fcy_rate, key, 1, t)
        if s.game[0].next_caution <= t:
            s.game[0].next_caution = _after(s.game[0].caution_rate, key, 0, t)
    elif mode == MODE_GREEN and s.game[0].next_caution <= t:
        if p.race[0].bunching == BUNCH_NONE:
            _start_fcy(p, s, key, t, p.race[0].caution_s, p.race[0].caution_length_log_sd)
            s.game[0].next_caution = _after(s.game[0].caution_rate, key, 0, s.game[0].fcy_until)
        elif p.race[0].fcy_then_sc == 1:
            s.game[0].sc_follows = 1
            s.game[0].mode = MODE_FCY
            s.game[0].caution_since = t
            s.game[0].fcy_until = t + FCY_FIRST_S
            _slow_down(p, s, t, p.race[0].lap_ratio)
        else:
            start_safety_car(p, s, key, t)
    elif mode == MODE_GREEN and s.game[0].next_fcy <= t:
        _start_fcy(p, s, key, t, p.race[0].fcy_s, p.race[0].fcy_log_sd)
    elif s.game[0].zone_until <= t:
        s.game[0].zone = 1.0
        s.game[0].zone_until = NEVER
        s.game[0].next_zone = _after(p.race[0].slow_zone_rate, key, 2, t)
    elif s.game[0].next_zone <= t:
        s.game[0].zones += 1
        s.game[0].zone = p.race[0].slow_zone_ratio
        s.game[0].next_zone = NEVER
        u = rng.high(rng.draw(key, rng.CAUTION, 12, int(t)))
        s.game[0].zone_until = t + p.race[0].slow_zone_s * (0.5 + u)
    set_next_event(s)


@kernel
def _start_fcy(p: Params, s: State, key: np.uint64, t: float, length: float, log_sd: float) -> None:
    s.game[0].fcys += 1
    s.game[0].mode = MODE_FCY
    s.game[0].caution_since = t
    z = rng.look_up(p.normal, rng.high(rng.draw(key, rng.CAUTION, 11, int(t))))
    s.game[0].fcy_until = t + length * math.exp(log_sd * z)
    _slow_down(p, s, t, p.race[0].lap_ratio)
