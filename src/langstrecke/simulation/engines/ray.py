"""The same chunks on many machines, with Ray (extra `cluster`).

A chunk is a pure function of the race, the seed and its race numbers, so that it does not matter which worker plays
it or how often: a worker that dies loses nothing, Ray plays its chunk again elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.outcome import Outcome

Part = tuple[int, int, Outcome, NDArray[np.float64]]

RETRIES = 20
"""How often a chunk is played again when its worker dies."""
IN_FLIGHT = 4
"""Chunks handed out per core of the cluster."""


def play_in_ray(
    params: Params,
    like: Outcome,
    seed: int,
    chunks: list[tuple[int, int]],
    figures: bool,
    start: Snapshot,
    address: str | None = None,
) -> Iterator[Part]:
    """Play chunks on the cluster at `address` (or one started here), yielding them as they come.

    Raises LangstreckeError where Ray is not installed or the cluster does not answer.
    """
    with cluster(address) as ray:
        yield from _hand_out(ray, params, like, seed, chunks, figures, start)


@contextmanager
def cluster(address: str | None = None) -> Iterator[Any]:
    """The module `ray`, connected to the cluster at `address`, or to one started here and stopped again at the end.

    What is connected already is left as it is. Raises LangstreckeError as `play_in_ray` does.
    """
    try:
        import ray
    except ImportError:
        raise LangstreckeError(
            "the engine ray needs Ray", hint="pip install 'langstrecke[cluster]', or leave --engine out"
        ) from None
    started = not ray.is_initialized()
    if started:
        try:
            ray.init(address=address, log_to_driver=False, configure_logging=False, include_dashboard=False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise LangstreckeError(f"no Ray cluster answers: {error}", key="--address") from None
    try:
        yield ray
    finally:
        if started:
            ray.shutdown()


def _hand_out(
    ray: Any,
    params: Params,
    like: Outcome,
    seed: int,
    chunks: list[tuple[int, int]],
    figures: bool,
    start: Snapshot,
) -> Iterator[Part]:
    shared = ray.put((tuple(params), like, tuple(start)))
    task = ray.remote(max_retries=RETRIES, retry_exceptions=False)(_play)
    room = IN_FLIGHT * max(1, int(ray.cluster_resources().get("CPU", 1)))
    waiting: list[Any] = []
    for first, count in chunks:
        waiting.append(task.remote(shared, seed, first, count, figures))
        if len(waiting) >= room:
            ready, waiting = ray.wait(waiting)
            yield from ray.get(ready)
    while waiting:
        ready, waiting = ray.wait(waiting)
        yield from ray.get(ready)


def _play(shared: Any, seed: int, first: int, count: int, figures: bool) -> Part:
    """What a worker does. Record arrays lose their attribute access on the way and get it back here."""
    from langstrecke.simulation.engines.chunks import play_part

    params, like, start = shared
    part, kept = play_part(
        Params(*(_with_attributes(a) for a in params)),
        like,
        seed,
        first,
        count,
        figures,
        Snapshot(*(_with_attributes(a) for a in start)),
    )
    return first, count, part, kept


def _with_attributes(array: Any) -> Any:
    copied = np.array(array)  # Ray's arrays are read-only views
    return copied.view(np.recarray) if copied.dtype.names else copied
