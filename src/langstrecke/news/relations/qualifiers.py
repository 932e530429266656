"""What stands around a claim: its series, its source, how often, past or to come."""

from __future__ import annotations

import re

from langstrecke.news.coreference.clause_roles import Scene
from langstrecke.news.coreference.discourse import Talk
from langstrecke.news.lexicon.morphology import is_preterite, word_set
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.relations.extract import Draft
from langstrecke.news.sources.dates import When, number

_SOURCE = re.compile(
    r"\b(?:[Ll]aut|[Nn]ach)\s+(?:übereinstimmenden\s+)?(?:Informationen|Angaben|einem\s+Bericht|Berichten|Meldungen)?\s*(?:von|der|des)?\s*"
    r"['\"„‚]?([A-ZÄÖÜ][\w.-]+(?:\.com|\.de|\.at|\.ch)?)"
)
_COUNT = re.compile(r"\b(\w+)\s+(?:Klassensiege?n?|Gesamtsiege?n?|Siege?n?|Titeln?)\b")
_ORDINAL_COUNT = re.compile(r"\bzum (zweiten|dritten|vierten|fünften|sechsten|siebten|achten|neunten|zehnten) Mal\b")
_TIMES = re.compile(r"\b(zwei|drei|vier|fünf|sechs|sieben)malige")
_ORDINALS = {"zweiten": 2, "dritten": 3, "vierten": 4, "fünften": 5, "sechsten": 6, "siebten": 7, "achten": 8,
             "neunten": 9, "zehnten": 10}  # fmt: skip
PARTICIPLE = re.compile(r"(?:\w+)?ge\w{2,}(?:t|en)|(?:ver|be|er|ent|zer|über|unter)\w+(?:t|en)|\w+iert")
_RESULTS = ("won", "finished", "beat", "driven_since", "holds_record")
PAST = word_set("past")
"""The past, as newspapers write it."""


def source_in(text: str) -> str:
    """Who is named after "laut"; empty where nobody is."""
    found = _SOURCE.search(text)
    return found.group(1) if found else ""


def series_of(told: Draft, scene: Scene, talk: Talk) -> str:
    """The series or race a claim is about: its object, else what the clause names, else the last one named."""
    if told.object.is_a("series", "event"):
        return told.object.id
    named = [i.name for i in scene.clause.items if i.kind == "name" and i.name and i.name.is_a("series", "event")]
    if len(named) > 1 and told.relation == "shares_car":  # a list of rounds
        return ""
    if named:
        return named[0].id
    if told.relation in _RESULTS or told.relation in ("shares_car", "fights_for", "drives", "drives_for"):
        last = talk.last.get("races")
        return last.id if last else ""
    return ""


def count_in(text: str) -> int | None:
    """How often: "vier Klassensiege", "zum fünften Mal", "zweimalige"."""
    found = _COUNT.search(text)
    if found and (n := number(found.group(1))):
        return n
    ordinal = _ORDINAL_COUNT.search(text)
    if ordinal:
        return _ORDINALS[ordinal.group(1)]
    times = _TIMES.search(text)
    return number(times.group(1)) if times else None


def tense_of(clause: Clause, time: When, year: int | None, sure: str) -> str:
    """past, present or future, seen from the year of the text."""
    if time.ahead or sure == "announced":
        return "future"
    if time.years and year is not None and max(time.years) < year:
        return "past"
    if clause.lows & PAST or any(i.finite and is_preterite(i.text) for i in clause.items):
        return "past"
    perfect = clause.lows & {"hat", "haben", "habe", "hast", "bin", "bist", "ist", "sind"}
    if perfect and any(PARTICIPLE.fullmatch(w) for w in clause.lows):
        return "past"
    return "present"
