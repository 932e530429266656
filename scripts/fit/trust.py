"""How likely is a claim that rules read right? Fits data/trust.toml, for `scripts.fit.learnt`, which has the claims.

A claim of a text that rules were developed on is right far more often than one of a new text, so only taught texts
count, which no rule was made for; and the right claims of the three articles, for what the first rules were made to
read must not be doubted. Logistic regression on the signs of `relations/signs.py` and on what examples say,
with a Gaussian prior, base free.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

WEIGHTS = Path(__file__).resolve().parents[2] / "src" / "langstrecke" / "news" / "data" / "trust.toml"
PRIOR = 6.0
"""Inverse variance of a weight."""
RARE = 12
"""A sign of fewer claims has no weight."""
THRESHOLD = 0.3
"""So likely a claim must be to be told: loses nothing of the three articles nor of the examples of the rules."""
SHOWN = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
ALWAYS = -1
"""The fold of rows that every fit has: the three articles."""


@dataclass(frozen=True)
class Row:
    """One claim."""

    fold: int
    right: int
    """2 right, 1 right but for how sure, which counts half, 0 wrong."""
    signs: frozenset[str]
    weight: float = 1.0


def fit_trust(rows: list[Row]) -> tuple[float, dict[str, float]]:
    """Base and weights."""
    counted = Counter(s for r in rows for s in r.signs)
    signs = sorted(s for s, n in counted.items() if n >= RARE)
    at = {s: n for n, s in enumerate(signs)}
    x = np.zeros((len(rows), len(signs)))
    for n, row in enumerate(rows):
        for sign in row.signs & at.keys():
            x[n, at[sign]] = 1
    right = np.array([r.right / 2 for r in rows])
    weight = np.array([r.weight for r in rows])

    def loss(b: Any) -> tuple[float, Any]:
        odds = b[0] + x @ b[1:]
        off = weight * (1 / (1 + np.exp(-odds)) - right)
        value = (weight * (np.logaddexp(0, odds) - right * odds)).sum() + PRIOR * (b[1:] ** 2).sum() / 2
        return float(value), np.concatenate([[off.sum()], x.T @ off + PRIOR * b[1:]])

    found = minimize(loss, np.zeros(len(signs) + 1), jac=True, method="L-BFGS-B").x
    return float(found[0]), {s: float(found[at[s] + 1]) for s in signs}


def likely(row: Row, base: float, weights: dict[str, float]) -> float:
    """How likely a claim is right."""
    return float(1 / (1 + np.exp(-base - sum(weights.get(s, 0.0) for s in row.signs))))


def trust_table(rows: list[Row], gold: int) -> str:
    """Precision and recall by threshold, each fold by weights fitted without it; `gold`: how many there are."""
    scored = []
    for fold in sorted({r.fold for r in rows}):
        if fold == ALWAYS:
            continue
        base, weights = fit_trust([r for r in rows if r.fold != fold])
        scored += [(likely(r, base, weights), r.right) for r in rows if r.fold == fold]
    cells = []
    for least in SHOWN:
        kept = [right for p, right in scored if p >= least]
        sure, told = sum(right == 2 for right in kept), sum(right > 0 for right in kept)
        n = max(1, len(kept))
        cells.append(f"{least:.2f}: {sure / n:.3f}/{sure / gold:.3f} {told / n:.3f}/{told / gold:.3f}")
    return "\n".join(cells)


def write_trust(rows: list[Row]) -> None:
    """The file of weights; what stands under [words] is kept."""
    base, weights = fit_trust(rows)
    words = re.search(r"^\[words\]\n(?:.*\n)*?(?=\[weights\])", WEIGHTS.read_text("utf-8"), re.MULTILINE)
    lines = [
        "# Log-odds of a claim being read rightly, by its signs: `python -m scripts.fit.learnt --write`, from",
        f"# {len(rows)} claims of taught texts.",
        "# Claims less likely right than `threshold` are withheld. The words are written by hand.",
        "",
        f"base = {base:.3f}",
        f"threshold = {THRESHOLD}",
        "",
        words.group(0).rstrip() + "\n" if words else "[words]\n",
        "[weights]",
        *(f'"{s}" = {w:.3f}' for s, w in sorted(weights.items()) if abs(w) >= 0.005),
    ]
    WEIGHTS.write_text("\n".join(lines) + "\n", "utf-8")
