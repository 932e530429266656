"""What the columns of timing files are called, in one spelling.

Headers differ by year and hand: `LAP_NUMBER` is `LAPNUMBER` in IMSA's 2019 files, cells carry blanks and quotes.
`PLAIN` holds the words people write over a lap table of their own, in English and German; they are too general to
be read so in a provider's file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ALWAYS = {
    "LAPNUMBER": "LAP_NUMBER",
    "LAPTIME": "LAP_TIME",
    "DRIVERNUMBER": "DRIVER_NUMBER",
    "DRIVERNAME": "DRIVER_NAME",
    "PITTIME": "PIT_TIME",
    "CROSSING_FINISH_LINE_PIT": "CROSSING_FINISH_LINE_IN_PIT",
    "FLAGATFL": "FLAG_AT_FL",
    "TIRES": "TYRES",
}

PLAIN = {
    "NUMBER": (
        "CAR", "CAR_NUMBER", "CAR_NO", "CAR_NR", "CARNUMBER", "NO", "NR", "NUM", "NUMBER", "START_NUMBER",
        "STARTNUMBER", "STARTNUMMER", "START_NR", "STARTNR", "STNR", "AUTO", "FAHRZEUGNUMMER", "ENTRY",
    ),
    "LAP_NUMBER": ("LAP", "LAP_NUMBER", "LAP_NO", "LAP_NR", "RUNDE", "RUNDE_NR", "RUNDENNUMMER"),
    "LAP_TIME": (
        "LAP_TIME", "LAP_TIME_S", "LAP_TIME_SECONDS", "TIME", "LAPTIME_S", "SECONDS", "RUNDENZEIT", "ZEIT",
    ),
    "CLASS": ("CLASS", "CAR_CLASS", "CARCLASS", "CATEGORY", "KLASSE", "CUP"),
    "DRIVER_NAME": ("DRIVER", "DRIVER_NAME", "DRIVERNAME", "FAHRER", "PILOT"),
    "TEAM": ("TEAM", "TEAM_NAME", "ENTRANT", "BEWERBER", "MANNSCHAFT"),
    "MANUFACTURER": ("MANUFACTURER", "MAKE", "BRAND", "MARKE", "HERSTELLER", "VEHICLE", "CAR_MODEL", "FAHRZEUG"),
    "ELAPSED": ("ELAPSED", "ELAPSED_S", "RACE_TIME", "TOTAL", "TOTAL_TIME", "SESSION_TIME", "GESAMTZEIT", "RENNZEIT"),
    "HOUR": ("HOUR", "CLOCK", "CLOCK_TIME", "TIME_OF_DAY", "TOD", "UHRZEIT", "TAGESZEIT"),
    "CROSSING_FINISH_LINE_IN_PIT": ("IN_PIT", "PIT", "PIT_IN", "PITSTOP", "PIT_STOP", "BOX", "INPIT", "IN_LAP"),
    "PIT_TIME": ("PIT_TIME", "PIT_TIME_S", "PIT_LANE_TIME", "PITLANE_TIME", "BOXENZEIT", "STOP_TIME"),
    "FLAG_AT_FL": ("FLAG", "FLAG_AT_FL", "FLAGGE", "STATUS"),
    "S1": ("S1", "S1_S", "SECTOR_1", "SECTOR1", "SEKTOR_1", "SEKTOR1"),
    "S2": ("S2", "S2_S", "SECTOR_2", "SECTOR2", "SEKTOR_2", "SEKTOR2"),
    "S3": ("S3", "S3_S", "SECTOR_3", "SECTOR3", "SEKTOR_3", "SEKTOR3"),
    "KPH": ("KPH", "KMH", "KM_H", "AVERAGE_SPEED", "SPEED"),
    "SERIES": ("SERIES", "CHAMPIONSHIP", "SERIE", "MEISTERSCHAFT"),
    "SEASON": ("SEASON", "YEAR", "SAISON", "JAHR"),
    "EVENT": ("EVENT", "RACE", "RACE_NAME", "CIRCUIT", "TRACK", "RENNEN", "STRECKE", "VERANSTALTUNG"),
    "SESSION": ("SESSION", "SESSION_NAME", "SITZUNG"),
    "DATE": ("DATE", "DAY", "DATUM", "TAG"),
}  # fmt: skip
"""Canonical column -> the words that stand for it in a plain lap table, the best first."""

OF_A_RESULT = frozenset({"POS", "POSITION", "PLACE", "RANK", "PLATZ", "LAPS", "RUNDEN", "GAP", "INTERVAL", "BEST"})
"""Columns that no lap table has: a list with one of them tells how a session ended, a row a car."""

_WORD = re.compile(r"[^0-9A-Z]+")


def canonical(cell: str) -> str:
    """A header cell in the one spelling of its column: blanks, quotes and case set aside."""
    text = cell.strip().strip('"').strip().upper()
    key = _WORD.sub("_", text.replace("Ä", "AE").replace("Ö", "OE").replace("Ü", "UE")).strip("_")
    return _ALWAYS.get(key, key)


def plain_names(columns: Sequence[str]) -> dict[str, str]:
    """Column of the file -> canonical column, for a table whose header somebody wrote by hand."""
    found: dict[str, str] = {}
    for name, words in PLAIN.items():
        column = next((word for word in words if word in columns and word not in found), None)
        if column is not None:
            found[column] = name
    return found
