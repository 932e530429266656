"""
How far does a class get, and who is there at the flag?
=======================================================

Laps with one standard deviation, and the chance of retiring. Distances lie close together because a car that breaks
loses more than a slow one: reliability decides as much as pace.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=10000, help="races to simulate")
ask.add_argument("--out", default="distance_and_retirement.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

odds = ls.forecast(ls.load_card("imsa-2021-sebring"), races=asked.races)
for car in odds.in_class("LMP2"):
    print(f"#{car.car:3} {car.expected_laps:.0f} laps (SD {car.laps_sd:.0f}), retires {car.retire:.0%}")
figure = ls.plots.laps_and_retirement(odds, "LMP2")
ls.plots.save(figure, asked.out)
