"""Who wins the 12 Hours of Sebring 2021?

The #01 Cadillac of Renger van der Zande, Kevin Magnussen and Scott Dixon is one of seven DPi. Prints the odds of the
class beside what really happened and draws them.

    python examples/who_wins_sebring_2021.py [--races 10000] [--figure sebring.png]
"""

from __future__ import annotations

import argparse

import langstrecke as ls


def main(races: int, figure: str) -> None:
    odds = ls.forecast(ls.load_card("imsa-2021-sebring"), races=races)
    for car in odds.in_class("DPi"):
        really = f"really P{car.actual.position_in_class}" if car.actual else ""
        print(f"#{car.car:3} {car.team:42} {car.win:6.1%} ± {car.se.win:.1%}  {really}")
    ls.plots.save(ls.plots.win_bars(odds, "DPi"), figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--figure", default="sebring.png")
    main(**vars(parser.parse_args()))
