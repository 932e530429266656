"""
How do two figures fit on one page?
===================================

Every figure takes `ax=`: here the chances of LMP3 and the places behind them on one page, for an article. What is
written shrinks with the room it has.
"""

import argparse

import matplotlib.pyplot as plt

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="two_figures_on_one_page.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

odds = ls.forecast(ls.load_card("imsa-2021-sebring"), races=asked.races)
figure, (upper, lower) = plt.subplots(2, 1, figsize=(9.6, 6.4), layout="constrained")
ls.plots.win_bars(odds, "LMP3", ax=upper)
ls.plots.position_heatmap(odds, "LMP3", ax=lower)
print(f"LMP3, {odds.simulated} races: #{odds.in_class('LMP3')[0].car} is the favourite")
ls.plots.save(figure, asked.out)
