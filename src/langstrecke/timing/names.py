"""One spelling for each name: drivers, classes, flags, manufacturers; a key that forgives team spellings."""

from __future__ import annotations

import re
import unicodedata

import polars as pl

_LOWER = frozenset(
    ["van", "von", "der", "den", "de", "del", "di", "da", "do", "dos", "du", "ten", "ter", "zu", "y", "e"]
)
"""Particles written small inside a name ("Renger van der Zande", "Lucas di Grassi", "Larry ten Voorde")."""

_SURNAMES = {
    text.casefold(): text
    for text in (
        "De Angelis", "De Pauw", "De Phillippi", "De Oliveira Nasr", "Dalla Lana", "Pier Guidi", "Van Rompuy",
        "Al Faisal", "Al Harthy", "Al Qubaisi", "Al Zubair", "MacDowall", "MacNeil", "MacDonald", "MacKenzie",
        "DeFrancesco", "DeAngelis", "DeSalvo", "VeeKay", "Llarena", "LaJoie", "Di Martino", "Di Benedetto",
    )
}  # fmt: skip
"""Surnames that follow their bearer, not the rule."""

_SURNAME = re.compile(
    r"(?<!\S)(" + "|".join(sorted(map(re.escape, _SURNAMES), key=len, reverse=True)) + r")(?!\S)",
    re.IGNORECASE,
)


def driver_name(text: str) -> str:
    """A driver's name in one case: "Jan MAGNUSSEN", "JAN MAGNUSSEN" and "Jan Magnussen" are "Jan Magnussen".

    Accents stay, blanks are collapsed, particles are small ("VAN DER ZANDE" -> "van der Zande"), "MCCONNELL"
    is "McConnell", initials stay as they are ("J. MAGNUSSEN" -> "J. Magnussen", "AJ Allmendinger"). A name in
    mixed case keeps its capitals. Applying it twice changes nothing.
    """
    words = unicodedata.normalize("NFC", text).split()
    cased = [_word(word, first=i == 0) for i, word in enumerate(words)]
    return _SURNAME.sub(lambda m: _SURNAMES[m.group(1).casefold()], " ".join(cased))


def _word(word: str, *, first: bool) -> str:
    if not first and word.casefold() in _LOWER:
        return word.lower()
    letters = [c for c in word if c.isalpha()]
    if first and len(letters) <= 2 and word.isupper():
        return word  # initials: "AJ", "PJ", "J."
    if "." in word.rstrip(".") or (len(letters) <= 1):
        return word  # "J.-M.", "R."
    if word.isupper() or word.islower():
        return re.sub(r"[^\W\d_]+", lambda m: _part(m.group()), word)
    return word


def _part(part: str) -> str:
    low = part.lower()
    if low.startswith("mc") and len(low) > 3:
        return "Mc" + low[2:].capitalize()
    return low.capitalize()


def driver_names(column: pl.Series) -> pl.Series:
    """`driver_name` over a column; empty text becomes null."""
    known = {text: driver_name(text) or None for text in column.unique() if text is not None}
    return column.replace_strict(known, default=None, return_dtype=pl.String)


def same_driver(one: str, other: str) -> bool:
    """Whether two spellings can be one driver: case and accents apart, an initial fits the first name."""
    a, b = (_fold(driver_name(text)).replace("-", " ").split() for text in (one, other))
    if a == b:
        return True
    if len(a) < 2 or len(b) < 2 or a[1:] != b[1:]:
        return False
    x, y = a[0].rstrip("."), b[0].rstrip(".")
    return min(len(x), len(y)) == 1 and x[:1] == y[:1]


def _fold(text: str) -> str:
    text = text.replace("ø", "o").replace("Ø", "O").replace("ß", "ss").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def team_key(name: str) -> str:
    """A key under which spellings of one team meet: case, accents, blanks, punctuation and "&" set aside.

    "JDC-Miller MotorSports" and "JDC Miller Motorsports" share a key; the table keeps what was published.
    """
    text = _fold(name).replace("&", "and")
    return "".join(c for c in text if c.isalnum())


_CLASSES = {
    re.sub(r"[\s_-]", "", text).upper(): text
    for text in (
        "DPi", "GTP", "LMP1", "LMP2", "LMP3", "GTLM", "GTDPRO", "GTD", "PC", "P", "HYPERCAR", "LMH",
        "LMDh", "LMGT3", "LMGTE Pro", "LMGTE Am", "LMP2 Pro/Am", "INNOVATIVE CAR", "GT3", "GT4", "GTE",
        "GTX", "TCR", "GS", "ST", "LMP1-H", "LMP1-L", "LMGTE", "GT3 Pro", "GT3 Pro-Am", "GT3 Am",
        "Pro", "Pro-Am", "Am", "Gold", "Silver", "Bronze",
    )
}  # fmt: skip


def class_name(text: str) -> str | None:
    """The one spelling of a class ("GTDPro" -> "GTDPRO", "LMGTE PRO" -> "LMGTE Pro"); None if unknown."""
    return _CLASSES.get(re.sub(r"[\s_-]", "", text).upper())


FLAG_CODES = {
    "GF": "green",
    "FCY": "fcy",
    "SF": "safety_car",
    "SC": "safety_car",
    "RF": "red",
    "SZ": "slow_zone",
    "SLZ": "slow_zone",
    "FF": "finish",
    "C60": "fcy",
    "GREEN": "green", "YELLOW": "fcy", "FULL COURSE YELLOW": "fcy", "VSC": "fcy", "VIRTUAL SAFETY CAR": "fcy",
    "CODE 60": "fcy", "SAFETY CAR": "safety_car", "SAFETY_CAR": "safety_car", "RED": "red", "SLOW ZONE": "slow_zone",
    "SLOW_ZONE": "slow_zone", "FINISH": "finish", "CHEQUERED": "finish", "CHECKERED": "finish",
}  # fmt: skip
"""FLAG_AT_FL as Al Kamel prints it, and the words people write -> the canonical flag (WEC's SF is the safety
car).
"""

_MAKERS = (
    "Aston Martin", "Alpine", "Acura", "Audi", "Aurus", "BMW", "BR Engineering", "BR01", "Bentley",
    "Cadillac", "Chevrolet", "CLM", "Corvette", "Dallara", "Dome", "Duqueine", "Ferrari", "Ford",
    "Gibson", "Ginetta", "Glickenhaus", "HPD", "Honda", "Isotta Fraschini", "Lamborghini", "Lexus",
    "Ligier", "Lola", "Mazda", "McLaren", "Mercedes-AMG", "Mercedes", "Morgan", "Multimatic", "Nissan",
    "Oreca", "Peugeot", "Porsche", "Rebellion", "Riley", "SRT", "Strakka", "Toyota", "Vanwall", "Genesis",
)  # fmt: skip
_MODELS = {"C7.R": "Chevrolet", "Vantage": "Aston Martin", "BR1": "BR Engineering", "G60": "Ginetta"}
"""Beginnings of vehicles printed without their maker in the Le Mans dossiers."""


def maker_of(vehicle: str) -> str | None:
    """The manufacturer a vehicle text begins with, in one spelling ("ORECA LMP2 07" -> "Oreca"); None if
    unknown.
    """
    text = " ".join(vehicle.split())
    low = text.casefold()
    for maker in _MAKERS:
        if low.startswith(maker.casefold()):
            return maker
    return next((maker for model, maker in _MODELS.items() if low.startswith(model.casefold())), None)


def makers(column: pl.Series) -> pl.Series:
    """`maker_of` over a column, keeping the text as published where the maker is not known; empty becomes
    null.
    """
    known = {text: (maker_of(text) or text or None) for text in column.unique() if text is not None}
    return column.replace_strict(known, default=None, return_dtype=pl.String)
