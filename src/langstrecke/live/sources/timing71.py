"""Recordings of Timing71 (https://www.timing71.org): a race of any series as a replay.

    recording = read_timing71("detroit.zip")
    async for message in Replay(recording, speed=60.0).messages(): ...

A recording is a `.zip`: `manifest.json` with the columns, and a frame a change, named by the second it was seen:
`NNNNNNNNNNN.json` holds the whole table, `NNNNNNNNNNNi.json` what changed since the frame before (the operations of
dictdiffer: change, add, remove). The format is that of timing71/livetiming-core and timing71/common.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.live.messages import FlagName, LapMessage
from langstrecke.live.sources.board import Board, BoardRow
from langstrecke.live.sources.flags import flag_of
from langstrecke.live.sources.ledger import Ledger
from langstrecke.live.sources.replay import Recording
from langstrecke.timing.readers.times import parse_duration
from langstrecke.timing.schema import LAPS

FRAME = re.compile(r"(\d{8,14})(i?)\.json", re.ASCII)
SLACK_S = 8.0
"""A frame shows a crossing this long after it at the latest: services behind recordings are polled (default)."""
CLOCK_SLACK_S = 30.0
"""A session clock this far off that of the frames has been stopped or set anew, and is not followed (default)."""
LARGEST_FRAME = 16 * 1024 * 1024
"""Bytes of a frame; the whole table of a 24 h race has some 40 KiB."""
KNOWN_ROWS = 2000
"""Rows remembered from frame to frame; a field has some 60."""
CONTROL = "race control"
"""The sender of messages that are passed on; personal bests and driver changes the feed tells by itself."""
KPH_PER_MPH = 1.609344
ELAPSED = "Elapsed"
"""Column of our own recordings: race time of the last crossing."""


def read_timing71(path: str | Path, *, race_id: str | None = None, card: str | None = None) -> Recording:
    """The race of a recording. TimingFileError where the file is none, or holds no lap.

    Frames that cannot be read are left out up to the next whole table; laps lost with them are holes of their cars.
    """
    place = Path(path)
    try:
        with zipfile.ZipFile(place) as archive:
            return _read(archive, place, race_id, card)
    except FileNotFoundError:
        raise TimingFileError("no such file", file=place) from None
    except zipfile.BadZipFile:
        raise TimingFileError(
            "is no whole .zip archive: a recording that was cut off has lost its list of frames", file=place
        ) from None
    except OSError as error:
        raise TimingFileError(f"cannot be read: {error.strerror or error}", file=place) from None


def _read(archive: zipfile.ZipFile, place: Path, race_id: str | None, card: str | None) -> Recording:
    manifest = _json(archive, "manifest.json")
    columns = _columns(manifest, place)
    ledger = Ledger(race_id or race_of(manifest), card=card)
    board = Board(ledger, slack_s=SLACK_S)
    clock = _Clock()
    spec = [str(name).lower() for name in manifest.get("trackDataSpec") or []]
    flag: FlagName | None = None
    known: dict[str, BoardRow | None] = {}
    for wall, frame in _frames(archive):
        session = frame.get("session")
        session = session if isinstance(session, dict) else {}
        now_s = clock.at(wall, session)
        found = flag_of(session.get("flagState"))
        if found is not None and found != flag and now_s >= 0.0:
            flag = found
            ledger.flag(now_s, found)
        board.look(now_s, _rows(frame.get("cars"), columns, known), flag)
        _weather(ledger, now_s, spec, session.get("trackData"))
        for at, text in _said(frame.get("messages")):
            ledger.control(clock.since(at), text)
    if not ledger.laps:
        raise TimingFileError("holds no lap", file=place)
    return Recording(
        pl.DataFrame(list(ledger.laps.values()), schema=LAPS),
        race_id=ledger.race_id,
        card=card,
        duration_s=clock.duration_s,
        entries=ledger.hello.entries,
        beside=[m for m in ledger.messages if not isinstance(m, LapMessage) and m.kind != "finish"],
        estimated=ledger.estimated,
        complete=flag == "finish",
        order=board.order,
    )


def race_of(manifest: dict[str, Any]) -> str:
    """A race id out of the names a recording gives itself: words joined by hyphens."""
    words = f"{manifest.get('name') or ''} {manifest.get('description') or ''}".lower()
    return "-".join(re.findall(r"[a-z0-9]+", words))[:100].strip("-") or "recording"


def _json(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """One file of the archive. TimingFileError naming it where it is missing or no JSON object."""
    try:
        if archive.getinfo(name).file_size > LARGEST_FRAME:
            raise ValueError("too large")
        found = json.loads(archive.read(name))
    except (KeyError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        found = None
    if not isinstance(found, dict):
        raise TimingFileError(f"is no recording of Timing71: {name} is missing or unreadable", file=archive.filename)
    return found


def _columns(manifest: dict[str, Any], place: Path) -> dict[str, int]:
    spec = manifest.get("colSpec")
    titles = (
        [str(column[0]) for column in spec if isinstance(column, list) and column] if isinstance(spec, list) else []
    )
    columns = {title: k for k, title in reversed(list(enumerate(titles)))}
    missing = [name for name in ("Num", "Laps") if name not in columns]
    if missing:
        raise TimingFileError(
            f"the recording has no column {missing[0]!r}; its columns: {', '.join(titles) or 'none'}", file=place
        )
    return columns


def _frames(archive: zipfile.ZipFile) -> Iterator[tuple[float, dict[str, Any]]]:
    """(second, whole table) after every frame that can be read."""
    names = sorted(
        (int(m.group(1)), m.group(2), m.group()) for name in archive.namelist() if (m := FRAME.fullmatch(name))
    )
    whole: dict[str, Any] | None = None
    for second, part, name in names:
        try:
            frame = _json(archive, name)
            if not part:
                whole = frame
            elif whole is not None:
                whole["messages"] = frame.get("messages")
                for key in ("cars", "session"):
                    whole[key] = _patched(whole.get(key), frame.get(key) or [])
        except (TimingFileError, LookupError, TypeError, ValueError, AttributeError):
            whole = None  # what changes from here on changes something unknown
        if whole is not None:
            yield float(second), whole


def _patched(value: Any, operations: list[Any]) -> Any:
    """What dictdiffer's operations make of a value, which they change."""
    for operation, path, change in operations:
        keys = path if isinstance(path, list) else [part for part in str(path).split(".") if part]
        at = value
        for key in keys if operation != "change" else keys[:-1]:
            at = at[key]
        if operation == "change":
            at[keys[-1]] = change[1]
        elif operation == "add":
            for key, new in change:
                if isinstance(at, list):
                    at.insert(int(key), new)
                else:
                    at[key] = new
        elif operation == "remove":
            for key, _ in sorted(change, key=lambda pair: str(pair[0]).zfill(6), reverse=True):
                del at[int(key) if isinstance(at, list) else key]
        else:
            raise ValueError(operation)
    return value


class _Clock:
    """Race time of a frame: the session clock while it runs, else the frames' own seconds."""

    def __init__(self) -> None:
        self.duration_s: float | None = None
        self._start: float | None = None

    def at(self, wall: float, session: dict[str, Any]) -> float:
        """Seconds since the green flag; 0 before it."""
        shown = _number(session.get("timeElapsed"))
        flag = flag_of(session.get("flagState"))
        if self._start is None:
            if shown is not None and flag is not None:
                self._start = wall - shown
            elif flag is not None and not session.get("pauseClocks"):
                self._start = wall
            left = _number(session.get("timeRemain"))
            if self._start is not None and left is not None and left > 0.0:
                self.duration_s = float(round(left + wall - self._start))
            if self._start is None:
                return 0.0
        passed = self.since(wall)
        return round(shown, 3) if shown is not None and abs(shown - passed) <= CLOCK_SLACK_S else passed

    def since(self, wall: float) -> float:
        """Race time of a second of the wall clock; 0 before the green flag, and while that is not known."""
        return round(max(wall - self._start, 0.0), 3) if self._start is not None else 0.0


def _rows(cars: Any, columns: dict[str, int], known: dict[str, BoardRow | None]) -> list[BoardRow]:
    """The table of a frame. `known` are rows read before: from frame to frame few change."""
    found = []
    for car in cars if isinstance(cars, list) else ():
        key = repr(car)
        if key not in known:
            if len(known) > KNOWN_ROWS:
                known.clear()
            known[key] = _row(car, columns) if isinstance(car, list) else None
        row = known[key]
        if row is not None:
            found.append(row)
    return found


def _row(car: list[Any], columns: dict[str, int]) -> BoardRow | None:
    """One car of a frame; None where it shows no count of laps."""

    def cell(title: str) -> Any:
        at = columns.get(title, len(car))
        value = car[at] if at < len(car) else None
        return value[0] if isinstance(value, list) and value else value

    laps = _number(cell("Laps"))
    if laps is None:
        return None
    return BoardRow(
        car=str(cell("Num") or ""), laps=int(laps), car_class=str(cell("Class") or ""), driver=_text(cell("Driver")),
        team=_text(cell("Team")), vehicle=_text(cell("Car")), last_lap_s=_seconds(cell("Last")),
        sectors=(_seconds(cell("S1")), _seconds(cell("S2")), _seconds(cell("S3"))),
        in_pit=str(cell("State") or "").upper() == "PIT", total_s=_seconds(cell(ELAPSED)),
        energy=_number(cell("VFT")),
    )  # fmt: skip


def _weather(ledger: Ledger, now_s: float, spec: list[str], values: Any) -> None:
    reading: dict[str, float] = {}
    for name, value in zip(spec, values if isinstance(values, list) else [], strict=False):
        number, unit = (value[0], str(value[1])) if isinstance(value, list) and len(value) > 1 else (value, "")
        amount = _number(number)
        if amount is None:
            continue
        if "humid" in name and 0.0 <= amount <= 100.0:
            reading["humidity"] = amount
        elif "temp" in name:
            celsius = (amount - 32.0) / 1.8 if "F" in unit.upper() else amount
            reading["track_c" if "track" in name else "air_c"] = round(celsius, 2)
        elif "wind speed" in name and amount >= 0.0:
            reading["wind_kph"] = round(amount * (KPH_PER_MPH if "mph" in unit.lower() else 1.0), 2)
    ledger.weather(now_s, **reading)


def _said(messages: Any) -> Iterator[tuple[float, str]]:
    """(second, words) of what race control says, oldest first: a frame has its newest message in front."""
    for message in reversed(messages if isinstance(messages, list) else []):
        if isinstance(message, list) and len(message) > 2 and str(message[1]).lower() == CONTROL:
            yield (_number(message[0]) or 0.0) / 1000.0, str(message[2])


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e12 else None


def _seconds(value: Any) -> float | None:
    """A time: seconds as a number, or printed."""
    number = _number(value) if not isinstance(value, str) else parse_duration(value)
    return number if number is not None and number > 0.0 else None


def _text(value: Any) -> str | None:
    text = str(value).strip() if value is not None else ""
    return text[:200] or None
