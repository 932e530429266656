"""The simulation: races played event by event, by the rule book, on any number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langstrecke.simulation.outcome import FIGURES, Outcome
from langstrecke.simulation.prepare import prepare
from langstrecke.simulation.simulate import simulate

if TYPE_CHECKING:
    from langstrecke.simulation.trace import simulate_laps

__all__ = ["FIGURES", "Outcome", "prepare", "simulate", "simulate_laps"]


def __getattr__(name: str) -> Any:
    """`simulate_laps` when it is asked for: it needs Polars, which odds do without."""
    if name == "simulate_laps":
        from langstrecke.simulation.trace import simulate_laps

        return simulate_laps
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
