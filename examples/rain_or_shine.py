"""Who gains if it rains for six hours at Le Mans?

Plays the race of 2019 dry, and with rain from the sixth to the twelfth hour.

    python examples/rain_or_shine.py [--races 10000] [--figure rain.png]
"""

from __future__ import annotations

import argparse

import langstrecke as ls

DRY = {"weather.scenario": [[0, 0.0]]}
WET = {"weather.scenario": [[0, 0.0], [21600, 0.6], [43200, 0.0]]}


def main(races: int, figure: str) -> None:
    card = ls.load_card("le-mans-2019")
    dry, wet = (ls.forecast(ls.changed(card, sky), races=races) for sky in (DRY, WET))
    for name, odds in (("dry", dry), ("wet", wet)):
        print(f"{name}: the winner covers {odds.classes[0].winner_laps:.0f} laps")
    ls.plots.save(ls.plots.win_changes(dry, wet, "LMP1", "Six hours of rain at Le Mans"), figure)
    print(f"figure: {figure}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--figure", default="rain.png")
    main(**vars(parser.parse_args()))
