"""
Who wins the 12 Hours of Sebring 2021?
======================================

The class win (solid) and the podium (pale) of seven DPi cars, from what was known before the start. No car is a safe
bet: the favourite loses three races in four. Car 5 won, a chance of about one in eight, and no upset.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=10000, help="races to simulate")
ask.add_argument("--out", default="who_wins_sebring_2021.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

odds = ls.forecast(ls.load_card("imsa-2021-sebring"), races=asked.races)
for car in odds.in_class("DPi"):
    really = f"really P{car.actual.position_in_class}" if car.actual else ""
    print(f"#{car.car:3} {car.team:42} win {car.win:6.1%} (95 %: ± {1.96 * car.se.win:.1%})  {really}")
figure = ls.plots.win_bars(odds, "DPi")
ls.plots.save(figure, asked.out)
