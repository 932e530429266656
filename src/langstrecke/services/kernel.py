"""The compiled kernel, made ready before anything is played so that no verb counts compiling as racing, and timed."""

from __future__ import annotations

from langstrecke.services.answers.serve import SpeedLine, WarmUpAnswer
from langstrecke.services.progress import Step
from langstrecke.services.requests.odds import BenchAsk
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


def bench(settings: Settings, ask: BenchAsk, *, step: Step) -> list[SpeedLine]:
    """Car-laps per second on cards, by engine and number of threads (without one: one and all cores)."""
    from langstrecke.racecard.shipped import load_card
    from langstrecke.simulation.bench import all_threads, measure

    ready(step, len(ask.card))
    counts = (settings.threads,) if settings.threads else all_threads()
    found = []
    for n, card in enumerate([load_card(name) for name in ask.card]):
        for engine in ask.engine:
            step(n, len(ask.card), card.race.id)
            speeds = measure(card, threads=counts, races=ask.races, engine=engine, address=settings.address)
            found += [SpeedLine.of(speed) for speed in speeds]
    return found
