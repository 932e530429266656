"""Which simulator wrote a file, by its first letters, and the reader for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import acc, iracing, rfactor2
from langstrecke.timing.readers.json_text import decoded, read_bytes
from langstrecke.timing.readers.sim_session import SimSession, Simulator

_READERS: dict[Simulator, Callable[..., SimSession]] = {
    "acc": acc.read, "rfactor2": rfactor2.read, "iracing": iracing.read,
}  # fmt: skip
NAMES: dict[Simulator, str] = {
    "acc": "Assetto Corsa Competizione", "rfactor2": "rFactor 2 or Le Mans Ultimate", "iracing": "iRacing",
}  # fmt: skip
_MARKS: tuple[tuple[Simulator, tuple[str, ...]], ...] = (
    ("rfactor2", ("<rFactorXML", "<RaceResults")),
    ("acc", ('"sessionType"', '"leaderBoardLines"', '"sessionDef"', '"isValidForBest"')),
    ("iracing", ('"subsession_id"', '"session_results"', '"simsession_number"', '"lap_number"', '"chunk_info"')),
)
"""Words that stand in the files of one simulator and of nothing else we read."""


def simulator_of(path: str | Path) -> Simulator | None:
    """The simulator whose file this is; None for anything else, also for what cannot be read."""
    try:
        text, _ = decoded(read_bytes(path))
    except TimingFileError:
        return None
    start = text.lstrip()[:1]
    for simulator, marks in _MARKS:
        fits = start == "<" if simulator == "rfactor2" else start in ("{", "[")
        if fits and any(mark in text for mark in marks):
            return simulator
    return None


def read(path: str | Path, *, notices: list[Notice] | None = None) -> SimSession:
    """The session of a simulator's file, whichever it is. Raises `TimingFileError` for anything else."""
    simulator = simulator_of(path)
    if simulator is None:
        known = ", ".join(NAMES.values())
        raise TimingFileError("is no result file of a simulator we know", file=path, hint=f"known: {known}")
    return _READERS[simulator](path, notices=notices)
