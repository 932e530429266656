"""Seconds on a tank for a race to come, from the tanks that earlier races have shown.

A circuit's thirst is known beforehand (`RacePriors.windows`); what is left of it is pooled (`pooling`) with the
class's own prior. Cars of a kind differ too much for their tanks to be taken for each other's: a DPi's lasted a
quarter less than a GTP's does. So another class tells only by how far it was off its own tank, and a class whose
tank is not held by name goes by its kind.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from langstrecke.ratings.pooling import Evidence, pool
from langstrecke.ratings.race_facts import Measured
from langstrecke.ratings.race_priors import RacePriors
from langstrecke.ratings.regions import region
from langstrecke.timing.car_classes import group_of

BY_CLASS, BY_SEASON, BY_CIRCUIT = 0.3, 0.3, 0.15
"""Shares of a tank's variance that belong to the class, to its season (power and fuel are set anew for each) and to
the circuit (documented default; how the first two share it makes no difference to races of 2015 to 2022)."""

BOUND = 0.05
"""How far (log) under the prior a short race's longest stint may lie and still tell something of the tank."""


def tank_s(shown: Sequence[Evidence], long_races: Collection[str], target: Evidence, priors: RacePriors) -> Measured:
    """Log seconds on a tank at `target`, with its standard error.

    `shown`: what earlier races of the kind of car and the region have shown, log seconds. Those not among
    `long_races` only bound the tank from below: one well under the prior tells nothing. Classes are "series class".
    """
    series, _, car_class = target.car_class.partition(" ")
    where = region(series)
    named = priors.tanks.get(f"{where}.{car_class}")
    prior = named or priors.figures[priors.kind(series, group_of(car_class))]["log_window_s"]
    prior = replace(prior, by_class=BY_CLASS, by_season=BY_SEASON, by_circuit=BY_CIRCUIT)
    evidence = []
    for e in shown:
        value = e.measured.value - priors.windows.get(e.circuit, 0.0)
        other = e.car_class.partition(" ")[2]
        if named is not None and other != car_class:
            own = priors.tanks.get(f"{where}.{other}")
            if own is None:
                continue
            value += named.mean - own.mean
        if e.race_id in long_races or value > prior.mean - BOUND:
            evidence.append(replace(e, measured=Measured(value, e.measured.se)))
    found = pool(prior, evidence, target)
    return Measured(found.value + priors.windows.get(target.circuit, 0.0), found.se)
