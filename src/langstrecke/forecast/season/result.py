"""What a season forecast says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langstrecke.forecast.season.standings import (
    Round,
)


@dataclass(frozen=True)
class Contender:
    """A driver, team or make and its chances of a title."""

    key: str
    name: str
    points: float
    """Scored so far."""
    title: float
    """Share of seasons in which nobody has more points; those who are level both count."""
    expected: float
    low: float
    """A tenth of the seasons end with this many points or fewer."""
    high: float
    top3: float


@dataclass(frozen=True)
class SeasonForecast:
    """Odds of every title after a round."""

    season: str
    after: int
    rounds: tuple[Round, ...]
    simulated: int
    seed: int
    titles: dict[tuple[str, str], tuple[Contender, ...]]
    """(title, class), best chances first; title: drivers, teams, makes, `endurance drivers` ..."""
    notes: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    """Races run whose results are known in part only, so that the points are too."""

    def contender(self, title: str, car_class: str, key: str) -> Contender:
        """One line. KeyError if there is none."""
        for line in self.titles[(title, car_class)]:
            if line.key == key:
                return line
        raise KeyError(key)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "season": self.season,
            "after": self.after,
            "simulated": self.simulated,
            "seed": self.seed,
            "rounds": [{"round": r.number, "race": r.id, "run": r.number <= self.after} for r in self.rounds],
            "titles": [
                {
                    "title": title,
                    "class": car_class,
                    "rows": [
                        {
                            "name": c.name,
                            "id": c.key,
                            "points": c.points,
                            "title": c.title,
                            "expected": c.expected,
                            "low": c.low,
                            "high": c.high,
                            "top3": c.top3,
                        }
                        for c in lines
                    ],
                }
                for (title, car_class), lines in self.titles.items()
            ],
            "notes": list(self.notes),
            "gaps": list(self.gaps),
        }
