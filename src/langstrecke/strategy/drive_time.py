"""Who may get in at a stop: time at the wheel as the races played reckon it.

The kernel seats a named driver only if the rules let him drive the stint that follows and leave the others time for
their minimums (`kernel.drivers.may_take`); else it seats whom it chooses itself. An option that names somebody else
would be told under his name and played with another.
"""

from __future__ import annotations

from langstrecke.formatting import race_time
from langstrecke.simulation.kernel.drivers import MARGIN_LAPS, MARGIN_S, OVERTIME_LAPS
from langstrecke.strategy.counterfactual.moment import Moment


def kept_out(now: Moment, index: int, driver: int, lap: int, fuel: float = -1.0) -> str:
    """What keeps a driver of the crew from the stint after a stop at the end of that lap, in words; empty: nothing.

    A stint is `fuel` laps (negative: a full tank), or what is left of the race. Slack is that of the kernel, at its
    means.
    """
    own, entry, lap_s = now.snapshot.car[index], now.params.car[index], now.lap_s(index)
    leaves = max(now.goes_on_s, float(own["since"]) + (lap - int(own["lap"])) * lap_s)
    left = now.goes_on_s + now.to_go_s() - leaves
    if left <= 0.0:
        return ""
    refuels = int(now.params.race[0].refuelling) == 1
    stint = (fuel if fuel >= 0.0 else float(entry["stint_laps"])) * lap_s if refuels else left
    here = int(own["driver"])
    driven = [float(s) for s in own["driven"][: int(entry["n_drivers"])]]
    driven[here] += max(0.0, leaves - float(own["since"])) if lap > int(own["lap"]) else 0.0
    if _room_s(now, index, driver, leaves, driven[driver]) < min(stint, left + OVERTIME_LAPS * lap_s):
        return "his time at the wheel does not safely leave a whole stint"
    owed, short = 0.0, 0.0
    for other, seconds in enumerate(driven):
        lacking = float(entry["min_drive"][other]) - seconds
        if other != driver and lacking > 0.0:
            owed, short = owed + lacking + MARGIN_S, short + lacking
        elif other != driver and int(entry["all_start"]) == 1 and seconds <= 0.0:
            owed += max(MARGIN_S, MARGIN_LAPS * lap_s)
    if left - min(stint, left) >= owed:
        return ""
    still = f"the {race_time(short)} they still have to drive" if short > 0.0 else "time to drive at all"
    return f"a whole stint of his does not safely leave the others {still}"


def _room_s(now: Moment, index: int, driver: int, t: float, driven_s: float) -> float:
    """Seconds the driver may drive from t by the maximum rules; negative where he may not get in."""
    own, entry = now.seen_by(index).car[index], now.params.car[index]
    here = int(own["driver"]) == driver
    room = float(entry["max_drive"][driver]) - driven_s
    if float(entry["max_continuous"]) > 0.0:
        room = min(room, float(entry["max_continuous"]) - (t - float(own["turn_since"]) if here else 0.0))
    if float(entry["window"]) > 0.0:
        name, since = now.card.entries[index].drivers[driver].name, t - float(entry["window"])
        spells = [s for s in now.state.cars[index].spells if s.driver == name]
        inside = sum(max(0.0, s.end_s - max(s.start_s, since)) for s in spells)
        inside += t - max(since, float(own["since"])) if here else 0.0
        room = min(room, float(entry["window_max"]) - min(inside, driven_s))  # spells count what he stood in the lane
    if not here and t - float(own["rest_since"][driver]) < float(entry["min_rest"]):
        return -1.0
    return room - MARGIN_S
