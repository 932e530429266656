"""The store: one DuckDB file with every race, session, lap, result, weather reading and entry imported so
far.

    with open_store() as store:
        store.races(series="imsa", season=2021)
        store.laps("imsa-2021-sebring/race")

Every query returns a Polars frame; laps, results and weather are exactly the canonical tables, their
`race_id` the session's id.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import platformdirs
import polars as pl

from langstrecke.errors import NotFoundError, StoreError
from langstrecke.store import why
from langstrecke.store.migrate import migrate
from langstrecke.store.schema import TABLES, VERSION
from langstrecke.timing.readers.dossier import PITS, on_out_laps
from langstrecke.timing.schema import LAPS, RESULTS, WEATHER

RACES = pl.Schema(
    {
        "race_id": pl.String(),
        "series": pl.String(),
        "season": pl.Int32(),
        "event": pl.String(),
        "circuit": pl.String(),
        "date": pl.Date(),
        "start_time": pl.Datetime("us"),  # green flag, local time; null where the files do not tell
        "duration_s": pl.Float64(),  # scheduled
        "duration_known": pl.Boolean(),  # false where inferred from the race itself
        "source": pl.String(),  # the file of its laps, or of its result; null before the race
    }
)
SESSIONS = pl.Schema(
    {
        "session_id": pl.String(),
        "race_id": pl.String(),  # the race of the event; null for a test that belongs to none
        "series": pl.String(),
        "season": pl.Int32(),
        "event": pl.String(),
        "circuit": pl.String(),
        "kind": pl.String(),  # practice, qualifying, warm-up, race, test
        "name": pl.String(),
        "start": pl.Datetime("us"),  # local time
        "source": pl.String(),
        "sha256": pl.String(),  # of the file of laps
        "laps": pl.Int32(),  # of all cars together
        "cars": pl.Int32(),
        "winner": pl.String(),  # car; of a race only
        "stops": pl.Int32(),  # of all cars together; null where there are no laps
    }
)
ENTRIES = pl.Schema(
    {
        "race_id": pl.String(),
        "car": pl.String(),
        "car_class": pl.String(),
        "team": pl.String(),
        "vehicle": pl.String(),
        "manufacturer": pl.String(),
        "drivers": pl.List(pl.String()),
        "licences": pl.List(pl.String()),
        "countries": pl.List(pl.String()),
        "origin": pl.String(),  # results, entry_list, session_results or laps
    }
)


_BROKEN = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)
"""What DuckDB raises where a block of the file cannot be read."""


def default_path() -> Path:
    """The store in the user's data folder."""
    return platformdirs.user_data_path("langstrecke") / "store.duckdb"


def open_store(path: str | Path | None = None, *, read_only: bool = False) -> Store:
    """Open the store at `path`, by default the one in the user's data folder; create it unless `read_only`.

    Raises `StoreError` for a file that is no store, a store written by a newer version, one that another
    process is writing to, or, with `read_only`, none at all.
    """
    place = Path(path) if path is not None else default_path()
    if read_only and not place.exists():
        raise StoreError("there is no store", file=place, hint="langstrecke import FOLDER makes one")
    if read_only and _is_old(place):
        open_store(place).close()  # brings it up to date
    connection = _connect(place, read_only=read_only)
    try:
        _prepare(connection, place, read_only=read_only)
    except BaseException:
        connection.close()
        raise
    return Store(place, connection)


def _connect(place: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        if not read_only:
            place.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(place), read_only=read_only)
    except (duckdb.Error, OSError) as error:
        raise _refusal(place, error) from None


def _is_old(place: Path) -> bool:
    """Whether the store was made by an earlier version; no for what is no store at all."""
    connection = _connect(place, read_only=True)
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        return row is not None and int(row[0]) < VERSION
    except (duckdb.Error, ValueError):
        return False
    finally:
        connection.close()


def _refusal(place: Path, error: Exception) -> StoreError:
    text = str(error)
    if place.is_dir():
        return StoreError("is a folder, not a store", file=place)
    if isinstance(error, OSError):
        return StoreError(f"cannot be opened: {error.strerror}", file=place)
    if "different configuration" in text:
        return StoreError("is open for writing in this program already", file=place, hint="close it first")
    if place.is_file() and place.stat().st_size == 0:
        return StoreError("is empty", file=place, hint="langstrecke import FOLDER fills a store")
    if "set lock" in text or "being used by another process" in text:
        return StoreError("another process is using the store", file=place, hint="wait until it has ended")
    if "newer version" in text.lower() or "version number" in text.lower():
        return StoreError("was written by another version of DuckDB", file=place, hint="import into a new store")
    if "not a valid DuckDB" in text:
        return StoreError("is no store", file=place, hint="langstrecke import FOLDER --store NEW makes one")
    return _damaged(place, error)


def _damaged(place: Path, error: Exception) -> StoreError:
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    hint = "put a copy in its place, or move it away and import anew"
    return StoreError(f"the store is damaged: {told}", file=place, hint=hint)


def _prepare(connection: duckdb.DuckDBPyConnection, place: Path, *, read_only: bool) -> None:
    try:
        names = {str(row[0]) for row in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        if "meta" in names:
            row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
            found = int(row[0]) if row is not None else 0
            if found > VERSION:
                what = f"was written by a newer langstrecke (store version {found}, this one reads {VERSION})"
                raise StoreError(what, file=place, hint="update langstrecke, or import into a new store")
            if found < VERSION and not read_only:
                migrate(connection)
        elif names:
            raise StoreError("is a DuckDB file, but not a store of langstrecke", file=place)
        elif read_only:
            raise StoreError("the store is empty", file=place, hint="langstrecke import FOLDER fills it")
        if not read_only:
            connection.execute("BEGIN")
            connection.execute(TABLES)
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", [str(VERSION)])
            connection.execute("COMMIT")
    except (duckdb.Error, ValueError) as error:
        raise StoreError(f"is no store of langstrecke: {error}", file=place) from None


class Store:
    """An open store. Use as a context manager, or `close()` it."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.connection = connection

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if isinstance(error, duckdb.Error) and (isinstance(error, _BROKEN) or str(error).startswith("Corrupt")):
            raise _damaged(self.path, error) from None

    def close(self) -> None:
        """Close the file, and let go of it. A second call does nothing."""
        connection = self.__dict__.pop("connection", None)
        if connection is not None:
            connection.close()

    def races(self, series: str | None = None, season: int | None = None) -> pl.DataFrame:
        """Races as `RACES`, in order of date; optionally of one series and one season."""
        return self._rows(
            RACES, "races",
            "(?1 IS NULL OR series = ?1) AND (?2 IS NULL OR season = ?2) ORDER BY date NULLS FIRST, race_id",
            [series, season],
        )  # fmt: skip

    def race(self, race_id: str) -> dict[str, Any]:
        """One row of `races` as a dictionary. Raises `NotFoundError` naming the nearest known races."""
        found = self._rows(RACES, "races", "race_id = ?1", [race_id])
        if found.is_empty():
            raise NotFoundError.nearest("race", race_id, self._ids("races", "race_id"), hint=self._hint())
        return found.row(0, named=True)

    def sessions(self, race_id: str | None = None) -> pl.DataFrame:
        """Sessions as `SESSIONS`, in order of start; of one race's event, or all."""
        if race_id is not None:
            self.race(race_id)
        where = "(?1 IS NULL OR race_id = ?1) ORDER BY start NULLS FIRST, session_id"
        return self._rows(SESSIONS, "sessions", where, [race_id])

    def entries(self, race_id: str) -> pl.DataFrame:
        """Entries of a race as `ENTRIES`, ordered by class and car number, so that the order tells no
        result.
        """
        self.race(race_id)
        return self._rows(ENTRIES, "entries", "race_id = ?1 ORDER BY car_class, car", [race_id])

    def laps(self, session_id: str) -> pl.DataFrame:
        """The laps of a session as `schema.LAPS`; a race's id stands for its race. Empty where none are
        stored.
        """
        session = self._session(session_id)
        laps = self._bulk(LAPS, "laps", f"race_id = {_quoted(session)} ORDER BY car, lap")
        if laps["pit_time_s"].null_count() < laps.height or laps.is_empty():
            return laps
        # A provider that prints no pit times beside the laps has them in a file of their own.
        stops = self._rows(PITS, "pits", "race_id = ?1 ORDER BY car, in_clock", [session])
        return laps if stops.is_empty() else on_out_laps(laps, stops, [])

    def weather(self, session_id: str) -> pl.DataFrame:
        """The weather of a session as `schema.WEATHER`, ordered by time."""
        where = f"race_id = {_quoted(self._session(session_id))} ORDER BY utc"
        naive = pl.Schema({**WEATHER, "utc": pl.Datetime("us")})
        frame = self._bulk(naive, "weather", where)
        return frame.with_columns(pl.col("utc").dt.replace_time_zone("UTC"))

    def results(self, session_id: str) -> pl.DataFrame:
        """The result of a session as `schema.RESULTS`, in published order."""
        return self._rows(RESULTS, "results", 'race_id = ?1 ORDER BY "row"', [self._session(session_id)])

    def why(self, race_id: str) -> list[dict[str, Any]]:
        """What decided where each file of the race's event was filed, as `store.why.why`."""
        self.race(race_id)
        return why.why(self.connection, race_id)

    def place_below(self, race_id: str, root: Path) -> str | None:
        """Where the files of a race lie below a folder, as `store.why.place_below`; None where they do not."""
        return why.place_below(self.connection, race_id, root)

    def sources(self) -> dict[str, dict[str, list[dict[str, Any]]]]:
        """Session -> the files it is made of and those they supersede, as `store.why.sources`."""
        return why.sources(self.connection)

    def _session(self, session_id: str) -> str:
        wanted = session_id if "/" in session_id else f"{session_id}/race"
        row = self.connection.execute("SELECT 1 FROM sessions WHERE session_id = ?", [wanted]).fetchone()
        if row is None:
            known = self._ids("sessions", "session_id")
            raise NotFoundError.nearest("session", session_id, known, hint=self._hint())
        return wanted

    def _ids(self, table: str, column: str) -> list[str]:
        rows = self.connection.execute(f"SELECT {column} FROM {table} ORDER BY 1").fetchall()
        return [str(row[0]) for row in rows]

    def _hint(self) -> str | None:
        empty = self.connection.execute("SELECT count(*) FROM races").fetchone() == (0,)
        return "the store is empty; langstrecke import FOLDER fills it" if empty else None

    def _rows(self, schema: pl.Schema, table: str, where: str, values: list[Any]) -> pl.DataFrame:
        """Small tables, row by row."""
        names = ", ".join(f'"{name}"' for name in schema)
        rows = self.connection.execute(f"SELECT {names} FROM {table} WHERE {where}", values).fetchall()
        return pl.DataFrame(rows, schema=schema, orient="row")

    def _bulk(self, schema: pl.Schema, table: str, where: str) -> pl.DataFrame:
        """Large tables, through a Parquet file: fast, and needs no third library between DuckDB and
        Polars.
        """
        names = ", ".join(f'"{name}"' for name in schema)
        with tempfile.TemporaryDirectory(prefix="langstrecke-") as folder:
            target = Path(folder) / "rows.parquet"
            query = f"COPY (SELECT {names} FROM {table} WHERE {where}) TO {_quoted(str(target))} (FORMAT parquet)"
            self.connection.execute(query).fetchall()
            return pl.read_parquet(target, memory_map=False).cast(schema)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
