"""Red flags: the race stands still, or is over."""

from __future__ import annotations

from langstrecke.simulation.kernel.draws import NEVER
from langstrecke.simulation.kernel.jit import kernel
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import FINISHED, MODE_GREEN, RETIRED, RING, State

RESUME_LAPS = 2.0
"""A race is resumed if there is time for this many laps behind the safety car (default)."""


@kernel
def too_late(p: Params, s: State, t: float) -> bool:
    """Whether a race stopped at t can no longer be resumed: the clock runs on and the time would be up."""
    if p.race[0].red_stops_clock == 1:
        return False
    laps = RESUME_LAPS * p.race[0].lap_ratio * s.game[0].fast_lap
    return bool(t + p.race[0].red_s + laps >= s.game[0].end)


@kernel
def stop_race(p: Params, s: State, t: float) -> None:
    """The race stands still: everybody waits where he is in the order, then follows the safety car."""
    s.game[0].reds += 1
    s.game[0].red_s += p.race[0].red_s
    for at in range(s.game[0].head, s.game[0].tail):
        i = s.ring[at & (RING - 1)]
        s.car[i].when += p.race[0].red_s
        if i < p.race[0].n:  # nobody drives meanwhile
            s.car[i].since += p.race[0].red_s
            s.car[i].since_1 += p.race[0].red_s
            s.car[i].since_2 += p.race[0].red_s
            s.car[i].turn_since += p.race[0].red_s
    s.game[0].caution_until = max(s.game[0].caution_until, t) + p.race[0].red_s
    if p.race[0].red_stops_clock == 1:
        s.game[0].end += p.race[0].red_s
    if p.race[0].max_laps > 0:
        s.game[0].due = min(s.game[0].end, s.game[0].due + p.race[0].red_s)
    else:
        s.game[0].due = s.game[0].end


@kernel
def _crossing_of_lap(s: State, i: int, lap: int) -> float:
    """When car i ended this lap, one of its last three; NEVER if it has not."""
    back = s.car[i].lap - lap
    if back == 0:
        return float(s.car[i].since)
    if back == 1:
        return float(s.car[i].since_1)
    return float(s.car[i].since_2) if back == 2 else NEVER


@kernel
def end_race(p: Params, s: State, t: float) -> None:
    """The race is over at t: the result is as if the flag had fallen when the leader ended a lap some laps ago.

    Everybody still running counts as having crossed the line: he did, the last time he came by.
    """
    s.game[0].reds += 1
    counted = max(s.game[0].lead_lap - p.race[0].red_laps_back, 0)
    flag = NEVER
    for i in range(p.race[0].n):
        if s.car[i].lap >= counted:
            flag = min(flag, _crossing_of_lap(s, i, counted))
    for i in range(p.race[0].n):
        if s.car[i].status != RETIRED:
            s.car[i].status = FINISHED
        for back in range(2, -1, -1):  # his first crossing from then on, or else his last before
            lap = s.car[i].lap - back
            if lap >= 0 and (back == 0 or _crossing_of_lap(s, i, lap) >= flag):
                s.car[i].since = _crossing_of_lap(s, i, lap)
                s.car[i].lap = lap
                break
    s.game[0].lead_lap = counted
    s.game[0].flag_out = 1
    s.game[0].flag_time = flag
    s.game[0].neutral_s += max(0.0, t - s.game[0].caution_since)
    s.game[0].mode = MODE_GREEN
    s.game[0].tail = s.game[0].head
