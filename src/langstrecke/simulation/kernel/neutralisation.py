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
START_CAUTION_S, START_CAUTION_SPREAD_S = 20.0, 60.0
"""A neutralisation of the opening lap falls evenly between 20 and 80 s after the green (default)."""
JOINED_FCY_S = 60.0
"""A neutralisation without safety car that is under way lasts at least this much longer (default)."""
LEAST_LOG_SD = 0.05
"""Spread of the lengths, for one under way, where the card has none (default)."""
LAST_U = 1.0 - 1.0e-9
"""Just inside the quantile table."""
LEAST_SC_LAPS = 2
"""A safety car stays out for at least this many laps (default)."""
WAVE_RATIO = 1.3
"""Lap time of a car waved by, over its green lap (default)."""


@kernel
def start_events(p: Params, s: State, key: np.uint64, t: float) -> None:
    """Draw the first neutralisation of every kind, from race time t on."""
    game = s.game[0]
    race = p.race[0]
    game.mode = MODE_GREEN
    game.zone = 1.0
    game.fcy_until = NEVER
    game.zone_until = NEVER
    bits = rng.draw(key, rng.CAUTION, 0, 0)
    if t <= 0.0 and rng.high(bits) < race.caution_start_share:
        game.next_caution = START_CAUTION_S + START_CAUTION_SPREAD_S * rng.low(bits)
    else:
        game.next_caution = _after(game.caution_rate, key, 0, t)
    if race.forced_caution_s > t:
        game.next_caution = race.forced_caution_s
    game.next_fcy = _after(race.fcy_rate, key, 1, t)
    game.next_zone = _after(race.slow_zone_rate, key, 2, t)
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
    game = s.game[0]
    t = min(game.next_zone, game.zone_until)
    t = min(t, game.rain_switch)
    mode = game.mode
    if mode == MODE_GREEN:
        t = min(t, min(game.next_caution, game.next_fcy))
    elif mode == MODE_FCY:
        t = min(t, game.fcy_until)
    game.next_event = t


@kernel
def _slow_down(p: Params, s: State, t: float, ratio: float) -> None:
    """Everybody on the road drives the rest of the lap slowly; nobody gains a place by it."""
    game = s.game[0]
    previous = -NEVER
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if i >= p.race[0].n:
            continue
        if car.off_line == 1:
            _change_pace(s, p.car[i].car_class, i, t, ratio)
            continue
        factor = ratio / car.zone
        car.when = max(t + (car.when - t) * factor, previous + STRETCH_GAP_S)
        car.zone = ratio
        previous = car.when
    sort_ring(s)


@kernel
def _change_pace(s: State, c: int, i: int, t: float, ratio: float) -> None:
    """A car in the pits, or one that lost time: what it still has to drive of this lap it drives at the new pace."""
    car = s.car[i]
    begin = max(t, car.since + car.stop_s)
    driving = min(car.when - begin, car.zone * s.lap_draw[c])
    if driving > 0.0:
        car.when += driving * (ratio / car.zone - 1.0)
    car.zone = ratio


@kernel
def _go_green(p: Params, s: State, t: float) -> None:
    """Everybody on the road drives the rest of the lap at racing speed."""
    game = s.game[0]
    previous = -NEVER
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if i >= p.race[0].n:
            continue
        if car.off_line == 1:
            _change_pace(s, p.car[i].car_class, i, t, 1.0)
            continue
        car.when = max(t + (car.when - t) / car.zone, previous + STRETCH_GAP_S)
        car.zone = 1.0
        previous = car.when
    sort_ring(s)
    game.mode = MODE_GREEN


@kernel
def start_safety_car(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The yellow comes out: the field slows, the safety car picks up the leader."""
    game = s.game[0]
    race = p.race[0]
    number = game.cautions
    game.cautions = number + 1
    game.mode = MODE_SAFETY_CAR
    game.sc_laps = 0
    game.waved = 0
    if game.sc_follows == 0:
        game.caution_since = t
    game.sc_follows = 0
    bits = rng.draw(key, rng.CAUTION, 10, int(t))
    length = race.caution_s * math.exp(race.caution_length_log_sd * rng.look_up(p.normal, rng.high(bits)))
    game.caution_until = game.caution_since + length
    _slow_down(p, s, t, race.catch_up_ratio)
    if rng.low(bits) < race.red_share:
        if red.too_late(p, s, t):
            red.end_race(p, s, t)
            return
        red.stop_race(p, s, t)
    leader = _leader(p, s)
    if leader < 0 or race.bunching == BUNCH_NONE:  # nobody on the road to be picked up
        game.mode = MODE_FCY
        game.fcy_until = game.caution_until
        return
    _send_out(p, s, race.n, s.car[leader].when - 0.5 * QUEUE_GAP_S)
    if race.bunching == BUNCH_THREE:
        third = race.catch_up_ratio * game.fast_lap / 3.0
        _send_out(p, s, race.n + 1, s.car[leader].when + third)
        _send_out(p, s, race.n + 2, s.car[leader].when + 2.0 * third)
    sort_ring(s)
    if race.pit_exit_held == 1:
        for i in range(race.n):  # cars in the pits as the yellow falls
            car = s.car[i]
            ready = car.since + car.stop_s
            if car.status == RUNNING and car.off_line == 1 and car.stop_s > 0.0 and ready > t:
                wait = queue.exit_opens(p, s, ready) - ready
                car.stop_s += wait
                car.when += wait
        sort_ring(s)


@kernel
def join_safety_car(p: Params, s: State, key: np.uint64, t: float) -> None:
    """Take up a race with a safety car out since `caution_since`: when it goes in, its place before the leader."""
    game = s.game[0]
    race = p.race[0]
    since = game.caution_since
    game.cautions += 1
    # of the lengths that are not over yet
    spread = max(race.caution_length_log_sd, LEAST_LOG_SD)
    over = 0.5 * (1.0 + math.erf(math.log(max(t - since, 1.0) / race.caution_s) / (spread * math.sqrt(2.0))))
    u = over + (1.0 - over) * rng.high(rng.draw(key, rng.CAUTION, 14, 0))
    game.caution_until = since + race.caution_s * math.exp(spread * rng.look_up(p.normal, min(u, LAST_U)))
    if race.bunching == BUNCH_NONE:
        game.mode = MODE_FCY
        game.fcy_until = max(game.caution_until, t + JOINED_FCY_S)
        return
    leader = _leader(p, s)
    if leader < 0:
        game.mode = MODE_FCY
        game.fcy_until = max(game.caution_until, t + JOINED_FCY_S)
        return
    _send_out(p, s, race.n, max(t, s.car[leader].when - 0.5 * QUEUE_GAP_S))
    sort_ring(s)


@kernel
def _send_out(p: Params, s: State, element: int, when: float) -> None:
    game = s.game[0]
    s.car[element].when = when
    s.ring[game.tail & (RING - 1)] = element
    game.tail += 1


@kernel
def _leader(p: Params, s: State) -> int:
    """The car in the lead that is on the road; -1 if there is none."""
    game = s.game[0]
    best = -1
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if i >= p.race[0].n or car.off_line == 1:
            continue
        if best < 0 or car.lap > s.car[best].lap:
            best = i
    return best


@kernel
def safety_car_crosses(p: Params, s: State, key: np.uint64, element: int, t: float) -> None:
    """A safety car crosses the line: wave-by, restart, or one more lap."""
    game = s.game[0]
    race = p.race[0]
    if element == race.n:
        game.sc_laps += 1
        laps = game.sc_laps
        if t >= game.caution_until and laps >= LEAST_SC_LAPS:
            restart(p, s, key, t)
            return
        if race.wave_by != WAVE_NONE and game.waved == 0 and laps >= queue.wave_lap(p):
            game.waved = 1
            if game.due - t > race.wave_until_s and not short_yellow(p, s):
                queue.send_round(p, s, t)
    elif game.mode != MODE_SAFETY_CAR:
        return
    s.car[element].when = t + race.lap_ratio * game.fast_lap
    file_neutral(p, s, element)


@kernel
def restart(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The safety car comes in: class split, then green."""
    game = s.game[0]
    race = p.race[0]
    if race.class_split == 1 and game.due - t > race.split_until_s and not short_yellow(p, s):
        count = queue.collect(p, s, t)
        slot = 0
        groups = 0
        for c in range(race.n_classes):
            groups = max(groups, p.cls[c].split_group + 1)
        for group in range(groups):
            for a in range(count):
                i = s.queue[a]
                if p.cls[p.car[i].car_class].split_group == group:
                    s.car[i].when = s.slots[slot]
                    slot += 1
        sort_ring(s)
    for element in range(race.n, race.n + 3):
        if s.car[element].when < NEVER:
            drop(s, element)
            s.car[element].when = NEVER
    _go_green(p, s, t)
    end_neutral(s, t)
    game.next_caution = _after(game.caution_rate, key, 0, t)
    game.next_fcy = max(game.next_fcy, t)
    set_next_event(s)


@kernel
def end_neutral(s: State, t: float) -> None:
    """Book the seconds of the neutralisation that ends at t."""
    game = s.game[0]
    game.neutral_s += t - game.caution_since


@kernel
def handle_event(p: Params, s: State, key: np.uint64) -> None:
    """Whatever is due at `G_NEXT_EVENT`, weather aside."""
    game = s.game[0]
    race = p.race[0]
    t = game.next_event
    mode = game.mode
    if mode == MODE_FCY and game.fcy_until <= t and game.sc_follows == 1:
        game.fcy_until = NEVER
        start_safety_car(p, s, key, t)
    elif mode == MODE_FCY and game.fcy_until <= t:
        game.fcy_until = NEVER
        _go_green(p, s, t)
        end_neutral(s, t)
        game.next_fcy = _after(race.fcy_rate, key, 1, t)
        if game.next_caution <= t:
            game.next_caution = _after(game.caution_rate, key, 0, t)
    elif mode == MODE_GREEN and game.next_caution <= t:
        if race.bunching == BUNCH_NONE:
            _start_fcy(p, s, key, t, race.caution_s, race.caution_length_log_sd)
            game.next_caution = _after(game.caution_rate, key, 0, game.fcy_until)
        elif race.fcy_then_sc == 1:
            game.sc_follows = 1
            game.mode = MODE_FCY
            game.caution_since = t
            game.fcy_until = t + FCY_FIRST_S
            _slow_down(p, s, t, race.lap_ratio)
        else:
            start_safety_car(p, s, key, t)
    elif mode == MODE_GREEN and game.next_fcy <= t:
        _start_fcy(p, s, key, t, race.fcy_s, race.fcy_log_sd)
    elif game.zone_until <= t:
        game.zone = 1.0
        game.zone_until = NEVER
        game.next_zone = _after(race.slow_zone_rate, key, 2, t)
    elif game.next_zone <= t:
        game.zones += 1
        game.zone = race.slow_zone_ratio
        game.next_zone = NEVER
        u = rng.high(rng.draw(key, rng.CAUTION, 12, int(t)))
        game.zone_until = t + race.slow_zone_s * (0.5 + u)
    set_next_event(s)


@kernel
def _start_fcy(p: Params, s: State, key: np.uint64, t: float, length: float, log_sd: float) -> None:
    game = s.game[0]
    game.fcys += 1
    game.mode = MODE_FCY
    game.caution_since = t
    z = rng.look_up(p.normal, rng.high(rng.draw(key, rng.CAUTION, 11, int(t))))
    game.fcy_until = t + length * math.exp(log_sd * z)
    _slow_down(p, s, t, p.race[0].lap_ratio)
