"""What laps say beyond lap times: stints, pit stops, neutralised periods, gaps, and which laps are fit for pace.

    periods = derive.neutralisations(laps)
    stops = derive.pit_stops(laps, periods)
    clean = derive.lap_quality(laps, periods).filter("clean")

All take a canonical lap table of one session and return documented Polars frames.
"""

from langstrecke.timing.derive.gaps import class_gaps
from langstrecke.timing.derive.order import classification
from langstrecke.timing.derive.periods import PERIODS, neutralisations, neutralisations_from_pace
from langstrecke.timing.derive.quality import lap_quality
from langstrecke.timing.derive.stints import STINTS, STOPS, pit_stops, stints

__all__ = [
    "PERIODS",
    "STINTS",
    "STOPS",
    "class_gaps",
    "classification",
    "lap_quality",
    "neutralisations",
    "neutralisations_from_pace",
    "pit_stops",
    "stints",
]
