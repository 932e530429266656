"""Races to replay: out of the store, or out of a file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.live.messages import FeedEntry
from langstrecke.live.sources.replay import Recording
from langstrecke.live.sources.timing71 import read_timing71
from langstrecke.timing.schema import LAPS

if TYPE_CHECKING:
    from langstrecke.store import Store


def record_race(store: Store, race_id: str) -> Recording:
    """A race of the store. NotFoundError naming the nearest ones, LangstreckeError where its laps are not stored."""
    race = store.race(race_id)
    laps = store.laps(race_id)
    if laps.is_empty():
        raise LangstreckeError(f"the store holds no laps of {race_id}", hint="import its lap file")
    entries = tuple(
        FeedEntry(
            car=row["car"], car_class=row["car_class"] or "", team=row["team"] or "", drivers=row["drivers"] or ()
        )
        for row in store.entries(race_id).iter_rows(named=True)
    )
    driven = set(laps["car"].unique())
    start = race["start_time"]
    return Recording(
        laps,
        race_id=race_id,
        duration_s=race["duration_s"],
        card=race_id,
        start_clock=start.time() if start is not None else None,
        entries=tuple(e for e in entries if e.car in driven) or (),
    )


def record_file(path: str | Path, *, race_id: str | None = None, duration_s: float | None = None) -> Recording:
    """A race from a file: a recording of Timing71, laps as .parquet in the canonical form, or any lap file the
    readers know.

    Without `duration_s` a race of laps is taken to be as long as the last full quarter of an hour its leader did.
    """
    place = Path(path)
    if place.suffix.lower() == ".zip":
        return read_timing71(place, race_id=race_id)
    laps = read_laps_file(place)
    if duration_s is None:
        longest = float(laps["elapsed_s"].max())  # type: ignore[arg-type]
        duration_s = max(900.0, 900.0 * math.floor(longest / 900.0))
    return Recording(laps, race_id=race_id or _race_of(laps, place), duration_s=duration_s)


def _race_of(laps: pl.DataFrame, place: Path) -> str:
    named = laps["race_id"].drop_nulls()
    return str(named[0]).split("/")[0] if len(named) else place.stem


def read_laps_file(place: Path) -> pl.DataFrame:
    """A lap table from a .parquet or timing file. LangstreckeError, naming the file, for anything else."""
    from langstrecke.timing.files import load

    if place.suffix.lower() != ".parquet":
        file = load(place)
        if file.kind != "laps":
            raise LangstreckeError(f"holds {file.kind}, not laps", file=place)
        return file.table
    try:
        frame = pl.read_parquet(place)
    except FileNotFoundError:
        raise LangstreckeError("no such file", file=place) from None
    except (OSError, pl.exceptions.PolarsError) as error:
        raise LangstreckeError(f"is no Parquet file: {str(error).splitlines()[0]}", file=place) from None
    missing = [name for name in LAPS.names() if name not in frame.columns]
    if missing:
        raise LangstreckeError(f"is no lap table: it has no column {missing[0]!r}", file=place)
    try:
        return frame.select(LAPS.names()).cast(LAPS)
    except pl.exceptions.PolarsError as error:
        raise LangstreckeError(f"is no lap table: {str(error).splitlines()[0]}", file=place) from None
