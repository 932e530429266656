"""A scoreboard of advice: what the strategist says in real races, from what was known then, against what came.

Usage: python -m scripts.validate.advice STORE [--every 1] [--races 200] [--out docs/advice.md]

IMSA 2021-24 and WEC 2024-25 (with Le Mans), `before` cards; fitted figures had no part in the race's season.
`--every` takes each so-manieth race of the list only; the page says how many were looked at.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.live.fuel import with_tanks
from langstrecke.racecard.build import build_card
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.archive import Archive, open_archive
from langstrecke.ratings.stops import LONG_RACE_S, drive_throughs, stints_of_class
from langstrecke.simulation.kernel.snapshot import RUNS
from langstrecke.simulation.watch import simulate_watched
from langstrecke.store import Store, open_store
from langstrecke.strategy.call import call
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.options import Option, stop_or_stay
from langstrecke.strategy.outlook import outlook
from langstrecke.timing.derive import neutralisations

LOOKS = (0.15, 0.5, 0.75)
SEASONS = {"imsa": (2021, 2024), "wec": (2024, 2025), "le-mans": (2024, 2025)}
NEAR_S = 30.0
"""Two cars of a class this near to each other fight (default)."""
AFTER_S = (60.0, 120.0, 180.0)
"""Seconds after a yellow at which it is looked at: the first at which the laps tell of it."""
TRUTH_RACES = 1500
"""Races on fresh luck that say whether stopping is truly better than being held out on the track."""
CASES = 2
"""Cars of a class looked at under one yellow, from the front."""
PER_RACE = 6
"""Cars of a race whose whole call is asked for."""
SHARE = (0.2, 0.85)
"""... with so much of the tank burnt."""
TRULY = 0.05
"""Places by which stopping has to be better."""


@dataclass
class Board:
    """What has been counted so far."""

    races: int = 0
    laps: dict[float, list[tuple[float, bool]]] = field(default_factory=dict)
    """Look -> (predicted less true laps to go, within the 80 % range)."""
    stops: list[tuple[int, int, float]] = field(default_factory=list)
    """(likeliest number of stops, true number, the probability it was given) at half distance."""
    tanks: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Class -> (card's tank, tank at half distance) over the 95th percentile reached, less one."""
    yellow: list[tuple[bool, bool]] = field(default_factory=list)
    """(stopping truly better, `call` says stop)."""
    splits: list[bool] = field(default_factory=list)
    """Whether the outcome agreed with the advice."""


@dataclass(frozen=True)
class Race:
    """A race that was driven, its card before it and its laps."""

    card: RaceCard
    fold: RaceFold
    laps: pl.DataFrame
    stops: dict[str, list[float]]
    """When each car came in for a stop; drive-throughs are none."""
    end_s: float

    def finished(self, car: str) -> bool:
        """The car was still running at the flag."""
        lap = self.card.classes[self.card.entry(car).car_class].lap_s
        return self.fold.cars[car].newest_s > self.end_s - 3.0 * lap


def races_of(store: Store, archive: Archive, every: int) -> Iterator[Race]:
    """The races of the scoreboard that have laps and a card."""
    wanted = []
    for row in store.races().iter_rows(named=True):
        first, last = SEASONS.get(str(row["series"]), (9999, 0))
        if first <= int(row["season"]) <= last:
            wanted.append(str(row["race_id"]))
    for race_id in wanted[::every]:
        laps = store.laps(race_id)
        if laps.is_empty():
            continue
        try:
            card = build_card(race_id, store, archive=archive)
        except LangstreckeError as error:
            print(f"{race_id}: {error.message()}", file=sys.stderr)
            continue
        yield race(card, laps)


def race(card: RaceCard, laps: pl.DataFrame) -> Race:
    """One race with what is asked of its laps."""
    known = annotate(laps)
    brief = drive_throughs(known)
    came: dict[str, list[float]] = {}
    for row in np.flatnonzero(known.in_lap & ~brief):
        came.setdefault(known.cars[known.car[row]], []).append(float(known.end_s[row]))
    return Race(card, fold_of(laps), laps, came, float(laps["elapsed_s"].to_numpy().max()))


def look(one: Race, board: Board, races: int, seed: int) -> None:
    """Laps to go and stops needed of the class leaders, and the tank of each class."""
    length = one.card.race.duration_s
    for share in LOOKS:
        try:
            now = moment(one.card, one.fold, share * length)
        except LangstreckeError:
            continue
        if share == 0.5 and length > LONG_RACE_S:
            _tanks(one, now, board)
        leaders = [i for i, c in enumerate(now.state.cars) if c.position == 1 and c.laps > 0]
        for i in leaders:
            car = now.card.entries[i].car
            if int(now.snapshot.car["status"][i]) != RUNS or not one.finished(car):
                continue
            played = simulate_watched(now.params, [i], races=races, seed=seed, snapshot=now.seen_by(i))
            ahead = outlook(now, i, played)
            laps = one.fold.cars[car].rows[-1].lap - now.state.cars[i].laps
            board.laps.setdefault(share, []).append((ahead.laps - laps, ahead.low <= laps <= ahead.high))
            if share == 0.5:
                came = sum(s > now.t for s in one.stops.get(car, []))
                board.stops.append((ahead.needed, came, dict(ahead.stops).get(came, 0.0)))


def _tanks(one: Race, now: Moment, board: Board) -> None:
    known = annotate(one.laps)
    live = with_tanks(one.card, now.state)
    for k, name in enumerate(known.classes):
        stints = stints_of_class(known, k)
        if stints is None or name not in one.card.classes:
            continue
        reach = float(np.quantile(stints.burnt, 0.95))
        tanks = one.card.classes[name].stint_laps, live.classes[name].stint_laps
        board.tanks.setdefault(name, []).append((tanks[0] / reach - 1.0, tanks[1] / reach - 1.0))


def yellows(one: Race) -> Iterator[tuple[Moment, float]]:
    """(as soon as the laps tell of it, when it ended) of every yellow."""
    found = neutralisations(one.laps).filter(pl.col("kind").is_in(["fcy", "safety_car"]))
    for start, end in found.select("start_s", "end_s").iter_rows():
        for wait in AFTER_S:
            if start + wait >= min(end, one.card.race.duration_s - 900.0):
                break
            now = moment(one.card, one.fold, start + wait)
            if now.state.neutral:
                yield now, end
                break


def cases(one: Race, board: Board, races: int, seed: int) -> None:
    """Under each yellow: is stopping truly better, and does `call` say so? Then the cars that split."""
    asked = 0
    for now, end in yellows(one):
        if int(now.params.race[0].refuelling) != 1:
            return
        _splits(one, now, end, board, races, seed)
        for name in now.card.classes:
            front = [i for i in _fighting(now, name) if now.state.cars[i].position <= CASES]
            for i in front:
                burnt = now.state.cars[i].fuel_laps / float(now.params.car["stint_laps"][i])
                if asked >= PER_RACE or not SHARE[0] <= burnt <= SHARE[1]:
                    continue
                asked += 1
                option = Option("stop now", now.state.cars[i].laps + 1)
                truth = stop_or_stay(now, i, option, races=TRUTH_RACES, seed=seed + 1).place
                told = call(now, now.card.entries[i].car, races=races, seed=seed)
                board.yellow.append((truth.high < 0.0 and truth.change < -TRULY, told.stops_now))


def _fighting(now: Moment, name: str) -> list[int]:
    """Cars of a class on the road, in order."""
    cars = now.state.cars
    mine = [i for i, c in enumerate(cars) if c.car_class == name and c.status == "running" and c.laps > 0]
    return sorted(mine, key=lambda i: cars[i].position)


def _splits(one: Race, now: Moment, end: float, board: Board, races: int, seed: int) -> None:
    """Neighbours in class of which one came in under this yellow and the other did not.

    Advice is the mean of what stopping is worth to either. It agrees if the one that followed it gained more places
    on the cars of the class that finished; pairs with a car that did not finish, or level gains, tell nothing.
    """
    cars = now.state.cars
    for name in now.card.classes:
        order = [i for i in _fighting(now, name) if one.finished(cars[i].car)]
        used: set[int] = set()
        for a, b in pairwise(order):
            if a in used or b in used or not _near(now, a, b):
                continue
            came = [any(now.t < s <= end for s in one.stops.get(cars[i].car, [])) for i in (a, b)]
            if came[0] == came[1]:
                continue
            stopper, stayer = (a, b) if came[0] else (b, a)
            worth = 0.0
            for i in (a, b):
                option = Option("stop now", cars[i].laps + 1)
                worth -= stop_or_stay(now, i, option, races=races, seed=seed).place.change
            gained = _places(one, now, stopper, order) - _places(one, now, stayer, order)
            if gained != 0 and worth != 0.0:
                used |= {a, b}
                board.splits.append((gained > 0) == (worth > 0.0))


def _near(now: Moment, a: int, b: int) -> bool:
    one, other = now.state.cars[a], now.state.cars[b]
    if one.behind_s is None or other.behind_s is None:
        return False
    return one.laps == other.laps and abs(other.behind_s - one.behind_s) <= NEAR_S


def _places(one: Race, now: Moment, index: int, order: list[int]) -> int:
    """Places gained from the moment to the flag among the cars of the class that finished."""

    def at_flag(i: int) -> tuple[int, float]:
        last = one.fold.cars[now.state.cars[i].car].rows[-1]
        return -last.lap, last.elapsed_s

    return order.index(index) - sorted(order, key=at_flag).index(index)


def page(board: Board, races: int) -> str:
    """The scoreboard as a part of docs/validation.md."""
    lines = [
        "## Advice",
        "",
        f"Rebuilt by `python -m scripts.validate.advice STORE`: {board.races} races of IMSA 2021-24 and WEC 2024-25",
        f"with `before` cards, {races} races played for each answer; fitted figures had no part in a race's season.",
        "",
        "| | cases | figure | asked |",
        "|---|---|---|---|",
    ]
    asked = {0.15: 5, 0.5: 4, 0.75: 3}
    for share, rows in sorted(board.laps.items()):
        off = np.array([r[0] for r in rows])
        held = np.mean([r[1] for r in rows])
        lines.append(
            f"| laps to go of class leaders at {100 * share:.0f} %: mean error (mean absolute); in the 80 % range |"
            f" {len(rows)} | {off.mean():+.1f} ({np.abs(off).mean():.1f}); {100 * held:.0f} % |"
            f" within {asked[share]}; 80 % |"
        )
    if board.stops:
        off_by = np.array([abs(a - b) for a, b, _ in board.stops])
        lines.append(
            f"| stops still needed at half distance: exact / within one | {len(off_by)} |"
            f" {100 * np.mean(off_by == 0):.0f} / {100 * np.mean(off_by <= 1):.0f} % | 65 / 95 % |"
        )
    truly = [said for better, said in board.yellow if better]
    other = [said for better, said in board.yellow if not better]
    lines.append(
        f"| stopping truly better under yellow, and `call` says stop | {len(truly)} | {_share(truly)} | 90 % |"
    )
    lines.append(f"| not truly better, and `call` says stop | {len(other)} | {_share(other)} | |")
    low, high = _interval(board.splits)
    lines.append(
        f"| splits under yellow where the outcome agrees with the advice | {len(board.splits)} |"
        f" {_share(board.splits)} ({100 * low:.0f} to {100 * high:.0f}) | 62 % |"
    )
    lines += ["", "| tank against the 95th percentile reached | classes of races | card | at half distance |"]
    lines.append("|---|---|---|---|")
    for name, pairs in sorted(board.tanks.items()):
        card, live = np.array(pairs).T
        lines.append(
            f"| {name} | {len(pairs)} | {100 * card.mean():+.1f} % (± {100 * card.std():.1f}) |"
            f" {100 * live.mean():+.1f} % (± {100 * live.std():.1f}) |"
        )
    return "\n".join(lines) + "\n"


def _share(rows: list[bool]) -> str:
    return f"{100 * np.mean(rows):.0f} %" if rows else "no case"


def _interval(rows: list[bool]) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    n = len(rows)
    if not n:
        return 0.0, 1.0
    p, z2 = float(np.mean(rows)), 1.96**2
    middle, half = p + z2 / (2 * n), 1.96 * float(np.sqrt(p * (1 - p) / n + z2 / (4 * n * n)))
    return (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)


def judge(found: Iterable[Race], races: int, seed: int = 1) -> Board:
    """Look at every race; progress goes to standard error."""
    board = Board()
    for one in found:
        look(one, board, races, seed)
        cases(one, board, races, seed)
        board.races += 1
        print(f"{board.races} {one.card.race.id}: {len(board.splits)} splits", file=sys.stderr, flush=True)
    return board


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--races", type=int, default=200)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    with open_store(args.store, read_only=True) as store:
        text = page(judge(races_of(store, open_archive(store), args.every), args.races), args.races)
    if args.out is not None:
        args.out.write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
