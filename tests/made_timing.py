"""Invented timing files in the layouts and under the names of the providers, a few laps each, and how often they come
in other spellings: for tests of filing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from timing_files import BOM, WEATHER_HEADER, WEC, WEC_2024_HEADER, clock, hour

GRIDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "wec": (("8", "HYPERCAR", "Toyota"), ("51", "HYPERCAR", "Ferrari"), ("92", "LMGT3", "Porsche")),
    "wec-2015": (("1", "LMP1", "Porsche"), ("26", "LMP2", "Ligier"), ("51", "LMGTE Pro", "Ferrari")),
    "imsa": (("01", "GTP", "Cadillac"), ("1", "GTDPRO", "BMW"), ("57", "GTD", "Mercedes")),
    "elms": (("22", "LMP2", "Oreca"), ("10", "LMP3", "Ligier"), ("55", "LMGTE", "Ferrari")),
    "alms": (("24", "LMP2", "Oreca"), ("2", "LMP3", "Ligier"), ("7", "GT", "Ferrari")),
    "le-mans-cup": (("11", "LMP3", "Ligier"), ("12", "LMP3", "Duqueine"), ("77", "GT3", "Porsche")),
    "imsa-pilot-challenge": (("13", "GS", "Ford"), ("46", "GS", "Aston Martin"), ("33", "TCR", "Hyundai")),
    "porsche-carrera-cup": tuple(
        (str(n), c, "Porsche") for n, c in zip("12345", ("PRO", "PRO", "AM", "AM", "PRO"), strict=True)
    ),
    "lamborghini-super-trofeo": tuple(
        (str(n), c, "Lamborghini") for n, c in zip("12345", ("PRO", "AM", "LC", "PRO", "AM"), strict=True)
    ),
}  # fmt: skip
"""Series -> cars, classes and makes that tell it."""


@dataclass(frozen=True)
class Race:
    """One session: who ran how many laps how fast. `seed` sets apart sessions of the same cars."""

    grid: Sequence[tuple[str, str, str]] = GRIDS["wec"]
    laps: int = 6
    seconds: float = 90.0
    began: float = 50_400.0
    pits: frozenset[int] = field(default_factory=lambda: frozenset({3}))

    def times(self, place: int) -> list[float]:
        """Lap times of the car at this place of the grid."""
        pace = self.seconds * (1.0 + 0.02 * place)
        return [
            round(pace + 0.1 * (lap % 3) + (60.0 if lap - 1 in self.pits else 0.0), 3)
            for lap in range(1, self.laps + 1)
        ]

    @property
    def winner(self) -> str:
        """The first of the grid is the quickest."""
        return self.grid[0][0]

    def until(self, laps: int) -> Race:
        """The same session as it stood after so many laps."""
        return replace(self, laps=laps)


def lap_rows(race: Race, sep: str = ";") -> list[str]:
    """Rows of an Al Kamel lap file of 2024."""
    rows = []
    for place, (car, car_class, make) in enumerate(race.grid):
        elapsed = 0.0
        for lap, seconds in enumerate(race.times(place), 1):
            elapsed += seconds
            third = round(seconds / 3, 3)
            sectors = (third, third, round(seconds - 2 * third, 3))
            cells = [
                car, "1", str(lap), clock(seconds), "0", "B" if lap in race.pits else "", clock(sectors[0]), "0",
                clock(sectors[1]), "0", clock(sectors[2]), "0", "190.0", clock(elapsed), hour(race.began + elapsed),
                "",
                "", "", "", f"Ann EXAMPLE{place}", "0:01:00.000" if lap - 1 in race.pits else "", car_class, "",
                f"Team {car}", make, "GF", *(f"{s:.3f}" for s in sectors), "",
            ]  # fmt: skip
            rows.append(sep.join(cells))
    return rows


def write_laps(
    path: Path, race: Race, *, header: str = WEC_2024_HEADER, sep: str = ";", encoding: str = "utf-8"
) -> Path:
    """An Al Kamel lap file."""
    return write_text(path, [header.replace(";", sep), *lap_rows(race, sep)], encoding=encoding)


def write_text(path: Path, lines: Iterable[str], *, encoding: str = "utf-8", end: str = "\r\n") -> Path:
    """Lines as a file, with a byte-order mark where the encoding is UTF-8."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = end.join(lines) + end
    path.write_bytes(((BOM if encoding == "utf-8" else "") + text).encode(encoding))
    return path


def write_results(path: Path, race: Race, order: Sequence[int] | None = None, status: str = "Classified") -> Path:
    """A WEC classification; `order` are places of the grid, the winner first."""
    rows = []
    first = 0.0
    for position, place in enumerate(order or range(len(race.grid)), 1):
        car, car_class, make = race.grid[place]
        total = sum(race.times(place))
        first = first or total
        gap = f"+{total - first:.3f}" if position > 1 else "-"
        rows.append(
            f"{position};{car};Team {car};Ann EXAMPLE{place};Bo KURZ{place};;;{make} X;M;{car_class};;;{status};"
            f"{race.laps};{clock(total)};{gap};{gap};2;{clock(min(race.times(place)))};190.0;"
        )
    return write_text(path, [WEC, *rows])


def write_best_laps(path: Path, race: Race) -> Path:
    """The result of a practice or qualifying: a list of best laps."""
    header = (
        "POS;NUMBER;LAP;TIME;GAP_FIRST;GAP_PREVIOUS;KPH; LAPS;TEAM;CLASS;GROUP;VEHICLE;DRIVER1_FIRSTNAME;"
        "DRIVER1_SECONDNAME;"
    )
    rows = [
        f"{place + 1};{car};2;{clock(min(race.times(place)))};-;-;190.0;{race.laps};Team {car};{car_class};;{make};"
        f"Ann;EXAMPLE{place};"
        for place, (car, car_class, make) in enumerate(race.grid)
    ]
    return write_text(path, [header, *rows])


def write_weather(path: Path, stamp: int = 1_682_778_300, rows: int = 3) -> Path:
    """A metric weather file, a reading a minute; by default of 29 April 2023, 14:25 UTC."""
    header = WEATHER_HEADER.replace(",", ";")
    return write_text(path, [header, *(f"{stamp + 60 * n};x;24.5;31.0;60;1013.2;18.0;180;0;" for n in range(rows))])


def time_cards(race: Race, **session: object) -> str:
    """IMSA's time cards of 2024 and later, as JSON."""
    cars = []
    for place, (car, car_class, make) in enumerate(race.grid):
        elapsed, laps = 0.0, []
        for lap, seconds in enumerate(race.times(place), 1):
            elapsed += seconds
            third = round(seconds / 3, 3)
            laps.append(
                {
                    "number": lap, "driver_number": "1", "time": clock(seconds), "session_elapsed": clock(elapsed),
                    "hour": hour(race.began + elapsed), "average_speed_kph": "190.0", "is_valid": True,
                    "crossing_pit_finish_lane": lap in race.pits,
                    "sector_times": [
                        {"index": 1, "time": clock(third)}, {"index": 2, "time": clock(third)},
                        {"index": 3, "time": clock(round(seconds - 2 * third, 3))},
                    ],
                }
            )  # fmt: skip
        drivers = [
            {"number": 1, "firstname": "Ann", "surname": f"Example{place}", "license": "Gold", "country": "USA"}
        ]
        cars.append(
            {"number": car, "team": f"Team {car}", "class": car_class, "vehicle": f"{make} X", "manufacturer": make,
             "drivers": drivers, "laps": laps}
        )  # fmt: skip
    return json.dumps({"session": session, "participants": cars})


def result_json(race: Race, **session: object) -> str:
    """IMSA's race result of 2024 and later, as JSON; the last car did not finish, said as text."""
    rows = []
    for place, (car, car_class, make) in enumerate(race.grid):
        last = place == len(race.grid) - 1
        rows.append(
            {
                "position": place + 1, "number": car, "class": car_class, "team": f"Team {car}",
                "vehicle": f"{make} X", "laps": str(race.laps), "elapsed_time": clock(sum(race.times(place))),
                "gap_first": "-" if place == 0 else "1 Lap",
                "fastest_lap_time": clock(min(race.times(place))), "fastest_lap_number": 2,
                "not_finished": "True" if last else "False",
                "drivers": [{"firstname": "Ann", "surname": f"Example{place}", "license": "Gold", "country": "USA"}],
            }
        )  # fmt: skip
    return json.dumps({"session": session, "classification": rows})


def pit_json(race: Race, **session: object) -> str:
    """IMSA's pit stop time cards of 2024 and later, as JSON."""
    cars = []
    for place, (car, car_class, _) in enumerate(race.grid):
        stops, elapsed = [], 0.0
        for lap, seconds in enumerate(race.times(place), 1):
            elapsed += seconds
            if lap in race.pits:
                at = race.began + elapsed - 5.0
                stops.append(
                    {"pit_stop_number": len(stops) + 1, "in_time": hour(at), "out_time": hour(at + 55.5),
                     "pit_time": "55.500", "in_driver_firstname": "Ann", "in_driver_surname": f"Example{place}",
                     "out_driver_firstname": "Ann", "out_driver_surname": f"Example{place}"}
                )  # fmt: skip
        cars.append({"number": car, "class": car_class, "pit_stops": stops})
    return json.dumps({"session": session, "pit_stop_analysis": cars})


def write_json(path: Path, text: str) -> Path:
    """JSON with a byte-order mark, as the provider writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(BOM + text, encoding="utf-8")
    return path


def plain_rows(race: Race, sep: str = ",", *, comma: bool = False) -> list[str]:
    """A spreadsheet's lap table: only what anyone knows."""
    rows = [sep.join(("car", "lap", "lap_time", "class", "driver", "pit"))]
    for place, (car, car_class, _) in enumerate(race.grid):
        for lap, seconds in enumerate(race.times(place), 1):
            time = clock(seconds).replace(".", ",") if comma else clock(seconds)
            rows.append(
                sep.join((car, str(lap), time, car_class, f"Ann Example{place}", "yes" if lap in race.pits else ""))
            )
    return rows
