"""
How might the GTD class at Sebring unfold?
==========================================

One simulated race, lap by lap, as real timing data would show it: gaps to the class leader, stops as dots, yellows
shaded. Every yellow pulls the class together, so a lead of half a minute is no lead at all.
"""

import argparse

import polars as pl

import langstrecke as ls
from langstrecke.simulation import simulate_laps

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--race", type=int, default=4711)
ask.add_argument("--out", default="gaps_of_one_race.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

laps = simulate_laps(ls.load_card("imsa-2021-sebring"), race=asked.race)
session = ls.Session(f"Sebring 2021, simulated race {asked.race}", "simulation", "laps", laps, laps)
order = session.order.filter(pl.col("car_class") == "GTD")["car"].to_list()
print(f"GTD: {', '.join(f'#{car}' for car in order[:3])}; {session.periods.height} neutralisations")
figure = ls.plots.gaps(session, "GTD")
ls.plots.save(figure, asked.out)
