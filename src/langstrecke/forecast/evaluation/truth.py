"""What really happened: the official order of every class, with cars that share a place kept together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.store import Store
from langstrecke.timing.derive import classification

Order = tuple[tuple[str, ...], ...]
"""Best first; cars in one group share their places, because the file does not tell them apart."""

ABSENT = ("dns", "did not start", "not started", "withdrawn")


def class_orders(store: Store, race_id: str) -> dict[str, Order]:
    """The order of every class of a race: by its result, else by its laps. Empty where the store has neither.

    Published places decide; cars without one come behind, by laps. The order of rows in a file decides nothing.
    """
    try:
        results = store.results(race_id)
        if results.is_empty():
            results = classification(store.laps(race_id))
    except LangstreckeError:
        return {}
    present = [r for r in results.iter_rows(named=True) if (r["status"] or "").casefold() not in ABSENT]
    classes = sorted({r["car_class"] for r in present if r["car_class"]})
    return {c: _order(r for r in present if r["car_class"] == c) for c in classes}


def _order(rows: Iterable[dict[str, Any]]) -> Order:
    groups: dict[tuple[int, float], list[str]] = {}
    for row in rows:
        place = row["position"] if row["position"] is not None else row["position_in_class"]
        key = (0, float(place)) if place is not None else (1, -float(row["laps"] or 0))
        groups.setdefault(key, []).append(row["car"])
    return tuple(tuple(sorted(groups[key])) for key in sorted(groups))


def season_key(race: dict[str, Any]) -> str:
    """Series and season of a row of `store.races()`: what is left out together. Le Mans counts by itself."""
    return f"{race['series']}-{race['season']}"


def race_table(store: Store) -> dict[str, dict[str, Any]]:
    """Rows of `store.races()` by id."""
    return {row["race_id"]: row for row in store.races().iter_rows(named=True)}


def classified_laps(laps: pl.DataFrame, t: float) -> pl.DataFrame:
    """car, car_class, laps, crossed_s at race time t, from the rows until then only."""
    return (
        laps.filter(pl.col("elapsed_s") <= t)
        .group_by("car")
        .agg(pl.col("car_class").first(), laps=pl.col("lap").max(), crossed_s=pl.col("elapsed_s").max())
        .sort("car")
    )
