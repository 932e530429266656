"""Which clauses in the present tense tell what is to come: "wechselt zu BMW", "bestreitet im Januar"."""

from __future__ import annotations

from langstrecke.news.mentions.clauses import Clause

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
     "mittlerweile", "inzwischen"}
)  # fmt: skip
"""With these the present tense tells how things are."""


def is_change(clause: Clause) -> bool:
    """Reads "kehrt BMW den Rücken", "steigt im Mai ein"; not "der von BMW kommt", which tells who somebody is."""
    words = clause.lows & _MONTHS or clause.lemmas & _CHANGES or "den_rücken" in clause.pairs
    return bool(words) and clause.kind != "rel"


def is_so_now(clause: Clause) -> bool:
    """Reads "fährt heute in der DTM"; "wie bisher" tells of what goes on."""
    return bool(clause.lows & _ALREADY) and "wie_bisher" not in clause.pairs
