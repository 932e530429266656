"""
What does a penalty of a minute cost?
=====================================

Car 01 with 60 seconds added after the flag at Sebring, on the same luck as without. Late yellows leave the leaders
within seconds of each other, so a minute takes nearly all of its chance to win.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="what_a_penalty_costs.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

card = ls.load_card("imsa-2021-sebring")
result = ls.what_if(card, {"entries.01.penalty_s": 60}, car="01", races=asked.races)
win = result.of("01").win
print(f"class win {win.before:.1%} to {win.after:.1%}: {100 * win.change:+.1f} points, ", end="")
print(f"95 % interval {100 * win.low:+.1f} to {100 * win.high:+.1f}")
figure = ls.plots.what_if_bars(result)
ls.plots.save(figure, asked.out)
