"""What a result list says of a car: its status, and the gap to the car ahead of all."""

from __future__ import annotations

import re

import polars as pl

_PLACED = {
    "classified", "finished", "running", "finisher", "classé", "classe", "classificato", "gewertet", "klassifiziert",
    "running at finish", "on track", "ok", "fin",
}  # fmt: skip
_OPEN = {"running", "on track", "ok"}
"""The car has its place so far; the list was printed before anybody was classified."""
_NOT_PLACED = {
    "not classified", "not_classified", "nc", "unclassified", "retired", "ret", "dnf", "did not finish",
    "not finished", "dns", "did not start", "not started", "withdrawn", "wd", "dq", "dsq", "disqualified", "excluded",
    "exc", "dnq",
    "did not qualify", "not running", "stopped", "reserve", "non classé", "non classe", "abandon", "non partant",
    "disqualifié", "ausgefallen", "ausfall", "nicht gestartet", "nicht gewertet", "nicht klassifiziert", "ritirato",
    "non classificato", "non partito", "squalificato",
}  # fmt: skip
_GAP = re.compile(
    r"^[+-]?\s*(?:(?P<laps>\d{1,4})\s*(?:laps?|l|tours?|trs?|runden?|rdn?|rd|giri|giro|vueltas?)\.?)?"
    r"\s*(?:\+\s*)?(?P<time>[\d:'.,]+)?\s*s?$",
    re.IGNORECASE,
)
_NOTHING = {"", "-", "--", "---", "+", "–", "0", "leader", "interval", "gap"}


def placed(status: str | None) -> bool | None:
    """Whether a car with this status keeps its place; None where the word is not known."""
    word = " ".join((status or "").replace("_", " ").casefold().split())
    if word in _NOT_PLACED or word.startswith(("dnf", "dns", "dsq")):
        return False
    return True if word in _PLACED or not word else None


def still_open(status: str | None) -> bool:
    """Whether the status is that of a race that is not over."""
    return (status or "").casefold().strip() in _OPEN


def gap(text: str) -> tuple[int | None, str, bool]:
    """Laps down, the time beside them as printed, and whether the text could be read.

    "+1 L", "2 Laps", "1 Lap + 3.200", "-1 lap", "+12.345" and "1 Tour" are gaps; so is nothing at all.
    """
    plain = text.strip()
    if plain.casefold() in _NOTHING:
        return None, "", True
    match = _GAP.match(plain)
    if match is None:
        return None, "", False
    laps = match["laps"]
    return (int(laps) if laps is not None else None), match["time"] or "", True


def gaps(column: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    """`gap` over a column: laps (Int32), time as printed, whether it could be read."""
    parts = [gap(text) for text in column]
    return (
        pl.Series([laps for laps, _, _ in parts], dtype=pl.Int32),
        pl.Series([time for _, time, _ in parts], dtype=pl.String),
        pl.Series([good for _, _, good in parts], dtype=pl.Boolean),
    )
