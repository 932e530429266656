"""What a stop is expected to cost, by the card and the rule book: the kernel's formula at its means."""

from __future__ import annotations

from langstrecke.racecard.schema import ClassFigures, Entry
from langstrecke.rulebooks.schema import PitRules


def stop_cost(
    figures: ClassFigures, entry: Entry, pit: PitRules, added_share: float, tyres: bool, driver: bool
) -> tuple[float, float]:
    """Expected cost of a stop in seconds: (in all, standing still). The kernel's formula, at its means."""
    refuel = figures.refuel_s * added_share if pit.refuelling else 0.0
    tyre_s = figures.tyres_s if tyres else 0.0
    change = figures.driver_change_s if driver else 0.0
    still = max(refuel, tyre_s, change) if pit.fuel_and_tyres == "together" else max(refuel, change) + tyre_s
    still = max(0.0, still + entry.stop_s)
    extra = figures.stop_scatter_s + figures.stop_trouble * figures.stop_trouble_s
    return max(figures.lane_s + still + extra, pit.min_pit_time_s), still
