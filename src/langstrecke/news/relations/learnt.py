"""What examples teach: how likely a pair of names stands in a relation, by what is seen of it (`pairs.py`).

One logistic model for each relation; its weights are data/learnt.npz, fitted by `scripts.fit.learnt` on texts with
gold claims. The rules are asked first; what they do not read is told where the examples say so clearly enough.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from langstrecke.news.model import BY_EXAMPLE, SYMMETRIC, Claim
from langstrecke.news.relations.pairs import Pair

Judge = Callable[[Sequence[Pair]], list[list[tuple[str, float]]]]
"""Says of pairs which relations they stand in, and how likely, 0 to 1."""


LEAST = 0.05
"""Of what is less likely nothing is kept."""
_STEPS = ((0.6, "for it"), (0.35, "rather for it"), (0.15, "rather against it"), (0.0, "against it"))


def sign_of(likely: float | None) -> str:
    """How what examples say of a claim counts among its signs; None where they were not asked about its two names."""
    if likely is None:
        return "examples not asked"
    return "examples " + next(said for least, said in _STEPS if likely >= least)


@dataclass(frozen=True)
class Learnt:
    """The weights of data/learnt.npz."""

    features: dict[str, int]
    relations: tuple[str, ...]
    fits: dict[str, npt.NDArray[np.bool_]]
    """Kinds of a pair, `person>team` -> which relations were ever seen with them."""
    weights: npt.NDArray[np.float32]
    """Features by relations; a last row of noughts for what is not known."""
    threshold: float
    """So likely a claim must be to be told."""
    shown: float
    """From here to the threshold it is withheld."""
    calibration: tuple[float, float]
    """Slope and base of the odds, so that of claims told as 0.7 likely seven of ten were right in texts left out."""
    clues: dict[str, int]
    certainties: tuple[str, ...]
    sure: npt.NDArray[np.float32]
    """Clues by certainties, as `weights`; the row before the last is the base."""

    def how_sure(self, clues: frozenset[str]) -> str:
        """The likeliest certainty by the clues of a claim."""
        nought = len(self.sure) - 1
        odds = self.sure[[self.clues.get(c, nought) for c in clues] + [nought - 1]].sum(axis=0)
        return self.certainties[int(odds.argmax())]

    def told(self, found: Sequence[Pair]) -> list[list[tuple[str, float]]]:
        """For each pair the relations that are not quite unlikely, with how likely each is, 0 to 1."""
        if not found:
            return []
        nought = len(self.weights) - 1
        rows = [[self.features.get(f, nought) for f in pair.seen] for pair in found]
        starts = np.cumsum([0, *(len(r) for r in rows[:-1])])
        odds = np.add.reduceat(self.weights[np.concatenate(rows)], starts, axis=0).astype(float)
        slope, base = self.calibration
        likely = 1 / (1 + np.exp(-slope * odds - base))
        never = np.zeros(len(self.relations), bool)
        fits = np.array([self.fits.get(pair.kinds, never) for pair in found]) & (likely >= LEAST)
        told: list[list[tuple[str, float]]] = [[] for _ in found]
        for n, k in zip(*np.nonzero(fits), strict=True):
            told[n].append((self.relations[k], round(float(likely[n, k]), 3)))
        return told


@cache
def learnt() -> Learnt:
    """The shipped weights."""
    held = np.load(io.BytesIO((files("langstrecke.news") / "data" / "learnt.npz").read_bytes()))

    def words(key: str) -> list[str]:
        return bytes(held[key]).decode().split("\n")

    def table(key: str, columns: int, rows: int) -> npt.NDArray[np.float32]:
        made = np.zeros((rows, columns), np.float32)
        made[held[key + "_row"], held[key + "_column"]] = held[key + "_value"]
        return made

    features, relations, clues, certainties = (words(k) for k in ("features", "relations", "clues", "certainties"))
    kinds = [frozenset(k.split(" ")) for k in words("kinds")]
    return Learnt(
        {word: n for n, word in enumerate(features)},
        tuple(relations),
        {kind: np.array([kind in seen for seen in kinds]) for kind in set().union(*kinds)},
        table("weights", len(relations), len(features) + 1),
        float(held["threshold"]),
        float(held["shown"]),
        (float(held["calibration"][0]), float(held["calibration"][1])),
        {word: n for n, word in enumerate(clues)},
        tuple(certainties),
        table("sure", len(certainties), len(clues) + 2),
    )


FEW = "only examples of such sentences speak for it, and not clearly enough"
_NOT_SO = ("denied", "not_confirmed", "wished", "possible")


Asked = dict[tuple[str, str], dict[str, float]]
"""Two names -> relation -> how likely examples make it; not there where they were never named together."""


def beside(claims: list[Claim], asked: Asked) -> list[Claim]:
    """The claims, what rules read with what examples say of it among its signs."""
    made = []
    for claim in claims:
        ways = [(claim.subject, claim.object)]
        ways += [(claim.object, claim.subject)] if claim.relation in SYMMETRIC else []
        said = [asked[way].get(claim.relation, 0.0) for way in ways if way in asked]
        sign = sign_of(max(said) if said else None)
        made.append(claim if claim.rule == BY_EXAMPLE else replace(claim, signs=claim.signs | {sign}))
    return made


def sured(claims: list[Claim]) -> list[Claim]:
    """The claims only examples read are as sure as examples say; what rules read is as sure as the rules say.

    Where the rules hear a denial or a wish and examples do not, nothing is told; what is too unlikely has its doubt.
    """
    made = []
    for claim in claims:
        if claim.rule == BY_EXAMPLE:
            sure = learnt().how_sure(claim.clues)
            if sure != claim.certainty and claim.certainty in _NOT_SO:
                continue
            tense = "present" if sure == "confirmed" and claim.tense == "future" else claim.tense
            doubt = "" if (claim.trust or 0.0) >= learnt().threshold else FEW
            claim = replace(claim, certainty=sure, tense=tense, doubt=doubt)
        made.append(claim)
    return made
