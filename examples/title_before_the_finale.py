"""
Who wins the title in the last race?
====================================

IMSA 2021 before Petit Le Mans, the DPi drivers: points now (grey), points at the end (bar: 80 % of the seasons, dot:
mean), and the chance of the title. Two crews are level on all but luck: the finale decides.
"""

import argparse

import langstrecke as ls
from langstrecke.forecast.season import season_forecast

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=2000, help="races to simulate")
ask.add_argument("--out", default="title_before_the_finale.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

season = season_forecast("imsa-2021", after=11, seasons=asked.races)
best = season.titles[("drivers", "DPi")][:8]
for one in best:
    print(f"{one.name}: {one.points:.0f} points, title {one.title:.1%}")
rows = [("", c.name, c.points, c.low, c.expected, c.high, c.title) for c in best]
figure = ls.plots.final_points("DPi drivers before the last round", rows, "Grey: now. Bar: 80 % of seasons.")
ls.plots.save(figure, asked.out)
