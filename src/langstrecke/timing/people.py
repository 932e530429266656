"""Who a driver is, however a file spells the name."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_SHORT = {
    "alexander": "alex",
    "benjamin": "ben",
    "charles": "charlie",
    "christopher": "chris",
    "gregory": "greg",
    "jeffrey": "jeff",
    "jonathan": "jon",
    "joseph": "joe",
    "matthew": "matt",
    "michael": "mike",
    "nicholas": "nick",
    "nicolas": "nick",
    "patrick": "pat",
    "richard": "rich",
    "robert": "rob",
    "stephen": "steve",
    "steven": "steve",
    "thomas": "tom",
    "timothy": "tim",
    "william": "will",
}
"""First names whose long and short forms both stand in timing files, often of one driver."""


@cache
def person(name: str) -> str:
    """A driver's key: first and last name, no accents, no case.

    "Kévin ESTRE" is "kevin estre"; "Felipe De Oliveira Nasr" and "Felipe Nasr" are one, so are "Alexander Lynn" and
    "Alex Lynn".
    """
    text = name.replace("ø", "o").replace("Ø", "O").replace("ß", "ss").replace("æ", "ae")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[-.]", " ", plain).casefold().split()
    while len(words) > 2 and words[-1] in ("jr", "sr", "ii", "iii", "iv"):
        words.pop()
    if len(words) < 2:
        return " ".join(words)
    return f"{_SHORT.get(words[0], words[0])} {words[-1]}"
