"""Who drives: the rota a pit wall would run by the rule book, decided stop by stop.

A driver may take over if the rules leave him room for the coming stint: total maximum, continuous maximum, rest, and
at most `window_max` seconds in any `window`. Minimum times and "everybody must drive" are worked off first, so that a
late repair or a red flag rarely finds them open.
"""

from __future__ import annotations

from langstrecke.simulation.kernel.draws import NEVER
from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import MAX_STINT_LOG, Params
from langstrecke.simulation.kernel.state import State

MARGIN_S = 240.0
MARGIN_LAPS = 1.8
"""Slack kept on every driver-time rule, in seconds and in laps, whichever is more: a safety car can double the lap on
which a driver is due in (default, not from a rule book)."""
OVERTIME_LAPS = 2.3
"""A car may be out this many of its laps after the time: the leader ends his, then it ends its own (default)."""
STINT_LAPS = 0.4
"""Slack kept on the longest stint, in laps, beside that of the in-lap (default)."""
OWED_STOP_S = 600.0
OWED_STOP_LAPS = 4.0
"""A mandatory stop that is still owed is made at least this long before the end, whichever is more (default)."""
TURN_REST_S = 3600.0
"""After a full turn a driver counts as having driven this much longer, so that another gets in (default)."""
FAIR_S = 1800.0
"""A driver one second a lap faster may drive about this much more before he is rested (default)."""


@hot
def margin(p: Params, s: State, i: int) -> float:
    """Slack kept on driver-time rules, in seconds."""
    return float(max(MARGIN_S, MARGIN_LAPS * s.lap_draw[p.car[i].car_class]))


@hot
def overtime(p: Params, s: State, i: int) -> float:
    """How long after the time a car may still be out, in seconds."""
    return float(OVERTIME_LAPS * s.lap_draw[p.car[i].car_class])


@kernel
def driven_in_window(p: Params, s: State, i: int, d: int, t: float) -> float:
    """Seconds driver d of car i has driven in the window that ends now, the turn under way included."""
    car = s.car[i]
    since = t - p.car[i].window
    total = 0.0
    if car.driver == d:
        total += t - max(car.turn_since, since)
    count = car.log_count
    first = max(0, count - MAX_STINT_LOG)
    for turn in range(first, count):
        slot = turn % MAX_STINT_LOG
        if car.log_driver[slot] == d and car.log_end[slot] > since:
            total += car.log_end[slot] - max(car.log_start[slot], since)
    return total


@kernel
def room(p: Params, s: State, i: int, d: int, t: float) -> float:
    """Seconds driver d may drive from now by the maximum rules; negative if he may not get in."""
    car = s.car[i]
    entry = p.car[i]
    here = car.driver == d
    left = entry.max_drive[d] - car.driven[d]
    if entry.max_continuous > 0.0:
        left = min(left, entry.max_continuous - (t - car.turn_since if here else 0.0))
    if entry.window > 0.0:
        left = min(left, entry.window_max - driven_in_window(p, s, i, d, t))
    if not here and t - car.rest_since[d] < entry.min_rest:
        return -1.0
    return float(left - MARGIN_S)


@kernel
def unmet(p: Params, s: State, i: int, d: int) -> float:
    """Seconds driver d still has to drive by the minimum rules."""
    car = s.car[i]
    entry = p.car[i]
    short = entry.min_drive[d] - car.driven[d]
    if short > 0.0:
        return float(short + MARGIN_S)
    if entry.all_start == 1 and car.driven[d] <= 0.0 and car.driver != d:
        return margin(p, s, i)
    return 0.0


@kernel
def set_hand_over(p: Params, s: State, i: int, t: float) -> None:
    """Work out by when the driver on board must be out: his own maximum, and what the others still have to do."""
    game = s.game[0]
    race = p.race[0]
    car = s.car[i]
    entry = p.car[i]
    d = car.driver
    by = t + room(p, s, i, d, t)
    owed = 0.0
    for other in range(entry.n_drivers):
        if other != d:
            owed += unmet(p, s, i, other)
    if owed > 0.0:
        own = game.due - owed - margin(p, s, i)
        short = entry.min_drive[d] - car.driven[d]
        if own <= t and short <= 0.0 and t + owed < game.due:  # late, not too late: out on the next lap
            own = t + 1.0
        by = min(by, max(own, t + short) if short > 0.0 else own)
    elif t + room(p, s, i, d, t) >= game.due + overtime(p, s, i):
        by = NEVER
    if race.max_stint_s > 0.0 and t + race.max_stint_s < game.due + overtime(p, s, i):
        by = min(by, t + race.max_stint_s - STINT_LAPS * s.lap_draw[entry.car_class])
    stops_owed = race.mandatory_stops - car.stops
    if stops_owed > 0:  # a long repair can leave fewer stints than stops
        slack = max(OWED_STOP_S, OWED_STOP_LAPS * s.lap_draw[entry.car_class])
        by = min(by, max(game.due - stops_owed * slack, t + 1.0))
    if by < NEVER:  # a stop for the last lap alone has to be made before the time is up
        by = min(by, game.due)
    # Nobody has time left (a race too long for its crew): stopping again would not help.
    car.hand_over = by if by > t else NEVER


@kernel
def may_take(p: Params, s: State, i: int, d: int, t: float, stint_s: float) -> bool:
    """Whether the rules let driver d drive the coming stint and leave time for what the others have to do."""
    left = s.game[0].due - t
    need = min(stint_s, left + overtime(p, s, i))
    owed = 0.0
    for other in range(p.car[i].n_drivers):
        if other != d:
            owed += unmet(p, s, i, other)
    return bool(room(p, s, i, d, t) >= need and left - min(stint_s, left) >= owed)


@kernel
def choose(p: Params, s: State, i: int, t: float, stint_s: float) -> int:
    """The driver for the coming stint of `stint_s` seconds."""
    car = s.car[i]
    entry = p.car[i]
    n = entry.n_drivers
    now = int(car.driver)
    if n == 1:
        return now
    left = s.game[0].due - t
    need = min(stint_s, left + overtime(p, s, i))
    owed = 0.0
    for d in range(n):
        if d != now:
            owed += unmet(p, s, i, d)
    stay_legal = room(p, s, i, now, t) >= need
    if stay_legal and car.turn_stints < entry.stints_per_turn and left - min(stint_s, left) >= owed:
        return now
    best = -1
    best_score = NEVER
    best_room = -NEVER
    roomiest = now
    for d in range(n):
        space = room(p, s, i, d, t)
        if space > best_room:
            best_room = space
            roomiest = d
        if space < need:
            continue
        score = car.driven[d] + FAIR_S * car.driver_draw[d]
        short = unmet(p, s, i, d)
        if short > 0.0:
            score = -1.0e6 - short  # whoever owes most, however slow
        elif d == now and car.turn_stints >= entry.stints_per_turn and n > 2:
            score += TURN_REST_S  # a rest after a full turn
        if score < best_score:
            best_score = score
            best = d
    return best if best >= 0 else roomiest


@kernel
def hand_over(p: Params, s: State, i: int, d: int, t_out: float, t_in: float) -> None:
    """Driver d takes over: the old turn ends at t_out, the new one begins at t_in."""
    car = s.car[i]
    now = car.driver
    if d == now:
        car.turn_stints += 1
        car.turn_since += t_in - t_out  # time in the pits is not time at the wheel
        set_hand_over(p, s, i, t_in)
        return
    slot = car.log_count % MAX_STINT_LOG
    car.log_driver[slot] = now
    car.log_start[slot] = car.turn_since
    car.log_end[slot] = t_out
    car.log_count += 1
    car.rest_since[now] = t_out
    car.driver = d
    car.turn_since = t_in
    car.turn_stints = 1
    set_hand_over(p, s, i, t_in)
