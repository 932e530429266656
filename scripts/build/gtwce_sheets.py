"""Sheets of the GT World Challenge Europe Endurance Cup: python -m scripts.build.gtwce_sheets ../shared/data

Writes one sheet a season to `racecard/hand_sheets` from the registry (entries, results) and the qualifying tables:
places in qualifying only, no times but the one a lap time is estimated from. `build_hand_cards.py` makes the cards.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path

from langstrecke.forecast.season.standings import Round, rounds_of
from langstrecke.paddock.model import Entry
from langstrecke.paddock.registry import Registry, load_registry

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "racecard" / "hand_sheets"

CIRCUITS: dict[str, tuple[str, str, float]] = {
    # folder of the source, name, length in km (the circuits' own pages)
    "monza": ("Monza", "Autodromo Nazionale Monza", 5.793),
    "paul-ricard": ("Circuit_Paul_Ricard_1000Km", "Circuit Paul Ricard", 5.842),
    "spa": ("TotalEnergies_24_Hours_of_Spa", "Circuit de Spa-Francorchamps", 7.004),
    "nurburgring": ("Nürburgring", "Nürburgring Grand Prix", 5.137),
    "barcelona": ("Barcelona", "Circuit de Barcelona-Catalunya", 4.655),
    "imola": ("Imola", "Autodromo Enzo e Dino Ferrari", 4.909),
    "hockenheim": ("Hockenheim", "Hockenheimring", 4.574),
}
RACE_LAP = 1.02
"""A green lap of a race against the best average of qualifying (the project's own; 1.02 to 1.03 at Spa 2018)."""
NOTE = (
    "Known: entries, crews, places in qualifying. Estimated: lap times (best qualifying average and 2 %), "
    "neutralisations, stop times, reliability (priors of other series)."
)
SEASON = """
[season]
series = "gtwce-endurance"
season = {season}
rulebook = "gtwce-endurance-{season}"
overtaking_s = 1.0       # estimated
note = "{note}"

[season.neutralisation]  # estimated: as in 2018
rate_per_h = 0.4
start_share = 0.25
length_s = 660
length_log_sd = 0.4
lap_ratio = 1.75
catch_up_ratio = 1.4
fcy_per_h = 0.15
fcy_length_s = 240
red_share = 0.02

[classes.Pro]
name = "Pro"
group = "gt-pro"
licences = ["platinum", "gold", "gold"]
[classes.Gold]
name = "Gold"
group = "gt-pro"
offset = 0.006           # by the licences of the crews
licences = ["gold", "silver", "silver"]
[classes.Silver]
name = "Silver"
group = "gt-pro"
offset = 0.005
licences = ["silver", "silver", "silver"]
[classes.Pro-Am]
name = "Pro-Am"
group = "gt-am"
offset = 0.018
licences = ["gold", "silver", "bronze"]
[classes.Bronze]
name = "Bronze"
group = "gt-am"
offset = 0.025
licences = ["silver", "silver", "bronze"]
[classes.Am]
name = "Am"
group = "gt-am"
offset = 0.038
licences = ["bronze", "bronze", "silver"]
"""


def seconds(text: str) -> float | None:
    """`1:46.949` in seconds."""
    minutes, _, rest = text.strip().rpartition(":")
    try:
        return 60 * float(minutes or 0) + float(rest)
    except ValueError:
        return None


def read_times(path: Path, column: str) -> dict[str, float]:
    """Car -> time of a qualifying table."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{(k or "").strip(): (v or "").strip() for k, v in row.items()} for row in csv.DictReader(file)]
    found = {row["Car #"]: seconds(row.get(column, "")) for row in rows}
    return {car: time for car, time in found.items() if time is not None}


def averages(folder: Path) -> dict[str, float]:
    """Car -> average of its drivers' best laps: the combined table, else the sessions'."""
    for path in sorted(folder.glob("*ombined*.csv")):
        return read_times(path, "Avg Time")
    sessions = [read_times(path, "Time") for path in sorted(folder.glob("Qualifying_?.csv"))]
    whole = set(sessions[0]).intersection(*sessions[1:])
    return {car: sum(s[car] for s in sessions) / len(sessions) for car in whole}


def entry_line(registry: Registry, entry: Entry, rank: int | None, drivers: int) -> str:
    """An entry as a line of TOML."""
    vehicle = registry.vehicles.get(entry.vehicle)
    make = registry.makes[vehicle.make].name if vehicle and vehicle.make in registry.makes else ""
    guest = entry.car_class not in ("Pro", "Gold", "Silver", "Pro-Am", "Bronze", "Am")
    parts = {
        "car": entry.car,
        "class": "Am" if guest else entry.car_class,
        "team": registry.teams[entry.team].name,
        "vehicle": vehicle.name if vehicle else "",
        "make": make,
        "drivers": list(dict.fromkeys(registry.drivers[d].name for d in entry.drivers)),
    }
    told = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in parts.items()]
    if rank is not None:
        told.append(f"rank = {rank}, rank_drivers = {drivers}, grid = {rank}")
    if guest:
        told.append("guest = true")
    return "    { " + ", ".join(told) + " },"


def round_text(data: Path, rnd: Round, registry: Registry) -> str:
    """A round of the sheet."""
    event = rnd.event
    folder, circuit, length = CIRCUITS[event.circuit]
    times = averages(data / "gtwce" / rnd.season / folder / "Qualifications")
    entries = [e for e in registry.entries(event.id) if e.status != "dns"]
    numbers = {e.car for e in entries}
    ranks = {
        car: n
        for n, car in enumerate(sorted((c for c in times if c in numbers), key=lambda c: (times[c], c)), start=1)
    }
    hours = rnd.book.race.duration_s / 3600
    crew = 4 if hours > 12 else 3
    lines = [
        "",
        "[[rounds]]",
        f'id = "{event.id}"',
        f'name = "{hours:.0f} Hours of {event.circuit.replace("-", " ").title()} {event.season}"',
        f"date = {event.race_day.isoformat()}",
        f'circuit = "{event.circuit}"',
        f'circuit_name = "{circuit}"',
        f"length_km = {length}",
        f"duration_s = {rnd.book.race.duration_s:.0f}",
        f"lap_s = {RACE_LAP * min(times.values()):.1f}           # estimated",
        "stint_s = 3690           # 65 minutes at most, a lap to spare",
        f"lane_s = {45 if event.circuit == 'spa' else 32}              # estimated",
        "own_entries = true",
    ]
    if event.series == "spa-24h":
        lines += ['series = "spa-24h"', f'rulebook = "spa-24h-{event.season}"', "start_time = 16:30:00"]
    lines += ["fill = []", "entries = ["]
    lines += [entry_line(registry, e, ranks.get(e.car), crew) for e in entries]
    lines += ["]", "result = ["]
    for e in sorted((e for e in entries if e.position), key=lambda e: e.position or 0):
        place = f", position_in_class = {e.class_position}" if e.class_position else ""
        lines.append(f'    {{ car = "{e.car}", position = {e.position}{place}, status = "Classified" }},')
    return "\n".join([*lines, "]"])


def main() -> None:
    """One sheet a season."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    registry = load_registry()
    for season in ("2021", "2022"):
        head = (
            f"# GT World Challenge Europe Endurance Cup {season}: entries, qualifying places, results of the series."
        )
        parts = [round_text(args.data, rnd, registry) for rnd in rounds_of("gtwce-endurance", season)]
        text = head + SEASON.format(season=season, note=NOTE) + "\n".join(parts) + "\n"
        (TARGET / f"gtwce-endurance-{season}.toml").write_text(text, encoding="utf-8")
        print(season, len(parts))


if __name__ == "__main__":
    main()
