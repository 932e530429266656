"""How often it rains at every circuit, month by month: python -m scripts.build.circuit_rain

Writes src/langstrecke/paddock/data/circuit_rain.csv: the share of the time with rain, by Recommendation ITU-R P.837-7
(steps 2 to 6: from a month's total rain and mean temperature, digital maps of P.837-7 and P.1510). Needs
`pip install itur`, which brings the maps; the project itself does not.
"""

from __future__ import annotations

import csv
from importlib import import_module
from pathlib import Path

import numpy as np

from langstrecke.paddock.climate import MONTHS
from langstrecke.paddock.sun import sites

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "paddock" / "data" / "circuit_rain.csv"
DAYS = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
RATE_MM_H, PER_DEGREE = 0.5874, 0.0883
MOST = 0.7


def rain_shares(latitude: float, longitude: float) -> list[float]:
    """Share of the time with rain, January to December (P.837-7, equations 1 and 2)."""
    rain, heat = import_module("itur.models.itu837"), import_module("itur.models.itu1510")
    place = np.array([latitude]), np.array([longitude])
    celsius = heat.surface_month_mean_temperature(*place, list(range(1, 13))).value.ravel() - 273.15
    rain.change_version(7)
    maps = rain.__dict__["__model"].instance
    total_mm = np.array([float(np.ravel(maps.Mt(*place, month))[0]) for month in range(1, 13)])
    rate = np.where(celsius >= 0, RATE_MM_H * np.exp(PER_DEGREE * celsius), RATE_MM_H)
    return [float(x) for x in np.minimum(total_mm / (24 * DAYS * rate), MOST)]


def main() -> None:
    """One row a circuit."""
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id", *MONTHS))
        for circuit, site in sorted(sites().items()):
            out.writerow((circuit, *(f"{x:.4f}" for x in rain_shares(site.latitude, site.longitude))))
    print(f"{len(sites())} circuits")


if __name__ == "__main__":
    main()
