"""What is still to come of a race under way: laps to go with the yellows that may fall, stops still needed, as odds.

Both are read off the race played on many times. Fuel for the rest is reckoned from each played race's laps: those it
falls short of a green run were driven under yellow, slower by the card's `lap_ratio`, and burn half.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.formatting import plural
from langstrecke.racestate.status import routine_stop_s
from langstrecke.simulation.kernel.stops import NEUTRAL_BURN, SPARE_LAPS
from langstrecke.simulation.watch import LAPS, RETIRED, STOPS, Watched
from langstrecke.strategy.counterfactual.moment import Moment
from langstrecke.strategy.goals import column

F64 = NDArray[np.float64]

SURE = 0.9
"""Probability with which a full tank shall reach the flag (default)."""
SHOWN, LEAST = 0.03, 0.001
"""Counts of stops less likely than this are not told in words, and not in the data."""
MOST_COUNTS = 5
"""More counts than this are told as a range (default)."""
WIDER = 1.15
"""The range of laps to go against that of the races played, half a lap more on either side: thunderstorms, breakdowns
and a race quite without yellows come more often than they are played (of five widths tried, the least with which the
80 % range held near 80 % of class leaders at 15 % of the race in IMSA 2021 and 2022; docs/advice.md judges)."""
UNPLANNED_PER_H = 0.1
"""Visits to the pits an hour that no count of stops needed has: a second one under the same yellow, damage (of seven
rates tried the likeliest by 83 class leaders of IMSA 2021 and 2022). Said, not counted: nobody plans them."""
TANK_STEPS = 21
"""Tanks of equal probability that stand for the range of what is on board."""


@dataclass(frozen=True)
class Outlook:
    """The rest of the race of one car, where it gets home."""

    laps: float
    """Expected laps to the flag."""
    low: float
    high: float
    """The 10 and 90 % points of the races played, widened by `WIDER`."""
    stops: tuple[tuple[int, float], ...]
    """(stops still to make, probability), the likeliest first, as crews run their races; unplanned ones left out."""
    fuel: F64
    """Green laps' worth of fuel to the flag, race by race."""
    tanks: F64
    """What a tank may hold, in green laps, less what of `used` is not known: equally likely values."""
    used: float
    """Green laps' worth burnt since the last stop."""
    unplanned: float
    """Probability of a visit, or more, that neither tank nor habit asks for."""

    def before_flag(self, laps: int) -> bool:
        """Whether a stop at the end of the lap in so many laps comes before the flag, as races go."""
        return laps <= 1 or not len(self.fuel) or laps < self.laps

    def lasts(self, saving: float = 0.0) -> float:
        """Probability that what is on board reaches the flag, so much of the fuel being saved."""
        return self._reaches(self.tanks - self.used, (1.0 - saving) * self.fuel)

    def full_tank_from(self, laps: int, saving: float = 0.0) -> float:
        """Probability that a tank filled in so many laps reaches the flag."""
        return self._reaches(self.tanks, (1.0 - saving) * (self.fuel - laps))

    def earliest(self, sure: float = SURE) -> int:
        """In how many laps a full tank reaches the flag with this probability at the earliest (1: at once)."""
        most = max(1, math.ceil(float(self.fuel.max(initial=0.0))))
        return next((n for n in range(1, most) if self.full_tank_from(n) >= sure), most)

    @staticmethod
    def _reaches(board: F64, need: F64) -> float:
        if not len(need):
            return 0.0
        return float(np.mean(board[:, None] >= need[None, :]))

    @property
    def needed(self) -> int:
        """The likeliest number of stops."""
        return self.stops[0][0] if self.stops else 0

    def describe(self) -> list[str]:
        """In words: laps to go, stops still needed, from when a full tank is enough."""
        if not len(self.fuel):
            return ["laps to go are not known: the car got home in none of the races played"]
        laps = plural(round(self.laps), "lap")
        told = [f"about {laps} to go, yellows to come included (80 %: {self.low:.0f} to {self.high:.0f})"]
        told.append(f"stops still needed: {self._stops_told()}")
        if self.unplanned >= SHOWN:
            told[-1] += f"; a visit that nobody plans besides: {100 * self.unplanned:.0f} %"
        now, n = self.full_tank_from(1), self.earliest()
        told.append(f"a tank filled now lasts to the flag in {100 * now:.0f} % of races")
        if now < SURE and n < self.low:  # else the length of the race is less sure than a tank is long
            told[-1] += f", one filled in {plural(n, 'lap')} in {100 * SURE:.0f} %"
        return told

    def _stops_told(self) -> str:
        """The odds of the counts of stops; of many counts the likeliest and the 80 % range."""
        shown = [(n, p) for n, p in self.stops if p >= SHOWN]
        if len(shown) <= MOST_COUNTS:
            return ", ".join(f"{n} ({100 * p:.0f} %)" for n, p in shown)
        below = np.cumsum([p for _, p in sorted(self.stops)])
        low, high = (sorted(self.stops)[int(np.searchsorted(below, q * below[-1]))][0] for q in (0.1, 0.9))
        return f"{low} to {high} in 80 % of races, {self.needed} the likeliest"

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "laps_to_go": round(self.laps, 1),
            "laps_to_go_range": [round(self.low, 1), round(self.high, 1)],
            "stops_needed": {str(n): round(p, 4) for n, p in self.stops},
            "unplanned_visit": round(self.unplanned, 4),
            "fuel_lasts": round(self.lasts(), 4),
            "full_tank_now_lasts": round(self.full_tank_from(1), 4),
            "full_tank_lasts_from_laps": self.earliest() if len(self.fuel) else None,
        }


def _odds(stops: NDArray[np.int64]) -> list[tuple[int, float]]:
    """(so many stops, its share of the races), the likeliest first."""
    shares = np.bincount(stops) / max(1, len(stops))
    return sorted(((n, float(p)) for n, p in enumerate(shares) if p >= LEAST), key=lambda x: -x[1])


def outlook(now: Moment, index: int, played: Watched) -> Outlook:
    """From the race played on with this car watched, its crew free to do as crews do."""
    own = now.snapshot.car[index]
    entry = now.card.entries[index]
    figures = now.card.classes[entry.car_class]
    home = column(played, 0, RETIRED) == 0
    laps = column(played, 0, LAPS)[home] - float(own["lap"])
    made = int(own["stops"]) + int(own["in_pit"])
    stops = np.maximum(column(played, 0, STOPS)[home].astype(int) - made, 0)
    green = (now.to_go_s() - stops * routine_stop_s(figures, entry)) / now.lap_s(index)
    slower = max(now.card.neutralisation.lap_ratio - 1.0, 0.1)
    neutral = np.minimum(np.maximum(green - laps, 0.0) / slower, laps)
    tank = float(now.params.car["stint_laps"][index])
    sd = math.hypot(figures.stint_laps_sd, now.state.cars[index].fuel_laps_sd)
    normal = NormalDist()
    drawn = [tank + sd * normal.inv_cdf((k + 0.5) / TANK_STEPS) for k in range(TANK_STEPS)]
    mean = float(laps.mean()) if len(laps) else 0.0
    low, high = np.quantile(laps, [0.1, 0.9]) if len(laps) else (0.0, 0.0)
    return Outlook(
        laps=mean,
        low=max(0.0, mean - WIDER * (mean - float(low)) - 0.5),
        high=mean + WIDER * (float(high) - mean) + 0.5,
        stops=tuple(_odds(stops)),
        fuel=laps - (1.0 - NEUTRAL_BURN) * neutral + SPARE_LAPS,
        tanks=np.array(drawn),
        used=now.state.cars[index].fuel_laps,
        unplanned=1.0 - math.exp(-UNPLANNED_PER_H * now.to_go_s() / 3600.0),
    )
