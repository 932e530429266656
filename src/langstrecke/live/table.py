"""The timing table of a pit wall: one row a car, from the state of the race and, where there is one, its card.

    table = timing_table(state, card)
    for row in table.rows: print(row.position, row.car, row.gap_s, row.driver)

What a car has done is `racestate`'s word. The order is that of laps completed and then of the time of crossing, as
`timing.derive.classification` has it; after the finish that of the source, where it classifies. Rows whose figures
hang on messages that have not come are marked `uncertain`, with the reason in `why`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from langstrecke.live.crew import Crew, crews
from langstrecke.live.doubt import doubts
from langstrecke.live.driver_time import DriverTime
from langstrecke.live.feed_state import FeedState
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fuel import FuelStint, brief_s, burnt_since_full, fuel_of
from langstrecke.racestate.gaps import LEADS, Gap, gap_to, never_nearer, order_key
from langstrecke.racestate.model import CarState, Status
from langstrecke.racestate.net import OnTheRoad, net_places
from langstrecke.racestate.status import STOPPED, Watch, lap_ratio, usual_laps
from langstrecke.racestate.tanks import with_tanks
from langstrecke.rulebooks import load_rulebook
from langstrecke.timing.neutral import NEUTRAL_FLAGS


@dataclass(frozen=True)
class TimingRow:
    """One car. Seconds throughout; None is: not known, or does not apply."""

    car: str
    car_class: str
    team: str
    position: int | None
    """Overall; None before the first crossing."""
    position_in_class: int | None
    status: Status
    driver: str | None
    """On board when the car last crossed the line."""
    laps: int
    crossed_s: float
    """Race time of the last crossing; 0 before the first."""
    gap_laps: int
    """Whole laps behind the leader of the class (`racestate.gaps`)."""
    gap_s: float | None
    """Seconds behind the leader of the class at the end of this car's last lap; None a lap or more down, and where it
    is not known."""
    overall_gap_laps: int
    overall_gap_s: float | None
    interval_laps: int
    """... and to the car ahead in the class."""
    interval_s: float | None
    last_lap_s: float | None
    best_lap_s: float | None
    stint_laps: int
    stint_s: float
    """Since the car left the pits, up to now."""
    stops: int
    last_stop_s: float | None
    """Time in the pit lane at the last stop that is over."""
    in_pit: bool
    """In the pit lane, as far as the feed has told."""
    energy_left: float | None
    """Per cent of a full load, as last told; None where the series does not publish it."""
    fuel_left_laps: float | None
    """Green laps until the tank is empty: the card's tank, put right by the stints so far (`racestate.tanks`), less
    what is missing from it, drive-throughs bringing no fuel and short visits some; without a card the longest stint
    so far less the laps since the last stop. A neutralised lap burns half. None while neither says more than has been
    driven, and without a card after a visit too brief for a full tank."""
    fuel_by: str | None
    """Where the tank comes from: "card" or "longest stint"."""
    stops_owed: int | None
    """Stops still to make until the flag, by the card (`racestate.net`); None without a card, or fuel not known."""
    net_position: int | None
    """Place in class once everyone has made the stops still owed."""
    drivers: tuple[DriverTime, ...]
    """The crew in the card's order, then those the card does not know."""
    overdue_s: float
    """Since the car should have crossed the line at the latest."""
    uncertain: bool
    why: str


@dataclass(frozen=True)
class TimingTable:
    """The table at one moment."""

    race_id: str
    race_s: float
    duration_s: float | None
    left_s: float | None
    flag: str | None
    finished: bool
    lost: int
    """Messages known to be missing: nought means that the table says all the feed has told."""
    untold: tuple[str, ...]
    """What the source never tells, such as pit stops: nought in such a column says nothing."""
    rows: tuple[TimingRow, ...]
    """In race order; cars that have not crossed the line yet at the end."""
    seq: int
    """The newest message known of."""

    def row(self, car: str) -> TimingRow:
        """The row of a car. KeyError if it is not in the table."""
        for row in self.rows:
            if row.car == car:
                return row
        raise KeyError(car)

    def of_class(self, car_class: str) -> tuple[TimingRow, ...]:
        """The rows of one class, in order."""
        return tuple(row for row in self.rows if row.car_class == car_class)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        rows = [{**vars(row), "drivers": [dict(vars(driver)) for driver in row.drivers]} for row in self.rows]
        return {**vars(self), "rows": rows}


def timing_table(state: FeedState, card: RaceCard | None = None, at_s: float | None = None) -> TimingTable:
    """The table now, or as it was at race time `at_s` by what has come since.

    With a card it also holds cars that have not crossed yet, tanks, licences and driver time left; without one, what
    can be known without. Laps are worked out once a car and lap, so a new message costs one car.
    """
    now_s = state.race_s if at_s is None else at_s
    crew = crews(state, card)
    spans = state.spans(now_s)
    facts = {car: state.cars[car].state(now_s, spans) if car in state.cars else None for car in crew}
    doubt = doubts(state, facts, now_s)
    watch = _watch(state, card, [fact for fact in facts.values() if fact is not None], now_s)
    ran = [(fact, *watch.status(crew[car].expected, fact)) for car, fact in facts.items() if fact is not None]
    final = {car: place for place, car in enumerate(state.final_order)} if now_s >= state.race_s else {}
    last = len(final)
    ran.sort(key=lambda one: (final.get(one[0].car, last), *order_key(one[0].laps, one[0].crossed_s, one[0].car)))
    fuel, tanks = _fuel(facts, crew, card)
    gaps = _gaps(state, ran, {car: crew[car].car_class for car in crew}, now_s)
    places: dict[str, int] = {}
    rows = []
    for position, (fact, status, late) in enumerate(ran, start=1):
        own = crew[fact.car]
        places[own.car_class] = places.get(own.car_class, 0) + 1
        stands = (position, places[own.car_class])
        rows.append(_row(state, own, fact, (status, late), doubt, stands, gaps[fact.car], fuel[fact.car], now_s))
    rows = _with_net(rows, tanks, state, now_s)
    rows += [_waiting(crew[car], watch, doubt, now_s) for car in crew if facts[car] is None]
    duration = card.race.duration_s if card is not None else state.hello.duration_s if state.hello else None
    return TimingTable(
        race_id=state.hello.race_id if state.hello else card.race.id if card else "",
        race_s=now_s,
        duration_s=duration,
        left_s=max(0.0, duration - now_s) if duration is not None else None,
        flag=state.flag_at(now_s),
        finished=state.finished and now_s >= state.race_s,
        lost=sum(last - first + 1 for first, last in state.gaps),
        untold=state.hello.untold if state.hello is not None else (),
        rows=tuple(rows),
        seq=state.last_seq,
    )


Fuel = tuple[float | None, str | None]
"""(laps left, by what); (None, None) where it is not known."""


def _fuel(
    facts: dict[str, CarState | None], crew: dict[str, Crew], card: RaceCard | None
) -> tuple[dict[str, Fuel], RaceCard | None]:
    """What is left on board of every car that has crossed the line, and the card with the tanks of this race."""
    cars = {car: fact for car, fact in facts.items() if fact is not None}
    by_card = fuel_of(card, {car: fact.stretches for car, fact in cars.items()}) if card is not None else {}
    tanks: dict[str, float] = {}
    if card is not None:
        stints: dict[str, list[FuelStint]] = {}
        for car, board in by_card.items():
            stints.setdefault(crew[car].car_class, []).extend(board.stints)
        card = with_tanks(card, stints)
        tanks = {e.car: e.stint_laps or card.classes[e.car_class].stint_laps for e in card.entries}
    brief: dict[str, float | None] = {}
    found: dict[str, Fuel] = {}
    for car, fact in cars.items():
        name = crew[car].car_class
        if crew[car].tank_laps is not None and car in by_card:
            found[car] = max(0.0, tanks[car] - by_card[car].used), "card"
            continue
        if name not in brief:
            brief[name] = brief_s(one.stretches for number, one in cars.items() if crew[number].car_class == name)
        burnt = burnt_since_full(fact.stretches, brief[name])
        known = burnt is not None and fact.longest_stint > burnt
        found[car] = (fact.longest_stint - burnt, "longest stint") if burnt is not None and known else (None, None)
    return found, card


Ran = tuple[CarState, Status, float]
"""A car that has crossed the line, what it is doing, for how long it has been overdue."""


def _watch(state: FeedState, card: RaceCard | None, cars: list[CarState], now_s: float) -> Watch:
    neutral = state.flag_at(now_s) in NEUTRAL_FLAGS
    return Watch(
        now_s=now_s,
        ratio=lap_ratio(cars, card, now_s, neutral=neutral, flags=bool(state.flags)),
        lap_s=usual_laps(cars, card),
        still=state.fold.silences(now_s),
        finish_s=state.duration_s if state.finished and now_s >= state.race_s else None,
    )


def _gaps(state: FeedState, ran: list[Ran], classes: dict[str, str], now_s: float) -> dict[str, tuple[Gap, Gap, Gap]]:
    """By car: to the leader of its class, to the leader of the race, to the car ahead in its class."""
    overall = dict(zip([fact.car for fact, _, _ in ran], _to_first(state, ran, now_s), strict=True))
    found: dict[str, tuple[Gap, Gap, Gap]] = {}
    for name in dict.fromkeys(classes[fact.car] for fact, _, _ in ran):
        own = [one for one in ran if classes[one[0].car] == name]
        intervals = [LEADS] + [_gap(state, one, ahead[0].car, now_s) for ahead, one in pairwise(own)]
        for one, gap, interval in zip(own, _to_first(state, own, now_s), intervals, strict=True):
            found[one[0].car] = gap, overall[one[0].car], interval
    return found


def _to_first(state: FeedState, ran: list[Ran], now_s: float) -> list[Gap]:
    return [LEADS, *never_nearer([_gap(state, one, ran[0][0].car, now_s) for one in ran[1:]])] if ran else []


def _gap(state: FeedState, one: Ran, other: str, now_s: float) -> Gap:
    fact, status, _ = one
    return gap_to(fact.laps, fact.crossed_s, state.cars[other], now_s, stopped=status in STOPPED)


def _row(
    state: FeedState,
    crew: Crew,
    fact: CarState,
    doing: tuple[Status, float],
    doubt: dict[str, str],
    places: tuple[int, int],
    gaps: tuple[Gap, Gap, Gap],
    fuel: Fuel,
    now_s: float,
) -> TimingRow:
    status, overdue_s = doing
    gap, overall, interval = gaps
    left, by = fuel
    in_pit = state.in_lane(crew.car, fact.crossed_s, now_s)
    on_track = status == "running"
    last_s, best_s = _lap_times(state, fact)
    return TimingRow(
        car=crew.car, car_class=crew.car_class, team=crew.team or fact.team, position=places[0],
        position_in_class=places[1], status=status, driver=crew.name_of(fact.driver), laps=fact.laps,
        crossed_s=fact.crossed_s, gap_laps=gap.laps, gap_s=gap.seconds, overall_gap_laps=overall.laps,
        overall_gap_s=overall.seconds, interval_laps=interval.laps, interval_s=interval.seconds,
        last_lap_s=last_s, best_lap_s=best_s, stint_laps=fact.stint_laps,
        stint_s=(now_s if on_track else fact.crossed_s) - fact.stint_from_s, stops=fact.stops,
        last_stop_s=fact.last_stop_s, in_pit=fact.in_pit if in_pit is None else in_pit,
        energy_left=state.energy_left(crew.car), fuel_left_laps=left,
        fuel_by=by, stops_owed=None, net_position=None,
        drivers=crew.times(fact, now_s, on_track=on_track), overdue_s=overdue_s,
        uncertain=crew.car in doubt, why=doubt.get(crew.car, ""),
    )  # fmt: skip


def _with_net(rows: list[TimingRow], card: RaceCard | None, state: FeedState, now_s: float) -> list[TimingRow]:
    """The rows with stops owed and net places, where the card tells tanks and the source tells stops."""
    untold = state.hello.untold if state.hello is not None else ()
    if card is None or "pit stops" in untold or now_s >= card.race.duration_s:
        return rows
    known = [
        OnTheRoad(row.car, row.laps, row.crossed_s, row.fuel_left_laps, row.stops)
        for row in rows
        if row.fuel_left_laps is not None and row.fuel_by == "card" and row.status not in STOPPED
    ]
    net = net_places(card, load_rulebook(card.race.rulebook), known, now_s)
    return [
        replace(row, stops_owed=place.owed, net_position=place.position_in_class)
        if (place := net.get(row.car)) is not None
        else row
        for row in rows
    ]


def _lap_times(state: FeedState, fact: CarState) -> tuple[float | None, float | None]:
    """Last and best lap. Of a car first seen in mid-race the first lap told is a mean, and no lap time."""
    if fact.laps > 1 and state.estimated(fact.car, fact.laps) and state.first_seq(fact.car, fact.laps - 1) == 0:
        return None, fact.best_lap_s if fact.best_lap_s < (fact.last_lap_s or 0.0) else None
    return fact.last_lap_s, fact.best_lap_s


def _waiting(crew: Crew, clock: Watch, doubt: dict[str, str], now_s: float) -> TimingRow:
    status, overdue_s = clock.status(crew.expected, None)
    return TimingRow(
        car=crew.car, car_class=crew.car_class, team=crew.team, position=None, position_in_class=None, status=status,
        driver=None, laps=0, crossed_s=0.0, gap_laps=0, gap_s=None, overall_gap_laps=0, overall_gap_s=None,
        interval_laps=0, interval_s=None, last_lap_s=None, best_lap_s=None, stint_laps=0, stint_s=0.0, stops=0,
        last_stop_s=None, in_pit=False, energy_left=None, fuel_left_laps=crew.tank_laps,
        fuel_by="card" if crew.tank_laps else None, stops_owed=None, net_position=None,
        drivers=crew.times(None, now_s, on_track=False),
        overdue_s=overdue_s, uncertain=crew.car in doubt,
        why=doubt.get(crew.car, ""),
    )  # fmt: skip
