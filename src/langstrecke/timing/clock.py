"""Race times as people type them: one reading of them for every verb."""

from __future__ import annotations

import datetime as dt
import re

from langstrecke.errors import LangstreckeError

DAY_S = 86_400.0
UNITS = {"h": 3600.0, "min": 60.0, "s": 1.0}
WAYS = "write 3 or 3h (hours), 3:00 (h:mm), 3:00:00, 90min, or the clock as @18:42:10"


def span_s(text: str) -> float:
    """Seconds of `H:MM:SS`, `H:MM`, `6h`, `90min`, `30s`; a bare number means hours. LangstreckeError else."""
    plain = text.strip().lower()
    colon = re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?", plain)
    if colon:
        hours, minutes, seconds = colon.groups()
        return int(hours) * 3600.0 + int(minutes) * 60.0 + float(seconds or 0)
    unit = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)\s*(h|min|s)?", plain)
    if unit:
        return float(unit[1]) * UNITS[unit[2] or "h"]
    raise LangstreckeError(f"{text!r} is no time", hint=WAYS)


def moment_s(text: str, start: dt.time, duration_s: float) -> float:
    """Race time in seconds of a moment of a race that starts at `start` (local) and lasts `duration_s`.

    A time the race clock reaches is race time; a clock time is told by a leading `@`, or by being beyond the race
    (`18:42:10` of a race of twelve hours). LangstreckeError for a moment outside the race.
    """
    clock = text.strip().startswith("@")
    at = span_s(text.strip().removeprefix("@"))
    if not clock and at <= duration_s:
        return at
    began = dt.timedelta(hours=start.hour, minutes=start.minute, seconds=start.second).total_seconds()
    since = (at - began) % DAY_S
    if (clock or ":" in text) and at < DAY_S and since <= duration_s:
        return since
    hours = f"{duration_s / 3600.0:.2f}".rstrip("0").rstrip(".")
    raise LangstreckeError(
        f"{text} lies outside the race, which starts at {start:%H:%M} and lasts {hours} h", hint=WAYS
    )
