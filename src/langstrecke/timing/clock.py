"""Race times as people type them."""

from __future__ import annotations

import re

from langstrecke.errors import LangstreckeError

DAY_S = 86_400.0


def span_s(text: str) -> float:
    """Seconds of `H:MM:SS`, `H:MM` or `6h`, `90min`; LangstreckeError for anything else."""
    colon = re.fullmatch(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?", text.strip())
    if colon:
        hours, minutes, seconds = colon.groups()
        return int(hours) * 3600.0 + int(minutes) * 60.0 + float(seconds or 0)
    unit = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(h|min|s)", text.strip())
    if unit:
        return float(unit[1]) * {"h": 3600.0, "min": 60.0, "s": 1.0}[unit[2]]
    raise LangstreckeError(f"{text!r} is no time", hint="write H:MM:SS of race time, 6h, or a clock time with @")
