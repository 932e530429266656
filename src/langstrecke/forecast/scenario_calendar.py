"""When somebody was free: a driver's calendar against the races of other series."""

from __future__ import annotations

from typing import Any

from langstrecke.errors import NotFoundError
from langstrecke.forecast.scenario_ask import Ask
from langstrecke.paddock import calendars
from langstrecke.paddock.registry import load_registry


def calendar_answer(ask: Ask) -> tuple[list[str], dict[str, Any]]:
    """Sentences and figures of a scenario of kind `calendar`; nothing is simulated."""
    against, travel_days = ask.need("against", list), ask.data.get("travel_days", 1)
    registry = load_registry()
    for series in against:
        if series not in registry.series:
            raise NotFoundError.nearest("series", str(series), list(registry.series))
    driver = registry.driver(ask.need("driver"))
    sentences: list[str] = []
    rows: list[dict[str, Any]] = []
    for year in ask.need("seasons", list):
        busy = calendars.commitments(registry, driver.name, year)
        own = {e.id for meeting in busy for e in meeting.events}
        events = [e for e in registry.events.values() if e.series in against and e.year == year and e.id not in own]
        found = calendars.chances(busy, calendars.meetings(events), travel_days)
        days = sum((m.end - m.start).days + 1 for m in busy)
        sentences.append(
            f"{year}: {len(busy)} meetings of his own ({days} days) against {len(found)} of the other series."
        )
        for verdict, words in (
            ("free", "free for"),
            ("tight", "no time to travel for"),
            ("clash", "racing elsewhere at"),
        ):
            names = [
                f"{calendars.title(registry, c.meeting)} ({c.meeting.start:%d.%m.})"
                for c in found
                if c.verdict == verdict
            ]
            sentences.append(f"{year}, {words} {len(names)}: {', '.join(names) or 'none'}.")
        rows += [
            {
                "year": year,
                "race": c.meeting.events[0].id,
                "name": calendars.title(registry, c.meeting),
                "series": c.meeting.series,
                "series_name": registry.series[c.meeting.series].name,
                "start": c.meeting.start.isoformat(),
                "end": c.meeting.end.isoformat(),
                "verdict": c.verdict,
                "clashes": [hit.other.events[0].id for hit in c.clashes],
            }
            for c in found
        ]
        rows += [
            {"year": year, "race": m.events[0].id, "name": calendars.title(registry, m), "series": m.series,
             "series_name": registry.series[m.series].name,
             "start": m.start.isoformat(), "end": m.end.isoformat(), "verdict": "own", "clashes": []}
            for m in busy
        ]  # fmt: skip
    free = [r for r in rows if r["verdict"] == "free" and r["series"] == "le-mans"]
    told = ", ".join(str(r["year"]) for r in free) or "in none of these years"
    drove = ", ".join(str(r["year"]) for r in rows if r["verdict"] == "own" and r["series"] == "le-mans")
    sentences.append(f"Le Mans itself was open to him: {told}." + (f" He drove it in {drove}." if drove else ""))
    return sentences, {"kind": "calendar", "driver": driver.name, "meetings": rows}
