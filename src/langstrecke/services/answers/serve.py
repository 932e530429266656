"""What verbs that serve give, and how fast they may be."""

from __future__ import annotations

from langstrecke.services.answers.common import Answer


class WarmUpAnswer(Answer):
    """Whether the kernel had to be compiled, and how long that took."""

    compiled: bool
    seconds: float


class SpeedLine(Answer):
    """How fast a card was played."""

    card: str
    engine: str
    threads: int
    races: int
    car_laps: int
    seconds: float
    car_laps_per_second: float
