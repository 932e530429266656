"""
What does a stint look like in lap times?
=========================================

Clean laps of three prototypes in one simulated race, with the median of ten. Within a stint fuel burns off and tyres
age; between stints the driver changes. Single laps scatter by traffic far more than cars differ.
"""

import argparse

import polars as pl

import langstrecke as ls
from langstrecke.simulation import simulate_laps

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--race", type=int, default=4711)
ask.add_argument("--cars", nargs="+", default=["31", "01", "10"])
ask.add_argument("--out", default="lap_times_of_a_stint.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

laps = simulate_laps(ls.load_card("imsa-2021-sebring"), race=asked.race)
session = ls.Session(f"Sebring 2021, simulated race {asked.race}", "simulation", "laps", laps, laps)
for number in asked.cars:
    mine = session.clean_laps.filter(pl.col("car") == number)["lap_time_s"]
    print(f"#{number}: {len(mine)} clean laps, median {mine.median():.2f} s")
figure = ls.plots.lap_times(session, asked.cars)
ls.plots.save(figure, asked.out)
