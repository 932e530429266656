"""Rebuild the shipped cards by hand from their sheets: python -m scripts.build.hand_cards [RACE ...]

The sheets (src/langstrecke/racecard/hand_sheets) hold the facts; figures come from the priors (racecard/hand.py).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from langstrecke.racecard.hand import hand_cards, list_sheets, read_sheet
from langstrecke.racecard.io import write_card

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "racecard" / "data"


def main() -> None:
    """Every round of every sheet, or the ones named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("races", nargs="*", help="only these cards")
    parser.add_argument("--out", type=Path, default=TARGET)
    args = parser.parse_args()
    for name in list_sheets():
        for card in hand_cards(read_sheet(name)):
            if args.races and card.race.id not in args.races:
                continue
            path = args.out / f"{card.race.id}.toml"
            path.unlink(missing_ok=True)
            write_card(card, path)
            print(f"{card.race.id}: {len(card.entries)} cars")


if __name__ == "__main__":
    main()
