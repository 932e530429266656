"""Fit the figures of the in-race forecast and write src/langstrecke/forecast/data/live.toml.

    python -m scripts.fit.live ../shared/data

One set per season left out, one on everything, and two for the WEC and Le Mans: the chance that a car overdue in the
pits or on the road crosses the line again, and how long that takes, from every race with laps looked at every 4 % of
its length; and the chance that a car reaches the end without another stop, from IMSA and WEC races looked at in their
last 75 minutes. The last is fitted for the WEC since 2023 (on its races); elsewhere with `--stretch` only, which made
the odds no better (docs/validation_notes.md), so the older figures are kept.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import tomlkit
from numpy.typing import NDArray
from scipy.optimize import minimize

from langstrecke.forecast.calibration import part_of
from langstrecke.racecard.build import build_card
from langstrecke.racestate.state import live_state
from langstrecke.racestate.tanks import with_tanks
from langstrecke.ratings.archive import open_archive
from langstrecke.ratings.regions import SAFETY_CAR_SINCE
from langstrecke.store import Store, open_store
from langstrecke.store.importing import import_folder

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "forecast" / "data" / "live.toml"
LEFT_S = (600, 1200, 1800, 2400, 3000, 3600, 4500)
TANK = 1.03
"""`LiveFits.tank`: of 1.0 and 1.03 the one with the lower log loss in the seasons of every set."""
ACO, ACO_NOW = "aco", f"aco-since-{SAFETY_CAR_SINCE}"
ACO_PACE = (0.0015, 0.001)
"""`LiveFits.pace_sd` and `driver_sd` in the WEC and at Le Mans."""
LOOKS = np.arange(0.05, 0.97, 0.04)


@dataclass(frozen=True)
class Late:
    """A car overdue at a moment: did it cross again, and after how long?"""

    season: str
    overdue_s: float
    in_pit: bool
    wait_s: float | None


def overdue_cars(store: Store) -> list[Late]:
    """Every overdue car of every race at every look."""
    archive = open_archive(store)
    found: list[Late] = []
    for race_id in store.races()["race_id"]:
        laps = store.laps(race_id)
        if laps.is_empty():
            continue
        card = build_card(race_id, store, archive=archive)
        crossings = {str(k[0]): v["elapsed_s"].to_numpy() for k, v in laps.group_by("car")}
        for share in LOOKS:
            t = float(share) * card.race.duration_s
            for car in live_state(laps, card, t).cars:
                if car.overdue_s > 0.0:
                    later = crossings.get(car.car, np.zeros(0))
                    later = later[later > t]
                    wait = float(later.min() - t) if len(later) else None
                    season = f"{card.race.series}-{card.race.season}"
                    found.append(Late(season, car.overdue_s, car.in_pit, wait))
    return found


@dataclass(frozen=True)
class Fuel:
    """A car late in a race that saw the flag: what it lacked to get there, and whether it went through."""

    season: str
    lacking: float
    left_s: float
    through: bool


def fuel_cases(store: Store) -> list[Fuel]:
    """Every running car of the IMSA and WEC races at every look, tanks as `racestate.tanks` sees them."""
    archive = open_archive(store)
    found: list[Fuel] = []
    for race_id in store.races()["race_id"]:
        laps = store.laps(race_id)
        if laps.is_empty() or race_id.startswith("le-mans"):
            continue
        card = build_card(race_id, store, archive=archive)
        length = card.race.duration_s
        seen_flag = set(laps.filter(pl.col("elapsed_s") >= length - 30.0)["car"])
        stops = {str(k[0]): v["elapsed_s"].to_numpy() for k, v in laps.filter("in_pit").group_by("car")}
        for left in LEFT_S:
            t = length - left
            if t < 0.3 * length:
                continue
            state = live_state(laps, card, t)
            usual = dict(
                laps.filter(pl.col("elapsed_s") <= t)
                .group_by("car", "car_class")
                .agg(pl.col("lap_time_s").quantile(0.3))
                .group_by("car_class")
                .agg(pl.col("lap_time_s").median())
                .iter_rows()
            )
            classes = {n: c.model_copy(update={"lap_s": usual.get(n) or c.lap_s}) for n, c in card.classes.items()}
            figures = with_tanks(card.model_copy(update={"classes": classes}), state.stints(), TANK).classes
            for car in state.cars:
                if car.status == "running" and car.car in seen_flag:
                    own = figures[car.car_class]
                    need = car.fuel_laps + float(np.ceil((length - car.crossed_s) / own.lap_s))
                    through = not (stops.get(car.car, np.zeros(0)) > t).any()
                    season = f"{card.race.series}-{card.race.season}"
                    found.append(Fuel(season, max(need / own.stint_laps - 1.0, 0.0), float(left), through))
    return found


def stretch(cases: list[Fuel]) -> list[float]:
    """Coefficients of `LiveFits.stretch` by maximum likelihood with a weak ridge.

    With more of the race to go nobody saves more of a tank: the curve is asked for hours that it was not fitted on.
    """
    short = np.array([c.lacking for c in cases])
    late = np.log(np.array([c.left_s for c in cases]) / 1800.0)
    y = np.array([float(c.through) for c in cases])
    x = np.column_stack([np.ones_like(short), short, short * late, late])

    def loss(beta: NDArray[np.float64]) -> float:
        z = x @ beta
        return float(np.sum(np.logaddexp(0.0, z) - y * z) + 0.01 * beta @ beta)

    falling = [(None, None), (None, 0.0), (None, 0.0), (None, None)]
    return [round(float(b), 3) for b in minimize(loss, np.zeros(4), bounds=falling).x]


def logistic(x: NDArray[np.float64], y: NDArray[np.float64]) -> list[float]:
    """Intercept and slope by maximum likelihood with a weak ridge."""

    def loss(beta: NDArray[np.float64]) -> float:
        z = beta[0] + beta[1] * x
        return float(np.sum(np.logaddexp(0.0, z) - y * z) + 0.01 * beta @ beta)

    return [round(float(b), 3) for b in minimize(loss, np.zeros(2)).x]


def curves(rows: list[Late], *, in_pit: bool) -> tuple[list[float], list[float]]:
    """The curve of the chance to come back and that of the further wait."""
    mine = [r for r in rows if r.in_pit == in_pit]
    x = np.log1p(np.array([r.overdue_s for r in mine]) / 60.0)
    y = np.array([float(r.wait_s is not None) for r in mine])
    back = [(a, r.wait_s) for a, r in zip(x, mine, strict=True) if r.wait_s is not None]
    design = np.array([[1.0, a] for a, _ in back])
    wait = np.array([np.log(max(w, 5.0)) for _, w in back])
    beta = np.linalg.lstsq(design, wait, rcond=None)[0]
    # an exponential's mean lies exp(0.5772) above the exponential of its mean logarithm
    return logistic(x, y), [round(float(beta[0] + 0.5772), 3), round(float(beta[1]), 3)]


def kept(name: str, part: str) -> dict[str, object]:
    """The set as it stands in the file; a new one begins with that of its part, or with the one on all."""
    old = tomlkit.parse(TARGET.read_text()).unwrap() if TARGET.exists() else {}
    return dict(next((old[n] for n in (name, part, "all") if n in old), {}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="a folder of timing files, or a store")
    parser.add_argument("--stretch", action="store_true", help="fit the chance to go to the end everywhere")
    args = parser.parse_args()
    if args.data.is_file():
        with open_store(args.data, read_only=True) as store:
            rows, fuel = overdue_cars(store), fuel_cases(store)
    else:
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store.duckdb") as store:
            import_folder(store, args.data)
            rows, fuel = overdue_cars(store), fuel_cases(store)
    seasons = sorted({r.season for r in rows})
    document = tomlkit.document()
    document.add(tomlkit.comment("Written by scripts/fit/live.py; do not edit."))
    sets = [("all", "", ""), (ACO, "", ACO), (ACO_NOW, "", ACO_NOW)]
    for season in seasons:
        series, _, year = season.rpartition("-")
        sets.append((f"without-{season}", season, part_of(series, int(year))))
    for name, out, part in sets:
        mine = [r for r in rows if r.season != out]
        table = kept(name, part)
        table["seasons"] = [s for s in seasons if s != out]
        table["back_pit"], table["wait_pit"] = curves(mine, in_pit=True)
        table["back_road"], table["wait_road"] = curves(mine, in_pit=False)
        if args.stretch or part == ACO_NOW:
            home = "wec" if part == ACO_NOW else ""
            without = (out, out.replace("le-mans", "wec"))
            table["stretch"] = stretch([c for c in fuel if c.season.startswith(home) and c.season not in without])
        if part in (ACO, ACO_NOW):
            table["pace_sd"], table["driver_sd"] = ACO_PACE
        table["tank"] = TANK
        document.add(name, tomlkit.item(table))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(tomlkit.dumps(document))


if __name__ == "__main__":
    main()
