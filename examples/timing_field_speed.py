"""When was a race slowed, and how much did each class lose in the pits?

Reads one race's lap file of any known provider, draws the speed of the whole field over time with the neutralised
periods shaded, and prints the median time lost per stop.

    python examples/timing_field_speed.py LAPS.csv [FIGURE.png]
"""

from __future__ import annotations

import sys

import matplotlib.pyplot as plt
import numpy as np
import polars as pl

import langstrecke as ls
from langstrecke.timing.derive.pace import BIN_S, field_speed


def main(path: str, figure: str = "field_speed.png") -> None:
    race = ls.load(path)
    laps, periods = race.laps, race.periods

    speed = field_speed(laps).speed
    hours = np.arange(len(speed)) * BIN_S / 3600
    _, axes = plt.subplots(figsize=(11, 3.5), layout="constrained")
    axes.plot(hours, speed, linewidth=0.8)
    for row in periods.iter_rows(named=True):
        axes.axvspan(row["start_s"] / 3600, row["end_s"] / 3600, color="gold", alpha=0.4, linewidth=0)
    axes.set(xlabel="hours since the green flag", ylabel="speed of the field\n(1 = its green pace)", ylim=(0, 1.3))
    plt.savefig(figure, dpi=120)

    neutral = (periods["end_s"] - periods["start_s"]).sum() / laps["elapsed_s"].max()  # type: ignore[operator]
    print(f"{periods.height} neutralised periods, {neutral:.0%} of the race; figure in {figure}")
    green = race.stops.filter((pl.col("flag") == "green") & pl.col("lost_s").is_between(10, 300))
    print(green.group_by("car_class").agg(stops=pl.len(), median_lost_s=pl.col("lost_s").median()).sort("car_class"))


if __name__ == "__main__":
    main(*sys.argv[1:])
