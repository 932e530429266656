"""How might the GTD class at Sebring unfold? One simulated race, lap by lap, as real timing data would show it.

python examples/gaps_of_one_race.py [--race 4711] [--figure gaps.png]
"""

from __future__ import annotations

import argparse

import polars as pl

import langstrecke as ls
from langstrecke.simulation import simulate_laps


def main(race: int, figure: str) -> None:
    laps = simulate_laps(ls.load_card("imsa-2021-sebring"), race=race)
    session = ls.Session(f"Sebring 2021, simulated race {race}", "simulation", "laps", laps, laps)
    order = session.order.filter(pl.col("car_class") == "GTD")["car"].to_list()
    print(f"GTD: {', '.join(f'#{car}' for car in order[:3])}; {session.periods.height} neutralisations")
    ls.plots.save(ls.plots.gaps(session, "GTD"), figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--race", type=int, default=4711)
    parser.add_argument("--figure", default="gaps.png")
    main(**vars(parser.parse_args()))
