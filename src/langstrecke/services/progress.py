"""How a long verb says how far it is."""

from __future__ import annotations

from collections.abc import Callable

Step = Callable[..., None]
"""`step(done, total, text="")`: how far a job is. Raises StoppedError once the job is cancelled."""
