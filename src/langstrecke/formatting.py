"""How names, times, gaps, probabilities and counts are written, wherever a result is shown.

One function a kind of figure; a page that writes figures in the browser follows these (`web/pages/grids.py`).
Standard library only. Shares, differences, counts and places follow the language spoken (`language`).
"""

from __future__ import annotations

import re

from langstrecke.language import decimals, german, tr

_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "di",
        "da",
        "del",
        "della",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "pier",
        "ten",
        "ter",
    ]
)
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii"}
_OUT = re.compile(r"retire|not running|dnf|dns|did not|withdr|disq|dsq|not classified|^nc$|^ret", re.IGNORECASE)


def printable(text: str) -> str:
    """A name on one line without control characters: what a card says must not act on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def surname(name: str) -> str:
    """`Renger van der Zande` -> `van der Zande`; `Oswaldo Negri Jr.` -> `Negri Jr.`."""
    parts = printable(name).split()
    if len(parts) < 2:
        return " ".join(parts)
    first = len(parts) - 1
    while first > 1 and parts[first].casefold() in _SUFFIXES:
        first -= 1
    while first > 1 and parts[first - 1].casefold() in _PARTICLES:
        first -= 1
    return " ".join(parts[first:])


def is_out(status: str) -> bool:
    """Whether a result's status says that the car did not finish."""
    return _OUT.search(status) is not None


def lap_time(seconds: float) -> str:
    """A lap or sector as timing screens show it: `1:50.132`, under a minute `35.987`."""
    minutes, millis = divmod(round(abs(seconds) * 1000), 60_000)
    text = f"{minutes}:{millis / 1000:06.3f}" if minutes else f"{millis / 1000:.3f}"
    return f"−{text}" if seconds < 0 and (minutes or millis) else text


def race_time(seconds: float, *, short: bool = False) -> str:
    """A moment of the race or a time at the wheel as `3:07:09`; `short` is `3:07`, to the nearest minute."""
    unit = 60 if short else 1
    whole = round(abs(seconds) / unit) * unit
    text = f"{whole // 3600}:{whole // 60 % 60:02d}" + ("" if short else f":{whole % 60:02d}")
    return f"−{text}" if seconds < 0 and whole else text


def duration(seconds: float, *, minutes: bool = False) -> str:
    """A length of time in words: `24 h`, `2 h 40 min`, `5 min 30 s`, `112 s`; `minutes` rounds to whole minutes."""
    if seconds < 0:
        return f"−{duration(-seconds, minutes=minutes)}"
    if not minutes and seconds < 300:
        return f"{seconds:g} s"
    whole = 60 * round(seconds / 60) if minutes else round(seconds, 3)
    h, rest = divmod(whole, 3600)
    m, s = divmod(rest, 60)
    parts = [f"{h:g} h" if h else "", f"{m:g} min" if m or (minutes and not h) else "", f"{s:g} s" if s else ""]
    return " ".join(part for part in parts if part)


def gap(laps: int, seconds: float | None) -> str:
    """A gap as timing screens show it: `+1 lap` where there are whole laps, else `+3.204` or `+1:03.204`.

    Empty where nothing is known.
    """
    if laps > 0:
        return f"+{plural(laps, 'lap')}"
    if seconds is None:
        return ""
    return lap_time(seconds) if seconds < 0 else f"+{lap_time(seconds)}"


def percent(share: float, races: int | None = None, *, unit: bool = True) -> str:
    """A probability in per cent: `12.3 %`, without `unit` `12.3`.

    What happened in some races never reads as nothing, nor what failed in some as certain: `<0.1 %`, `>99.9 %`.
    Whole per cents where it was counted in fewer than 1,000 `races`.
    """
    digits = 0 if races is not None and races < 1000 else 1
    least = 10.0**-digits
    value = round(100.0 * share, digits)
    if share <= 0.0 or share >= 1.0:
        text = f"{value:.0f}"
    elif value < least:
        text = f"<{least:g}"
    elif value > 100.0 - least:
        text = f">{100.0 - least:g}"
    else:
        text = f"{value:.{digits}f}"
    text = decimals(text)
    return f"{text} %" if unit else text


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign: `+1.2`, `−0.3`; `0.0` where nothing is left of it."""
    text = f"{round(value, digits) or 0.0:+.{digits}f}".replace("-", "−")
    return decimals(text if round(value, digits) else text[1:])


def points(change: float) -> str:
    """A change of a probability in points, with its sign: 0.012 is `+1.2`."""
    return signed(100.0 * change)


def fuel_range(laps: float, sd: float) -> str:
    """The 80 % range of the laps that the fuel on board lasts, `sd` its standard deviation: `80 %: 8.9 to 12.5`."""
    low, high = max(0.0, laps - 1.28 * sd), laps + 1.28 * sd
    return f"80 %: {low:.1f} to {high:.1f}"


def plural(number: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 race`, `2,000 races`; `many` where an s does not do it."""
    return f"{decimals(f'{number:,}')} {tr(one if number == 1 else many or one + 's')}"


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if german():
        return f"{place}."
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{'th' if place % 100 in (11, 12, 13) else ending}"
