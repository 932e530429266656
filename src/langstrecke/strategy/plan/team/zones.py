"""When a driver can drive: times in his own zone into spans of race time."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from langstrecke.errors import CardError, LangstreckeError
from langstrecke.strategy.plan.team.schema import Moments, Team
from langstrecke.timing.clock import span_s

Spans = tuple[tuple[float, float], ...]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOW = (
    'write ["20:00", "23:30"], ["Sat 20:00", "Sun 02:00"], ["2027-01-16 20:00", "2027-01-17 02:00"] or ["2h", "6h"]'
)


def green(team: Team) -> dt.datetime:
    """The moment of the green flag, in UTC."""
    return team.race.start.replace(tzinfo=ZoneInfo(team.race.zone)).astimezone(dt.UTC)


def local(team: Team, race_s: float, zone: str | None = None) -> dt.datetime:
    """A race time on the clock of a zone (the race's without)."""
    return (green(team) + dt.timedelta(seconds=race_s)).astimezone(ZoneInfo(zone or team.race.zone))


def spans(team: Team, moments: Moments, zone: str, until_s: float, key: str) -> Spans:
    """Spans of race time from pairs of moments; times of day recur daily. CardError for what is no pair."""
    found: list[tuple[float, float]] = []
    for one, other in moments:
        kinds = {_kind(one), _kind(other)}
        if None in kinds or len(kinds) > 1:
            raise CardError(f"{one!r} and {other!r} are no two times of one kind", key=key, hint=_HOW)
        found += _pair(team, one.strip(), other.strip(), kinds.pop() or "", ZoneInfo(zone), until_s, key)
    return merged(tuple((max(0.0, a), min(until_s, b)) for a, b in found if b > 0 and a < until_s))


def merged(pairs: Spans) -> Spans:
    """Spans in order, those that touch made one."""
    out: list[tuple[float, float]] = []
    for a, b in sorted(pairs):
        if out and a <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], b))
        elif b > a:
            out.append((a, b))
    return tuple(out)


def outside(pairs: Spans, until_s: float) -> Spans:
    """What the spans leave of the race."""
    edges = [0.0, *(edge for pair in merged(pairs) for edge in pair), until_s]
    return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a)


def away(team: Team, d: int, until_s: float) -> Spans:
    """Race time in which driver d cannot drive."""
    driver = team.driver[d]
    zone = driver.zone or team.race.zone
    gone = spans(team, driver.away, zone, until_s, f"driver[{d}] ({driver.name}).away")
    if driver.here:
        here = spans(team, driver.here, zone, until_s, f"driver[{d}] ({driver.name}).here")
        gone = merged(gone + outside(here, until_s))
    return gone


def _kind(text: str) -> str | None:
    text = text.strip()
    if re.fullmatch(r"\d+(\.\d+)?\s*(h|min)|\d{1,3}:\d\d(:\d\d)?\+", text):
        return "race"
    if re.fullmatch(r"([01]?\d|2[0-4]):[0-5]\d", text):
        return "day"
    if re.fullmatch(r"[A-Za-z]{3,9}\.?\s+([01]?\d|2[0-4]):[0-5]\d", text) and text[:3].casefold() in DAYS:
        return "week"
    if re.fullmatch(r"\d{4}-\d\d-\d\d[ T]([01]?\d|2[0-4]):[0-5]\d", text):
        return "date"
    return None


def _pair(
    team: Team, one: str, other: str, kind: str, zone: ZoneInfo, until_s: float, key: str
) -> list[tuple[float, float]]:
    if kind == "race":
        try:
            begin, end = span_s(one.removesuffix("+")), span_s(other.removesuffix("+"))
        except LangstreckeError as error:
            raise CardError(error.what, key=key, hint=_HOW) from None
        if end <= begin:
            raise CardError(f"{other!r} is not after {one!r}", key=key)
        return [(begin, end)]
    zero = green(team)
    first = zero.astimezone(zone).date()
    days = range(-2, int(until_s // 86_400) + 3)

    def at(day: dt.date, text: str) -> float:
        hour, minute = text.rsplit(None, 1)[-1].split("T")[-1].split(":")
        extra, hours = divmod(int(hour), 24)
        clock = dt.datetime.combine(day + dt.timedelta(days=extra), dt.time(hours, int(minute)), zone)
        return (clock - zero).total_seconds()

    if kind == "date":
        try:
            begin, end = (at(dt.date.fromisoformat(text[:10]), text[11:]) for text in (one, other))
        except ValueError:
            raise CardError(f"{one!r} or {other!r} is no date", key=key, hint=_HOW) from None
        if end <= begin:
            raise CardError(f"{other!r} is not after {one!r}", key=key)
        return [(begin, end)]
    found = []
    for n in days:
        day = first + dt.timedelta(days=n)
        if kind == "week" and DAYS[day.weekday()] != one[:3].casefold():
            continue
        last = day
        if kind == "week":
            last = day + dt.timedelta(days=(DAYS.index(other[:3].casefold()) - day.weekday()) % 7)
        begin, end = at(day, one), at(last, other)
        if end <= begin:
            end = at(last + dt.timedelta(days=7 if kind == "week" else 1), other)
        found.append((begin, end))
    return found
