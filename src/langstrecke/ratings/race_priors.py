"""What is known of a race's figures before any race of the season: means and spreads by group and by series.

Like the pace components they come from whole seasons by `scripts/fit/priors.py`, with one set per season left out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.ratings.pace.speed import SpeedPriors
from langstrecke.ratings.pooling import FigurePrior, RatePrior
from langstrecke.ratings.regions import regime, region


@dataclass(frozen=True)
class SeriesPrior:
    """Neutralisations, weather and passing of one series."""

    cautions: RatePrior
    opening: float  # share of races neutralised in the opening lap
    log_length: FigurePrior  # log seconds, in races over five hours; `sd` is the spread from race to race
    log_length_sprint: FigurePrior  # in shorter ones
    length_log_sd: float  # spread from one neutralisation to the next
    fcy: RatePrior
    fcy_length_s: float
    lap_ratio: FigurePrior
    overtaking: FigurePrior  # log seconds
    showers: RatePrior  # where it rains as often as at the series' races on the average ...
    rain_share: float  # ... which is this share of the time
    zones: RatePrior  # slow zones
    zone_s: float
    wet_ratio: FigurePrior


@dataclass(frozen=True)
class RacePriors:
    """One set of priors: kind ("imsa.gt-am") -> figure or rate -> prior, series, circuits."""

    figures: dict[str, dict[str, FigurePrior]]
    rates: dict[str, dict[str, RatePrior]]
    series: dict[str, SeriesPrior]
    lanes: dict[str, float]  # circuit -> fastest run through the pit lane, seconds
    windows: dict[str, float]  # circuit -> log time on a tank against the mean circuit
    tanks: dict[str, FigurePrior]  # class in a region ("imsa.GTP") -> log seconds on a tank at the mean circuit
    speeds: SpeedPriors
    seasons: tuple[str, ...]

    def kind(self, series: str, group: str) -> str:
        """The table of figures and rates for a group of classes in a series."""
        name = f"{region(series)}.{group}"
        return name if name in self.figures else f"all.{group}"

    def of_series(self, series: str, season: int) -> SeriesPrior:
        """The series' own under that season's rules of neutralisation; the mean of all for one not in the data."""
        own = self.series.get(regime(series, season), self.series.get(series))
        return own if own is not None else self.series["other"]


def _shipped() -> Traversable:
    return files("langstrecke.ratings") / "data" / "priors"


@cache
def priors_table(name: str) -> dict[str, Any]:
    """One shipped set ("all", "without-imsa-2021", ...) as a table."""
    path = _shipped() / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LangstreckeError("the shipped priors cannot be read", file=str(path)) from error


def set_name(season_key: str | None) -> str:
    """The set that had no part in a season ("imsa-2021"), else the one on all seasons."""
    name = f"without-{season_key.replace('le-mans-', 'wec-')}" if season_key else "all"
    return name if (_shipped() / f"{name}.toml").is_file() else "all"


@cache
def load_race_priors(name: str = "all") -> RacePriors:
    """Read one set ("all", "without-imsa-2021", ...)."""
    return race_priors_from(priors_table(name))


def race_priors_from(table: dict[str, Any]) -> RacePriors:
    """Read one set from its table."""
    return RacePriors(
        figures={
            group: {name: FigurePrior(**values) for name, values in figures.items()}
            for group, figures in table["figures"].items()
        },
        rates={
            group: {name: RatePrior(**values) for name, values in rates.items()}
            for group, rates in table["rates"].items()
        },
        series={name: _series(values) for name, values in table["series"].items()},
        lanes=dict(table["lanes"]),
        windows=dict(table["windows"]),
        tanks={name: FigurePrior(**values) for name, values in table["tanks"].items()},
        speeds=SpeedPriors(**table["speeds"]),
        seasons=tuple(table["seasons"]),
    )


def _series(values: dict[str, Any]) -> SeriesPrior:
    return SeriesPrior(
        cautions=RatePrior(**values["cautions"]),
        opening=values["opening"],
        log_length=FigurePrior(**values["log_length"]),
        log_length_sprint=FigurePrior(**values["log_length_sprint"]),
        length_log_sd=values["length_log_sd"],
        fcy=RatePrior(**values["fcy"]),
        fcy_length_s=values["fcy_length_s"],
        lap_ratio=FigurePrior(**values["lap_ratio"]),
        overtaking=FigurePrior(**values["overtaking"]),
        showers=RatePrior(**values["showers"]),
        rain_share=values["rain_share"],
        zones=RatePrior(**values["zones"]),
        zone_s=values["zone_s"],
        wet_ratio=FigurePrior(**values["wet_ratio"]),
    )
