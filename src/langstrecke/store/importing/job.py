"""A file on its way into the store."""

from __future__ import annotations

from dataclasses import dataclass

from langstrecke.store.importing.events import Naming
from langstrecke.store.importing.layouts import Source


@dataclass(frozen=True)
class Job:
    """A file with the identifiers it gets and the hash of its content."""

    source: Source
    naming: Naming
    session_id: str
    race_id: str | None
    name: str
    sha256: str
