"""What is allowed in a card and yet looks like a slip."""

from __future__ import annotations

from collections import Counter

from langstrecke.racecard.schema import RaceCard


def warnings_of(card: RaceCard) -> list[str]:
    """Remarks on a sound card that a person should look at."""
    found = [f"class {name} has figures and no cars" for name in card.classes if not card.cars_of(name)]
    places = Counter(e.grid for e in card.entries if e.grid is not None)
    for place, count in places.items():
        if count > 1:
            cars = ", ".join(e.car for e in card.entries if e.grid == place)
            found.append(f"grid place {place} is taken {count} times (cars {cars})")
    seats = Counter(d.name for e in card.entries for d in e.drivers)
    for name, count in seats.items():
        if count > 1:
            cars = ", ".join(e.car for e in card.entries if any(d.name == name for d in e.drivers))
            found.append(f"{name} is entered in cars {cars}")
    for entry in card.entries:
        figures = card.classes[entry.car_class]
        for who, pace in [(f"car {entry.car}", entry.pace_s), *((d.name, d.pace_s) for d in entry.drivers)]:
            if abs(pace) > 0.1 * figures.lap_s:
                found.append(f"{who} (car {entry.car}) is {pace:+.1f} s a lap off class {entry.car_class}")
    for name, figures in card.classes.items():
        if figures.stint_laps * figures.lap_s > 4 * 3600:
            found.append(f"a tank of class {name} lasts more than four hours: stint_laps are laps, not minutes")
    return found
