"""What new tyres are worth, and how far that is known.

Within a stint a lap gets quicker by the fuel that is burnt and slower by the tyres: laps show the sum of the two, not
either. The card splits it by what a tank weighs; the value of new tyres hangs on that split, so answers that rest on
it are given at both ends of what is believed of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from langstrecke.racecard.schema import ClassFigures, RaceCard

FUEL_BELIEF = (0.4, 1.2)
"""The fuel's effect over that of the card (a quarter more mass a quarter of that in lap time): what double stints at
Le Mans show (docs/strategy.md), and the upper end of lap-time simulations."""


@dataclass(frozen=True)
class TyreValue:
    """Seconds a new set gains over the stint ahead against keeping the old one, as the card has it and at the ends of
    the belief; `stop_s` is what changing them adds to the stop.
    """

    gain_s: float
    low_s: float
    high_s: float
    stop_s: float

    def describe(self) -> str:
        """The value in words."""
        low, high, gain = (f"{round(s)}".replace("-", "−") for s in (self.low_s, self.high_s, self.gain_s))
        known = "" if low == high else f" ({low} to {high} s by what is believed of fuel and tyres)"
        return f"new tyres are worth {gain} s over the stint ahead{known}, {self.stop_s:.0f} s more in the pits"

    def to_json(self) -> dict[str, float]:
        """Rounded figures."""
        return {name: round(getattr(self, name), 2) for name in ("gain_s", "low_s", "high_s", "stop_s")}


def with_fuel_effect(card: RaceCard, share: float) -> RaceCard:
    """The card with so many times the fuel's effect; the tyres make up for it, so that stints look as they did."""
    return card.model_copy(update={"classes": {name: _split(f, share) for name, f in card.classes.items()}})


def _split(figures: ClassFigures, share: float) -> ClassFigures:
    fuel = share * figures.fuel_lap_s
    tyres = max(0.0, figures.tyre_lap_s + fuel - figures.fuel_lap_s)
    return figures.model_copy(update={"fuel_lap_s": fuel, "tyre_lap_s": tyres})


def tyre_value(figures: ClassFigures, age_laps: float, stint_laps: float, stop_s: float) -> TyreValue:
    """What new tyres gain over a stint of so many laps, against tyres that have done `age_laps`."""

    def gain(wear: float) -> float:
        return wear * age_laps * stint_laps + figures.double_stint_s * stint_laps - figures.cold_lap_s

    ends = sorted(gain(_split(figures, share).tyre_lap_s) for share in FUEL_BELIEF)
    return TyreValue(gain(figures.tyre_lap_s), ends[0], ends[1], stop_s)
