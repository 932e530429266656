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
    game = s.game[0]
    race = p.race[0]
    if race.red_stops_clock == 1:
        return False
    laps = RESUME_LAPS * race.lap_ratio * game.fast_lap
    return bool(t + race.red_s + laps >= game.end)


@kernel
def stop_race(p: Params, s: State, t: float) -> None:
    """The race stands still: everybody waits where he is in the order, then follows the safety car."""
    game = s.game[0]
    race = p.race[0]
    game.reds += 1
    game.red_s += race.red_s
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        car.when += race.red_s
        if i < race.n:  # nobody drives meanwhile
            car.since += race.red_s
            car.since_1 += race.red_s
            car.since_2 += race.red_s
            car.turn_since += race.red_s
    game.caution_until = max(game.caution_until, t) + race.red_s
    if race.red_stops_clock == 1:
        game.end += race.red_s
    if race.max_laps > 0:
        game.due = min(game.end, game.due + race.red_s)
    else:
        game.due = game.end


@kernel
def _crossing_of_lap(s: State, i: int, lap: int) -> float:
    """When car i ended this lap, one of its last three; NEVER if it has not."""
    car = s.car[i]
    back = car.lap - lap
    if back == 0:
        return float(car.since)
    if back == 1:
        return float(car.since_1)
    return float(car.since_2) if back == 2 else NEVER


@kernel
def end_race(p: Params, s: State, t: float) -> None:
    """The race is over at t: the result is as if the flag had fallen when the leader ended a lap some laps ago.

    Everybody still running counts as having crossed the line: he did, the last time he came by.
    """
    game = s.game[0]
    race = p.race[0]
    game.reds += 1
    counted = max(game.lead_lap - race.red_laps_back, 0)
    flag = NEVER
    for i in range(race.n):
        if s.car[i].lap >= counted:
            flag = min(flag, _crossing_of_lap(s, i, counted))
    for i in range(race.n):
        car = s.car[i]
        if car.status != RETIRED:
            car.status = FINISHED
        for back in range(2, -1, -1):  # his first crossing from then on, or else his last before
            lap = car.lap - back
            if lap >= 0 and (back == 0 or _crossing_of_lap(s, i, lap) >= flag):
                car.since = _crossing_of_lap(s, i, lap)
                car.lap = lap
                break
    game.lead_lap = counted
    game.flag_out = 1
    game.flag_time = flag
    game.neutral_s += max(0.0, t - game.caution_since)
    game.mode = MODE_GREEN
    game.tail = game.head
