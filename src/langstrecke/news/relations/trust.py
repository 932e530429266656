"""Told right or not at all: how likely a claim is read rightly, by its signs, and which are withheld for it.

A logistic model on the signs of `signs.py`; its weights and the threshold are data/trust.toml, fitted by
`scripts.fit.trust`. No sign says whether a claim is true: what the registry holds plays no part, or the fact check
would judge what was chosen by it.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from langstrecke.news.model import Claim


@dataclass(frozen=True)
class Trust:
    """The weights of data/trust.toml: added up they are the log-odds of a claim being read rightly."""

    base: float
    threshold: float
    weights: dict[str, float]
    words: dict[str, str]
    """What a sign says for people."""

    def of(self, claim: Claim) -> float:
        """How likely a claim is read rightly, 0 to 1."""
        return 1 / (1 + math.exp(-self.base - sum(self.weights.get(s, 0.0) for s in claim.signs)))

    def doubt(self, claim: Claim) -> str:
        """The two signs that speak most against a claim, in words."""
        against = sorted((s for s in claim.signs if self.weights.get(s, 0.0) < 0), key=lambda s: self.weights[s])
        named = (self.words.get(s, s.removeprefix("rule ") + " is often misread") for s in against[:2])
        return "; ".join(named) or "read wrongly too often"


@cache
def trust() -> Trust:
    """The shipped weights."""
    table = tomllib.loads((files("langstrecke.news") / "data" / "trust.toml").read_text("utf-8"))
    weights = {str(k): float(v) for k, v in table["weights"].items()}
    return Trust(float(table["base"]), float(table["threshold"]), weights, dict(table["words"]))


def trusted(claims: Iterable[Claim], least: float = 0.0) -> tuple[list[Claim], list[Claim]]:
    """The claims to tell, and those withheld with the reason; each says how likely it is read rightly.

    `least`: so likely it must be, beyond what the weights ask; 0 to 1.
    """
    told: list[Claim] = []
    withheld: list[Claim] = []
    for claim in claims:
        if claim.trust is not None:  # examples have said how likely it is
            doubt = claim.doubt or (f"less likely than {least:g}" if claim.trust < least else "")
            (withheld if doubt else told).append(replace(claim, doubt=doubt))
            continue
        sure = round(trust().of(claim), 3)
        if sure >= max(least, trust().threshold):
            told.append(replace(claim, trust=sure))
        else:
            withheld.append(replace(claim, trust=sure, doubt=trust().doubt(claim)))
    return told, withheld
