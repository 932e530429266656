"""What the Al Kamel archives have in common: `NN_YYYY/NN_EVENT/NN_SERIES/YYYYMMDDHHMM_Session/[NN_Hour N/]file`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from langstrecke.archives.hosts import Series
from langstrecke.archives.model import Event, Season

SEASON = re.compile(r"^\d{1,3}_(\d{4})(?:-(\d{4}|\d{2}))?$")
SESSION = re.compile(r"^\d{12}_")
HOUR_FOLDER = re.compile(r"^(?:\d{1,2}_)?hour\s*(\d{1,2})$", re.IGNORECASE)
_NUMBERED = re.compile(r"^(\d{1,3})_\s*(.+)$")


def season_of(key: str) -> Season | None:
    """`13_2024`, `08_2018-2019` as a season; None for what is none."""
    found = SEASON.match(key.strip())
    if not found:
        return None
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if last < 100:
        last += first // 100 * 100
    return Season(key, tuple(range(first, last + 1))) if first <= last <= first + 2 else None


def seasons_of(keys: Iterable[str]) -> list[Season]:
    """Seasons among folder names or options, oldest first."""
    return sorted({s for key in keys if (s := season_of(key))}, key=lambda s: s.years)


def event_of(key: str, label: str = "") -> Event:
    """`05_Sebring International Raceway` as an event."""
    found = _NUMBERED.match(key)
    name = " ".join((found[2] if found else label or key).replace("_", " ").split())
    return Event(key, name, order=int(found[1]) if found else 0, places=(label,) if label and label != name else ())


def is_event(key: str) -> bool:
    """Whether a folder name is an event's: numbered, and no season."""
    return bool(_NUMBERED.match(key)) and season_of(key) is None


def of_series(folder: str, series: Series) -> bool:
    """Whether a folder within an event is the series'."""
    return bool(re.search(series.folder, " ".join(folder.split()), re.IGNORECASE))
