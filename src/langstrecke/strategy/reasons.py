"""Why a stop is worth what it is: what it costs, who gets by, what is met on the road."""

from __future__ import annotations

import math

from langstrecke.formatting import fuel_range, percent, plural, race_time
from langstrecke.racecard.stop_cost import stop_cost
from langstrecke.racestate.model import LiveCar
from langstrecke.rulebooks.load import load_rulebook
from langstrecke.strategy.counterfactual.moment import Moment
from langstrecke.strategy.outlook import Outlook
from langstrecke.strategy.rejoin import TRAFFIC_S, rejoin, stop_cost_s
from langstrecke.strategy.tyres import tyre_value
from langstrecke.strategy.yellows import green_chance, yellow_chance


def stop_seconds(now: Moment, index: int) -> tuple[float, float]:
    """Seconds that a stop on this lap costs under green, and what it costs now, in seconds at green speed.

    Under a neutralisation the others lap slower by the card's `lap_ratio`, so they get less far meanwhile. What the
    queue behind a safety car gives back beyond that is in the odds, not here.
    """
    cost = stop_cost_s(now, index)
    return cost, cost / now.card.neutralisation.lap_ratio if now.state.neutral else cost


def reasons(now: Moment, index: int, ahead: Outlook | None = None) -> list[str]:
    """The figures behind a call, in words; `ahead` as played."""
    entry = now.card.entries[index]
    figures = now.card.classes[entry.car_class]
    own = now.snapshot.car[index]
    lap_s, left = now.lap_s(index), now.fuel_left(index)
    tank = float(now.params.car["stint_laps"][index])
    sd = math.hypot(figures.stint_laps_sd, now.state.cars[index].fuel_laps_sd)
    book = load_rulebook(now.card.race.rulebook)
    refuels = int(now.params.race[0].refuelling) == 1
    told = [standing] if (standing := now.standing()) else []
    told.append(f"{race_time(now.to_go_s())} to go")
    if refuels:
        told[-1] += f"; fuel for {left:.1f} laps ({fuel_range(left, sd)}; a tank is believed to last"
        told[-1] += f" {tank:.1f}, with what crews save)"
    if ahead is not None:
        told += ahead.describe() if refuels else ahead.describe()[:1]
    share = min(1.0, max(0.0, (tank - left + 1) / tank))
    cost, still = stop_cost(figures, entry, book.pit, share, True, len(entry.drivers) > 1)
    told.append(f"a stop now costs {cost:.0f} s, {still:.0f} of them standing")
    without, _ = stop_cost(figures, entry, book.pit, share, False, len(entry.drivers) > 1)
    stint = min(tank, ahead.laps if ahead is not None and ahead.laps > 0 else now.to_go_s() / lap_s)
    told.append(tyre_value(figures, float(own["tyre_age"]) + 1.0, stint, cost - without).describe())
    told += _rivals(now, index, cost)
    if now.state.neutral:
        worth = stop_seconds(now, index)[1]
        told.append(f"neutralised since {race_time(now.state.neutral_since_s)}: a stop costs {worth:.0f} s of green")
        slow = lap_s * now.card.neutralisation.lap_ratio
        told[-1] += f"; green again within two laps behind it: {percent(green_chance(now, 2.0 * slow))}"
    else:
        close = rejoin(now, index, 1).traffic
        told.append(f"traffic on rejoin: {plural(close, 'car')} within {TRAFFIC_S:.0f} s up the road")
        until = min(left * lap_s, now.to_go_s())
        what = "before the tank is empty" if refuels and until < now.to_go_s() else "before the flag"
        told.append(f"a yellow {what}: {percent(yellow_chance(now, until))}")
    if int(own["in_pit"]) == 1:
        told.append("the car is in the pit lane at this moment")
    return told


def _rivals(now: Moment, index: int, cost_s: float) -> list[str]:
    """Who is in front, and who gets past during a stop."""
    entry = now.card.entries[index]
    me = now.state.car(entry.car)
    passed = [
        c.car
        for c in now.state.cars
        if c.car_class == entry.car_class
        and c.car != me.car
        and c.behind_s is not None
        and me.behind_s is not None
        and 0 <= c.behind_s - me.behind_s < cost_s
    ]
    told = [f"place {me.position} in {entry.car_class}, {_behind(me)}"]
    if passed:
        shown = ", ".join(f"#{car}" for car in passed[:5]) + (" and others" if len(passed) > 5 else "")
        told[0] += f"; a stop lets {shown} by, until they stop"
    return told


def _behind(car: LiveCar) -> str:
    if car.position == 1:
        return "the leader"
    if car.gap.seconds is not None:
        return f"{car.gap.seconds:.0f} s behind the leader"
    return f"{plural(car.gap.laps, 'lap')} behind the leader" if car.gap.laps else "gap to the leader not known"
