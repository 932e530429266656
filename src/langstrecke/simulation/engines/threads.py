"""Work spread over threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TypeVar

T = TypeVar("T")

R = TypeVar("R")


def in_threads(work: Callable[[T], R], items: list[T], workers: int) -> Iterator[R]:
    """Results of `work` as they come, a few items in flight per worker; an interrupt stops after the running ones."""
    if workers == 1:
        for item in items:
            yield work(item)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[R]] = set()
        queue = iter(items)
        try:
            for item in queue:
                waiting.add(pool.submit(work, item))
                if len(waiting) >= 2 * workers:
                    ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in ready:
                        yield future.result()
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()
