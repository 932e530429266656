"""Other stops for a car in a scenario: when it stops, on what it drives on, whether it stops under yellow.

[[variants.stops]]
car = "34"
early_laps = 1         # every stint a lap shorter than the tank allows
under_yellow = "never" # or a share of the tank burnt from which a neutralisation is used to stop
laps = [20, 45]        # instead: planned stops at the end of these laps
tyres_every = 2        # stints on one set of tyres
starter = "Jens Klingmann"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langstrecke.errors import CardError, NotFoundError
from langstrecke.racecard import RaceCard
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.planned_stops import with_stops

KEYS = ("car", "early_laps", "under_yellow", "laps", "tyres_every", "starter")
NEVER = 1.1
"""Share of the tank burnt from which a yellow is used: never reached."""


def with_other_stops(params: Params, card: RaceCard, changes: Sequence[dict[str, Any]], file: str) -> Params:
    """The race with the stops of some cars changed and nothing else. CardError, NotFoundError: bad values."""
    for number, change in enumerate(changes, start=1):
        where = f"stops[{number}]"
        unknown = [key for key in change if key not in KEYS]
        if unknown:
            raise NotFoundError.nearest("key of stops", unknown[0], list(KEYS))
        car = change.get("car")
        cars = [e.car for e in card.entries]
        if car not in cars:
            raise NotFoundError.nearest("car", str(car), cars)
        params = _changed(params, card, cars.index(str(car)), change, file, where)
    return params


def _changed(params: Params, card: RaceCard, i: int, change: dict[str, Any], file: str, where: str) -> Params:
    table = params.car.copy()
    if "early_laps" in change:
        table["early_laps"][i] = _number(change["early_laps"], 0.0, 100.0, file, f"{where}.early_laps")
    if "under_yellow" in change:
        value = change["under_yellow"]
        table["caution_stop"][i] = (
            NEVER if value == "never" else _number(value, 0.0, 1.0, file, f"{where}.under_yellow")
        )
    if "tyres_every" in change:
        table["tyres_every"][i] = int(_number(change["tyres_every"], 1, 20, file, f"{where}.tyres_every"))
    if "starter" in change:
        names = [d.name for d in card.entries[i].drivers]
        if change["starter"] not in names:
            raise NotFoundError.nearest("driver", str(change["starter"]), names)
        table["first_driver"][i] = names.index(change["starter"])
    params = params._replace(car=table.view(type(params.car)))
    if "laps" in change:
        laps = change["laps"]
        whole = isinstance(laps, list) and all(isinstance(n, int) and n > 0 for n in laps)
        if not whole or laps != sorted(set(laps)):
            raise CardError("laps must be rising whole numbers from 1", file=file, key=f"{where}.laps")
        params = with_stops(params, i, [(lap, -1.0, -1, -1, 1) for lap in laps])
    return params


def _number(value: Any, low: float, high: float, file: str, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise CardError(f"must be a number from {low:g} to {high:g}, not {value!r}", file=file, key=key)
    return float(value)
