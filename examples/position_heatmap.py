"""
Where does each car of a class finish?
======================================

The chance of every place in class, car by car; the real place is framed. A favourite has a broad row too: at Sebring
one GTLM car in eight does not see the flag, and late yellows bring the class together.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=10000, help="races to simulate")
ask.add_argument("--card", default="imsa-2021-sebring")
ask.add_argument("--car-class", default="GTLM")
ask.add_argument("--out", default="position_heatmap.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

odds = ls.forecast(ls.load_card(asked.card), races=asked.races)
best = odds.in_class(asked.car_class)[0]
print(f"#{best.car} {best.team}: first {best.win:.0%}, on the podium {best.podium:.0%}")
figure = ls.plots.position_heatmap(odds, asked.car_class)
ls.plots.save(figure, asked.out)
