"""
Who drove when?
===============

Every stint of a class in one simulated race, a colour a driver, yellows shaded. Cars that stop under a yellow lose
least; the pattern drifts apart as yellows catch them at different fuel.
"""

import argparse

import polars as pl

import langstrecke as ls
from langstrecke.simulation import simulate_laps

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--race", type=int, default=4711)
ask.add_argument("--out", default="who_drove_when.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

laps = simulate_laps(ls.load_card("imsa-2021-sebring"), race=asked.race)
session = ls.Session(f"Sebring 2021, simulated race {asked.race}", "simulation", "laps", laps, laps)
mine = session.stints.filter(pl.col("car_class") == "LMP2")
for car, stints in mine.group_by("car").len().sort("car").iter_rows():
    print(f"#{car}: {stints} stints")
figure = ls.plots.stints(session, "LMP2")
ls.plots.save(figure, asked.out)
