"""The make behind a vehicle's name: `Chevrolet Corvette C7.R` -> `Chevrolet`."""

from __future__ import annotations

from langstrecke.paddock.matching import fold
from langstrecke.timing.names import maker_of

_TWO_WORDS = (
    "Alfa Romeo", "Allard", "Aston Martin", "Austin Healey", "Austin-Healey", "Bugatti", "Chenard et Walcker",
    "De Tomaso", "DB Panhard", "Deutsch et Bonnet", "Frazer Nash", "Frazer-Nash", "Georges Irat", "Guyot Spéciale",
    "Isotta Fraschini", "Land Rover", "La Licorne", "Lea-Francis", "Lorraine-Dietrich", "Monopole Panhard",
    "Mercedes-Benz", "OSCA", "Rolland-Pilain", "Talbot-Lago", "Automobiles Talbot", "WM Peugeot", "Pilbeam",
    "Rolls-Royce", "Spyker", "Sunbeam", "Singer", "TVR", "Welter Racing", "Welter Peugeot", "Bizzarrini", "Iso Grifo",
    "Inaltera", "Ligier", "Red Bull", "Rolland Pilain", "Corre La Licorne", "Constantin", "Gordini",
)  # fmt: skip


def make_of(vehicle: str, renamed: dict[str, str]) -> str:
    """The make's name; the first word of the vehicle where nothing better is known."""
    text = " ".join(vehicle.split())
    if not text:
        return ""
    low = fold(text)
    found = next((make for make in _TWO_WORDS if low.startswith(fold(make))), None) or maker_of(text)
    words = text.split()
    article = words[0] in ("De", "La", "Du", "Le", "Deep", "Louis") and len(words) > 1
    make = found or " ".join(words[: 2 if article else 1]).strip(",;()-")
    make = {"Austin Healey": "Austin-Healey", "Frazer Nash": "Frazer-Nash"}.get(make, make)
    return renamed.get(make, make)
