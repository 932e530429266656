"""The simulation: races played event by event, by the rule book, on any number of threads."""

from langstrecke.simulation.outcome import FIGURES, Outcome
from langstrecke.simulation.prepare import prepare
from langstrecke.simulation.simulate import simulate
from langstrecke.simulation.trace import simulate_laps

__all__ = ["FIGURES", "Outcome", "prepare", "simulate", "simulate_laps"]
