"""Faults of a feed, made on purpose: messages lost, doubled and out of order, for tests and for trying things out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Faults:
    """How often what happens (shares of messages)."""

    drop: float = 0.05
    double: float = 0.05
    delay: float = 0.10
    """Comes later than others sent after it ..."""
    reach: int = 20
    """... by up to this many messages."""


def disturbed(messages: Iterable[T], rng: Random, faults: Faults = Faults()) -> Iterator[T]:
    """The messages as a bad line delivers them. What is dropped does not come: it has to be asked for again."""
    held: list[tuple[int, T]] = []
    for number, message in enumerate(messages):
        if rng.random() >= faults.drop:
            for _ in range(2 if rng.random() < faults.double else 1):
                late = rng.randint(1, faults.reach) if rng.random() < faults.delay else 0
                held.append((number + late, message))
        due = [one for at, one in held if at <= number]
        held = [(at, one) for at, one in held if at > number]
        yield from due
    yield from (one for _, one in sorted(held, key=lambda pair: pair[0]))
