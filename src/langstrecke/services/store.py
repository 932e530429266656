"""The store as the pit wall uses it: read at any time, written as a copy that takes the old one's place."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from langstrecke.errors import StoreError
from langstrecke.services.settings import Settings
from langstrecke.store import Store, open_store

PATIENCE_S = 3.0
"""How long one waits for another program that has the store (default)."""


@contextmanager
def reading(settings: Settings) -> Iterator[Store]:
    """The store, read only. StoreError where there is none, or another program keeps writing."""
    with _opened(settings, read_only=True) as store:
        yield store


@contextmanager
def adding(settings: Settings) -> Iterator[Store]:
    """The store itself, to add a little in one transaction; made where there is none.

    Unlike a copy that takes its place, what two programs add at a time is all there afterwards: one waits.
    """
    with _opened(settings, read_only=False) as store:
        yield store


def _opened(settings: Settings, *, read_only: bool) -> Store:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return open_store(settings.store, read_only=read_only)
        except StoreError as error:
            if "using the store" not in error.what or time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def writing(settings: Settings) -> Iterator[Store]:
    """A copy of the store to write to; it takes the store's place when all went well.

    So readers never wait for a long import, and a cancelled one leaves nothing behind. Only one process may write at
    a time: jobs that do go through the lane "store". Other programs are kept from writing meanwhile.
    """
    place = settings.store
    part = place.with_name(f".{place.name}.part")
    place.parent.mkdir(parents=True, exist_ok=True)
    _remove(part)
    try:
        if place.exists():
            with reading(settings):  # while it is open nobody else writes to it
                for old, new in zip(_files(place), _files(part), strict=True):
                    if old.exists():
                        shutil.copyfile(old, new)
                with open_store(part) as store:
                    yield store
        else:
            with open_store(part) as store:
                yield store
        part.replace(place)
        _wal(place).unlink(missing_ok=True)  # what it held is in the new file
    finally:
        _remove(part)


def _wal(place: Path) -> Path:
    return place.with_name(f"{place.name}.wal")


def _files(place: Path) -> tuple[Path, Path]:
    return place, _wal(place)


def _remove(place: Path) -> None:
    for path in _files(place):
        path.unlink(missing_ok=True)
