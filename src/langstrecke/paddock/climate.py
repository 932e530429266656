"""How often it rains where a circuit lies.

The table (data/circuit_rain.csv) is made by `scripts/build/circuit_rain.py` after Recommendation ITU-R P.837-7, from
mean monthly rain and temperature of the place: one method for the whole world, climate and not forecast.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

LEAST_SHARE = 0.002
"""It rains at least this share of the time anywhere (documented default: the maps know months without rain)."""


@cache
def _table() -> dict[str, tuple[float, ...]]:
    text = (files("langstrecke.paddock") / "data" / "circuit_rain.csv").read_text("utf-8")
    return {row["id"]: tuple(float(row[month]) for month in MONTHS) for row in csv.DictReader(text.splitlines())}


def rain_share(circuit: str, month: int) -> float | None:
    """Share of the time with rain in a month (1 to 12) at a circuit; None for a circuit that is not in the table.

    A month outside 1 to 12 is a ValueError.
    """
    if not 1 <= month <= 12:
        raise ValueError(f"months go from 1 to 12, not {month}")
    row = _table().get(circuit)
    return row[month - 1] if row is not None else None


def rain_against(circuit: str, month: int, usual: float) -> float:
    """How many times as often it rains there in that month as in `usual` of the time; 1 for a circuit not known."""
    share = rain_share(circuit, month)
    return 1.0 if share is None else max(share, LEAST_SHARE) / usual
