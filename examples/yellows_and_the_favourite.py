"""
Do yellows help the favourite?
==============================

The favourite of GTLM with no neutralisation at all, as many as Sebring has, and twice as many. Yellows erase leads:
the more there are, the less pace counts, but the effect is smaller than a spectator would think.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="yellows_and_the_favourite.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

card = ls.load_card("imsa-2021-sebring")
rate = card.neutralisation.rate_per_h
rows = []
for name, factor in (("no yellow", 0.0), ("as it is", 1.0), ("twice as many", 2.0)):
    odds = ls.forecast(ls.changed(card, {"neutralisation.rate_per_h": rate * factor}), races=asked.races)
    car = odds.car("3").played  # before the last layer, which knows the usual number of yellows only
    rows.append((name, car.win, car.podium, None))
    print(f"{name}: class win {car.win:.1%} (95 %: ± {1.96 * odds.car('3').se.win:.1%})")
figure = ls.plots.variants_bars("Car 3 in GTLM", rows, "Solid: class win. Pale: podium.", ("win", "podium"))
ls.plots.save(figure, asked.out)
