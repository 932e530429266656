"""Say what kind of timing file a path is, by its content, and read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, alkamel_json, dossier, nls, plain, resultlist, simulators, swiss
from langstrecke.timing.readers.document import Document, open_document
from langstrecke.timing.readers.entrylist import build_entries, read_json
from langstrecke.timing.readers.said import Said
from langstrecke.timing.readers.sim_session import SimSession
from langstrecke.timing.readers.text import headers

Kind = Literal["laps", "results", "weather", "pits", "entries"]
Provider = Literal["alkamel", "dossier", "nls", "plain", "swiss", "acc", "rfactor2", "iracing"]


@dataclass(frozen=True)
class TimingFile:
    """A timing file that has been read: its kind, its canonical tables, and what the reader had to leave out.

    `table` is the one the file is for; a file may hold others beside it (the laps of a dossier name the entries, a
    simulator's file has laps and results, and what only a simulator tells in `session`). `said` is what the file
    itself says of its race.
    """

    path: Path
    provider: Provider
    kind: Kind
    notices: tuple[Notice, ...] = ()
    laps: pl.DataFrame | None = None
    results: pl.DataFrame | None = None
    weather: pl.DataFrame | None = None
    pits: pl.DataFrame | None = None
    entries: pl.DataFrame | None = None
    said: Said = field(default=Said())
    of_race: bool | None = None
    """Whether the kind of list says that it is of a race (True) or of best laps (False)."""
    session: SimSession | None = None

    @property
    def table(self) -> pl.DataFrame:
        """The table of the file's kind."""
        found: pl.DataFrame = getattr(self, self.kind)
        return found

    @property
    def stops(self) -> pl.DataFrame:
        """The pit stops told by the laps, as `derive.STOPS`; none where the file has no laps."""
        from langstrecke.timing import derive

        if self.laps is None:
            return pl.DataFrame(schema=derive.STOPS)
        return derive.pit_stops(self.laps, derive.neutralisations(self.laps))


def load(path: str | Path) -> TimingFile:
    """Read any timing file the workbench knows; its content says which kind it is.

        file = load("202103201010-race-laps.csv")
        file.kind, file.table, file.notices  # "laps", the lap table, ()

    Laps, results, weather and pit stops of Al Kamel (WEC, IMSA and their like, CSV and JSON), laps and pits of the
    Le Mans dossiers, entry lists of WEC 2024, sector files of the NLS, standings of Swiss Timing (SRO), sessions of
    ACC, rFactor 2, Le Mans Ultimate and iRacing, and a plain lap table as anyone can write it (`car, lap, lap_time`
    and what else is known). Raises `TimingFileError`, naming
    file and line, for anything else.
    """
    simulator = simulators.simulator_of(path)
    if simulator is not None:
        return _load_simulator(Path(path), simulator)
    document = open_document(path)
    return _load_json(document) if document.is_json else _load_table(document)


def _load_simulator(path: Path, simulator: Provider) -> TimingFile:
    found: list[Notice] = []
    session = simulators.read(path, notices=found)
    laps = session.laps if session.laps.height else None
    results = session.results if session.results.height else None
    return TimingFile(
        path, simulator, "laps" if laps is not None else "results", tuple(found), laps,
        session.results if laps is None else results,
        said=Said(circuit=session.track or None, session=session.kind), session=session,
    )  # fmt: skip


# --- tables ---------------------------------------------------------------------------------------------------------


def _layout(document: Document) -> tuple[Provider, Kind, tuple[str, ...]]:
    """Provider, kind and columns, from the first line that is a header we know."""
    for header in headers(document):
        names = set(header.columns)
        if set(dossier.PIT_COLUMNS) <= names:
            return "dossier", "pits", header.columns
        if set(nls.NEEDED) <= names:
            return "nls", "laps", header.columns
        if {"LAP_NUMBER", "LAP_TIME", "NUMBER"} <= names:
            printed = "VEHICLE" in names and "KPH" not in names and {"ELAPSED", "HOUR"} <= names
            return ("dossier" if printed else "alkamel"), "laps", header.columns
        if resultlist.is_race(header.columns) is not None:
            return "alkamel", "results", header.columns
        if "TIME_UTC_SECONDS" in names:
            return "alkamel", "weather", header.columns
        if plain.is_plain(header.columns):
            return "plain", "laps", header.columns
    raise _refusal(document)


def _refusal(document: Document) -> TimingFileError:
    first = next(iter(headers(document)), None)
    line = first.line if first is not None else 1
    names = set(first.columns) if first is not None else set()
    for marks, what in _OTHER.items():
        if marks <= names:
            return TimingFileError(f"is {what}: nothing in it is read", file=document.path, line=line)
    text = document.text[:500]
    if "- " in text.split("\n", 1)[0] and "- 1" in document.text and "NUMBER" not in names:
        try:
            alkamel.read_laps(document)  # refuses a grid laid out for the page with its own message
        except TimingFileError as error:
            if "grid" in error.what:
                return error
    return TimingFileError(
        "is no timing file we know", file=document.path, line=line,
        hint="known: Al Kamel laps, results, weather, pit stops; Le Mans dossiers; NLS sectors; WEC entry lists; "
        "results of ACC, rFactor 2, Le Mans Ultimate, iRacing; a lap table with the columns car, lap, lap_time",
    )  # fmt: skip


_OTHER = {
    frozenset({"POS", "CAR", "DRIVERS", "TEAM", "GAP"}): "a result page of GT World Challenge, without laps",
    frozenset({"POSITION", "CLASS", "NUMBER"}): "a starting grid",
    frozenset({"POS", "CAR", "DRIVERS", "AVG_TIME"}): "a combined qualifying list of GT World Challenge",
}
"""Columns of files that are met beside those that are read -> what they are."""


def _load_table(document: Document) -> TimingFile:
    provider, kind, columns = _layout(document)
    found: list[Notice] = []
    path = document.path
    if kind == "pits":
        return TimingFile(path, provider, kind, pits=dossier.read_pits(document, notices=found), notices=tuple(found))
    if kind == "results":
        results = alkamel.read_results(document, notices=found)
        return TimingFile(
            path, provider, kind, results=results, notices=tuple(found), of_race=resultlist.is_race(columns)
        )
    if kind == "weather":
        weather = alkamel.read_weather(document, notices=found)
        return TimingFile(path, provider, kind, weather=weather, notices=tuple(found))
    said, entries = Said(), None
    if provider == "dossier":
        laps = dossier.read_laps(document, notices=found)
        entries = dossier.read_entries(document)
    elif provider == "plain":
        laps = plain.read_laps(document, notices=found)
        said = plain.said(plain.plain_table(document))
    else:
        read: Callable[..., pl.DataFrame] = nls.read_laps if provider == "nls" else alkamel.read_laps
        laps = read(document, notices=found)
    return TimingFile(path, provider, kind, laps=laps, entries=entries, said=said, notices=tuple(found))


# --- JSON -----------------------------------------------------------------------------------------------------------


def _load_json(document: Document) -> TimingFile:
    data: Any = read_json(document)
    path, kind = document.path, alkamel_json.kind_of(data)
    try:
        if swiss.kind_of(data) is not None:
            return _load_swiss(data, path)
        if kind == "laps":
            laps, found = alkamel_json.read_laps(data, path)
            return TimingFile(path, "alkamel", "laps", tuple(found), laps=laps, said=alkamel_json.said(data))
        if kind == "results":
            results, found = alkamel_json.read_results(data, path)
            race = bool(results["total_time_s"].is_not_null().any())
            return TimingFile(
                path, "alkamel", "results", tuple(found), results=results, said=alkamel_json.said(data), of_race=race
            )
        if kind == "pits":
            pits, found = alkamel_json.read_pits(data, path)
            return TimingFile(path, "alkamel", "pits", tuple(found), pits=pits, said=alkamel_json.said(data))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"is no timing file we know: {type(error).__name__} {error}"
        raise TimingFileError(what, file=path) from None
    if not isinstance(data, dict) or "startingGrid" not in data:
        raise TimingFileError("is JSON, but no timing file we know", file=path, line=1)
    listed = build_entries(data, path)
    said = Said(event=listed.name, season=str(listed.season), day=listed.day, limit_s=listed.time_limit_s)
    return TimingFile(path, "alkamel", "entries", entries=listed.entries, said=said, of_race=True)


def _load_swiss(data: Any, path: Path) -> TimingFile:
    if swiss.kind_of(data) == "entries":
        return TimingFile(path, "swiss", "entries", entries=swiss.read_entries(data, path))
    results, found, race = swiss.read_results(data, path)
    return TimingFile(
        path, "swiss", "results", tuple(found), results=results, said=swiss.said(data), of_race=race or None
    )
