"""Who is entered for a whole season, as announced before it: for seasons no race of which has its entries yet."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class SeasonEntry:
    """A car entered for a season."""

    series: str
    season: str
    car: str
    car_class: str
    team: str
    vehicle: str
    drivers: tuple[str, ...]
    """Names as the registry writes them; of crews announced in part those that are known."""
    source: str
    confidence: str


@cache
def season_entries(series: str, season: str) -> tuple[SeasonEntry, ...]:
    """The entry list of a season (`data/season_entries.csv`, kept by hand); empty where none is held."""
    text = (files("langstrecke.paddock") / "data" / "season_entries.csv").read_text("utf-8")
    return tuple(
        SeasonEntry(
            series,
            season,
            row["car"],
            row["class"],
            row["team"],
            row["vehicle"],
            tuple(name.strip() for name in row["drivers"].split("/")),
            row["source"],
            row["confidence"],
        )
        for row in csv.DictReader(text.splitlines())
        if (row["series"], row["season"]) == (series, season)
    )
