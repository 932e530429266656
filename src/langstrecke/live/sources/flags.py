"""The flag a service names, as one of the feed's."""

from __future__ import annotations

import re

from langstrecke.live.messages import FlagName

_FLAGS: dict[str, FlagName] = {
    "green": "green",
    "greenflag": "green",
    "gf": "green",
    "white": "green",  # the last lap
    "yellow": "green",  # waved at one place: the race goes on
    "yellowflag": "green",
    "fcy": "fcy",
    "fullcourseyellow": "fcy",
    "caution": "fcy",
    "code60": "fcy",
    "vsc": "fcy",
    "virtualsafetycar": "fcy",
    "sc": "safety_car",
    "safetycar": "safety_car",
    "slowzone": "slow_zone",
    "code60zone": "slow_zone",
    "red": "red",
    "redflag": "red",
    "rf": "red",
    "chequered": "finish",
    "chequeredflag": "finish",
    "checkered": "finish",
    "finish": "finish",
    "finished": "finish",
}
"""By the word without case, blanks and signs. A yellow of some sectors is no neutralisation of the race."""

SILENT = frozenset({"", "none", "noflag", "unknown", "clear"})
"""Words that tell of no flag."""


def folded(word: object) -> str:
    """The word without case, blanks and signs."""
    return re.sub(r"[^a-z0-9]", "", str(word or "").lower())


def flag_of(word: object) -> FlagName | None:
    """The feed's flag; None for none, and for a word that is not known."""
    return _FLAGS.get(folded(word))


def is_known(word: object) -> bool:
    """Whether the word is one of those above: another one has to be told to the user."""
    return folded(word) in SILENT or folded(word) in _FLAGS
