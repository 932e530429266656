"""How well pace is predicted, one season left out at a time: python -m scripts.fit.check DATA_OR_STORE [--json FILE]

For every race of an IMSA season the components come from the set fitted without that season; drivers and cars are
known from earlier sessions only. Per class: correlation and slope of realised on predicted pace, root mean square
error, and whether the stated intervals hold (spread of standardised residuals, share inside 50 % and 90 %).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scripts.fit.priors import load

from langstrecke.ratings.pace.check import CarCheck, check_drivers, check_race
from langstrecke.ratings.pace.history import RacePrediction, group_events, walk
from langstrecke.ratings.pace.priors import load_pace_priors
from langstrecke.ratings.race_priors import set_name
from langstrecke.ratings.sessions import SessionSummary


def checks(
    summaries: tuple[SessionSummary, ...], judge: Callable[[RacePrediction], list[CarCheck]]
) -> list[CarCheck]:
    """Residuals of every IMSA race, each season under the components that did not see it."""
    found = []
    for season in sorted({s.info.season for s in summaries if s.info.series == "imsa"}):
        priors = load_pace_priors(set_name(f"imsa-{season}"))
        for _, _, races in walk(group_events(summaries), priors):
            for race in races:
                if race.race.info.series == "imsa" and race.race.info.season == season:
                    found += judge(race)
    return found


def row(name: str, mine: list[CarCheck]) -> dict[str, float | str | int]:
    """One line of the table."""
    p = np.array([c.predicted for c in mine]) * 100
    a = np.array([c.realised for c in mine]) * 100
    z = np.array([c.z for c in mine])
    return {
        "name": name,
        "n": len(mine),
        "spread": float(a.std()),
        "rmse": float(np.sqrt(np.mean((a - p) ** 2))),
        "corr": float(np.corrcoef(p, a)[0, 1]),
        "slope": float(np.cov(p, a)[0, 1] / p.var()),
        "z_sd": float(z.std()),
        "z_mad": float(1.4826 * np.median(np.abs(z))),
        "in50": float(np.mean(np.abs(z) < 0.6745)),
        "in90": float(np.mean(np.abs(z) < 1.645)),
    }


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    summaries = load(args.data)
    out: dict[str, list[dict[str, float | str | int]]] = {}
    for title, judge in (("cars against their class", check_race), ("drivers against their car", check_drivers)):
        found = checks(summaries, judge)
        rows = [row(str(s), [c for c in found if c.season == s]) for s in sorted({c.season for c in found})]
        rows += [row(k, [c for c in found if c.car_class == k]) for k in sorted({c.car_class for c in found})]
        rows.append(row("all", found))
        out[title] = rows
        table = Table(*rows[0], title=f"{title} (percent of a lap; components fitted without the season judged)")
        for r in rows:
            table.add_row(*(f"{v:.3f}" if isinstance(v, float) else str(v) for v in r.values()))
        Console(width=120).print(table)
    if args.json:
        args.json.write_text(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
