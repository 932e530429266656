"""
Who gains if it rains for six hours?
====================================

Sebring dry, and with rain from the third to the ninth hour. Rain costs the class laps and leaves its order much as it
was: what a driver gains in the wet is not rated, so the model cannot know a rain master.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="rain_or_shine.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

card = ls.load_card("imsa-2021-sebring")
skies = {"dry": [[0, 0.0]], "wet": [[0, 0.0], [10_800, 0.6], [32_400, 0.0]]}
odds = {sky: ls.forecast(ls.changed(card, {"weather.scenario": s}), races=asked.races) for sky, s in skies.items()}
for sky, one in odds.items():
    print(f"{sky}: the winner covers {one.classes[0].winner_laps:.0f} laps")
figure = ls.plots.win_changes(odds["dry"], odds["wet"], "DPi", "Six hours of rain at Sebring")
ls.plots.save(figure, asked.out)
