"""Compile the registry the package ships from the files beside the project.

    python -m scripts.registry [--data ../shared/data] [--out src/langstrecke/paddock/data]

The hand-kept tables of the output folder (aliases.toml, circuits.csv, series.toml, programmes.csv, and the
calendar_extra, entries_extra and corrections tables) are read and never written; the same sources give the same
bytes.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.registry import alkamel, facts, gtworld, le_mans, single_seaters
from scripts.registry.raw import Raw, name_alike
from scripts.registry.write import write

ROOT = Path(__file__).resolve().parents[2]


def gather(data: Path, kept: Path) -> Raw:
    """Everything the sources say."""
    raw = Raw()
    le_mans.read(data / "history", raw)
    alkamel.read(data / "imsa", raw)
    alkamel.read(data / "wec", raw)
    gtworld.read(data / "gtwce", raw)
    single_seaters.read(data / "calendars", raw)
    facts.read(data / "facts", data / "ratings" / "all_driver_ratings.csv", raw)
    facts.read_extra(kept / "calendar_extra.csv", raw)
    facts.read_entries(kept / "entries_extra.csv", raw)
    facts.correct(kept / "corrections.csv", raw)
    name_alike(raw)
    return raw


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "langstrecke" / "paddock" / "data")
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        print(f"the source files are not there: {arguments.data}", file=sys.stderr)
        return 2
    for table, rows in write(gather(arguments.data, arguments.out), arguments.out).items():
        size = (arguments.out / f"{table}.csv").stat().st_size
        print(f"{table}: {rows} rows, {size / 1024:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
