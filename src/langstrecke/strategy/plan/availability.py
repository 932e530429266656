"""What a team knows of its drivers: when each can drive and what each prefers, as a small TOML file.

[[driver]]
name = "Jan Magnussen"
unavailable = [["02:00", "05:30"]]   # clock times, or race time as "6h" or "14:00:00+"
max_drive = "8h"                     # on top of the rule book
night = -2                           # seconds a lap this driver is better (-) or worse (+) in the dark
wet = 1.5                            # the same in the rain of the card's scenario
traffic = 0.3                        # seconds a lap lost in traffic beyond the others'
share = 1.5                          # of the time at the wheel, against 1 for the others
starts = true                        # drives the first stint; `finishes` the last
stints = 2                           # stints in a row he is to drive, at most
back_to_back = 20                    # seconds over the race given to spare him each further stint in a row
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langstrecke.errors import CardError, LangstreckeError
from langstrecke.racecard.io import read_text
from langstrecke.racecard.problems import near, parse_toml
from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.strategy.lookup import driver_index
from langstrecke.timing.clock import DAY_S, span_s

KEYS = (
    "name",
    "unavailable",
    "max_drive",
    "min_rest",
    "night",
    "wet",
    "traffic",
    "share",
    "starts",
    "finishes",
    "stints",
    "back_to_back",
)

MOST = 1000.0
"""No figure of a wish is larger: seconds a lap, shares, stints (default)."""


@dataclass(frozen=True)
class Wish:
    """One driver's availability and preferences. Seconds of race time; paces in seconds a lap."""

    unavailable: tuple[tuple[float, float], ...] = ()
    max_drive_s: float | None = None
    min_rest_s: float = 0.0
    night_s: float = 0.0
    wet_s: float = 0.0
    traffic_s: float = 0.0
    share: float = 1.0
    starts: bool = False
    finishes: bool = False
    stints: int | None = None
    back_to_back_s: float = 0.0
    """Seconds given to avoid each further stint in a row, beyond what everybody's turn costs."""


def read_availability(source: str | Path, card: RaceCard, entry: Entry) -> tuple[Wish, ...]:
    """A wish per driver of the crew, in its order. CardError names file and key of what is wrong."""
    text, file = read_text(source, kind="list of drivers")
    if not text.strip():
        raise CardError("is empty", file=file, hint="write [[driver]] tables: docs/strategy.md")
    data = parse_toml(text, file)
    unknown = [key for key in data if key != "driver"]
    if unknown:
        raise CardError("is no key of a list of drivers", file=file, key=unknown[0], hint="write [[driver]] tables")
    wishes = [Wish() for _ in entry.drivers]
    rows = data.get("driver", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CardError("must be tables", file=file, key="driver", hint="write [[driver]]")
    named: set[int] = set()
    for number, row in enumerate(rows):
        key = f"driver[{number}]"
        if not isinstance(row.get("name"), str):
            raise CardError("is missing", file=file, key=f"{key}.name")
        place = driver_index(entry, row["name"])
        if place in named:
            raise CardError("is there twice", file=file, key=f"{key} ({row['name']})", hint="put both into one table")
        named.add(place)
        wishes[place] = _wish(row, f"{key} ({row['name']})", file, card)
    return tuple(wishes)


def _wish(row: dict[str, Any], key: str, file: str, card: RaceCard) -> Wish:
    for name in row:
        if name not in KEYS:
            raise CardError("is no key of a driver", file=file, key=f"{key}.{name}", hint=near(name, list(KEYS)))

    def number(name: str, least: float | None, default: float) -> float:
        value = row.get(name, default)
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not (-MOST if least is None else least) <= value <= MOST:
            what = f"must be a number from {-MOST if least is None else least:g} to {MOST:g}"
            raise CardError(what, file=file, key=f"{key}.{name}")
        return float(value)

    def length(name: str) -> float | None:
        if name not in row:
            return None
        try:
            return span_s(str(row[name]))
        except LangstreckeError as error:
            raise CardError(error.what, file=file, key=f"{key}.{name}", hint='write "8h" or "2:30"') from None

    for name in ("starts", "finishes"):
        if not isinstance(row.get(name, False), bool):
            raise CardError("must be true or false", file=file, key=f"{key}.{name}")
    return Wish(
        unavailable=_spans(row.get("unavailable", []), f"{key}.unavailable", file, card),
        max_drive_s=length("max_drive"),
        min_rest_s=length("min_rest") or 0.0,
        night_s=number("night", None, 0.0),
        wet_s=number("wet", None, 0.0),
        traffic_s=number("traffic", None, 0.0),
        share=number("share", 0.0, 1.0),
        starts=bool(row.get("starts", False)),
        finishes=bool(row.get("finishes", False)),
        stints=int(number("stints", 1, 1)) if "stints" in row else None,
        back_to_back_s=number("back_to_back", 0.0, 0.0),
    )


def _spans(value: Any, key: str, file: str, card: RaceCard) -> tuple[tuple[float, float], ...]:
    """Spans of race time; a clock time recurs daily."""
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise CardError("must be pairs of times", file=file, key=key, hint='write [["02:00", "05:30"]]')
    spans: list[tuple[float, float]] = []
    for one, other in value:
        texts = (str(one).strip(), str(other).strip())
        try:
            begin, end = (span_s(text.removesuffix("+")) for text in texts)
        except LangstreckeError as error:
            raise CardError(error.what, file=file, key=key, hint='write "02:00", "6h" or "14:00:00+"') from None
        since_start = ["h" in text or "min" in text or text.endswith("+") for text in texts]
        if since_start[0] != since_start[1]:
            raise CardError("mixes clock and race time", file=file, key=key)
        if since_start[0]:
            spans.append((begin, end))
            continue
        start = card.race.start_time.hour * 3600.0 + card.race.start_time.minute * 60.0
        first = (begin - start) % DAY_S
        lasts = (end - begin) % DAY_S
        spans += [(first + day * DAY_S, first + day * DAY_S + lasts) for day in range(-1, 3)]
    return tuple(span for span in spans if span[1] > 0 and span[0] < card.race.duration_s)
