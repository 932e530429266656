"""
How long a penalty can a favourite afford?
==========================================

Car 31 with up to two minutes added after the flag. A quarter of a minute costs most of the win, as late yellows leave
the class within seconds; the podium lasts longer, as retirements pull a slower car up. The odds are those
played, as in a what-if: the last layer of a forecast is fitted to races without such penalties.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=2000, help="races to simulate")
ask.add_argument("--out", default="penalty_by_seconds.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

card = ls.load_card("imsa-2021-sebring")
rows = []
for seconds in (0, 15, 30, 60, 120):
    car = ls.forecast(ls.changed(card, {"entries.31.penalty_s": seconds}), races=asked.races).car("31").played
    rows.append((f"{seconds} s added", car.win, car.podium, None))
    print(f"{seconds:3} s: class win {car.win:.1%}, podium {car.podium:.1%}")
figure = ls.plots.variants_bars("Car 31 at Sebring", rows, "Solid: class win. Pale: podium.", ("win", "podium"))
ls.plots.save(figure, asked.out)
