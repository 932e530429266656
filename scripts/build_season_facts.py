"""Facts that championships need beside results: python scripts/build_season_facts.py ../shared/data

Qualifying orders by class (IMSA scores them) and the order at the hours that score (Endurance Cup of IMSA, 24 hours
of Spa), read off the timing files, as `qualifying.csv` and `segments.csv` of `forecast/season_data`: places only, no
times. The lap files of the 24 hours of Daytona are missing, so its segments before the finish are not there.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from langstrecke.forecast.season_real import OVERALL
from langstrecke.paddock.importing_events import name_event
from langstrecke.paddock.importing_layouts import Source, find_sources
from langstrecke.rulebooks import rulebook_for
from langstrecke.rulebooks.schema import plain
from langstrecke.timing.alkamel import read_laps, read_results

TARGET = Path(__file__).parents[1] / "src" / "langstrecke" / "forecast" / "season_data"


def class_orders(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """(class, car) in overall order -> (class, car, place in class)."""
    seen: dict[str, int] = {}
    for car_class, car in rows:
        seen[car_class] = seen.get(car_class, 0) + 1
        yield car_class, car, seen[car_class]


def qualifying(race_id: str, sources: list[Source], classes: dict[str, str]) -> Iterator[tuple[str, str, str, int]]:
    """Qualifying orders that score: of two sessions of a class the one for points."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for source in sorted(sources, key=lambda s: s.path.name):
        name = source.path.name
        if source.kind != "results" or "qualifying" not in name or "race" in name or "gtd-position" in name:
            continue
        if "gtd---position" in name:
            continue
        table = read_results(source.path)
        timed = table.filter(pl.col("fastest_lap_s").is_not_null())["car_class"].unique().to_list()
        table = table.filter(pl.col("car_class").is_in(timed))  # a session given up before anybody had a time
        rows = [(classes[plain(r["car_class"])], r["car"]) for r in table.sort("position").iter_rows(named=True)]
        for car_class, car, place in class_orders(rows):
            found.setdefault(car_class, []).append((car_class, car, place))
    for rows_of in found.values():
        for car_class, car, place in rows_of:
            yield race_id, car_class, car, place


def segments(race_id: str, laps: pl.DataFrame, marks: list[float]) -> Iterator[tuple[str, str, int, str, int]]:
    """Order in class at each mark: laps completed by then, the earlier crossing first."""
    # A red flag stops ELAPSED but not the race clock: the hour of day counts.
    for mark in marks:
        done = laps.filter(pl.col("elapsed_s") <= mark)
        order = (
            done.group_by("car", "car_class")
            .agg(pl.col("lap").max(), pl.col("elapsed_s").max())
            .sort("lap", "elapsed_s", descending=[True, False])
        )
        for car_class, car, place in class_orders(order.select("car_class", "car").iter_rows()):
            yield race_id, car_class, int(mark), car, place


def spa_hours(data: Path, season: int) -> Iterator[tuple[str, str, int, str, int]]:
    """Order, overall and in class, at the hours of the 24 hours of Spa that score, from the hourly standings."""
    book = rulebook_for("spa-24h", season)
    classes = {plain(n): c.name for c in book.classes for n in (c.name, *c.aliases)}
    folder = data / "gtwce" / str(season) / "TotalEnergies_24_Hours_of_Spa" / "Races"
    for mark in book.points.intermediate:
        path = folder / f"Main_Race_after_{mark.at_s / 3600:.0f}_hours.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [r for r in csv.DictReader(file) if r["Pos"].isdigit()]
        rows.sort(key=lambda r: int(r["Pos"]))
        for name, car, place in class_orders((OVERALL, r["Car #"]) for r in rows):
            yield f"spa-24h-{season}", name, int(mark.at_s), car, place
        named = [(plain(r["Class"].removesuffix(" Cup")), r["Car #"]) for r in rows]
        for name, car, place in class_orders((classes[c], car) for c, car in named if c in classes):
            yield f"spa-24h-{season}", name, int(mark.at_s), car, place


def main() -> None:
    """Read, write two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    groups: dict[tuple[int, str], list[Source]] = {}
    for source in find_sources(args.data / "imsa")[0]:
        if source.series == "imsa":
            groups.setdefault((source.season, source.event), []).append(source)
    grids: list[tuple[str, str, str, int]] = []
    marks: list[tuple[str, str, int, str, int]] = []
    for (season, event), sources in sorted(groups.items()):
        naming = name_event(sources)
        race_id = f"imsa-{season}-{naming.circuit}"
        ids = {naming.session(s, "race")[1] for s in sources if s.session_kind == "race"}
        ids.discard(None)
        if len(ids) == 1:
            race_id = str(ids.pop())
        book = rulebook_for("imsa", season, race_id)
        classes = {plain(n): c.name for c in book.classes for n in (c.name, *c.aliases)}
        roar = "roar" in event
        if roar and season >= 2023:  # the grid of Daytona, and points, by a session of the week before
            grids += qualifying(f"imsa-{season}-daytona", sources, classes)
        if not roar:  # 2021-22: by the qualifying race
            grids += qualifying(race_id, sources, classes)
        if book.points.intermediate and not roar:
            for source in sources:
                if source.kind == "laps" and source.session_kind == "race":
                    at = [i.at_s for i in book.points.intermediate if i.at_s < book.race.duration_s]
                    laps = read_laps(source.path)
                    laps = laps.with_columns(
                        pl.col("car_class").replace_strict({c: classes[plain(c)] for c in laps["car_class"].unique()})
                    )
                    marks += segments(race_id, laps, at)
        print(season, event, race_id)
    for season in (2021, 2022):
        marks += spa_hours(args.data, season)
    TARGET.mkdir(exist_ok=True)
    grids = sorted(dict.fromkeys(grids), key=lambda r: (r[0], r[1], r[3]))
    write(TARGET / "qualifying.csv", ("event", "class", "car", "position"), grids)
    write(TARGET / "segments.csv", ("event", "class", "at_s", "car", "position"), list(dict.fromkeys(marks)))


def write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """One CSV table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


if __name__ == "__main__":
    main()
