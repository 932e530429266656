"""One race, event by event: always the car whose next crossing is earliest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel import drivers, queue, rng, stops, weather
from langstrecke.simulation.kernel import neutralisation as caution
from langstrecke.simulation.kernel.draws import draw_race, track_at
from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.road import file_green, file_neutral
from langstrecke.simulation.kernel.state import (
    FINISHED,
    MODE_FCY,
    MODE_GREEN,
    MODE_SAFETY_CAR,
    RETIRED,
    RING,
    ROW_CAR,
    ROW_DRIVER,
    ROW_END,
    ROW_IN_PIT,
    ROW_LAP,
    ROW_MODE,
    ROW_PIT_S,
    ROW_RED_S,
    ROW_START,
    ROW_TYRE_AGE,
    ROW_WET,
    RUNNING,
    STRANDED,
    State,
    pop_first,
)

F64 = NDArray[np.float64]

DAY_S = 86400.0
OFF_LINE_S = 6.0
"""Time lost on a lap from which a car counts as off the racing line and is passed freely (default)."""
LIMP_SHARE = 0.15
"""Lost on the lap home with a car that needs repair, share of the lap (default)."""
OPENING_LAP = 2.0
"""Mistakes on the opening lap over those of a later lap (default; `scripts/fit/mistakes.py`: 2.8 in the seasons it is
fitted to, 1.1 in the few others)."""
OVERTIME_LAPS = 8.0
"""Laps of the fastest class after the time within which the leader must have crossed the line (default)."""
GARAGE_LAPS = 1.5
"""Laps of its own from which a car that is not due to cross counts as standing in the garage and does not hold up the
flag (default)."""
LEAST_LAP = 0.5
"""No lap is quicker than this share of the class's, whatever is drawn (guard; no draw in reach comes near it)."""
LAST_LAPS = 2.5
"""Laps of a car's own after the flag within which it must cross the line to be counted as finishing (default)."""


@kernel
def run_race(p: Params, s: State, seed: int, number: int, trace: F64) -> None:
    """Play race `number` of this seed to the end; the state then holds the outcome.

    `trace` has ROW_SIZE columns and receives a row per car-lap as far as it has rows (none: no trace).
    """
    race = p.race[0]
    key = rng.race_key(seed, number)
    draw_race(p, s, key)
    weather.start_weather(p, s, key)
    caution.start_events(p, s, key, 0.0)
    for i in range(race.n):
        entry = p.car[i]
        car = s.car[i]
        car.since = entry.grid_s
        car.since_1 = entry.grid_s
        car.since_2 = entry.grid_s
        s.queue[i] = i
    order_by_crossing(p, s)
    for place in range(race.n):
        i = s.queue[place]
        car = s.car[i]
        car.turn_since = 0.0  # whoever starts late sits in the car from the green on
        stops.begin_stint(p, s, key, i)
        car.turn_stints = 1
        drivers.set_hand_over(p, s, i, 0.0)
        start_lap(p, s, key, i, p.car[i].grid_s, 0.0, trace)
    play_on(p, s, key, trace)


@kernel
def order_by_crossing(p: Params, s: State) -> None:
    """Sort the cars in `s.queue` by their last crossing; on the grid that is the start line."""
    for a in range(1, p.race[0].n):
        i = s.queue[a]
        at = a
        while at > 0 and s.car[s.queue[at - 1]].since > s.car[i].since:
            s.queue[at] = s.queue[at - 1]
            at -= 1
        s.queue[at] = i


@kernel
def play_on(p: Params, s: State, key: np.uint64, trace: F64) -> None:
    """Run from the present state to the end of the race."""
    game = s.game[0]
    while game.head < game.tail:
        first = s.ring[game.head & (RING - 1)]
        t = s.car[first].when
        while game.next_event <= t:
            if game.rain_switch <= game.next_event:
                weather.switch_rain(p, s, key, game.rain_switch)
                caution.set_next_event(s)
            else:
                caution.handle_event(p, s, key)
                if game.head >= game.tail:  # over under the red flag
                    return
            first = s.ring[game.head & (RING - 1)]
            t = s.car[first].when
        game.now = t
        pop_first(s)
        if first >= p.race[0].n:
            if game.flag_out == 0:
                caution.safety_car_crosses(p, s, key, first, t)
            continue
        if game.flag_out == 0 and t > game.end + OVERTIME_LAPS * game.fast_lap:
            # Nobody was left to take the flag: it fell at the end of the time.
            game.flag_out = 1
            game.flag_time = game.end
        if game.flag_out == 1 and t > game.flag_time + LAST_LAPS * s.lap_draw[p.car[first].car_class]:
            s.car[first].status = STRANDED
            continue
        crossing(p, s, key, first, t, trace)
    if game.mode != MODE_GREEN:
        caution.end_neutral(s, max(game.flag_time, game.end))


@hot
def crossing(p: Params, s: State, key: np.uint64, i: int, t: float, trace: F64) -> None:
    """Car i completes a lap at t: count it, look for the flag, stop, begin the next."""
    s.car[i].lap += 1
    s.game[0].car_laps += 1
    s.car[i].driven[s.car[i].driver] += t - s.car[i].since - s.car[i].stop_s
    s.car[i].fuel -= (stops.NEUTRAL_BURN if s.car[i].zone > stops.NEUTRAL_RATIO else 1.0) * (1.0 - p.car[i].fuel_save)
    s.car[i].tyre_age += 1.0
    if s.game[0].rows < trace.shape[0]:
        _write_row(s, i, t, trace)
    s.car[i].since_2 = s.car[i].since_1
    s.car[i].since_1 = s.car[i].since
    lap = s.car[i].lap
    if s.game[0].flag_out == 0:
        if lap > s.game[0].lead_lap:
            s.game[0].lead_lap = lap
            if p.race[0].max_laps > 0:
                s.game[0].due = min(s.game[0].end, t + (p.race[0].max_laps - lap) * s.game[0].fast_lap)
                if lap >= p.race[0].max_laps:
                    s.game[0].flag_out = 1
        if t >= s.game[0].end and _leads(p, s, i):
            s.game[0].flag_out = 1
        if s.game[0].flag_out == 1:
            s.game[0].flag_time = t
    if s.game[0].flag_out == 1:
        s.car[i].status = FINISHED
        s.car[i].since = t
        return
    stop_s = 0.0
    if s.car[i].stopping == 1:
        s.car[i].since = t
        stop_s = queue.hold_at_exit(p, s, i, t, stops.serve(p, s, key, i, t))
        if stops.pointless(p, s, i, t + stop_s):
            s.car[i].status = RETIRED
            return
    start_lap(p, s, key, i, t, stop_s, trace)


@kernel
def _leads(p: Params, s: State, i: int) -> bool:
    """Whether car i, crossing now, leads the cars still racing (one in the garage does not hold up the flag)."""
    for j in range(p.race[0].n):
        rival = s.car[j]
        if j != i and rival.status == RUNNING and rival.lap >= s.car[i].lap:
            if rival.off_line == 1 and rival.when - s.game[0].now > GARAGE_LAPS * s.lap_draw[p.car[j].car_class]:
                continue
            return False
    return True


@hot
def start_lap(p: Params, s: State, key: np.uint64, i: int, t: float, stop_s: float, trace: F64) -> None:
    """Car i begins a lap at t, after `stop_s` in the pits: draw the lap, decide on the stop, take the road."""
    c = p.car[i].car_class
    lap = s.car[i].lap
    word = rng.draw(key, rng.LAP, i, lap)
    free = (
        s.car[i].own_lap
        + p.car[i].fuel_save_s
        + p.cls[c].fuel_lap * s.car[i].fuel
        + p.cls[c].tyre_lap * s.car[i].tyre_age
    )
    free += s.lap_draw[c] * track_at(s, t) + rng.look_up(p.noise[c], rng.high(word))
    if s.car[i].tyre_age == 0.0 and lap > 0:
        free += p.cls[c].cold_lap
    if s.car[i].tyre_stints > 0:
        free += p.cls[c].double_stint
    if lap == 0:
        free += p.cls[c].first_lap
    if p.cls[c].night != 0.0:
        clock = t % DAY_S
        if p.race[0].night_from_s < p.race[0].night_until_s:
            dark = p.race[0].night_from_s <= clock < p.race[0].night_until_s
        else:
            dark = clock >= p.race[0].night_from_s or clock < p.race[0].night_until_s
        if dark and p.race[0].night_from_s != p.race[0].night_until_s:
            free += p.cls[c].night
    if s.game[0].wet > 0.0 or s.game[0].rain > 0.0 or s.car[i].wet_tyres == 1:
        weather.dry_to(p, s, t)
        free *= weather.lap_factor(p, s.game[0].wet, s.car[i].wet_tyres)
    free *= s.game[0].zone
    free = max(free, LEAST_LAP * s.lap_draw[c])
    mode = s.game[0].mode
    ratio = 1.0
    if mode == MODE_SAFETY_CAR:
        ratio = caution.WAVE_RATIO if s.car[i].waved == 1 else p.race[0].catch_up_ratio
    elif mode == MODE_FCY:
        ratio = p.race[0].lap_ratio
    s.car[i].zone = ratio
    extra = stop_s
    s.car[i].off_line = 1 if stop_s > 0.0 else 0
    lost = 0.0
    # mishaps: one uniform against the summed chances of this lap
    u = rng.low(word)
    retire = s.car[i].retire_rate * free
    repair = retire + s.car[i].repair_rate * free
    penalty = repair + p.cls[c].penalty_rate * free
    mistake = p.cls[c].incident_rate * p.car[i].mistakes[s.car[i].driver] * free
    if lap == 0:
        mistake *= OPENING_LAP
    if u < penalty + mistake:
        if u < retire:
            s.car[i].status = RETIRED
            s.car[i].since = t
            return
        size = rng.draw(key, rng.TROUBLE, i, 2 * lap + 1)
        if u < repair:  # he brings it home slowly; the repair itself is done at the pits
            spread = p.cls[c].repair_length_log_sd
            s.car[i].repair = p.cls[c].repair_s * math.exp(spread * rng.look_up(p.normal, rng.high(size)))
            lost = LIMP_SHARE * free
        elif u < penalty:  # a drive-through, not to be served under yellow: then race control saw nothing
            lost = p.cls[c].lane if mode == MODE_GREEN else 0.0
        else:
            lost = -p.cls[c].incident_s * math.log(rng.high(size))
        extra += lost
        if lost > OFF_LINE_S:
            s.car[i].off_line = 1
    s.car[i].since = t
    s.car[i].stop_s = stop_s
    s.car[i].when = t + free * ratio + s.car[i].debt + extra
    s.car[i].debt = 0.0
    s.car[i].stopping = 1 if s.car[i].repair > 0.0 or stops.comes_in(p, s, i, t) else 0
    if lost > 0.0 and s.car[i].stopping == 1 and s.car[i].repair == 0.0 and s.car[i].when > s.car[i].hand_over:
        # a driver out of time is brought in whatever the car looks like: the damage is seen to in the pits
        s.car[i].when -= lost
        s.car[i].repair = lost
    if mode == MODE_GREEN:
        file_green(p, s, i, word)
    else:
        file_neutral(p, s, i)
        s.car[i].waved = 0


@hot
def _write_row(s: State, i: int, t: float, trace: F64) -> None:
    game = s.game[0]
    car = s.car[i]
    row = game.rows
    game.rows = row + 1
    trace[row, ROW_CAR] = i
    trace[row, ROW_LAP] = car.lap
    trace[row, ROW_DRIVER] = car.driver
    trace[row, ROW_START] = car.since
    trace[row, ROW_END] = t
    trace[row, ROW_IN_PIT] = car.stopping
    trace[row, ROW_PIT_S] = car.stop_s
    trace[row, ROW_MODE] = game.mode
    trace[row, ROW_WET] = car.wet_tyres
    trace[row, ROW_TYRE_AGE] = car.tyre_age
    trace[row, ROW_RED_S] = game.red_s


@kernel
def classify(p: Params, s: State) -> None:
    """Rank the field by the rule book into `s.order` (best first) and mark who is not classified.

    More laps beat fewer, then the earlier finish; a car is classified with `min_share` of the winner's laps and,
    where the rule book asks for it, only if it crossed the line. Those who are not stand behind, by distance.
    """
    race = p.race[0]
    winner = 0
    order, unclassified, class_winner = s.order, s.unclassified, s.place
    for c in range(race.n_classes):
        class_winner[c] = 0
    for i in range(race.n):
        entry = p.car[i]
        car = s.car[i]
        order[i] = i
        if car.status == FINISHED or race.must_cross_line == 0:
            winner = max(winner, car.lap)
            class_winner[entry.car_class] = max(class_winner[entry.car_class], car.lap)
    for i in range(race.n):
        car = s.car[i]
        distance = class_winner[p.car[i].car_class] if race.share_of_class == 1 else winner
        out = car.lap < race.min_share * distance
        if race.must_cross_line == 1 and car.status != FINISHED:
            out = True
        unclassified[i] = 1 if out else 0
    for a in range(1, race.n):
        i = order[a]
        at = a
        while at > 0 and _ranks_before(p, s, unclassified, i, order[at - 1]):
            order[at] = order[at - 1]
            at -= 1
        order[at] = i


@hot
def _ranks_before(p: Params, s: State, unclassified: NDArray[np.int32], i: int, j: int) -> bool:
    car = s.car[i]
    rival = s.car[j]
    if unclassified[i] != unclassified[j]:
        return bool(unclassified[i] < unclassified[j])
    if car.lap != rival.lap:
        return bool(car.lap > rival.lap)
    return bool(car.since + p.car[i].penalty_s < rival.since + p.car[j].penalty_s)
