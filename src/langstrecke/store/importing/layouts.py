"""Which timing files lie under a folder, and what their places and names say about them.

Known layouts (any depth above them, any year, any event; the folder given may be any of the levels):

* `<year>/<nn-event>/<yyyymmddhhmm>-<session>-{laps,results,weather}.csv`: IMSA
* `<year>/<Event>/{Analysis,Classification}.csv`: WEC 2015-16 (`Grid.csv` is a page layout and left out)
* `<year>/<event>_<n>h.{csv,json}`: WEC 2024
* `lemans_<year>_{laps,pits}.csv`: the Le Mans dossiers
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, cast

SourceKind = Literal["laps", "results", "weather", "entries"]
SessionKind = Literal["practice", "qualifying", "warm_up", "race", "test"]

_CARD = re.compile(r"^(\d{12})-(.+)-(laps|results|weather)\.csv$", re.IGNORECASE)
_DOSSIER = re.compile(r"^(?:lemans|le[-_]mans)_(\d{4})_laps\.csv$", re.IGNORECASE)
_HOURS = re.compile(r"^(.+?)_(\d{1,2})h\.(csv|json)$", re.IGNORECASE)
_WEC = re.compile(r"^(?:.*[_ -])?(analysis|classification)(?:[_ -].*)?\.csv$", re.IGNORECASE)
_YEAR = re.compile(r"^(?:19|20)\d{2}$")
_NUMBERED = re.compile(r"^\d{1,3}-(.+)$")
_RACE = re.compile(r"(?:^|-)race(?:-(\d+))?$")

_KINDS: dict[str, SessionKind] = {
    "practice": "practice",
    "free-practice": "practice",
    "qualif": "qualifying",
    "hyperpole": "qualifying",
    "warm": "warm_up",
}


@dataclass(frozen=True)
class Source:
    """One file to import. `source` is its path below the imported folder without kind and suffix."""

    path: Path
    source: str
    kind: SourceKind
    series: str
    season: int
    event: str  # slug of the event's name: "sebring-international-raceway"
    session: str  # slug within the event: "race", "practice-1", "qualifying-gtd-position"
    session_kind: SessionKind
    stamp: datetime | None = None
    hours: int | None = None  # scheduled hours where the file's name says them
    dossier: bool = False


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens: "WeatherTech 240 - WGI" -> "weathertech-240-wgi"."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def find_sources(root: Path) -> tuple[list[Source], list[Path]]:
    """All files under `root` (or `root` itself) that fit a known layout, in a fixed order, and those that do
    not.

    Only files with a timing file's suffix (csv, json) are looked at; hidden ones are not.
    """
    sources, others = [], []
    for path in _files(root):
        found = _source(path, root)
        if found is not None:
            sources.append(found)
        elif not _known_companion(path):
            others.append(path)
    return sources, others


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix.lower() in (".csv", ".json") and not hidden and path.is_file():
            yield path


def _known_companion(path: Path) -> bool:
    """Files that belong to a layout but are read with another file, or hold nothing to read."""
    name = path.name.lower()
    return name == "grid.csv" or bool(re.match(r"^(?:lemans|le[-_]mans)_\d{4}_pits\.csv$", name))


def _source(path: Path, root: Path) -> Source | None:
    # The levels above the imported folder are read too: DIR may be a year, or one event.
    above = [*path.resolve().parent.parts[::-1]]
    name = path.name
    stem = path.relative_to(root) if path != root else Path(name)
    if match := _CARD.match(name):
        return _card(path, stem.as_posix(), above, match)
    if match := _DOSSIER.match(name):
        return Source(
            path, _cut(stem.as_posix(), "_laps.csv"), "laps", "le-mans", int(match[1]), "24-hours-of-le-mans",
            "race", "race", hours=24, dossier=True,
        )  # fmt: skip
    year = next((int(part) for part in above[:3] if _YEAR.match(part)), None)
    if match := _WEC.match(name):
        if year is None:
            return None
        kind: SourceKind = "laps" if match[1].lower() == "analysis" else "results"
        return _wec(path, stem.parent.as_posix(), kind, year, slug(above[0]), None)
    if (match := _HOURS.match(name)) and year is not None:
        kind = "laps" if match[3].lower() == "csv" else "entries"
        return _wec(path, _cut(stem.as_posix(), path.suffix), kind, year, slug(match[1]), int(match[2]))
    return None


def _card(path: Path, stem: str, above: list[str], match: re.Match[str]) -> Source | None:
    try:
        stamp = datetime.strptime(match[1], "%Y%m%d%H%M")  # local time of the circuit
    except ValueError:
        return None
    numbered = _NUMBERED.match(above[0])
    event = slug(numbered[1] if numbered else above[0])
    season = int(above[1]) if len(above) > 1 and _YEAR.match(above[1]) else stamp.year
    session = slug(match[2])
    if session == "practice":
        session = "practice-1"
    return Source(
        path=path,
        source=_cut(stem, f"-{match[3]}.csv"),
        kind=cast(SourceKind, match[3].lower()),
        series="imsa",
        season=season,
        event=event,
        session=session,
        session_kind=session_kind(session),
        stamp=stamp,
    )


def _wec(path: Path, source: str, kind: SourceKind, year: int, event: str, hours: int | None) -> Source:
    le_mans = "le-mans" in event
    series = "le-mans" if le_mans else "wec"
    return Source(path, source, kind, series, year, event, "race", "race", hours=hours)


def _cut(text: str, end: str) -> str:
    return text[: -len(end)] if end and text.lower().endswith(end.lower()) else text


def session_kind(session: str) -> SessionKind:
    """What a session's slug says it is; what is neither practice, qualifying, warm-up nor race is a test."""
    if _RACE.search(session):
        return "race"
    for begin, kind in _KINDS.items():
        if session.startswith(begin):
            return kind
    return "test"


def race_extra(session: str) -> str:
    """What a race session's slug adds to the race's name: "r24h-qualifying-race" -> "qualifying-race"."""
    match = _RACE.search(session)
    if match is None:
        return ""
    if "qualifying" in session:
        return "qualifying-race"
    number = match[1]
    return number if number is not None and number != "1" else ""
