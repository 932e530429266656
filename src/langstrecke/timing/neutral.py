"""What a neutralisation is to a car: the flags that slow or stop all of them, and the fuel a lap under one burns."""

from __future__ import annotations

NEUTRAL_FLAGS = frozenset({"fcy", "safety_car", "red"})
"""Flags under which nobody races anywhere on the circuit; a slow zone is none."""
NEUTRAL_BURN = 0.5
"""Fuel burnt on a neutralised lap over a green one (default). The kernel has the same figure of its own, since
compiled code imports nothing from outside; a test holds the two together."""
