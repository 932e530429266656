"""Fit the priors of the ratings on whole seasons and write src/langstrecke/ratings/data/priors/*.toml.

    python -m scripts.fit.priors ../shared/data [--pace]

One set per season of IMSA and WEC left out (Le Mans goes with the WEC of its year), and one on
everything. With --pace the variance components of the pace model are
fitted too (minutes); without it the ones in the file are kept.
"""

from __future__ import annotations

import argparse
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import tomlkit

from langstrecke.ratings.archive import open_archive
from langstrecke.ratings.pace.priors import PacePriors, from_table, to_table
from langstrecke.ratings.prior_fit import fit_race_priors
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.store import open_store
from langstrecke.store.importing import import_folder

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "ratings" / "data" / "priors"


def load(data: Path) -> tuple[SessionSummary, ...]:
    """Summaries of everything under `data` (a folder to import, or a store)."""
    if data.is_file():
        with open_store(data, read_only=True) as store:
            return open_archive(store).summaries
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.duckdb") as store:
        import_folder(store, data)
        return open_archive(store).summaries


def season_key(summary: SessionSummary) -> str:
    """Series and season, as priors name them."""
    return f"{summary.info.series}-{summary.info.season}"


def with_le_mans(season: str) -> tuple[str, ...]:
    """The seasons that are left out with one: cars and crews of Le Mans are those of that year's WEC."""
    return (season, season.replace("wec", "le-mans"))


def plain(value: Any) -> Any:
    """Numbers rounded to four figures, nested."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return value


def main() -> None:
    """Fit every set and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--pace", action="store_true")
    args = parser.parse_args()
    summaries = load(args.data)
    old: dict[str, Any] = {f.stem: tomllib.loads(f.read_text("utf-8")) for f in TARGET.glob("*.toml")}
    seasons = sorted({season_key(s) for s in summaries if s.laps.facts is not None})
    left_out = [None, *[s for s in seasons if s.startswith(("imsa", "wec"))]]
    TARGET.mkdir(parents=True, exist_ok=True)
    for out in left_out:
        name = f"without-{out}" if out else "all"
        mine = tuple(s for s in summaries if out is None or season_key(s) not in with_le_mans(out))
        kept = old.get(name, old.get("all", {})).get("pace")
        start = from_table(kept, ()) if kept else PacePriors()
        if args.pace:
            from scripts.fit.pace import fit_pace  # needs minutes, so only on request

            start = fit_pace(mine, start)
        used = [s for s in seasons if out is None or s not in with_le_mans(out)]
        table: dict[str, Any] = {"seasons": used, "pace": to_table(start)}
        table |= plain(fit_race_priors(mine))
        text = "# Written by scripts/fit/priors.py from whole seasons; do not edit.\n" + tomlkit.dumps(table)
        (TARGET / f"{name}.toml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
