"""The order on the road and the net order against the final one: who was nearer, at moments of real races.

    python scripts/validate/net_position.py STORE [--markdown]

At each moment the cars still running then are put in the order of the road and in the net order
(`racestate.net`), class by class, and both are compared with the order in which these cars finished: places off in
the mean, and how often the class was led by its winner. Cards are the shipped ones; those that know their own race
(`knowledge = "full"`) are left out.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from statistics import fmean

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.evaluation.truth import class_orders
from langstrecke.live.feed_state import FeedState
from langstrecke.live.sources.recordings import record_race
from langstrecke.live.table import timing_table
from langstrecke.racecard import list_cards, load_card
from langstrecke.store import Store, open_store

MOMENTS = (0.25, 0.5, 0.75, 0.9, 0.97)
"""Shares of the race."""
STOPPED = ("retired?", "not started", "finished")

Off = dict[float, list[tuple[float, float, bool, bool]]]
"""By moment: places off on the road and net, and whether the leader won, for a class of a race."""


def compare(store: Store, race: str, found: Off) -> bool:
    """Add a race; whether it could be compared."""
    card = load_card(race)
    truth = class_orders(store, race)
    if card.race.knowledge == "full" or not truth:
        return False
    try:
        recording = record_race(store, race)
    except LangstreckeError:  # no laps of it are stored
        return False
    state = FeedState()
    state.apply(recording.hello)
    for share in MOMENTS:
        t = share * card.race.duration_s
        for seq in range(state.last_seq + 1, recording.count_until(t) + 1):
            state.apply(recording.message(seq))
        rows = timing_table(state, card, t).rows
        for groups in truth.values():
            final = {car: place for place, group in enumerate(groups) for car in group}
            cars = [r for r in rows if r.car in final and r.net_position is not None and r.status not in STOPPED]
            if len(cars) < 3:
                continue
            ends = sorted(cars, key=lambda r: final[r.car])
            road = sorted(cars, key=lambda r: r.position_in_class or 0)
            net = sorted(cars, key=lambda r: r.net_position or 0)
            place = {r.car: k for k, r in enumerate(ends)}

            def off(order: list[object], place: dict[str, int] = place) -> float:
                return fmean(abs(k - place[r.car]) for k, r in enumerate(order))  # type: ignore[attr-defined]

            winner = ends[0].car
            found[share].append((off(list(road)), off(list(net)), road[0].car == winner, net[0].car == winner))
    return True


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store")
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    found: Off = defaultdict(list)
    compared = 0
    with open_store(args.store, read_only=True) as store:
        for race in store.races()["race_id"].to_list():
            if race in list_cards():
                compared += compare(store, race, found)
    bar = "|" if args.markdown else " "
    print(f"{compared} races")
    print(f"{bar} race driven {bar} classes {bar} places off, road {bar} net {bar} leader wins, road {bar} net {bar}")
    if args.markdown:
        print("|---|---|---|---|---|---|")
    for share in MOMENTS:
        rows = found[share]
        if rows:
            road, net, won, net_won = (fmean(row[k] for row in rows) for k in range(4))
            cells = (f"{share:.0%}", len(rows), f"{road:.2f}", f"{net:.2f}", f"{won:.0%}", f"{net_won:.0%}")
            print(bar, f" {bar} ".join(map(str, cells)), bar)
    return 0 if compared else 1


if __name__ == "__main__":
    sys.exit(main())
