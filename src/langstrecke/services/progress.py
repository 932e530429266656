"""How a long verb says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[..., None]
"""`step(done, total, text="")`: how far a job is. Raises StoppedError once the job is cancelled."""


def silent(done: float, total: float, text: str = "") -> None:
    """For who does not want to hear."""


def counted(step: Step, text: str) -> Callable[[int, int], None]:
    """The callback of a room below, told under this text."""
    return lambda done, total: step(done, total, text)
