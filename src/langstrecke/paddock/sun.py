"""When it is dark at a circuit.

Sun's position: the general solar position calculations of NOAA's Global Monitoring Laboratory (Fourier series for
declination and equation of time, after Spencer 1971), good to a minute or two between the polar circles.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TWILIGHT_DEG = 6.0
"""The sun this far below the horizon ends civil twilight: outdoors one no longer sees without lamps."""
MINUTES = 1440.0


@dataclass(frozen=True)
class Site:
    """Where a circuit lies (degrees, north and east positive), its clock, whether the whole lap is lit at night."""

    latitude: float
    longitude: float
    timezone: str
    floodlit: bool
    length_km: float
    """Of the layout that endurance races use now."""
    gt3_lap_s: float | None
    """A GT3 car's usual race lap, off published race laps to some 2 %; None where none was found."""


@cache
def sites() -> dict[str, Site]:
    """The sites of the circuits that are known, by circuit id."""
    text = (files("langstrecke.paddock") / "data" / "circuit_sites.csv").read_text("utf-8")
    return {
        row["id"]: Site(
            float(row["latitude"]),
            float(row["longitude"]),
            row["timezone"],
            row["floodlit"] == "yes",
            float(row["length_km"]),
            float(row["gt3_lap_s"]) if row["gt3_lap_s"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    }


def dark_hours(circuit: str, date: dt.date) -> tuple[dt.time, dt.time] | None:
    """Local clock times at which civil twilight ends in the evening and begins in the morning.

    None for a circuit whose site is unknown and where the sun does not go down that far (or never comes up).
    """
    site = sites().get(circuit)
    if site is None:
        return None
    try:
        offset = dt.datetime.combine(date, dt.time(20), ZoneInfo(site.timezone)).utcoffset()
    except ZoneInfoNotFoundError:  # a system without a time zone database
        return None
    shift = offset.total_seconds() / 60.0 if offset else 0.0
    span = _half_day(site, date)
    if span is None:
        return None
    noon, half = span
    return _clock(noon + half + shift), _clock(noon - half + shift)


def _half_day(site: Site, date: dt.date) -> tuple[float, float] | None:
    """Solar noon and half the time from dawn to dusk, in minutes of UTC; None without a dawn or dusk."""
    g = 2.0 * math.pi / 365.0 * (date.timetuple().tm_yday - 1)
    equation = 229.18 * (
        0.000075
        + 0.001868 * math.cos(g)
        - 0.032077 * math.sin(g)
        - 0.014615 * math.cos(2 * g)
        - 0.040849 * math.sin(2 * g)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(g)
        + 0.070257 * math.sin(g)
        - 0.006758 * math.cos(2 * g)
        + 0.000907 * math.sin(2 * g)
        - 0.002697 * math.cos(3 * g)
        + 0.00148 * math.sin(3 * g)
    )
    latitude = math.radians(site.latitude)
    cosine = math.cos(math.radians(90.0 + TWILIGHT_DEG)) / (math.cos(latitude) * math.cos(declination))
    cosine -= math.tan(latitude) * math.tan(declination)
    if not -1.0 < cosine < 1.0:
        return None
    return 720.0 - 4.0 * site.longitude - equation, 4.0 * math.degrees(math.acos(cosine))


def _clock(minutes: float) -> dt.time:
    whole = round(minutes % MINUTES) % int(MINUTES)
    return dt.time(whole // 60, whole % 60)
