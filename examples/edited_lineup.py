"""Kevin Magnussen in his father's Corvette at Le Mans 2019: what could they win?

Puts him into the #63 for Jan Magnussen, without a rating of his own: platinum licence, the pace of the class's other
platinum drivers, and an uncertainty to match. The car fights for its class and never for the race.

    python examples/edited_lineup.py [--races 10000] [--figure lineup.png]
"""

from __future__ import annotations

import argparse

import langstrecke as ls

KEVIN = {"name": "Kevin Magnussen", "licence": "platinum"}
WHAT_IF = {"replace": [{"car": "63", "out": "Jan Magnussen", "in": KEVIN}]}


def main(races: int, figure: str) -> None:
    card = ls.load_card("le-mans-2019")
    before = ls.forecast(card, races=races)
    after = ls.forecast(ls.changed(card, WHAT_IF), races=races)  # the same seed: the same luck
    for name, odds in (("Jan", before), ("Kevin", after)):
        car = odds.car("63")
        print(f"{name:5} in the #63: {car.car_class} win {car.win:.1%}, podium {car.podium:.1%}, ", end="")
        print(f"overall win {car.overall_win:.1%}")
    drawn = ls.plots.win_changes(before, after, "LMGTE Pro", "Kevin for Jan Magnussen in the #63")
    ls.plots.save(drawn, figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--figure", default="lineup.png")
    main(**vars(parser.parse_args()))
