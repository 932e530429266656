"""A rule book as lines for people: every figure with its source, and what differs between two books."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from langstrecke.formatting import duration
from langstrecke.rulebooks.load import for_event
from langstrecke.rulebooks.schema import CrewRule, DriverRule, RuleBook
from langstrecke.rulebooks.sourced import Sourced

SECTIONS = {
    "race": "Race",
    "neutralisation": "Under yellow",
    "pit": "Pit stops",
    "classification": "Classification",
    "points": "Points",
}
LABELS = {
    "fcy": "full-course yellow without safety car",
    "energy_classes": "stint bounded by energy, not fuel",
    "vsc": "virtual safety car before the safety car",
    "fcy_kph": "speed under full-course yellow",
    "fcy_pits_closed": "pits closed under full-course yellow",
    "fcy_then_sc": "full-course yellow before a safety car",
    "sc_kph": "speed behind the safety car",
    "sc_pits_closed": "pits closed behind the safety car at first",
    "pits_closed_laps": "laps until they open",
    "pit_opening": "pits open for",
    "pit_exit_held": "pit exit held until the queue has passed",
    "wave_by_from_s": "wave-by from",
    "wave_by_not_last_s": "no wave-by in the last",
    "wave_by_gap_s": "least time between wave-bys",
    "wave_by_min_race_s": "no wave-by in races shorter than",
    "class_split": "queue at the restart",
    "class_split_not_last_s": "queue as it comes in the last",
    "short_yellow_last_s": "short yellow in the last",
    "drop_back": "queue put in class order (drop-back)",
    "pit_lane_kph": "pit-lane speed",
    "min_stop_s": "least time standing",
    "min_pit_time_s": "least time from pit entry to exit",
    "min_refuel_s": "least refuelling time of a full stop",
    "min_refuel_by_class": "least refuelling time, empty to full, s",
    "mandatory_from_s": "mandatory stop from",
    "mandatory_to_s": "mandatory stop until",
    "technical_stop_s": "technical stop of at least",
    "technical_stop_from_s": "technical stop from",
    "technical_stop_to_s": "technical stop until",
    "max_stint_s": "longest stint of the car",
    "max_stint_neutralised_s": "longest stint with a neutralisation",
    "joker_every_s": "one joker in each",
    "min_share_of_winner": "least share of the winner's laps",
    "last_lap_max_s": "last lap at most",
    "min_drive_s": "at least",
    "base_drive_s": "the others at least",
    "max_drive_s": "at most",
    "max_in_window_s": "at most in the window",
    "max_continuous_s": "without a rest at most",
    "min_rest_s": "rest",
    "min_shared": "together",
    "min_drivers_counted": "drivers who must reach it",
    "all_must_start": "every nominated driver must drive",
    "fair_share": "of an equal share of the laps, at least",
}
"""Labels where the key alone does not say it well."""

VALUES = {
    "leader_after_time": "at the leader's first crossing after the time",
    "leader_after_time_plus_lap": "one lap after the leader's first crossing after the time",
    "leader_after_distance": "when the leader has gone the distance",
    "time_or_distance": "time or distance, whichever comes first",
    "tyres_after_fuel": "tyres only after refuelling",
    "ahead_of_class_leader": "cars ahead of their class leader in the queue",
    "lapped_only": "cars a lap down on their class leader",
    "imsa_fcy": "IMSA full-course caution behind a safety car",
    "wec_fcy_sc": "WEC full-course yellow or safety car",
    "le_mans_three_sc": "Le Mans slow zones and three safety cars",
    "le_mans_one_sc": "Le Mans slow zones and safety cars merged into one",
    "sro_fcy_sc": "SRO full-course yellow, then safety car",
    "gtm_sc": "safety car only",
    "code_60": "Code 60 in zones or on the whole lap, no safety car",
    "full_season": "cars entered for the season",
    "no_guests": "all but guests",
}
"""Words of the schema as people say them."""

_BOOKKEEPING = {"source", "confidence", "sources", "classes", "licences", "from_h", "to_h"}


@dataclass(frozen=True)
class Figure:
    """One figure of a rule book, in words."""

    section: str
    name: str
    value: str
    source: str
    confidence: str
    default: bool
    """The book does not set it; it is the project's default."""


def figures(book: RuleBook) -> list[Figure]:
    """All figures of a book in reading order."""
    found = [_class_line(book, index) for index in range(len(book.classes))]
    for key, title in SECTIONS.items():
        found += list(_table(getattr(book, key), title))
    found += [_scale_line(book, name) for name in book.points.scales]
    found += [_rule_line("Time at the wheel", driver_rule) for driver_rule in book.driver_time]
    found += [_rule_line("Crews", crew_rule) for crew_rule in book.crew]
    found += [line for event in book.events for line in _event_lines(book, event)]
    found += [
        Figure("Not found, or not played", what, why, f"{book.id}: gaps", "assumed", False)
        for what, why in book.gaps.items()
    ]
    return found


def differences(one: RuleBook, other: RuleBook) -> list[tuple[str, str, str, str]]:
    """Rows (section, name, value in one, value in the other) where two books differ."""
    left = {(f.section, f.name): f.value for f in figures(one)}
    right = {(f.section, f.name): f.value for f in figures(other)}
    keys = list(left) + [key for key in right if key not in left]
    order = list(dict.fromkeys(section for section, _ in keys))
    rows = [(*key, left.get(key, "–"), right.get(key, "–")) for key in keys if left.get(key) != right.get(key)]
    return sorted(rows, key=lambda row: order.index(row[0]))


def _words(key: str, value: Any) -> tuple[str, str]:
    """A key and its value as label and text."""
    for ending, unit in (("_s", ""), ("_kph", " km/h"), ("_km", " km"), ("_h", " h")):
        if key.endswith(ending) and isinstance(value, int | float):
            text = duration(value) if ending == "_s" else f"{value:g}{unit}"
            return LABELS.get(key) or key.removesuffix(ending).replace("_", " "), text
    return LABELS.get(key) or key.replace("_", " "), VALUES.get(value, _text(value)) if isinstance(
        value, str
    ) else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return (
            ", then ".join(map(_text, value))
            if value and isinstance(value[0], tuple)
            else ", ".join(map(_text, value))
        )
    if isinstance(value, dict):
        return ", ".join(f"{k} {_text(v)}" for k, v in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)


def _table(table: Sourced, title: str) -> Iterator[Figure]:
    for key in type(table).model_fields:
        value = getattr(table, key)
        if key in {"source", "confidence", "sources", "scales"}:
            continue
        if key == "titles":
            value = tuple(f"{t.table} ({', '.join(t.kinds)})" for t in value)
        if key == "by_duration":
            value = tuple(f"{b.scale} from {b.from_h:g} h" for b in value)
        if key == "intermediate":
            value = tuple(f"{i.scale} at {duration(i.at_s)}" for i in value)
        name, text = _words(key, value)
        origin = table.origin(key)
        yield Figure(title, name, text or "none", origin.source, origin.confidence, key not in table.model_fields_set)


def _class_line(book: RuleBook, index: int) -> Figure:
    c = book.classes[index]
    return Figure("Classes, fastest first", c.name, f"{c.title or c.name} ({c.kind})", c.source, c.confidence, False)


def _scale_line(book: RuleBook, name: str) -> Figure:
    scale = book.points.scales[name]
    text = "-".join(f"{p:g}" for p in scale.positions)
    if scale.rest:
        text += f", then {scale.rest:g}"
    return Figure("Points", f"scale {name}", text, scale.source, scale.confidence, False)


def _rule_line(title: str, rule: DriverRule | CrewRule) -> Figure:
    who = [", ".join(rule.classes) or "all classes"]
    if isinstance(rule, DriverRule) and rule.licences:
        who.append("/".join(rule.licences))
    if rule.from_h > 0 and rule.to_h < 1e5:
        who.append(f"races of {rule.from_h:g} to {rule.to_h:g} h")
    elif rule.from_h > 0:
        who.append(f"races from {rule.from_h:g} h")
    elif rule.to_h < 1e5:
        who.append(f"races up to {rule.to_h:g} h")
    said = [
        ": ".join(_words(key, getattr(rule, key)))
        for key in type(rule).model_fields
        if key not in _BOOKKEEPING and getattr(rule, key) is not None
    ]
    return Figure(title, "; ".join(who), "; ".join(said), rule.source, rule.confidence, False)


def _event_lines(book: RuleBook, event: str) -> Iterator[Figure]:
    """What an event changes, read off the book as fitted to it."""
    fitted = for_event(book, event)
    for key, title in SECTIONS.items():
        before = {f.name: f.value for f in _table(getattr(book, key), title)}
        for figure in _table(getattr(fitted, key), title):
            if before.get(figure.name) != figure.value:
                yield Figure(
                    f"At {event}", figure.name, figure.value, figure.source, figure.confidence, figure.default
                )
