"""Places somebody came in at, in words and figures."""

from __future__ import annotations

import re

from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.mentions.tokens import Item

PLACES = {
    "zweite": "2", "zweiter": "2", "zweiten": "2", "dritte": "3", "dritter": "3", "dritten": "3", "vierte": "4",
    "vierter": "4", "fünfte": "5", "fünfter": "5", "sechste": "6", "sechster": "6", "siebte": "7", "siebter": "7",
    "achte": "8", "achter": "8", "neunte": "9", "neunter": "9", "zehnte": "10", "zehnter": "10", "zwei": "2",
    "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9", "zehn": "10",
    "elfter": "11", "elf": "11", "elfte": "11", "zwölfter": "12", "zwölfte": "12", "zwölf": "12", "dreizehnter": "13",
    "vierzehnter": "14", "fünfzehnter": "15", "sechzehnter": "16", "siebzehnter": "17", "achtzehnter": "18",
    "neunzehnter": "19", "zwanzigster": "20", "fünften": "5", "vierten": "4", "sechsten": "6", "siebten": "7",
    "achten": "8", "neunten": "9", "zehnten": "10", "siebenter": "7", "siebente": "7", "siebenten": "7",
}  # fmt: skip
"""Siebenter: Austrian."""
_SEATS = frozenset({"bunde", "mann", "fahrer", "pilot", "cockpit"})
_PLACE_NOUN = frozenset({"rang", "platz", "position"})


def place_in(clause: Clause) -> str:
    """The place a clause tells: "Rang drei", "Zweiter", "als Zweiter", "auf Platz 4"."""
    for n, item in enumerate(clause.items):
        low = item.low
        behind = clause.items[n + 1].low if n + 1 < len(clause.items) else ""
        ordinal = low in PLACES and low not in ("zwei", "drei", "vier")
        if ordinal and behind in ("mann", "fahrer", "pilot", "im") and clause.lows & _SEATS:
            continue  # "Dritter im Bunde", "dritter Mann" is no result
        if low in _PLACE_NOUN and "cockpit" in clause.lows:
            continue  # "den dritten Platz im Cockpit"
        if low in _PLACE_NOUN:
            for other in (clause.items[n + 1 : n + 2]) + (clause.items[n - 1 : n] if n else []):
                if other.low in PLACES:
                    return PLACES[other.low]
                number = re.fullmatch(r"(\d{1,2})\.?", other.text)
                if number:
                    return number.group(1)
        elif (
            item.text[:1].isupper() and low in PLACES and item.kind == "word" and low not in ("zwei", "drei", "vier")
        ):
            after = clause.items[n + 1 : n + 2]
            if not (after and after[0].text[:1].isupper() and after[0].kind == "word"):
                return PLACES[low]
    return ""


_WON = frozenset({"gewinnen", "siegen", "triumphieren", "durchsetzen", "sieg", "gesamtsieg", "laufsieg"})
_NEVER = frozenset(
    {"nicht", "kein", "keine", "keinen", "nie", "fast", "beinahe", "knapp", "zwischenzeitlich", "zeitweise", "lange",
     "lag", "lagen", "liegt", "liegen"}
)  # fmt: skip
"""With these no place is told that stood in the end."""


_LAY = frozenset({"lag", "lagen"})


def _ahead_at_the_end(items: list[Item]) -> bool:
    """Reads "lag nach 783 Runden", "lagen im Ziel", before "vor": they won."""
    lows = [i.low for i in items]
    if _LAY.isdisjoint(lows):
        return False
    laps = any(
        a == "nach" and b.isdecimal() and c in ("runden", "stunden")
        for a, b, c in zip(lows, lows[1:], lows[2:], strict=False)
    )
    return laps or "ziel" in lows or "ende" in lows


def place_of(items: list[Item]) -> str:
    """The place these words tell: `1` for a win, `2` for "Zweite" or "Rang zwei"; empty where not exactly one."""
    found: set[str] = set()
    ahead = _ahead_at_the_end(items)
    if ahead:
        found.add("1")
    for n, item in enumerate(items):
        if item.low in _NEVER and not (ahead and item.low in _LAY):
            return ""
        fought = n and items[n - 1].low in ("um", "für")  # "um Siege gekämpft"
        if item.kind == "word" and (item.lemma in _WON or item.low in _WON) and not fought:
            found.add("1")
        if item.low in ("platz", "rang", "position"):
            for other in (*items[n + 1 : n + 2], *items[max(0, n - 1) : n]):
                number = PLACES.get(other.low, other.text.rstrip("."))
                if number.isdecimal() and len(number) < 3:
                    found.add(number)
        elif n and items[n - 1].low == "ersten":
            continue  # "unter die ersten Fünf"
        elif item.low in PLACES and item.text[:1].isupper() and item.low not in ("zwei", "drei", "vier"):
            found.add(PLACES[item.low])
    return found.pop() if len(found) == 1 else ""
