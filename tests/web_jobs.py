"""Jobs for tests: what a worker process can import."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import CardError, LangstreckeError
from langstrecke.services.settings import Settings
from langstrecke.web.following.models import CarChance, OddsPoint
from langstrecke.web.jobs import Jobs


def count(steps: int, wait_s: float, *, step: Any) -> int:
    for n in range(steps):
        step(n, steps, f"step {n}")
        time.sleep(wait_s)
    return steps


def count_on(steps: int, place: str, *, step: Any) -> int:
    """Count, but go on from half way only once a file is there: whoever follows has seen it."""
    for n in range(steps):
        step(n, steps, f"step {n}")
        while n == steps // 2 and not Path(place).exists():
            time.sleep(0.01)
    return steps


def deaf(*, step: Any) -> None:
    time.sleep(3600.0)


def broken(*, step: Any) -> None:
    raise ValueError("a secret")


def refused(*, step: Any) -> None:
    raise CardError("is too heavy", file="a.toml", line=3, key="cars.1", hint="make it lighter")


def dies(*, step: Any) -> None:
    os._exit(3)


def unsendable(*, step: Any) -> Any:
    return lambda: None


def whoami(size: int, *, step: Any) -> int:
    held = bytearray(size)
    held[::4096] = b"x" * len(held[::4096])
    return os.getpid()


def big(data: bytes, *, step: Any) -> int:
    return len(data)


def odds_by_laps(
    settings: Settings, race: str, card: str | None, laps: pl.DataFrame, race_s: float, *, step: Any
) -> tuple[OddsPoint, str]:
    """Stands for `read_odds`: chances by laps driven, so that no kernel is needed and the truth is known."""
    done = laps.group_by("car", "car_class").len().sort("car")
    total = laps.height
    cars = tuple(
        CarChance(car=car, car_class=name, win=n / total, podium=n / total, overall=n / total)
        for car, name, n in done.iter_rows()
    )
    return OddsPoint(race_s=race_s, races=100, cars=cars), "laps counted"


class NoJobs(Jobs):
    """Jobs that read no odds."""

    def __init__(self) -> None:
        super().__init__(Settings())

    async def call(self, *_: Any, **__: Any) -> Any:
        raise LangstreckeError("no odds here")
