"""Where does each car of a class finish?

Draws the probability of every place for every car, what really happened framed.

    python examples/position_heatmap.py [CARD] [CLASS] [--races 10000] [--figure places.png]
"""

from __future__ import annotations

import argparse

import langstrecke as ls


def main(card: str, car_class: str, races: int, figure: str) -> None:
    odds = ls.forecast(ls.load_card(card), races=races)
    best = odds.in_class(car_class)[0]
    print(f"#{best.car} {best.team}: first {best.win:.0%}, on the podium {best.podium:.0%}")
    ls.plots.save(ls.plots.position_heatmap(odds, car_class), figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("card", nargs="?", default="le-mans-2019")
    parser.add_argument("car_class", nargs="?", default="LMP2", metavar="class")
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--figure", default="places.png")
    main(**vars(parser.parse_args()))
