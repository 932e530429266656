"""What a file itself says of the race it belongs to, as it is written there."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """Names as written; what the file does not say is None."""

    series: str | None = None
    season: str | None = None
    event: str | None = None
    circuit: str | None = None
    session: str | None = None
    day: dt.date | None = None
    limit_s: float | None = None


_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DOTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def day_of(text: str | None) -> dt.date | None:
    """The day in "2025-01-25", "25.01.2025" or "25/01/2025"; None where month and day cannot be told apart."""
    if not text:
        return None
    if match := _ISO.search(text):
        return _date(match[1], match[2], match[3])
    if match := _DOTS.search(text):
        return _date(match[3], match[2], match[1])
    if match := _SLASHES.search(text):
        one, other = int(match[1]), int(match[2])
        if one > 12 or one == other:
            return _date(match[3], match[2], match[1])
        if other > 12:
            return _date(match[3], match[1], match[2])
    return None


def _date(year: str, month: str, day: str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
