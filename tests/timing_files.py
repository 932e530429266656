"""Small invented timing files in the layouts of the providers, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

IMSA_HEADER = (
    "NUMBER, DRIVER_NUMBER, LAP_NUMBER, LAP_TIME, LAP_IMPROVEMENT, CROSSING_FINISH_LINE_IN_PIT, S1, S1_IMPROVEMENT,"
    " S2, S2_IMPROVEMENT, S3, S3_IMPROVEMENT, KPH, ELAPSED, HOUR,S1_LARGE,S2_LARGE,S3_LARGE,TOP_SPEED,DRIVER_NAME,"
    "PIT_TIME,CLASS,GROUP,TEAM,MANUFACTURER,FLAG_AT_FL,"
)
WEC_HEADER = IMSA_HEADER.replace(",", ";")
WEC_2015_HEADER = WEC_HEADER.replace("FLAG_AT_FL;", "")
WEC_2024_HEADER = WEC_HEADER + "S1_SECONDS;S2_SECONDS;S3_SECONDS;"
DOSSIER_HEADER = (
    "NUMBER;DRIVER_NUMBER;LAP_NUMBER;LAP_TIME;CROSSING_FINISH_LINE_IN_PIT;S1;S2;S3;TOP_SPEED;ELAPSED;HOUR;"
    "DRIVER_NAME;CLASS;TEAM;VEHICLE"
)
PITS_HEADER = "NUMBER;STOP;IN_TIME;IN_DRIVER;OUT_TIME;OUT_DRIVER;PIT_TIME;TOTAL_PIT_TIME"
BOM = "\ufeff"


def clock(seconds: float) -> str:
    """`1:02:03.456`, `2:03.456` or `3.456`."""
    millis = round(seconds * 1000)
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    whole, part = divmod(rest, 1000)
    if hours:
        return f"{hours}:{minutes:02d}:{whole:02d}.{part:03d}"
    return f"{minutes}:{whole:02d}.{part:03d}" if minutes else f"{whole}.{part:03d}"


def hour(seconds: float) -> str:
    """The hour of day, always eight digits and milliseconds."""
    millis = round(seconds * 1000) % 86_400_000
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def lap_row(
    car: str = "01",
    lap: int = 1,
    seconds: float = 110.0,
    elapsed: float | None = None,
    *,
    driver: str = "Jan Magnussen",
    driver_number: int = 1,
    pit: str = "",
    pit_time: str = "",
    car_class: str = "DPi",
    team: str = "A Team",
    maker: str = "Cadillac",
    flag: str | None = "GF",
    began: float = 36_000.0,
    time_of_day: str | None = None,
    sectors: tuple[str, str, str] | None = None,
    sep: str = ",",
) -> str:
    """One row of an Al Kamel lap file; the elapsed time is that of equal laps unless given."""
    elapsed = elapsed if elapsed is not None else lap * seconds
    third = round(seconds / 3, 3)
    parts = sectors or (clock(third), clock(third), clock(round(seconds - 2 * third, 3)))
    cells = [
        car, str(driver_number), str(lap), clock(seconds), "0", pit, parts[0], "0", parts[1], "0", parts[2], "0",
        "196.7", clock(elapsed), time_of_day or hour(began + elapsed), "", "", "", "", driver, pit_time, car_class,
        "", team, maker, *([flag] if flag is not None else []), "",
    ]  # fmt: skip
    return sep.join(cells)


def write_file(path: Path, header: str, rows: Iterable[str], *, end: str = "\n", bom: bool = True) -> Path:
    """Write header and rows as the providers do: byte-order mark, and a line break after the last row."""
    text = (BOM if bom else "") + end.join([header, *rows]) + end
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def imsa_laps(path: Path, rows: Iterable[str]) -> Path:
    """An IMSA lap file."""
    return write_file(path, IMSA_HEADER, rows)


def plain_race(cars: dict[str, tuple[str, float]], laps: int, **fields: object) -> list[str]:
    """Rows of a race without incident: car -> (class, lap time)."""
    return [
        lap_row(car, lap, seconds, car_class=car_class, **fields)  # type: ignore[arg-type]
        for car, (car_class, seconds) in cars.items()
        for lap in range(1, laps + 1)
    ]


RESULT_HEADER = (
    "POSITION,NUMBER,STATUS,LAPS,TOTAL_TIME,GAP_FIRST,GAP_PREVIOUS,FL_LAPNUM,FL_TIME,FL_KPH,TEAM,CLASS,GROUP,DIVISION,"
    "VEHICLE,TIRES,DRIVER1_FIRSTNAME,DRIVER1_SECONDNAME,DRIVER1_LICENSE,DRIVER1_HOMETOWN,DRIVER1_COUNTRY,"
    "DRIVER2_FIRSTNAME,DRIVER2_SECONDNAME,DRIVER2_LICENSE,DRIVER2_HOMETOWN,DRIVER2_COUNTRY,"
)
RESULT_ROWS = (
    '1,01,Classified,10,18:20.000,-,-,5,1:49.500,196.7,"Chip, Sons LLC",DPi,,,Cadillac DPi,M,'
    "Renger,van der Zande,Gold,,NLD,Kevin,Magnussen,Platinium,,DNK,",
    "2,1,Classified,9,18:40.100,1 Lap,1 Lap,3,1:52.250,190.1,Paul Miller Racing,GTDPro,,,Lamborghini Huracan GT3,M,"
    "Bryan,Sellers,Gold,,USA,Madison,Snow,,,USA,",
    "3,10,Classified,9,18:41.600,1 Lap,+1.500,4,1:51.000,195.0,WTR,DPi,,,Acura DPi,M,Ricky,Taylor,Platinum,,USA,",
    ",74,Not started,0,,,,0,,,Riley,LMP3,,,Ligier JS P320,M,Gar,Robinson,Silver,,USA,",
)
WEATHER_HEADER = "TIME_UTC_SECONDS,TIME_UTC_STR,AIR_TEMP,TRACK_TEMP,HUMIDITY,PRESSURE,WIND_SPEED,WIND_DIRECTION,RAIN,"
WEATHER_ROWS = (
    "1616249502,20-Mar-21 14:11:42,68.0,77.0,77,30.0,10.0,157,-1,",
    "1616249562,20-Mar-21 14:12:42,69.8,78.8,76,30.0,10.0,98,-1,",
)


def imsa_event(folder: Path, cars: dict[str, tuple[str, float]] | None = None) -> Path:
    """One IMSA event folder, `2021/05-sebring-international-raceway`: practice, qualifying, race."""
    cars = cars or {"01": ("DPi", 110.0), "1": ("GTDPRO", 122.0), "10": ("DPi", 110.5)}
    event = folder / "2021" / "05-sebring-international-raceway"
    imsa_laps(event / "202103180905-practice-1-laps.csv", plain_race(cars, 4))
    imsa_laps(event / "202103191115-qualifying---gtd-position-laps.csv", plain_race({"1": cars["1"]}, 3))
    imsa_laps(event / "202103201010-race-laps.csv", plain_race(cars, 10))
    write_file(event / "202103201010-race-results.csv", RESULT_HEADER, RESULT_ROWS)
    write_file(event / "202103201010-race-weather.csv", WEATHER_HEADER, WEATHER_ROWS)
    return event


WEC = "POSITION;NUMBER;TEAM;DRIVER_1;DRIVER_2;DRIVER_3;DRIVER_4;VEHICLE;TYRES;CLASS;GROUP;DIVISION;STATUS;LAPS;" \
      "TOTAL_TIME;GAP_FIRST;GAP_PREVIOUS;FL_LAPNUM;FL_TIME;FL_KPH;"  # fmt: skip


def dossier_files(folder: Path) -> Path:
    """Two cars from 15:00:09 over midnight, with three stops, one of them without a printed time."""
    rows, began = [], 54_009.0
    for car, driver, vehicle in (
        ("1", "André LOTTERER", "Rebellion R13 - Gibson"),
        ("5", "Charlie ROBERTSON", "- Gibson"),
    ):
        for lap in range(1, 201):
            elapsed = lap * 200.0
            pit = "B" if (lap in (20, 170) and car == "1") or (lap == 50 and car == "5") else ""
            rows.append(
                f"{car};1;{lap};{clock(200.0)};{pit};40.000;1:20.000;1:20.000;300.1;{clock(elapsed)};"
                f"{hour(began + elapsed)};{driver};LMP1;Team;{vehicle}"
            )
    pits = [
        f"1;1;{hour(began + 4000.03)};A. LOTTERER;{hour(began + 4066.157)};N. JANI;1:06.127;1:06.127",
        f"1;2;{hour(began + 34000.0)};A. LOTTERER;{hour(began + 34070.5)};A. LOTTERER;1:10.500;2:16.627",
        f"5;1;{hour(began + 10000.0)};C. R;{hour(began + 17300.25)};C. ROBERTSON;;2:01:40.250",
    ]
    write_file(folder / "lemans_2018_pits.csv", PITS_HEADER, pits, bom=False)
    return write_file(folder / "lemans_2018_laps.csv", DOSSIER_HEADER, rows, bom=False)
