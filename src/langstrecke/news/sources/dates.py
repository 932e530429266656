"""When: the date of a text, and the years a clause speaks of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from langstrecke.news.lexicon.morphology import missing

_HEADER = re.compile(r"\A\s*(?:date|datum|stand)\s*:?\s*(\d{4}(?:-\d\d){0,2})\b", re.IGNORECASE)
_ISO = re.compile(r"\b((?:19|20)\d\d-[01]\d-[0-3]\d)\b")
_MONTHS = (
    "Januar|Jänner|Jaenner|Februar|Feber|März|Maerz|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
)
_LONG = re.compile(rf"\b(\d{{1,2}}\.\s*(?:{_MONTHS})\s+(?:19|20)\d\d)\b")
_SHORT = re.compile(r"\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b")
_YEAR = re.compile(r"(?<![\d.,:])((?:19[2-9]|20[0-4])\d)(?![\d.,]*\d|\s*(?:Uhr|Euro|Runden|km|PS))")
_FUTURE = re.compile(r"\b(wird|wirst|werden|künftig|kommende[nrs]?|nächste[nrs]?|Wird|Werden)\b")
_AUSTRIAN = {"Jänner": "Januar", "Jaenner": "Januar", "Feber": "Februar", "Maerz": "März"}

_RELATIVE: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), shift)
    for pattern, shift in (
        (r"\b(?:in diesem|dieses) (?:jahr|saison)|\bin dieser saison|\bheuer\b|\bheurigen?\b|\bdiesjährig\w*", 0),
        (r"\bdiesem wochenende\b|\bdieses wochenende\b|\bin dieser woche\b", 0),
        (r"\b(?:nächste[snm]?|kommende[snm]?|folgende[snm]?) (?:jahr|saison)|\bnächstjährig\w*", 1),
        (r"\b(?:im|in der|das) (?:nächsten|kommenden) (?:jahr|saison)", 1),
        (r"\bvorjahr\w*|\b(?:im )?(?:letzte[ns]?|vergangene[ns]?|vorige[ns]?) (?:jahr|saison)", -1),
        (r"\bin der (?:letzten|vergangenen|vorigen|abgelaufenen) saison", -1),
        (r"\bzum saisonende\b|\bam saisonende\b|\bam jahresende\b", 0),
    )
)
_ANY_RELATIVE = re.compile(r"jahr|saison|heuer|heurig|wochenende|woche", re.IGNORECASE)
"""Without one of these words none of the others need be looked for."""
_SINCE_YEAR = re.compile(r"\bseit (?:der saison |dem jahr )?((?:19|20)\d\d)\b", re.IGNORECASE)
_SINCE_SPAN = re.compile(
    r"\bseit (?:fast |über |mehr als |rund |etwa |gut |knapp )*(\d+|[a-zäöü]+) (?:jahren|saisons)\b", re.IGNORECASE
)
_NUMBERS = {
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11,
    "zwölf": 12, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "dreissig": 30,
}  # fmt: skip


@dataclass(frozen=True)
class When:
    """The years a piece of text names, and since when."""

    years: tuple[int, ...] = ()
    since: int | None = None
    ahead: bool = False
    """It speaks of a time after the date of the text."""


def article_date(text: str) -> tuple[str, str]:
    """Date of a text and what tells it: its header, a written date, or the years its sentences speak of."""
    header = _HEADER.match(text)
    if header:
        return header.group(1), "header"
    top = text[:400]
    iso = _ISO.search(top)
    if iso:
        return iso.group(1), "header"
    long = _LONG.search(top)
    if long:
        found = _parsed(long.group(1))
        if found:
            return found, "header"
    short = _SHORT.search(top)
    if short and 1 <= int(short.group(2)) <= 12 and 1 <= int(short.group(1)) <= 31:
        return f"{short.group(3)}-{int(short.group(2)):02d}-{int(short.group(1)):02d}", "header"
    return _from_sentences(text)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> str:
    for odd, usual in _AUSTRIAN.items():
        text = text.replace(odd, usual)
    try:
        import dateparser
    except ImportError:
        raise missing("dateparser") from None
    found = dateparser.parse(text, languages=["de"], settings={"DATE_ORDER": "DMY"})
    return f"{found:%Y-%m-%d}" if found else ""


def _from_sentences(text: str) -> tuple[str, str]:
    """A year that the text looks forward to in the words of "this year" is the year it was written in."""
    ahead = {
        int(year)
        for sentence in re.split(r"(?<=[.!?])\s+|\n", text)
        if _FUTURE.search(sentence)
        for year in _YEAR.findall(sentence)
    }
    this_year = re.search(r"\b(in diesem jahr|dieses jahr|heuer)\b", text, re.IGNORECASE)
    if this_year and len(ahead) == 1:
        return str(ahead.pop()), "text"
    return "", "unknown"


def when(text: str, year: int | None) -> When:
    """The years a piece of text speaks of, seen from the year it was written in."""
    since = _since(text, year)
    rest = _SINCE_YEAR.sub(" ", text)
    years = {int(y) for y in _YEAR.findall(rest)}
    ahead = bool(years) and year is not None and max(years) > year
    if year is not None and _ANY_RELATIVE.search(rest):
        for pattern, shift in _RELATIVE:
            if pattern.search(rest):
                years.add(year + shift)
                ahead = ahead or shift > 0
    return When(tuple(sorted(years)), since, ahead or bool(_AHEAD.search(rest)))


_AHEAD = re.compile(
    r"\b(künftig|in zukunft|demnächst|(?:nächste|kommende)[snrm]? (?:jahr|saison|woche|wochenende|monat|\w+tag)"
    r"|(?:zum|am|bis|nach) (?:jahresende|saisonende|saisonschluss)|nach (?:dieser|der laufenden) saison"
    r"|(?:zum|am) ende (?:der|dieser) saison|(?:zum|am) ende (?:des|dieses) jahres|erstmals (?:ab|in) 20\d\d)\b",
    re.I,
)


def _since(text: str, year: int | None) -> int | None:
    found = _SINCE_YEAR.search(text)
    if found:
        return int(found.group(1))
    span = _SINCE_SPAN.search(text)
    if span and year is not None:
        word = span.group(1).lower()
        count = int(word) if word.isdecimal() else _NUMBERS.get(word)
        return year - count if count else None
    return None


def number(word: str) -> int | None:
    """A small number in words or digits."""
    return int(word) if word.isdecimal() and len(word) < 4 else _NUMBERS.get(word.lower())


_PREVIEW = re.compile(
    r"\b(?:(?:neue|kommende|bevorstehende|anstehende)[nrs]? (?:\w+-)?(?:\w*[Ss]aison|Spielzeit|Motorsportjahr)"
    r"|(?:Pläne|Programm|Aufgebot|Fahreraufgebot|Kader|Line-up|Meldungen) (?:für|vorgestellt|präsentiert|bekannt)"
    r"|(?:Fahrer|Piloten|Fahrerinnen|Mannschaft) (?:benannt|nominiert))"
)
_SOON = re.compile(
    r"\b(?:kommende[nrs]?|nächste[nrs]?|bevorstehende[nrs]?) (?:Woche|Wochenende|Monat|Rennwochenende)\b"
)
_OPENING = 160
"""A text that names the next year so early is about it."""
_HEARSAY = re.compile(r"\b(?:soll|sollen|laut|offenbar|könnte|dürfte|geplatzt)\b|[Gg]erücht|[Bb]ericht|[Ss]pekul")
_EARLY = (1, 2)
"""Months in which a season named by its year is still to come."""


def looks_ahead(text: str, date: str, *, briefs: bool = False) -> bool:
    """Whether a text tells of a season that has not begun: what it says in the present tense is planned.

    `briefs`: it is made of short news, of which none speaks for the others.
    """
    if _PREVIEW.search(text) or _SOON.search(text[:400]):
        return True
    opening = text[:_OPENING]
    if date and not briefs and re.search(rf"\b{int(date[:4]) + 1}\b", opening) and not _HEARSAY.search(opening):
        return True
    month = int(date[5:7]) if len(date) > 6 else 0
    this_year = re.search(rf"\b{date[:4]}\b", text) or re.search(
        r"\b(?:heuer|in diesem Jahr|dieses Jahr)\b", text, re.I
    )
    return month in _EARLY and bool(this_year)
