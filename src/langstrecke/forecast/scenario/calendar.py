"""When somebody was free: a driver's calendar against the races of other series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langstrecke.errors import CardError, NotFoundError
from langstrecke.forecast.scenario.question import Ask
from langstrecke.formatting import plural
from langstrecke.paddock import calendars
from langstrecke.paddock.registry import Registry, load_registry


def calendar_answer(ask: Ask) -> tuple[list[str], dict[str, Any]]:
    """Sentences and figures of a scenario of kind `calendar`; nothing is simulated."""
    against, travel_days = ask.need("against", list), ask.number("travel_days", 1)
    registry = load_registry()
    for series in against:
        if series not in registry.series:
            raise NotFoundError.nearest("series", str(series), list(registry.series))
    driver = registry.driver(ask.need("driver"))
    sentences: list[str] = []
    rows: list[dict[str, Any]] = []
    for year in ask.need("seasons", list):
        if not isinstance(year, int):
            raise CardError(f"seasons are years, not {year!r}", file=ask.name, key="seasons")
        busy = calendars.commitments(registry, driver.name, year)
        unknown = calendars.not_held(registry, year, driver.id)
        own = {e.id for meeting in busy for e in meeting.events}
        events = [e for e in registry.events.values() if e.series in against and e.year == year and e.id not in own]
        found = calendars.chances(busy, calendars.meetings(events), travel_days, unknown)
        sentences += _told(registry, year, busy, found)
        rows += [
            {
                "year": year,
                "race": c.meeting.events[0].id,
                "name": calendars.title(registry, c.meeting),
                "series": c.meeting.series,
                "series_name": registry.series[c.meeting.series].short,
                "start": c.meeting.start.isoformat(),
                "end": c.meeting.end.isoformat(),
                "verdict": c.verdict,
                "clashes": [hit.other.events[0].id for hit in c.clashes],
            }
            for c in found
        ]
        rows += [
            {"year": year, "race": m.events[0].id, "name": calendars.title(registry, m), "series": m.series,
             "series_name": registry.series[m.series].short,
             "start": m.start.isoformat(), "end": m.end.isoformat(), "verdict": "own", "clashes": []}
            for m in busy
        ]  # fmt: skip
    le_mans = [r for r in rows if r["series"] == "le-mans"]
    if le_mans:
        free = ", ".join(str(r["year"]) for r in le_mans if r["verdict"] == "free") or "in none of these years"
        drove = ", ".join(str(r["year"]) for r in le_mans if r["verdict"] == "own")
        own_years = f" He drove it in {drove}." if drove else ""
        sentences.insert(0, f"Le Mans itself was open to him: {free}.{own_years}")
    sentences += [str(line) for line in ask.data.get("remarks", ())]
    return sentences, {"kind": "calendar", "driver": driver.name, "meetings": rows}


def _told(
    registry: Registry, year: int, busy: Sequence[calendars.Meeting], found: Sequence[calendars.Chance]
) -> list[str]:
    """A year in sentences: his own weekends, the races he was free for, and what stood in the way of the rest."""
    days = sum((m.end - m.start).days + 1 for m in busy)
    free = [c for c in found if c.verdict == "free"]
    out = [
        f"{year}: {plural(len(busy), 'weekend')} of his own, {plural(days, 'day')}; "
        f"free for {len(free)} of {len(found)} others: "
        f"{_names(registry, free)}."
    ]
    for verdict, words in (
        ("tight", "too little time to travel to"),
        ("clash", "racing elsewhere on the days of"),
        ("not known", f"not known whether free ({'; '.join(found[0].unknown if found else ())}) for"),
    ):
        missed = [c for c in found if c.verdict == verdict]
        if missed:
            out.append(f"{year}, {words} {_names(registry, missed)}.")
    return out


def _names(registry: Registry, chances: Sequence[calendars.Chance]) -> str:
    return (
        ", ".join(
            f"{calendars.title(registry, c.meeting)} ({c.meeting.start.day} {c.meeting.start:%b})" for c in chances
        )
        or "none"
    )
