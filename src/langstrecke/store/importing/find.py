"""Which files under a folder may be timing files: by suffix, links followed, hidden ones left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ASIDE = (".txt", ".tsv", ".xml")
"""Suffixes of lap tables that a spreadsheet saved and of simulators' results, but mostly of anything else."""
SUFFIXES = (".csv", ".json", *ASIDE)
"""Suffixes that timing files come with."""


def find_files(root: Path) -> Iterator[Path]:
    """Every file under `root` (or `root` itself) that may be a timing file, in a fixed order.

    Folders reached by symbolic links count; one that leads back to a folder above it is not walked again.
    """
    if root.is_file():
        yield root
        return
    yield from _walk(root, frozenset())


def _walk(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    try:
        state = folder.stat()
        children = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    here = (state.st_dev, state.st_ino)
    if here in above:
        return
    for child in children:
        if child.name.startswith("."):
            continue
        path = folder / child.name
        if child.is_dir():
            yield from _walk(path, above | {here})
        elif path.suffix.lower() in SUFFIXES and child.is_file():
            yield path
