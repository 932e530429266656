"""Say what kind of timing file a path is, and read it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, dossier, simulators
from langstrecke.timing.readers.entrylist import read_entries
from langstrecke.timing.readers.sim_session import SimSession
from langstrecke.timing.readers.text import read_text

Kind = Literal["laps", "results", "weather", "pits", "entries"]
Provider = Literal["alkamel", "dossier", "acc", "rfactor2", "iracing"]


@dataclass(frozen=True)
class TimingFile:
    """A timing file that has been read: its kind, the canonical table, and what the reader had to leave
    out. A simulator's file holds more than one table: they stand in `session`.
    """

    path: Path
    provider: Provider
    kind: Kind
    table: pl.DataFrame
    notices: tuple[Notice, ...]
    session: SimSession | None = None


def load(path: str | Path) -> TimingFile:
    """Read any timing file the workbench knows; its header says which kind it is.

        file = langstrecke.load("202103201010-race-laps.csv")
        file.kind, file.table, file.notices  # "laps", the lap table, ()

    Laps, results and weather of Al Kamel (WEC, IMSA), laps and pits of the Le Mans dossiers, entry lists of
    WEC 2024, sessions of ACC, rFactor 2, Le Mans Ultimate and iRacing. Raises `TimingFileError`, naming file and
    line, for anything else.
    """
    place = Path(path)
    notices: list[Notice] = []
    simulator = simulators.simulator_of(place)
    if simulator is not None:
        session = simulators.read(place, notices=notices)
        held: Kind = "laps" if session.laps.height else "results"
        table = session.laps if session.laps.height else session.results
        return TimingFile(place, simulator, held, table, tuple(notices), session)
    provider, kind = recognise(place)
    if kind == "entries":
        table = read_entries(place).entries
    elif kind == "pits":
        table = dossier.read_pits(place, notices=notices)
    elif kind == "results":
        table = alkamel.read_results(place, notices=notices)
    elif kind == "weather":
        table = alkamel.read_weather(place, notices=notices)
    elif provider == "dossier":
        table = dossier.read_laps(place, notices=notices)
    else:
        table = alkamel.read_laps(place, notices=notices)
    return TimingFile(place, provider, kind, table, tuple(notices))


def recognise(path: str | Path) -> tuple[Provider, Kind]:
    """Provider and kind of a file, from its header alone. Raises `TimingFileError` where it is none we
    know.
    """
    text = read_text(path)
    header = text.split("\n", 1)[0]
    if text.lstrip()[:1] in ("{", "["):
        return "alkamel", "entries"
    names = {cell.strip().strip('"').strip() for cell in header.replace(";", ",").split(",")}
    if {"STOP", "IN_TIME", "OUT_TIME"} <= names:
        return "dossier", "pits"
    if {"LAP_NUMBER", "LAP_TIME"} <= names:
        return ("dossier" if "VEHICLE" in names and "KPH" not in names else "alkamel"), "laps"
    if "NUMBER" in names and ({"POSITION", "STATUS"} <= names or {"POS", "TIME"} <= names):
        return "alkamel", "results"
    if "TIME_UTC_SECONDS" in names:
        return "alkamel", "weather"
    if "- 1" in text and "NUMBER" not in names and "- " in header:
        alkamel.read_laps(path)  # refuses a grid laid out for the page with its own message
    raise TimingFileError(
        "is no timing file we know", file=path, line=1,
        hint="known: Al Kamel laps, results, weather; Le Mans dossier laps, pits; WEC entry lists; "
        "results of ACC, rFactor 2, Le Mans Ultimate, iRacing",
    )  # fmt: skip
