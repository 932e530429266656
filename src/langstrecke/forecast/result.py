"""What a forecast says, as plain data: everything the terminal, the report and the figures show."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from langstrecke.display import Shown, shows_itself
from langstrecke.formatting import percent, plural
from langstrecke.racecard.ground import DAY_TAKEN

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DriverLine:
    """A driver and what the rating rests on: `laps`, `prior` (licence and series only) or `hand`."""

    name: str
    licence: str | None
    evidence: str


@dataclass(frozen=True)
class Actual:
    """What really happened to a car, where the card holds it."""

    position: int | None
    position_in_class: int | None
    laps: int | None
    status: str


@dataclass(frozen=True)
class StandardErrors:
    """Monte-Carlo standard errors: how far a figure would move if other races were drawn. Not model error."""

    win: float
    podium: float
    overall_win: float
    expected_position: float
    expected_laps: float
    retire: float


@dataclass(frozen=True)
class PlayedOdds:
    """Shares of the simulated races, before the last layer (`forecast.calibration`); within the class but for
    `overall_win`.
    """

    win: float
    podium: float
    overall_win: float
    expected_position: float
    positions: tuple[float, ...]


@dataclass(frozen=True)
class CarForecast:
    """One car's chances: the final odds. `win`, `podium` and `positions` are within its class."""

    car: str
    car_class: str
    team: str
    vehicle: str
    drivers: tuple[DriverLine, ...]
    grid: int | None
    win: float
    podium: float
    overall_win: float
    expected_position: float
    positions: tuple[float, ...]
    """P(first in class), P(second), ...: as long as the class, sums to 1."""
    expected_laps: float
    laps_sd: float
    retire: float
    """Probability of not running at the flag."""
    unclassified: float
    """Probability of not being classified by the rule book."""
    stops: float
    se: StandardErrors
    """Of the played odds."""
    played: PlayedOdds
    """What the races came to, before the last layer."""
    actual: Actual | None = None


@dataclass(frozen=True)
class ClassForecast:
    """What to expect of a class as a whole. Figures are None where single races were not kept."""

    name: str
    winner_laps: float | None
    """Median of the simulated races; a mean lies lower, as long yellows and red flags only take laps off."""
    winner_laps_low: float | None
    """A tenth of the simulated class winners cover this distance or less."""
    winner_laps_high: float | None
    """A tenth cover this or more."""
    margin_s: float | None
    """Median lead of the class winner over the second where both are on one lap; None if they never were."""
    lead_lap: float | None
    """Mean number of cars on the class winner's lap at the flag."""
    actual_winner: str | None
    actual_laps: int | None


@dataclass(frozen=True)
class PlayedRace:
    """Which race was played, and what the card knew."""

    id: str
    name: str
    series: str
    season: int
    date: dt.date
    circuit: str
    duration_s: float
    knowledge: str
    note: str
    card_sha256: str = ""
    """Of what was played, under way of the card as the laps so far have changed it: the hash of the card as JSON
    (`RaceCard.model_dump_json`), so that a forecast on record names its ground."""


@dataclass(frozen=True)
class PlayedChange:
    """One change of a what-if, and in how many of the races it was played."""

    what: str
    probability: float
    races: int


@shows_itself
@dataclass(frozen=True)
class Forecast:
    """Probabilities for one race from `simulated` races played with `seed`."""

    race: PlayedRace
    simulated: int
    seed: int
    version: str
    cars: tuple[CarForecast, ...]  # in card order
    classes: tuple[ClassForecast, ...]  # in card order
    neutralisations: float | None
    """Mean number of neutralisations in a race."""
    neutral_s: float | None
    """Mean time under neutralisation."""
    changes: tuple[str, ...] = ()
    """What a what-if changed in the card, in words."""
    played: tuple[PlayedChange, ...] = ()
    """The same, change by change, with the races each was played in."""
    notes: tuple[str, ...] = ()
    """What the odds rest on that is not known for sure, a sentence each (`racecard.ground`)."""
    at_s: float | None = None
    """The race time they were made at; None before the start."""
    calibration: str = ""
    """Where the final odds come from, a sentence."""

    @property
    def cutoff(self) -> float:
        """The share of the scheduled race that had been run; 0 before the start."""
        return 0.0 if self.at_s is None else self.at_s / self.race.duration_s

    @property
    def day_known(self) -> bool:
        """Whether the race's date is known, and not one that the card had to take."""
        return not any(note.startswith(DAY_TAKEN) for note in self.notes)

    def car(self, number: str) -> CarForecast:
        """The car with this number. KeyError if there is none."""
        for car in self.cars:
            if car.car == number:
                return car
        raise KeyError(number)

    def in_class(self, name: str) -> tuple[CarForecast, ...]:
        """The cars of a class, best chances first."""
        return tuple(sorted((c for c in self.cars if c.car_class == name), key=_by_chances))

    def overall(self) -> tuple[CarForecast, ...]:
        """All cars by their chances of winning overall."""
        return tuple(sorted(self.cars, key=lambda c: (-c.overall_win, *_by_chances(c))))

    def to_frame(self) -> pl.DataFrame:
        """A row a car, class by class, best chances first. Probabilities are 0..1 and within the class.

        `positions` is the list P(first), P(second) ...; `played_win` the share of the simulated races, `win_se` its
        Monte-Carlo standard error.
        """
        import polars as pl

        return pl.DataFrame(
            [
                {
                    "car": c.car,
                    "class": c.car_class,
                    "team": c.team,
                    "vehicle": c.vehicle,
                    "drivers": [d.name for d in c.drivers],
                    "grid": c.grid,
                    "win": c.win,
                    "win_se": c.se.win,
                    "played_win": c.played.win,
                    "podium": c.podium,
                    "overall_win": c.overall_win,
                    "expected_position": c.expected_position,
                    "expected_laps": c.expected_laps,
                    "stops": c.stops,
                    "retire": c.retire,
                    "positions": list(c.positions),
                }
                for figures in self.classes
                for c in self.in_class(figures.name)
            ],
            schema_overrides={"grid": pl.Int64},
        )

    def _shown(self) -> Shown:
        n = self.simulated
        ranked = [self.in_class(figures.name) for figures in self.classes]
        rows, few = (
            [
                (c.car_class, c.car, c.team, percent(c.win, n), percent(c.podium, n))
                for cars in ranked
                for c in cars[:k]
            ]
            for k in (5, 1 if len(ranked) > 1 else 5)
        )
        notes = [f"What if: {change}" for change in self.changes]
        notes.append(f"The card knows: {self.race.knowledge}.")
        notes += [self.calibration] if self.calibration else []
        notes += self.notes
        title = f"{self.race.name}: {plural(n, 'race')} played, seed {self.seed}"
        return Shown(title, ("class", "car", "team", "class win", "podium"), rows, tuple(notes), 3, few)

    def to_json(self, before: Forecast | None = None) -> dict[str, Any]:
        """The data of `langstrecke forecast --json`; `before` is the forecast without the what-if."""
        was = {c.car: c.win for c in before.cars} if before is not None else {}
        return {
            "race": self.race.id,
            "name": self.race.name,
            "circuit": self.race.circuit,
            "date": self.race.date.isoformat(),
            "duration_s": self.race.duration_s,
            "simulated": self.simulated,
            "seed": self.seed,
            "at_s": self.at_s,
            "notes": list(self.notes),
            "calibration": self.calibration,
            "neutralisations": self.neutralisations,
            "neutral_s": self.neutral_s,
            "classes": [
                {
                    "class": c.name,
                    "winner_laps": c.winner_laps,
                    "winner_laps_low": c.winner_laps_low,
                    "winner_laps_high": c.winner_laps_high,
                    "actual_winner": c.actual_winner,
                    "actual_laps": c.actual_laps,
                }
                for c in self.classes
            ],
            **({"what_if": [asdict(change) for change in self.played]} if self.played else {}),
            "entries": [
                {
                    "car": c.car,
                    "class": c.car_class,
                    "team": c.team,
                    "drivers": [d.name for d in c.drivers],
                    "grid": c.grid,
                    "win": c.win,
                    "win_before": was.get(c.car),
                    "podium": c.podium,
                    "overall_win": c.overall_win,
                    "expected_position": c.expected_position,
                    "positions": list(c.positions),
                    "expected_laps": c.expected_laps,
                    "retire": c.retire,
                    "played": {**asdict(c.played), "positions": list(c.played.positions)},
                    "actual": None if c.actual is None else asdict(c.actual),
                }
                for c in self.cars
            ],
        }

    def json_text(self, before: Forecast | None = None) -> str:
        """`to_json` as text, one car a line."""
        data = self.to_json(before)
        rows = [json.dumps(entry, ensure_ascii=False, allow_nan=False) for entry in data["entries"]]
        head = json.dumps({**data, "entries": []}, ensure_ascii=False).removesuffix("]}")
        return head + "\n " + ",\n ".join(rows) + "\n]}\n"

    def lines(self, cutoff: float = 0.0) -> Iterator[dict[str, Any]]:
        """The lines of a forecast file as it is scored: one per class, rows as `cars`, columns as in-class places.

        `cutoff` is the fraction of the race already run.
        """
        for name in (c.name for c in self.classes):
            cars = [c for c in self.cars if c.car_class == name]
            yield {
                "race": self.race.id,
                "class": name,
                "cutoff": cutoff,
                "cars": [c.car for c in cars],
                "position_probabilities": [list(c.positions) for c in cars],
            }


def _by_chances(car: CarForecast) -> tuple[float, float, float]:
    return (-car.win, car.expected_position, -car.expected_laps)
