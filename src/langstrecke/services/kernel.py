"""The compiled kernel, made ready before anything is played, so that no verb counts compiling as racing."""

from __future__ import annotations

from langstrecke.services.answers.serve import WarmUpAnswer
from langstrecke.services.progress import Step
from langstrecke.services.settings import Settings


def ready(step: Step, total: float) -> float:
    """Load the kernel, or compile it where this version was not compiled yet, and say so. Seconds of compiling."""
    from langstrecke.simulation.prepare import prepare

    step(0, total, "preparing")
    seconds = prepare(lambda text: step(0, total, text))
    step(0, total)
    return seconds


def warm_up(settings: Settings, *, step: Step) -> WarmUpAnswer:
    """Compile what every verb plays races with, once for this version and machine; done already, it takes no time."""
    seconds = ready(step, 1)
    return WarmUpAnswer(compiled=seconds > 0, seconds=round(seconds, 1))
