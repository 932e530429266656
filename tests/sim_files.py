"""Result files of simulators made up for tests, in each simulator's own layout."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Driven:
    """One car of a made race: laps in seconds, who drove each, fuel left after each, in-laps."""

    number: str
    drivers: list[str]
    laps: list[float]
    who: list[int]
    fuel: list[float]
    pits: list[int]
    car_class: str = "GT3"
    started_s: float = 0.0
    total_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.total_s = round(sum(self.laps), 4)


def made_race(seed: int, *, cars: int = 6, laps: int = 14) -> list[Driven]:
    """Cars in finishing order, with stops, changes of driver and fuel that falls and rises."""
    luck = random.Random(seed)
    out = []
    for n in range(cars):
        crew = [f"Driver {n}{letter}" for letter in "abc"[: luck.randint(1, 3)]]
        pits = sorted(luck.sample(range(3, laps - 1), luck.randint(1, 2)))
        times, who, fuel, tank, wheel = [], [], [], 1.0, 0
        for lap in range(1, laps + 1):
            stop = 22.0 if lap in pits else 0.0
            times.append(round(100.0 + 0.4 * n + stop + luck.uniform(0.0, 1.5), 3))
            who.append(wheel)
            tank -= 0.06
            fuel.append(round(tank, 3))
            if lap in pits:
                tank, wheel = 1.0, (wheel + 1) % len(crew)
        out.append(Driven(str(10 + n), crew, times, who, fuel, pits))
    return sorted(out, key=lambda car: car.total_s)


def acc_json(race: list[Driven]) -> dict[str, Any]:
    """As an ACC server writes it; laps in the order they are finished."""
    lines, laps = [], []
    for n, car in enumerate(race):
        drivers = [{"firstName": d.split()[0], "lastName": d.split()[1], "shortName": "X"} for d in car.drivers]
        lines.append(
            {
                "car": {
                    "carId": 1001 + n, "raceNumber": int(car.number), "carModel": 30, "cupCategory": 0,
                    "teamName": f"Team {car.number}", "drivers": drivers,
                },
                "currentDriverIndex": 0,
                "timing": {
                    "lastLap": _ms(car.laps[-1]), "bestLap": min(map(_ms, car.laps)),
                    "totalTime": sum(map(_ms, car.laps)), "lapCount": len(car.laps),
                },
                "missingMandatoryPitstop": 0, "driverTotalTimes": [0.0],
            }
        )  # fmt: skip
        done = 0
        for time, who in zip(car.laps, car.who, strict=True):
            done += _ms(time)
            first, second = _ms(time) // 3, _ms(time) // 4
            splits = [first, second, _ms(time) - first - second]
            laps.append(
                (done, {"carId": 1001 + n, "driverIndex": who, "laptime": _ms(time), "isValidForBest": True,
                        "splits": splits})
            )  # fmt: skip
    laps.sort(key=lambda row: row[0])
    result = {"bestlap": 1, "isWetSession": 0, "type": 1, "leaderBoardLines": lines}
    return {"sessionType": "R", "trackName": "spa", "sessionResult": result, "laps": [row for _, row in laps],
            "penalties": []}  # fmt: skip


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def rfactor2_xml(race: list[Driven], green: float = 40.5) -> str:
    """As rFactor 2 and LMU write it."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE rF [\n<!ENTITY rFEnt "rFactor Entity">\n]>']
    parts.append('<rFactorXML version="1.0">\n<RaceResults>\n<TrackVenue>Spa</TrackVenue>\n'
                 "<TrackCourse>Spa GP</TrackCourse>\n<Race>\n<TimeString>2025/01/04 20:00:00</TimeString>\n"
                 "<Minutes>60</Minutes>")  # fmt: skip
    for place, car in enumerate(race, 1):
        rows, et = [], green
        for n, (time, fuel) in enumerate(zip(car.laps, car.fuel, strict=True), 1):
            s1, s2 = round(time / 3, 4), round(time / 4, 4)
            pit = ' pit="1"' if n in car.pits else ""
            wear = 1.0 - 0.01 * n
            rows.append(
                f'<Lap num="{n}" p="{place}" et="{et:.4f}" s1="{s1:.4f}" s2="{s2:.4f}" s3="{time - s1 - s2:.4f}" '
                f'topspeed="250.1" fuel="{fuel:.3f}" fuelUsed="0.060" twfl="{wear:.3f}" twfr="{wear:.3f}" '
                f'twrl="{wear:.3f}" twrr="{wear:.3f}" fcompound="0,Medium" rcompound="0,Medium"{pit}>{time:.4f}</Lap>'
            )
            et += time
        swaps, begin = [], 1
        for n in range(1, len(car.laps) + 1):
            if n == len(car.laps) or car.who[n] != car.who[begin - 1]:
                swaps.append(f'<Swap startLap="{begin}" endLap="{n}">{car.drivers[car.who[begin - 1]]}</Swap>')
                begin = n + 1
        parts.append(
            f"<Driver>\n<Name>{car.drivers[car.who[-1]]}</Name>\n<VehName>BMW M4 GT3 #{car.number}</VehName>\n"
            f"<CarType>BMW M4 GT3</CarType>\n<CarClass>{car.car_class}</CarClass>\n"
            f"<CarNumber>{car.number}</CarNumber>\n<TeamName>Team {car.number}</TeamName>\n"
            f"<GridPos>{place}</GridPos>\n"
            f"<Position>{place}</Position>\n<ClassPosition>{place}</ClassPosition>\n" + "\n".join(rows) + "\n"
            f"<BestLapTime>{min(car.laps):.4f}</BestLapTime>\n<FinishTime>{car.total_s:.4f}</FinishTime>\n"
            f"<Laps>{len(car.laps)}</Laps>\n<Pitstops>{len(car.pits)}</Pitstops>\n"
            "<FinishStatus>Finished Normally</FinishStatus>\n" + "".join(swaps) + "\n</Driver>"
        )
    parts.append("</Race>\n</RaceResults>\n</rFactorXML>\n")
    return "\n".join(parts)


def iracing_laps(race: list[Driven]) -> list[dict[str, Any]]:
    """As `/data/results/lap_chart_data` gives it, chunks joined."""
    out = []
    for place, car in enumerate(race, 1):
        clock = 600_000
        base = {"group_id": -1000 - place, "name": f"Team {car.number}", "car_number": car.number}
        out.append({**base, "cust_id": 1, "display_name": car.drivers[0], "lap_number": 0, "flags": 0,
                    "session_time": clock, "lap_time": -1, "lap_events": [], "lap_position": place})  # fmt: skip
        for n, (time, who) in enumerate(zip(car.laps, car.who, strict=True), 1):
            clock += round(10_000 * time)
            pit = n in car.pits
            out.append(
                {**base, "cust_id": 100 * place + who, "display_name": car.drivers[who], "lap_number": n,
                 "flags": 2 if pit else 0, "session_time": clock, "lap_time": round(10_000 * time),
                 "lap_events": ["pitted"] if pit else [], "lap_position": place}
            )  # fmt: skip
    return out


def iracing_result(race: list[Driven]) -> dict[str, Any]:
    """As `/data/results/get` gives a team race."""
    rows = []
    lead = race[0].total_s
    for place, car in enumerate(race):
        members = [
            {"cust_id": 100 * place + n, "display_name": name, "laps_complete": car.who.count(n),
             "livery": {"car_number": car.number}}
            for n, name in enumerate(car.drivers)
        ]  # fmt: skip
        rows.append(
            {"team_id": -1000 - place, "display_name": f"Team {car.number}", "finish_position": place,
             "finish_position_in_class": place, "laps_complete": len(car.laps),
             "interval": round(10_000 * (car.total_s - lead)),
             "average_lap": round(10_000 * car.total_s / len(car.laps)),
             "best_lap_num": car.laps.index(min(car.laps)) + 1, "best_lap_time": round(10_000 * min(car.laps)),
             "reason_out": "Running", "car_class_id": 1, "livery": {"car_number": car.number},
             "driver_results": members}
        )  # fmt: skip
    sessions = [
        {"simsession_number": -1, "simsession_type_name": "Open Practice", "results": rows},
        {"simsession_number": 0, "simsession_type_name": "Race", "results": rows},
    ]
    track = {"track_name": "Spa", "config_name": "GP"}
    classes = [{"car_class_id": 1, "name": "GT3"}]
    return {"subsession_id": 1, "track": track, "car_classes": classes, "session_results": sessions}


def as_bytes(data: Any, codec: str = "utf-8") -> bytes:
    """JSON or text in a code page."""
    return (data if isinstance(data, str) else json.dumps(data, indent=1)).encode(codec)
