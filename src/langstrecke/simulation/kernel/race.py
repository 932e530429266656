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
    game = s.game[0]
    race = p.race[0]
    car = s.car[i]
    car.lap += 1
    game.car_laps += 1
    car.driven[car.driver] += t - car.since - car.stop_s
    car.fuel -= (stops.NEUTRAL_BURN if car.zone > stops.NEUTRAL_RATIO else 1.0) * (1.0 - p.car[i].fuel_save)
    car.tyre_age += 1.0
    if game.rows < trace.shape[0]:
        _write_row(s, i, t, trace)
    car.since_2 = car.since_1
    car.since_1 = car.since
    lap = car.lap
    if game.flag_out == 0:
        if lap > game.lead_lap:
            game.lead_lap = lap
            if race.max_laps > 0:
                game.due = min(game.end, t + (race.max_laps - lap) * game.fast_lap)
                if lap >= race.max_laps:
                    game.flag_out = 1
        if t >= game.end and _leads(p, s, i):
            game.flag_out = 1
        if game.flag_out == 1:
            game.flag_time = t
    if game.flag_out == 1:
        car.status = FINISHED
        car.since = t
        return
    stop_s = 0.0
    if car.stopping == 1:
        car.since = t
        stop_s = queue.hold_at_exit(p, s, i, t, stops.serve(p, s, key, i, t))
        if stops.pointless(p, s, i, t + stop_s):
            car.status = RETIRED
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
    game = s.game[0]
    race = p.race[0]
    car = s.car[i]
    entry = p.car[i]
    c = entry.car_class
    klass = p.cls[c]
    lap = car.lap
    word = rng.draw(key, rng.LAP, i, lap)
    free = car.own_lap + entry.fuel_save_s + klass.fuel_lap * car.fuel + klass.tyre_lap * car.tyre_age
    free += s.lap_draw[c] * track_at(s, t) + rng.look_up(p.noise[c], rng.high(word))
    if car.tyre_age == 0.0 and lap > 0:
        free += klass.cold_lap
    if car.tyre_stints > 0:
        free += klass.double_stint
    if lap == 0:
        free += klass.first_lap
    if klass.night != 0.0:
        clock = t % DAY_S
        if race.night_from_s < race.night_until_s:
            dark = race.night_from_s <= clock < race.night_until_s
        else:
            dark = clock >= race.night_from_s or clock < race.night_until_s
        if dark and race.night_from_s != race.night_until_s:
            free += klass.night
    if game.wet > 0.0 or game.rain > 0.0 or car.wet_tyres == 1:
        weather.dry_to(p, s, t)
        free *= weather.lap_factor(p, game.wet, car.wet_tyres)
    free *= game.zone
    free = max(free, LEAST_LAP * s.lap_draw[c])
    mode = game.mode
    ratio = 1.0
    if mode == MODE_SAFETY_CAR:
        ratio = caution.WAVE_RATIO if car.waved == 1 else race.catch_up_ratio
    elif mode == MODE_FCY:
        ratio = race.lap_ratio
    car.zone = ratio
    extra = stop_s
    car.off_line = 1 if stop_s > 0.0 else 0
    lost = 0.0
    # mishaps: one uniform against the summed chances of this lap
    u = rng.low(word)
    retire = car.retire_rate * free
    repair = retire + car.repair_rate * free
    penalty = repair + klass.penalty_rate * free
    mistake = klass.incident_rate * entry.mistakes[car.driver] * free
    if lap == 0:
        mistake *= OPENING_LAP
    if u < penalty + mistake:
        if u < retire:
            car.status = RETIRED
            car.since = t
            return
        size = rng.draw(key, rng.TROUBLE, i, 2 * lap + 1)
        if u < repair:  # he brings it home slowly; the repair itself is done at the pits
            spread = klass.repair_length_log_sd
            car.repair = klass.repair_s * math.exp(spread * rng.look_up(p.normal, rng.high(size)))
            lost = LIMP_SHARE * free
        elif u < penalty:  # a drive-through, not to be served under yellow: then race control saw nothing
            lost = klass.lane if mode == MODE_GREEN else 0.0
        else:
            lost = -klass.incident_s * math.log(rng.high(size))
        extra += lost
        if lost > OFF_LINE_S:
            car.off_line = 1
    car.since = t
    car.stop_s = stop_s
    car.when = t + free * ratio + car.debt + extra
    car.debt = 0.0
    car.stopping = 1 if car.repair > 0.0 or stops.comes_in(p, s, i, t) else 0
    if lost > 0.0 and car.stopping == 1 and car.repair == 0.0 and car.when > car.hand_over:
        # a driver out of time is brought in whatever the car looks like: the damage is seen to in the pits
        car.when -= lost
        car.repair = lost
    if mode == MODE_GREEN:
        file_green(p, s, i, word)
    else:
        file_neutral(p, s, i)
        car.waved = 0


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
