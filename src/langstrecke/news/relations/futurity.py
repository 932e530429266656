"""Which clauses in the present tense tell what is to come: "wechselt zu BMW", "bestreitet im Januar"."""

from __future__ import annotations

from dataclasses import replace

from langstrecke.news.lexicon.morphology import PREPOSITIONS, is_preterite
from langstrecke.news.mentions.certainty import find_cue
from langstrecke.news.mentions.clauses import Clause
from langstrecke.news.model import Article, Claim
from langstrecke.news.relations.qualifiers import PARTICIPLE, PAST

PLANS = frozenset({"enters", "enters_only", "drives_for", "drives", "shares_car", "replaces", "reserve_for"})
_CHANGES = frozenset({"wechseln", "zurückziehen", "übernehmen", "umsteigen", "umziehen"})
"""In the present tense these tell what is to come; "verlässt" and "kehrt zurück" are told as facts as often."""
_MONTHS = frozenset(
    {"januar", "jänner", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober",
     "november", "dezember"}
)  # fmt: skip
"""With these so does any other verb."""
_ALREADY = frozenset(
    {"bereits", "schon", "derzeit", "momentan", "aktuell", "gegenwärtig", "bislang", "bisher", "heute",
     "mittlerweile", "inzwischen", "ansonsten"}
)  # fmt: skip
"""With these the present tense tells how things are."""


def is_change(clause: Clause) -> bool:
    """Reads "kehrt BMW den Rücken", "steigt im Mai ein"; not "der von BMW kommt", which tells who somebody is."""
    words = clause.lows & _MONTHS or clause.lemmas & _CHANGES or "den_rücken" in clause.pairs
    return bool(words) and clause.kind != "rel"


def is_so_now(clause: Clause) -> bool:
    """Reads "fährt heute in der DTM"; "wie bisher" tells of what goes on."""
    return bool(clause.lows & _ALREADY) and "wie_bisher" not in clause.pairs


OPEN = "present, no cue"
"""Sign of a claim of which only the present tense says when it is so."""
_PLANS = 3
"""So many announcements make a text of plans."""
_PAUSE = (10, 11, 12, 1, 2, 3)
"""Months between the seasons."""


def is_open(clause: Clause) -> bool:
    """Whether nothing but the present tense says of a clause when it is so."""
    described = clause.kind == "rel" and clause.items[0].low not in PREPOSITIONS  # "der von BMW kommt": who he is
    if described or find_cue(clause) or is_so_now(clause):
        return False
    past = any(i.finite and is_preterite(i.text) for i in clause.items) or clause.lows & PAST
    perfect = clause.lows & _PERFECT and any(PARTICIPLE.fullmatch(w) for w in clause.lows)
    signed = clause.lemmas & _SIGNED
    return not (past or (perfect and not signed) or clause.lows & _FUTURE)


_SIGNED = frozenset(
    {"verpflichten", "nehmen", "anschließen", "anschliessen", "holen", "engagieren", "sichern", "bekommen",
     "erhalten", "anheuern", "finden", "unterschreiben", "nominieren", "benennen"}
)  # fmt: skip
"""Whoever has been signed is to drive."""
_FUTURE = frozenset({"wird", "werden", "wirst", "werde"})
_PERFECT = frozenset({"hat", "haben", "habe", "hast", "bin", "bist", "ist", "sind"})


def off_season(claims: list[Claim], article: Article) -> list[Claim]:
    """Between the seasons, in a text that announces something and tells no result, the present tense announces.

    "Cameron und Montoya teilen sich einen ARX-05", in November.
    """
    raced = sum(
        c.relation in ("won", "finished")
        and c.certainty == "confirmed"
        and not c.rule.startswith("title")
        and (not c.seasons or article.year in c.seasons)
        for c in claims
    )
    planned = PLANS | {"leaves"}
    announces = sum(c.certainty == "announced" and c.relation in planned for c in claims)
    if article.month not in _PAUSE or announces < _PLANS or raced >= announces:
        return claims
    return [
        replace(c, certainty="announced", tense="future")
        if c.certainty == "confirmed"
        and c.relation in planned
        and OPEN in c.signs
        and (not c.seasons or article.year is None or max(c.seasons) >= article.year)
        else c
        for c in claims
    ]
