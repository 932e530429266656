"""Of several files of one session the best: official over unmarked over provisional, the last hour, the whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from langstrecke.store.importing.record import Record

_STATUS = {"official": 0, "": 1, "provisional": 2, "unofficial": 3}
_SAME = 0.5
"""Two files are of one session where at least this share of the cars in both did the same there."""
_CARS = 0.5
_SLACK_MS = 15


@dataclass(frozen=True)
class Choice:
    """The file taken; those it supersedes, copies of it, and those that are not of this session at all, with why."""

    best: Record
    superseded: tuple[tuple[Record, str], ...] = ()
    copies: tuple[Record, ...] = ()
    strangers: tuple[tuple[Record, str], ...] = ()


def choose(records: Sequence[Record]) -> Choice:
    """The best of files that say they are of one kind of one session. The order of `records` does not matter."""
    kinds: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda r: r.path):
        kinds.setdefault(record.sha256, []).append(record)
    # Of copies the one with the shortest name: "Analysis.csv", not "Analysis (1).csv".
    firsts = [min(same, key=lambda r: (_rank(r, records), len(r.path), r.path)) for same in kinds.values()]
    ranked = sorted(firsts, key=lambda r: (_rank(r, firsts), r.sha256))
    reference = max(firsts, key=lambda r: (len(r.content.marks), r.content.laps, r.sha256))
    strangers = [r for r in ranked if (why := _stranger(r, reference)) and why]
    mine = [r for r in ranked if r not in strangers]
    best = mine[0]
    copies = [r for same in kinds.values() for r in same if r.sha256 == best.sha256 and r is not best]
    others = [(r, _why(r, best)) for first in mine[1:] for r in kinds[first.sha256]]
    apart = [(r, _stranger(first, reference)) for first in strangers for r in kinds[first.sha256]]
    return Choice(best, tuple(others), tuple(copies), tuple(apart))


def _rank(record: Record, beside: Sequence[Record]) -> tuple[object, ...]:
    e, c = record.evidence, record.content
    return (
        _interim(record, beside),
        _STATUS[e.status],
        -e.revision,
        not c.whole,
        c.provider == "alkamel" and record.path.lower().endswith(".json") and c.kind != "entries",
        -c.laps,
        -c.rows,
        -(e.hour or 99),
    )


def _interim(record: Record, beside: Sequence[Record]) -> bool:
    """Whether a file shows the race as it stood at an hour that was not the last."""
    hour, laps = record.evidence.hour, record.content.laps
    for other in beside:
        if other.content.kind != record.content.kind or other is record:
            continue
        later = hour is not None and (other.evidence.hour is None or other.evidence.hour > hour)
        if later and other.content.laps >= laps:
            return True
        # A file of no hour that knows less than one of an hour was fetched while the race ran.
        if (
            hour is None
            and other.evidence.hour is not None
            and record.content.kind == "laps"
            and other.content.laps > laps
        ):
            return True
    return False


def _why(record: Record, best: Record) -> str:
    mine, other = record.evidence, best.evidence
    if record.sha256 == best.sha256:
        return "a copy"
    if mine.hour is not None and mine.hour != other.hour:
        return f"as of hour {mine.hour}"
    if _STATUS[mine.status] != _STATUS[other.status]:
        return f"{mine.status or 'unmarked'}, the other is {other.status or 'unmarked'}"
    if mine.revision != other.revision:
        return "an earlier revision"
    if record.content.whole != best.content.whole:
        return "cut off"
    if record.content.laps != best.content.laps:
        return f"{record.content.laps:,} laps, the other has {best.content.laps:,}"
    return "the other is as good and was chosen by a fixed rule; they differ"


def _stranger(record: Record, reference: Record) -> str:
    """Why a file cannot be of the session of the fullest one; empty where it can."""
    if record is reference or record.sha256 == reference.sha256:
        return ""
    if record.content.first and reference.content.first:
        begun = [dt.datetime.fromisoformat(c.first) for c in (record.content, reference.content) if c.first]
        apart = abs(begun[0] - begun[1]) > dt.timedelta(days=1)
        return f"its readings are not of the day of {reference.path}" if apart else ""
    mine, other = record.content.marks, reference.content.marks
    if not mine or not other:
        return ""
    both = mine.keys() & other.keys()
    if len(both) < _CARS * min(len(mine), len(other)):
        return f"its cars are not those of {reference.path}"
    if record.content.kind == "results" and record.evidence.hour != reference.evidence.hour:
        return ""  # fastest laps fall from hour to hour
    told = [car for car in both if mine[car] and other[car]]
    same = sum(abs(mine[car] - other[car]) <= _SLACK_MS for car in told)
    if told and same < _SAME * len(told):
        what = "first laps" if record.content.kind == "laps" else "fastest laps"
        return f"its {what} are not those of {reference.path}"
    return ""
