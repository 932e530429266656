"""Races, rule books, careers, calendars and checked claims as an assistant is told them."""

from __future__ import annotations

from typing import Any

from langstrecke.formatting import duration, plural, printable
from langstrecke.mcp.telling import cut, told
from langstrecke.services.answers.cards import CardLine
from langstrecke.services.answers.data import RaceLine
from langstrecke.services.answers.news import NewsCheckAnswer
from langstrecke.services.answers.paddock import CalendarAnswer, CareerAnswer, RulesAnswer
from langstrecke.services.requests.data import RacesAsk
from langstrecke.services.requests.news import NewsAsk
from langstrecke.services.requests.paddock import CalendarAsk, CareerAsk, RulesAsk
from langstrecke.services.settings import Settings

LINES = 40
"""Lines of a list that are told."""


def races(settings: Settings, ask: RacesAsk, found: tuple[list[CardLine], list[RaceLine] | None]) -> str:
    """Cards, and races of the store."""
    cards, stored = found
    lines = [f"{plural(len(cards), 'shipped race card')} (for odds, what_if, plan):"]
    lines += cut([_card(card) for card in cards], LINES, "card")
    if stored is None:
        lines.append("No store: no race can be asked about at a moment of it (odds_under_way, call).")
    else:
        lines.append(f"{plural(len(stored), 'race')} of the store (for odds_under_way and call too):")
        there = [f"  {race.race_id}: {race.event}, {race.date or 'date not known'}" for race in stored]
        lines += cut(there, LINES, "race")
    return told(lines, ["races of other series and seasons are not held"], "the shipped cards and the user's store")


def _card(card: CardLine) -> str:
    length = duration(card.duration_s, minutes=True)
    return f"  {card.card}: {printable(card.race)}, {card.date}, {length}, {plural(card.cars, 'car')}"


def rules(settings: Settings, ask: RulesAsk, found: RulesAnswer) -> str:
    """A rule book, section by section, what somebody set apart from what is this program's default."""
    book = found.book
    scope = "" if book.get("scope", "full") == "full" else " (calendar and points only)"
    lines = [f"Rule book {found.id}: {book['series_name']} {book['season']}{scope}."]
    section = ""
    for figure in found.figures:
        if figure["default"]:
            continue
        if figure["section"] != section:
            section = figure["section"]
            lines.append(f"{section}:")
        unsure = "" if figure["confidence"] == "high" else f", {figure['confidence']} confidence"
        lines.append(f"  {figure['name']}: {figure['value']} [{figure['source']}{unsure}]")
    open_points = [book["note"]] if book.get("note") else []
    open_points.append("rules the schema has no figure for")
    return told(lines, open_points, f"rule book {found.id}, sources in brackets")


def career(settings: Settings, ask: CareerAsk, found: CareerAnswer) -> str:
    """A career: the count first, then the races, newest first."""
    wins = ", ".join(map(str, found.class_wins)) or "none"
    where = f" in {ask.series}" if ask.series else ""
    lines = [f"{found.driver}{where}: entered {found.entered}, started {found.started}; class wins: {wins}."]
    lines += cut([_entry(row) for row in reversed(found.rows)], LINES, "race")
    return told(lines, ["races outside of what the registry holds"], "; ".join(found.covers))


def _entry(row: dict[str, Any]) -> str:
    place = f"{row['class_position']}. in class" if row["class_position"] else row["status"]
    crew = ", ".join(row["team_mates"]) or "nobody named"
    note = f" ({row['note']})" if row["note"] else ""
    return f"  {row['date']} {row['race']}: #{row['car']} {row['team']}, {row['class']}, with {crew}: {place}{note}"


def calendar(settings: Settings, ask: CalendarAsk, found: CalendarAnswer) -> str:
    """Which races are free, then where what is driven clashes."""
    who = found.driver or ", ".join(ask.series)
    lines = [f"{who} in {found.season}: {plural(len(found.meetings), 'meeting')} known."]
    for chance in found.chances:
        held = [hit["other"] for hit in chance["clashes"]]
        against = "; ".join(f"{', '.join(m['races'])} {m['start']} to {m['end']}" for m in held)
        line = f"  {chance['verdict']}: {', '.join(chance['races'])}, {chance['start']} to {chance['end']}"
        lines.append(line + (f" (against {against})" if against else ""))
    for hit in found.clashes:
        one, other = hit["one"], hit["other"]
        lines.append(f"  clash: {', '.join(one['races'])} and {', '.join(other['races'])}, {other['start']}")
    if not found.chances:
        days = [f"  {m['start']} to {m['end']}: {', '.join(m['races'])}" for m in found.meetings]
        lines += cut(days, LINES, "meeting")
    how = f"Free days needed between two meetings: {found.travel_days}."
    return told([*lines, how], found.unknown or ["private tests and other duties"], "; ".join(found.covers))


def check(settings: Settings, ask: NewsAsk, found: NewsCheckAnswer) -> str:
    """Claims with their verdicts, the contradicted first."""
    order = {"contradicted": 0, "not_borne_out": 1, "supported": 2}
    findings = sorted(found.findings, key=lambda finding: order.get(finding.verdict, 3))
    counts = {v: sum(f.verdict == v for f in findings) for v in dict.fromkeys(f.verdict for f in findings)}
    summary = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in counts.items()) or "none"
    lines = [f"{plural(len(findings), 'claim')} read: {summary}."]
    for finding in findings:
        claim = finding.claim
        what = f"{claim['subject_name']} {claim['relation'].replace('_', ' ')} {claim['object_name']}".rstrip()
        why = f": {finding.note}" if finding.note else ""
        lines.append(f"  {finding.verdict.replace('_', ' ')}: {what} ({claim['certainty']}){why}")
        lines.append(f"    „{printable(claim['sentence'])}“")
    open_points = [problem.what for problem in found.problems]
    open_points.append("sentences in which no claim was recognised are not checked")
    return told(lines, open_points, "the registry's results; langstrecke career and paddock entries show them")
