"""Time at the wheel under the rule book, driver by driver, while the race is on.

The limits are those of `rulebooks.limits`, the counting is that of `rulebooks.legality`, so that the countdown and
the judgement after the race agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from langstrecke.rulebooks.legality import Stint, drive_time, spells
from langstrecke.rulebooks.limits import DriverLimits


@dataclass(frozen=True)
class DriverTime:
    """One driver of a car, in seconds; None where the rule book sets no such limit or is not known."""

    driver: str
    licence: str | None
    on_board: bool
    driven_s: float
    left_s: float | None
    """How long the driver could stay at the wheel from now on until the first limit but that on driving without a
    rest: the total, or the time within a window."""
    continuous_left_s: float | None
    """... until the limit on driving without a rest."""
    owed_s: float
    """Still to drive to reach the minimum; 0 once it is reached. Where a minimum is shared, what the group owes."""


def driver_times(
    crew: Sequence[tuple[str, str | None]],
    limits: dict[str, DriverLimits],
    stints: Sequence[Stint],
    now_s: float,
    on_board: str | None,
) -> tuple[DriverTime, ...]:
    """The crew's times at `now_s`. `stints` hold all driving until now, the stint under way up to now included."""
    driven = {name: drive_time(stints, name) for name, _ in crew}
    owed = _owed(limits, driven)
    return tuple(
        DriverTime(
            driver=name,
            licence=licence,
            on_board=name == on_board,
            driven_s=driven[name],
            left_s=_left(name, limits[name], driven[name], stints, now_s) if name in limits else None,
            continuous_left_s=_continuous(name, limits[name], stints, now_s) if name in limits else None,
            owed_s=owed.get(name, 0.0),
        )
        for name, licence in crew
    )


def _left(name: str, limits: DriverLimits, driven: float, stints: Sequence[Stint], now_s: float) -> float | None:
    found = []
    if limits.max_drive_s is not None:
        found.append(limits.max_drive_s - driven)
    if limits.max_in_window_s is not None and limits.window_s is not None:
        found.append(_in_window(name, limits.max_in_window_s, limits.window_s, stints, now_s))
    return max(0.0, min(found)) if found else None


def _in_window(name: str, most_s: float, window_s: float, stints: Sequence[Stint], now_s: float) -> float:
    """How long from now until a driver at the wheel has driven `most_s` within the last `window_s`.

    Driving on adds at the front of the window what it may shed at its back: while the back of the window runs over
    own driving the sum stands still, else it grows.
    """
    own = sorted((s.start_s, s.end_s) for s in stints if s.driver == name and s.end_s > now_s - window_s)
    back = now_s - window_s
    inside = sum(end - max(start, back) for start, end in own)
    left = most_s - inside
    if left <= 0.0:
        return 0.0
    at = back
    for start, end in own:
        idle = max(start, at) - at
        if left <= idle:
            return at + left - back
        left -= idle
        at = max(end, at)
    return at + left - back


def _continuous(name: str, limits: DriverLimits, stints: Sequence[Stint], now_s: float) -> float | None:
    if limits.max_continuous_s is None:
        return None
    # A stint of no length beginning now tells whether the rest so far ends the last spell.
    mine = spells([*stints, Stint(name, None, now_s, now_s)], name, limits.min_rest_s)
    return max(0.0, limits.max_continuous_s - mine[-1][1])


def _owed(limits: dict[str, DriverLimits], driven: dict[str, float]) -> dict[str, float]:
    """What is still owed to minimums, drivers held to the same rule judged together as in `rulebooks.legality`."""
    groups: dict[DriverLimits, list[str]] = defaultdict(list)
    for name in limits:
        groups[replace(limits[name], max_drive_s=None, all_must_start=False)].append(name)
    owed: dict[str, float] = {}
    for rule, names in groups.items():
        if rule.min_shared:
            together = sum(driven[name] for name in names)
            owed |= {name: max(0.0, rule.min_drive_s - together) for name in names}
            continue
        counted = rule.min_drivers_counted if rule.min_drivers_counted is not None else len(names)
        for rank, name in enumerate(sorted(names, key=lambda n: -driven[n])):
            need = rule.min_drive_s if rank < counted else rule.base_drive_s
            owed[name] = max(0.0, need - driven[name])
    return owed
