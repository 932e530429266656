"""Small cards for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from langstrecke.racecard import RaceCard
from langstrecke.racecard.schema import ClassFigures, Driver, Entry, Neutralisation, RaceInfo, Weather


def small_card(**race: Any) -> RaceCard:
    """Seven cars of two classes with figures of a plausible size; not a real race."""
    figures = {"stint_laps": 22.0, "lane_s": 32.0, "refuel_s": 33.0, "driver_change_s": 18.0, "tyres_s": 14.0}
    figures |= {"day_form_s": 0.15, "driver_form_s": 0.1, "retire_per_h": 0.012}
    crews = {
        "01": ("DPi", "Cadillac Chip Ganassi Racing", ("Renger van der Zande", "Kevin Magnussen", "Scott Dixon")),
        "5": ("DPi", "JDC-Miller Motorsports", ("Tristan Vautier", "Loïc Duval", "Sébastien Bourdais")),
        "10": ("DPi", "Konica Minolta Acura", ("Ricky Taylor", "Filipe Albuquerque", "Alexander Rossi")),
        "3": ("GTLM", "Corvette Racing", ("Antonio Garcia", "Jordan Taylor", "Nicky Catsburg")),
        "4": ("GTLM", "Corvette Racing", ("Tommy Milner", "Nick Tandy", "Alexander Sims")),
        "24": ("GTLM", "BMW Team RLL", ("John Edwards", "Jesse Krohn", "Augusto Farfus")),
        "79": ("GTLM", "WeatherTech Racing", ("Cooper MacNeil", "Mathieu Jaminet", "Matt Campbell")),
    }
    entries = [
        {
            "car": car,
            "class": car_class,
            "team": team,
            "vehicle": "Test car",
            "grid": place,
            "pace_s": round(0.1 * (place % 3) - 0.1, 3),
            "pace_s_sd": 0.1,
            "drivers": [
                {
                    "name": name,
                    "licence": "silver" if name == "Cooper MacNeil" else "platinum",
                    "pace_s": round(0.12 * number - 0.1, 3),
                    "pace_s_sd": 0.15,
                    "evidence": "laps",
                }
                for number, name in enumerate(names)
            ],
        }
        for place, (car, (car_class, team, names)) in enumerate(crews.items(), start=1)
    ]
    info = {
        "id": "test-2021-sebring",
        "name": "Test Hours of Sebring",
        "series": "imsa",
        "season": 2021,
        "date": dt.date(2021, 3, 20),
        "rulebook": "imsa-2021",
        "duration_s": 7200.0,
        "knowledge": "before",
    }
    return RaceCard.model_validate(
        {
            "race": info | race,
            "circuit": {"id": "sebring", "name": "Sebring International Raceway", "length_km": 6.019},
            "classes": {
                "DPi": figures | {"lap_s": 110.2},
                "GTLM": figures | {"lap_s": 118.4, "stint_laps": 25.0, "refuel_s": 36.0},
            },
            "entries": entries,
            "result": [
                {"car": "5", "position": 1, "position_in_class": 1, "laps": 62, "status": "Running"},
                {"car": "01", "position": 2, "position_in_class": 2, "laps": 62, "status": "Running"},
                {"car": "10", "position": 7, "position_in_class": 3, "laps": 31, "status": "Retired"},
                {"car": "79", "position": 3, "position_in_class": 1, "laps": 58, "status": "Running"},
                {"car": "3", "position": 4, "position_in_class": 2, "laps": 58, "status": "Running"},
                {"car": "4", "position": 5, "position_in_class": 3, "laps": 57, "status": "Running"},
                {"car": "24", "position": 6, "position_in_class": 4, "laps": 57, "status": "Running"},
            ],
        }
    )


SPECS = {
    "DPi": (108.0, 24.0),
    "LMP2": (111.0, 26.0),
    "LMP3": (117.0, 30.0),
    "GTLM": (117.5, 28.0),
    "GTD": (120.0, 30.0),
}


def make_card(
    *,
    sizes: dict[str, int] | None = None,
    duration_s: float = 3600.0,
    rulebook: str = "imsa-2021",
    drivers: int = 3,
    neutralisation: Neutralisation | None = None,
    weather: Weather | None = None,
    figures: dict[str, float] | None = None,
) -> RaceCard:
    sizes = sizes or {"DPi": 3, "GTD": 4}
    names = ("gold", "silver", "platinum", "gold", "gold", "gold", "gold", "gold")
    classes = {
        name: ClassFigures(
            lap_s=SPECS[name][0],
            stint_laps=SPECS[name][1],
            lane_s=30,
            refuel_s=35,
            tyres_s=18,
            driver_change_s=20,
            lapping_s=0.3,
            lapped_s=0.3,
            **(figures or {}),
        )
        for name in sizes
    }
    entries = []
    for name, size in sizes.items():
        for k in range(size):
            number = len(entries)
            crew = tuple(Driver(name=f"Driver {number}-{d}", licence=names[d]) for d in range(drivers))
            entries.append(Entry(car=str(number + 1), car_class=name, grid=number + 1, pace_s=0.15 * k, drivers=crew))
    return RaceCard(
        race=RaceInfo(
            id="test",
            name="Test",
            series="imsa",
            season=2021,
            date=dt.date(2021, 3, 20),
            rulebook=rulebook,
            duration_s=duration_s,
        ),
        circuit={"id": "test", "length_km": 6.0},
        neutralisation=neutralisation or Neutralisation(),
        weather=weather or Weather(),
        classes=classes,
        entries=tuple(entries),
    )


def card_of_made_race(laps: pl.DataFrame, duration_s: float) -> RaceCard:
    """A card that fits the laps of `race_maker.make_race`, every car with its two drivers."""
    figures = {"stint_laps": 26.0, "lane_s": 30.0, "refuel_s": 30.0, "driver_change_s": 20.0}
    drivers = [{"name": "Ada Lang"}, {"name": "Bo Kurz"}]
    classes = dict(laps.group_by("car").agg(pl.col("car_class").first()).sort("car").iter_rows())
    return RaceCard.model_validate(
        {
            "race": {
                "id": "made", "name": "Made", "series": "imsa", "season": 2021, "date": "2021-03-20",
                "rulebook": "imsa-2021", "duration_s": duration_s,
            },
            "circuit": {"id": "sebring"},
            "classes": {"DPi": figures | {"lap_s": 100.0}, "GTD": figures | {"lap_s": 112.0}},
            "entries": [
                {"car": c, "class": k, "grid": n + 1, "drivers": drivers} for n, (c, k) in enumerate(classes.items())
            ],
        }
    )  # fmt: skip
