"""Backtests: every race of a period forecast from what was known by then, walking forward in time.

    backtest(Path("data"), Path("forecasts.jsonl"), first=date(2023, 1, 1), last=date(2023, 12, 31))

Before the start a forecast knows the weekend's earlier sessions and earlier races, later also the race's own
crossings until then; nothing after that moment is read. A race that cannot be forecast gets uniform probabilities and
a warning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.calibration import Calibration, ClassTable, class_tables, final_table
from langstrecke.forecast.evaluation.baselines import uniform
from langstrecke.forecast.evaluation.forecast_file import Line, append, mend
from langstrecke.forecast.live import belief_before, live_card, live_state, play_on
from langstrecke.racecard.build import build_card, entry_facts
from langstrecke.racecard.schema import RaceCard
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.ratings.pace.posterior import PacePosterior
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder

CUTOFFS = (0.0, 0.25, 0.5, 0.75, 0.9)

Progress = Callable[[int, int, str], None]
"""Called with forecasts done, forecasts in all, and the race at hand."""


@dataclass
class BacktestReport:
    """What a run did: lines written and found there already, and what was wrong with which race."""

    written: int = 0
    kept: int = 0
    races: int = 0
    warnings: list[str] = field(default_factory=list)


def backtest(
    data: Path,
    out: Path,
    *,
    first: dt.date,
    last: dt.date,
    cutoffs: tuple[float, ...] = CUTOFFS,
    races: int = 4000,
    seed: int = 1,
    threads: int | None = None,
    store: Path | None = None,
    played: Path | None = None,
    progress: Progress | None = None,
) -> BacktestReport:
    """Forecast every race under `data` from `first` to `last` at every cutoff and append the lines to `out`.

    Lines that stand in `out` already are kept and not forecast again; a half-written last line is mended. `store` is
    imported into and kept (earlier races in it count as known); without it a temporary one is used. `played` is a
    second file, for the same forecasts before the last layer (`forecast.calibration`). Raises LangstreckeError where
    there is nothing to read or nothing to forecast.
    """
    if any(not 0.0 <= c < 1.0 for c in cutoffs) or not cutoffs:
        raise LangstreckeError("cutoffs are shares of the race already run: from 0 to below 1")
    done = mend(out)
    report = BacktestReport(kept=len(done))
    with _stored(data, store) as open_:
        wanted = races_between(open_, data, first, last)
        if not wanted:
            raise LangstreckeError(f"no race between {first} and {last}", file=data)
        archive = open_archive(open_)
        jobs = [(race, c) for race in wanted for c in sorted(cutoffs)]
        for number, (race, mine) in enumerate(_by_race(jobs)):
            if progress is not None:
                progress(number * len(cutoffs), len(jobs), race["race_id"])
            forecast = RaceForecasts(open_, archive, race, races, seed, threads)
            for at, cutoff in enumerate(mine):
                lines = [ln for ln in forecast.lines(cutoff, done) if ln.key not in done]
                if lines:
                    append(out, lines)
                    if played is not None:
                        append(played, forecast.played)
                report.written += len(lines)
                if progress is not None:
                    progress(number * len(cutoffs) + at + 1, len(jobs), race["race_id"])
            report.races += 1
            report.warnings += forecast.warnings
    return report


def _by_race(jobs: list[tuple[dict[str, Any], float]]) -> Iterator[tuple[dict[str, Any], list[float]]]:
    """Jobs gathered by race, in their order."""
    found: dict[str, tuple[dict[str, Any], list[float]]] = {}
    for race, cutoff in jobs:
        found.setdefault(race["race_id"], (race, []))[1].append(cutoff)
    yield from found.values()


@contextmanager
def _stored(data: Path, store: Path | None) -> Iterator[Store]:
    """An open store that holds everything under `data`."""
    if store is not None:
        with open_store(store) as kept:
            import_folder(kept, data)
            yield kept
        return
    with TemporaryDirectory() as folder, open_store(Path(folder) / "store.duckdb") as fresh:
        import_folder(fresh, data)
        yield fresh


def races_between(store: Store, data: Path, first: dt.date, last: dt.date) -> list[dict[str, Any]]:
    """Races of the period whose files lie under `data`, in order of date."""
    rows = store.races().filter(pl.col("date").is_between(first, last) & pl.col("source").is_not_null())
    found = []
    for row in rows.sort("date", "race_id").iter_rows(named=True):
        place = store.place_below(row["race_id"], data)
        if place is not None:
            found.append({**row, "source": place})
    return found


@dataclass
class RaceForecasts:
    """All forecasts of one race: the card is built once, then played from the start and from every cutoff."""

    store: Store
    archive: Archive
    race: dict[str, Any]
    races: int
    seed: int = 1
    threads: int | None = None
    played: list[Line] = field(default_factory=list)
    """The forecasts of the cutoff last asked for, before the last layer."""
    warnings: list[str] = field(default_factory=list)
    _card: RaceCard | None = None
    _belief: PacePosterior | None = None
    _laps: pl.DataFrame | None = None

    @property
    def race_id(self) -> str:
        """The race's id."""
        return str(self.race["race_id"])

    def lines(self, cutoff: float, done: set[tuple[str, str, float]] | None = None) -> list[Line]:
        """One line per class; none where the race's laps are not stored and the cutoff lies in the race.

        With `done` nothing is played if all classes are among these keys.
        """
        try:
            fields = self._fields()
        except LangstreckeError as error:
            self._warn(f"has no entries: {error.message()}; left out")
            return []
        if done and all((self.race_id, name, cutoff) in done for name in fields):
            return []
        try:
            if cutoff > 0.0 and self.laps.is_empty():
                self._warn("has no laps; forecast before the start only")
                return []
            return self._played(cutoff)
        except Exception as error:  # one bad race must not end a walk through seasons; it is named and counted
            what = error.message() if isinstance(error, LangstreckeError) else f"{type(error).__name__}: {error}"
            self._warn(f"cutoff {cutoff:g} cannot be forecast ({what}); uniform probabilities")
            self.played = [self._line(name, cutoff, cars, uniform(len(cars))) for name, cars in fields.items()]
            return self.played

    def _fields(self) -> dict[str, tuple[str, ...]]:
        """Class -> cars, by number."""
        entries = entry_facts(self.store, self.race_id, self.archive.licences)
        classes = sorted({e.car_class for e in entries})
        return {c: tuple(sorted(e.car for e in entries if e.car_class == c)) for c in classes}

    def _played(self, cutoff: float) -> list[Line]:
        tables = sorted(self.tables(cutoff).items())
        plain = ((n, replace(t, final=final_table(t.played, Calibration()))) for n, t in tables)
        self.played = [self._line(name, cutoff, *_by_number(table)) for name, table in plain]
        return [self._line(name, cutoff, *_by_number(table)) for name, table in tables]

    def tables(self, cutoff: float) -> dict[str, ClassTable]:
        """Class -> the played and the final odds of the race from the cutoff on."""
        from langstrecke.simulation import simulate

        card = self.card
        state = None
        if cutoff <= 0.0:
            played = simulate(card, races=self.races, seed=self.seed, threads=self.threads)
        else:
            state = live_state(self.laps, card, cutoff * card.race.duration_s)
            now = live_card(card, self.laps, state, self.belief)
            played = play_on(now, state, races=self.races, seed=self.seed, threads=self.threads)
        return class_tables(card, played.class_position_probabilities(), state)

    @property
    def card(self) -> RaceCard:
        """The card as known before the start."""
        if self._card is None:
            self._card = build_card(self.race_id, self.store, archive=self.archive)
        return self._card

    @property
    def belief(self) -> PacePosterior:
        """What the card's pace figures were filled from."""
        if self._belief is None:
            self._belief = belief_before(self.race_id, self.store, self.archive)
        return self._belief

    @property
    def laps(self) -> pl.DataFrame:
        """The race's laps; `live_state` looks at those before the moment only."""
        if self._laps is None:
            try:
                self._laps = self.store.laps(self.race_id)
            except LangstreckeError:
                self._laps = pl.DataFrame()
        return self._laps

    def _line(self, name: str, cutoff: float, cars: tuple[str, ...], table: NDArray[np.float64]) -> Line:
        return Line(self.race_id, name, cutoff, cars, table, str(self.race["source"] or ""))

    def _warn(self, text: str) -> None:
        message = f"{self.race_id}: {text}"
        if message not in self.warnings:
            self.warnings.append(message)


def _by_number(table: ClassTable) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Cars by number, and their rows of the final odds."""
    order = sorted(range(len(table.cars)), key=table.cars.__getitem__)
    return tuple(table.cars[i] for i in order), table.final[order]
