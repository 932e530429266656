"""What the name of a file or folder says: season, day, series, circuit, session, hour, status.

Names are Al Kamel's ("04_SPA FRANCORCHAMPS", "202304291245_Race", "23_Analysis_Race_Hour 6.CSV"), those of other
archives, and people's own. Each piece that is understood is taken out; what is left names the event.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from langstrecke.paddock.matching import fold
from langstrecke.paddock.places import circuit_in
from langstrecke.store.importing.series import series_in

SessionKind = Literal["practice", "qualifying", "warm-up", "race", "test"]

Status = Literal["official", "", "provisional", "unofficial"]
"""Of a list, the best first; "" where the name does not say."""


@dataclass(frozen=True)
class Words:
    """What one name says; what it does not say is None (or empty, or 0)."""

    text: str
    season: str | None = None  # "2021", "2018-19"
    pure_season: bool = False  # nothing but the season
    order: int | None = None  # "04_SPA", "05-sebring": the archive's order of events
    stamp: dt.datetime | None = None
    day: dt.date | None = None
    series: str | None = None
    circuit: str | None = None
    event: str = ""  # slug of what is left, lengths ("6 hours", "240") included
    session: str | None = None  # slug: "race", "practice-1", "qualifying-gtd-position"
    kind: SessionKind | None = None
    hour: int | None = None
    status: Status = ""
    revision: int = 0
    hours: float | None = None  # the length of the race


_PREFIX = re.compile(
    r"^\s*(\d{1,3})\s*[_-]+\s*(?!(?:h|hours?|heures?|stunden|km)(?![a-z])|\d{1,2}[-.](?:19|20)\d{2})", re.IGNORECASE
)
_SEASON_FOLDER = re.compile(r"^(?:\d{1,2}[_-])?((?:19|20)\d{2})(?:[-_/]((?:19|20)?\d{2}))?$")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})[_ -]?(\d{2})(\d{2})(?:\d{2})?(?!\d)")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[.-](\d{1,2})[.-]((?:19|20)\d{2})(?!\d)")
_TWO_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_/](\d{2}|(?:19|20)\d{2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)(?!\s*km)")
_COPY = re.compile(r"\s*(?:\(\d{1,2}\)|[-_ ]+(?:copy|kopie|copie|copia)(?:[-_ ]*\(?\d{1,2}\)?)?)\s*$", re.IGNORECASE)
_HOUR = re.compile(
    r"\b(?:after )?(?:hour|heure|stunde|ora|hora|std)[ ]?(\d{1,2})\b|\bafter (\d{1,2})(?: \d{1,2})? (?:hours?|h)\b"
    r"|\b(\d{1,2})(?:st|nd|rd|th) hour\b|(?<=race )h ?(\d{1,2})$"
)
_STATUS: tuple[tuple[str, Status], ...] = (
    (
        r"\b(?:un ?official|in ?official|inoffiziell(?:es)?|non officiel(?:le)?|draft|unconfirmed)\b",
        "unofficial",
    ),
    (
        r"\b(?:provisional|provisoire|vorlau?e?fig(?:es)?|preliminary|provisorisch|provvisorio|prov)\b",
        "provisional",
    ),
    (r"\b(?:official|officiel(?:le)?|offiziell(?:es)?|ufficiale|definitive?|endgultig)\b", "official"),
    (r"\bfinal(?= (?:results?|classification)\b|$)", "official"),
)
_REVISION = re.compile(r"\b(?:amended|amendment|revised|revision|corrected|updated|rev|version|v) ?(\d{1,2})?\b")
_TABLES = re.compile(
    r"\b(?:analysis ?endurance ?with ?sections|analysis with sections|analysis|pit stops? time cards|time ?cards"
    r"|pit stops?|lap ?times|lap analysis|laps?|classifications?|results?(?: by (?:class|hour|driver))?|weather|grid"
    r"|starting grid|entry ?list|entries|pits|sektorzeiten|rundenzeiten|ergebnis(?:se)?|resultats?|classement|meteo"
    r"|wetter|timing|chronological|data|export|anonymized|csv|json|full|complete|all)\b"
)
_LENGTH = re.compile(r"\b(\d{1,2}(?:\.\d)?) ?(?:h|hrs?|hours?|heures?|stunden)\b")
_NTH = r"(?: ?(\d{1,2})\b)?"

_KINDS: tuple[tuple[SessionKind, str], ...] = (
    ("warm-up", r"\bwarm ?up\b" + _NTH),
    ("race", r"\b(?:\w+ )?qualifying race\b|\bqualifikationsrennen\b"),
    (
        "qualifying",
        r"\b(?:pre ?qualifying|qualifying|qualification|qualifikation|quali|hyper ?pole|super ?pole|zeittraining"
        r"|qualifiche|q)\b" + _NTH,
    ),
    (
        "practice",
        r"\b(?:free practice|practice|bronze test|essais libres|libres|freies training|training|prove libere|prove"
        r"|fp)\b" + _NTH,
    ),
    (
        "test",
        r"\b(?:official (?:paid )?test sessions?|paid test sessions?|test sessions?|tests? day|test|prologue"
        r"|shakedown|collective tests?|journee test|session)\b" + _NTH,
    ),
    (
        "race",
        r"\b(?:main race|feature race|sprint race|race|rennen|course|gara|carrera|corrida|lauf|heat|wertungslauf)\b"
        + _NTH,
    ),
)
"""In the order in which they are looked for: "qualifying race" before either of its words."""
_GLUED = re.compile(r"\b(race|practice|fp|qualifying|q|hour|session|test|rennen|r)(\d{1,2})\b")
_SHORT_RACE = re.compile(r"^r ?(\d)\b")


@cache
def words_of(name: str, *, is_file: bool) -> Words:
    """What a folder's name says, or a file's without its suffix."""
    if not is_file and (match := _SEASON_FOLDER.match(name.strip())):
        season = season_text(match[1], match[2])
        if season is not None:
            return Words(name, season=season, pure_season=True)
    text = _COPY.sub("", name)
    numbered = None if _STAMP.match(text) else _PREFIX.match(text)
    text = text[numbered.end() :] if numbered else text
    stamp, day, season, text = _dates(text)
    plain = _GLUED.sub(r"\1 \2", fold(text.replace("$", " ").replace(".", " ")))
    hour, plain = _hour(plain)
    status, plain = _status(plain)
    revision, plain = _revision(plain, is_file=is_file)
    series, event_of, plain = series_in(plain)
    length = _LENGTH.search(plain)
    bare = _TABLES.sub(" ", plain) if is_file else plain
    kind, session, rest = _session(" ".join(bare.split()))
    circuit = event_of or circuit_in(rest) or circuit_in(plain)
    return Words(
        text=name,
        season=season,
        order=int(numbered[1]) if numbered else None,
        stamp=stamp,
        day=stamp.date() if stamp else day,
        series=series,
        circuit=circuit,
        event="" if hour is not None and rest.isdigit() else rest.replace(" ", "-"),
        session=session,
        kind=kind,
        hour=hour,
        status=status,
        revision=revision,
        hours=float(length[1]) if length else None,
    )


def season_text(first: str, second: str | None) -> str | None:
    """One year, or "2018-19" for a season over two years; None where the second is not the next year."""
    if not second:
        return first
    if int(second) % 100 != (int(first) + 1) % 100:
        return None
    return f"{first}-{int(second) % 100:02d}"


def _dates(text: str) -> tuple[dt.datetime | None, dt.date | None, str | None, str]:
    if match := _STAMP.search(text):
        try:
            stamp = dt.datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type]
        except ValueError:
            stamp = None
        if stamp is not None:
            return stamp, None, None, text[: match.start()] + " " + text[match.end() :]
    for pattern, order in ((_DAY, (1, 3, 4)), (_DAY_FIRST, (3, 2, 1))):
        if match := pattern.search(text):
            try:
                day = dt.date(*(int(match[place]) for place in order))
            except ValueError:
                continue
            return None, day, None, text[: match.start()] + " " + text[match.end() :]
    if (match := _TWO_YEARS.search(text)) and (season := season_text(match[1], match[2])):
        return None, None, season, text[: match.start()] + " " + text[match.end() :]
    if match := _YEAR.search(text):
        return None, None, match[1], text[: match.start()] + " " + text[match.end() :]
    return None, None, None, text


def _hour(text: str) -> tuple[int | None, str]:
    match = _HOUR.search(text)
    if match is None:
        return None, text
    return int(next(group for group in match.groups() if group)), text[: match.start()] + " " + text[match.end() :]


def _status(text: str) -> tuple[Status, str]:
    if "official test" in text or "official paid" in text:
        return "", text
    for pattern, status in _STATUS:
        if re.search(pattern, text):
            return status, re.sub(pattern, " ", text)
    return "", text


def _revision(text: str, *, is_file: bool) -> tuple[int, str]:
    match = _REVISION.search(text) if is_file else None
    if match is None or (match[0] in ("rev", "version", "v")):
        return 0, text
    return int(match[1] or 1), text[: match.start()] + " " + text[match.end() :]


def _session(text: str) -> tuple[SessionKind | None, str | None, str]:
    """Kind, slug and what is left. Words after the session's belong to it: "qualifying gtd position"."""
    if match := _SHORT_RACE.match(text):
        return "race", f"race-{match[1]}", text[match.end() :].strip()
    for kind, pattern in _KINDS:
        match = re.search(pattern, text)
        if match is None:
            continue
        before, after = text[: match.start()].strip(), text[match.end() :].strip()
        if kind == "race" and "qualif" in match[0]:
            return kind, "qualifying-race", f"{before} {after}".strip()
        if kind == "race":
            number = next((group for group in match.groups() if group), None)
            rest = " ".join(re.sub(pattern, " ", f"{before} {after}").split())  # "RENNEN$RENNEN" says it twice
            return kind, f"race-{int(number)}" if number else "race", rest
        if (
            kind == "test"
            and "day" not in match[0]
            and match[0].split()[0] not in ("test", "session", "official", "paid")
        ):
            # "Prologue" and the like name the event too.
            return kind, match[0].replace(" ", "-"), f"{before} {match[0]} {after}".strip()
        own = match[0] if not after or circuit_in(after) else f"{match[0]} {after}"
        return kind, own.replace(" ", "-"), before if own != match[0] or not after else f"{before} {after}".strip()
    return None, None, text
