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
    since = t - p.car[i].window
    total = 0.0
    if s.car[i].driver == d:
        total += t - max(s.car[i].turn_since, since)
    count = s.car[i].log_count
    first = max(0, count - MAX_STINT_LOG)
    for entry in range(first, count):
        slot = entry % MAX_STINT_LOG
        if s.car[i].log_driver[slot] == d and s.car[i].log_end[slot] > since:
            total += s.car[i].log_end[slot] - max(s.car[i].log_start[slot], since)
    return total


@kernel
def room(p: Params, s: State, i: int, d: int, t: float) -> float:
    """Seconds driver d may drive from now by the maximum rules; negative if he may not get in."""
    here = s.car[i].driver == d
    left = p.car[i].max_drive[d] - s.car[i].driven[d]
    if p.car[i].max_continuous > 0.0:
        left = min(left, p.car[i].max_continuous - (t - s.car[i].turn_since if here else 0.0))
    if p.car[i].window > 0.0:
        left = min(left, p.car[i].window_max - driven_in_window(p, s, i, d, t))
    if not here and t - s.car[i].rest_since[d] < p.car[i].min_rest:
        return -1.0
    return float(left - MARGIN_S)


@kernel
def unmet(p: Params, s: State, i: int, d: int) -> float:
    """Seconds driver d still has to drive by the minimum rules."""
    short = p.car[i].min_drive[d] - s.car[i].driven[d]
    if short > 0.0:
        return float(short + MARGIN_S)
    if p.car[i].all_start == 1 and s.car[i].driven[d] <= 0.0 and s.car[i].driver != d:
        return margin(p, s, i)
    return 0.0


@kernel
def set_hand_over(p: Params, s: State, i: int, t: float) -> None:
    """Work out by when the driver on board must be out: his own maximum, and what the others still have to do."""
    d = s.car[i].driver
    by = t + room(p, s, i, d, t)
    owed = 0.0
    for other in range(p.car[i].n_drivers):
        if other != d:
            owed += unmet(p, s, i, other)
    if owed > 0.0:
        own = s.game[0].due - owed - margin(p, s, i)
        short = p.car[i].min_drive[d] - s.car[i].driven[d]
        if own <= t and short <= 0.0 and t + owed < s.game[0].due:  # late, not too late: out on the next lap
            own = t + 1.0
        by = min(by, max(own, t + short) if short > 0.0 else own)
    elif t + room(p, s, i, d, t) >= s.game[0].due + overtime(p, s, i):
        by = NEVER
    if p.race[0].max_stint_s > 0.0 and t + p.race[0].max_stint_s < s.game[0].due + overtime(p, s, i):
        by = min(by, t + p.race[0].max_stint_s - STINT_LAPS * s.lap_draw[p.car[i].car_class])
    stops_owed = p.race[0].mandatory_stops - s.car[i].stops
    if stops_owed > 0:  # a long repair can leave fewer stints than stops
        slack = max(OWED_STOP_S, OWED_STOP_LAPS * s.lap_draw[p.car[i].car_class])
        by = min(by, max(s.game[0].due - stops_owed * slack, t + 1.0))
    if by < NEVER:  # a stop for the last lap alone has to be made before the time is up
        by = min(by, s.game[0].due)
    # Nobody has time left (a race too long for its crew): stopping again would not help.
    s.car[i].hand_over = by if by > t else NEVER


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
    n = p.car[i].n_drivers
    now = int(s.car[i].driver)
    if n == 1:
        return now
    left = s.game[0].due - t
    need = min(stint_s, left + overtime(p, s, i))
    owed = 0.0
    for d in range(n):
        if d != now:
            owed += unmet(p, s, i, d)
    stay_legal = room(p, s, i, now, t) >= need
    if stay_legal and s.car[i].turn_stints < p.car[i].stints_per_turn and left - min(stint_s, left) >= owed:
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
        score = s.car[i].driven[d] + FAIR_S * s.car[i].driver_draw[d]
        short = unmet(p, s, i, d)
        if short > 0.0:
            score = -1.0e6 - short  # whoever owes most, however slow
        elif d == now and s.car[i].turn_stints >= p.car[i].stints_per_turn and n > 2:
            score += 3600.0  # a rest after a full turn
        if score < best_score:
            best_score = score
            best = d
    return best if best >= 0 else roomiest


@kernel
def hand_over(p: Params, s: State, i: int, d: int, t_out: float, t_in: float) -> None:
    """Driver d takes over: the old turn ends at t_out, the new one begins at t_in."""
    now = s.car[i].driver
    if d == now:
        s.car[i].turn_stints += 1
        s.car[i].turn_since += t_in - t_out  # time in the pits is not time at the wheel
        set_hand_over(p, s, i, t_in)
        return
    slot = s.car[i].log_count % MAX_STINT_LOG
    s.car[i].log_driver[slot] = now
    s.car[i].log_start[slot] = s.car[i].turn_since
    s.car[i].log_end[slot] = t_out
    s.car[i].log_count += 1
    s.car[i].rest_since[now] = t_out
    s.car[i].driver = d
    s.car[i].turn_since = t_in
    s.car[i].turn_stints = 1
    set_hand_over(p, s, i, t_in)
