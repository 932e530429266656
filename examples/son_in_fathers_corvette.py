"""
What would Kevin Magnussen have been worth in his father's Corvette?
====================================================================

Le Mans 2019, Kevin beside Jan Magnussen in car 63, for Mike Rockenfeller: the same what-if as the scenario's. He has
no rating in a GT car here, so he gets that of the class's platinum drivers and an uncertainty to match: what is not
known of him weighs more than the change.
"""

import argparse

import langstrecke as ls

ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
ask.add_argument("--races", type=int, default=4000, help="races to simulate")
ask.add_argument("--out", default="son_in_fathers_corvette.png", help="the figure: .png, .svg or .pdf")
asked = ask.parse_args()

kevin = {"name": "Kevin Magnussen", "licence": "platinum"}
change = {"replace": [{"car": "63", "out": "Mike Rockenfeller", "in": kevin}]}
result = ls.what_if(ls.load_card("le-mans-2019"), change, car="63", races=asked.races)
win = result.of("63").win
print(f"class win {win.before:.1%} to {win.after:.1%}: {100 * win.change:+.1f} points, ", end="")
print(f"95 % interval {100 * win.low:+.1f} to {100 * win.high:+.1f}")
for him in result.ignorance:
    print(f"his pace is a guess: {100 * him.worst.change:+.1f} to {100 * him.best.change:+.1f} points")
figure = ls.plots.what_if_bars(result)
ls.plots.save(figure, asked.out)
