"""How might the GTD class at Sebring unfold? One simulated race, lap by lap, as real timing data would show it.

python examples/gaps_of_one_race.py [--race 4711] [--figure gaps.png]
"""

from __future__ import annotations

import argparse

import polars as pl

from langstrecke.plots import save
from langstrecke.plots.race import car_gaps, race_gaps
from langstrecke.racecard import load_card
from langstrecke.simulation import simulate_laps
from langstrecke.timing.derive import class_gaps, classification, neutralisations


def main(race: int, figure: str) -> None:
    card = load_card("imsa-2021-sebring")
    laps = simulate_laps(card, race=race)
    order = classification(laps).filter(pl.col("car_class") == "GTD")["car"].to_list()
    yellows = [(a / 3600, b / 3600) for a, b in neutralisations(laps).select("start_s", "end_s").rows()]
    print(f"GTD: {', '.join(f'#{car}' for car in order[:3])}; {len(yellows)} neutralisations")
    title = f"GTD at Sebring 2021, simulated race {race}"
    legend = "The three best in colour; a dot is a stop, shaded: neutralised."
    save(race_gaps(car_gaps(class_gaps(laps), order), title, legend, yellows), figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--race", type=int, default=4711)
    parser.add_argument("--figure", default="gaps.png")
    main(**vars(parser.parse_args()))
