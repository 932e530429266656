"""Facts that championships need beside results: python -m scripts.build.season_facts ../shared/data

Written into `forecast/season/data`, places and points only, no times:

* `qualifying.csv`: qualifying orders by class (IMSA scores them);
* `segments.csv`: the order at the hours that score: of the Endurance Cup read off laps, of the 24 hours of Spa off
  the hourly standings. The lap files of the 24 hours of Daytona are missing; what pages tell is in `segments_extra`;
* `poles.csv`: who was first in qualifying, overall and by class: WEC from its grids, SRO from the hand cards' (a
  place lost on the grid does not cost the point: so the four points of the title at Barcelona 2021 come out);
* `bonus.csv`: IndyCar's points beyond those of the place (pole, laps led, Indianapolis qualifying), which is what the
  official points column of a race has more.

Kept by hand: `qualifying_extra`, `qualifying_lost`, `segments_extra`, `adjustments`, `published`.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from scripts.registry.places import circuit_of

from langstrecke.forecast.season.standings import rounds_of
from langstrecke.paddock.registry import load_registry
from langstrecke.racecard import list_cards, load_card
from langstrecke.rulebooks import rulebook_for, seasons_of
from langstrecke.rulebooks.points import OVERALL
from langstrecke.rulebooks.schema import plain
from langstrecke.store.importing.events import Event
from langstrecke.store.importing.survey import survey
from langstrecke.timing.readers.alkamel import read_laps, read_results

TARGET = Path(__file__).parents[2] / "src" / "langstrecke" / "forecast" / "season" / "data"


def class_orders(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """(class, car) in overall order -> (class, car, place in class)."""
    seen: dict[str, int] = {}
    for car_class, car in rows:
        seen[car_class] = seen.get(car_class, 0) + 1
        yield car_class, car, seen[car_class]


def qualifying(race_id: str, files: list[Path], classes: dict[str, str]) -> Iterator[tuple[str, str, str, int]]:
    """Qualifying orders that score: of two sessions of a class the one for points."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for path in sorted(files, key=lambda p: p.name):
        name = path.name
        if "qualifying" not in name or "race" in name or "gtd-position" in name or "gtd---position" in name:
            continue
        table = read_results(path)
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


def hourly_standings(data: Path) -> Iterator[tuple[str, str, int, str, int]]:
    """The order at the scoring hours of the 24 hours of Spa, overall and by class."""
    for season in seasons_of("gtwce-endurance"):
        folder = next((f / "Races" for f in (data / "gtwce" / season).glob("*Spa*")), None)
        if folder is None:
            continue
        files = {path.stem.casefold(): path for path in folder.glob("*.csv")}
        classes = {e.car: e.car_class for e in load_registry().entries(f"spa-24h-{season}")}
        for mark in rulebook_for("spa-24h", season).points.intermediate:
            path = files[f"main_race_after_{mark.at_s / 3600:.0f}_hours"]
            with path.open(encoding="utf-8-sig", newline="") as file:
                cars = [row["Car #"].strip() for row in csv.DictReader(file) if row["Pos"].strip().isdigit()]
            orders = [*((OVERALL, car, n) for n, car in enumerate(cars, 1))]
            orders += class_orders((classes[car], car) for car in cars)
            for name, car, place in orders:
                yield f"spa-24h-{season}", name, int(mark.at_s), car, place


def read_grid(path: Path) -> list[str]:
    """Cars of a WEC grid sheet, the pole first. A row holds two cars: number, place, row, place, number."""
    places: dict[int, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(file):
            cells = [cell.strip() for cell in row]
            for car, place in ((cells[0], cells[1]), (cells[4], cells[3])) if len(cells) == 5 else ():
                if car and place.isdigit():
                    places[int(place)] = car
    return [places[place] for place in sorted(places)]


def poles(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """Who was first in qualifying: overall and in every class, with where that is read."""
    grids: dict[str, tuple[list[str], str]] = {}
    for season in ("2015", "2016"):
        events = {e.circuit: e.id for e in load_registry().calendar("wec", season)}
        for path in sorted((data / "wec" / season).glob("*/Grid.csv")):
            grids[events[circuit_of(path.parent.name.replace("_", " "))]] = read_grid(path), "grid sheet"
    for name in list_cards():
        card = load_card(name)
        if card.race.series in ("gtwce-endurance", "spa-24h") and all(e.grid for e in card.entries):
            grids[name] = [e.car for e in sorted(card.entries, key=lambda e: e.grid or 0)], "qualifying tables"
    for event, (cars, source) in sorted(grids.items()):
        entries = {e.car: e for e in load_registry().entries(event)}
        first: dict[str, str] = {OVERALL: cars[0]}
        for car in cars:
            if car in entries and entries[car].car_class not in ("GT3", "Invitational"):
                first.setdefault(entries[car].car_class, car)
        for name, car in first.items():
            yield event, name, car, source


def indycar_bonus(data: Path) -> Iterator[tuple[str, str, int]]:
    """What an IndyCar driver's points of a race have more than those of the place."""
    registry = load_registry()
    for path in sorted((data / "calendars" / "indycar").glob("history_*.json")):
        told = json.loads(path.read_text("utf-8"))
        rounds = [r for r in rounds_of("indycar", str(told["season"])) if r.number]
        for race, rnd in zip(sorted(told["rounds"], key=lambda r: r["round"]), rounds, strict=True):
            scale = rnd.book.points_scale()
            for row in race["results"]:
                place = row["position"]
                plain_points = scale.points(int(place)) if scale and place else 0.0
                if row["points"] is not None and (more := round(row["points"] - plain_points)):
                    yield rnd.id, registry.driver(row["driver"]).id, more


def main() -> None:
    """Read, write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    args = parser.parse_args()
    grids: list[tuple[str, str, str, int]] = []
    marks: list[tuple[str, str, int, str, int]] = []
    plan = survey(args.data / "imsa", lambda path: "results" in path.stem)
    events: dict[str, Event] = {session.event.prefix: session.event for session in plan.sessions.values()}
    for prefix, event in sorted(events.items()):
        if event.series != "imsa":
            continue
        season = int(event.season)
        race_id = f"imsa-{season}-{event.circuit}"
        files = [Path(record.path) for record in event.records]
        own = [s for s in plan.sessions.values() if s.event is event and s.kind == "race"]
        if len(own) == 1 and own[0].race_id:
            race_id = own[0].race_id
        book = rulebook_for("imsa", season, race_id)
        classes = {plain(n): c.name for c in book.classes for n in (c.name, *c.aliases)}
        roar = any("roar" in record.evidence.event for record in event.records)
        if roar and season >= 2023:  # the grid of Daytona, and points, by a session of the week before
            grids += qualifying(f"imsa-{season}-daytona", files, classes)
        if not roar:  # 2021-22: by the qualifying race
            grids += qualifying(race_id, files, classes)
        if book.points.intermediate and not roar:
            for session in own:
                results = Path(session.chosen["results"].best.path)
                path = results.with_name(results.name.replace("-results", "-laps"))
                if not path.is_file():
                    continue
                at = [i.at_s for i in book.points.intermediate if i.at_s < book.race.duration_s]
                laps = read_laps(path)
                laps = laps.with_columns(
                    pl.col("car_class").replace_strict({c: classes[plain(c)] for c in laps["car_class"].unique()})
                )
                marks += segments(race_id, laps, at)
        print(season, prefix, race_id)
    TARGET.mkdir(exist_ok=True)
    grids = sorted(dict.fromkeys(grids), key=lambda r: (r[0], r[1], r[3]))
    write(TARGET / "qualifying.csv", ("event", "class", "car", "position"), grids)
    marks += hourly_standings(args.data)
    write(TARGET / "segments.csv", ("event", "class", "at_s", "car", "position"), list(dict.fromkeys(marks)))
    write(TARGET / "poles.csv", ("event", "class", "car", "source"), poles(args.data))
    write(TARGET / "bonus.csv", ("event", "driver", "points"), indycar_bonus(args.data))


def write(path: Path, head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """One CSV table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


if __name__ == "__main__":
    main()
