"""Rebuild every shipped race card from the timing files: python -m scripts.build.cards ../shared/data

`before` cards for IMSA 2021-23 and WEC 2015-16, `full` ones for Le Mans 2018 and 2019 (docs/cards.md).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from langstrecke.racecard.build import Knowledge, build_card
from langstrecke.racecard.io import write_card
from langstrecke.ratings.archive import open_archive
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "racecard" / "data"

CARDS: dict[str, Knowledge] = {
    "imsa-2021-daytona-qualifying-race": "before",
    "imsa-2021-daytona": "before",
    "imsa-2021-sebring": "before",
    "imsa-2021-mid-ohio": "before",
    "imsa-2021-watkins-glen": "before",
    "imsa-2021-watkins-glen-240": "before",
    "imsa-2021-lime-rock": "before",
    "imsa-2021-road-america": "before",
    "imsa-2021-laguna-seca": "before",
    "imsa-2021-long-beach": "before",
    "imsa-2021-vir": "before",
    "imsa-2021-road-atlanta": "before",
    "le-mans-2018": "full",
    "le-mans-2019": "full",
    "imsa-2022-belle-isle": "before",
    "imsa-2022-daytona-qualifying-race": "before",
    "imsa-2022-daytona": "before",
    "imsa-2022-laguna-seca": "before",
    "imsa-2022-lime-rock": "before",
    "imsa-2022-long-beach": "before",
    "imsa-2022-mid-ohio": "before",
    "imsa-2022-mosport": "before",
    "imsa-2022-road-america": "before",
    "imsa-2022-road-atlanta": "before",
    "imsa-2022-sebring": "before",
    "imsa-2022-vir": "before",
    "imsa-2022-watkins-glen": "before",
    "imsa-2023-daytona": "before",
    "imsa-2023-indianapolis": "before",
    "imsa-2023-laguna-seca": "before",
    "imsa-2023-lime-rock": "before",
    "imsa-2023-long-beach": "before",
    "imsa-2023-mosport": "before",
    "imsa-2023-road-america": "before",
    "imsa-2023-road-atlanta": "before",
    "imsa-2023-sebring": "before",
    "imsa-2023-vir": "before",
    "imsa-2023-watkins-glen": "before",
    "wec-2015-bahrain": "before",
    "wec-2015-silverstone": "before",
    "wec-2015-spa": "before",
    "wec-2016-cota": "before",
    "wec-2016-fuji": "before",
    "wec-2016-mexico": "before",
    "wec-2016-nurburgring": "before",
    "wec-2016-shanghai": "before",
    "wec-2016-silverstone": "before",
    "wec-2016-spa": "before",
}


def main() -> None:
    """Import, rate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder of timing files")
    parser.add_argument("--store", type=Path, help="a store that already holds them")
    parser.add_argument("--out", type=Path, default=TARGET)
    parser.add_argument("races", nargs="*", help="only these cards")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = args.store or Path(folder) / "store.duckdb"
        with open_store(path) as store:
            if args.store is None:
                import_folder(store, args.data)
            archive = open_archive(store)
            for race_id, knowledge in CARDS.items():
                if args.races and race_id not in args.races:
                    continue
                card = build_card(race_id, store, knowledge, archive=archive)
                write_card(card, args.out / f"{race_id}.toml")
                print(f"{race_id}: {len(card.entries)} cars, {time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
