"""Rebuild every shipped race card from the timing files: python -m scripts.build.cards ../shared/data

A `before` card for every race held whose season has a rule book, `full` for Le Mans 2018 and 2019 (docs/cards.md).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.build import Knowledge, build_card
from langstrecke.racecard.io import write_card
from langstrecke.ratings.archive import open_archive
from langstrecke.rulebooks import list_rulebooks
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "racecard" / "data"

FULL = frozenset({"le-mans-2018", "le-mans-2019"})
"""Races whose card knows the race itself: what-ifs of articles are asked of them, and no practice was timed."""


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
    books = set(list_rulebooks())
    with tempfile.TemporaryDirectory() as folder:
        path = args.store or Path(folder) / "store.duckdb"
        with open_store(path, read_only=args.store is not None) as store:
            if args.store is None:
                import_folder(store, args.data)
            archive = open_archive(store)
            for race_id, meta in sorted(archive.races.items()):
                if (args.races and race_id not in args.races) or f"{meta.series}-{meta.season}" not in books:
                    continue
                knowledge: Knowledge = "full" if race_id in FULL else "before"
                try:
                    card = build_card(race_id, store, knowledge, archive=archive)
                except LangstreckeError as error:
                    print(f"{race_id}: no card: {error.message()}", flush=True)
                    continue
                write_card(card, args.out / f"{race_id}.toml")
                print(f"{race_id}: {len(card.entries)} cars, {time.perf_counter() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
