"""One session as its file tells it: the canonical tables, and what the laps say beyond lap times."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from langstrecke.display import Shown, shows_itself
from langstrecke.formatting import lap_time, plural, race_time
from langstrecke.timing import derive
from langstrecke.timing.files import TimingFile
from langstrecke.timing.files import load as load_file
from langstrecke.timing.notices import Notice
from langstrecke.timing.schema import LAPS, RESULTS, WEATHER


def _empty(schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@shows_itself
@dataclass(frozen=True, eq=False)
class Session:
    """The timing data of one session: tables of the file, and tables made of its laps when they are first asked for.

    Polars frames throughout; times are seconds, elapsed ones since the green flag, car numbers text. A table that
    nothing is told for is empty, never absent; `repr` says what there is.
    """

    name: str
    """The file's stem, or the session's id in a store."""
    provider: str
    kind: str
    """What the file is of: laps, results, weather, pits or entries."""
    table: pl.DataFrame
    """The table of that kind."""
    laps: pl.DataFrame = field(default_factory=lambda: _empty(LAPS))
    """A row a car and lap (`timing.schema.LAPS`)."""
    results: pl.DataFrame = field(default_factory=lambda: _empty(RESULTS))
    """The published result (`timing.schema.RESULTS`); never made of the laps, as `order` is."""
    weather: pl.DataFrame = field(default_factory=lambda: _empty(WEATHER))
    """Readings of the weather station (`timing.schema.WEATHER`)."""
    entries: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Who is entered, from an entry list."""
    notices: tuple[Notice, ...] = ()
    """What the reader left out or mended, counted."""
    file: TimingFile | None = None
    """The file as it was read, with all that it says besides; None for a session of a store."""

    @cached_property
    def periods(self) -> pl.DataFrame:
        """The neutralised periods, a row each (`derive.PERIODS`): kind, start_s, end_s."""
        return derive.neutralisations(self.laps) if self.laps.height else _empty(derive.PERIODS)

    @cached_property
    def stints(self) -> pl.DataFrame:
        """From one stop to the next, a row a car and stint (`derive.STINTS`)."""
        return derive.stints(self.laps) if self.laps.height else _empty(derive.STINTS)

    @cached_property
    def stops(self) -> pl.DataFrame:
        """The pit stops, a row a car and stop (`derive.STOPS`): time in the lane, time lost, flag, drivers."""
        return derive.pit_stops(self.laps, self.periods) if self.laps.height else _empty(derive.STOPS)

    @cached_property
    def clean_laps(self) -> pl.DataFrame:
        """The laps fit for pace: green, away from pits and restarts, no mishap (`derive.lap_quality`)."""
        return derive.lap_quality(self.laps, self.periods).filter("clean") if self.laps.height else self.laps

    @cached_property
    def gaps(self) -> pl.DataFrame:
        """How far behind the leader of its class a car was, lap by lap: gap_s (`derive.class_gaps`)."""
        return derive.class_gaps(self.laps)

    @cached_property
    def order(self) -> pl.DataFrame:
        """The order by the laps, as `results` but not official: no penalties, and every car has a place."""
        return derive.classification(self.laps)

    def car(self, number: str) -> pl.DataFrame:
        """The laps of one car. Empty for a number that is not there."""
        return self.laps.filter(pl.col("car") == number)

    def to_frame(self) -> pl.DataFrame:
        """The table the file is for."""
        return self.table

    def _shown(self) -> Shown:
        laps = self.laps
        held = {"laps": laps.height, "results": self.results.height, "weather": self.weather.height}
        held |= {"entries": self.entries.height} | ({self.kind: self.table.height} if self.kind not in held else {})
        told = ", ".join(f"{name} ({rows:,})" for name, rows in held.items() if rows) or "nothing"
        notes = [f"Tables: {told}."]
        if self.notices:
            many = plural(sum(n.count for n in self.notices), "blemish", "blemishes")
            notes.append(f"Left out or mended: {many}, told in notices.")
        if not laps.height:
            return Shown(f"{self.name}: {self.kind} ({self.provider})", notes=tuple(notes))
        length = race_time(float(laps["elapsed_s"].max() or 0.0))  # type: ignore[arg-type]
        title = f"{self.name} ({self.provider}): {plural(laps['car'].n_unique(), 'car')}, {length}"
        by_class = (
            laps.group_by("car_class")
            .agg(pl.col("car").n_unique(), pl.len().alias("laps"), pl.col("lap_time_s").min())
            .sort("lap_time_s", "car_class")
        )
        rows = [(str(c), str(n), f"{k:,}", lap_time(best)) for c, n, k, best in by_class.iter_rows()]
        return Shown(title, ("class", "cars", "laps", "best lap"), rows, tuple(notes))


def load(path: str | Path) -> Session:
    """Read any timing file the workbench knows; its content says which kind it is.

        race = langstrecke.load("202103201010-race-laps.csv")
        race.laps, race.stints, race.stops, race.periods, race.clean_laps

    Times are seconds. Raises `TimingFileError`, naming file and line, for what is no timing file we know. What the
    reader had to leave out stands in `notices`.
    """
    return of_file(load_file(path))


def of_file(file: TimingFile) -> Session:
    """The session of a file that has been read."""
    held = {name: getattr(file, name) for name in ("laps", "results", "weather", "entries")}
    return Session(
        name=file.path.stem,
        provider=file.provider,
        kind=file.kind,
        table=file.table,
        notices=file.notices,
        file=file,
        **{name: table for name, table in held.items() if table is not None},
    )
