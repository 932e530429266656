"""Was this race driven by the rules? An independent judge in plain Python: it shares nothing with the simulation.

    for violation in violations(book, "GTD", 43200, stints, stops):
        print(violation.text)

It knows the rules on time at the wheel, on crews and on what a stop must last. Whether the pit lane was open is not
in stints and stops, so it is not judged here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from langstrecke.formatting import plural, race_time
from langstrecke.rulebooks.limits import DriverLimits, crew_limits, driver_limits
from langstrecke.rulebooks.schema import Licence, PitRules, RuleBook


@dataclass(frozen=True)
class Stint:
    """One driver's time at the wheel between two stops, in race time."""

    driver: str
    licence: Licence | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Stop:
    """One visit to the pit lane. What is not known is None and is not judged."""

    entry_s: float
    exit_s: float
    still_s: float | None = None
    fuel_s: float | None = None
    """Time the hose was connected; 0: no refuelling."""
    fuel_share: float = 1.0
    """Share of the tank filled."""
    tyres_s: float | None = None
    """Time spent on tyres; 0: none changed."""
    driver_change: bool | None = None
    neutralised: bool = False
    """The car entered the pit lane while the race was neutralised."""
    penalty: bool = False
    """Drive-through or stop-and-go: not a stop in the sense of the pit rules."""

    @property
    def pit_time_s(self) -> float:
        """From pit entry to pit exit."""
        return self.exit_s - self.entry_s


@dataclass(frozen=True)
class Violation:
    """A broken rule: its name, who broke it, and a sentence."""

    rule: str
    text: str
    driver: str | None = None


def violations(
    book: RuleBook,
    car_class: str,
    duration_s: float,
    stints: Sequence[Stint],
    stops: Sequence[Stop] = (),
    *,
    nominated: Sequence[tuple[str, Licence | None]] | None = None,
    neutralised: Sequence[tuple[float, float]] = (),
    finished: bool = True,
    tolerance_s: float = 0.001,
) -> list[Violation]:
    """Every rule of the book this car has broken, in words.

    `duration_s` is the scheduled length of the race, on which the limits depend. `nominated` names the whole crew
    where somebody may not have driven. A car that did not finish is not held to minimums and mandatory stops.
    """
    ordered = sorted(stints, key=lambda s: (s.start_s, s.end_s))
    crew = list(nominated) if nominated is not None else []
    crew += [(s.driver, s.licence) for s in ordered if s.driver not in {name for name, _ in crew}]
    crew = list(dict(crew).items())
    limits = {name: driver_limits(book, car_class, licence, duration_s) for name, licence in crew}
    return [
        *_overlaps(ordered, tolerance_s),
        *_crew(book, car_class, duration_s, crew, whole=finished or nominated is not None),
        *(v for name, _ in crew for v in _driver(name, limits[name], ordered, finished, tolerance_s)),
        *(_minimums(crew, limits, ordered, tolerance_s) if finished else ()),
        *_stops(book.pit, book.class_named(car_class).name, stops, tolerance_s),
        *(_required_stops(book.pit, stops, tolerance_s) if finished else ()),
        *_runs(book.pit, ordered, stops, neutralised, tolerance_s),
    ]


def drive_time(stints: Sequence[Stint], driver: str) -> float:
    """A driver's total time at the wheel."""
    return sum(s.end_s - s.start_s for s in stints if s.driver == driver)


def most_in_window(stints: Sequence[Stint], driver: str, window_s: float) -> tuple[float, float]:
    """The most a driver drives in any window of this length, and where that window begins.

    Sliding the window, the time inside it only stops growing where the window's end leaves a stint or its beginning
    enters one, so it is enough to look at windows that begin with a stint or end with one.
    """
    own = [(s.start_s, s.end_s) for s in stints if s.driver == driver]
    starts = {start for start, _ in own} | {max(0.0, end - window_s) for _, end in own}
    best = (0.0, 0.0)
    for at in sorted(starts):
        until = at + window_s
        inside = 0.0
        for start, end in own:
            if end > at and start < until:
                inside += min(end, until) - max(start, at)
        if inside > best[0]:
            best = (inside, at)
    return best


def spells(stints: Sequence[Stint], driver: str, min_rest_s: float) -> list[tuple[float, float]]:
    """A driver's spells as (begin, time at the wheel). A rest ends a spell if it lasts `min_rest_s` and another
    driver drove meanwhile; a stop without a change of driver does not.
    """
    ordered = sorted(stints, key=lambda s: s.start_s)
    found: list[tuple[float, float]] = []
    last_end, others_since = 0.0, False
    for stint in ordered:
        if stint.driver != driver:
            others_since = True
            continue
        length = stint.end_s - stint.start_s
        if found and not (others_since and stint.start_s - last_end >= min_rest_s):
            found[-1] = (found[-1][0], found[-1][1] + length)
        else:
            found.append((stint.start_s, length))
        last_end, others_since = stint.end_s, False
    return found


def _overlaps(ordered: Sequence[Stint], tolerance_s: float) -> Iterator[Violation]:
    for stint in ordered:
        if stint.end_s < stint.start_s:
            yield Violation("order", f"a stint of {stint.driver} ends before it begins", stint.driver)
    for one, other in pairwise(ordered):
        if other.start_s < one.end_s - tolerance_s:
            at = race_time(other.start_s)
            yield Violation("order", f"{one.driver} and {other.driver} drive at once at {at}", other.driver)


def _crew(
    book: RuleBook, car_class: str, duration_s: float, crew: list[tuple[str, Licence | None]], *, whole: bool
) -> Iterator[Violation]:
    """Size and licences of a crew. Of a crew that is not known as a whole only what can be told is judged."""
    limits = crew_limits(book, car_class, duration_s)
    if len(crew) > limits.max_drivers or (whole and len(crew) < limits.min_drivers):
        allowed = f"{limits.min_drivers} to {limits.max_drivers}"
        yield Violation("crew size", f"a crew of {plural(len(crew), 'driver')}; {allowed} may share the car")
    if any(licence is None for _, licence in crew):
        return
    bronze = [name for name, licence in crew if licence == "bronze"]
    amateurs = [name for name, licence in crew if licence in ("bronze", "silver")]
    if bronze and not limits.bronze_allowed:
        yield Violation("crew licences", f"{bronze[0]} is Bronze, which this class does not allow", bronze[0])
    if whole and len(bronze) < limits.min_bronze:
        yield Violation("crew licences", f"{plural(len(bronze), 'Bronze driver')}; {limits.min_bronze} needed")
    if whole and len(amateurs) < limits.min_silver_or_bronze:
        need = limits.min_silver_or_bronze
        yield Violation("crew licences", f"{plural(len(amateurs), 'driver')} rated Silver or Bronze; {need} needed")


def _driver(
    name: str, limits: DriverLimits, stints: Sequence[Stint], finished: bool, tolerance_s: float
) -> Iterator[Violation]:
    total = drive_time(stints, name)
    if finished and limits.all_must_start and not any(s.driver == name for s in stints):
        yield Violation("all must start", f"{name} is nominated and did not drive", name)
    if limits.max_drive_s is not None and total > limits.max_drive_s + tolerance_s:
        text = f"{name} drove {race_time(total)}; at most {race_time(limits.max_drive_s)} is allowed"
        yield Violation("maximum drive time", text, name)
    if limits.max_in_window_s is not None and limits.window_s is not None:
        most, start = most_in_window(stints, name, limits.window_s)
        if most > limits.max_in_window_s + tolerance_s:
            text = (
                f"{name} drove {race_time(most)} in the {race_time(limits.window_s)} from {race_time(start)}; "
                f"at most {race_time(limits.max_in_window_s)} is allowed"
            )
            yield Violation("drive time in a window", text, name)
    if limits.max_continuous_s is not None:
        for start, length in spells(stints, name, limits.min_rest_s):
            if length > limits.max_continuous_s + tolerance_s:
                text = (
                    f"{name} drove {race_time(length)} from {race_time(start)} without a rest of "
                    f"{race_time(limits.min_rest_s)}; at most {race_time(limits.max_continuous_s)} is allowed"
                )
                yield Violation("continuous driving", text, name)


def _minimums(
    crew: list[tuple[str, Licence | None]],
    limits: dict[str, DriverLimits],
    stints: Sequence[Stint],
    tolerance_s: float,
) -> Iterator[Violation]:
    """Drivers held to the same rule are judged together: shared minimums, and minimums only some must reach."""
    groups: dict[DriverLimits, list[str]] = defaultdict(list)
    for name, _ in crew:
        # What does not bear on minimums must not split a group.
        groups[replace(limits[name], max_drive_s=None, all_must_start=False)].append(name)
    for rule, names in groups.items():
        driven = {name: drive_time(stints, name) for name in names}
        if rule.min_shared:
            total = sum(driven.values())
            if total < rule.min_drive_s - tolerance_s:
                who = " and ".join(names)
                text = f"{who} drove {race_time(total)} together; at least {race_time(rule.min_drive_s)} is needed"
                yield Violation("minimum drive time", text)
            continue
        counted = rule.min_drivers_counted if rule.min_drivers_counted is not None else len(names)
        by_time = sorted(names, key=lambda n: -driven[n])
        for rank, name in enumerate(by_time):
            need = rule.min_drive_s if rank < counted else rule.base_drive_s
            if driven[name] < need - tolerance_s:
                text = f"{name} drove {race_time(driven[name])}; at least {race_time(need)} is needed"
                yield Violation("minimum drive time", text, name)


def _stops(pit: PitRules, car_class: str, stops: Sequence[Stop], tolerance_s: float) -> Iterator[Violation]:
    short: list[Stop] = []
    for stop in sorted((s for s in stops if not s.penalty), key=lambda s: s.entry_s):
        at = race_time(stop.entry_s)
        refuels = stop.fuel_s is None or stop.fuel_s > 0
        if stop.fuel_s and not pit.refuelling:
            yield Violation("refuelling", f"the stop at {at} refuels, which is not allowed")
        if stop.still_s is not None and stop.still_s < pit.min_stop_s - tolerance_s:
            text = f"the stop at {at} stands {stop.still_s:.1f} s; at least {pit.min_stop_s:.1f} s is needed"
            yield Violation("minimum stop", text)
        timed = (refuels if pit.refuelling else False) or stop.driver_change is not False
        if timed and stop.pit_time_s < pit.min_pit_time_s - tolerance_s:
            short.append(stop)
        yield from _refuelling(pit, car_class, stop, at, tolerance_s)
    yield from _jokers(pit, short)


def _refuelling(pit: PitRules, car_class: str, stop: Stop, at: str, tolerance_s: float) -> Iterator[Violation]:
    if not stop.fuel_s:
        return
    if pit.min_refuel_s and pit.short_stop_max_s < stop.fuel_s < pit.min_refuel_s - tolerance_s:
        text = f"the stop at {at} refuels for {stop.fuel_s:.1f} s; at least {pit.min_refuel_s:.1f} s is needed"
        yield Violation("minimum refuelling", text)
    flow = pit.min_refuel_by_class.get(car_class, 0.0) * stop.fuel_share
    if stop.fuel_s < flow - tolerance_s:
        text = f"the stop at {at} refuels for {stop.fuel_s:.1f} s; this fill takes at least {flow:.1f} s"
        yield Violation("minimum refuelling", text)
    if pit.fuel_and_tyres == "tyres_after_fuel" and stop.tyres_s and stop.still_s is not None:
        least = stop.fuel_s + stop.tyres_s
        if stop.still_s < least - tolerance_s:
            text = f"the stop at {at} changes tyres while refuelling: {stop.still_s:.1f} s for {least:.1f} s of work"
            yield Violation("tyres after fuel", text)


def _jokers(pit: PitRules, short: list[Stop]) -> Iterator[Violation]:
    """Stops shorter than the minimum: each needs a joker, and jokers may be tied to a part of the race."""
    used = 0
    periods: set[int] = set()
    for stop in short:
        period = int(stop.entry_s // pit.joker_every_s) if pit.joker_every_s else used
        if used < pit.joker_stops and period not in periods:
            used += 1
            periods.add(period)
            continue
        why = f"at least {pit.min_pit_time_s:.1f} s is needed"
        if pit.joker_stops:
            why += " and no joker is left"
        text = f"the stop at {race_time(stop.entry_s)} takes {stop.pit_time_s:.1f} s from entry to exit; {why}"
        yield Violation("minimum pit time", text)


def _required_stops(pit: PitRules, stops: Sequence[Stop], tolerance_s: float) -> Iterator[Violation]:
    served = [s for s in stops if not s.penalty]
    if pit.mandatory_stops:
        end = pit.mandatory_to_s or float("inf")
        inside = [s for s in served if pit.mandatory_from_s - tolerance_s <= s.entry_s <= end + tolerance_s]
        if pit.mandatory_driver_change:
            inside = [s for s in inside if s.driver_change is not False]
        if len(inside) < pit.mandatory_stops:
            window = ""
            if pit.mandatory_to_s:
                window = f" between {race_time(pit.mandatory_from_s)} and {race_time(pit.mandatory_to_s)}"
            change = " with a driver change" if pit.mandatory_driver_change else ""
            text = f"{plural(len(inside), 'stop')}{change}{window}; {pit.mandatory_stops} mandatory"
            yield Violation("mandatory stop", text)
    if pit.technical_stop_s:
        begin, end = pit.technical_stop_from_s, pit.technical_stop_to_s or float("inf")
        counted = [s for s in served if not (s.neutralised and pit.technical_stop_green_only)]
        # a long repair may outlast the window: what counts is the time it stood there while the window was open
        longest = max((min(s.exit_s, end) - max(s.entry_s, begin) for s in counted), default=0.0)
        longest = max(longest, 0.0)
        if longest < pit.technical_stop_s - tolerance_s:
            text = f"no technical stop of {race_time(pit.technical_stop_s)}"
            text += f"; the longest that counts took {race_time(longest)}"
            yield Violation("technical stop", text)


def _runs(
    pit: PitRules,
    ordered: Sequence[Stint],
    stops: Sequence[Stop],
    neutralised: Sequence[tuple[float, float]],
    tolerance_s: float,
) -> Iterator[Violation]:
    """How long the car stayed out at a stretch, whoever drove."""
    if not pit.max_stint_s or not ordered:
        return
    entries = sorted([(s.entry_s, s.exit_s) for s in stops], key=lambda e: e[0])
    begins = [ordered[0].start_s, *(leave for _, leave in entries)]
    ends = [*(enter for enter, _ in entries), ordered[-1].end_s]
    for begin, end in zip(begins, ends, strict=True):
        yellow = any(start < end and begin < stop for start, stop in neutralised)
        limit = pit.max_stint_neutralised_s if yellow and pit.max_stint_neutralised_s else pit.max_stint_s
        if end - begin > limit + tolerance_s:
            text = f"the car stayed out {race_time(end - begin)} from {race_time(begin)}"
            text += f"; at most {race_time(limit)} is allowed"
            yield Violation("maximum stint", text)
