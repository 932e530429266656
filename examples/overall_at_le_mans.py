"""
Who can win Le Mans overall?
============================

The chance of winning the whole race, the ten best cars of 61. Overall victory is a matter of one class: an LMGTE Pro
car fights for its class and never for the race, however good its crew.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="overall_at_le_mans.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

odds = ls.forecast(ls.load_card("le-mans-2019"), races=asked.races)
for name in ("LMP1", "LMP2", "LMGTE Pro", "LMGTE Am"):
    print(f"{name}: overall win {sum(car.overall_win for car in odds.in_class(name)):.1%}")
figure = ls.plots.overall_bars(odds, cars=10)
ls.plots.save(figure, asked.out)
