"""What a season forecast says."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langstrecke.display import Shown, shows_itself
from langstrecke.forecast.season.standings import Round
from langstrecke.formatting import percent, plural

if TYPE_CHECKING:
    import polars as pl


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
    shared: float = 0.0
    """`title` divided among those who are level: adds up to 1 over a table."""
    before: float | None = None
    """Chance of the title without the what-if, on the same luck; None where there is none."""
    change_low: float = 0.0
    change_high: float = 0.0
    """What the what-if changes of the chance: 95 % interval of the difference, seasons compared one by one."""


MOST_TOLD = 4
"""Differences from published tables that are told one by one; the rest are counted."""


def class_key(car_class: str) -> str:
    """A class however a table spells it: "GTD PRO" and "GTDPro" are one."""
    return car_class.casefold().replace(" ", "")


@shows_itself
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
    ground: tuple[str, ...] = ()
    """What the points and the seasons rest on, in sentences, whatever the class."""
    what_if: str = ""
    """Title of the patch the seasons were played with."""
    gaps: tuple[str, ...] = ()
    """Races run whose results are known in part only, so that the points are too."""
    differences: tuple[tuple[str, str], ...] = ()
    """(class, what differs) of totals that published tables give otherwise."""

    @property
    def notes(self) -> tuple[str, ...]:
        """`told` for all classes."""
        return self.told()

    def told(self, classes: Collection[str] | None = None) -> tuple[str, ...]:
        """What the tables rest on, in sentences; differences from published totals for these classes (all)."""
        asked = None if classes is None else {class_key(c) for c in classes}
        off = [what for of, what in self.differences if asked is None or class_key(of) in asked]
        if not off:
            return self.ground
        more = f" and {len(off) - MOST_TOLD} more" if len(off) > MOST_TOLD else ""
        found = f"Known to differ from published totals: {'; '.join(off[:MOST_TOLD])}{more} (docs, Seasons)."
        return (*self.ground, found)

    def headline(self, keys: Collection[tuple[str, str]] | None = None) -> str:
        """Who is the likeliest champion of each class, drivers first, in one sentence; `keys`: of these titles only.

        Once no seasons are played it is who has the most points. Empty where there is no title yet.
        """
        chosen = list(self.titles if keys is None else keys)
        kind = next((k for k, _ in chosen if k == "drivers"), chosen[0][0] if chosen else "")
        told = []
        for key in (k for k in chosen if k[0] == kind and self.titles[k]):
            first, *others = self.titles[key]
            same = [first.name] + [c.name for c in others if (c.title, c.points) == (first.title, first.points)]
            who = " and ".join(same) if len(same) < 4 else f"{same[0]} and {len(same) - 1} level"
            if self.simulated:
                n = self.simulated
                chance = percent(first.title, n)
                if first.before is not None:
                    chance += f" instead of {percent(first.before, n)}"
                told.append(f"{key[1]} {who} {chance}")
            else:
                told.append(f"{key[1]} {who} {first.points:g}")
        opening = f"Likeliest {kind}' title" if self.simulated else f"Most points, {kind}"
        return f"{opening}: {'; '.join(told)}." if told else ""

    def contender(self, title: str, car_class: str, key: str) -> Contender:
        """One line. KeyError if there is none."""
        for line in self.titles[(title, car_class)]:
            if line.key == key:
                return line
        raise KeyError(key)

    def to_frame(self) -> pl.DataFrame:
        """A row a contender and title; `title` is the chance (0..1), the points are those at the season's end."""
        import polars as pl

        return pl.DataFrame(
            [
                {"kind": kind, "class": car_class, "name": c.name, "points": c.points, "title": c.title}
                | {"shared": c.shared, "top3": c.top3, "expected": c.expected, "low": c.low, "high": c.high}
                for (kind, car_class), lines in self.titles.items()
                for c in lines
            ],
            infer_schema_length=None,
        )

    def _shown(self) -> Shown:
        n = self.simulated
        rows, few = (
            [
                (kind, car_class, c.name, f"{c.points:g}", percent(c.title, n) if n else "")
                for (kind, car_class), lines in self.titles.items()
                for c in lines[:k]
            ]
            for k in (3, 1)
        )
        told = f"{plural(n, 'season')} played, seed {self.seed}" if n else "the points alone"
        title = f"{self.season} after {plural(self.after, 'round')}: {told}"
        return Shown(title, ("title", "class", "", "points", "chance"), rows, self.notes, 3, few)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "season": self.season,
            "after": self.after,
            "simulated": self.simulated,
            "seed": self.seed,
            "headline": self.headline(),
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
                            "shared": c.shared,
                            "expected": c.expected,
                            "low": c.low,
                            "high": c.high,
                            "top3": c.top3,
                            **(
                                {"before": c.before, "change_low": c.change_low, "change_high": c.change_high}
                                if c.before is not None
                                else {}
                            ),
                        }
                        for c in lines
                    ],
                }
                for (title, car_class), lines in self.titles.items()
            ],
            "notes": list(self.notes),
            **({"what_if": self.what_if} if self.what_if else {}),
            "gaps": list(self.gaps),
        }
