"""The queue behind a safety car: who stands in it, who is sent round, and when it lets a car out of the pits."""

from __future__ import annotations

import math

from langstrecke.simulation.kernel.draws import NEVER
from langstrecke.simulation.kernel.jit import kernel
from langstrecke.simulation.kernel.params import BUNCH_THREE, WAVE_AHEAD_OF_LEADER, Params
from langstrecke.simulation.kernel.road import QUEUE_GAP_S
from langstrecke.simulation.kernel.state import MODE_SAFETY_CAR, RING, RUNNING, State

CHAIN_S = 4.0
"""A gap above this ends the safety-car queue (default: four times the gap within it)."""


@kernel
def collect(p: Params, s: State, t: float) -> int:
    """Collect the cars queued behind the safety car that has just crossed, in order; returns how many."""
    game = s.game[0]
    count = 0
    previous = t
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if i >= p.race[0].n or car.off_line == 1:
            continue
        if car.when - previous > CHAIN_S:
            break
        previous = car.when
        s.queue[count] = i
        s.slots[count] = previous
        count += 1
    return count


@kernel
def wave_lap(p: Params) -> int:
    """Safety-car lap on which the wave-by is called: when the last group has had its lap to stop."""
    race = p.race[0]
    if race.pits_closed == 0:
        return 2
    last = 0
    for c in range(race.n_classes):
        last = max(last, p.cls[c].pit_group)
    return int(race.pit_open_lap + last + 1)


@kernel
def send_round(p: Params, s: State, t: float) -> None:
    """Send round the cars the rule book lets pass the safety car.

    A class leader that has just stopped is not in the queue yet: it will join behind whoever stayed out.
    """
    race = p.race[0]
    count = collect(p, s, t)
    late = t + 2.0 * race.lap_ratio * s.game[0].fast_lap
    for a in range(count):
        i = s.queue[a]
        car = s.car[i]
        leader = i
        for j in range(race.n):
            rival = s.car[j]
            if p.car[j].car_class != p.car[i].car_class or rival.status != RUNNING or rival.when > late:
                continue
            ahead = rival.lap > s.car[leader].lap
            if ahead or (rival.lap == s.car[leader].lap and rival.when < s.car[leader].when):
                leader = j
        if s.car[leader].lap > car.lap and (s.car[leader].when > car.when or race.wave_by != WAVE_AHEAD_OF_LEADER):
            car.waved = 1


@kernel
def exit_opens(p: Params, s: State, out: float) -> float:
    """When a car ready to leave the pits at `out` may: not while a safety-car queue passes the exit.

    With three safety cars it waits until the next of them and its queue have passed. `out` if nothing holds it.
    """
    game = s.game[0]
    race = p.race[0]
    if game.mode != MODE_SAFETY_CAR or race.pit_exit_held == 0:
        return out
    lap = race.lap_ratio * game.fast_lap
    opens = NEVER
    for element in range(race.n, race.n + 3):
        first = s.car[element].when
        if first >= NEVER:
            continue
        last = _queue_end(p, s, element)
        rounds = max(0.0, math.ceil((out - last) / lap))
        if race.bunching == BUNCH_THREE or first + rounds * lap <= out:
            opens = min(opens, last + rounds * lap + QUEUE_GAP_S)
    return float(opens) if opens < NEVER else out


@kernel
def _queue_end(p: Params, s: State, element: int) -> float:
    """When the last car of the queue behind this safety car next crosses the line."""
    game = s.game[0]
    end = s.car[element].when
    met = False
    for at in range(game.head, game.tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if i == element:
            met = True
        elif met and (i >= p.race[0].n or car.when - end > CHAIN_S):
            break
        elif met and car.off_line == 0:
            end = car.when
    return float(end)


@kernel
def hold_at_exit(p: Params, s: State, i: int, t: float, stop_s: float) -> float:
    """The stop of car i with the wait at a closed pit exit; a car let out behind a queue stays behind it."""
    race = p.race[0]
    opens = exit_opens(p, s, t + stop_s)
    if opens <= t + stop_s:
        return stop_s
    at_queue_pace = race.lap_ratio * s.game[0].fast_lap
    s.car[i].debt += max(0.0, at_queue_pace - race.catch_up_ratio * s.lap_draw[p.car[i].car_class])
    return opens - t
