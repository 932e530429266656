"""The public ledger: forecasts as they were made, each entry bound to the one before it by a hash.

An entry is one line of JSON with sorted keys and no blanks. It holds the hash of the entry before; its own is the
SHA-256 of the line. So no entry can be changed, left out or put in between without every later hash changing, and
whoever has seen the newest hash once can tell. That the entries at the end are all there, and that the clock was
right, a chain cannot prove: publish its newest hash (docs/track-record.md).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.evaluation.forecast_file import Line, rounded
from langstrecke.forecast.result import Forecast
from langstrecke.store import Store

BEGIN = "0" * 64
"""What the first entry has as the hash before it."""

_TABLE = (
    "CREATE TABLE IF NOT EXISTS ledger (number INTEGER PRIMARY KEY, entry VARCHAR NOT NULL, hash VARCHAR NOT NULL)"
)
_CHAIN = ("number", "previous", "recorded_at")
"""Keys that say where an entry stands; the others are the forecast."""

_NEEDED = (*_CHAIN, "race", "date", "duration_s", "cutoff", "classes")

When = Literal["before", "on the day", "afterwards"]


@dataclass(frozen=True)
class Entry:
    """One entry: its line of text, the hash it is kept with, and the line as data."""

    text: str
    hash: str
    data: dict[str, Any]

    @property
    def number(self) -> int:
        """Its place, from 1."""
        return int(self.data["number"])

    @property
    def when(self) -> When:
        """When it was recorded, by days of UTC: before the race's day, on it (for a long race on those it took, and
        one more for the world's clocks), or afterwards, which proves nothing.
        """
        recorded = dt.datetime.fromisoformat(self.data["recorded_at"]).date()
        day = dt.date.fromisoformat(self.data["date"])
        if recorded < day:
            return "before"
        days = math.ceil(self.data["duration_s"] / 86_400)
        return "on the day" if recorded <= day + dt.timedelta(days=days) else "afterwards"

    def lines(self, table: Literal["odds", "played"]) -> Iterator[Line]:
        """Its forecasts as they are scored, one a class."""
        d = self.data
        for name, one in d["classes"].items():
            yield Line(d["race"], name, d["cutoff"], tuple(one["cars"]), np.array(one[table]), f"entry {self.number}")


def facts_of(forecast: Forecast, store: Store | None) -> dict[str, Any]:
    """What an entry says of a forecast: race, moment, odds, and what they were made from. `store`: whose laps and
    earlier races had a part in it.
    """
    race = forecast.race
    classes: dict[str, dict[str, Any]] = {}
    for figures in forecast.classes:
        cars = [c for c in forecast.cars if c.car_class == figures.name]
        classes[figures.name] = {
            "cars": [c.car for c in cars],
            "odds": [rounded(np.array(c.positions)) for c in cars],
            "played": [rounded(np.array(c.played.positions)) for c in cars],
        }
    return {
        "race": race.id,
        "series": race.series,
        "season": race.season,
        "date": race.date.isoformat(),
        "duration_s": race.duration_s,
        "at_s": forecast.at_s,
        "cutoff": round(forecast.cutoff, 6),
        "simulated": forecast.simulated,
        "seed": forecast.seed,
        "version": forecast.version,
        "card_sha256": race.card_sha256,
        "store_sha256": None if store is None else files_hash(store),
        "notes": list(forecast.notes),
        "classes": classes,
    }


def files_hash(store: Store) -> str:
    """One hash of all files the store's sessions are made of, whatever order they were imported in."""
    rows = store.connection.execute("SELECT DISTINCT sha256 FROM session_sources ORDER BY 1").fetchall()
    return hashlib.sha256("\n".join(str(row[0]) for row in rows).encode()).hexdigest()


def record(store: Store, facts: dict[str, Any], now: dt.datetime) -> tuple[Entry, bool]:
    """Add a forecast to the store's ledger, all of it or nothing; one that stands in it already is not added again.

    Returns the entry and whether it is new. Raises LangstreckeError where the chain is broken: nothing is added to
    a ledger that proves nothing.
    """
    found = entries(store)
    faults = faults_of(found)
    if faults:
        raise LangstreckeError(
            f"the ledger is broken, nothing was added: {faults[0]}",
            file=store.path,
            hint="langstrecke ledger verify tells all; a ledger is begun anew in a new store",
        )
    for entry in found:
        if {k: v for k, v in entry.data.items() if k not in _CHAIN} == facts:
            return entry, False
    previous = found[-1].hash if found else BEGIN
    chain = {
        "number": len(found) + 1,
        "previous": previous,
        "recorded_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
    }
    text = canonical({**facts, **chain})
    connection = store.connection
    connection.execute("BEGIN")
    try:
        connection.execute(_TABLE)
        connection.execute("INSERT INTO ledger VALUES (?, ?, ?)", [chain["number"], text, _hash(text)])
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return _entry(text, _hash(text)), True


def canonical(data: dict[str, Any]) -> str:
    """The line of an entry: keys sorted, no blanks, numbers as Python writes them."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(text: str, digest: str) -> Entry:
    return Entry(text, digest, json.loads(text))


def entries(store: Store) -> list[Entry]:
    """The store's ledger, oldest first; empty where nothing was ever recorded."""
    try:
        rows = store.connection.execute("SELECT entry, hash FROM ledger ORDER BY number").fetchall()
    except duckdb.CatalogException:
        return []
    try:
        return [_entry(str(text), str(digest)) for text, digest in rows]
    except ValueError as error:
        raise LangstreckeError(f"an entry of the ledger is not JSON any more: {error}", file=store.path) from None


def faults_of(found: Sequence[Entry], head: str | None = None) -> list[str]:
    """What is wrong with a chain, a sentence each. `head`: a hash somebody was shown once, at least twelve letters of
    it; it must be that of an entry.
    """
    faults = []
    previous = BEGIN
    for place, entry in enumerate(found, start=1):
        told = entry.data.get("number")
        if told != place:
            faults.append(f"entry {told} stands in place {place}: one is missing, or was put in")
        if entry.data.get("previous") != previous:
            faults.append(f"entry {told} was not made after the one that stands before it")
        if _hash(entry.text) != entry.hash:
            faults.append(f"entry {told} was changed after it was recorded")
        previous = _hash(entry.text)
    if head is not None and not any(e.hash.startswith(head.lower()) for e in found):
        faults.append(f"no entry has the hash {head}: what was shown then is not this ledger, or was cut off")
    return faults


def file_text(found: Iterable[Entry]) -> str:
    """A ledger to be shown: a line an entry, `{"hash": "...", "entry": {...}}`, the entry as it was hashed."""
    return "".join(f'{{"hash": "{e.hash}", "entry": {e.text}}}\n' for e in found)


def read_file(path: Path) -> list[Entry]:
    """The entries of a file that `file_text` wrote. LangstreckeError names the line that is none."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not text"
        raise LangstreckeError(f"cannot be read: {why}", file=path) from None
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            entry = data["entry"]
            if not isinstance(entry, dict) or not isinstance(data["hash"], str) or not set(_NEEDED) <= set(entry):
                raise ValueError("it lacks what an entry has")
        except (ValueError, KeyError, TypeError) as error:
            why = f"no {error}" if isinstance(error, KeyError) else str(error)
            raise LangstreckeError(f"not an entry of a ledger: {why}", file=path, line=number) from None
        found.append(Entry(canonical(entry), data["hash"], entry))
    return found


def to_frame(found: Iterable[Entry]) -> pl.DataFrame:
    """A row an entry, class and car: the odds and the played ones, for whoever wants to score them himself."""
    rows = [
        {
            "number": e.number,
            "hash": e.hash,
            "recorded_at": e.data["recorded_at"],
            "when": e.when,
            "race": e.data["race"],
            "class": name,
            "cutoff": float(e.data["cutoff"]),
            "car": car,
            "win": one["odds"][i][0],
            "positions": one["odds"][i],
            "played_win": one["played"][i][0],
            "played_positions": one["played"][i],
            "simulated": e.data["simulated"],
            "seed": e.data["seed"],
            "version": e.data["version"],
            "card_sha256": e.data["card_sha256"],
            "store_sha256": e.data["store_sha256"],
        }
        for e in found
        for name, one in e.data["classes"].items()
        for i, car in enumerate(one["cars"])
    ]
    return pl.DataFrame(rows, schema=COLUMNS)


COLUMNS = pl.Schema(
    {
        "number": pl.Int32(),
        "hash": pl.String(),
        "recorded_at": pl.String(),
        "when": pl.String(),
        "race": pl.String(),
        "class": pl.String(),
        "cutoff": pl.Float64(),
        "car": pl.String(),
        "win": pl.Float64(),
        "positions": pl.List(pl.Float64()),
        "played_win": pl.Float64(),
        "played_positions": pl.List(pl.Float64()),
        "simulated": pl.Int64(),
        "seed": pl.Int64(),
        "version": pl.String(),
        "card_sha256": pl.String(),
        "store_sha256": pl.String(),
    }
)
